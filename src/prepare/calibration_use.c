/*
 * calibration_use.c - what was given, put over what the scan itself says.
 *
 * A line from attenuation to density holds for every scan of the same beam, whatever grey values its reconstruction
 * chose; the scan's own scale (a SkyScan log, a Scanco header) makes it a line from grey. So scales that are not given
 * are kept, and those that follow from two others are completed.
 */
#include "prepare/calibration_parts.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

typedef trb_calibration_given given;

static trb_status check_points(given *g, trb_error *err)
{
    double c0, c1, cov00, cov01, cov11, squares;
    bool differ = false;
    if (g->has[TRB_CAL_SLOPE] || g->has[TRB_CAL_INTERCEPT] || g->has_from || g->has_unit)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "points give the line, so slope, intercept, unit and from have no place");
    if (g->n_points < 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "one point gives no line: two at least are needed");
    for (size_t i = 1; i < g->n_points; i++) {
        if (g->point_unit[i] != g->point_unit[0])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "the points are in different units (%s and %s)",
                                 trb_grey_unit_name(g->point_unit[0]), trb_grey_unit_name(g->point_unit[i]));
        differ = differ || g->point_at[i] != g->point_at[0];
    }
    if (!differ)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "all points are at %g %s, which gives no line", g->point_at[0],
                             trb_grey_unit_name(g->point_unit[0]));
    double lowest = g->point_mg[0], highest = lowest;
    for (size_t i = 1; i < g->n_points; i++) {
        lowest = fmin(lowest, g->point_mg[i]);
        highest = fmax(highest, g->point_mg[i]);
    }
    snprintf(g->phantom, sizeof g->phantom, "%zu rods of %.6g to %.6g mgHA/cm3", g->n_points, lowest, highest);
    gsl_fit_linear(g->point_at, 1, g->point_mg, 1, g->n_points, &c0, &c1, &cov00, &cov01, &cov11, &squares);
    g->has[TRB_CAL_SLOPE] = g->has[TRB_CAL_INTERCEPT] = true;
    g->number[TRB_CAL_SLOPE] = c1;
    g->number[TRB_CAL_INTERCEPT] = c0;
    g->to_mg = 1;
    g->from = g->point_unit[0];
    g->has_from = true;
    return TRB_OK;
}

static trb_status check(given *g, const trb_calibration *scan, trb_error *err)
{
    if (g->n_points) {
        trb_status status = check_points(g, err);
        if (status)
            return status;
    }
    if (g->has[TRB_CAL_SLOPE] != g->has[TRB_CAL_INTERCEPT])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is missing", g->has[TRB_CAL_SLOPE] ? "intercept" : "slope");
    const bool water_helps = g->has[TRB_CAL_MU_WATER] && (scan->attenuation.known || scan->hounsfield.known);
    if (!g->has[TRB_CAL_SLOPE] && !g->has[TRB_CAL_MU_SCALING] && !water_helps)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "slope and intercept are missing");
    if (g->has[TRB_CAL_SLOPE] && g->number[TRB_CAL_SLOPE] == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a slope of 0 gives every voxel the same density");
    for (int i = TRB_CAL_MU_SCALING; i <= TRB_CAL_MU_WATER; i++)
        if (g->has[i] && !(g->number[i] > 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s %g is not above 0", TRB_CAL_NAME[i], g->number[i]);
    if (g->has[TRB_CAL_MU_SCALING] && g->has_from && g->from == TRB_UNIT_GREY)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "mu-scaling makes the slope one of 1/cm, and from says grey");
    return TRB_OK;
}

static void set_linear(trb_linear *linear, double slope, double intercept, const char *source)
{
    linear->known = true;
    linear->slope = slope;
    linear->intercept = intercept;
    snprintf(linear->source, sizeof linear->source, "%s", source);
}

/* Scales that follow from others. */
static void complete(const given *g, const char *source, trb_calibration *c)
{
    const trb_linear *mu = &c->attenuation;
    const double water = c->mu_water_per_cm;
    if (!(water > 0))
        return;
    if (g->has[TRB_CAL_MU_SCALING])
        set_linear(&c->hounsfield, 1000 / (g->number[TRB_CAL_MU_SCALING] * water), -1000, source);
    else if (mu->known && (g->has[TRB_CAL_MU_WATER] || !c->hounsfield.known))
        set_linear(&c->hounsfield, 1000 * mu->slope / water, 1000 * mu->intercept / water - 1000, source);
    else if (!mu->known && c->hounsfield.known)
        set_linear(&c->attenuation, water * c->hounsfield.slope / 1000, water * (c->hounsfield.intercept + 1000) / 1000, source);
}

static trb_status set_density(const given *g, const char *source, trb_calibration *c, trb_error *err)
{
    const double slope = g->to_mg * g->number[TRB_CAL_SLOPE], intercept = g->to_mg * g->number[TRB_CAL_INTERCEPT];
    if (g->has[TRB_CAL_MU_SCALING] && (!g->has_from || g->from == TRB_UNIT_PER_CM)) {
        set_linear(&c->density, slope / g->number[TRB_CAL_MU_SCALING], intercept, source);
        return TRB_OK;
    }
    if (!g->has_from || g->from == TRB_UNIT_GREY) {
        set_linear(&c->density, slope, intercept, source);
        return TRB_OK;
    }
    const trb_linear *scale = g->from == TRB_UNIT_PER_CM ? &c->attenuation : &c->hounsfield;
    if (!scale->known)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "it goes from %s to density, and this scan does not say how its grey values become %s (a SkyScan "
                             "log beside the slices, a Scanco or DICOM header would; %s)",
                             trb_grey_unit_name(g->from), trb_grey_unit_name(g->from),
                             g->from == TRB_UNIT_HU ? "mu-scaling and mu-water give it" : "mu-scaling gives it");
    set_linear(&c->density, slope * scale->slope, slope * scale->intercept + intercept, source);
    return TRB_OK;
}

trb_status trb_calibration_use(given *g, const char *source, trb_calibration *scan, trb_error *err)
{
    trb_calibration c = *scan;
    trb_status status = check(g, scan, err);
    if (status)
        return status;
    if (g->has[TRB_CAL_MU_WATER])
        c.mu_water_per_cm = g->number[TRB_CAL_MU_WATER];
    if (g->has[TRB_CAL_MU_SCALING]) {
        set_linear(&c.attenuation, 1 / g->number[TRB_CAL_MU_SCALING], 0, source);
        c.hounsfield = (trb_linear){0};
    }
    complete(g, source, &c);
    if (g->has[TRB_CAL_SLOPE]) {
        memcpy(c.phantom, g->phantom, sizeof c.phantom);
        status = set_density(g, source, &c, err);
    }
    if (!status)
        *scan = c;
    return status;
}
