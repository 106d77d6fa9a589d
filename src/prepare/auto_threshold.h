/* auto_threshold.h - from the threshold of a compartment as given to a grey value. */
#ifndef TRB_AUTO_THRESHOLD_H
#define TRB_AUTO_THRESHOLD_H

#include "io/grey_source.h"
#include "trabecula/filter.h"
#include "trabecula/voi_auto.h"

/**
 * By value, by a histogram rule, or by "half": half-way between soft tissue (the median of what lies below Otsu's
 * threshold) and bone (the third quartile of what lies above).
 *
 * Input       calibration: NULL for none. where: NULL for the whole image.
 * Errors      Those of trb_calibration_to_grey(), trb_grey_histogram() and of the rule.
 */
TRB_NODISCARD trb_status trb_auto_threshold_find(trb_grey_source *source, const trb_calibration *calibration,
                                                 const trb_auto_threshold *threshold,
                                                 const trb_filter *filter, const trb_mask *where,
                                                 double *grey, trb_error *err);

#endif
