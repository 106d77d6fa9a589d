/* ellipsoid_seeds.h - medial voxels, one in each cube. */
#ifndef TRB_ELLIPSOID_SEEDS_H
#define TRB_ELLIPSOID_SEEDS_H

#include "trabecula/mask.h"

typedef struct trb_ellipsoid_seed {
    uint32_t at[3];
    int32_t d2; /* squared distance to the nearest marrow voxel */
} trb_ellipsoid_seed;

/**
 * Seeds in the box, in the order of their cubes (edge `apart`, from the corner of the image). A voxel is medial when
 * its ball lies in the ball of none of its 26 neighbours.
 *
 * Output      *seeds: *n of them, yours; NULL when there are none.
 * Errors      TRB_ERR_DATA when there is no marrow; TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_ellipsoid_seeds(const trb_mask *bone, const trb_box *box, size_t apart, uint64_t seed,
                                             trb_ellipsoid_seed **seeds, size_t *n, trb_error *err);

#endif
