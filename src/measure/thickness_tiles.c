/*
 * thickness_tiles.c - painting: every tile by one thread, largest balls first.
 *
 * A tile is one word wide and `side` rows and planes high and deep. Its voxels without a value are the set bits
 * of a map that stays in the cache. Balls that can reach the tile are gathered from the blocks around it, sorted
 * by radius, and tested against the map: a crescent point by point, a whole ball row by row. A bit that is found
 * is cleared and counted; its voxel has its final value. Nothing is shared between threads but the ball lists.
 *
 * The argument of thickness_balls.c holds within a tile: if a voxel of the tile lies in B(q), then B(q), or the
 * ball that holds it, reaches the tile and comes earlier. A crescent that misses the tile has nothing to add.
 */
#include "measure/thickness_fast.h"

#include "core/memory.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

typedef struct trb_tile tile;

/* A ball relative to the tile. */
typedef struct item {
    int16_t x, y, z;
    uint16_t length; /* of the crescent; 0: the whole ball */
    uint32_t d2 : 24, direction : 8;
} item;

/* A block of balls that may reach the tile. */
typedef struct block {
    const trb_ball *balls;
    uint32_t n, highest, apart2;
    int x, y, z; /* first voxel, relative to the tile */
} block;

struct trb_tile {
    const trb_painter *p;
    size_t x0, y0, z0; /* first voxel */
    size_t ny, nz;     /* voxels of the image in it */
    size_t left;       /* open voxels */
    uint64_t *open;    /* row (y, z) at z * TRB_TILE_ROWS(side) + y */
    int lo[3], hi[3];  /* all open voxels lie in lo <= x, y, z <= hi */
    block *blocks;
    size_t n_blocks, block_room;
    item *found, *sorted;
    size_t n_found, room;
    uint32_t *start; /* where each key begins when sorting; all 0 in between */
    uint32_t kept[64 * TRB_BLOCK_SIDE * TRB_BLOCK_SIDE]; /* indices into one block */
    uint64_t *count; /* voxels by d2, of this thread */
};

#define RADIX_BITS 12 /* of d2, sorted twice, when a table of all d2 would be too large */
#define FIRST_BLOCKS 64

/* ---- which balls reach the tile */

static bool grow(tile *t, size_t more)
{
    if (t->n_found + more <= t->room)
        return true;
    const size_t room = (t->n_found + more) * 3 / 2;
    item *found = trb_alloc(room, sizeof *found, "balls", NULL);
    item *sorted = trb_alloc(room, sizeof *sorted, "balls", NULL);
    if (!found || !sorted) {
        free(found);
        free(sorted);
        return false;
    }
    if (t->n_found) /* the first time there is nothing to take along, not even an address */
        memcpy(found, t->found, t->n_found * sizeof *found);
    free(t->found);
    free(t->sorted);
    t->found = found;
    t->sorted = sorted;
    t->room = room;
    return true;
}

static bool add_block(tile *t, const block *b)
{
    if (t->n_blocks == t->block_room) {
        const size_t room = t->block_room ? 2 * t->block_room : 1024;
        block *blocks = realloc(t->blocks, room * sizeof *blocks);
        if (!blocks)
            return false;
        t->blocks = blocks;
        t->block_room = room;
    }
    t->blocks[t->n_blocks++] = *b;
    return true;
}

/* Keep the balls of one block with lowest <= d2 < end whose crescent, or the ball around it, reaches the box. */
static bool cull(tile *t, const block *b, uint32_t lowest, uint32_t end)
{
    const trb_cull with = {{b->x, b->y, b->z}, {t->lo[0], t->lo[1], t->lo[2]}, {t->hi[0], t->hi[1], t->hi[2]},
                           lowest, end, t->p->job->closed};
    const size_t n = t->p->use->cull(b->balls, b->n, &with, t->kept);
    if (!grow(t, n))
        return false;
    item *to = t->found + t->n_found;
    for (size_t i = 0; i < n; i++) {
        const trb_ball *ball = &b->balls[t->kept[i]];
        const uint32_t place = ball->place;
        const int x = b->x + (int)(place & 63), y = b->y + (int)(place >> 6 & 7), z = b->z + (int)(place >> 9 & 7);
        to[i] = (item){(int16_t)x, (int16_t)y, (int16_t)z, (uint16_t)(place >> TRB_LENGTH_SHIFT),
                       ball->ball & 0xffffff, place >> TRB_DIRECTION_SHIFT & 63};
    }
    t->n_found += n;
    return true;
}

