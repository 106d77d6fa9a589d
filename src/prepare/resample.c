/*
 * resample.c - trilinear interpolation on cubic voxels; the convention stands in the header.
 *
 * Position of new voxel i in units of old voxels, from the centre of old voxel 0:
 *   u(i) = (i - (m - 1) / 2) step + (n - 1) / 2,   step = spacing_mm / s,
 * so both grids have the same centre. Each axis gets a table of the two voxels around u and the weight of the
 * second; u is held inside 0 ... n - 1, which repeats the edge.
 */
#include "trabecula/resample.h"

#include "core/memory.h"
#include "core/types.h"

#include <math.h>
#include <stdlib.h>

typedef struct tap {
    size_t lower, upper;
    double upper_weight;
} tap;

static void fill_taps(tap *taps, size_t m, size_t n, double step)
{
    for (size_t i = 0; i < m; i++) {
        double u = ((double)i - (double)(m - 1) / 2) * step + (double)(n - 1) / 2;
        u = fmin((double)(n - 1), fmax(0, u));
        const size_t lower = (size_t)u;
        taps[i] = (tap){lower, lower + 1 < n ? lower + 1 : lower, u - (double)lower};
    }
}

/* Equal values stay what they are, and weight 0 gives `a` even when b - a overflows. */
static inline double between(double a, double b, double weight_b)
{
    return weight_b == 0 ? a : a + (b - a) * weight_b;
}

static trb_status new_grid(const trb_volume *in, double *spacing_mm, trb_grid *grid, trb_error *err)
{
    const double *s = in->grid.spacing_mm;
    if (!trb_grid_has_spacing(&in->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "resampling needs the voxel size: give it (--voxel-size)");
    if (!(*spacing_mm >= 0) || !isfinite(*spacing_mm))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%g mm is no voxel size", *spacing_mm);
    if (*spacing_mm == 0)
        *spacing_mm = fmin(s[0], fmin(s[1], s[2]));
    const size_t n[3] = {in->grid.nx, in->grid.ny, in->grid.nz};
    size_t m[3];
    for (int axis = 0; axis < 3; axis++) {
        const double count = floor((double)n[axis] * s[axis] / *spacing_mm + 0.5);
        if (!(count < 9e15))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voxels of %g mm are too small for %zu voxels of %g mm",
                                 *spacing_mm, n[axis], s[axis]);
        m[axis] = count < 1 ? 1 : (size_t)count;
        grid->spacing_mm[axis] = *spacing_mm;
        grid->origin_mm[axis] = in->grid.origin_mm[axis] +
                                ((double)(n[axis] - 1) * s[axis] - (double)(m[axis] - 1) * *spacing_mm) / 2;
    }
    grid->nx = m[0];
    grid->ny = m[1];
    grid->nz = m[2];
    return trb_grid_check(grid, err);
}

/* One row of the new volume from four rows of the old one. */
static void fill_row(const trb_volume *in, trb_volume *out, const tap *x_taps, tap ty, tap tz, size_t y, size_t z)
{
    const size_t nx = in->grid.nx, ny = in->grid.ny, m = out->grid.nx;
    const bool whole = trb_type_is_integer(in->type);
    const size_t at[4] = {(tz.lower * ny + ty.lower) * nx, (tz.lower * ny + ty.upper) * nx,
                          (tz.upper * ny + ty.lower) * nx, (tz.upper * ny + ty.upper) * nx};
    const size_t to = (z * out->grid.ny + y) * m;
    TRB_WITH_TYPE(in->type, in->voxels, {
        T *row = (T *)out->voxels + to;
        for (size_t i = 0; i < m; i++) {
            const tap tx = x_taps[i];
            double along_x[4];
            for (int k = 0; k < 4; k++)
                along_x[k] = between((double)v[at[k] + tx.lower], (double)v[at[k] + tx.upper], tx.upper_weight);
            const double value = between(between(along_x[0], along_x[1], ty.upper_weight),
                                         between(along_x[2], along_x[3], ty.upper_weight), tz.upper_weight);
            row[i] = (T)(whole ? floor(value + 0.5) : value);
        }
    })
}

trb_status trb_resample_isotropic(const trb_volume *in, double spacing_mm, trb_volume **out, trb_error *err)
{
    *out = NULL;
    trb_grid grid = in->grid;
    trb_volume *made = NULL;
    tap *taps = NULL;
    trb_status status = new_grid(in, &spacing_mm, &grid, err);
    if (!status)
        status = trb_volume_create(&grid, in->type, &made, err);
    if (status)
        return status;
    taps = trb_alloc(grid.nx + grid.ny + grid.nz, sizeof *taps, "resampling", err);
    if (!taps) {
        trb_volume_destroy(made);
        return TRB_ERR_MEMORY;
    }
    tap *ty = taps + grid.nx, *tz = ty + grid.ny;
    fill_taps(taps, grid.nx, in->grid.nx, spacing_mm / in->grid.spacing_mm[0]);
    fill_taps(ty, grid.ny, in->grid.ny, spacing_mm / in->grid.spacing_mm[1]);
    fill_taps(tz, grid.nz, in->grid.nz, spacing_mm / in->grid.spacing_mm[2]);
    const ptrdiff_t nz = (ptrdiff_t)grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            fill_row(in, made, taps, ty[y], tz[z], y, (size_t)z);
    free(taps);
    *out = made;
    return TRB_OK;
}
