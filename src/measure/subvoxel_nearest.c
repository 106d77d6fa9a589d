/*
 * subvoxel_nearest.c - the nearest crossing of every voxel, and which voxels are centres of balls.
 *
 * How far to look is known from the integer distance map: surface_points.h has the proof that no nearest crossing is farther
 * than the nearest voxel of the other phase. Looking at one plane in SAMPLE is enough for a bound, because distances
 * change by at most 1 from voxel to voxel.
 */
#include "measure/subvoxel.h"

#include "core/memory.h"
#include "core/simd.h"
#include "measure/distance_fast.h"
#include "measure/subvoxel_kernels.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define SAMPLE 4

/* Planes that the threads share: few, because memory goes with them. */
static size_t planes_at_once(void)
{
    return 2 * (size_t)omp_get_max_threads() + 2;
}

const sv_kernels *sv_kernels_choose(void)
{
#ifdef TRB_SIMD_X86
    switch (trb_simd_choose()) {
    case TRB_SIMD_AVX512: return &sv_kernels_avx512;
    case TRB_SIMD_AVX2: return &sv_kernels_avx2;
    default: break;
    }
#endif
    return &sv_kernels_plain;
}

/* ---- centres */

/* Distances of the planes at hand, below 0 outside bone, with a frame of 0 around: outside the image is no neighbour. */
typedef struct ridge {
    const trb_surface_points *points;
    float *memory, *nothing;
    size_t slots, plane, next; /* next: the first plane whose centres are not known */
} ridge;

/* From row to row: a frame of 1 before; after it, what vectors may write. */
static size_t ridge_row(const trb_grid *grid)
{
    return grid->nx + 1 + SV_ROW_UNIT;
}

/* Voxel (0, 0) of plane z. */
static float *ridge_plane(const ridge *r, size_t z)
{
    return r->memory + z % r->slots * r->plane + ridge_row(&r->points->grid) + 1;
}

static trb_status ridge_init(ridge *r, const trb_surface_points *points, trb_error *err)
{
    const trb_grid *grid = &points->grid;
    *r = (ridge){.points = points, .slots = planes_at_once() + 2, .plane = ridge_row(grid) * (grid->ny + 2) + 64};
    r->memory = trb_alloc_zero(r->slots * r->plane, sizeof *r->memory, "planes of distances", err);
    r->nothing = trb_alloc_zero(r->plane, sizeof *r->nothing, "a plane of distances", err);
    return r->memory && r->nothing ? TRB_OK : TRB_ERR_MEMORY;
}

static void ridge_clear(ridge *r)
{
    free(r->memory);
    free(r->nothing);
}

static double distance_of(const trb_surface_points *points, size_t x, size_t y, size_t z)
{
    return sqrt((double)sv_near_square(&points->crossing[sv_near(points, x, y, z)], x, y, z)) / SV_NEAR_STEPS;
}

/* The rule itself, for the few voxels where float32 cannot tell. */
static bool is_centre(const trb_surface_points *points, const trb_mask *bone, size_t x, size_t y, size_t z)
{
    const trb_grid *grid = &points->grid;
    const double own = distance_of(points, x, y, z);
    for (int i = 0; i < 27; i++) {
        const size_t u = x + (size_t)(i % 3) - 1, v = y + (size_t)(i / 3 % 3) - 1, w = z + (size_t)(i / 9) - 1; /* wrap below 0 */
        if (i == 13 || u >= grid->nx || v >= grid->ny || w >= grid->nz || trb_mask_get(bone, u, v, w) != trb_mask_get(bone, x, y, z))
            continue;
        const int apart = (u != x) + (v != y) + (w != z);
        if (sqrt((double)apart) + own - distance_of(points, u, v, w) <= SV_RIDGE)
            return false;
    }
    return true;
}

