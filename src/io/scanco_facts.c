/* scanco_facts.c - see scanco_facts.h. */
#include "io/scanco_facts.h"

#include "io/scan_info.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static void set_line(trb_linear *line, double slope, double intercept, const char *source)
{
    line->known = true;
    line->slope = slope;
    line->intercept = intercept;
    snprintf(line->source, sizeof line->source, "%s", source);
}

/* "mg HA/ccm", "mg/cm3", "mgHA/cm^3": letters and digits alone decide. */
static bool is_mg_per_ccm(const char *unit)
{
    char letters[32];
    size_t n = 0;
    for (; *unit && n + 1 < sizeof letters; unit++)
        if (isalnum((unsigned char)*unit))
            letters[n++] = (char)tolower((unsigned char)*unit);
    letters[n] = 0;
    static const char *const known[] = {"mghaccm", "mghacm3", "mgccm", "mgcm3", "mghacc", "mgcc"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strcmp(letters, known[i]) == 0)
            return true;
    return false;
}

void trb_scanco_calibrate(const trb_scanco_scale *scale, const char *source, trb_scan_info *info)
{
    if (!(scale->mu_scaling > 0) || !isfinite(scale->mu_scaling))
        return;
    const double per_grey = 1 / scale->mu_scaling;
    set_line(&info->calibration.attenuation, per_grey, 0, source);
    if (scale->mu_water_per_cm > 0 && isfinite(scale->mu_water_per_cm)) {
        info->calibration.mu_water_per_cm = scale->mu_water_per_cm;
        set_line(&info->calibration.hounsfield, 1000 / (scale->mu_scaling * scale->mu_water_per_cm), -1000, source);
    }
    const bool usable = scale->has_density && isfinite(scale->slope) && isfinite(scale->intercept) && scale->slope > 0;
    if (usable && is_mg_per_ccm(scale->unit))
        set_line(&info->calibration.density, scale->slope * per_grey, scale->intercept, source);
    else if (usable)
        trb_info_warn(info, "%s states a density in '%s', not in mg HA/ccm: it is not used; give --calibration", source,
                      scale->unit);
}

/* Days since 1970-03-01-based eras of 400 years; source: the rules of the Gregorian calendar. */
static void civil_date(long long days, long long *year, int *month, int *day)
{
    long long shifted = days + 719468; /* since 0000-03-01: leap days come last in such a year */
    const long long era = shifted / 146097, of_era = shifted % 146097;
    const long long year_of_era = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    const int of_year = (int)(of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100));
    const int from_march = (5 * of_year + 2) / 153;
    *day = of_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = year_of_era + 400 * era + (*month <= 2);
}

void trb_scanco_date(unsigned long long vms_time, char *text, size_t bytes)
{
    enum { EPOCH = -40587 }; /* 1858-11-17 in days since 1970-01-01 */
    const unsigned long long seconds = vms_time / 10000000ULL, days = seconds / 86400;
    text[0] = 0;
    if (vms_time == 0 || days > 400000)
        return;
    long long year;
    int month, day;
    civil_date((long long)days + EPOCH, &year, &month, &day);
    const int second = (int)(seconds % 86400);
    snprintf(text, bytes, "%04lld-%02d-%02d %02d:%02d:%02d", year, month, day, second / 3600, second / 60 % 60,
             second % 60);
}
