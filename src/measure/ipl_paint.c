/*
 * ipl_paint.c - voxels within (D + 1) / 2 of a centre take the largest D.
 *
 * Largest D first into the bits still unpainted: a voxel is written once, when its bit is cleared. The volume is
 * cut into layers of slices, whose bits and map are all that is held, and these into tiles of rows; one thread owns
 * a tile with its bits and its part of the map, so that nothing is shared and any number of threads gives the same
 * bits. Balls of equal D may be painted in any order.
 */
#include "measure/ipl_steps.h"

#include "core/memory.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define TILE_Z 32
#define TILE_Y 32
#define LAYER_Z (2 * TILE_Z) /* enough tiles to share them evenly */
#define ROOTS_MAX ((size_t)1 << 20)

/* 4 r^2 <= (D + 1)^2 in whole numbers: r^2 <= reach2(D). */
static int64_t reach2(unsigned d)
{
    return (int64_t)(d + 1) * (d + 1) / 4;
}

typedef struct painter {
    const ipl_balls *balls;
    const trb_grid *grid; /* of the image */
    trb_mask *unpainted;  /* of the layer: its plane 0 is slice layer_z */
    float *map;           /* of the layer, or NULL */
    float *own_map;       /* memory for one, when the map goes to a sink */
    size_t layer_z;
    float scale;
    uint16_t *root; /* floor of the square root of 0 .. roots - 1 */
    size_t roots;
} painter;

/* Scratch of one thread. */
typedef struct desk {
    const ipl_ball **found; /* the balls that reach the tile */
    const ipl_ball **queue; /* the same, largest D first */
    size_t room;            /* for so many of each */
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

/* The slices whose balls may reach slices z0 <= z < z1. */
static void slices_around(const painter *p, size_t z0, size_t z1, size_t *from, size_t *to)
{
    const size_t reach = (size_t)(p->balls->largest + 1) / 2;
    *from = z0 > reach ? z0 - reach : 0;
    *to = smaller(z1 + reach, p->grid->nz);
}

/* The balls that reach the tile; returns how many. */
static size_t find_balls(const painter *p, const tile *t, desk *own)
{
    const ipl_balls *balls = p->balls;
    const size_t reach = (size_t)(balls->largest + 1) / 2;
    size_t n = 0, from, to_z;
    slices_around(p, t->z0, t->z1, &from, &to_z);
    for (size_t z = from; z < to_z; z++) {
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
    const trb_grid *grid = p->grid;
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
            float *map = p->map ? p->map + ((z - p->layer_z) * grid->ny + y) * grid->nx : NULL;
            painted += paint_row(trb_mask_row(p->unpainted, y, z - p->layer_z), x0, x1, map, value);
        }
    }
    return painted;
}

static size_t tile_bits(const painter *p, const tile *t)
{
    const trb_mask *mask = p->unpainted;
    size_t count = 0;
    for (size_t z = t->z0; z < t->z1; z++) {
        const uint64_t *words = trb_mask_row(mask, t->y0, z - p->layer_z);
        for (size_t i = 0; i < (t->y1 - t->y0) * mask->words_per_row; i++)
            count += (size_t)__builtin_popcountll(words[i]);
    }
    return count;
}

static void paint_tile(const painter *p, tile *t, desk *own)
{
    t->left = tile_bits(p, t);
    if (!t->left)
        return;
    const size_t n = queue_balls(p, t, own);
    for (size_t i = 0; i < n && t->left; i++) {
        const size_t painted = paint_ball(p, own->queue[i], t);
        own->count[own->queue[i]->d] += painted;
        t->left -= painted;
    }
}

static bool desk_init(const ipl_balls *balls, size_t room, desk *out)
{
    const size_t diameters = (size_t)balls->largest + 1;
    *out = (desk){.room = room + 1};
    out->found = trb_alloc(out->room, sizeof *out->found, "balls of a tile", NULL);
    out->queue = trb_alloc(out->room, sizeof *out->queue, "balls of a tile", NULL);
    out->start = trb_alloc(diameters, sizeof *out->start, "diameters", NULL);
    out->count = trb_alloc_zero(diameters, sizeof *out->count, "diameters", NULL);
    return out->found && out->queue && out->start && out->count;
}

static void desk_clear(desk *own)
{
    free(own->found);
    free(own->queue);
    free(own->start);
    free(own->count);
}

