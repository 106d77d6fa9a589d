/* subvoxel_kernels.h - the table of the searches behind the nearest crossings, one for each SIMD path. */
#ifndef TRB_SUBVOXEL_KERNELS_H
#define TRB_SUBVOXEL_KERNELS_H

#include "trabecula/surface_points.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Squares in units of 1/65536: 32 bits hold distances below SV_NARROW voxels, FAR + the largest square included. */
#define SV_NARROW 127
#define SV_FAR_narrow ((int32_t)1 << 30)
#define SV_FAR_wide ((int64_t)1 << 60)
#define SV_NONE INT32_MAX /* no crossing */
#define SV_NOWHERE (-(1 << 28)) /* a place that is farther than any other */
#define SV_ROW_UNIT 16    /* rows of values are multiples of so many */
#define SV_BALLS_UNIT 8   /* points asked for together */

#define SV_GROUP 8 /* rows of a tile looked at together */

/** Voxels of a tile that have no value yet: rows[z][y], and those of a group of rows in one word: any[y / SV_GROUP][z]. */
typedef struct sv_unpainted {
    _Alignas(64) uint64_t rows[64][64];
    uint64_t any[64 / SV_GROUP][64];
} sv_unpainted;

/** Bits of row `row & 63` of plane row >> 6 of a tile. */
typedef struct sv_taken {
    int row;
    uint64_t bits;
} sv_taken;

typedef struct sv_kernels {
    /**
     * Which of 64 voxels of a row are centres for sure, and which may be: float32 cannot tell. planes: their distances and
     * those in the planes below and above, below 0 outside bone; `row` from row to row.
     */
    uint64_t (*centres)(const float *const planes[3], size_t row, uint64_t bone, uint64_t *doubtful);
    /**
     * Take the voxels of a ball out of a tile: how many there were. middle: in steps from the
     * tile's first voxel; reach: steps as well, below 2^26. rows: NULL, or room for what was taken of
     * which rows: 64 * 64 and one more.
     */
    size_t (*take_ball)(sv_unpainted *tile, const int32_t middle[3], int32_t reach, sv_taken *rows, size_t *n);
    void (*across_narrow)(const int32_t *const *value, const int32_t *const *crossing, size_t offset, size_t n, size_t first,
                          size_t end, size_t rows, size_t reach, int32_t *best, int32_t *from, size_t stride);
    void (*along_narrow)(const int32_t *value, const int32_t *crossing, size_t n, size_t reach, const int32_t *bound,
                         int32_t *best, int32_t *from);
    bool (*finish_narrow)(const int32_t *best, const int32_t *from, size_t n, const uint64_t *bone, int32_t *near, float *signed_s);
    void (*offer_narrow)(const int32_t *at, const int32_t *from, size_t n, int32_t here, int32_t most, int32_t *value,
                         int32_t *crossing);
    void (*across_wide)(const int64_t *const *value, const int64_t *const *crossing, size_t offset, size_t n, size_t first,
                          size_t end, size_t rows, size_t reach, int64_t *best, int64_t *from, size_t stride);
    void (*along_wide)(const int64_t *value, const int64_t *crossing, size_t n, size_t reach, const int64_t *bound,
                         int64_t *best, int64_t *from);
    bool (*finish_wide)(const int64_t *best, const int64_t *from, size_t n, const uint64_t *bone, int32_t *near, float *signed_s);
    void (*offer_wide)(const int64_t *at, const int64_t *from, size_t n, int64_t here, int64_t most, int64_t *value,
                       int64_t *crossing);
    /**
     * Of n real points m in the image, a multiple of SV_BALLS_UNIT: their distances from the discs of the nearest crossings of
     * the voxels around them, and the foot there.
     */
    void (*distances)(const trb_surface_points *points, const double *const m[3], size_t n, double *distance,
                      double *const foot[3]);
    /** Of n voxels, a multiple of SV_BALLS_UNIT: the same from the disc of their own nearest crossing, and its normal. */
    void (*own_feet)(const trb_surface_points *points, const double *const voxel[3], size_t n, double *distance,
                     double *const foot[3], double *const normal[3]);
} sv_kernels;

const sv_kernels *sv_kernels_choose(void);

extern const sv_kernels sv_kernels_plain, sv_kernels_avx2, sv_kernels_avx512;

#endif
