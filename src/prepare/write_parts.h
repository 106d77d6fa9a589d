/* write_parts.h - taking whole parts out of a mask, or putting them in. */
#ifndef TRB_WRITE_PARTS_H
#define TRB_WRITE_PARTS_H

#include "prepare/label_runs.h"

/** Set (or clear) the voxels of the parts that are marked (nonzero). The number of voxels changed. */
uint64_t trb_write_parts(trb_mask *mask, const trb_runs *runs, const trb_parts *parts, const uint8_t *marked, bool set);

#endif
