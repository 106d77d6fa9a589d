/*
 * thickness_balls.c - which balls have to be painted, and which part of them.
 *
 * A ball inside the ball of one of its 26 neighbours is dropped: that one is larger and paints all of it. For
 * each survivor p the neighbour q with a larger ball is chosen that leaves the shortest crescent B(p) \ B(q).
 * Balls are painted largest first, so when p's turn comes everything in B(q) has a value already, from q or,
 * if q was dropped, from what holds it. So only the crescent can be new.
 */
#include "measure/thickness_fast.h"

#include "core/memory.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* The directions of each neighbour type. */
#define D TRB_DIRECTION
static const uint8_t FACE[6] = {D(0, 0, -1), D(0, -1, 0), D(-1, 0, 0), D(1, 0, 0), D(0, 1, 0), D(0, 0, 1)};
static const uint8_t EDGE[12] = {D(0, -1, -1), D(-1, 0, -1), D(1, 0, -1), D(0, 1, -1), D(-1, -1, 0), D(1, -1, 0),
                                 D(-1, 1, 0),  D(1, 1, 0),   D(0, -1, 1), D(-1, 0, 1), D(1, 0, 1),   D(0, 1, 1)};
static const uint8_t CORNER[8] = {D(-1, -1, -1), D(1, -1, -1), D(-1, 1, -1), D(1, 1, -1),
                                  D(-1, -1, 1),  D(1, -1, 1),  D(-1, 1, 1),  D(1, 1, 1)};
#undef D

static const uint8_t *const DIRECTIONS[3] = {FACE, EDGE, CORNER};
static const int N_DIRECTIONS[3] = {6, 12, 8};

static ptrdiff_t offset_of(const trb_d2_slab *slab, int direction)
{
    return ((direction >> 4) - 1) * (ptrdiff_t)slab->plane + ((direction >> 2 & 3) - 1) * (ptrdiff_t)slab->row +
           (direction & 3) - 1;
}

/* Which of n neighbours have this distance, as bits. Which one comes first follows no pattern, so a loop that stops
 * there would be mispredicted; n is a constant where this is called. */
static inline unsigned equal_neighbours(const trb_d2_slab *slab, ptrdiff_t at, const uint8_t *directions, int n,
                                        int32_t value)
{
    unsigned equal = 0;
    for (int i = 0; i < n; i++) {
        const ptrdiff_t there = at + offset_of(slab, directions[i]);
        equal |= (unsigned)(trb_d2_at(slab, there) == value) << i;
    }
    return equal;
}

/* The first direction of this type where the neighbour of `at` has this distance; there is one. */
static int find_direction(const trb_d2_slab *slab, ptrdiff_t at, int type, int32_t value)
{
    const unsigned equal = type == 0   ? equal_neighbours(slab, at, FACE, 6, value)
                           : type == 1 ? equal_neighbours(slab, at, EDGE, 12, value)
                                       : equal_neighbours(slab, at, CORNER, 8, value);
    return DIRECTIONS[type][__builtin_ctz(equal)];
}

/* The record of the ball at `at`, given the largest neighbours of each type. */
static trb_ball make_ball(const trb_painter *p, const trb_d2_slab *slab, ptrdiff_t at, const int32_t largest[3],
                          uint32_t place)
{
    const uint32_t own = (uint32_t)trb_d2_at(slab, at), open = own + p->job->closed;
    uint16_t shortest = TRB_CRESCENT_WHOLE;
    int type = -1;
    for (int t = 0; t < 3; t++)
        if ((uint32_t)largest[t] > own) {
            const uint16_t length =
                trb_crescent_length(&p->crescents, t, open, (uint32_t)largest[t] - own);
            if (length < shortest) {
                shortest = length;
                type = t;
            }
        }
    if (type < 0)
        return (trb_ball){place, own};
    const uint32_t v2 = (uint32_t)type + 1, gain = (uint32_t)largest[type] - own;
    uint32_t a = gain + 1 > v2 ? (gain + 1 - v2) / (2 * v2) : 0;
    a = a < 255 ? a : 255; /* less is a looser bound */
    const uint32_t direction = (uint32_t)find_direction(slab, at, type, largest[type]);
    return (trb_ball){place | direction << TRB_DIRECTION_SHIFT | (uint32_t)shortest << TRB_LENGTH_SHIFT, own | a << 24};
}

/* The kernel survivors() for 32-bit distances and one voxel; largest: of the neighbours of each type. */
static bool survives(const trb_painter *p, const trb_d2_slab *slab, ptrdiff_t at, int32_t largest[3])
{
    const int32_t own = slab->d2_wide[at];
    if (!own)
        return false;
    for (int t = 0; t < 3; t++) {
        largest[t] = 0;
        for (int i = 0; i < N_DIRECTIONS[t]; i++) {
            const int32_t other = slab->d2_wide[at + offset_of(slab, DIRECTIONS[t][i])];
            largest[t] = other > largest[t] ? other : largest[t];
        }
        if ((uint32_t)largest[t] >= (uint32_t)own + p->gain[t][own + p->job->closed])
            return false;
    }
    return true;
}

static size_t find_in_word_wide(const trb_painter *p, const trb_d2_slab *slab, ptrdiff_t at, uint32_t place,
                                 trb_ball *out)
{
    size_t n = 0;
    for (uint32_t x = 0; x < 64; x++) {
        int32_t largest[3];
        if (survives(p, slab, at + (ptrdiff_t)x, largest))
            out[n++] = make_ball(p, slab, at + (ptrdiff_t)x, largest, place | x);
    }
    return n;
}

