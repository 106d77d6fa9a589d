/* mask_reach.h - what lies within a ball's reach of a mask: dilation by exact distances, in blocks of planes. */
#ifndef TRB_MASK_REACH_H
#define TRB_MASK_REACH_H

#include "trabecula/mask.h"

/**
 * Voxels whose centre is at most radius_vox away from a centre of the source (the source included). Erosion is the
 * same of the complement: see trb_mask_invert(). Outside the image there is no source.
 *
 * Input       radius_vox >= 0, in voxels (cubes).
 * Output      *out: yours, on the same grid.
 * Errors      TRB_ERR_MEMORY.
 * Cost        A distance map; only blocks of planes of it exist at a time: the block itself and the reach around it,
 *             since a distance that matters is no longer than the radius.
 * Threads     Uses all; same bits for any number.
 */
TRB_NODISCARD trb_status trb_mask_reach(const trb_mask *source, double radius_vox, trb_mask **out, trb_error *err);

/** Bytes that it takes, from above, the result included. */
double trb_mask_reach_bytes(const trb_grid *grid, double radius_vox);

#endif
