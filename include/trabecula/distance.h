/* distance.h - exact Euclidean distance maps. */
#ifndef TRABECULA_DISTANCE_H
#define TRABECULA_DISTANCE_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What lies outside the image. */
typedef enum trb_border {
    TRB_BORDER_UNKNOWN,   /* neither bone nor marrow: a distance never ends there (the default) */
    TRB_BORDER_BACKGROUND /* the other phase */
} trb_border;

/**
 * Squared distance, in voxels (isotropic), from each object voxel centre to the nearest centre of the
 * other phase; 0 on the other phase. Integer and exact.
 *
 * Output      *out: uint32 volume, yours. NULL unless TRB_OK.
 * Errors      TRB_ERR_DATA when the image has no background (TRB_BORDER_UNKNOWN): the distance is infinite.
 *             TRB_ERR_MEMORY.
 * Threads     Uses all; same bits for any number and every SIMD path.
 */
TRB_API TRB_NODISCARD trb_status trb_distance_squared(const trb_mask *object, trb_border border,
                                                      trb_volume **out, trb_error *err);

/**
 * Distance in mm, float32, for any spacing (axes may differ). Slower than trb_distance_squared().
 *
 * Errors      As above; TRB_ERR_ARGUMENT when a spacing is not known.
 */
TRB_API TRB_NODISCARD trb_status trb_distance_mm(const trb_mask *object, trb_border border,
                                                 trb_volume **out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
