/* voi_shapes.h - VOI shapes from text, without the readers of files. */
#ifndef TRB_VOI_SHAPES_H
#define TRB_VOI_SHAPES_H

#include "trabecula/voi.h"

/** Does the text name a shape ("box:", "cylinder:") and not a file? */
bool trb_voi_is_shape(const char *text);

/** The mask of a shape. Errors as trb_voi_create(). */
trb_status trb_voi_shape(const char *text, const trb_grid *grid, trb_mask **out, trb_error *err);

#endif
