/* thickness_kernels.h - the kernels of the fast painter, one set for each SIMD path. */
#ifndef TRB_THICKNESS_KERNELS_H
#define TRB_THICKNESS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/** A tile is 64 voxels (one word) along x and `side` along y and z; its planes have 8 rows more, all 0. */
#define TRB_TILE_SIDE 96
#define TRB_TILE_ROWS(side) ((side) + 8)

/** Gains below which a ball is not contained, packed 10 bits each: face, edge, corner neighbour. */
#define TRB_GAIN_BITS 10

/**
 * One ball. place: x in the block (6 bits), y (3), z (3), the neighbour whose crescent it is (dx + 1, dy + 1 and
 * dz + 1, 2 bits each: see TRB_DIRECTION), points in the crescent (10; 0: paint the whole ball).
 * ball: squared radius (24), and a (8): the crescent lies within the ball around p - a v of squared radius
 * r2 - 1 - a^2 |v|^2, for open balls.
 */
typedef struct trb_ball {
    uint32_t place, ball;
} trb_ball;

#define TRB_DIRECTION(dx, dy, dz) (((dx) + 1) | ((dy) + 1) << 2 | ((dz) + 1) << 4)
#define TRB_DIRECTION_SHIFT 12
#define TRB_LENGTH_SHIFT 18

/** So many balls may be read beyond the end of a list. */
#define TRB_BALL_SLACK 16

/** What a block of balls is tested against. Places are relative to the tile. */
typedef struct trb_cull {
    int first[3];         /* first voxel of the block */
    int lo[3], hi[3];     /* the box: lo <= x, y, z <= hi */
    uint32_t lowest, end; /* only balls with lowest <= d2 < end */
    uint32_t closed;      /* 1: balls are closed */
} trb_cull;

typedef struct trb_thickness_kernels {
    /**
     * 64 voxels from d2 on: which are centres of balls that no neighbour's ball holds (bit mask). Stores the
     * largest distance among the 6 face, 12 edge and 8 corner neighbours of each. gains[d2] as above.
     */
    uint64_t (*survivors)(const int16_t *d2, ptrdiff_t row, ptrdiff_t plane, const uint32_t *gains,
                          int16_t face[64], int16_t edge[64], int16_t corner[64]);
    /**
     * Test n points against the open voxels of a tile. Point i is centre[axis] + (points[axis][i] ^ flip) -
     * flip with flip = 0 or -1. Reads points up to a multiple of 32. Writes ((z * rows + y) * 64 + x) of each
     * open point to hits and returns how many.
     */
    size_t (*crescent)(const uint64_t *open, int side, const int8_t *const points[3], const int flip[3],
                       const int centre[3], size_t n, uint32_t *hits);
    /**
     * Open voxels of n rows within half[i] of column x, to hits[i]; half[i] < 0: none. Reads half and rows up
     * to a multiple of 8. Returns how many there are.
     */
    size_t (*disc)(const uint64_t *rows, const int16_t *half, size_t n, int x, uint64_t *hits);
    /** Indices of the balls whose crescent, or the ball around it, reaches the box, to kept; returns how many. */
    size_t (*cull)(const trb_ball *balls, size_t n, const trb_cull *with, uint32_t *kept);
} trb_thickness_kernels;

extern const trb_thickness_kernels trb_thickness_kernels_plain, trb_thickness_kernels_avx2,
    trb_thickness_kernels_avx512;

/** Those of the path chosen for this call. */
const trb_thickness_kernels *trb_thickness_kernels_choose(void);

#endif
