/* phantom_shape.h - what the phantom files share. */
#ifndef TRB_PHANTOM_SHAPE_H
#define TRB_PHANTOM_SHAPE_H

#include "trabecula/phantom.h"

/**
 * An analytic shape, ready to be asked. All lengths in voxels; coordinates are those of the VOI, whose first
 * voxel has its centre at (1/2, 1/2, 1/2). The grid is the VOI with `margin` more voxels on each side.
 */
typedef struct trb_phantom_shape {
    trb_phantom_kind kind;
    size_t edge, margin;
    double thickness, radius; /* t and t/2 */
    double centre[3];
    double normal[3], axis[3]; /* of plate and torus; of the rod */
    double major_radius; /* torus */
    double period;       /* plates, lattice; gyroid: cell edge */
} trb_phantom_shape;

/** Fill shape and closed forms (NaN where none). Errors: TRB_ERR_ARGUMENT. Not for foam. */
trb_status trb_phantom_shape_init(const trb_phantom_options *options, trb_phantom_shape *shape,
                                  trb_phantom_truth *truth, trb_error *err);

/** A truth that knows nothing but its kind and VOI. */
void trb_phantom_truth_init(trb_phantom_truth *truth, trb_phantom_kind kind, size_t edge, size_t margin);

/** Covered fraction of every voxel of slice z (of the grid), 0..1; an exact multiple of 1/512 (gyroid 1/64). */
void trb_phantom_shape_slice(const trb_phantom_shape *shape, size_t z, float *covered);

/** phantom_gyroid.c: covered fraction of the voxel with this centre. */
float trb_phantom_gyroid_covered(const trb_phantom_shape *shape, const double centre[3]);

/** phantom_foam.c: edge and margin, and what was asked for. Errors: TRB_ERR_ARGUMENT. */
trb_status trb_phantom_foam_init(const trb_phantom_options *options, trb_phantom_shape *shape,
                                 trb_phantom_truth *truth, trb_error *err);

/** phantom_foam.c: covered fraction of the whole volume; fills what the realisation has into truth. */
trb_status trb_phantom_foam_fill(const trb_phantom_options *options, const trb_grid *grid, float *covered,
                                 trb_phantom_truth *truth, trb_error *err);

#endif
