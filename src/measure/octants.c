/*
 * octants.c - the 256 configurations of the 2x2x2 cells and the phase changes along 13 directions, counted in
 * one pass over packed rows.
 *
 * Cells. Four rows (y and y+1 of plane z and of plane z+1) meet in a row of cells. Their bits are interleaved
 * into a stream of nibbles, one per voxel column, 16 columns a word: nibble bit dy + 2 dz. Two neighbouring
 * nibbles are the index of a cell, three are the indices of two cells; the latter are counted (4096 counters,
 * 8 increments for 16 cells, one for 16 where all is bone or all marrow) and taken apart at the end. Half of
 * the interleaving is shared between the rows of cells above and below a voxel row.
 *
 * Weights. A cell counts with its corners in the VOI. The VOI goes through the same interleaving; where 17
 * columns of it are full or empty nothing is looked at cell by cell.
 *
 * Directions. Changes along a direction are the set bits of row XOR shifted row.
 *
 * Everything is an integer, so neither the order of the sums nor the number of threads matters.
 */
#include "trabecula/surface.h"

#include "core/memory.h"
#include "core/ones.h"
#include "core/simd.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLES 4096
#define TABLES 4                               /* neighbours often count alike: no waiting for one counter */
#define GROUP 16                               /* voxel columns in a word of the nibble stream */
#define GROUPS_AT_ONCE ((size_t)1 << 20)       /* between two looks at how full the 32-bit counters are */
#define TRIPLES_BEFORE_FLUSH ((size_t)1 << 31) /* they hold twice as much */

/* Into each of the functions compiled for one kind of processor. */
#define ALWAYS_INLINE __attribute__((always_inline))

/* What one thread counts. Cells are indexed by two nibbles here, by code only in the result. */
typedef struct tally {
    uint32_t triple[TABLES][TRIPLES]; /* pairs of cells with every corner in the VOI */
    uint64_t all8[256];               /* further cells with every corner in the VOI */
    uint64_t cut[256];                /* cells with 1 to 7 corners in the VOI, each counted as often */
    uint64_t changes[13], pairs[13], half_changes[13], half_pairs[13];
    size_t since_flush;
    uint64_t *bone_stream[2], *voi_stream[2]; /* of row y and of row y + 1 */
} tally;

/* Four 64-bit words: the four quarters of a word of the mask side by side. */
typedef uint64_t quarters __attribute__((vector_size(32)));

/* In each quarter: bit i of 16 to bit 4 i of 64. */
#define SPREAD(quarter)                                                                                      \
    do {                                                                                                     \
        (quarter) = ((quarter) | (quarter) << 24) & 0x000000ff000000ffU;                                     \
        (quarter) = ((quarter) | (quarter) << 12) & 0x000f000f000f000fU;                                     \
        (quarter) = ((quarter) | (quarter) << 6) & 0x0303030303030303U;                                      \
        (quarter) = ((quarter) | (quarter) << 3) & 0x1111111111111111U;                                      \
    } while (0)

/* Rows (y, z) and (y, z + 1): bits 0 and 2 of each nibble. Row y + 1 comes on top, shifted by one bit. */
static inline ALWAYS_INLINE void interleave(const trb_mask *mask, size_t y, size_t z,
                                            uint64_t *restrict stream)
{
    const quarters shift = {0, 16, 32, 48};
    const uint64_t *near = trb_mask_row(mask, y, z), *far = trb_mask_row(mask, y, z + 1);
    for (size_t w = 0; w < mask->words_per_row; w++) {
        quarters n = {near[w], near[w], near[w], near[w]}, f = {far[w], far[w], far[w], far[w]};
        n = n >> shift & 0xffff;
        f = f >> shift & 0xffff;
        SPREAD(n);
        SPREAD(f);
        n |= f << 2;
        memcpy(stream + 4 * w, &n, sizeof n);
    }
}

static void flush_triples(tally *t)
{
    for (size_t table = 0; table < TABLES; table++)
        for (size_t i = 0; i < TRIPLES; i++) {
            t->all8[i & 255] += t->triple[table][i];
            t->all8[i >> 4] += t->triple[table][i];
        }
    memset(t->triple, 0, sizeof t->triple);
    t->since_flush = 0;
}

/* 16 cells, all corners in the VOI. `next` is the nibble behind the 16 in `group`. */
static inline ALWAYS_INLINE void count_full_group(tally *t, uint64_t group, uint64_t next)
{
    if (group == 0 && next == 0) {
        t->triple[0][0] += GROUP / 2;
    } else if (group == ~(uint64_t)0 && next == 15) {
        t->triple[0][TRIPLES - 1] += GROUP / 2;
    } else {
        for (unsigned pair = 0; pair < 7; pair++)
            t->triple[pair % TABLES][group >> (8 * pair) & (TRIPLES - 1)]++;
        t->triple[7 % TABLES][group >> 56 | next << 8]++;
    }
}

