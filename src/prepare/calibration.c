/* calibration.c - thresholds in physical units to grey values. */
#include "trabecula/calibration.h"

#include "prepare/number_text.h"

#include <math.h>
#include <string.h>
#include <strings.h>

static const struct unit_name {
    const char *name;
    trb_grey_unit unit;
    double factor; /* to the unit that is printed */
} UNITS[] = {{"grey", TRB_UNIT_GREY, 1},         {"HU", TRB_UNIT_HU, 1},
             {"mgHA/cm3", TRB_UNIT_MGHA_CCM, 1}, {"1/cm", TRB_UNIT_PER_CM, 1},
             {"permille", TRB_UNIT_PERMILLE, 1}, /* the first of a unit is the one that is printed */
             {"gray", TRB_UNIT_GREY, 1},         {"mgHA", TRB_UNIT_MGHA_CCM, 1},
             {"mgHA/ccm", TRB_UNIT_MGHA_CCM, 1}, {"mg/cm3", TRB_UNIT_MGHA_CCM, 1},
             {"mg/ccm", TRB_UNIT_MGHA_CCM, 1},   {"gHA/cm3", TRB_UNIT_MGHA_CCM, 1000},
             {"gHA", TRB_UNIT_MGHA_CCM, 1000},   {"g/cm3", TRB_UNIT_MGHA_CCM, 1000},
             {"1/mm", TRB_UNIT_PER_CM, 10}};

#define UNIT_LIST "grey, HU, mgHA/cm3, 1/cm, permille"

const char *trb_grey_unit_name(trb_grey_unit unit)
{
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (UNITS[i].unit == unit)
            return UNITS[i].name;
    return "unknown";
}

/* "1/cm" or "/cm" (or mm) straight after a digit: does the 1 belong to the number? Nobody can know. */
static bool is_ambiguous(const char *text, const char *unit)
{
    return unit > text && (strcasecmp(unit, "/cm") == 0 || strcasecmp(unit, "/mm") == 0);
}

trb_status trb_threshold_parse(const char *text, double *value, trb_grey_unit *unit, trb_error *err)
{
    const char *rest;
    if (!trb_text_real(text, &rest, value))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "threshold '%.100s' does not start with a number: expected VALUE and a unit (%s), "
                             "for example 85grey or 300mgHA/cm3",
                             text, UNIT_LIST);
    if (is_ambiguous(text, rest))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "threshold '%.100s' can be read in two ways: put a space between number and unit, "
                             "as in '0.5 1/cm'",
                             text);
    rest += strspn(rest, " ");
    if (!*rest) {
        *unit = TRB_UNIT_GREY;
        return TRB_OK;
    }
    for (size_t i = 0; i < sizeof UNITS / sizeof *UNITS; i++)
        if (strcasecmp(rest, UNITS[i].name) == 0) {
            *unit = UNITS[i].unit;
            *value *= UNITS[i].factor;
            return TRB_OK;
        }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "threshold '%.100s': '%.40s' is no unit; the units are %s", text,
                         rest, UNIT_LIST);
}

/* value = slope * grey + intercept, solved for grey. */
static trb_status invert_linear(const trb_linear *linear, double value, trb_grey_unit unit, const char *remedy,
                                double *grey, trb_error *err)
{
    if (!linear->known)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a threshold in %s needs a calibration that this scan does not have: %s, or give the "
                             "threshold as a grey value",
                             trb_grey_unit_name(unit), remedy);
    if (!(linear->slope > 0) || !isfinite(linear->slope) || !isfinite(linear->intercept))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a threshold in %s needs a calibration with a slope above 0; the one from %s has "
                             "slope %g and intercept %g",
                             trb_grey_unit_name(unit), linear->source[0] ? linear->source : "the scan",
                             linear->slope, linear->intercept);
    *grey = (value - linear->intercept) / linear->slope;
    return TRB_OK;
}

static trb_status hounsfield_to_grey(const trb_calibration *c, double value, double *grey, trb_error *err)
{
    if (!c->hounsfield.known && c->attenuation.known && c->mu_water_per_cm > 0)
        return invert_linear(&c->attenuation, (value + 1000) / 1000 * c->mu_water_per_cm, TRB_UNIT_HU, "", grey,
                             err);
    return invert_linear(&c->hounsfield, value, TRB_UNIT_HU, "give --calibration with mu-scaling and mu-water",
                         grey, err);
}

static trb_status permille_to_grey(trb_type type, double value, double *grey, trb_error *err)
{
    double lowest, highest;
    if (!trb_type_is_integer(type))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a threshold in permille is a share of the largest integer of the data type; this "
                             "scan is %s: give the grey value",
                             trb_type_name(type));
    trb_type_range(type, &lowest, &highest);
    *grey = floor(value * highest / 1000);
    return TRB_OK;
}

trb_status trb_calibration_to_grey(const trb_calibration *calibration, trb_type type, double value,
                                   trb_grey_unit unit, double *grey, trb_error *err)
{
    switch (unit) {
    case TRB_UNIT_GREY: *grey = value; return TRB_OK;
    case TRB_UNIT_HU: return hounsfield_to_grey(calibration, value, grey, err);
    case TRB_UNIT_MGHA_CCM:
        return invert_linear(&calibration->density, value, unit,
                             "give --calibration slope=..,intercept=..", grey, err);
    case TRB_UNIT_PER_CM:
        return invert_linear(&calibration->attenuation, value, unit, "give --calibration with mu-scaling", grey,
                             err);
    case TRB_UNIT_PERMILLE: return permille_to_grey(type, value, grey, err);
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no unit number %d", (int)unit);
}

static double value_of(const trb_linear *linear, double grey)
{
    return linear->known ? linear->slope * grey + linear->intercept : NAN;
}

double trb_calibration_of_grey(const trb_calibration *c, trb_type type, double grey, trb_grey_unit unit)
{
    double lowest, highest;
    switch (unit) {
    case TRB_UNIT_GREY: return grey;
    case TRB_UNIT_MGHA_CCM: return value_of(&c->density, grey);
    case TRB_UNIT_PER_CM: return value_of(&c->attenuation, grey);
    case TRB_UNIT_HU:
        if (!c->hounsfield.known && c->mu_water_per_cm > 0)
            return 1000 * value_of(&c->attenuation, grey) / c->mu_water_per_cm - 1000;
        return value_of(&c->hounsfield, grey);
    case TRB_UNIT_PERMILLE:
        trb_type_range(type, &lowest, &highest);
        return trb_type_is_integer(type) ? 1000 * grey / highest : NAN;
    }
    return NAN;
}
