/* normal_bins.h - where a surface faces: area vectors, summed by direction. */
#ifndef TRB_NORMAL_BINS_H
#define TRB_NORMAL_BINS_H

#include <stddef.h>
#include <stdint.h>

#define TRB_BINS_EDGE 64 /* cells along the edge of a face of the cube around the directions */
#define TRB_BINS (3 * TRB_BINS_EDGE * TRB_BINS_EDGE)

/**
 * A vector and its opposite count alike: the one whose largest component is positive goes into the cell of the cube's
 * surface that it points to. Whole numbers, so that the order of adding does not matter.
 *
 * Instead of |v n| A summed over triangles, |v S| summed over bins is the same but for bins that hold directions on both
 * sides of the plane across v, where |v n| is nearly 0: less than 3e-4 of the whole in any direction.
 */
typedef struct trb_normal_bins {
    int64_t sum[TRB_BINS][3];
} trb_normal_bins;

/** Units of the sums in a voxel face, one eighth of a cell each. */
#define TRB_BINS_UNIT (1.0 / ((double)((int64_t)1 << 27) * 8))

/** Add an area vector (components below 8 voxel faces) `eighths` times. */
void trb_normal_bins_add(trb_normal_bins *bins, const double vector[3], unsigned eighths);

/** Add all of `more`. */
void trb_normal_bins_join(trb_normal_bins *bins, const trb_normal_bins *more);

#endif
