/* distance_fast.h - exact squared distances of any range of planes from a packed mask, in 16 or 32 bits. */
#ifndef TRB_DISTANCE_FAST_H
#define TRB_DISTANCE_FAST_H

#include "trabecula/distance.h"

/**
 * Distances are found up to FAR_STEPS - 1 steps along each axis; D2_FAR says "farther, not proven". The narrow
 * form has 16 bits a voxel; the wide one 32, for images with large empty regions such as air.
 */
#define TRB_FAR_STEPS 181
#define TRB_D2_FAR (TRB_FAR_STEPS * TRB_FAR_STEPS)
#define TRB_FAR_STEPS_WIDE 4095
#define TRB_D2_FAR_WIDE (TRB_FAR_STEPS_WIDE * TRB_FAR_STEPS_WIDE)

/** Most planes in one slab. */
#define TRB_SLAB_PLANES 136

/**
 * Squared distances of some planes. Voxel (x, y) of plane z is d2[(z - z0) * plane + y * row + x]. Rows -1 and
 * ny and at least 64 voxels on both sides of each row exist and are 0, so neighbours need no test.
 */
typedef struct trb_d2_slab {
    bool wide;
    size_t row, plane; /* strides in voxels; row is a multiple of 64 and no power of two */
    size_t planes;     /* room for so many */
    ptrdiff_t z0;      /* first plane now in it; may be -1 */
    int16_t *d2;       /* NULL when wide */
    int32_t *d2_wide;  /* NULL unless wide */
    void *block;       /* the allocation */
    void *steps;       /* steps along z, before the other two axes: uint8, or uint16 when wide */
    int32_t *highest;  /* largest value of each plane */
} trb_d2_slab;

TRB_NODISCARD trb_status trb_d2_slab_init(trb_d2_slab *slab, const trb_grid *grid, size_t planes, bool wide,
                                          trb_error *err);
void trb_d2_slab_clear(trb_d2_slab *slab);

/** D2_FAR or D2_FAR_WIDE. */
static inline int32_t trb_d2_far(bool wide)
{
    return wide ? TRB_D2_FAR_WIDE : TRB_D2_FAR;
}

/** The value at an offset from d2 or d2_wide. */
static inline int32_t trb_d2_at(const trb_d2_slab *slab, ptrdiff_t at)
{
    return slab->wide ? slab->d2_wide[at] : slab->d2[at];
}

/** Make it 0. */
static inline void trb_d2_clear_at(trb_d2_slab *slab, ptrdiff_t at)
{
    if (slab->wide)
        slab->d2_wide[at] = 0;
    else
        slab->d2[at] = 0;
}

/**
 * Compute planes z0 <= z < z1 (at most slab->planes). Planes outside the image become 0.
 *
 * Output      slab->d2 or d2_wide and slab->highest[z - z0]. Values below D2_FAR are exact; larger ones mean
 *             that no background lies within FAR_STEPS - 1 voxels along the axes.
 * Cost        About 2 ns a voxel and thread (wide: in proportion to the distances); no state is kept between
 *             calls, the mask is all that it needs.
 * Threads     Uses all; same bits for any number and every SIMD path.
 */
TRB_NODISCARD trb_status trb_d2_slab_compute(trb_d2_slab *slab, const trb_mask *object, trb_border border,
                                             ptrdiff_t z0, ptrdiff_t z1, trb_error *err);

/**
 * Largest squared distance of some single planes, highest[i] for plane z[i]: a cheap look ahead, because
 * distances differ by at most 1 from one voxel to the next.
 */
TRB_NODISCARD trb_status trb_d2_sample(const trb_mask *object, trb_border border, bool wide, const size_t *z,
                                       size_t n, int32_t *highest, trb_error *err);

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
    /** The same in 32 bits, with guards of TRB_LINE_GUARD_WIDE values. */
    int32_t (*row_wide)(const int32_t *plane, size_t row, size_t y, size_t ny, size_t nx, const int32_t *edge,
                        int32_t *line, int32_t *out);
} trb_distance_kernels;

#define TRB_LINE_GUARD 256
#define TRB_LINE_GUARD_WIDE 4160

extern const trb_distance_kernels trb_distance_kernels_plain, trb_distance_kernels_avx2,
    trb_distance_kernels_avx512;

#endif
