/* density.h - grey statistics of a region, from the un-smoothed image. */
#ifndef TRABECULA_DENSITY_H
#define TRABECULA_DENSITY_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Mean and population SD of the grey values of a region. NaN when voxels == 0. */
typedef struct trb_grey_stats {
    uint64_t voxels;
    double mean, sd, lowest, highest;
} trb_grey_stats;

/**
 * Statistics of the voxels in both masks (either may be NULL).
 *
 * Cost        One pass. Integer types are summed exactly in integers (up to 32 bit); float types in double,
 *             one partial per slice added in slice order: same bits for any thread count.
 */
TRB_API TRB_NODISCARD trb_status trb_grey_measure(const trb_volume *volume, const trb_mask *a,
                                                  const trb_mask *b, trb_grey_stats *out, trb_error *err);

/** Erode by the 6- or 26-neighbourhood once; the image border does not erode. *out: yours. */
TRB_API TRB_NODISCARD trb_status trb_mask_erode(const trb_mask *mask, int neighbours, trb_mask **out,
                                                trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
