/* voi_shapes.h - VOI shapes from text, without the readers of files. */
#ifndef TRB_VOI_SHAPES_H
#define TRB_VOI_SHAPES_H

#include "trabecula/voi.h"

/** Does the text name a shape ("box:", "cylinder:") and not a file? */
bool trb_voi_is_shape(const char *text);

/** The mask of a shape. Errors as trb_voi_create(). */
trb_status trb_voi_shape(const char *text, const trb_grid *grid, trb_mask **out, trb_error *err);

/** One part of a VOI: a shape, regions, or a mask file, of which the rules may name a label. As trb_voi_create(). */
trb_status trb_voi_one(const char *text, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_notes *notes,
                       trb_mask **out, trb_error *err);

#endif
