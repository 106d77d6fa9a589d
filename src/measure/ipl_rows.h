/* ipl_rows.h - one row of the sweep and of the ridge: the steps that are tuned. */
#ifndef TRB_IPL_ROWS_H
#define TRB_IPL_ROWS_H

#include <stddef.h>
#include <stdint.h>

/**
 * A row of vectors (x,y,z) and eight times their squared lengths: the three bits below hold the order of a
 * candidate, so that one minimum finds the shortest and, of equal ones, the first.
 * Readable from 16 before to 16 behind the row.
 */
typedef struct ipl_row {
    int32_t *n8;
    int16_t *x, *y, *z;
} ipl_row;

/** The row to improve and the three that it takes from: at -dy, at -dz, at -dy-dz. */
typedef struct ipl_rows {
    ipl_row own, side, below, edge;
} ipl_rows;

/** A sub-scan: its place in its slice, 0 to 3, and its directions, +1 or -1. */
typedef struct ipl_scan {
    int index, dx, dy, dz;
} ipl_scan;

/** One row of one sub-scan; only voxels of `object` change. */
typedef void ipl_row_step(const ipl_rows *rows, const uint64_t *object, size_t nx, const ipl_scan *scan);

/** Eight times the squared lengths of a row of vectors; an object voxel with the vector 0 gets `unset`. */
typedef void ipl_row_lengths(const ipl_row *row, const uint64_t *object, size_t nx, int32_t unset);

/** 4 s^2, a whole number, for a row of vectors. Writes up to 15 values behind the row (0 behind a field's). */
typedef void ipl_row_squares(const int16_t *x, const int16_t *y, const int16_t *z, size_t nx, int32_t *out);

/**
 * Set the bits of at least those voxels of a row that may be centres. `row`, `below` and `above` are rows of 4 s^2: its
 * own and the same in the slices beside; the rows before and behind each are `stride` values away.
 */
typedef void ipl_row_candidates(const int32_t *row, const int32_t *below, const int32_t *above, size_t stride,
                                size_t nx, uint64_t *bits);

/** A set of steps; every set gives the same bits. */
typedef struct ipl_row_steps {
    ipl_row_step *step;
    ipl_row_lengths *lengths;
    ipl_row_squares *squares;
    ipl_row_candidates *candidates;
} ipl_row_steps;

/** The steps for the path that trb_simd_choose() names. */
ipl_row_steps ipl_row_steps_choose(void);

/* x86 with AVX2 (ipl_rows_avx2.c, ipl_ridge_avx2.c). */
void ipl_row_step_avx2(const ipl_rows *rows, const uint64_t *object, size_t nx, const ipl_scan *scan);
void ipl_row_lengths_avx2(const ipl_row *row, const uint64_t *object, size_t nx, int32_t unset);

void ipl_row_squares_avx2(const int16_t *x, const int16_t *y, const int16_t *z, size_t nx, int32_t *out);
void ipl_row_candidates_avx2(const int32_t *row, const int32_t *below, const int32_t *above, size_t stride,
                             size_t nx, uint64_t *bits);

#endif
