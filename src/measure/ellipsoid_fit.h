/* ellipsoid_fit.h - the largest ellipsoid in bone around a place. */
#ifndef TRB_ELLIPSOID_FIT_H
#define TRB_ELLIPSOID_FIT_H

#include "trabecula/mask.h"

/** (p - middle)' A (p - middle) < 1, in voxels; voxel centres have whole coordinates. */
typedef struct trb_ellipsoid {
    double middle[3];
    double a[6];      /* A: xx, yy, zz, xy, xz, yz */
    double reach[3];  /* half of the box around it */
    double radius[3]; /* ascending */
    double volume;
    bool at_border;   /* the image border stops it, or did at some time */
} trb_ellipsoid;

/** Voxel centres x0 <= x <= x1 of row (y, z) that lie inside; false when there are none. x may lie outside the image. */
bool trb_ellipsoid_row(const trb_ellipsoid *e, double y, double z, ptrdiff_t *x0, ptrdiff_t *x1);

/** From A: reach, radii, volume. False when A is no ellipsoid. */
bool trb_ellipsoid_describe(trb_ellipsoid *e);

/** Room for one fit at a time. */
typedef struct trb_ellipsoid_fitter trb_ellipsoid_fitter;
TRB_NODISCARD trb_status trb_ellipsoid_fitter_create(const trb_mask *bone, trb_ellipsoid_fitter **out, trb_error *err);
void trb_ellipsoid_fitter_destroy(trb_ellipsoid_fitter *fitter);

/**
 * Grow an ellipsoid from the ball around a bone voxel. No voxel centre of marrow lies inside of it, and it lies in the
 * image whole. radius: distance to the nearest marrow. False when it comes to nothing.
 */
bool trb_ellipsoid_fit(trb_ellipsoid_fitter *fitter, const size_t seed[3], double radius, trb_ellipsoid *out);

#endif
