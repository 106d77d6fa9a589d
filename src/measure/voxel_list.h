/* voxel_list.h - the few voxels of a skeleton as a list, with their neighbours, and parts of it. */
#ifndef TRB_VOXEL_LIST_H
#define TRB_VOXEL_LIST_H

#include "trabecula/mask.h"

/** In x, y, z order. The mask has a margin of one voxel, and is borrowed. */
typedef struct trb_voxel_list {
    const trb_mask *mask;
    size_t count;
    uint32_t *x, *y, *z;
    size_t *row_first; /* number of the first voxel of each row */
} trb_voxel_list;

/** Output *out: init by this function, also on failure; clear it. Errors: TRB_ERR_MEMORY. */
trb_status trb_voxel_list_make(const trb_mask *mask, trb_voxel_list *out, trb_error *err);
void trb_voxel_list_clear(trb_voxel_list *list);

/** Numbers of the 26 neighbours of voxel i, ascending. Returns how many. */
size_t trb_voxel_list_neighbours(const trb_voxel_list *list, size_t i, size_t found[26]);

/** 1, sqrt 2 or sqrt 3: between neighbours. */
double trb_voxel_list_step(const trb_voxel_list *list, size_t a, size_t b);

/**
 * Connected parts of the voxels with chosen[i] (26 neighbours), numbered from 0 by their first voxel.
 * Output      part: list->count numbers, UINT32_MAX for voxels that are not chosen. *parts: how many.
 */
void trb_voxel_list_parts(const trb_voxel_list *list, const uint8_t *chosen, uint32_t *part, size_t *parts);

#endif
