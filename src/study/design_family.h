/* design_family.h - comparisons that share a table: their p-values, raw and adjusted. */
#ifndef TRB_DESIGN_FAMILY_H
#define TRB_DESIGN_FAMILY_H

#include "study/design_tree.h"
#include "trabecula/status.h"

#include <stddef.h>

typedef struct trb_comparison {
    trb_node node;
    double p;
} trb_comparison;

/** A table of comparisons that is filled one by one. Clear it. */
typedef struct trb_family {
    size_t n, room;
    double conf_level;
    trb_comparison *comparison;
} trb_family;

/** Room for a number of comparisons; conf_level: of their intervals. */
trb_status trb_family_init(trb_family *family, size_t room, double conf_level, trb_error *err);
void trb_family_clear(trb_family *family);

/**
 * Writes {diff, se, t, df, ci_lo, ci_hi} of a difference and keeps its two-sided p for the family. NaN for
 * what an SE of 0 leaves open.
 */
void trb_family_add(trb_family *family, trb_node node, double diff, double se, double df);

/** Writes p_raw, p_bonferroni, p_sidak, p_holm, p_holm_sidak, p_BH of all. */
trb_status trb_family_finish(const trb_family *family, trb_error *err);

#endif
