/* thickness_fiji.h - Fiji's clean-up of a local thickness map, and its statistics. */
#ifndef TRB_THICKNESS_FIJI_H
#define TRB_THICKNESS_FIJI_H

#include "trabecula/thickness.h"

/**
 * Clean up a map of squared radii as Fiji does and measure it.
 *
 * Convention  A voxel with a value that has a neighbour (of 26, inside the image)
 *             without one takes the mean of those neighbours that have a value and no such neighbour; it keeps
 *             its own when there are none. Only voxels of `inside` are measured and written.
 * Input       t: nx * ny * nz, T = 2 r in voxels as float32 of closed balls, painted past the object; 0: no value.
 * Output      result: voxels, valued, mean, SD, max, bins. map: NULL, or nx * ny * nz values (all 0 on
 *             entry) that receive T * scale.
 */
TRB_NODISCARD trb_status trb_thickness_fiji(const trb_grid *grid, const float *t, const trb_mask *inside,
                                            trb_thickness *result, float *map, double scale, trb_error *err);

#endif