/* Squared distance between a range of a block and one of the tile, along one axis. */
static uint32_t range_gap2(size_t a0, size_t a1, size_t b0, size_t b1)
{
    const size_t apart = a1 <= b0 ? b0 - a1 + 1 : b1 <= a0 ? a0 - b1 + 1 : 0;
    return apart > INT16_MAX ? UINT32_MAX / 4 : (uint32_t)(apart * apart);
}

static bool list_row(tile *t, const trb_ball_row *row, size_t y0, size_t z0, uint32_t apart_yz)
{
    const trb_mask *object = t->p->job->object;
    for (size_t word = 0; word < object->words_per_row; word++) {
        const block b = {row->balls + row->start[word], row->start[word + 1] - row->start[word],
                         row->highest[word], apart_yz + range_gap2(word * 64, word * 64 + 64, t->x0, t->x0 + 64),
                         (int)((ptrdiff_t)(word * 64) - (ptrdiff_t)t->x0), (int)((ptrdiff_t)y0 - (ptrdiff_t)t->y0),
                         (int)((ptrdiff_t)z0 - (ptrdiff_t)t->z0)};
        if (b.n && b.apart2 < b.highest + t->p->job->closed && !add_block(t, &b))
            return false;
    }
    return true;
}

/* List the blocks that may reach the tile. */
static bool list_blocks(tile *t, size_t k)
{
    const trb_painter *p = t->p;
    const size_t low = k > p->reach ? k - p->reach : 0;
    const size_t high = k + p->reach < p->n_layers ? k + p->reach : p->n_layers - 1;
    t->n_blocks = 0;
    for (size_t layer = low; layer <= high; layer++)
        for (size_t i = 0; i < p->layers[layer].n_rows; i++) {
            const size_t y0 = i % p->blocks_y * TRB_BLOCK_SIDE;
            const size_t z0 = layer * p->side + i / p->blocks_y * TRB_BLOCK_SIDE;
            const uint32_t apart = range_gap2(y0, y0 + TRB_BLOCK_SIDE, t->y0, t->y0 + t->ny) +
                                   range_gap2(z0, z0 + TRB_BLOCK_SIDE, t->z0, t->z0 + t->nz);
            if (apart <= p->bound && !list_row(t, &p->layers[layer].rows[i], y0, z0, apart))
                return false;
        }
    return true;
}

/* Counting sort of from[] by the key (d2 >> shift) & mask, largest first and stable; start[] is 0 afterwards. */
static void sort_by(tile *t, const item *from, item *to, int shift, uint32_t mask)
{
    uint32_t before = 0;
    for (size_t i = 0; i < t->n_found; i++)
        t->start[from[i].d2 >> shift & mask]++;
    for (size_t key = (size_t)mask + 1; key-- > 0;) {
        const uint32_t n = t->start[key];
        t->start[key] = before;
        before += n;
    }
    for (size_t i = 0; i < t->n_found; i++)
        to[t->start[from[i].d2 >> shift & mask]++] = from[i];
    memset(t->start, 0, ((size_t)mask + 1) * sizeof *t->start);
}

/* Found to sorted, largest d2 first. */
static void sort_items(tile *t)
{
    const uint32_t mask = ((uint32_t)1 << RADIX_BITS) - 1;
    sort_by(t, t->found, t->sorted, 0, mask);
    if (t->p->bound <= mask)
        return;
    sort_by(t, t->sorted, t->found, RADIX_BITS, mask);
    item *swap = t->found;
    t->found = t->sorted;
    t->sorted = swap;
}

/* ---- painting */

/* Write the map values of some voxels of a row of the tile. */
static void write_row(const tile *t, size_t row, uint64_t voxels, uint32_t d2)
{
    const trb_grid *grid = &t->p->job->object->grid;
    const size_t rows = TRB_TILE_ROWS(t->p->side);
    float *to = t->p->layer_map + (row / rows * grid->ny + t->y0 + row % rows) * grid->nx + t->x0;
    for (; voxels; voxels &= voxels - 1)
        to[__builtin_ctzll(voxels)] = t->p->length[d2];
}

static void paint_crescent(tile *t, const item *ball)
{
    const trb_crescents *tables = &t->p->crescents;
    const trb_turn *turn = &t->p->turn[ball->direction];
    const size_t at = tables->start[turn->type][ball->d2 + t->p->job->closed];
    const int8_t *points[3] = {tables->point[turn->from[0]] + at, tables->point[turn->from[1]] + at,
                               tables->point[turn->from[2]] + at};
    const int centre[3] = {ball->x, ball->y, ball->z};
    uint32_t hits[TRB_CRESCENT_MOST + TRB_CRESCENT_SLACK];
    const size_t n = t->p->use->crescent(t->open, (int)t->p->side, points, turn->flip, centre, ball->length, hits);
    for (size_t i = 0; i < n; i++) {
        const uint64_t bit = (uint64_t)1 << (hits[i] & 63);
        t->open[hits[i] >> 6] &= ~bit;
        if (t->p->layer_map)
            write_row(t, hits[i] >> 6, bit, ball->d2);
    }
    t->left -= n;
    t->count[ball->d2] += n;
}

