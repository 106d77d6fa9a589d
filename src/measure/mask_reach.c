/*
 * mask_reach.c - what lies within a ball's reach of a mask; declared in distance.h.
 * Squared distances exist for some planes at a time, in 16 bits as long as the radius is within what those prove:
 * "farther than that" is all that has to be known of the rest, however large the empty regions are.
 * Unequal axes take distances in mm, of some planes with as many around them as the ball reaches.
 */
#include "measure/distance_fast.h"

#include "trabecula/version.h"

#include <math.h>
#include <string.h>

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

/* ---- in mm */

static bool is_cube(const trb_grid *grid)
{
    const double *s = grid->spacing_mm;
    return s[0] == s[1] && s[1] == s[2];
}

/* Planes that a ball reaches over. */
static size_t planes_around(const trb_grid *grid, double radius_mm)
{
    const double planes = radius_mm / grid->spacing_mm[2];
    return planes < (double)grid->nz ? (size_t)ceil(planes) + 1 : grid->nz;
}

double trb_mask_reach_mm_bytes(const trb_grid *grid, double radius_mm)
{
    if (is_cube(grid))
        return trb_mask_reach_bytes(grid, radius_mm / grid->spacing_mm[0]);
    const double mask_plane = 8 * ceil((double)grid->nx / 64) * (double)grid->ny, plane = (double)grid->nx * (double)grid->ny;
    const double planes = fmin((double)planes_of(grid) + 2 * (double)planes_around(grid, radius_mm), (double)grid->nz);
    return planes * (4 * plane + mask_plane) + 8 * plane * trb_threads() + mask_plane * (double)grid->nz;
}

/* All that is not in the source, planes first to end. */
static trb_status complement_of_planes(const trb_mask *source, size_t first, size_t end, trb_mask **out, trb_error *err)
{
    trb_grid grid = source->grid;
    grid.nz = end - first;
    trb_status status = trb_mask_create(&grid, out, err);
    if (status)
        return status;
    memcpy((*out)->bits, trb_mask_row(source, 0, first), grid.nz * grid.ny * source->words_per_row * sizeof *source->bits);
    trb_mask_invert(*out);
    return TRB_OK;
}

static void near_planes(const trb_volume *mm, size_t first, size_t z0, size_t z1, float limit, trb_mask *out)
{
    const size_t nx = out->grid.nx, ny = out->grid.ny;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
        for (size_t y = 0; y < ny; y++) {
            uint64_t *row = trb_mask_row(out, y, (size_t)z);
            PACK(float, (const float *)trb_volume_row(mm, y, (size_t)z - first))
        }
}

trb_status trb_mask_reach_mm(const trb_mask *source, double radius_mm, trb_mask **out, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    *out = NULL;
    if (!trb_grid_has_spacing(grid) || !(radius_mm >= 0) || isinf(radius_mm))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a ball with a radius of %g mm in voxels of %g mm", radius_mm, grid->spacing_mm[0]);
    if (is_cube(grid))
        return trb_mask_reach(source, radius_mm / grid->spacing_mm[0], out, err);
    const float limit = (float)(radius_mm * (1 + 1e-6)); /* decimals such as 0.3 mm over 0.1 mm reach 3 voxels */
    const size_t step = planes_of(grid), around = planes_around(grid, radius_mm);
    trb_mask *made = NULL;
    trb_status status = trb_mask_create(grid, &made, err);
    for (size_t z = 0; !status && z < grid->nz; z += step) {
        const size_t end = grid->nz - z < step ? grid->nz : z + step;
        const size_t first = z > around ? z - around : 0, last = grid->nz - end > around ? end + around : grid->nz;
        trb_mask *others = NULL;
        trb_volume *mm = NULL;
        trb_error inner = {TRB_OK, ""};
        status = complement_of_planes(source, first, last, &others, err);
        if (!status && !(status = trb_distance_mm(others, TRB_BORDER_UNKNOWN, &mm, &inner)))
            near_planes(mm, first, z, end, limit, made);
        else if (status == TRB_ERR_DATA) /* no source within reach */
            status = TRB_OK;
        else if (inner.text[0])
            trb_error_set(err, status, "%s", inner.text);
        trb_volume_destroy(mm);
        trb_mask_destroy(others);
    }
    if (status)
        trb_mask_destroy(made);
    else
        *out = made;
    return status;
}
