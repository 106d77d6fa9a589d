/* distance_fast.h - exact squared distances below 181^2 in 16 bits, any range of planes from a packed mask. */
#ifndef TRB_DISTANCE_FAST_H
#define TRB_DISTANCE_FAST_H

#include "trabecula/distance.h"

/** Distances are found up to 180 steps along each axis; TRB_D2_FAR says "181 voxels or more, not proven". */
#define TRB_FAR_STEPS 181
#define TRB_D2_FAR (TRB_FAR_STEPS * TRB_FAR_STEPS)

/** Most planes in one slab. */
#define TRB_SLAB_PLANES 136

/**
 * Squared distances of some planes. Voxel (x, y) of plane z is d2[(z - z0) * plane + y * row + x]. Rows -1 and
 * ny and at least 64 voxels on both sides of each row exist and are 0, so neighbours need no test.
 */
typedef struct trb_d2_slab {
    size_t row, plane; /* strides in voxels; row is a multiple of 64 and no power of two */
    size_t planes;     /* room for so many */
    ptrdiff_t z0;      /* first plane now in it; may be -1 */
    int16_t *d2;
    int16_t *block;   /* the allocation */
    uint8_t *steps;   /* steps along z, before the other two axes */
    int16_t *highest; /* largest value of each plane */
} trb_d2_slab;

TRB_NODISCARD trb_status trb_d2_slab_init(trb_d2_slab *slab, const trb_grid *grid, size_t planes,
                                          trb_error *err);
void trb_d2_slab_clear(trb_d2_slab *slab);

/**
 * Compute planes z0 <= z < z1 (at most slab->planes). Planes outside the image become 0.
 *
 * Output      slab->d2 and slab->highest[z - z0]. Values below TRB_D2_FAR are exact; larger ones mean that no
 *             background lies within 180 voxels along the axes.
 * Cost        About 2 ns a voxel and thread; no state is kept between calls, the mask is all that it needs.
 * Threads     Uses all; same bits for any number and every SIMD path.
 */
TRB_NODISCARD trb_status trb_d2_slab_compute(trb_d2_slab *slab, const trb_mask *object, trb_border border,
                                             ptrdiff_t z0, ptrdiff_t z1, trb_error *err);

/**
 * Largest squared distance of some single planes, highest[i] for plane z[i]: a cheap look ahead, because
 * distances differ by at most 1 from one voxel to the next.
 */
TRB_NODISCARD trb_status trb_d2_sample(const trb_mask *object, trb_border border, const size_t *z, size_t n,
                                       int16_t *highest, trb_error *err);

/** The kernels of one SIMD path. */
typedef struct trb_distance_kernels {
    /**
     * 64 columns, n planes: steps to the nearest background along z, at most TRB_FAR_STEPS. `before` and
     * `after` hold the steps at the planes just outside the range. Words and results lie `words` and `bytes`
     * apart from plane to plane.
     */
    void (*scan_z)(const uint64_t *bits, size_t words, size_t n, const uint8_t before[64],
                   const uint8_t after[64], uint8_t *out, size_t bytes);
    /** Squares of n bytes (n a multiple of 64). */
    void (*square)(const uint8_t *steps, size_t n, int16_t *out);
    /**
     * One row of a plane of squares: the y search, then the x search.
     * plane: ny rows of `row` values; edge: a row of what lies outside the image; line: scratch of
     * row + 2 * TRB_LINE_GUARD values whose guards hold the same. Returns the largest value written.
     */
    int16_t (*row)(const int16_t *plane, size_t row, size_t y, size_t ny, size_t nx, const int16_t *edge,
                   int16_t *line, int16_t *out);
} trb_distance_kernels;

#define TRB_LINE_GUARD 256

extern const trb_distance_kernels trb_distance_kernels_plain, trb_distance_kernels_avx2,
    trb_distance_kernels_avx512;

#endif
