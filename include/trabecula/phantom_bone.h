/* phantom_bone.h - a synthetic long bone: a cortical shell of known thickness around trabeculae. */
#ifndef TRABECULA_PHANTOM_BONE_H
#define TRABECULA_PHANTOM_BONE_H

#include "trabecula/mask.h"
#include "trabecula/phantom.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Lengths in voxels. Start from trb_phantom_bone_default(). */
typedef struct trb_phantom_bone {
    /**
     * The foam inside and the look: thickness_vox, bv_tv, plate_share, elongation, seed; size_vox (edge of the
     * image); spacing_mm, type, marrow_grey, bone_grey, blur_vox, noise_grey. Its kind is TRB_PHANTOM_FOAM.
     */
    trb_phantom_options image;
    double radius_vox
        [2]; /* outer semi-axes across the bone: along x, and along y before the tilt; 0: what fits */
    double cortex_vox; /* everywhere the same, along the normal of the outer ellipse */
    double tilt_deg;   /* of the bone's axis against z, in the y-z plane */
    double
        gap_vox; /* width of a slit through the cortex on the +x side, half as long as the image; 0: none */
    double outside_grey; /* of what surrounds the bone */
} trb_phantom_bone;

/** 160 voxels of 20 um, cortex 12 voxels, foam of 5 voxels and 20 %, no tilt, no gap, all soft parts marrow. */
TRB_API trb_phantom_bone trb_phantom_bone_default(void);

/** What is true of it. */
typedef struct trb_phantom_bone_truth {
    double radius_vox[2]; /* as made */
    trb_mask *periosteal; /* voxel centres inside the outer surface; the gap counts as filled. Yours */
    trb_mask *trabecular; /* inside the inner surface; cortical is the difference. Yours */
    trb_mask *bone;       /* voxels of which bone covers a half or more. Yours */
} trb_phantom_bone_truth;

TRB_API void trb_phantom_bone_truth_clear(trb_phantom_bone_truth *truth);

/**
 * Make a bone: an elliptic tube around the axis through the middle of the image, cut by its first and last slice,
 * filled with foam.
 *
 * Convention  The inner surface is the parallel of the outer one, cortex_vox inside it. Grey values say how much of a
 *             voxel is bone, by a linear ramp of the distance to the surface; the rest is marrow inside the bone and
 *             what surrounds it outside. Then blur, noise, rounding, as for every phantom.
 * Output      *out: yours. *truth: init by this function; clear it.
 * Errors      TRB_ERR_ARGUMENT names the length, its value and what is possible; TRB_ERR_MEMORY.
 * Cost        20 bytes a voxel.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_bone_create(const trb_phantom_bone *options, trb_volume **out,
                                                         trb_phantom_bone_truth *truth, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
