/* topology.h - Euler numbers of a mask. */
#ifndef TRABECULA_TOPOLOGY_H
#define TRABECULA_TOPOLOGY_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Counts of the union of closed voxel cubes, and the Euler numbers. Pure numbers: parts - tunnels + cavities.
 * For the faces between the phases add up changes[0..2] of trb_surface_counts (surface.h).
 */
typedef struct trb_topology {
    uint64_t corners, edges, faces, voxels; /* of the cubes, each counted once */
    int64_t euler_26; /* bone 26-connected, marrow 6-connected: corners - edges + faces - voxels */
    int64_t euler_6;  /* bone 6-connected, marrow 26-connected */
} trb_topology;

/**
 * Count cells and Euler numbers of the bone in the VOI, with nothing outside it.
 *
 * Convention  The raw Euler number: the walls of the image and of the VOI close the bone. It is not corrected for
 *             parts that are cut there.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY.
 * Cost        One pass over the 2x2x2 octants, about 0.5 ns a voxel and thread; a packed copy, 1 bit a voxel.
 * Threads     Uses all; integers, the same for any number and any SIMD path.
 * Source      Toriwaki & Yonekura 2002, Forma 17:183-209 (Euler numbers from local configurations).
 */
TRB_API TRB_NODISCARD trb_status trb_topology_measure(const trb_mask *bone, const trb_mask *voi, trb_topology *out,
                                                      trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