static size_t find_in_word(const trb_painter *p, const trb_d2_slab *slab, ptrdiff_t at, uint32_t place,
                            trb_ball *out)
{
    int16_t neighbour[3][64];
    size_t n = 0;
    uint64_t kept = p->use->survivors(slab->d2 + at, (ptrdiff_t)slab->row, (ptrdiff_t)slab->plane, p->gains,
                                      neighbour[0], neighbour[1], neighbour[2]);
    for (; kept; kept &= kept - 1) {
        const uint32_t x = (uint32_t)__builtin_ctzll(kept);
        const int32_t largest[3] = {neighbour[0][x], neighbour[1][x], neighbour[2][x]};
        out[n++] = make_ball(p, slab, at + (ptrdiff_t)x, largest, place | x);
    }
    return n;
}

/* All balls of one block whose first voxel is at `at`. Returns how many were written. */
static size_t find_in_block(const trb_painter *p, const trb_d2_slab *slab, size_t ny, size_t nz, ptrdiff_t at,
                            trb_ball *out, uint32_t *highest)
{
    size_t n = 0;
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++) {
            const ptrdiff_t row = at + (ptrdiff_t)(z * slab->plane + y * slab->row);
            const uint32_t place = (uint32_t)y << 6 | (uint32_t)z << 9;
            n += (p->wide ? find_in_word_wide : find_in_word)(p, slab, row, place, out + n);
        }
    *highest = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t d2 = out[i].ball & 0xffffff;
        *highest = d2 > *highest ? d2 : *highest;
    }
    return n;
}

/* Does any voxel of the object lie in this block? */
static bool block_is_empty(const trb_mask *object, size_t word, size_t y0, size_t y1, size_t z0, size_t z1)
{
    for (size_t z = z0; z < z1; z++)
        for (size_t y = y0; y < y1; y++)
            if (trb_mask_row(object, y, z)[word])
                return false;
    return true;
}

/* One row of blocks; `room` holds the balls of a whole row of blocks at worst. */
static bool find_in_row(const trb_painter *p, const trb_d2_slab *slab, size_t y0, size_t z0, trb_ball *room,
                        trb_ball_row *row)
{
    const trb_mask *object = p->job->object;
    const trb_grid *grid = &object->grid;
    const size_t y1 = y0 + TRB_BLOCK_SIDE < grid->ny ? y0 + TRB_BLOCK_SIDE : grid->ny;
    const size_t z1 = z0 + TRB_BLOCK_SIDE < grid->nz ? z0 + TRB_BLOCK_SIDE : grid->nz;
    const size_t words = object->words_per_row;
    const ptrdiff_t at = ((ptrdiff_t)z0 - slab->z0) * (ptrdiff_t)slab->plane + (ptrdiff_t)(y0 * slab->row);
    size_t n = 0;
    row->start = trb_alloc(2 * words + 1, sizeof *row->start, "an index of balls", NULL);
    if (!row->start)
        return false;
    row->highest = row->start + words + 1;
    for (size_t word = 0; word < words; word++) {
        row->start[word] = (uint32_t)n;
        row->highest[word] = 0;
        if (!block_is_empty(object, word, y0, y1, z0, z1))
            n += find_in_block(p, slab, y1 - y0, z1 - z0, at + (ptrdiff_t)(word * 64), room + n,
                               &row->highest[word]);
    }
    row->start[words] = (uint32_t)n;
    row->balls = trb_alloc(n + TRB_BALL_SLACK, sizeof *row->balls, "balls", NULL);
    if (!row->balls)
        return false;
    memcpy(row->balls, room, n * sizeof *room);
    memset(row->balls + n, 0, TRB_BALL_SLACK * sizeof *row->balls);
    return true;
}

trb_status trb_balls_find(trb_painter *p, size_t k, const trb_d2_slab *slab, trb_error *err)
{
    const trb_grid *grid = &p->job->object->grid;
    trb_ball_layer *layer = &p->layers[k];
    const size_t first = k * p->side, end = first + p->side < grid->nz ? first + p->side : grid->nz;
    const size_t blocks_z = (end - first + TRB_BLOCK_SIDE - 1) / TRB_BLOCK_SIDE;
    layer->rows = trb_alloc_zero(blocks_z * p->blocks_y, sizeof *layer->rows, "rows of balls", err);
    if (!layer->rows)
        return TRB_ERR_MEMORY;
    layer->n_rows = blocks_z * p->blocks_y;
    atomic_bool failed = false;
#pragma omp parallel
    {
        const size_t most = p->job->object->words_per_row * 64 * TRB_BLOCK_SIDE * TRB_BLOCK_SIDE;
        trb_ball *room = trb_alloc(most, sizeof *room, "balls", NULL);
        if (!room)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)layer->n_rows; i++) {
            const size_t y0 = (size_t)i % p->blocks_y * TRB_BLOCK_SIDE;
            const size_t z0 = first + (size_t)i / p->blocks_y * TRB_BLOCK_SIDE;
            if (room && !atomic_load(&failed) && !find_in_row(p, slab, y0, z0, room, &layer->rows[i]))
                atomic_store(&failed, true);
        }
        free(room);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: the balls of local thickness, layer %zu", k);
    return TRB_OK;
}

void trb_balls_clear(trb_ball_layer *layer)
{
    for (size_t i = 0; i < layer->n_rows; i++) {
        free(layer->rows[i].balls);
        free(layer->rows[i].start);
    }
    free(layer->rows);
    *layer = (trb_ball_layer){NULL, 0};
}
