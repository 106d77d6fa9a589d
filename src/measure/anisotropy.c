/* anisotropy.c - from mean intercept lengths to fabric and degree of anisotropy. */
#include "trabecula/anisotropy.h"

#include "core/memory.h"
#include "measure/fabric_fit.h"
#include "measure/anisotropy_fit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Points along plates or rods lie so far out that the fit opens or closes by a hair there. An eigenvalue below the
 * first part of the largest (a radius over 300 times the shortest, longer than any VOI), or below 0 by no more than
 * the second, is a radius without end; one further below 0 is no ellipsoid.
 */
#define NO_END 1e-5
#define OPEN 1e-3

const char *trb_da_rule_name(trb_da_rule rule)
{
    static const char *const NAMES[] = {"mil", "mesh", "mesh-grey"};
    return (unsigned)rule < sizeof NAMES / sizeof *NAMES ? NAMES[rule] : "unknown";
}

trb_da_options trb_da_options_default(void)
{
    return (trb_da_options){TRB_DA_MIL, 1000, 2.3};
}

trb_status trb_anisotropy_check(double h_mm, const trb_da_options *o, trb_error *err)
{
    if ((unsigned)o->rule > TRB_DA_MESH_GREY)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no rule %d for the degree of anisotropy",
                             (int)o->rule);
    if (o->directions < TRB_DA_DIRECTIONS_LEAST || o->directions > TRB_DA_DIRECTIONS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu directions: it must be %d to %d", o->directions,
                             TRB_DA_DIRECTIONS_LEAST, TRB_DA_DIRECTIONS_MOST);
    if (!(o->step_vox >= TRB_DA_STEP_LEAST && o->step_vox <= TRB_DA_STEP_MOST))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "steps of %g voxels: they must be %g to %g", o->step_vox,
                             TRB_DA_STEP_LEAST, TRB_DA_STEP_MOST);
    if (!(h_mm > 0) || !isfinite(h_mm))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the edge of a voxel must be above 0 mm, not %g", h_mm);
    return TRB_OK;
}

/* 1 - smallest / largest eigenvalue; NaN when the quadric is open on some side. */
static double degree(const double value[3])
{
    if (!(value[2] > 0) || value[0] < -OPEN * value[2])
        return NAN;
    return value[0] <= NO_END * value[2] ? 1 : 1 - value[0] / value[2];
}

/* The fit with n directions in all their images. mil_vox: the mean over those `used`. */
static bool fit(const trb_mil *mil, size_t n, double *points, size_t *used, double *mil_vox, double a[6])
{
    double sum = 0;
    *used = 0;
    for (size_t i = 0; i < n * TRB_MIL_IMAGES; i++) {
        double v[3];
        trb_mil_direction(i, n, v);
        const double length = trb_mil_along(mil, v);
        if (!isfinite(length))
            continue;
        for (size_t axis = 0; axis < 3; axis++)
            points[3 * *used + axis] = length * v[axis];
        sum += length;
        ++*used;
    }
    *mil_vox = *used ? sum / (double)*used : NAN;
    return trb_fabric_fit(*used, points, a);
}

static double degree_with(const trb_mil *mil, size_t n, double *points)
{
    size_t used;
    double mean, a[6], value[3], axis[3][3];
    if (!fit(mil, n, points, &used, &mean, a))
        return NAN;
    trb_fabric_axes(a, value, axis);
    return degree(value);
}

static void describe(trb_fabric *out, const double value[3], double h_mm)
{
    double sum = 0;
    out->da = degree(value);
    for (int i = 0; i < 3; i++) {
        const double eigen = value[i] <= NO_END * value[2] && !isnan(out->da) ? 0 : value[i];
        out->eigenvalue_per_mm2[i] = eigen / (h_mm * h_mm);
        out->radius_mm[i] = eigen > 0 ? h_mm / sqrt(eigen) : NAN;
        sum += out->radius_mm[i];
    }
    out->da_ratio = out->radius_mm[0] / out->radius_mm[2];
    for (int i = 0; i < 3; i++)
        out->fabric[i] = out->radius_mm[i] / sum;
    for (int r = 0; r < 3; r++)
        for (int c = 0; c < 3; c++) {
            out->tensor[r][c] = 0;
            for (int i = 0; i < 3; i++)
                out->tensor[r][c] += out->fabric[i] * out->axis[i][r] * out->axis[i][c];
        }
}

trb_status trb_anisotropy_fit(const trb_mil *mil, double h_mm, const trb_da_options *options, trb_fabric *out,
                              trb_error *err)
{
    const size_t n = options->directions;
    double a[6], value[3], mean;
    out->options = *options;
    double *points = trb_alloc(7 * TRB_MIL_IMAGES * n, sizeof *points, "intercept lengths", err);
    if (!points)
        return TRB_ERR_MEMORY;
    out->da_half = degree_with(mil, n / 2, points);
    out->da_quarter = degree_with(mil, n / 4, points);
    const bool known = fit(mil, n, points, &out->used, &mean, a);
    free(points);
    if (!known)
        return trb_error_set(err, TRB_ERR_DATA,
                             "bone and marrow meet along %zu of %zu directions: too few for an ellipsoid", out->used,
                             n * TRB_MIL_IMAGES);
    trb_fabric_axes(a, value, out->axis);
    out->mean_mil_mm = mean * h_mm;
    describe(out, value, h_mm);
    return TRB_OK;
}

trb_status trb_anisotropy_measure(const trb_mask *bone, const trb_mask *voi, double h_mm,
                                  const trb_da_options *options, trb_fabric *out, trb_error *err)
{
    memset(out, 0, sizeof *out);
    if (voi && !trb_grid_same_size(&bone->grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the bone mask is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the same "
            "grid",
            bone->grid.nx, bone->grid.ny, bone->grid.nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    trb_status status = trb_anisotropy_check(h_mm, options, err);
    if (!status && options->rule == TRB_DA_MESH_GREY)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "the rule mesh-grey needs grey values: trb_anisotropy_grey()");
    if (status)
        return status;
    trb_mil mil;
    status = trb_mil_init(&mil, bone, voi, options, err);
    if (!status)
        status = trb_anisotropy_fit(&mil, h_mm, options, out, err);
    trb_mil_clear(&mil);
    return status;
}
