/*
 * subvoxel_paint.c - voxels within a ball's radius and SV_COVER of its middle take its diameter; the largest wins.
 *
 * As in ipl_paint.c: largest first into bits still unpainted, layers of slices, one thread a tile. Here balls are many and mostly
 * find nothing left, which the kernel finds out in float32, eight planes of eight rows at a time. Which voxels a ball covers is decided by
 * whole numbers and does not depend on rounding.
 */
#include "measure/subvoxel.h"

#include "core/memory.h"
#include "core/ones.h"
#include "measure/subvoxel_kernels.h"
#include "measure/subvoxel_tiles.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define TILE SV_TILE

typedef struct painter {
    const trb_surface_points *points;
    const sv_kernels *use;
    const trb_mask *object, *voi;
    const sv_ball *balls;
    sv_tiles tiles;
    float *map; /* of the layer, or NULL */
    double scale;
    size_t z0, z1; /* the layer */
    bool bone, weighted;
    size_t n_codes;
} painter;

/* Sums of one thread. */
typedef struct tally {
    uint64_t *count, weight, weighted;
} tally;

typedef struct tile {
    size_t x0, y0, z0, nx, ny, nz;
    sv_unpainted unpainted;       /* none beyond the image */
    uint64_t surface[TILE][TILE]; /* voxels beside the other phase */
    size_t left;
    sv_taken taken[TILE * TILE + 1]; /* by a ball */
} tile;

/* ---- voxels */

static void settle_voxel(const painter *p, const tile *t, size_t x, size_t y, size_t z, int32_t radius, tally *sums)
{
    const size_t gx = t->x0 + x, gy = t->y0 + y, gz = t->z0 + z;
    const trb_grid *grid = &p->object->grid;
    if (p->map)
        p->map[((gz - p->z0) * grid->ny + gy) * grid->nx + gx] = (float)(2.0 * radius / SV_STEPS * p->scale);
    if (!p->weighted)
        return;
    const uint64_t share = t->surface[z][y] >> x & 1 ? sv_share(p->points, p->bone, gx, gy, gz) : SV_STEPS;
    sums->weight += share;
    sums->weighted += share * (uint64_t)radius;
}

/* Bits that a ball has taken of a row. */
static void settle_row(const painter *p, const tile *t, const sv_taken *taken, int32_t radius, tally *sums)
{
    const size_t y = (size_t)taken->row % TILE, z = (size_t)taken->row / TILE;
    uint64_t one_by_one = p->map ? taken->bits : taken->bits & t->surface[z][y];
    const size_t whole = (size_t)trb_ones(taken->bits & ~one_by_one, false);
    sums->weight += whole * SV_STEPS;
    sums->weighted += whole * SV_STEPS * (uint64_t)radius;
    for (; one_by_one; one_by_one &= one_by_one - 1)
        settle_voxel(p, t, (size_t)__builtin_ctzll(one_by_one), y, z, radius, sums);
}

static void paint_ball(const painter *p, tile *t, const sv_ball *ball, tally *sums)
{
    const size_t from[3] = {t->x0, t->y0, t->z0};
    int32_t middle[3];
    size_t rows = 0;
    if (!ball->radius) /* a point covers nothing */
        return;
    for (int k = 0; k < 3; k++)
        middle[k] = ball->middle[k] - (int32_t)from[k] * SV_STEPS;
    const size_t found = p->use->take_ball(&t->unpainted, middle, ball->radius + SV_COVER, p->map || p->weighted ? t->taken : NULL, &rows);
    t->left -= found;
    sums->count[ball->radius] += found;
    for (size_t i = 0; i < rows; i++)
        settle_row(p, t, &t->taken[i], ball->radius, sums);
}

static void settle_batch(const painter *p, tile *t, const sv_voxel *voxel, size_t n, tally *sums)
{
    int32_t radius[SV_BATCH];
    sv_grow_rest(p->points, p->object, p->bone, voxel, n, radius);
    for (size_t i = 0; i < n; i++) {
        sums->count[(size_t)radius[i] < p->n_codes ? (size_t)radius[i] : p->n_codes - 1]++;
        settle_voxel(p, t, voxel[i].x - t->x0, voxel[i].y - t->y0, voxel[i].z - t->z0, radius[i], sums);
    }
}

/* What no ball covers has its own, or the one behind it. */
static void settle_rest(const painter *p, tile *t, tally *sums)
{
    sv_voxel batch[SV_BATCH];
    size_t n = 0;
    for (size_t z = 0; z < t->nz && t->left; z++)
        for (size_t y = 0; y < t->ny; y++)
            for (uint64_t bits = t->unpainted.rows[z][y]; bits; bits &= bits - 1) {
                const size_t x = (size_t)__builtin_ctzll(bits);
                batch[n++] = (sv_voxel){(uint16_t)(t->x0 + x), (uint16_t)(t->y0 + y), (uint16_t)(t->z0 + z)};
                if (n == SV_BATCH) {
                    settle_batch(p, t, batch, n, sums);
                    n = 0;
                }
            }
    if (n)
        settle_batch(p, t, batch, n, sums);
}

/* ---- tiles */

static uint64_t word_or_none(const trb_mask *mask, size_t i, ptrdiff_t y, ptrdiff_t z)
{
    const trb_grid *grid = &mask->grid;
    const bool inside = y >= 0 && z >= 0 && y < (ptrdiff_t)grid->ny && z < (ptrdiff_t)grid->nz;
    return inside ? trb_mask_row(mask, (size_t)y, (size_t)z)[i] : 0;
}