static void centres_of_plane(const ridge *r, const sv_kernels *use, const trb_mask *bone, size_t z)
{
    const trb_grid *grid = &r->points->grid;
    const size_t row = ridge_row(grid);
    const float *none = r->nothing + row + 1;
    const float *below = z ? ridge_plane(r, z - 1) : none, *own = ridge_plane(r, z);
    const float *above = z + 1 < grid->nz ? ridge_plane(r, z + 1) : none;
    for (size_t y = 0; y < grid->ny; y++)
        for (size_t i = 0; i < bone->words_per_row; i++) {
            const size_t at = y * row + i * 64;
            const float *const planes[3] = {below + at, own + at, above + at};
            const uint64_t inside = i + 1 < bone->words_per_row ? ~(uint64_t)0 : trb_mask_tail(bone);
            uint64_t doubtful, word = use->centres(planes, row, trb_mask_row(bone, y, z)[i], &doubtful) & inside;
            for (doubtful &= inside; doubtful; doubtful &= doubtful - 1)
                if (is_centre(r->points, bone, i * 64 + (size_t)__builtin_ctzll(doubtful), y, z))
                    word |= doubtful & -doubtful;
            trb_mask_row(r->points->centres, y, z)[i] = word;
        }
}

/* The distances of planes below `done` are there. */
static void ridge_advance(ridge *r, const trb_mask *bone, size_t done)
{
    const size_t end = done < r->points->grid.nz ? done - 1 : done;
    const sv_kernels *use = sv_kernels_choose();
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = (ptrdiff_t)r->next; z < (ptrdiff_t)end; z++)
        centres_of_plane(r, use, bone, (size_t)z);
    r->next = end;
}

/* ---- nearest */

#define LANE int32_t
#define NAME(f) f##_narrow
#include "measure/subvoxel_sweep.h"
#undef LANE
#undef NAME
#define LANE int64_t
#define NAME(f) f##_wide
#include "measure/subvoxel_sweep.h"
#undef LANE
#undef NAME

/* From above: the largest distance of a voxel of this phase from the other. */
static trb_status largest_distance(const trb_mask *object, const size_t *z, size_t n, int32_t *highest, size_t *largest,
                                   trb_error *err)
{
    bool wide = false;
    int32_t most = 0;
    trb_status status = trb_d2_sample(object, TRB_BORDER_UNKNOWN, false, z, n, highest, err);
    for (size_t i = 0; !status && i < n; i++)
        wide = wide || highest[i] >= TRB_D2_FAR;
    if (!status && wide)
        status = trb_d2_sample(object, TRB_BORDER_UNKNOWN, true, z, n, highest, err);
    for (size_t i = 0; !status && i < n; i++)
        most = highest[i] > most ? highest[i] : most;
    if (!status && most >= TRB_D2_FAR_WIDE)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "a voxel is more than %d voxels from the other phase: use --thickness exact", TRB_FAR_STEPS_WIDE);
    const size_t bound = (size_t)ceil(sqrt((double)most)) + SAMPLE / 2;
    *largest = bound > *largest ? bound : *largest;
    return status;
}

static trb_status find_reach(const trb_mask *bone, size_t *reach, trb_error *err)
{
    const size_t nz = bone->grid.nz, n = (nz + SAMPLE - 1) / SAMPLE + 1;
    size_t *z = trb_alloc(n, sizeof *z, "a list of planes", err);
    int32_t *highest = trb_alloc(n, sizeof *highest, "a list of distances", err);
    trb_mask *marrow = NULL;
    trb_status status = z && highest ? trb_mask_complement(bone, &marrow, err) : TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < n; i++)
        z[i] = i * SAMPLE < nz ? i * SAMPLE : nz - 1;
    *reach = 0;
    if (!status)
        status = largest_distance(bone, z, n, highest, reach, err);
    if (!status)
        status = largest_distance(marrow, z, n, highest, reach, err);
    trb_mask_destroy(marrow);
    free(z);
    free(highest);
    return status;
}

trb_status sv_find_nearest(const trb_mask *bone, trb_surface_points *points, trb_error *err)
{
    size_t reach = 0;
    bool proven = false;
    trb_status status = find_reach(bone, &reach, err);
    points->near = status ? NULL : trb_alloc(trb_grid_voxels(&bone->grid), sizeof *points->near, "nearest points", err);
    if (!status)
        status = points->near ? trb_mask_create(&bone->grid, &points->centres, err) : TRB_ERR_MEMORY;
    if (!status)
        status = (reach <= SV_NARROW ? find_nearest_narrow : find_nearest_wide)(bone, points, reach, &proven, err);
    if (!status && !proven)
        return trb_error_set(err, TRB_ERR_DATA, "the distances of the surface points contradict the mask");
    points->reach_vox = (double)reach;
    return status;
}