/* Half-widths of rows y0 and on of the disc |n|^2 <= m around row y, without a table. The root of a float is
 * exact enough below 2^24: it never crosses a whole number. */
static void compute_halves(int16_t *half, int y0, int n, int y, uint32_t m)
{
    for (int i = 0; i < n; i++) {
        const int dy = y0 + i - y;
        half[i] = (int16_t)sqrtf((float)((int)m - dy * dy));
    }
}

static void paint_disc(tile *t, const item *ball, int z, uint32_t m)
{
    const int16_t *half = t->p->wide ? NULL : t->p->half + t->p->disc[m];
    const int radius = half ? half[0] : (int)sqrtf((float)m); /* the middle row is as wide as the disc is high */
    const int y0 = ball->y - radius > t->lo[1] ? ball->y - radius : t->lo[1];
    const int y1 = ball->y + radius < t->hi[1] ? ball->y + radius : t->hi[1];
    if (y0 > y1)
        return;
    uint64_t hits[TRB_TILE_SIDE + 8];
    int16_t halves[TRB_TILE_SIDE + 8];
    const size_t row = (size_t)z * TRB_TILE_ROWS(t->p->side) + (size_t)y0, n = (size_t)(y1 - y0 + 1);
    if (!half) {
        compute_halves(halves, y0, (int)n, ball->y, m);
        for (size_t i = n; i < n + 8; i++)
            halves[i] = -1;
    }
    const size_t painted =
        t->p->use->disc(t->open + row, half ? half + (y0 - ball->y) : halves, n, ball->x, hits);
    if (!painted)
        return;
    for (size_t i = 0; i < n; i++) {
        t->open[row + i] &= ~hits[i];
        if (hits[i] && t->p->layer_map)
            write_row(t, row + i, hits[i], ball->d2);
    }
    t->left -= painted;
    t->count[ball->d2] += painted;
}

static void paint_whole(tile *t, const item *ball)
{
    const int last = (int)ball->d2 - 1 + t->p->job->closed; /* |n|^2 <= last */
    for (int z = t->lo[2]; z <= t->hi[2]; z++) {
        const int dz = z - ball->z;
        if (dz * dz <= last)
            paint_disc(t, ball, z, (uint32_t)(last - dz * dz));
    }
}

/* Open bits of the tile from the wanted voxels; the map's part of it starts as 0. */
static void open_tile(tile *t)
{
    const trb_paint_job *job = t->p->job;
    const trb_grid *grid = &job->object->grid;
    const size_t rows = TRB_TILE_ROWS(t->p->side), nx = t->x0 + 64 <= grid->nx ? 64 : grid->nx - t->x0;
    t->left = 0;
    memset(t->open, 0, (t->p->side * rows + 8) * sizeof *t->open);
    for (size_t z = 0; z < t->nz; z++)
        for (size_t y = 0; y < t->ny; y++) {
            const uint64_t word = trb_paint_wanted(job, t->y0 + y, t->z0 + z, t->x0 / 64);
            t->open[z * rows + y] = word;
            t->left += (size_t)__builtin_popcountll(word);
            if (t->p->layer_map)
                memset(t->p->layer_map + (z * grid->ny + t->y0 + y) * grid->nx + t->x0, 0, nx * sizeof(float));
        }
}

/* Shrink the box to the voxels that are still open; there must be some. */
static void find_box(tile *t)
{
    const size_t rows = TRB_TILE_ROWS(t->p->side);
    uint64_t columns = 0;
    t->lo[1] = t->lo[2] = INT16_MAX;
    t->hi[1] = t->hi[2] = -1;
    for (int z = 0; z < (int)t->nz; z++)
        for (int y = 0; y < (int)t->ny; y++) {
            const uint64_t word = t->open[(size_t)z * rows + (size_t)y];
            columns |= word;
            if (!word)
                continue;
            t->lo[1] = y < t->lo[1] ? y : t->lo[1];
            t->hi[1] = y > t->hi[1] ? y : t->hi[1];
            t->lo[2] = z < t->lo[2] ? z : t->lo[2];
            t->hi[2] = z;
        }
    t->lo[0] = __builtin_ctzll(columns);
    t->hi[0] = 63 - __builtin_clzll(columns);
}

