/* plot_number.c - see plot_number.h. */
#include "present/plot_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const long long POWER[10] = {1,      10,      100,      1000,      10000,
                                    100000, 1000000, 10000000, 100000000, 1000000000};

/* Through whole numbers: printf's %f would write the decimal point of the locale. */
void trb_plot_fixed(double value, int decimals, const char *minus, char *out, size_t bytes)
{
    if (isnan(value)) {
        snprintf(out, bytes, "n/a");
        return;
    }
    if (isinf(value)) {
        snprintf(out, bytes, "%s∞", value < 0 ? minus : "");
        return;
    }
    const double scaled = fabs(value) * (double)POWER[decimals];
    if (scaled > 9e15) {
        snprintf(out, bytes, "%s%.0e", value < 0 ? minus : "", fabs(value));
        return;
    }
    /* Half a unit that was written in decimals (2.675) is a little below it in binary: the nudge rounds it
     * up. */
    const long long whole = llround(scaled * (1 + 1e-15));
    const char *sign = value < 0 && whole != 0 ? minus : "";
    if (decimals == 0)
        snprintf(out, bytes, "%s%lld", sign, whole);
    else
        snprintf(out, bytes, "%s%lld.%0*lld", sign, whole / POWER[decimals], decimals,
                 whole % POWER[decimals]);
}

void trb_plot_p_text(double p, bool stars, char *out, size_t bytes)
{
    if (stars) {
        const char *mark = p < 0.0001 ? "****" : p < 0.001 ? "***" : p < 0.01 ? "**" : p < 0.05 ? "*" : "ns";
        snprintf(out, bytes, "%s", mark);
        return;
    }
    if (p < 0.0001) {
        snprintf(out, bytes, "p < 0.0001");
        return;
    }
    if (p < 0.05 && p >= 0.0495) { /* must not be printed as the 0.050 that it is not */
        snprintf(out, bytes, p >= 0.04995 ? "p < 0.05" : "p = 0.0%.0f", floor(p * 10000 + 0.5));
        return;
    }
    char number[32];
    trb_plot_fixed(p, p >= 0.1 ? 2 : p >= 0.001 ? 3 : 4, "-", number, sizeof number);
    snprintf(out, bytes, "p = %s", number);
}

int trb_plot_decimals(double value)
{
    if (!isfinite(value) || value == 0)
        return 1;
    const int before = (int)floor(log10(fabs(value))) + 1;
    const int decimals = 3 - before;
    return decimals < 0 ? 0 : decimals > 4 ? 4 : decimals;
}

/* Units as they are typed, and as they are printed. Longer ones first, so that "mm^3" is not taken for
 * "mm". */
static const struct {
    const char *typed, *printed;
} UNIT[] = {{"mgHA/", "mg HA/"}, {"^3", "³"},    {"^2", "²"},    {"^4", "⁴"},    {"mm3", "mm³"},
            {"mm2", "mm²"},      {"mm4", "mm⁴"}, {"cm3", "cm³"}, {"cm2", "cm²"}, {"um", "µm"}};

static void append(char *out, size_t bytes, const char *text)
{
    const size_t used = strlen(out);
    snprintf(out + used, bytes - used, "%s", text);
}

static void append_unit(char *out, size_t bytes, const char *unit)
{
    for (const char *at = unit; *at;) {
        size_t match = sizeof UNIT / sizeof *UNIT;
        for (size_t i = 0; i < sizeof UNIT / sizeof *UNIT; i++)
            if (strncmp(at, UNIT[i].typed, strlen(UNIT[i].typed)) == 0) {
                match = i;
                break;
            }
        if (match < sizeof UNIT / sizeof *UNIT) {
            append(out, bytes, UNIT[match].printed);
            at += strlen(UNIT[match].typed);
        } else {
            const char one[2] = {*at++, 0};
            append(out, bytes, one);
        }
    }
}

static void append_power(char *out, size_t bytes, int exponent)
{
    static const char *const DIGIT[10] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
    char digits[16];
    snprintf(digits, sizeof digits, "%d", exponent < 0 ? -exponent : exponent);
    append(out, bytes, exponent < 0 ? "10⁻" : "10");
    for (const char *d = digits; *d; d++)
        append(out, bytes, DIGIT[*d - '0']);
}

void trb_plot_axis_title(const char *title, const char *unit, int exponent, char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", title ? title : "");
    const bool has_unit = unit && *unit;
    if (!has_unit && exponent == 0)
        return;
    append(out, bytes, " (");
    if (exponent != 0) {
        append_power(out, bytes, exponent);
        if (has_unit)
            append(out, bytes, " ");
    }
    if (has_unit)
        append_unit(out, bytes, unit);
    append(out, bytes, ")");
}
