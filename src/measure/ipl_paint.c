/*
 * ipl_paint.c - voxels within (D + 1) / 2 of a centre take the largest D.
 *
 * Largest D first into the bits still unpainted: a voxel is written once, when its bit is cleared. The volume is
 * cut into tiles of rows; one thread owns a tile with its bits and its part of the map, so that nothing is shared
 * and any number of threads gives the same bits. Balls of equal D may be painted in any order.
 */
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

#define TILE_Z 32
#define TILE_Y 32
#define ROOTS_MAX ((size_t)1 << 20)

/* 4 r^2 <= (D + 1)^2 in whole numbers: r^2 <= reach2(D). */
static int64_t reach2(unsigned d)
{
    return (int64_t)(d + 1) * (d + 1) / 4;
}

typedef struct painter {
    const ipl_balls *balls;
    trb_mask *unpainted;
    trb_volume *map;
    float scale;
    uint16_t *root; /* floor of the square root of 0 .. roots - 1 */
    size_t roots;
} painter;

/* Scratch of one thread. */
typedef struct desk {
    const ipl_ball **found; /* the balls that reach the tile */
    const ipl_ball **queue; /* the same, largest D first */
    size_t *start;          /* by diameter */
    uint64_t *count;        /* voxels by diameter */
} desk;

typedef struct tile {
    size_t y0, y1, z0, z1;
    size_t left; /* bits still set */
} tile;

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t floor_root(const painter *p, int64_t m)
{
    return (size_t)m < p->roots ? p->root[m] : (size_t)sqrt((double)m);
}

/* Distance from c to the range lo <= i < hi. */
static int64_t outside(size_t c, size_t lo, size_t hi)
{
    return c < lo ? (int64_t)(lo - c) : c >= hi ? (int64_t)(c - hi + 1) : 0;
}

static bool reaches(const ipl_ball *ball, const tile *t)
{
    const int64_t dy = outside(ball->y, t->y0, t->y1), dz = outside(ball->z, t->z0, t->z1);
    return dy * dy + dz * dz <= reach2(ball->d);
}

