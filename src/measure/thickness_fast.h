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

/**
 * One ball. place: x in the block (6 bits), y (3), z (3), direction of the neighbour whose crescent it is
 * (5; (dz+1) * 9 + (dy+1) * 3 + dx+1), points in the crescent (10; 0: paint the whole ball).
 * ball: squared radius (24), and a (8): the crescent lies within the ball around p - a v of squared radius
 * r2 - 1 - a^2 |v|^2, for open balls.
 */
typedef struct trb_ball {
    uint32_t place, ball;
} trb_ball;

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
    trb_ball_layer *layers; /* n_layers; those not needed now are empty */
} trb_painter;

/** Find the balls of layer k from a slab that holds its planes and one more on both sides. */
TRB_NODISCARD trb_status trb_balls_find(trb_painter *painter, size_t k, const trb_d2_slab *slab, trb_error *err);
void trb_balls_clear(trb_ball_layer *layer);

/** Paint all tiles of layer k; adds to count[d2]. */
TRB_NODISCARD trb_status trb_tiles_paint(trb_painter *painter, size_t k, uint64_t *count, trb_error *err);

#endif
