/* label.h - connected parts by runs, and the cleaning that rests on them. */
#ifndef TRABECULA_LABEL_H
#define TRABECULA_LABEL_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which neighbours touch: 6 (faces), 18 (edges), 26 (corners). */
typedef enum trb_connectivity { TRB_CONNECT_6 = 6, TRB_CONNECT_18 = 18, TRB_CONNECT_26 = 26 } trb_connectivity;

/** Parts of a mask, numbered by their first voxel in x, y, z order, from 0. */
typedef struct trb_parts {
    size_t count;
    uint64_t *voxels;     /* size of each part */
    uint8_t *touches_edge; /* 1 when the part has a voxel on the image border */
} trb_parts;

TRB_API void trb_parts_clear(trb_parts *parts);

/**
 * Count and measure the parts.
 *
 * Output      *out: init by this function; clear it.
 * Errors      TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for rows of 2^32 voxels and more.
 * Cost        Runs and union-find, about 1 ns a voxel and core; 16 bytes a run, 8 a row, 9 a part.
 * Threads     Uses all; the numbering does not depend on their number.
 */
TRB_API TRB_NODISCARD trb_status trb_parts_measure(const trb_mask *mask, trb_connectivity connectivity,
                                                   trb_parts *out, trb_error *err);

/**
 * A uint32 volume with part number + 1, 0 outside. For pictures and tests.
 *
 * Output      *out: yours.
 * Errors      As trb_parts_measure(); TRB_ERR_UNSUPPORTED for 2^32 - 1 parts and more.
 */
TRB_API TRB_NODISCARD trb_status trb_parts_label(const trb_mask *mask, trb_connectivity connectivity,
                                                 trb_volume **out, trb_error *err);

/*
 * Cleaning, in place. Counts are of voxels and may be NULL. Errors, cost and threads as trb_parts_measure();
 * after an error the mask is as it was.
 */

/** Remove parts of fewer than min_voxels. *removed (may be NULL) counts the voxels taken away. In place. */
TRB_API TRB_NODISCARD trb_status trb_despeckle(trb_mask *mask, trb_connectivity connectivity,
                                               uint64_t min_voxels, uint64_t *removed, trb_error *err);

/** Keep the largest part (of equal ones the first). In place. An empty mask stays empty. */
TRB_API TRB_NODISCARD trb_status trb_keep_largest(trb_mask *mask, trb_connectivity connectivity,
                                                  uint64_t *removed, trb_error *err);

/**
 * Fill cavities: background parts that do not touch the image border. In place.
 * `background` is the connectivity of the background (6 goes with 26-connected bone).
 */
TRB_API TRB_NODISCARD trb_status trb_fill_holes(trb_mask *mask, trb_connectivity background,
                                                uint64_t *filled, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