/* Paint the balls with lowest <= d2 < end. */
static bool paint_band(tile *t, uint32_t lowest, uint32_t end)
{
    t->n_found = 0;
    find_box(t);
    for (size_t i = 0; i < t->n_blocks; i++)
        if (t->blocks[i].highest >= lowest && t->blocks[i].apart2 < end + t->p->job->closed &&
            !cull(t, &t->blocks[i], lowest, end))
            return false;
    sort_items(t);
    for (size_t i = 0; i < t->n_found && t->left; i++)
        if (t->sorted[i].length)
            paint_crescent(t, &t->sorted[i]);
        else
            paint_whole(t, &t->sorted[i]);
    return true;
}

/*
 * In bands of radius, largest first: where one ball fills the whole tile, as in air, the millions of others that
 * reach it need not be looked at. The first band holds the largest balls of a few blocks, every next one of twice
 * as many. Small radii are done in one band.
 */
static bool paint_bands(tile *t)
{
    enum { CLASSES = 1024 };
    uint32_t blocks_in[CLASSES] = {0}, end = t->p->bound + 1;
    int shift = 0;
    while (t->p->bound >> shift >= CLASSES)
        shift++;
    for (size_t i = 0; i < t->n_blocks; i++)
        blocks_in[t->blocks[i].highest >> shift]++;
    size_t enough = t->p->wide ? FIRST_BLOCKS : t->n_blocks, blocks = 0;
    for (uint32_t class = CLASSES; t->left && end && class-- > 0;) {
        blocks += blocks_in[class];
        if (blocks < enough && class > 0)
            continue;
        if (!paint_band(t, class << shift, end))
            return false;
        end = class << shift;
        enough = 2 * blocks;
    }
    return true;
}

static bool paint_tile(tile *t, size_t k)
{
    open_tile(t);
    return !t->left || (list_blocks(t, k) && paint_bands(t));
}

/* ---- the memory of the threads */

static void tile_clear(tile *t)
{
    free(t->open);
    free(t->blocks);
    free(t->start);
    free(t->count);
    free(t->found);
    free(t->sorted);
}

static bool tile_init(tile *t, const trb_painter *p)
{
    t->p = p;
    t->open = trb_alloc(p->side * TRB_TILE_ROWS(p->side) + 8, sizeof *t->open, "a tile", NULL);
    t->start = trb_alloc_zero((size_t)1 << RADIX_BITS, sizeof *t->start, "a tile", NULL);
    t->count = trb_alloc_zero((size_t)p->bound + 1, sizeof *t->count, "a tile", NULL);
    return t->open && t->start && t->count;
}

trb_status trb_tiles_init(trb_painter *p, trb_error *err)
{
    const int n = omp_get_max_threads();
    p->tiles = trb_alloc_zero((size_t)n, sizeof *p->tiles, "the tiles of the threads", err);
    if (!p->tiles)
        return TRB_ERR_MEMORY;
    p->n_tiles = n;
    for (int i = 0; i < n; i++)
        if (!tile_init(&p->tiles[i], p))
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: the tiles of %d threads", n);
    return TRB_OK;
}

void trb_tiles_clear(trb_painter *p)
{
    for (int i = 0; i < p->n_tiles; i++)
        tile_clear(&p->tiles[i]);
    free(p->tiles);
    p->tiles = NULL;
    p->n_tiles = 0;
}

void trb_tiles_count(const trb_painter *p, uint64_t *count)
{
    for (int i = 0; i < p->n_tiles; i++) /* integers: which thread counted what does not matter */
        for (size_t d2 = 0; d2 <= p->bound; d2++)
            count[d2] += p->tiles[i].count[d2];
}

trb_status trb_tiles_paint(trb_painter *p, size_t k, trb_error *err)
{
    const trb_grid *grid = &p->job->object->grid;
    const size_t words = p->job->object->words_per_row, tiles_y = (grid->ny + p->side - 1) / p->side;
    atomic_bool failed = false;
#pragma omp parallel for schedule(dynamic, 1) num_threads(p->n_tiles)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)(words * tiles_y); i++) {
        tile *t = &p->tiles[omp_get_thread_num()];
        if (atomic_load(&failed))
            continue;
        t->x0 = (size_t)i % words * 64;
        t->y0 = (size_t)i / words * p->side;
        t->z0 = k * p->side;
        t->ny = t->y0 + p->side < grid->ny ? p->side : grid->ny - t->y0;
        t->nz = t->z0 + p->side < grid->nz ? p->side : grid->nz - t->z0;
        if (!paint_tile(t, k))
            atomic_store(&failed, true);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: the balls that reach a tile, layer %zu", k);
    return TRB_OK;
}
