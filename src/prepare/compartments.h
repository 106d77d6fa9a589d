/* compartments.h - trb_compartments_find() on grey planes on demand: from memory, or from a scan in slabs. */
#ifndef TRB_COMPARTMENTS_H
#define TRB_COMPARTMENTS_H

#include "io/grey_source.h"
#include "trabecula/voi_auto.h"

/** The same; besides errors of trb_scan_read(). Two passes over the source, four with rules as thresholds. */
TRB_NODISCARD trb_status trb_grey_compartments(trb_grey_source *source, const trb_calibration *calibration,
                                               const trb_voi_auto *options, trb_compartments *out,
                                               trb_error *err);

/** Bytes that it takes besides the grey values, from above: the frame may be all of the image. */
double trb_compartments_bytes(const trb_voi_auto *resolved, const trb_grid *grid);

#endif
