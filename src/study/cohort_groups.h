/* cohort_groups.h - one metric of a cohort by group, as the statistics want it. */
#ifndef TRB_COHORT_GROUPS_H
#define TRB_COHORT_GROUPS_H

#include "trabecula/cohort.h"

#include "study/sample_groups.h"

/** The values of one metric by group. groups points into the cohort's names and into its own storage. */
typedef struct trb_cohort_values {
    trb_sample_groups groups;
    const size_t *const *row; /* row[g][i]: the row of the cohort that groups.group[g].value[i] stands for */
    void *memory;             /* private */
} trb_cohort_values;

/**
 * Values of a metric by group, in the order of the groups. Missing ones are dropped and counted.
 *
 * Output      *values: trb_cohort_values_clear() frees it. Names are borrowed from the cohort.
 * Errors      TRB_ERR_ARGUMENT: no such metric; TRB_ERR_MEMORY.
 */
trb_status trb_cohort_groups(const trb_cohort *cohort, size_t metric, trb_cohort_values *values,
                             trb_error *err);

void trb_cohort_values_clear(trb_cohort_values *values);

#endif
