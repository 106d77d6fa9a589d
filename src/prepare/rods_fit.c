/* rods_fit.c - the line through the rods, and what may be wrong with it. */
#include "prepare/rods_parts.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void warn(trb_rods_line *line, const char *format, ...) TRB_PRINTF(2, 3);
static void warn(trb_rods_line *line, const char *format, ...)
{
    if (line->n_warnings >= TRB_RODS_WARNINGS)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(line->warning[line->n_warnings++], sizeof line->warning[0], format, arguments);
    va_end(arguments);
}

/* value = slope * grey + intercept for the unit of the fit. */
static trb_status scale_of(const trb_calibration *scan, trb_grey_unit unit, trb_linear *scale, trb_error *err)
{
    *scale = (trb_linear){.known = true, .slope = 1};
    if (unit == TRB_UNIT_GREY)
        return TRB_OK;
    if (unit != TRB_UNIT_PER_CM && unit != TRB_UNIT_HU)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "density is fitted to grey, 1/cm or HU, not to %s",
                             trb_grey_unit_name(unit));
    if (scan)
        *scale = unit == TRB_UNIT_PER_CM ? scan->attenuation : scan->hounsfield;
    if (!scan || !scale->known)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the scan of the phantom does not say how its grey values become %s: fit to grey",
            trb_grey_unit_name(unit));
    return TRB_OK;
}

static double range(const trb_rods *rods, bool of_grey)
{
    double lowest = INFINITY, highest = -INFINITY;
    for (size_t i = 0; i < rods->n; i++) {
        const double v = of_grey ? rods->rod[i].grey : rods->rod[i].density_mg_ccm;
        lowest = fmin(lowest, v);
        highest = fmax(highest, v);
    }
    return highest - lowest;
}

/* "rod 3", and its name where somebody gave it one. */
static const char *label(const trb_rods *rods, size_t i, char *out, size_t size)
{
    char plain[32];
    snprintf(plain, sizeof plain, "rod %zu", i + 1);
    if (strcmp(rods->rod[i].name, plain) == 0)
        snprintf(out, size, "%s", plain);
    else
        snprintf(out, size, "%s (%s)", plain, rods->rod[i].name);
    return out;
}

static void judge_line(const trb_rods *rods, trb_rods_line *line)
{
    const double densities = range(rods, false);
    char rod[96];
    if (line->n == 2)
        warn(line, "two rods: the line goes through both whatever they are, so nothing tells how good it is; "
                   "four or five rods are better");
    if (!(line->slope > 0))
        warn(line, "the line falls (slope %.4g): denser rods are darker. Are the densities in the right order, "
                   "is the image inverted?", line->slope);
    for (size_t i = 0; i < rods->n; i++)
        if (fabs(rods->rod[i].residual_mg_ccm) > 0.05 * densities)
            warn(line, "%s lies %.4g mgHA/cm3 off the line, more than 5 %% of the range of densities",
                 label(rods, i, rod, sizeof rod), rods->rod[i].residual_mg_ccm);
}

static void judge_rod(const trb_rods *rods, size_t i, trb_rods_line *line)
{
    const trb_rod *rod = &rods->rod[i];
    const double greys = range(rods, true), core = (double)(rod->voxels + rod->rejected);
    char name[96];
    label(rods, i, name, sizeof name);
    if (fabs(rod->drift) > 0.02 * greys && fabs(rod->drift) > 3 * rod->noise_drift)
        warn(line, "%s: grey changes by %.4g from its first plane to its last (%.1f %% of the range between rods)", name,
             rod->drift, 100 * fabs(rod->drift) / greys);
    if (fabs(rod->across) > 0.02 * greys && fabs(rod->across) > 4 * rod->noise_across)
        warn(line, "%s: the outside of its core is %.4g grey %s than its middle: its wall reaches in (erode more), the "
                   "circle is off its place, or the beam hardens", name, fabs(rod->across),
             rod->across < 0 ? "darker" : "brighter");
    if ((double)rod->rejected > 0.05 * core)
        warn(line, "%s: %.1f %% of its core was left out as far from the median: is it damaged, or the circle off its "
                   "place?", name, 100 * (double)rod->rejected / core);
    if ((double)rod->clipped > 0.001 * core)
        warn(line, "%s: %.1f %% of its core is at the end of the range of the data type: grey is saturated, and so is "
                   "the result", name, 100 * (double)rod->clipped / core);
}