/* The most balls that lie in the slices around a tile. */
static size_t most_balls(const painter *p)
{
    size_t most = 0;
    for (size_t z = 0; z < p->grid->nz; z += TILE_Z) {
        size_t from, to;
        slices_around(p, z, smaller(z + TILE_Z, p->grid->nz), &from, &to);
        const size_t n = p->balls->first[to] - p->balls->first[from];
        most = n > most ? n : most;
    }
    return most;
}

/* Slices z0 <= z < z1: the bits of the object in the VOI are what may take a value. */
static void open_layer(painter *p, const trb_mask *object, const trb_mask *voi, size_t z0, size_t z1)
{
    const size_t words = object->words_per_row * object->grid.ny * (z1 - z0);
    const uint64_t *from = trb_mask_row(object, 0, z0), *inside = voi ? trb_mask_row(voi, 0, z0) : NULL;
    p->layer_z = z0;
    for (size_t i = 0; i < words; i++)
        p->unpainted->bits[i] = inside ? from[i] & inside[i] : from[i];
    if (p->map)
        memset(p->map, 0, (z1 - z0) * p->grid->ny * p->grid->nx * sizeof *p->map);
}

/* All tiles of the layer; the desks of the threads are ready. */
static void paint_layer(const painter *p, size_t z1, desk *desks)
{
    const trb_grid *grid = p->grid;
    const size_t across = (grid->ny + TILE_Y - 1) / TILE_Y;
    const ptrdiff_t tiles = (ptrdiff_t)(across * ((z1 - p->layer_z + TILE_Z - 1) / TILE_Z));
#pragma omp parallel for schedule(dynamic, 1) if (ipl_worth_threads(grid))
    for (ptrdiff_t i = 0; i < tiles; i++) {
        const size_t y0 = (size_t)i % across * TILE_Y, z0 = p->layer_z + (size_t)i / across * TILE_Z;
        tile t = {y0, smaller(y0 + TILE_Y, grid->ny), z0, smaller(z0 + TILE_Z, z1), 0};
        paint_tile(p, &t, &desks[omp_get_thread_num()]);
    }
}

static trb_status painter_init(painter *p, const trb_mask *object, const trb_map_sink *sink, trb_error *err)
{
    trb_grid layer = object->grid;
    layer.nz = smaller(LAYER_Z, layer.nz);
    p->roots = smaller((size_t)reach2(p->balls->largest) + 1, ROOTS_MAX);
    p->root = trb_alloc(p->roots, sizeof *p->root, "square roots", err);
    if (!p->root)
        return TRB_ERR_MEMORY;
    for (size_t m = 0, r = 0; m < p->roots; m++) {
        r += (r + 1) * (r + 1) <= m;
        p->root[m] = (uint16_t)r;
    }
    if (sink && !(p->own_map = trb_alloc(trb_grid_voxels(&layer), sizeof *p->own_map, "a layer of the map", err)))
        return TRB_ERR_MEMORY;
    return trb_mask_create(&layer, &p->unpainted, err);
}

trb_status ipl_paint(const ipl_balls *balls, const trb_mask *object, const trb_mask *voi, float *map,
                     const trb_map_sink *sink, float scale, uint64_t *count, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const size_t threads = (size_t)omp_get_max_threads();
    painter p = {.balls = balls, .grid = grid, .scale = scale};
    desk *desks = trb_alloc_zero(threads, sizeof *desks, "desks", err);
    trb_status status = desks ? painter_init(&p, object, sink, err) : TRB_ERR_MEMORY;
    const size_t room = most_balls(&p);
    for (size_t i = 0; !status && i < threads; i++)
        if (!desk_init(balls, room, &desks[i]))
            status = trb_error_set(err, TRB_ERR_MEMORY, "not enough memory to paint %zu balls", balls->first[grid->nz]);
    for (size_t z0 = 0; !status && z0 < grid->nz; z0 += LAYER_Z) {
        const size_t z1 = smaller(z0 + LAYER_Z, grid->nz);
        p.map = map ? map + z0 * grid->ny * grid->nx : p.own_map;
        open_layer(&p, object, voi, z0, z1);
        paint_layer(&p, z1, desks);
        if (sink)
            status = sink->planes(sink->user, z0, z1 - z0, p.map, err);
    }
    for (size_t i = 0; desks && i < threads; i++) {
        for (unsigned d = 0; desks[i].count && d <= balls->largest; d++)
            count[d] += desks[i].count[d];
        desk_clear(&desks[i]);
    }
    free(desks);
    free(p.root);
    free(p.own_map);
    trb_mask_destroy(p.unpainted);
    return status;
}
