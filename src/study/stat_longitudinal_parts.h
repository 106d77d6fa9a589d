/* stat_longitudinal_parts.h - animals over time as a table, and the model on it. */
#ifndef TRB_STAT_LONGITUDINAL_PARTS_H
#define TRB_STAT_LONGITUDINAL_PARTS_H

#include "study/design_tree.h"
#include "study/sample_groups.h"

#include <stddef.h>

/** Animals in order of their names; y[animal * n_times + time], NaN where there is no scan. */
typedef struct trb_visits {
    size_t n_animals, n_times;
    const trb_factor *group_factor, *time_factor;
    size_t *group; /* level, one an animal */
    double *y;
    double conf_level; /* of the intervals */
} trb_visits;

/** `mixed_model`: y ~ group * time + (1 | animal). */
trb_status trb_longitudinal_model(trb_node out, const trb_visits *visits, trb_error *err);

#endif
