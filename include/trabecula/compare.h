/* compare.h - cohorts compared: which tests, between which groups, adjusted how; and the result of it. */
#ifndef TRABECULA_COMPARE_H
#define TRABECULA_COMPARE_H

#include "trabecula/cohort.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** How two groups are compared. */
typedef enum trb_test {
    TRB_TEST_WELCH,      /* Welch's t: no assumption of equal variances */
    TRB_TEST_STUDENT,    /* the pooled variance of all groups, as GraphPad Prism does after an ANOVA */
    TRB_TEST_RANK,       /* exact Mann-Whitney, ties and all */
    TRB_TEST_DUNN,       /* ranks over all groups, after Kruskal-Wallis */
    TRB_TEST_PERMUTATION /* all permutations of two groups' animals: for tiny n */
} trb_test;

/** Which groups are compared. */
typedef enum trb_pairs { TRB_PAIRS_CONTROL, TRB_PAIRS_ALL, TRB_PAIRS_LIST } trb_pairs;

/** How p values within a metric are adjusted for the number of comparisons. */
typedef enum trb_multiple {
    TRB_MULTIPLE_HOLM,
    TRB_MULTIPLE_DUNNETT,      /* student, against the control */
    TRB_MULTIPLE_TUKEY,        /* student, all pairs (Tukey-Kramer) */
    TRB_MULTIPLE_GAMES_HOWELL, /* welch, all pairs */
    TRB_MULTIPLE_T3,           /* welch, all pairs (Dunnett's T3) */
    TRB_MULTIPLE_STEEL_DWASS,  /* rank, all pairs */
    TRB_MULTIPLE_BONFERRONI,
    TRB_MULTIPLE_SIDAK,
    TRB_MULTIPLE_HOLM_SIDAK,
    TRB_MULTIPLE_BH,
    TRB_MULTIPLE_NONE
} trb_multiple;

/** What is asked for. Start from trb_compare_options_default(). Text is borrowed; NULL or "": not given. */
typedef struct trb_compare_options {
    trb_test test;
    trb_pairs pairs;
    const char *const *pair; /* TRB_PAIRS_LIST: "OVX+EV - OVX", the second taken from the first */
    size_t n_pairs;
    trb_multiple adjust;
    const char *control;   /* the group that the others are compared with; NULL: the first */
    const char *reference; /* the healthy group, for percent rescue; NULL: none */
    const char *const *rescue; /* further "treated | disease" besides every treated group against the control */
    size_t n_rescues;
    const char *const *metric; /* which metrics, in this order; n_metrics 0: all that the cohort has */
    size_t n_metrics;
    const char *primary;    /* metric that is tested at full alpha */
    const char *factors[2]; /* columns of a two-way design */
    int sums_of_squares;    /* 2 or 3: which type the two-way table shows */
    const char *covariate;  /* column, such as "weight [g]" */
    bool paired;            /* two groups of the same animals: rows are paired by their animal */
    const char *paired_columns[2]; /* two metrics of each row, the first taken from the second (before, after) */
    trb_cohort *scans;      /* the rows before they were averaged to animals, for the ICC; NULL: none */
    bool longitudinal;      /* animals were scanned at several times */
    bool ordered;           /* the groups are doses in rising order: trend tests */
    double alpha, conf_level;
    bool full;     /* every statistic, permutations and bootstrap included */
    uint64_t seed; /* of the bootstrap */
} trb_compare_options;

TRB_API trb_compare_options trb_compare_options_default(void);

/** "welch", "control", "games-howell", ... Static text. */
TRB_API const char *trb_test_name(trb_test test);
TRB_API const char *trb_pairs_name(trb_pairs pairs);
TRB_API const char *trb_multiple_name(trb_multiple adjust);

/** A finished comparison: every number, choice, reason and warning. Opaque; a JSON document inside. */
typedef struct trb_comparison trb_comparison;

/**
 * Compare the groups of a cohort.
 *
 * Convention  The animal is the unit: the cohort's rows are animals by now. Every difference is b minus a. Statistics
 *             and their keys: reference R results in testdata/oracles/SPEC.md. Two-sided.
 * Input       cohort: at least one group with a value; it keeps the categories that are looked up. options: see above.
 * Output      *out: yours; trb_comparison_destroy().
 * Errors      TRB_ERR_ARGUMENT: a group, metric or column that does not exist (with the nearest name), a test and an
 *             adjustment that do not go together. TRB_ERR_DATA: no group, no metric. TRB_ERR_MEMORY. What cannot be
 *             computed for one metric (a constant group, n of 1) is no error: null with a note.
 * Cost        About 50 ms a metric of four groups; quadrature over all pairs grows with their number.
 * Threads     Metrics run in parallel; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_compare(trb_cohort *cohort, const trb_compare_options *options,
                                             trb_comparison **out, trb_error *err);

TRB_API void trb_comparison_destroy(trb_comparison *comparison);

/**
 * Look into the records of the scans (<folder>/<sample>/result.json, as batch leaves them): warn where settings or
 * program differ between scans, and keep their methods text for the report ("measurement_text").
 *
 * Input       scans: the cohort before its scans were averaged: animals may have other names than their scans.
 * Output      Warnings and texts in the comparison. Scans without a readable record are passed over; when there is
 *             none, nothing changes.
 * Errors      TRB_ERR_MEMORY.
 */
TRB_API TRB_NODISCARD trb_status trb_comparison_records(trb_comparison *comparison, const trb_cohort *scans,
                                                        const char *folder, trb_error *err);

/**
 * Put the mean distribution of each group into the comparison ("distributions"): of Tb.Th, Tb.Sp, or what else the tables of batch
 * hold. At several times, of each group and time.
 *
 * Convention  Each scan in shares of its own volume; scans of an animal are averaged, then animals. Bins: the widest of all scans,
 *             for lengths joined in pairs (one voxel); other bins are divided by overlap, which conserves the volume. Nothing
 *             is tested: bins depend on each other. Scans that are not in the cohort (excluded) take no part.
 * Input       scans: the cohort before its scans were averaged (TRB_COHORT_UNIT_SCAN). by_animal: the rows of an animal belong
 *             together. path[n]: distributions.csv, each with the percentiles.csv of its folder when there is one.
 *             compared_only: leave out those of metrics that are not compared; Tb.Th.median stands for Tb.Th.
 * Output      Numbers and warnings in the comparison, a sentence in its methods text.
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT, TRB_ERR_DATA: another table, an overlap of bins, a scan twice, no scan of the cohort;
 *             TRB_ERR_MEMORY. The comparison has no distributions then.
 */
TRB_API TRB_NODISCARD trb_status trb_comparison_distributions(trb_comparison *comparison, const trb_cohort *scans, bool by_animal,
                                                              bool compared_only, const char *const *path, size_t n, trb_error *err);

/** Everything as JSON (schema trabecula.cohort/1), 17 significant digits. *text: yours, free(). */
TRB_API TRB_NODISCARD trb_status trb_comparison_json(const trb_comparison *comparison, char **text, trb_error *err);

/** How many warnings there are, and each of them. Borrowed. */
TRB_API size_t trb_comparison_warnings(const trb_comparison *comparison);
TRB_API const char *trb_comparison_warning(const trb_comparison *comparison, size_t i);

/** Add a fact of the caller's to the document ("command_line"). Errors: TRB_ERR_MEMORY. */
TRB_API TRB_NODISCARD trb_status trb_comparison_note(trb_comparison *comparison, const char *key, const char *text,
                                                     trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
