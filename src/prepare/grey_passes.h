/* grey_passes.h - histogram and threshold of a source: the public functions of threshold.h are these on a volume. */
#ifndef TRB_GREY_PASSES_H
#define TRB_GREY_PASSES_H

#include "io/grey_source.h"
#include "trabecula/segment.h"
#include "trabecula/threshold.h"

/** trb_histogram_measure(); one pass over the source (two for types wider than 16 bit). */
TRB_NODISCARD trb_status trb_grey_histogram(trb_grey_source *source, const trb_filter *filter, const trb_mask *voi,
                                            trb_histogram *out, trb_error *err);

/** trb_threshold_apply(); one pass over the source. */
TRB_NODISCARD trb_status trb_grey_threshold(trb_grey_source *source, const trb_filter *filter, double threshold,
                                            bool invert, trb_mask **out, trb_error *err);

/** trb_hysteresis_apply(); two passes over the source. */
TRB_NODISCARD trb_status trb_grey_hysteresis(trb_grey_source *source, const trb_filter *filter, double low, double high,
                                             bool invert, trb_mask **out, trb_error *err);

/** trb_adaptive_apply(); one pass over the source, which reads some planes twice (one more for float types). */
TRB_NODISCARD trb_status trb_grey_adaptive(trb_grey_source *source, const trb_filter *filter, const trb_adaptive *how,
                                           bool invert, trb_mask **out, trb_error *err);

/** Planes that trb_grey_adaptive() holds at a time as float32 (and 8 bytes more a voxel for the mean). */
size_t trb_adaptive_planes(const trb_adaptive *how);

#endif
