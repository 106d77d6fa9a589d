/* length_unit.c - names of length units as image files spell them. */
#include "io/length_unit.h"

#include <ctype.h>
#include <math.h>
#include <string.h>
#include <strings.h>

/* Names are compared without case, after "micro" has become a plain u. */
static const struct {
    const char *name;
    double mm;
} unit_names[] = {
    {"um", 1e-3},        {"micron", 1e-3},     {"microns", 1e-3},    {"micrometer", 1e-3}, {"micrometre", 1e-3},
    {"micrometers", 1e-3}, {"micrometres", 1e-3}, {"mm", 1},         {"millimeter", 1},    {"millimetre", 1},
    {"millimeters", 1},  {"millimetres", 1},   {"nm", 1e-6},         {"nanometer", 1e-6},  {"nanometre", 1e-6},
    {"cm", 10},          {"centimeter", 10},   {"centimetre", 10},   {"m", 1000},          {"meter", 1000},
    {"metre", 1000},     {"inch", 25.4},       {"inches", 25.4},     {"in", 25.4},
};

/* The ways in which the micro sign (U+00B5) and the Greek mu (U+03BC) arrive. */
static const char *const micro_signs[] = {"\\u00b5", "\\u03bc", "\xc2\xb5", "\xce\xbc", "\xb5"};

static size_t micro_sign_length(const char *text)
{
    for (size_t i = 0; i < sizeof micro_signs / sizeof *micro_signs; i++)
        if (strncasecmp(text, micro_signs[i], strlen(micro_signs[i])) == 0)
            return strlen(micro_signs[i]);
    return 0;
}

double trb_length_unit_mm(const char *name)
{
    char plain[24];
    size_t n = 0;
    for (size_t skip; *name; name += skip) {
        skip = micro_sign_length(name);
        const char letter = skip ? 'u' : *name;
        skip = skip ? skip : 1;
        if (isspace((unsigned char)letter))
            continue;
        if (n + 1 == sizeof plain)
            return 0;
        plain[n++] = letter;
    }
    plain[n] = 0;
    for (size_t i = 0; i < sizeof unit_names / sizeof *unit_names; i++)
        if (strcasecmp(plain, unit_names[i].name) == 0)
            return unit_names[i].mm;
    return 0;
}

double trb_length_in_mm(double value, double unit_mm)
{
    return unit_mm > 0 && unit_mm < 1 ? value / round(1 / unit_mm) : value * unit_mm;
}

/* Length of the UTF-8 character at the start of the text, 0 when there is none. */
static size_t utf8_length(const unsigned char *text, size_t left)
{
    const size_t n = *text < 0x80 ? 1 : *text >= 0xc2 && *text < 0xe0 ? 2 : *text >= 0xe0 && *text < 0xf0 ? 3
                                    : *text >= 0xf0 && *text < 0xf5   ? 4
                                                                      : 0;
    if (n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

void trb_text_to_utf8(const char *text, size_t length, char *out, size_t bytes)
{
    const unsigned char *in = (const unsigned char *)text;
    size_t at = 0;
    for (size_t i = 0; i < length;) {
        const size_t n = utf8_length(in + i, length - i);
        const size_t needed = n ? n : 2;
        if (at + needed >= bytes)
            break;
        if (n) {
            memcpy(out + at, in + i, n);
        } else {
            out[at] = (char)(0xc0 | in[i] >> 6);
            out[at + 1] = (char)(0x80 | (in[i] & 0x3f));
        }
        at += needed;
        i += n ? n : 1;
    }
    out[at] = 0;
}
