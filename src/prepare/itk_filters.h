/* itk_filters.h - the few filters that the library takes from ITK. No ITK type and no exception crosses. */
#ifndef TRB_ITK_FILTERS_H
#define TRB_ITK_FILTERS_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Median of a cube of edge 2 * radius + 1 around each voxel, for planes z0 <= z < z1, in the volume's type.
 *
 * Convention  Outside the image the edge voxel is repeated. The cube has an odd number of voxels, so the
 *             median is always one of them: nothing is rounded.
 * Output      out: nx * ny * (z1 - z0) voxels of volume->type, the caller's.
 * Errors      TRB_ERR_ARGUMENT for radius < 1 or > 32 or planes outside the volume; TRB_ERR_MEMORY.
 * Cost        About (2 radius + 1)^3 operations a voxel; memory for the planes asked for. The volume is
 *             read in place, not copied.
 * Threads     Reentrant: many threads may ask for different planes. Uses the calling thread only. Same bits
 *             however the planes are cut.
 * Source      itk::MedianImageFilter.
 */
TRB_NODISCARD trb_status trb_itk_median_planes(const trb_volume *volume, int radius, size_t z0, size_t z1,
                                               void *out, trb_error *err);

/**
 * A threshold from a histogram through one of ITK's calculators: "li", "triangle", "isodata", "maxentropy",
 * "huang", "moments", "yen", "kittler", "renyi", "shanbhag", "intermodes".
 *
 * Convention  Bin k holds lowest + k * width <= value < lowest + (k + 1) * width. *threshold is the lower edge
 *             of the first bin of the upper class: bone is value >= *threshold, and at least one voxel lies
 *             on either side. The calculators see bins as unit steps. Only li depends on where zero is (it
 *             takes logarithms): with width 1 and lowest >= 0 it sees the grey values themselves, otherwise
 *             values counted from the lowest occupied bin.
 *             More than 4096 bins between the first and the last occupied one are pooled evenly to 4096 or
 *             fewer, since several of the rules need time that grows with the square of the bins; more than
 *             2^31 - 1 voxels are scaled down, since ITK counts in int.
 * Errors      TRB_ERR_ARGUMENT for an unknown name (lists the names) or width <= 0; TRB_ERR_DATA when fewer
 *             than two bins are occupied or the rule finds no threshold (says why).
 * Cost        Up to about a second for 4096 bins, milliseconds for 256.
 * Threads     Reentrant; calls wait for each other (see io/itk_quiet.hpp).
 */
TRB_NODISCARD trb_status trb_itk_histogram_threshold(const uint64_t *counts, size_t bins, double lowest,
                                                     double width, const char *name, double *threshold,
                                                     trb_error *err);

/** "li, triangle, ...": for messages and help. Static text. */
const char *trb_itk_threshold_names(void);

#ifdef __cplusplus
}
#endif
#endif
