/* thickness_fiji.h - Fiji's clean-up of a local thickness map, and its statistics. */
#ifndef TRB_THICKNESS_FIJI_H
#define TRB_THICKNESS_FIJI_H

#include "trabecula/thickness.h"

/**
 * Cleans a map up as Fiji does and measures it, while its planes arrive.
 *
 * Convention  A voxel with a value that has a neighbour (of 26, inside the image) without one takes the mean of
 *             those neighbours that have a value and no such neighbour; it keeps its own when there are none. Only
 *             voxels of object and voi are measured and written.
 * Threads     Planes are cleaned on all threads; sums by slice, added in order.
 */
typedef struct trb_fiji_cleaner {
    const trb_mask *object, *voi; /* voi: NULL for everywhere */
    double scale;                 /* of what is written */
    float *map;                   /* NULL, or nx * ny * nz: T * scale, all 0 on entry */
    const trb_map_sink *sink;     /* NULL, or gets the same */
    /* the rest is the cleaner's own */
    float *window;                /* planes from window_z on; planes_held of them */
    size_t window_z, planes_held, planes_room;
    size_t done;                  /* planes below are finished */
    trb_mask *core;               /* of the window */
    float *clean;                 /* planes for the sink */
    size_t clean_room;
    struct trb_fiji_slice *slices;
    uint64_t *bins;
    size_t n_bins;
} trb_fiji_cleaner;

/** The fields before `window` are set. Clear it also after a failure. */
TRB_NODISCARD trb_status trb_fiji_begin(trb_fiji_cleaner *cleaner, trb_error *err);

/** A trb_map_sink of its own: T = 2 r in voxels of closed balls, painted past the object; 0: no value. */
trb_status trb_fiji_planes(void *cleaner, size_t z0, size_t n, const float *t, trb_error *err);

/** After the last plane: voxels, valued, mean, SD, max and bins of *result. */
void trb_fiji_finish(trb_fiji_cleaner *cleaner, trb_thickness *result);
void trb_fiji_clear(trb_fiji_cleaner *cleaner);

#endif
