/* thickness_paint.h - from distances to the largest ball over every voxel. */
#ifndef TRB_THICKNESS_PAINT_H
#define TRB_THICKNESS_PAINT_H

#include "trabecula/thickness.h"

/**
 * Paint every voxel of `wanted` with the largest d2 among the balls that hold it.
 *
 * Convention  Voxel p with d2[p] > 0 is the centre of the ball of points x with |x-p|^2 < d2[p], or <= when
 *             closed. Balls may leave the image. Voxels that no ball holds get 0, as do all others.
 * Input       d2: nx * ny * nz; must be a squared distance map (or one set to 0 in places).
 * Output      codes: nx * ny * nz.
 */
TRB_NODISCARD trb_status trb_thickness_paint_plain(const trb_grid *grid, const uint32_t *d2, bool closed,
                                                   const trb_mask *wanted, uint32_t *codes, trb_error *err);

/**
 * Containment of lattice balls: gain[t][r2] is the smallest g such that the open ball of squared radius
 * r2 + g around a neighbour holds the open ball of squared radius r2 (r2 <= largest). t: 0 face, 1 edge,
 * 2 corner neighbour. One block; free() releases gain[0].
 */
TRB_NODISCARD trb_status trb_containment_create(uint32_t largest, uint32_t *gain[3], trb_error *err);

#endif
