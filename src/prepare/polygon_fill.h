/* polygon_fill.h - which pixels an outline holds, by ImageJ's rule. */
#ifndef TRB_POLYGON_FILL_H
#define TRB_POLYGON_FILL_H

#include "prepare/roi_parse.h"
#include "trabecula/mask.h"

/**
 * Set the pixels of plane z whose centres the region holds; others stay as they are. What lies outside is cut.
 *
 * Convention  A pixel is inside when its centre (x + 1/2, y + 1/2) is, by the even-odd rule. A centre on an outline
 *             belongs to the side that ImageJ gives it to: inside at a right or lower edge, outside at a left or upper
 *             one. On the rim of an oval it is inside. Measured on ImageJ 1.53t; tests/imagej/run repeats it.
 * Errors      TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for an outline that crosses rows more than 2^30 times.
 */
trb_status trb_roi_fill(const trb_roi *roi, trb_mask *mask, size_t z, trb_error *err);

#endif
