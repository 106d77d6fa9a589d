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

trb_status trb_d2_slab_init(trb_d2_slab *slab, const trb_grid *grid, size_t planes, trb_error *err)
{
    *slab = (trb_d2_slab){.planes = planes};
    slab->row = (grid->nx + 63) / 64 * 64 + 64;
    if ((slab->row & (slab->row - 1)) == 0)
        slab->row += 64;
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

static void scan_rows(const trb_d2_slab *slab, const trb_distance_kernels *use, const trb_mask *object,
                      trb_border border, size_t z0, size_t z1)
{
    const ptrdiff_t ny = (ptrdiff_t)object->grid.ny;
    const size_t plane_words = object->words_per_row * object->grid.ny;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t y = 0; y < ny; y++)
        for (size_t word = 0; word < object->words_per_row; word++) {
            uint8_t before[64], after[64];
            look_beyond(object, border, word, (size_t)y, (ptrdiff_t)z0, -1, before);
            look_beyond(object, border, word, (size_t)y, (ptrdiff_t)z1 - 1, 1, after);
            use->scan_z(trb_mask_row(object, (size_t)y, z0) + word, plane_words, z1 - z0, before, after,
                        slab->steps + (size_t)y * slab->row + word * 64, slab->row * object->grid.ny);
        }
}

/* The scratch of one thread: a plane of squares, a row of what is outside, a line with guards. */
typedef struct scratch {
    int16_t *block, *plane, *edge, *line;
} scratch;

static bool scratch_init(scratch *s, const trb_d2_slab *slab, size_t ny, trb_border border)
{
    const size_t values = slab->row * (ny + 2) + 2 * TRB_LINE_GUARD;
    const int16_t outside = border == TRB_BORDER_BACKGROUND ? 0 : TRB_D2_FAR;
    s->block = trb_alloc(values, sizeof *s->block, "a plane of distances", NULL);
    if (!s->block)
        return false;
    s->plane = s->block;
    s->edge = s->plane + slab->row * ny;
    s->line = s->edge + slab->row;
    for (size_t i = slab->row * ny; i < values; i++)
        s->block[i] = outside;
    return true;
}

static void compute_plane(trb_d2_slab *slab, const trb_distance_kernels *use, const trb_grid *grid, scratch *s,
                          const uint8_t *steps, size_t at)
{
    int16_t *d2 = slab->d2 + at * slab->plane, highest = 0;
    use->square(steps, slab->row * grid->ny, s->plane);
    for (size_t y = 0; y < grid->ny; y++) {
        const int16_t top = use->row(s->plane, slab->row, y, grid->ny, grid->nx, s->edge, s->line,
                                     d2 + y * slab->row);
        highest = top > highest ? top : highest;
    }
    slab->highest[at] = highest;
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
    scan_rows(slab, use, object, border, (size_t)first, (size_t)end);

    atomic_bool failed = false;
#pragma omp parallel
    {
        scratch s;
        const bool ready = scratch_init(&s, slab, grid->ny, border);
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t z = first; z < end; z++)
            if (ready)
                compute_plane(slab, use, grid, &s, slab->steps + (size_t)(z - first) * slab->row * grid->ny,
                              (size_t)(z - z0));
        if (ready)
            free(s.block);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}
