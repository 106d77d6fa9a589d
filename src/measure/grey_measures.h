/* grey_measures.h - what is measured on the grey planes of a source; density.h and surface.h say what it is. */
#ifndef TRB_GREY_MEASURES_H
#define TRB_GREY_MEASURES_H

#include "io/grey_source.h"
#include "trabecula/density.h"
#include "trabecula/filter.h"
#include "trabecula/surface.h"

/** The voxels in a (or outside it) and in b; NULL: everywhere. */
typedef struct trb_grey_region {
    const trb_mask *a;
    bool outside_a;
    const trb_mask *b;
} trb_grey_region;

/** trb_grey_measure() of n regions at once: one pass over the source, two for float types. out: n of them. */
TRB_NODISCARD trb_status trb_grey_regions(trb_grey_source *source, size_t n, const trb_grey_region *in,
                                          trb_grey_stats *out, trb_error *err);

/** trb_surface_grey(); one pass over the source. */
TRB_NODISCARD trb_status trb_grey_surface(trb_grey_source *source, const trb_filter *filter, double level,
                                          const trb_mask *voi, double *area, trb_error *err);

#endif
