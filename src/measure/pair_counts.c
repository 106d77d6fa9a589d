/*
 * pair_counts.c - how often two voxels at a given displacement differ: set bits of row XOR shifted row.
 * All displacements are counted plane by plane, so that the few planes they reach stay in the cache. Everything is
 * an integer: neither the order of the sums nor the number of threads matters.
 */
#include "measure/pair_counts.h"

#include "core/memory.h"
#include "core/ones.h"
#include "core/simd.h"

#include <stdlib.h>

/* Into each of the functions compiled for one kind of processor. */
#define ALWAYS_INLINE __attribute__((always_inline))

/* What all threads share. */
typedef struct job {
    const trb_mask *bone, *voi;
    trb_box box;                 /* rows and planes with voxels of the VOI */
    size_t first, end;           /* words of a row that the box touches */
    const uint64_t *has_partner; /* for dx from -REACH to REACH, a row of bits: x + dx lies in the image */
} job;

/* Word w of the row, shifted so that the voxel at x + dx comes to x. */
static inline ALWAYS_INLINE uint64_t shifted(const uint64_t *row, size_t w, size_t words, int dx)
{
    if (dx > 0)
        return row[w] >> dx | (w + 1 < words ? row[w + 1] << (64 - dx) : 0);
    if (dx < 0)
        return row[w] << -dx | (w > 0 ? row[w - 1] >> (64 + dx) : 0);
    return row[w];
}

/* One row against its partner. Bits behind nx are 0, but a partner beyond the image must not count: has_partner. */
static inline ALWAYS_INLINE uint64_t row_changes(const job *j, const uint64_t *row, const uint64_t *other,
                                                 int dx, bool hardware)
{
    const size_t words = j->bone->words_per_row;
    const uint64_t *in = j->has_partner + (size_t)(dx + TRB_PAIR_REACH) * words;
    uint64_t changes = 0;
    if (words < 3) {
        for (size_t w = 0; w < words; w++)
            changes += trb_ones((row[w] ^ shifted(other, w, words, dx)) & in[w], hardware);
        return changes;
    }
    changes = trb_ones((row[0] ^ shifted(other, 0, words, dx)) & in[0], hardware);
    if (dx > 0)
        for (size_t w = 1; w + 1 < words; w++)
            changes += trb_ones((row[w] ^ (other[w] >> dx | other[w + 1] << (64 - dx))) & in[w], hardware);
    else if (dx < 0)
        for (size_t w = 1; w + 1 < words; w++)
            changes += trb_ones(row[w] ^ (other[w] << -dx | other[w - 1] >> (64 + dx)), hardware);
    else
        for (size_t w = 1; w + 1 < words; w++)
            changes += trb_ones(row[w] ^ other[w], hardware);
    return changes +
           trb_ones((row[words - 1] ^ shifted(other, words - 1, words, dx)) & in[words - 1], hardware);
}

static inline ALWAYS_INLINE void row_changes_in_voi(const job *j, const uint64_t *row, const uint64_t *other,
                                                    const uint64_t *row_voi, const uint64_t *other_voi,
                                                    int dx, uint64_t *pairs, uint64_t *changes, bool hardware)
{
    const size_t words = j->bone->words_per_row; /* a partner beyond the image is not in the VOI */
    for (size_t w = j->first; w < j->end; w++) {
        const uint64_t both = row_voi[w] & shifted(other_voi, w, words, dx);
        if (!both)
            continue;
        *pairs += trb_ones(both, hardware);
        *changes += trb_ones((row[w] ^ shifted(other, w, words, dx)) & both, hardware);
    }
}

static inline ALWAYS_INLINE void count_plane(const job *j, size_t z, size_t n, trb_pair_count *counts,
                                             bool hardware)
{
    const size_t y_first = j->box.lo[1], y_end = j->box.hi[1];
    for (size_t i = 0; i < n; i++) {
        trb_pair_count *c = &counts[i];
        const size_t oz = z + (size_t)c->dz;
        if (oz >= j->box.hi[2])
            continue;
        const size_t lo = c->dy < 0 ? y_first + (size_t)-c->dy : y_first, up = c->dy > 0 ? (size_t)c->dy : 0;
        const size_t hi = y_end > up ? y_end - up : 0;
        for (size_t y = lo; y < hi; y++) {
            const size_t oy = c->dy < 0 ? y - (size_t)-c->dy : y + up;
            const uint64_t *row = trb_mask_row(j->bone, y, z), *other = trb_mask_row(j->bone, oy, oz);
            if (j->voi)
                row_changes_in_voi(j, row, other, trb_mask_row(j->voi, y, z), trb_mask_row(j->voi, oy, oz),
                                   c->dx, &c->pairs, &c->changes, hardware);
            else
                c->changes += row_changes(j, row, other, c->dx, hardware);
        }
    }
}

