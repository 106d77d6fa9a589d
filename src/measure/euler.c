/*
 * euler.c - Euler numbers with the cells on the wall of the VOI counted in part.
 *
 * An octant is the corner that 8 voxels share, with half of 6 edges, a quarter of 12 faces and an eighth of 8 cubes
 * (topology.c). Let v be its voxels in the VOI and P, E, F the cells that are there (some voxel around them is bone).
 * Eight times its contribution to the weighted sum, corners - edges + faces - cubes, is
 *   P |v| - sum over edges E |v around it| + sum over faces F |v around it| - |bone in v|,
 * which is a sum over the voxels of v: each has a number that depends on the bone of the octant alone, and VOIs that do
 * not overlap add up. For |v| = 8 it is the raw count.
 *
 * Octants with all voxels in the VOI come from the histogram of octants.c; those that the wall cuts are found 64 at a
 * time by comparing the rows of the VOI, and looked at one by one.
 */
#include "trabecula/connectivity.h"

#include "core/memory.h"
#include "trabecula/surface.h"

#include <stdlib.h>
#include <string.h>

/* Of each code (bit 4 dz + 2 dy + dx): the number of each voxel, and their sum. */
typedef struct shares {
    int8_t voxel[256][8];
    int8_t all[256];
} shares;

/* Do the codes of two voxels agree on these axes (bits 1, 2, 4)? */
static unsigned cell_around(unsigned voxel, unsigned axes)
{
    unsigned cell = 0;
    for (unsigned other = 0; other < 8; other++)
        if (((voxel ^ other) & axes) == 0)
            cell |= 1U << other;
    return cell;
}

static void shares_init(shares *s)
{
    static const int SIGN[4] = {1, -1, 1, -1}; /* corner, edge, face, cube: by how many axes fix the side */
    memset(s, 0, sizeof *s);
    for (unsigned code = 0; code < 256; code++)
        for (unsigned voxel = 0; voxel < 8; voxel++) {
            int sum = 0;
            for (unsigned axes = 0; axes < 8; axes++)
                if (code & cell_around(voxel, axes))
                    sum += SIGN[__builtin_popcount(axes)];
            s->voxel[code][voxel] = (int8_t)sum;
            s->all[code] = (int8_t)(s->all[code] + sum);
        }
}

/* What the rows around a row of octants are made of where there is no image. */
typedef struct walls {
    const trb_mask *bone, *voi;
    const shares *shares;
    const uint64_t *nothing, *everything; /* rows: no voxel, every voxel of the image */
    size_t words;                         /* of a row of octants: one octant more than voxels */
} walls;

/* The four rows [2 dz + dy] around octants (y, z); NULL voi: all of the image. */
static void rows_around(const walls *w, size_t y, size_t z, const uint64_t *bone[4], const uint64_t *voi[4])
{
    const trb_grid *grid = &w->bone->grid;
    for (size_t i = 0; i < 4; i++) {
        const size_t ry = y + (i & 1) - 1, rz = z + (i >> 1) - 1; /* wraps to a large number before the first */
        const bool inside = ry < grid->ny && rz < grid->nz;
        bone[i] = inside ? trb_mask_row(w->bone, ry, rz) : w->nothing;
        voi[i] = !inside ? w->nothing : w->voi ? trb_mask_row(w->voi, ry, rz) : w->everything;
    }
}

static uint64_t word_at(const uint64_t *row, size_t i, size_t words)
{
    return i < words ? row[i] : 0;
}

/* The 8 voxels of octant x: columns x - 1 and x. */
static unsigned code_at(const uint64_t *const rows[4], size_t x, size_t nx)
{
    unsigned code = 0;
    for (unsigned i = 0; i < 4; i++) {
        if (x > 0)
            code |= (unsigned)(rows[i][(x - 1) >> 6] >> ((x - 1) & 63) & 1) << (2 * i);
        if (x < nx)
            code |= (unsigned)(rows[i][x >> 6] >> (x & 63) & 1) << (2 * i + 1);
    }
    return code;
}

typedef struct sums {
    int64_t raw, corrected;
} sums;

static void add_octant(const walls *w, const uint64_t *const bone[4], const uint64_t *const voi[4], size_t x, sums *sum)
{
    const unsigned b = code_at(bone, x, w->bone->grid.nx), v = code_at(voi, x, w->bone->grid.nx);
    sum->raw += w->shares->all[b & v];
    for (unsigned i = 0; i < 8; i++)
        if (v >> i & 1)
            sum->corrected += w->shares->voxel[b][i];
}

/* Octants of row (y, z) with some but not all voxels in the VOI. */
static void add_row(const walls *w, size_t y, size_t z, sums *sum)
{
    const uint64_t *bone[4], *voi[4];
    const size_t words = w->bone->words_per_row;
    rows_around(w, y, z, bone, voi);
    uint64_t any_before = 0, all_before = 0; /* the column left of the word */
    for (size_t i = 0; i < w->words; i++) {
        uint64_t any = 0, all = ~(uint64_t)0;
        for (int r = 0; r < 4; r++) {
            any |= word_at(voi[r], i, words);
            all &= word_at(voi[r], i, words);
        }
        const uint64_t some = any | any << 1 | any_before, every = all & (all << 1 | all_before);
        for (uint64_t cut = some & ~every; cut; cut &= cut - 1)
            add_octant(w, bone, voi, i * 64 + (size_t)__builtin_ctzll(cut), sum);
        any_before = any >> 63;
        all_before = all >> 63;
    }
}

static void add_walls(const walls *w, sums *sum)
{
    const ptrdiff_t end = (ptrdiff_t)w->bone->grid.nz + 1;
    int64_t raw = 0, corrected = 0;
#pragma omp parallel for schedule(dynamic) reduction(+ : raw, corrected)
    for (ptrdiff_t z = 0; z < end; z++) {
        sums plane = {0, 0};
        for (size_t y = 0; y <= w->bone->grid.ny; y++)
            add_row(w, y, (size_t)z, &plane);
        raw += plane.raw;
        corrected += plane.corrected;
    }
    sum->raw += raw;
    sum->corrected += corrected;
}

trb_status trb_euler_measure(const trb_mask *bone, const trb_mask *voi, trb_euler *out, trb_error *err)
{
    *out = (trb_euler){0, 0};
    trb_surface_counts octants;
    shares table;
    shares_init(&table);
    trb_status status = trb_surface_count(bone, voi, &octants, err);
    if (status)
        return status;
    const size_t words = bone->words_per_row;
    uint64_t *rows = trb_alloc_zero(2 * words, sizeof *rows, "Euler numbers", err);
    if (!rows)
        return TRB_ERR_MEMORY;
    memset(rows + words, 0xff, words * sizeof *rows);
    rows[2 * words - 1] = trb_mask_tail(bone);
    const walls w = {bone, voi, &table, rows, rows + words, bone->grid.nx / 64 + 1};
    sums sum = {0, 0};
    for (unsigned code = 0; code < 256; code++)
        sum.raw += (int64_t)octants.all8[code] * table.all[code];
    sum.corrected = sum.raw;
    add_walls(&w, &sum);
    free(rows);
    *out = (trb_euler){sum.raw / 8, sum.corrected};
    return TRB_OK;
}