/* The first of the balls from <= i < to of one slice whose centre has at least this y. */
static size_t first_with_y(const ipl_balls *balls, size_t from, size_t to, size_t y)
{
    while (from < to) {
        const size_t middle = from + (to - from) / 2;
        if (balls->ball[middle].y < y)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

/* The balls that reach the tile; returns how many. */
static size_t find_balls(const painter *p, const tile *t, desk *own)
{
    const ipl_balls *balls = p->balls;
    const size_t reach = (size_t)(balls->largest + 1) / 2, nz = p->unpainted->grid.nz;
    size_t n = 0;
    for (size_t z = t->z0 > reach ? t->z0 - reach : 0; z < smaller(t->z1 + reach, nz); z++) {
        const size_t to = balls->first[z + 1];
        size_t i = first_with_y(balls, balls->first[z], to, t->y0 > reach ? t->y0 - reach : 0);
        for (; i < to && balls->ball[i].y < t->y1 + reach; i++) {
            own->found[n] = &balls->ball[i];
            n += reaches(&balls->ball[i], t);
        }
    }
    return n;
}

/* Put them in order, by a counting sort. */
static size_t queue_balls(const painter *p, const tile *t, desk *own)
{
    const size_t n = find_balls(p, t, own);
    for (unsigned d = 0; d <= p->balls->largest; d++)
        own->start[d] = 0;
    for (size_t i = 0; i < n; i++)
        own->start[own->found[i]->d]++;
    size_t total = 0;
    for (unsigned d = p->balls->largest + 1; d-- > 0;) {
        const size_t here = own->start[d];
        own->start[d] = total;
        total += here;
    }
    for (size_t i = 0; i < n; i++)
        own->queue[own->start[own->found[i]->d]++] = own->found[i];
    return n;
}

/* Clear the bits x0 <= x <= x1 of a row; returns how many were set. */
static size_t paint_row(uint64_t *row, size_t x0, size_t x1, float *map, float value)
{
    size_t painted = 0;
    for (size_t w = x0 >> 6; w <= x1 >> 6; w++) {
        uint64_t bits = row[w];
        if (w == x0 >> 6)
            bits &= ~(uint64_t)0 << (x0 & 63);
        if (w == x1 >> 6)
            bits &= ~(uint64_t)0 >> (63 - (x1 & 63));
        if (!bits)
            continue;
        row[w] &= ~bits;
        painted += (size_t)__builtin_popcountll(bits);
        for (; map && bits; bits &= bits - 1)
            map[w * 64 + (size_t)__builtin_ctzll(bits)] = value;
    }
    return painted;
}

static size_t paint_ball(const painter *p, const ipl_ball *ball, const tile *t)
{
    const trb_grid *grid = &p->unpainted->grid;
    const int64_t r2 = reach2(ball->d);
    const size_t r = (size_t)(ball->d + 1) / 2;
    const size_t z0 = ball->z > t->z0 + r ? ball->z - r : t->z0;
    const size_t z1 = ball->z + r + 1 < t->z1 ? ball->z + r + 1 : t->z1;
    const float value = (float)ball->d * p->scale;
    size_t painted = 0;
    for (size_t z = z0; z < z1; z++) {
        const int64_t dz = (int64_t)z - ball->z, disc2 = r2 - dz * dz;
        const size_t ry = floor_root(p, disc2);
        const size_t y0 = ball->y > t->y0 + ry ? ball->y - ry : t->y0;
        const size_t y1 = ball->y + ry + 1 < t->y1 ? ball->y + ry + 1 : t->y1;
        for (size_t y = y0; y < y1; y++) {
            const int64_t dy = (int64_t)y - ball->y;
            const size_t half = floor_root(p, disc2 - dy * dy);
            const size_t x0 = ball->x > half ? ball->x - half : 0;
            const size_t x1 = ball->x + half < grid->nx ? ball->x + half : grid->nx - 1;
            float *map = p->map ? (float *)p->map->voxels + (z * grid->ny + y) * grid->nx : NULL;
            painted += paint_row(trb_mask_row(p->unpainted, y, z), x0, x1, map, value);
        }
    }
    return painted;
}

static size_t tile_bits(const trb_mask *mask, const tile *t)
{
    size_t count = 0;
    for (size_t z = t->z0; z < t->z1; z++) {
        const uint64_t *words = trb_mask_row(mask, t->y0, z);
        for (size_t i = 0; i < (t->y1 - t->y0) * mask->words_per_row; i++)
            count += (size_t)__builtin_popcountll(words[i]);
    }
    return count;
}

static void paint_tile(const painter *p, tile *t, desk *own)
{
    t->left = tile_bits(p->unpainted, t);
    if (!t->left)
        return;
    const size_t n = queue_balls(p, t, own);
    for (size_t i = 0; i < n && t->left; i++) {
        const size_t painted = paint_ball(p, own->queue[i], t);
        own->count[own->queue[i]->d] += painted;
        t->left -= painted;
    }
}

static bool desk_init(const ipl_balls *balls, size_t nz, desk *out)
{
    const size_t n = balls->first[nz] + 1, diameters = (size_t)balls->largest + 1;
    out->found = trb_alloc(n, sizeof *out->found, "balls of a tile", NULL);
    out->queue = trb_alloc(n, sizeof *out->queue, "balls of a tile", NULL);
    out->start = trb_alloc(diameters, sizeof *out->start, "diameters", NULL);
    out->count = trb_alloc_zero(diameters, sizeof *out->count, "diameters", NULL);
    return out->found && out->queue && out->start && out->count;
}

trb_status ipl_paint(const ipl_balls *balls, trb_mask *unpainted, trb_volume *map, float scale, uint64_t *count,
                     trb_error *err)
{
    const trb_grid *grid = &unpainted->grid;
    painter p = {balls, unpainted, map, scale, NULL, 0};
    p.roots = smaller((size_t)reach2(balls->largest) + 1, ROOTS_MAX);
    p.root = trb_alloc(p.roots, sizeof *p.root, "square roots", err);
    if (!p.root)
        return TRB_ERR_MEMORY;
    for (size_t m = 0, r = 0; m < p.roots; m++) {
        r += (r + 1) * (r + 1) <= m;
        p.root[m] = (uint16_t)r;
    }
    const size_t across = (grid->ny + TILE_Y - 1) / TILE_Y;
    const ptrdiff_t tiles = (ptrdiff_t)(across * ((grid->nz + TILE_Z - 1) / TILE_Z));
    bool short_of_memory = false;
#pragma omp parallel if (ipl_worth_threads(grid))
    {
        desk own;
        const bool ready = desk_init(balls, grid->nz, &own);
        if (!ready) {
#pragma omp atomic write
            short_of_memory = true;
        }
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < tiles; i++) {
            const size_t y0 = (size_t)i % across * TILE_Y, z0 = (size_t)i / across * TILE_Z;
            tile t = {y0, smaller(y0 + TILE_Y, grid->ny), z0, smaller(z0 + TILE_Z, grid->nz), 0};
            if (ready)
                paint_tile(&p, &t, &own);
        }
        if (ready) {
#pragma omp critical(trb_ipl_paint)
            for (unsigned d = 0; d <= balls->largest; d++)
                count[d] += own.count[d];
        }
        free(own.found);
        free(own.queue);
        free(own.start);
        free(own.count);
    }
    free(p.root);
    if (short_of_memory)
        return trb_error_set(err, TRB_ERR_MEMORY, "not enough memory to paint %zu balls", balls->first[grid->nz]);
    return TRB_OK;
}
