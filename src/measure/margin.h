/* margin.h - masks with one empty voxel around the image, so that 26 neighbours can be read without a look at borders. */
#ifndef TRB_MARGIN_H
#define TRB_MARGIN_H

#include "trabecula/mask.h"

/** The mask in a grid that is larger by one voxel on all sides. Output yours. Errors: TRB_ERR_MEMORY. */
trb_status trb_mask_with_margin(const trb_mask *from, trb_mask **out, trb_error *err);

/** Back to the grid of the image. Output yours. Errors: TRB_ERR_MEMORY. */
trb_status trb_mask_without_margin(const trb_mask *from, const trb_grid *grid, trb_mask **out, trb_error *err);

#endif