/* Up to 16 cells one by one, each with its corners in the VOI (all of them when voi is all ones). */
static void count_cells(tally *t, uint64_t group, uint64_t next, uint64_t voi, uint64_t voi_next,
                        size_t cells)
{
    for (size_t i = 0; i < cells; i++) {
        const uint64_t inside = (voi | (i == 15 ? voi_next << 4 : 0)) & 255;
        const uint64_t index = (group | (i == 15 ? next << 4 : 0)) & 255;
        if (inside == 255)
            t->all8[index]++;
        else
            t->cut[index] += (uint64_t)__builtin_popcountll(inside);
        group >>= 4;
        voi >>= 4;
    }
}

/* The row of cells between voxel rows y and y + 1, z and z + 1. */
static inline ALWAYS_INLINE void count_cell_row(tally *t, size_t nx, bool with_voi)
{
    const uint64_t *b0 = t->bone_stream[0], *b1 = t->bone_stream[1];
    const uint64_t *v0 = t->voi_stream[0], *v1 = t->voi_stream[1];
    const uint64_t all = ~(uint64_t)0;
    const size_t cells = nx - 1, whole = cells / GROUP;
    for (size_t from = 0; from < whole; from += GROUPS_AT_ONCE) {
        const size_t to = whole - from > GROUPS_AT_ONCE ? from + GROUPS_AT_ONCE : whole;
        for (size_t g = from; g < to; g++) {
            const uint64_t bone = b0[g] | b1[g] << 1, bone_next = (b0[g + 1] | b1[g + 1] << 1) & 15;
            if (!with_voi) {
                count_full_group(t, bone, bone_next);
                continue;
            }
            const uint64_t voi = v0[g] | v1[g] << 1, voi_next = (v0[g + 1] | v1[g + 1] << 1) & 15;
            if (voi == all && voi_next == 15)
                count_full_group(t, bone, bone_next);
            else if (voi || voi_next)
                count_cells(t, bone, bone_next, voi, voi_next, GROUP);
        }
        t->since_flush += (to - from) * (GROUP / 2);
        if (t->since_flush >= TRIPLES_BEFORE_FLUSH)
            flush_triples(t);
    }
    if (cells % GROUP) { /* the last voxel column is in the same word, so there is no next nibble */
        const uint64_t voi = with_voi ? v0[whole] | v1[whole] << 1 : all;
        count_cells(t, b0[whole] | b1[whole] << 1, 0, voi, 0, cells % GROUP);
    }
}

/* A row of another (y, z): the partner of each voxel lies there, at x - 1, x and x + 1. */
typedef struct partner {
    int dy, dz;
    int direction[3]; /* number of the direction for dx = -1, 0, 1; -1: not counted */
} partner;

static const partner PARTNERS[] = {
    {0, 0, {-1, -1, 0}}, {1, 0, {4, 1, 3}}, {0, 1, {6, 2, 5}}, {1, 1, {10, 7, 9}}, {-1, 1, {12, 8, 11}},
};

/* A row in pieces of one word: the voxels at x - 1, x, x + 1 in the places of those at x. */
typedef struct window {
    uint64_t at[3];
} window;

static inline window look(const uint64_t *row, size_t w, size_t words)
{
    const uint64_t before = w ? row[w - 1] >> 63 : 0, after = w + 1 < words ? row[w + 1] << 63 : 0;
    return (window){{row[w] << 1 | before, row[w], row[w] >> 1 | after}};
}

/* Bits of word w that stand for x < end. */
static inline uint64_t below(size_t end, size_t w)
{
    const size_t first = w * 64;
    return end <= first ? 0 : end - first >= 64 ? ~(uint64_t)0 : ((uint64_t)1 << (end - first)) - 1;
}

/* Where a voxel at x of word w has its partner inside the row, for dx = -1, 0, 1. */
static inline window partners_in_row(size_t nx, size_t w)
{
    const uint64_t row = below(nx, w);
    return (window){{w ? row : row & ~(uint64_t)1, row, below(nx - 1, w)}};
}

