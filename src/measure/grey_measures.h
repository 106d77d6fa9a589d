/* grey_measures.h - what is measured on the grey planes of a source; density.h and surface.h say what it is. */
#ifndef TRB_GREY_MEASURES_H
#define TRB_GREY_MEASURES_H

#include "io/grey_source.h"
#include "trabecula/anisotropy.h"
#include "trabecula/density.h"
#include "trabecula/filter.h"
#include "trabecula/surface.h"

struct trb_normal_bins;

/** The voxels in a (or outside it) and in b; NULL: everywhere. */
typedef struct trb_grey_region {
    const trb_mask *a;
    bool outside_a;
    const trb_mask *b;
} trb_grey_region;

/** trb_grey_measure() of n regions at once: one pass over the source, two for float types. out: n of them. */
TRB_NODISCARD trb_status trb_grey_regions(trb_grey_source *source, size_t n, const trb_grey_region *in,
                                          trb_grey_stats *out, trb_error *err);

/** What the surface at a level encloses. */
typedef struct trb_grey_enclosed {
    double area;  /* voxel faces */
    double bone;  /* volume of bone in the cells, voxels */
    double cells; /* volume of the cells: the voxels of the VOI, those at the image border in part */
} trb_grey_enclosed;

/**
 * trb_surface_grey() and trb_volume_grey(); one pass over the source.
 *
 * Input       bone: the mask, which decides the side of each voxel; NULL: value >= level (invert must be false then).
 *             normals: NULL, or where the area vectors are added.
 */
TRB_NODISCARD trb_status trb_grey_enclose(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                                          const trb_mask *bone, const trb_mask *voi, struct trb_normal_bins *normals,
                                          trb_grey_enclosed *out, trb_error *err);

/** trb_anisotropy_grey(); one pass over the source. */
TRB_NODISCARD trb_status trb_grey_anisotropy(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                                             const trb_mask *bone, const trb_mask *voi, double h_mm,
                                             const trb_da_options *options, trb_fabric *out, trb_error *err);

#endif
