/* plates_share.h - from a classified skeleton back to the bone: which voxels are of plates. */
#ifndef TRB_PLATES_SHARE_H
#define TRB_PLATES_SHARE_H

#include "measure/thin_surface.h"

/**
 * Give each bone voxel that was thinned away the class of the skeleton that it was thinned to.
 *
 * Convention  The voxels come back in the reverse order of thinning. Each takes the class of that neighbour, of those
 *             already back, to which the distance to the marrow rises most steeply; of equal ones what more of them
 *             are, and plate when as many are of either.
 * Input       plates: skeleton voxels that are of plates, with the margin. Filled with all bone voxels of plates.
 * Errors      TRB_ERR_MEMORY.
 * Cost        Two packed masks.
 * Threads     Uses all. Same bits for any number.
 */
trb_status trb_plates_share(const trb_thinned *thinned, trb_mask *plates, trb_error *err);

#endif
