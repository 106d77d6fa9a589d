/* stat_paired.h - paired tests into a node, for designs that hold pairs. */
#ifndef TRB_STAT_PAIRED_H
#define TRB_STAT_PAIRED_H

#include "study/design_tree.h"

/** trb_stat_paired() into a node. */
trb_status trb_paired_write(trb_node out, const double *a, const double *b, size_t n, double conf_level, trb_error *err);

#endif
