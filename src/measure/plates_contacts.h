/* plates_contacts.h - which parts of a labelled skeleton touch, and where. */
#ifndef TRB_PLATES_CONTACTS_H
#define TRB_PLATES_CONTACTS_H

#include "measure/voxel_list.h"

/** Two parts that touch: the first pair of voxels of those with the shortest step. */
typedef struct trb_contact {
    uint32_t a, b;       /* labels, a < b */
    uint32_t at_a, at_b; /* voxels */
    float step;
} trb_contact;

/**
 * All pairs of labels that touch, each once, by labels.
 * Output      *contacts: yours, also when there are none.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_contacts_find(const trb_voxel_list *list, const uint32_t *label, trb_contact **contacts, size_t *count,
                             trb_error *err);

#endif
