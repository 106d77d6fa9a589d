/* skeleton.h - the curve skeleton of the bone, and its branches. */
#ifndef TRABECULA_SKELETON_H
#define TRABECULA_SKELETON_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Thin the bone to lines of single voxels.
 *
 * Convention  Bone 26-connected, marrow 6-connected. Outside the image counts as marrow: bone that leaves the image
 *             ends there. Parts, tunnels and cavities stay as they are: a closed shell stays one (fill cavities
 *             before). Plates collapse to curves.
 * Output      *skeleton: yours, trb_mask_destroy() frees it; NULL unless TRB_OK is returned.
 * Errors      TRB_ERR_MEMORY.
 * Cost        About 0.3 us a bone voxel and thread; 2 bits a voxel besides the result.
 * Threads     Uses all. Same bits for any number: rows that are thinned at the same time do not touch.
 * Source      Lee, Kashyap & Chu 1994, CVGIP Graph Models Image Process 56:462-478: six directions in turn; a border
 *             voxel goes when it is no end of a line, the Euler number stays and its neighbours stay connected. The
 *             voxels of one direction are chosen together and looked at again one by one.
 */
TRB_API TRB_NODISCARD trb_status trb_skeleton_create(const trb_mask *bone, trb_mask **skeleton, trb_error *err);

/** What a skeleton is made of. */
typedef struct trb_skeleton {
    uint64_t voxels;
    uint64_t branches;  /* lines between junctions and ends; a closed ring is one */
    uint64_t junctions; /* groups of touching voxels with three and more neighbours */
    uint64_t ends;      /* voxels with one neighbour */
    uint64_t points;    /* voxels with none */
    double branch_mean_vox; /* mean length of the branches, NaN without any; steps are 1, sqrt 2 or sqrt 3 */
    double branch_sum_vox;
    uint64_t triple; /* junctions where three branches meet */
    double angle_mean_deg; /* between branches at those, three angles each; NaN without any. A branch points from the
                              middle of the junction to the branch's other end */
} trb_skeleton;

/**
 * Count the branches, junctions and ends in the VOI.
 *
 * Convention  Each is counted in whole where its middle lies (the middle voxel of a branch, the mean place of a
 *             junction), so that VOIs side by side add up. A branch reaches to the junction voxels at its ends.
 * Input       skeleton: from trb_skeleton_create(), of the whole image. voi may be NULL.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY.
 * Cost        2 bits a voxel; serial, along the skeleton only.
 * Source      Arganda-Carreras et al. 2010, Microsc Res Tech 73:1019-1029 (the classes of voxels); Reznikov et al.
 *             2016, Acta Biomater 44:65-72 (angles at junctions of three).
 */
TRB_API TRB_NODISCARD trb_status trb_skeleton_measure(const trb_mask *skeleton, const trb_mask *voi, trb_skeleton *out,
                                                      trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
