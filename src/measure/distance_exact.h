/* distance_exact.h - exact distances in 32-bit integers and in double, any size, any spacing. */
#ifndef TRB_DISTANCE_EXACT_H
#define TRB_DISTANCE_EXACT_H

#include "trabecula/distance.h"

/** Larger than every squared distance that trb_distance_fits() allows. */
#define TRB_D2_NONE UINT32_MAX

/** Refuse grids whose squared diagonal does not fit in 32 bits (about 37000 voxels along each axis). */
TRB_NODISCARD trb_status trb_distance_fits(const trb_grid *grid, trb_error *err);

/**
 * Squared distances of planes z0 <= z < z1 in voxels: nx * ny * (z1 - z0) values, TRB_D2_NONE where no
 * background exists at all. Scans the whole mask in z, so one call for all planes is cheapest.
 */
TRB_NODISCARD trb_status trb_distance_exact_planes(const trb_mask *object, trb_border border, size_t z0,
                                                   size_t z1, uint32_t *out, trb_error *err);

/** Distances in mm of the whole image into a float32 volume on its grid, any spacing (which must be known). */
TRB_NODISCARD trb_status trb_distance_exact_mm(const trb_mask *object, trb_border border, trb_volume *mm,
                                               trb_error *err);

#endif