static void judge_pairs(const trb_rods *rods, trb_rods_line *line)
{
    char first[96], second[96];
    for (size_t i = 0; i < rods->n; i++)
        for (size_t j = 0; j < i; j++) {
            const trb_rod *a = &rods->rod[j], *b = &rods->rod[i];
            if (a->density_mg_ccm != b->density_mg_ccm && fabs(a->grey - b->grey) < 0.02 * range(rods, true))
                warn(line, "%s and %s are almost equally grey, but not equally dense", label(rods, j, first, sizeof first),
                     label(rods, i, second, sizeof second));
        }
}

/* The order of the rods must not change the last bit of a sum. */
static void sorted_values(const trb_rods *rods, double *x, double *y)
{
    for (size_t i = 0; i < rods->n; i++) {
        const double value = rods->rod[i].value, density = rods->rod[i].density_mg_ccm;
        size_t at = i;
        for (; at > 0 && (x[at - 1] > value || (x[at - 1] == value && y[at - 1] > density)); at--) {
            x[at] = x[at - 1];
            y[at] = y[at - 1];
        }
        x[at] = value;
        y[at] = density;
    }
}

static void fit(trb_rods *rods, trb_rods_line *line)
{
    double x[TRB_RODS_MOST], y[TRB_RODS_MOST], cov00, cov01, cov11, squares, mean = 0, about_mean = 0;
    const size_t n = rods->n;
    sorted_values(rods, x, y);
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    gsl_fit_linear(x, 1, y, 1, n, &line->intercept, &line->slope, &cov00, &cov01, &cov11, &squares);
    for (size_t i = 0; i < n; i++) {
        about_mean += (y[i] - mean) * (y[i] - mean);
        trb_rod *rod = &rods->rod[i];
        rod->residual_mg_ccm = line->slope * rod->value + line->intercept - rod->density_mg_ccm;
        line->largest_residual = fmax(line->largest_residual, fabs(rod->residual_mg_ccm));
    }
    line->n = n;
    line->freedom = n - 2;
    line->r2 = 1 - squares / about_mean;
    line->slope_se = n > 2 ? sqrt(cov11) : NAN;
    line->intercept_se = n > 2 ? sqrt(cov00) : NAN;
    line->residual_sd = n > 2 ? sqrt(squares / (double)(n - 2)) : NAN;
}

trb_status trb_rods_fit(trb_rods *rods, const trb_calibration *scan, trb_grey_unit unit, trb_rods_line *out,
                        trb_error *err)
{
    trb_linear scale;
    *out = (trb_rods_line){.unit = unit};
    trb_status status = scale_of(scan, unit, &scale, err);
    if (status)
        return status;
    if (rods->n < 2)
        return trb_error_set(err, TRB_ERR_DATA, "a line needs two rods at least, and there is %zu", rods->n);
    if (!(range(rods, true) > 0))
        return trb_error_set(err, TRB_ERR_DATA, "all rods are equally grey (%g), which gives no line",
                             rods->rod[0].grey);
    if (!(range(rods, false) > 0))
        return trb_error_set(err, TRB_ERR_DATA, "all rods have the same density, which gives no line");
    for (size_t i = 0; i < rods->n; i++)
        rods->rod[i].value = scale.slope * rods->rod[i].grey + scale.intercept;
    fit(rods, out);
    judge_line(rods, out);
    for (size_t i = 0; i < rods->n; i++)
        judge_rod(rods, i, out);
    judge_pairs(rods, out);
    return TRB_OK;
}
