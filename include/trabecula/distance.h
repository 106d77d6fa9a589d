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

/**
 * Voxels whose centre is at most radius_vox away from a centre of the source, the source included: dilation with a
 * Euclidean ball. Erosion is the same of the complement, turned over. Outside the image there is no source.
 *
 * Input       radius_vox: 0 to 4094, in voxels (cubes).
 * Output      *out: yours, on the same grid.
 * Errors      TRB_ERR_ARGUMENT for the radius, TRB_ERR_MEMORY.
 * Cost        About that of trb_distance_squared(), 3 bytes a voxel of 32 planes and two packed masks.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_mask_reach(const trb_mask *source, double radius_vox, trb_mask **out,
                                                trb_error *err);

/** Bytes that trb_mask_reach() takes, from above, the result included. */
TRB_API double trb_mask_reach_bytes(const trb_grid *grid, double radius_vox);

/**
 * The same with a radius in mm, for any spacing (axes may differ).
 *
 * Errors      As above; TRB_ERR_ARGUMENT when a spacing is not known.
 * Cost        Cubes as above; otherwise that of trb_distance_mm() of 32 planes at a time and those that the ball reaches.
 */
TRB_API TRB_NODISCARD trb_status trb_mask_reach_mm(const trb_mask *source, double radius_mm, trb_mask **out,
                                                   trb_error *err);
TRB_API double trb_mask_reach_mm_bytes(const trb_grid *grid, double radius_mm);

#ifdef __cplusplus
}
#endif
#endif
