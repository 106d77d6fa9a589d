/* adaptive_window.h - what the ball around each voxel of a row holds: sum and count, or smallest and largest. */
#ifndef TRB_ADAPTIVE_WINDOW_H
#define TRB_ADAPTIVE_WINDOW_H

#include "trabecula/segment.h"

/**
 * A ball as rows: the row at (dy, dz) reaches half[(dz + reach) * (2 reach + 1) + dy + reach] voxels to either side of
 * the centre; -1: the ball has no voxel there.
 */
typedef struct trb_ball_rows {
    int reach; /* whole voxels of the radius */
    int *half; /* yours; free() */
    size_t voxels;
} trb_ball_rows;

trb_status trb_ball_rows_create(double radius_vox, trb_ball_rows *out, trb_error *err);

/**
 * Planes of an image around a slab, as the windows want them. A row has nx + 2 reach (values) or nx + 1 + 2 reach
 * (sums) entries; its voxel 0 is entry `reach`.
 */
typedef struct trb_window_planes {
    const trb_ball_rows *ball;
    size_t nx, ny, nz;  /* of the image */
    size_t first, held; /* planes in memory */
    size_t value_row, sum_row;
    float *values; /* edge voxels repeated beyond the ends: they are in every window that reaches there */
    int64_t *sums; /* of the values in whole steps, before each voxel; NULL for minmax */
    double steps_per_grey; /* a power of two */
} trb_window_planes;

static inline float *trb_window_values(const trb_window_planes *p, size_t y, size_t z)
{
    return p->values + ((z - p->first) * p->ny + y) * p->value_row;
}

/** Sums of one row from its values. */
void trb_window_sum_row(const trb_window_planes *planes, size_t y, size_t z);

/** Bytes of scratch that one thread needs for the two functions below; aligned to 64. */
size_t trb_window_scratch(const trb_window_planes *planes);

/** Local means of row (y, z): nx doubles into mean. Exact sums, one rounding. */
void trb_window_mean_row(const trb_window_planes *planes, size_t y, size_t z, void *scratch, double *mean);

/** (smallest + largest) / 2 of row (y, z): nx doubles. */
void trb_window_middle_row(const trb_window_planes *planes, size_t y, size_t z, void *scratch,
                           double *middle);

#endif