/* Voxels of word i of a row that have a face neighbour of the other phase. Outside the image is no phase. */
static uint64_t beside_other(const trb_mask *mask, size_t i, size_t y, size_t z)
{
    const trb_grid *grid = &mask->grid;
    const uint64_t *row = trb_mask_row(mask, y, z), here = row[i];
    const bool last = i + 1 == mask->words_per_row;
    const uint64_t before = here << 1 | (i ? row[i - 1] >> 63 : here & 1);
    uint64_t after = here >> 1 | (last ? 0 : row[i + 1] << 63);
    if (last) /* the last voxel has no next one */
        after |= here & (trb_mask_tail(mask) ^ trb_mask_tail(mask) >> 1);
    uint64_t all = before & after;
    all &= y > 0 ? word_or_none(mask, i, (ptrdiff_t)y - 1, (ptrdiff_t)z) : here;
    all &= y + 1 < grid->ny ? word_or_none(mask, i, (ptrdiff_t)y + 1, (ptrdiff_t)z) : here;
    all &= z > 0 ? word_or_none(mask, i, (ptrdiff_t)y, (ptrdiff_t)z - 1) : here;
    all &= z + 1 < grid->nz ? word_or_none(mask, i, (ptrdiff_t)y, (ptrdiff_t)z + 1) : here;
    return here & ~all;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void open_tile(const painter *p, size_t i, tile *t)
{
    const trb_grid *grid = &p->object->grid;
    t->x0 = i % p->tiles.across * TILE;
    t->y0 = i / p->tiles.across % p->tiles.down * TILE;
    t->z0 = p->z0;
    t->nx = least(TILE, grid->nx - t->x0);
    t->ny = least(TILE, grid->ny - t->y0);
    t->nz = p->z1 - p->z0;
    t->left = 0;
    memset(&t->unpainted, 0, sizeof t->unpainted);
    for (size_t z = 0; z < t->nz; z++) {
        for (size_t y = 0; y < t->ny; y++) {
            const size_t word = t->x0 / TILE;
            uint64_t bits = trb_mask_row(p->object, t->y0 + y, t->z0 + z)[word];
            if (p->voi)
                bits &= trb_mask_row(p->voi, t->y0 + y, t->z0 + z)[word];
            t->unpainted.rows[z][y] = bits;
            t->unpainted.any[y / SV_GROUP][z] |= bits;
            t->surface[z][y] = bits && p->weighted ? beside_other(p->object, word, t->y0 + y, t->z0 + z) : 0;
            t->left += (size_t)trb_ones(bits, false);
        }
    }
}

static void paint_tile(const painter *p, size_t i, tile *t, tally *sums)
{
    open_tile(p, i, t);
    const uint32_t *list = p->tiles.list;
    const size_t end = p->tiles.first[i + 1];
    for (size_t k = p->tiles.first[i]; k < end && t->left; k++) {
        __builtin_prefetch(&p->balls[list[k + SV_AHEAD < end ? k + SV_AHEAD : k]]);
        paint_ball(p, t, &p->balls[list[k]], sums);
    }
    settle_rest(p, t, sums);
}

static void paint_layer(const painter *p, tile *tiles, tally *sums)
{
    const size_t count = p->tiles.across * p->tiles.down, from = p->z0 / TILE * count;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)count; i++)
        paint_tile(p, from + (size_t)i, &tiles[omp_get_thread_num()], &sums[omp_get_thread_num()]);
}

trb_status sv_paint(const trb_surface_points *points, bool bone, const sv_ball *balls, size_t n, const trb_mask *object,
                    const trb_mask *voi, float *map, const trb_map_sink *sink, double scale, bool weighted, sv_painted *out,
                    trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const size_t threads = (size_t)omp_get_max_threads(), plane = grid->nx * grid->ny;
    painter p = {.points = points, .use = sv_kernels_choose(), .object = object, .voi = voi, .balls = balls, .scale = scale, .bone = bone,
                 .weighted = weighted,
                 .n_codes = out->n_codes};
    tile *tiles = trb_alloc(threads, sizeof *tiles, "tiles", err);
    tally *sums = trb_alloc_zero(threads, sizeof *sums, "sums", err);
    float *layer = sink ? trb_alloc(plane * least(TILE, grid->nz), sizeof *layer, "a layer of the map", err) : NULL;
    bool ready = tiles && sums && (layer || !sink);
    for (size_t i = 0; ready && i < threads; i++)
        ready = (sums[i].count = trb_alloc_zero(out->n_codes, sizeof *sums[i].count, "a histogram", err)) != NULL;
    trb_status status = ready ? sv_tiles_init(&p.tiles, grid, balls, n, out->n_codes, err) : TRB_ERR_MEMORY;
    for (p.z0 = 0; !status && p.z0 < grid->nz; p.z0 = p.z1) {
        p.z1 = least(p.z0 + TILE, grid->nz);
        p.map = map ? map + p.z0 * plane : layer;
        if (p.map)
            memset(p.map, 0, (p.z1 - p.z0) * plane * sizeof *p.map);
        paint_layer(&p, tiles, sums);
        if (sink)
            status = sink->planes(sink->user, p.z0, p.z1 - p.z0, p.map, err);
    }
    for (size_t i = 0; sums && i < threads; i++) { /* whole numbers: in any order */
        for (size_t r = 0; sums[i].count && r < out->n_codes; r++)
            out->code_count[r] += sums[i].count[r];
        out->weight += weighted ? sums[i].weight : 0;
        out->weighted += weighted ? sums[i].weighted : 0;
        free(sums[i].count);
    }
    free(tiles);
    free(sums);
    free(layer);
    sv_tiles_clear(&p.tiles);
    return status;
}
