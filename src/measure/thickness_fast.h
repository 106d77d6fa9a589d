/* thickness_fast.h - exact local thickness by crescents, layer by layer. */
#ifndef TRB_THICKNESS_FAST_H
#define TRB_THICKNESS_FAST_H

#include "measure/crescent.h"
#include "measure/distance_fast.h"
#include "measure/thickness_kernels.h"
#include "measure/thickness_paint.h"

/**
 * Paint every wanted voxel with the largest ball that holds it.
 *
 * Input       wide: distances in 32 bits (radii to 4090 voxels), else 16 (to 176).
 * Output      *proven: false (and nothing else) when a radius passes that or an axis 32767 voxels.
 * Cost        40 to 50 ns of CPU per object voxel at mean radius 6 to 18; memory for distances and ball
 *             records of a few layers of tiles, about 1 byte a voxel at 512^3 and less for more slices.
 * Threads     Uses all; same bits for any number and every SIMD path.
 */
TRB_NODISCARD trb_status trb_thickness_paint_fast(const trb_paint_job *job, bool wide,
                                                  trb_paint_result *result, bool *proven, trb_error *err);

/* ---- shared by the files of the painter */

/** Balls are kept in blocks of 64 x 8 x 8 voxels. */
#define TRB_BLOCK_SIDE 8

/** The balls of one row of blocks along x: block i holds balls[start[i]] .. balls[start[i + 1]]. */
typedef struct trb_ball_row {
    trb_ball *balls;
    uint32_t *start;
    uint32_t *highest; /* largest d2 of each block */
} trb_ball_row;

/** The balls of one layer of tiles: block rows in the order y, then z. */
typedef struct trb_ball_layer {
    trb_ball_row *rows;
    size_t n_rows;
} trb_ball_layer;

/** How the canonical crescent points turn into those of a direction: coordinate `from[axis]`, sign by `flip`. */
typedef struct trb_turn {
    int type, from[3], flip[3];
} trb_turn;

typedef struct trb_tile trb_tile;

typedef struct trb_painter {
    const trb_paint_job *job;
    const trb_thickness_kernels *use;
    trb_crescents crescents;
    uint32_t bound;   /* no d2 is larger */
    size_t side;      /* of a tile, and planes in a layer; a multiple of TRB_BLOCK_SIDE */
    size_t reach;     /* layers before and after one whose balls may touch it */
    size_t n_layers, blocks_y;
    bool wide;        /* 32-bit distances; then gain, else the three tables below */
    uint32_t *gain[3]; /* containment gains by open squared radius */
    uint32_t *gains;  /* the same by d2, packed; see thickness_kernels.h */
    int16_t *half;    /* half-widths of discs */
    uint32_t *disc;   /* disc[m]: where the row in the middle of the disc |n|^2 <= m stands in half */
    float *length;    /* map value by d2 */
    float *layer_map; /* the map from the first plane of the layer that is painted on; NULL: no map */
    float *own_map;   /* memory for one layer of it, when it goes to a sink */
    trb_turn turn[64]; /* by TRB_DIRECTION */
    trb_tile *tiles;   /* the memory of each thread, kept from layer to layer */
    int n_tiles;
    trb_ball_layer *layers; /* n_layers; those not needed now are empty */
} trb_painter;

/** Find the balls of layer k from a slab that holds its planes and one more on both sides. */
TRB_NODISCARD trb_status trb_balls_find(trb_painter *painter, size_t k, const trb_d2_slab *slab, trb_error *err);
void trb_balls_clear(trb_ball_layer *layer);

/** The memory of all threads. */
TRB_NODISCARD trb_status trb_tiles_init(trb_painter *painter, trb_error *err);
void trb_tiles_clear(trb_painter *painter);

/** Paint all tiles of layer k. */
TRB_NODISCARD trb_status trb_tiles_paint(trb_painter *painter, size_t k, trb_error *err);

/** Add what all layers so far have counted to count[d2]. */
void trb_tiles_count(const trb_painter *painter, uint64_t *count);

#endif
