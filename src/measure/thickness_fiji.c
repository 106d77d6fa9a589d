/*
 * thickness_fiji.c - Fiji's clean-up of a local thickness map (plugin Local Thickness, step 4).
 *
 * The closed balls stick out of the object by one shell, so the voxels that touch a zero lie there or on the
 * object's outermost layer. Fiji replaces those by the mean of their neighbours that do not touch a zero
 * and then keeps the voxels of the object. Outside the image there is neither a value nor a zero.
 * The mean is summed in double over the neighbours in z, y, x order and rounded to float32 once.
 */
#include "measure/thickness_fiji.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

#define BINS_PER_VOXEL 2

typedef struct cleaner {
    const trb_grid *grid;
    const float *t;
    trb_mask *core; /* voxels with a value and without a zero among their neighbours */
} cleaner;

/* The slice sums that make mean, SD and maximum; added in slice order. */
typedef struct slice_sum {
    uint64_t voxels;
    double sum, squares, highest;
} slice_sum;

static bool touches_zero(const cleaner *c, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    const ptrdiff_t nx = (ptrdiff_t)c->grid->nx, ny = (ptrdiff_t)c->grid->ny, nz = (ptrdiff_t)c->grid->nz;
    for (ptrdiff_t k = z > 0 ? z - 1 : 0; k <= z + 1 && k < nz; k++)
        for (ptrdiff_t j = y > 0 ? y - 1 : 0; j <= y + 1 && j < ny; j++)
            for (ptrdiff_t i = x > 0 ? x - 1 : 0; i <= x + 1 && i < nx; i++)
                if (!(c->t[(k * ny + j) * nx + i] > 0))
                    return true;
    return false;
}

static void mark_core(cleaner *c)
{
    const trb_grid *grid = c->grid;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++)
                if (!touches_zero(c, (ptrdiff_t)x, (ptrdiff_t)y, z)) /* looks at the voxel itself, too */
                    trb_mask_set(c->core, x, y, (size_t)z, 1);
}

/* Mean over the neighbours in the core; the own value when there is none. */
static float smoothed(const cleaner *c, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    const ptrdiff_t nx = (ptrdiff_t)c->grid->nx, ny = (ptrdiff_t)c->grid->ny, nz = (ptrdiff_t)c->grid->nz;
    double sum = 0;
    int n = 0;
    for (ptrdiff_t k = z > 0 ? z - 1 : 0; k <= z + 1 && k < nz; k++)
        for (ptrdiff_t j = y > 0 ? y - 1 : 0; j <= y + 1 && j < ny; j++)
            for (ptrdiff_t i = x > 0 ? x - 1 : 0; i <= x + 1 && i < nx; i++)
                if (trb_mask_get(c->core, (size_t)i, (size_t)j, (size_t)k)) {
                    sum += (double)c->t[(k * ny + j) * nx + i];
                    n++;
                }
    return n ? (float)(sum / n) : c->t[(z * ny + y) * nx + x];
}

static void measure_slice(const cleaner *c, const trb_mask *inside, size_t z, double scale, float *map,
                          slice_sum *sums, uint64_t *bins, size_t n_bins)
{
    const trb_grid *grid = c->grid;
    for (size_t y = 0; y < grid->ny; y++)
        for (size_t x = 0; x < grid->nx; x++) {
            const size_t i = (z * grid->ny + y) * grid->nx + x;
            if (!trb_mask_get(inside, x, y, z) || !(c->t[i] > 0))
                continue;
            const float t = trb_mask_get(c->core, x, y, z)
                                ? c->t[i]
                                : smoothed(c, (ptrdiff_t)x, (ptrdiff_t)y, (ptrdiff_t)z);
            const double value = (double)t;
            sums->voxels++;
            sums->sum += value;
            sums->squares += value * value;
            sums->highest = fmax(sums->highest, value);
            const size_t bin = (size_t)(BINS_PER_VOXEL * value);
#pragma omp atomic
            bins[bin < n_bins ? bin : n_bins - 1]++;
            if (map)
                map[i] = (float)(value * scale);
        }
}

static void add_slices(const slice_sum *slices, size_t nz, trb_thickness *result)
{
    slice_sum all = {0, 0, 0, 0};
    for (size_t z = 0; z < nz; z++) {
        all.voxels += slices[z].voxels;
        all.sum += slices[z].sum;
        all.squares += slices[z].squares;
        all.highest = fmax(all.highest, slices[z].highest);
    }
    result->voxels = result->valued = all.voxels;
    if (!all.voxels)
        return;
    const double n = (double)all.voxels;
    result->mean_vox = all.sum / n;
    result->sd_vox = sqrt(fmax(all.squares / n - result->mean_vox * result->mean_vox, 0.0));
    result->max_vox = all.highest;
    while (result->n_bins > 1 && !result->bin_count[result->n_bins - 1])
        result->n_bins--;
}

trb_status trb_thickness_fiji(const trb_grid *grid, const float *t, const trb_mask *inside,
                              trb_thickness *result, float *map, double scale, trb_error *err)
{
    cleaner c = {grid, t, NULL};
    float largest = 0;
    const size_t voxels = trb_grid_voxels(grid);
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t i = 0; i < voxels; i++)
        largest = t[i] > largest ? t[i] : largest;
    slice_sum *slices = trb_alloc_zero(grid->nz, sizeof *slices, "slice sums", err);
    result->n_bins = (size_t)(BINS_PER_VOXEL * largest) + 2;
    result->bin_count = trb_alloc_zero(result->n_bins, sizeof *result->bin_count, "a histogram", err);
    trb_status status = slices && result->bin_count ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = trb_mask_create(grid, &c.core, err);
    if (!status) {
        mark_core(&c);
#pragma omp parallel for schedule(dynamic, 1)
        for (ptrdiff_t z = 0; z < (ptrdiff_t)grid->nz; z++)
            measure_slice(&c, inside, (size_t)z, scale, map, &slices[z], result->bin_count, result->n_bins);
        add_slices(slices, grid->nz, result);
    }
    trb_mask_destroy(c.core);
    free(slices);
    return status;
}
