/* stat_ancova.h - ANCOVA into a node, for designs that hold one. */
#ifndef TRB_STAT_ANCOVA_H
#define TRB_STAT_ANCOVA_H

#include "study/design_tree.h"
#include "study/sample_groups.h"

/** trb_stat_ancova() into a node. */
trb_status trb_ancova_write(trb_node out, const double *y, const double *x, size_t n, const trb_factor *group,
                            double conf_level, trb_error *err);

#endif
