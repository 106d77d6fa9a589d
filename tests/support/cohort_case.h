/* cohort_case.h - the oracles' one-way data sets, read and run through the tree of one-way statistics. */
#ifndef COHORT_CASE_H
#define COHORT_CASE_H

#include "study/stat_tree.h"
#include "support/oracle_numbers.h"

/** What results/NAME.json says under `design`. Group names: NULL ends the list. */
typedef struct cohort_case {
    const char *name, *table; /* s22 has the numbers of s06 */
    const char *group[8];
    const char *renamed[8]; /* what the results call the groups, NULL: as the table does */
    const char *control;    /* NULL: none */
    const char *animal;     /* column: average per animal first; NULL: a row is an animal */
    bool ovx_rescue;        /* OVX+EV against OVX and against OVX+vehicle */
    bool ordered, bootstrap;
} cohort_case;

/** All of them; *n is their number. */
const cohort_case *cohort_cases(size_t *n);

/** {"metrics": {...}, "across_metrics": {...}} of one case, all statistics. Yours. */
json_t *cohort_case_run(const cohort_case *data);

#endif