/* One row against one partner row, no VOI: only changes; the pairs follow from the size of the image. */
static inline ALWAYS_INLINE void count_changes(uint64_t n[3], const uint64_t *row, const uint64_t *other,
                                               size_t words, size_t nx, bool hardware)
{
    uint64_t left = 0, same = 0, right = 0;
    for (size_t w = 0; w + 1 < words; w++) {
        const window o = look(other, w, words);
        left += trb_ones(row[w] ^ o.at[0], hardware);
        same += trb_ones(row[w] ^ o.at[1], hardware);
        right += trb_ones(row[w] ^ o.at[2], hardware);
    }
    const window o = look(other, words - 1, words), in = partners_in_row(nx, words - 1);
    left += trb_ones((row[words - 1] ^ o.at[0]) & in.at[0], hardware);
    same += trb_ones((row[words - 1] ^ o.at[1]) & in.at[1], hardware);
    right += trb_ones((row[words - 1] ^ o.at[2]) & in.at[2], hardware);
    if (words > 1)
        left -= row[0] & 1; /* x = 0 has no partner at -1; the loop saw a 0 there */
    n[0] += left;
    n[1] += same;
    n[2] += right;
}

/* The same within a VOI, for dx = -1, 0, 1. */
typedef struct voi_changes {
    uint64_t changes[3], pairs[3], half_changes[3], half_pairs[3];
} voi_changes;

static inline ALWAYS_INLINE void count_changes_in_voi(voi_changes *n, const uint64_t *row,
                                                      const uint64_t *other, const uint64_t *row_voi,
                                                      const uint64_t *other_voi, size_t words, size_t nx,
                                                      bool hardware)
{
    for (size_t w = 0; w < words; w++) {
        const window v = look(other_voi, w, words);
        if ((row_voi[w] | v.at[0] | v.at[1] | v.at[2]) == 0)
            continue;
        const window o = look(other, w, words), in = partners_in_row(nx, w);
        if ((row_voi[w] & v.at[0] & v.at[1] & v.at[2] & in.at[0] & in.at[2]) == ~(uint64_t)0) {
            for (int i = 0; i < 3; i++) {
                n->changes[i] += trb_ones(row[w] ^ o.at[i], hardware);
                n->pairs[i] += 64;
            }
            continue;
        }
        for (int i = 0; i < 3; i++) {
            const uint64_t change = row[w] ^ o.at[i];
            const uint64_t both = row_voi[w] & v.at[i] & in.at[i], one = (row_voi[w] ^ v.at[i]) & in.at[i];
            n->changes[i] += trb_ones(change & both, hardware);
            n->pairs[i] += trb_ones(both, hardware);
            if (one) {
                n->half_changes[i] += trb_ones(change & one, hardware);
                n->half_pairs[i] += trb_ones(one, hardware);
            }
        }
    }
}

/* All partners of row (y, z). */
static inline ALWAYS_INLINE void count_directions(tally *t, const trb_mask *bone, const trb_mask *voi,
                                                  size_t y, size_t z, bool hardware)
{
    const trb_grid *grid = &bone->grid;
    const size_t words = bone->words_per_row;
    for (size_t p = 0; p < sizeof PARTNERS / sizeof *PARTNERS; p++) {
        const partner *to = &PARTNERS[p];
        if ((to->dy < 0 && y == 0) || (to->dy > 0 && y + 1 == grid->ny) || (to->dz && z + 1 == grid->nz))
            continue;
        const size_t oy = to->dy < 0 ? y - 1 : y + (size_t)to->dy, oz = z + (size_t)to->dz;
        const uint64_t *row = trb_mask_row(bone, y, z), *other = trb_mask_row(bone, oy, oz);
        voi_changes n = {{0}, {0}, {0}, {0}};
        if (voi)
            count_changes_in_voi(&n, row, other, trb_mask_row(voi, y, z), trb_mask_row(voi, oy, oz), words,
                                 grid->nx, hardware);
        else
            count_changes(n.changes, row, other, words, grid->nx, hardware);
        for (int i = 0; i < 3; i++) {
            const int d = to->direction[i];
            if (d < 0)
                continue;
            t->changes[d] += n.changes[i];
            t->pairs[d] += n.pairs[i];
            t->half_changes[d] += n.half_changes[i];
            t->half_pairs[d] += n.half_pairs[i];
        }
    }
}

static void swap_streams(uint64_t *stream[2])
{
    uint64_t *first = stream[0];
    stream[0] = stream[1];
    stream[1] = first;
}

