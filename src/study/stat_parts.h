/* stat_parts.h - the branches of the one-way tree; each writes its numbers into a node. Used by
 * stat_tree.c only. */
#ifndef TRB_STAT_PARTS_H
#define TRB_STAT_PARTS_H

#include "study/stat_data.h"
#include "study/stat_node.h"
#include "study/stat_ranksum.h"
#include "study/stat_tree.h"

/** Two groups to be compared, b minus a. */
typedef struct trb_stat_pair {
    const trb_stat_group *a, *b;
} trb_stat_pair;

/** "b - a": yours to free; NULL after setting *failed. */
char *trb_stat_pair_key(const trb_stat_pair *pair, bool *failed);

/** The child of node below the pair's key, with "a" and "b" in it. */
trb_node trb_stat_pair_node(trb_node node, const trb_stat_pair *pair);

/* ---- one group at a time: stat_describe.c */
void trb_stat_put_descriptive(trb_node tree, const trb_stat_data *d);
void trb_stat_put_outliers(trb_node tree, const trb_stat_data *d);
void trb_stat_put_normality(trb_node tree, const trb_stat_data *d);

/* ---- all groups at once: stat_variance.c, stat_omnibus.c, stat_trend.c */
void trb_stat_put_variance(trb_node tree, const trb_stat_data *d);
void trb_stat_put_omnibus(trb_node tree, const trb_stat_data *d);
void trb_stat_put_trend(trb_node tree, const trb_stat_data *d);

/* ---- two groups: stat_two_groups.c */

/** Student's or Welch's t test; NaN and why (else NULL) when it does not exist. */
typedef struct trb_stat_t {
    double diff, se, t, df, p, lo, hi;
    const char *why;
} trb_stat_t;

trb_stat_t trb_stat_t_test(const trb_stat_pair *pair, bool welch, double conf);
void trb_stat_put_t(trb_node node, const trb_stat_t *t);

/** The rank test of one pair, as its families want it. */
typedef struct trb_stat_rank_p {
    double p; /* exact where that was computed, else normal with continuity correction */
    double z; /* b against a, without correction */
} trb_stat_rank_p;

/** What the pairs of one metric share. */
typedef struct trb_stat_pair_work {
    const trb_stat_data *data;
    trb_ranksum_null null;
    trb_stat_rank_p *rank; /* [group a][group b], both ways; filled by trb_stat_put_pairs */
    bool permute;          /* enumerate the permutations of the means */
    double exact_cost;     /* at most this for one exact rank test: see trb_stat_ranksum_cost */
} trb_stat_pair_work;

/** `pairs`: everything about every pair, unadjusted. pair[m]. */
void trb_stat_put_pairs(trb_node tree, const trb_stat_pair *pair, size_t m, trb_stat_pair_work *work);

/** Is a pair small enough for the exact distribution? */
bool trb_stat_pair_is_exact(const trb_stat_group *a, const trb_stat_group *b, const trb_stat_pair_work *work);

/** The rank test of a pair that trb_stat_put_pairs has seen, in either direction. */
trb_stat_rank_p trb_stat_pair_rank(const trb_stat_pair *pair, const trb_stat_pair_work *work);

/* ---- families of pairs: stat_families.c (adjusted p-values), stat_simultaneous.c (tests of their own) */
void trb_stat_put_family(trb_node family, const trb_stat_pair *pair, size_t m,
                         const trb_stat_pair_work *work);
void trb_stat_put_ranges(trb_node family, const trb_stat_pair *pair, size_t m,
                         const trb_stat_pair_work *work);
void trb_stat_put_dunnett(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d);

/* ---- ratios of means: stat_ratio.c, stat_rescue.c */
void trb_stat_put_percent_change(trb_node node, const trb_stat_pair *pair, double conf);
void trb_stat_put_rescue(trb_node tree, const trb_stat_data *d, const trb_stat_options *o);

/* ---- stat_warnings.c: after all others; one sentence each into the array `warnings` */
void trb_stat_warn(trb_node tree, const char *format, ...) TRB_PRINTF(2, 3);
void trb_stat_put_warnings(trb_node tree, const trb_stat_pair_work *work, const trb_stat_options *o);

#endif
