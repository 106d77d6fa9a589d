/*
 * distance_fast.c - exact squared distances in 16 bits, slab by slab from a packed mask.
 *
 * Any range of planes can be computed from the mask alone: the steps along z to the nearest background below
 * and above the range are found by looking at most 181 planes ahead in the bits, 64 columns at a time. The
 * other two axes need nothing beyond their plane.
 */
#include "measure/distance_fast.h"

#include "core/memory.h"
#include "core/simd.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const trb_distance_kernels *kernels(void)
{
#ifdef TRB_SIMD_X86
    switch (trb_simd_choose()) {
    case TRB_SIMD_AVX512: return &trb_distance_kernels_avx512;
    case TRB_SIMD_AVX2: return &trb_distance_kernels_avx2;
    case TRB_SIMD_PLAIN: break;
    }
#endif
    return &trb_distance_kernels_plain;
}

static size_t row_stride(const trb_grid *grid)
{
    const size_t row = (grid->nx + 63) / 64 * 64 + 64;
    return (row & (row - 1)) == 0 ? row + 64 : row;
}

trb_status trb_d2_slab_init(trb_d2_slab *slab, const trb_grid *grid, size_t planes, trb_error *err)
{
    *slab = (trb_d2_slab){.planes = planes};
    slab->row = row_stride(grid);
    slab->plane = (grid->ny + 2) * slab->row;
    const size_t steps = trb_size_multiply(slab->row * grid->ny, planes);
    /* Zeroed: guards are never written again. 64 values before the first row. */
    slab->block = trb_alloc_zero(slab->plane * planes + 64, sizeof *slab->block, "distances of some planes", err);
    slab->steps = trb_alloc_zero(steps, 1, "distances of some planes", err);
    slab->highest = trb_alloc_zero(planes, sizeof *slab->highest, "distances of some planes", err);
    if (!slab->block || !slab->steps || !slab->highest) {
        trb_d2_slab_clear(slab);
        return TRB_ERR_MEMORY;
    }
    slab->d2 = slab->block + 64 + slab->row;
    return TRB_OK;
}

void trb_d2_slab_clear(trb_d2_slab *slab)
{
    free(slab->block);
    free(slab->steps);
    free(slab->highest);
    *slab = (trb_d2_slab){0};
}

/* For 64 columns: steps from plane z (going by `towards`, -1 or 1) to background beyond the range, less one.
 * Lanes that are background at z do not matter and get 0. */
static void look_beyond(const trb_mask *object, trb_border border, size_t word, size_t y, ptrdiff_t z,
                        ptrdiff_t towards, uint8_t steps[64])
{
    const ptrdiff_t nz = (ptrdiff_t)object->grid.nz;
    uint64_t pending = trb_mask_row(object, y, (size_t)z)[word];
    memset(steps, 0, 64);
    uint8_t rest = TRB_FAR_STEPS;
    for (int s = 1; s < TRB_FAR_STEPS && pending; s++) {
        const ptrdiff_t at = z + s * towards;
        if (at < 0 || at >= nz) {
            rest = border == TRB_BORDER_BACKGROUND ? (uint8_t)(s - 1) : TRB_FAR_STEPS;
            break;
        }
        uint64_t found = pending & ~trb_mask_row(object, y, (size_t)at)[word];
        pending &= ~found;
        for (; found; found &= found - 1)
            steps[__builtin_ctzll(found)] = (uint8_t)(s - 1);
    }
    for (; pending; pending &= pending - 1)
        steps[__builtin_ctzll(pending)] = rest;
}

/* Steps along z of row y in planes z0 <= z < z1; the planes of `steps` lie `plane` bytes apart. */
static void scan_row(const trb_distance_kernels *use, const trb_mask *object, trb_border border, size_t y,
                     size_t z0, size_t z1, uint8_t *steps, size_t plane)
{
    for (size_t word = 0; word < object->words_per_row; word++) {
        uint8_t before[64], after[64];
        look_beyond(object, border, word, y, (ptrdiff_t)z0, -1, before);
        look_beyond(object, border, word, y, (ptrdiff_t)z1 - 1, 1, after);
        use->scan_z(trb_mask_row(object, y, z0) + word, object->words_per_row * object->grid.ny, z1 - z0,
                    before, after, steps + word * 64, plane);
    }
}

