/*
 * stat_tree.h - all one-way statistics of one metric, as a tree of results.
 *
 * The keys: descriptive, outliers, eligible_groups, excluded_groups, normality, variance, omnibus, pairs,
 * all_pairs, vs_control, rescue, trend, warnings. testdata/oracles/SPEC.md defines every number; every
 * comparison is b minus a under the key "b - a". A number that does not exist is null, with a `note` beside
 * it that says why.
 *
 * Where SPEC.md has two versions of one number, libRmath's and an accurate one (`p` and `p_accurate`, `lwr`
 * and `lwr_accurate`, `q_crit_R` and `q_crit_accurate`), both keys hold the accurate value here: libRmath's
 * ptukey prints when it is not content, and is the less accurate.
 */
#ifndef TRB_STAT_TREE_H
#define TRB_STAT_TREE_H

#include "study/sample_groups.h"
#include "trabecula/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct trb_stat_options {
    bool has_control;
    size_t control; /* index into the groups; left out of the tests when its n < 2 */
    size_t n_rescues;
    const trb_rescue_choice *rescue;
    bool ordered;   /* the groups are steps of a dose: trend tests */
    bool bootstrap; /* percentile limits of the rescue, 100,000 resamples */
    bool full;      /* no short cuts for many groups: see trb_stat_tree_oneway */
    uint64_t seed;  /* of the bootstrap */
    double conf_level;
} trb_stat_options;

/** No control, no rescue, not ordered, no bootstrap, not full, seed 1, 0.95. */
trb_stat_options trb_stat_options_default(void);

/**
 * Every one-way statistic of one metric.
 *
 * Convention  Groups with n < 2 are described and left out of the tests. No value is ever dropped. Keys that
 *             say 95 ("ci95_lo") hold the level that conf_level asks for.
 * Input       groups: see sample_groups.h; finite values. o: indices below n_groups.
 *             full = false leaves out the permutation tests when there are more than 12 groups.
 *             Exact rank tests are made up to n = 100 a group, within a budget for all pairs; beyond, the
 *             normal approximation stands in, and a note says so.
 * Output      *tree: yours, json_decref() frees it. NULL unless TRB_OK is returned.
 * Errors      TRB_ERR_ARGUMENT: an index out of range, a value that is not finite, two groups of one name, a
 *             name that is not UTF-8. TRB_ERR_DATA: values beyond 1e70. TRB_ERR_MEMORY.
 * Cost        4 groups of 10: 5 ms; 40 groups of 10: 0.5 s; 10,000 rows in 4 groups: 0.1 s. Exact rank tests of
 *             groups of 100 add up to 2 s in all.
 * Threads     Reentrant. Same bits for any order of the values within a group.
 */
TRB_NODISCARD trb_status trb_stat_tree_oneway(const trb_sample_groups *groups, const trb_stat_options *o,
                                              json_t **tree, trb_error *err);

/**
 * The same test over several metrics: Benjamini-Hochberg, Benjamini-Yekutieli and Holm over the omnibus
 * p-values and, for each pair, over the Welch p-values.
 *
 * Input       metrics: an object of trees by name of the metric.
 * Output      *across: yours. Keys omnibus_anova, omnibus_welch, omnibus_kruskal, pairs_welch_t > pair; below
 *             each raw, BH, BY, holm > metric. A test that does not exist is null and does not count.
 * Errors      TRB_ERR_ARGUMENT: metrics is no object. TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_stat_tree_across(const json_t *metrics, json_t **across, trb_error *err);

#endif