typedef void plane_counter(const job *j, size_t z, size_t n, trb_pair_count *counts);

static void count_plane_plain(const job *j, size_t z, size_t n, trb_pair_count *counts)
{
    count_plane(j, z, n, counts, false);
}

#if defined(TRB_SIMD_X86)
__attribute__((target("avx2,bmi,bmi2,popcnt"))) static void
count_plane_popcnt(const job *j, size_t z, size_t n, trb_pair_count *counts)
{
    count_plane(j, z, n, counts, true);
}
#endif

static plane_counter *choose_plane_counter(void)
{
#if defined(TRB_SIMD_X86)
    if (trb_simd_choose() != TRB_SIMD_PLAIN)
        return count_plane_popcnt;
#endif
    return count_plane_plain;
}

static void fill_has_partner(uint64_t *rows, size_t nx, size_t words)
{
    for (int dx = -TRB_PAIR_REACH; dx <= TRB_PAIR_REACH; dx++)
        for (size_t x = 0; x < nx; x++)
            if (dx < 0 ? x >= (size_t)-dx : x + (size_t)dx < nx)
                rows[(size_t)(dx + TRB_PAIR_REACH) * words + (x >> 6)] |= (uint64_t)1 << (x & 63);
}

/* Without a VOI every pair in the image counts. */
static uint64_t pairs_in_image(const trb_grid *grid, const trb_pair_count *c)
{
    const size_t n[3] = {grid->nx, grid->ny, grid->nz},
                 d[3] = {(size_t)abs(c->dx), (size_t)abs(c->dy), (size_t)c->dz};
    uint64_t pairs = 1;
    for (int axis = 0; axis < 3; axis++)
        pairs *= n[axis] > d[axis] ? n[axis] - d[axis] : 0;
    return pairs;
}

trb_status trb_pair_counts(const trb_mask *bone, const trb_mask *voi, size_t n, trb_pair_count *counts,
                           trb_error *err)
{
    const trb_grid *grid = &bone->grid;
    const size_t words = bone->words_per_row;
    job j = {bone, voi, trb_grid_box(grid), 0, words, NULL};
    for (size_t i = 0; i < n; i++) {
        counts[i].changes = 0;
        counts[i].pairs = voi ? 0 : pairs_in_image(grid, &counts[i]);
    }
    if (voi && !trb_mask_bounds(voi, &j.box))
        return TRB_OK;
    j.first = j.box.lo[0] >> 6;
    j.end = (j.box.hi[0] + 63) >> 6;
    uint64_t *rows = trb_alloc_zero((2 * TRB_PAIR_REACH + 1) * words, sizeof *rows, "rows of partners", err);
    if (!rows)
        return TRB_ERR_MEMORY;
    fill_has_partner(rows, grid->nx, words);
    j.has_partner = rows;
    plane_counter *count = choose_plane_counter();
    const ptrdiff_t z_first = (ptrdiff_t)j.box.lo[2], z_end = (ptrdiff_t)j.box.hi[2];
    trb_status failed = TRB_OK;
#pragma omp parallel
    {
        trb_error inner = {TRB_OK, ""};
        trb_pair_count *own = trb_alloc_zero(n, sizeof *own, "counts of pairs", &inner);
        for (size_t i = 0; own && i < n; i++)
            own[i] = (trb_pair_count){counts[i].dx, counts[i].dy, counts[i].dz, 0, 0};
#pragma omp for schedule(dynamic)
        for (ptrdiff_t z = z_first; z < z_end; z++)
            if (own)
                count(&j, (size_t)z, n, own);
#pragma omp critical(trb_pair_counts_add)
        {
            if (!own) {
                if (err)
                    *err = inner;
                failed = TRB_ERR_MEMORY;
            }
            for (size_t i = 0; own && i < n; i++) {
                counts[i].pairs += own[i].pairs;
                counts[i].changes += own[i].changes;
            }
        }
        free(own);
    }
    free(rows);
    return failed;
}