/* Plane z with plane z + 1 (or alone, when it is the last). */
static inline ALWAYS_INLINE void count_plane(tally *t, const trb_mask *bone, const trb_mask *voi, size_t z,
                                             bool hardware)
{
    const trb_grid *grid = &bone->grid;
    for (size_t y = 0; y < grid->ny; y++)
        count_directions(t, bone, voi, y, z, hardware);
    if (z + 1 == grid->nz || grid->nx < 2)
        return;
    for (size_t y = 0; y < grid->ny; y++) {
        interleave(bone, y, z, t->bone_stream[1]);
        if (voi)
            interleave(voi, y, z, t->voi_stream[1]);
        if (y > 0)
            count_cell_row(t, grid->nx, voi != NULL);
        swap_streams(t->bone_stream);
        swap_streams(t->voi_stream);
    }
}

typedef void plane_counter(tally *t, const trb_mask *bone, const trb_mask *voi, size_t z);

static void count_plane_plain(tally *t, const trb_mask *bone, const trb_mask *voi, size_t z)
{
    count_plane(t, bone, voi, z, false);
}

#if defined(TRB_SIMD_X86)
__attribute__((target("avx2,bmi,bmi2,popcnt"))) static void count_plane_avx2(tally *t, const trb_mask *bone,
                                                                             const trb_mask *voi, size_t z)
{
    count_plane(t, bone, voi, z, true);
}

#endif

static plane_counter *choose_plane_counter(void)
{
#if defined(TRB_SIMD_X86)
    if (trb_simd_choose() != TRB_SIMD_PLAIN)
        return count_plane_avx2;
#endif
    return count_plane_plain;
}

/* The code of a cell from its two nibbles: bit dy + 2 dz + 4 dx of the index is bit 4 dz + 2 dy + dx of it. */
static unsigned code_of_index(unsigned index)
{
    unsigned code = 0;
    for (unsigned dx = 0; dx < 2; dx++)
        for (unsigned dy = 0; dy < 2; dy++)
            for (unsigned dz = 0; dz < 2; dz++)
                code |= (index >> (dy + 2 * dz + 4 * dx) & 1) << (4 * dz + 2 * dy + dx);
    return code;
}

static void add_tally(trb_surface_counts *out, tally *t)
{
    flush_triples(t);
    for (unsigned index = 0; index < 256; index++) {
        const unsigned code = code_of_index(index);
        out->all8[code] += t->all8[index];
        out->eighths[code] += 8 * t->all8[index] + t->cut[index];
    }
    for (int d = 0; d < 13; d++) {
        out->changes[d] += t->changes[d];
        out->pairs[d] += t->pairs[d];
        out->half_changes[d] += t->half_changes[d];
        out->half_pairs[d] += t->half_pairs[d];
    }
}

/* Without a VOI: how many voxels have a partner in each direction. */
static void count_pairs_of_image(trb_surface_counts *out, const trb_grid *grid)
{
    for (size_t p = 0; p < sizeof PARTNERS / sizeof *PARTNERS; p++)
        for (int i = 0; i < 3; i++)
            if (PARTNERS[p].direction[i] >= 0)
                out->pairs[PARTNERS[p].direction[i]] = (uint64_t)(grid->nx - (i != 1)) *
                                                       (grid->ny - (PARTNERS[p].dy != 0)) *
                                                       (grid->nz - (PARTNERS[p].dz != 0));
}

trb_status trb_surface_count(const trb_mask *bone, const trb_mask *voi, trb_surface_counts *out,
                             trb_error *err)
{
    memset(out, 0, sizeof *out);
    const trb_grid *grid = &bone->grid;
    if (voi && !trb_grid_same_size(grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the bone mask is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on "
            "the same grid",
            grid->nx, grid->ny, grid->nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    const size_t threads = (size_t)omp_get_max_threads(), stream = 4 * bone->words_per_row;
    trb_status status = TRB_ERR_MEMORY;
    tally *tallies = trb_alloc_zero(threads, sizeof *tallies, "counting the surface", err);
    uint64_t *streams =
        trb_alloc(trb_size_multiply(threads, 4 * stream), sizeof *streams, "counting the surface", err);
    if (!tallies || !streams)
        goto done;
    for (size_t i = 0; i < threads; i++)
        for (size_t k = 0; k < 2; k++) {
            tallies[i].bone_stream[k] = streams + (4 * i + k) * stream;
            tallies[i].voi_stream[k] = streams + (4 * i + 2 + k) * stream;
        }
    plane_counter *count = choose_plane_counter();
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t z = 0; z < nz; z++)
        count(&tallies[omp_get_thread_num()], bone, voi, (size_t)z);
    for (size_t i = 0; i < threads; i++)
        add_tally(out, &tallies[i]);
    if (!voi)
        count_pairs_of_image(out, grid);
    status = TRB_OK;
done:
    free(streams);
    free(tallies);
    return status;
}
