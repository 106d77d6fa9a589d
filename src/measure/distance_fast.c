/*
 * distance_fast.c - exact squared distances, slab by slab from a packed mask.
 *
 * Any range of planes can be computed from the mask alone: the steps along z to the nearest background below
 * and above the range are found by looking ahead in the bits, 64 columns at a time. The other two axes need
 * nothing beyond their plane. The narrow form (16 bits) serves distances below 181 voxels, the wide one all
 * that images have; both have the same structure.
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

trb_status trb_d2_slab_init(trb_d2_slab *slab, const trb_grid *grid, size_t planes, bool wide, trb_error *err)
{
    *slab = (trb_d2_slab){.planes = planes, .wide = wide};
    slab->row = row_stride(grid);
    slab->plane = (grid->ny + 2) * slab->row;
    /* Zeroed: guards are never written again. 64 values before the first row. */
    slab->block = trb_alloc_zero(slab->plane * planes + 64, wide ? 4 : 2, "distances of some planes", err);
    slab->steps = trb_alloc_zero(slab->row * grid->ny * planes, wide ? 2 : 1, "distances of some planes", err);
    slab->highest = trb_alloc_zero(planes, sizeof *slab->highest, "distances of some planes", err);
    if (!slab->block || !slab->steps || !slab->highest) {
        trb_d2_slab_clear(slab);
        return TRB_ERR_MEMORY;
    }
    if (wide)
        slab->d2_wide = (int32_t *)slab->block + 64 + slab->row;
    else
        slab->d2 = (int16_t *)slab->block + 64 + slab->row;
    return TRB_OK;
}

void trb_d2_slab_clear(trb_d2_slab *slab)
{
    free(slab->block);
    free(slab->steps);
    free(slab->highest);
    *slab = (trb_d2_slab){0};
}

/* ---- along z */

/* Words that are walked along z together: rows of one column lie a plane apart, at addresses that crowd into few
 * sets of the cache, so each line is used at once for all that it holds. */
#define LINE_WORDS 8

static void set_steps(uint64_t columns, uint16_t value, uint16_t steps[64])
{
    if (columns == ~(uint64_t)0) {
        for (int i = 0; i < 64; i++)
            steps[i] = value;
        return;
    }
    for (; columns; columns &= columns - 1)
        steps[__builtin_ctzll(columns)] = value;
}

/* For 64 columns in each of n words: steps from plane z (going by `towards`, -1 or 1) to background beyond the
 * range, less one, at most `far`. Lanes that are background at z do not matter and get 0. */
static void look_beyond(const trb_mask *object, trb_border border, uint16_t far, size_t word, size_t n, size_t y,
                        ptrdiff_t z, ptrdiff_t towards, uint16_t steps[LINE_WORDS][64])
{
    const ptrdiff_t nz = (ptrdiff_t)object->grid.nz;
    uint64_t pending[LINE_WORDS] = {0}, any = 0;
    uint16_t rest = far;
    for (size_t w = 0; w < n; w++)
        any |= pending[w] = trb_mask_row(object, y, (size_t)z)[word + w];
    memset(steps, 0, n * sizeof *steps);
    for (uint16_t s = 1; s < far && any; s++) {
        const ptrdiff_t at = z + s * towards;
        if (at < 0 || at >= nz) {
            rest = border == TRB_BORDER_BACKGROUND ? (uint16_t)(s - 1) : far;
            break;
        }
        const uint64_t *bits = trb_mask_row(object, y, (size_t)at) + word;
        any = 0;
        for (size_t w = 0; w < n; w++) {
            set_steps(pending[w] & ~bits[w], (uint16_t)(s - 1), steps[w]);
            any |= pending[w] &= bits[w];
        }
    }
    for (size_t w = 0; w < n; w++)
        set_steps(pending[w], rest, steps[w]);
}

/* The wide counterpart of the kernel scan_z. */
static void scan_z_wide(const uint64_t *bits, size_t words, size_t n, uint16_t before[64], uint16_t after[64],
                        uint16_t *out, size_t plane)
{
    for (size_t z = 0; z < n; z++)
        for (int i = 0; i < 64; i++) {
            const uint16_t next = before[i] < TRB_FAR_STEPS_WIDE ? (uint16_t)(before[i] + 1) : before[i];
            out[z * plane + (size_t)i] = before[i] = bits[z * words] >> i & 1 ? next : 0;
        }
    for (size_t z = n; z-- > 0;)
        for (int i = 0; i < 64; i++) {
            uint16_t *at = &out[z * plane + (size_t)i];
            const uint16_t next = (uint16_t)(after[i] + 1);
            *at = after[i] = next < *at ? next : *at;
        }
}

/* Steps along z of row y in planes z0 <= z < z1, to row y of `steps`, whose planes lie `plane` values apart. */
static void scan_row(const trb_distance_kernels *use, const trb_mask *object, trb_border border, bool wide,
                     size_t y, size_t z0, size_t z1, void *steps, size_t row, size_t plane)
{
    const uint16_t far = wide ? TRB_FAR_STEPS_WIDE : TRB_FAR_STEPS;
    const size_t words = object->words_per_row * object->grid.ny;
    uint16_t before[LINE_WORDS][64], after[LINE_WORDS][64];
    for (size_t word = 0; word < object->words_per_row; word++) {
        const size_t w = word % LINE_WORDS, left = object->words_per_row - word;
        const size_t n = left < LINE_WORDS ? left : LINE_WORDS;
        const uint64_t *bits = trb_mask_row(object, y, z0) + word;
        if (w == 0) {
            look_beyond(object, border, far, word, n, y, (ptrdiff_t)z0, -1, before);
            look_beyond(object, border, far, word, n, y, (ptrdiff_t)z1 - 1, 1, after);
        }
        if (wide) {
            scan_z_wide(bits, words, z1 - z0, before[w], after[w], (uint16_t *)steps + y * row + word * 64, plane);
            continue;
        }
        uint8_t below[64], above[64];
        for (int i = 0; i < 64; i++) {
            below[i] = (uint8_t)before[w][i];
            above[i] = (uint8_t)after[w][i];
        }
        use->scan_z(bits, words, z1 - z0, below, above, (uint8_t *)steps + y * row + word * 64, plane);
    }
}

