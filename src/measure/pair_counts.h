/* pair_counts.h - phase changes between voxels and their partners at given displacements. */
#ifndef TRB_PAIR_COUNTS_H
#define TRB_PAIR_COUNTS_H

#include "trabecula/mask.h"

/** Displacements stay below a word of the mask. */
enum { TRB_PAIR_REACH = 32 };

/** Voxels at p and p + (dx, dy, dz), both in the image and in the VOI; changes: one is bone, the other is not. */
typedef struct trb_pair_count {
    int dx, dy, dz;
    uint64_t pairs, changes;
} trb_pair_count;

/**
 * Fill in pairs and changes of n displacements. dz >= 0, the others between -TRB_PAIR_REACH and TRB_PAIR_REACH; a
 * displacement and its opposite count the same.
 *
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Errors      TRB_ERR_MEMORY.
 * Cost        n passes over the rows of the VOI's box, about 0.03 ns a voxel each (0.08 with a VOI).
 * Threads     Uses all; integers, the same for any number and any SIMD path.
 */
TRB_NODISCARD trb_status trb_pair_counts(const trb_mask *bone, const trb_mask *voi, size_t n,
                                         trb_pair_count *counts, trb_error *err);

#endif
