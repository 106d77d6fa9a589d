/*
 * mask_reach.c - what lies within a ball's reach of a mask; declared in distance.h.
 * Squared distances exist for some planes at a time, in 16 bits as long as the radius is within what those prove:
 * "farther than that" is all that has to be known of the rest, however large the empty regions are.
 */
#include "measure/distance_fast.h"

#include <math.h>

#define PLANES 32 /* at a time: enough to keep threads busy, few enough for 3 bytes a voxel of them */

/* value <= limit, 64 voxels into a word. */
#define PACK(type, values)                                                                                   \
    for (size_t x = 0; x < nx; x += 64) {                                                                    \
        const type *at = (values) + x;                                                                       \
        const size_t n = nx - x < 64 ? nx - x : 64;                                                          \
        uint64_t word = 0;                                                                                   \
        for (size_t i = 0; i < n; i++)                                                                       \
            word |= (uint64_t)(at[i] <= limit) << i;                                                         \
        row[x >> 6] = word;                                                                                  \
    }

static void pack_row(const trb_d2_slab *slab, size_t from, size_t nx, int32_t limit, uint64_t *row)
{
    if (slab->wide)
        PACK(int32_t, slab->d2_wide + from)
    else
        PACK(int16_t, slab->d2 + from)
}

static size_t planes_of(const trb_grid *grid)
{
    return grid->nz < PLANES ? grid->nz : PLANES;
}

static bool is_wide(double radius_vox)
{
    return radius_vox > TRB_FAR_STEPS - 1;
}

double trb_mask_reach_bytes(const trb_grid *grid, double radius_vox)
{
    const double row_bytes = 8 * ceil((double)grid->nx / 64);
    const double padded = (double)(grid->nx + 192) * (double)(grid->ny + 2);
    /* Distances and steps of the planes, a plane of scratch for each thread; the complement and the result. */
    return padded * (is_wide(radius_vox) ? 6 : 3) * (double)(planes_of(grid) + 16) +
           2 * row_bytes * (double)grid->ny * (double)grid->nz;
}

static trb_status reach_planes(trb_d2_slab *slab, const trb_mask *others, size_t z0, size_t z1, int32_t limit,
                               trb_mask *out, trb_error *err)
{
    const trb_grid *grid = &others->grid;
    trb_status status =
        trb_d2_slab_compute(slab, others, TRB_BORDER_UNKNOWN, (ptrdiff_t)z0, (ptrdiff_t)z1, err);
    if (status)
        return status;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
        for (size_t y = 0; y < grid->ny; y++)
            pack_row(slab, ((size_t)z - z0) * slab->plane + y * slab->row, grid->nx, limit,
                     trb_mask_row(out, y, (size_t)z));
    return TRB_OK;
}

trb_status trb_mask_reach(const trb_mask *source, double radius_vox, trb_mask **out, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    const size_t step = planes_of(grid);
    trb_mask *others = NULL, *made = NULL;
    trb_d2_slab slab = {0};
    *out = NULL;
    if (!(radius_vox >= 0 && radius_vox <= TRB_FAR_STEPS_WIDE - 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a ball with a radius of %g voxels: it can be 0 to %d",
                             radius_vox, TRB_FAR_STEPS_WIDE - 1);
    const int32_t limit =
        (int32_t)floor(radius_vox * radius_vox + 1e-6); /* 2.9999999 voxels were meant as 3 */
    trb_status status = trb_mask_complement(source, &others, err);
    if (!status)
        status = trb_mask_create(grid, &made, err);
    if (!status)
        status = trb_d2_slab_init(&slab, grid, step, is_wide(radius_vox), err);
    for (size_t z = 0; !status && z < grid->nz; z += step)
        status = reach_planes(&slab, others, z, grid->nz - z < step ? grid->nz : z + step, limit, made, err);
    trb_d2_slab_clear(&slab);
    trb_mask_destroy(others);
    if (status) {
        trb_mask_destroy(made);
        return status;
    }
    *out = made;
    return TRB_OK;
}