/* ---- along y and x */

/* The scratch of one thread: a plane of squares, a row of what is outside, a line with guards. */
typedef struct scratch {
    void *block;
    int16_t *plane, *edge, *line;
    int32_t *plane_wide, *edge_wide, *line_wide;
} scratch;

static bool scratch_init(scratch *s, size_t row, size_t ny, trb_border border, bool wide)
{
    const size_t guard = wide ? TRB_LINE_GUARD_WIDE : TRB_LINE_GUARD, values = row * (ny + 2) + 2 * guard;
    *s = (scratch){.block = trb_alloc(values, wide ? 4 : 2, "a plane of distances", NULL)};
    if (!s->block)
        return false;
    const int32_t outside = border == TRB_BORDER_BACKGROUND ? 0 : trb_d2_far(wide);
    if (wide) {
        s->plane_wide = s->block;
        s->edge_wide = s->plane_wide + row * ny;
        s->line_wide = s->edge_wide + row;
        for (size_t i = row * ny; i < values; i++)
            s->plane_wide[i] = outside;
    } else {
        s->plane = s->block;
        s->edge = s->plane + row * ny;
        s->line = s->edge + row;
        for (size_t i = row * ny; i < values; i++)
            s->plane[i] = (int16_t)outside;
    }
    return true;
}

/* From steps along z to squared distances; row y goes to d2 + y * out_row. Returns the largest. */
static int32_t plane_narrow(const trb_distance_kernels *use, const trb_grid *grid, size_t row, const scratch *s,
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

static int32_t plane_wide(const trb_distance_kernels *use, const trb_grid *grid, size_t row, const scratch *s,
                          const uint16_t *steps, int32_t *d2, size_t out_row)
{
    int32_t highest = 0;
    for (size_t i = 0; i < row * grid->ny; i++)
        s->plane_wide[i] = (int32_t)steps[i] * steps[i];
    for (size_t y = 0; y < grid->ny; y++) {
        const int32_t top = use->row_wide(s->plane_wide, row, y, grid->ny, grid->nx, s->edge_wide, s->line_wide,
                                          d2 + y * out_row);
        highest = top > highest ? top : highest;
    }
    return highest;
}

/* ---- slabs and samples */

static void clear_plane(trb_d2_slab *slab, size_t at, size_t ny)
{
    if (slab->wide)
        memset(slab->d2_wide + at * slab->plane, 0, slab->row * ny * sizeof *slab->d2_wide);
    else
        memset(slab->d2 + at * slab->plane, 0, slab->row * ny * sizeof *slab->d2);
    slab->highest[at] = 0;
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
        if (z < first || z >= end)
            clear_plane(slab, (size_t)(z - z0), grid->ny);
    if (first >= end)
        return TRB_OK;
    const size_t steps_plane = slab->row * grid->ny;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t y = 0; y < (ptrdiff_t)grid->ny; y++)
        scan_row(use, object, border, slab->wide, (size_t)y, (size_t)first, (size_t)end, slab->steps, slab->row,
                 steps_plane);

    atomic_bool failed = false;
#pragma omp parallel
    {
        scratch s;
        const bool ready = scratch_init(&s, slab->row, grid->ny, border, slab->wide);
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t z = first; z < end; z++) {
            const size_t from = (size_t)(z - first) * steps_plane, to = (size_t)(z - z0) * slab->plane;
            if (ready)
                slab->highest[z - z0] =
                    slab->wide ? plane_wide(use, grid, slab->row, &s, (uint16_t *)slab->steps + from,
                                            slab->d2_wide + to, slab->row)
                               : plane_narrow(use, grid, slab->row, &s, (uint8_t *)slab->steps + from,
                                              slab->d2 + to, slab->row);
        }
        free(s.block);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}

trb_status trb_d2_sample(const trb_mask *object, trb_border border, bool wide, const size_t *z, size_t n,
                         int32_t *highest, trb_error *err)
{
    const trb_distance_kernels *use = kernels();
    const trb_grid *grid = &object->grid;
    const size_t row = row_stride(grid);
    atomic_bool failed = false;
#pragma omp parallel
    {
        scratch s;
        void *steps = trb_alloc_zero(row * grid->ny, 2, "a plane of distances", NULL);
        void *out = trb_alloc(row, 4, "a row of distances", NULL);
        const bool ready = scratch_init(&s, row, grid->ny, border, wide) && steps && out;
        if (!ready)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
            if (!ready)
                continue;
            for (size_t y = 0; y < grid->ny; y++)
                scan_row(use, object, border, wide, y, z[i], z[i] + 1, steps, row, row * grid->ny);
            /* Only the maximum is wanted: every row goes over the last. */
            highest[i] = wide ? plane_wide(use, grid, row, &s, steps, out, 0)
                              : plane_narrow(use, grid, row, &s, steps, out, 0);
        }
        free(s.block);
        free(steps);
        free(out);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}
