/* connectivity.h - how the bone hangs together: corrected Euler numbers, pores, purification. */
#ifndef TRABECULA_CONNECTIVITY_H
#define TRABECULA_CONNECTIVITY_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Euler numbers (parts - tunnels + cavities; pure numbers) of 26-connected bone in a VOI. */
typedef struct trb_euler {
    int64_t raw;               /* the bone cut at the VOI, nothing outside it */
    int64_t corrected_eighths; /* 8 times the number corrected for the edges: it comes in eighths */
} trb_euler;

/**
 * The raw Euler number and the one that is corrected for what the VOI cuts.
 *
 * Meaning     The closed voxel cubes are a complex of corners, edges, faces and cubes. Each cell counts with the
 *             share (of 8, 4, 2 or 1) of the voxels around it that lie in the VOI, so that VOIs side by side add up to
 *             the VOI of both. In a box this is the correction of Odgaard & Gundersen, chi - (chi2 / 2 + chi1 / 4 + chi0 / 8)
 *             with the Euler numbers of the bone on the surface, the edges and the corners of the box. Connectivity is
 *             1 - corrected_eighths / 8.
 * Convention  Bone outside the VOI is context: it decides which cells on the wall are there. Outside the image there
 *             is no bone.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY.
 * Cost        One pass over the octants, and each octant on the wall of the VOI one by one.
 * Threads     Uses all; integers, the same for any number.
 * Source      Odgaard & Gundersen 1993, Bone 14:173-182, doi:10.1016/8756-3282(93)90245-6.
 */
TRB_API TRB_NODISCARD trb_status trb_euler_measure(const trb_mask *bone, const trb_mask *voi, trb_euler *out,
                                                   trb_error *err);

/** Closed pores: 6-connected marrow parts that lie in the VOI whole. */
typedef struct trb_pores {
    uint64_t closed, closed_voxels;
} trb_pores;

/**
 * Count the closed pores.
 *
 * Convention  A part of the marrow that goes on outside the VOI, or touches the image border, is open.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for rows of 2^32 voxels.
 * Cost        As trb_parts_measure() (label.h).
 * Threads     The same numbers for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_pores_measure(const trb_mask *bone, const trb_mask *voi, trb_pores *out,
                                                   trb_error *err);

/** What trb_purify() found and changed. */
typedef struct trb_purified {
    uint64_t parts;       /* 26-connected, before */
    uint64_t kept_voxels; /* of the part that stays */
    uint64_t cavities, filled_voxels;
} trb_purified;

/**
 * Keep one 26-connected part and fill its cavities (6-connected marrow that touches no image border). In place. Of
 * bone that is one part without cavities 1 - chi counts the tunnels, and nothing else.
 *
 * Convention  The part with the most voxels in the VOI stays (without one: the largest; of equal ones the first), as a
 *             VOI in one of two bones means that one.
 * Input       voi may be NULL; otherwise it has the size of the mask. A mask without bone in the VOI comes out empty.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for rows of 2^32 voxels.
 * Cost        Twice trb_parts_measure() (label.h).
 * Threads     The same result for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_purify(trb_mask *mask, const trb_mask *voi, trb_purified *out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
