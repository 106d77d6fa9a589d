/*
 * sample_groups.h - what the statistics of one metric start from: values by group, and factors by row.
 *
 * One value an animal (the unit of analysis); averaging limbs and repeats happens before. Missing values are
 * dropped before and counted. Groups stand in the order that the user or the table gives; the order of the
 * values within a group never changes a result.
 */
#ifndef TRB_SAMPLE_GROUPS_H
#define TRB_SAMPLE_GROUPS_H

#include <stddef.h>

/** One group of one metric. Borrowed: valid as long as the table it was taken from. */
typedef struct trb_sample_group {
    const char *name;
    size_t n; /* values at hand; 0 is possible */
    size_t n_missing;
    const double *value;
} trb_sample_group;

/** The groups of one metric. */
typedef struct trb_sample_groups {
    size_t n_groups;
    const trb_sample_group *group;
} trb_sample_groups;

/** A factor over n rows: level[i] < n_levels indexes name. Levels in the order given; each occurs at least once. */
typedef struct trb_factor {
    const char *label; /* "genotype" */
    size_t n_levels;
    const char *const *name;
    const size_t *level; /* one a row */
} trb_factor;

/** Sham, disease and treated group of one rescue: indices into trb_sample_groups.group. */
typedef struct trb_rescue_choice {
    size_t sham, disease, treated;
} trb_rescue_choice;

#endif
