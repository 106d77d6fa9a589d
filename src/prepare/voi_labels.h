/* voi_labels.h - one label of a label image. */
#ifndef TRB_VOI_LABELS_H
#define TRB_VOI_LABELS_H

#include "trabecula/mask.h"

#define TRB_LABELS_SHOWN 12

/** The label that is looked for, and what else was met on the way, for the message. */
typedef struct trb_labels {
    bool wanted;
    double label;
    bool found;
    size_t n_others; /* TRB_LABELS_SHOWN at most, the smallest, rising; 0 is left out */
    bool more;
    double others[TRB_LABELS_SHOWN];
} trb_labels;

/** Voxels of the label, yours; remembers the other values. Errors: TRB_ERR_MEMORY. */
trb_status trb_labels_mask(trb_labels *labels, const trb_volume *volume, trb_mask **out, trb_error *err);

/** TRB_ERR_ARGUMENT when a label was wanted and no voxel had it. */
trb_status trb_labels_check(const trb_labels *labels, trb_error *err);

#endif
