/* thickness_stats.h - from an integer histogram of squared radii to mean, SD and maximum. */
#ifndef TRB_THICKNESS_STATS_H
#define TRB_THICKNESS_STATS_H

#include "trabecula/thickness.h"

/** Thickness in voxels of a squared radius: 2 sqrt(r2). */
double trb_thickness_of_r2(uint64_t r2);

/** Set every number of *result to "nothing measured": counts 0, lengths NaN, no histograms. */
void trb_thickness_reset(trb_thickness *result, trb_thickness_rule rule);

/**
 * Fill voxels, valued, mean, SD, max and bin_count from code_count[0 .. n_codes), which must be set.
 * Cost: the number of codes. The sums are taken in code order, so the bits do not depend on threads.
 */
TRB_NODISCARD trb_status trb_thickness_from_codes(trb_thickness *result, trb_error *err);

#endif