/* The scratch of one thread: a plane of squares, a row of what is outside, a line with guards. */
typedef struct scratch {
    int16_t *block, *plane, *edge, *line;
} scratch;

static bool scratch_init(scratch *s, size_t row, size_t ny, trb_border border)
{
    const size_t values = row * (ny + 2) + 2 * TRB_LINE_GUARD;
    const int16_t outside = border == TRB_BORDER_BACKGROUND ? 0 : TRB_D2_FAR;
    s->block = trb_alloc(values, sizeof *s->block, "a plane of distances", NULL);
    if (!s->block)
        return false;
    s->plane = s->block;
    s->edge = s->plane + row * ny;
    s->line = s->edge + row;
    for (size_t i = row * ny; i < values; i++)
        s->block[i] = outside;
    return true;
}

/* From steps along z to squared distances; row y of d2 starts at y * out_row. Returns the largest. */
static int16_t compute_plane(const trb_distance_kernels *use, const trb_grid *grid, size_t row, scratch *s,
                             const uint8_t *steps, int16_t *d2, size_t out_row)
{
    int16_t highest = 0;
    use->square(steps, row * grid->ny, s->plane);
    for (size_t y = 0; y < grid->ny; y++) {
        const int16_t top = use->row(s->plane, row, y, grid->ny, grid->nx, s->edge, s->line, d2 + y * out_row);
        highest = top > highest ? top : highest;
    }
    return highest;
}

trb_status trb_d2_slab_compute(trb_d2_slab *slab, const trb_mask *object, trb_border border, ptrdiff_t z0,
                               ptrdiff_t z1, trb_error *err)
{
    const trb_distance_kernels *use = kernels();
    const trb_grid *grid = &object->grid;
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
    const ptrdiff_t first = z0 < 0 ? 0 : z0, end = z1 > nz ? nz : z1;
    slab->z0 = z0;
    for (ptrdiff_t z = z0; z < z1; z++)
        if (z < first || z >= end) {
            memset(slab->d2 + (size_t)(z - z0) * slab->plane, 0, slab->row * grid->ny * sizeof *slab->d2);
            slab->highest[z - z0] = 0;
        }
    if (first >= end)
        return TRB_OK;
    const size_t steps_plane = slab->row * grid->ny;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t y = 0; y < (ptrdiff_t)grid->ny; y++)
        scan_row(use, object, border, (size_t)y, (size_t)first, (size_t)end, slab->steps + (size_t)y * slab->row,
                 steps_plane);

    atomic_bool failed = false;
#pragma omp parallel
    {
        scratch s;
        const bool ready = scratch_init(&s, slab->row, grid->ny, border);
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t z = first; z < end; z++)
            if (ready)
                slab->highest[z - z0] =
                    compute_plane(use, grid, slab->row, &s, slab->steps + (size_t)(z - first) * steps_plane,
                                  slab->d2 + (size_t)(z - z0) * slab->plane, slab->row);
        if (ready)
            free(s.block);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}

trb_status trb_d2_sample(const trb_mask *object, trb_border border, const size_t *z, size_t n, int16_t *highest,
                         trb_error *err)
{
    const trb_distance_kernels *use = kernels();
    const trb_grid *grid = &object->grid;
    const size_t row = row_stride(grid);
    atomic_bool failed = false;
#pragma omp parallel
    {
        scratch s = {NULL, NULL, NULL, NULL};
        uint8_t *steps = trb_alloc_zero(row * grid->ny, 1, "a plane of distances", NULL);
        int16_t *out = trb_alloc(row, sizeof *out, "a row of distances", NULL);
        const bool ready = scratch_init(&s, row, grid->ny, border) && steps && out;
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
            if (!ready)
                continue;
            for (size_t y = 0; y < grid->ny; y++)
                scan_row(use, object, border, y, z[i], z[i] + 1, steps + y * row, row * grid->ny);
            highest[i] = compute_plane(use, grid, row, &s, steps, out, 0); /* every row over the last */
        }
        free(s.block);
        free(steps);
        free(out);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}
