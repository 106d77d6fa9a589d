/*
 * stat_designs.h - the designs beyond independent groups: two factors, pairs, covariates, repeats, limbs,
 * time, several studies, and planning.
 *
 * Each call gives one JSON object. What its keys mean stands in testdata/oracles/SPEC.md, "Other designs";
 * each key is computed where it is defined. A statistic that the data cannot give is null, or its object
 * holds a `note` that says why; a number is never NaN. TRB_ERR_DATA is kept for data that contradict the
 * design (an animal in two groups, scanned twice at one time).
 *
 * Common to all
 * Input       A y (or x) that is not finite is missing and is dropped inside; where SPEC counts it, it is
 *             counted. All differences are later level minus earlier level. conf_level: of the two-sided
 *             intervals, 0.95 where a call takes none. Names are UTF-8, levels of a factor have different ones.
 * Output      *out is yours (json_decref); NULL unless TRB_OK is returned.
 * Errors      TRB_ERR_ARGUMENT for a level out of range, TRB_ERR_DATA for values beyond 1e150, whose squares would
 *             overflow, TRB_ERR_MEMORY, and what a call names.
 * Threads     Reentrant. The order of the rows never changes a bit.
 * Source      R 4.2's lm, t.test, wilcox.test; car, emmeans, lme4, lmerTest, pbkrtest, metafor, whose results
 *             tests/test_designs_oracle.c compares.
 */
#ifndef TRB_STAT_DESIGNS_H
#define TRB_STAT_DESIGNS_H

#include "study/sample_groups.h"
#include "trabecula/status.h"

#include <jansson.h>
#include <stddef.h>

/**
 * Two crossed factors: cells, types I, II, III, marginal means, simple effects.
 *
 * Convention  Type III with sum-to-zero contrasts. Marginal means weigh cells equally. Simple effects use the
 *             pooled MS; their adjustments run over one table.
 * Output      n_missing counts the rows that were dropped; those of the cells are 0, as in R, where they are
 *             dropped first. With an empty cell: cells and `note` alone. With one value a cell: no residual,
 *             no tests.
 * Cost        O(n log n + cells^3).
 */
TRB_NODISCARD trb_status trb_stat_twoway(const double *y, size_t n, const trb_factor *a, const trb_factor *b,
                                         double conf_level, json_t **out, trb_error *err);

/**
 * Pairs: the t test and Wilcoxon's signed ranks of b - a.
 *
 * Input       a[i], b[i] are one animal (before and after, left and right); a pair with a missing value is
 *             dropped.
 * Convention  Differences are rounded to 12 decimals before ranking (fewer for values above 1000, whose last bits are
 *             coarser); zeros are dropped (Wilcoxon 1945).
 * Cost        O(n log n); the exact p, up to 300 pairs, O(n^3).
 */
TRB_NODISCARD trb_status trb_stat_paired(const double *a, const double *b, size_t n, double conf_level, json_t **out,
                                         trb_error *err);

/**
 * Groups compared at one value of a covariate (body weight): y ~ x + group.
 *
 * Convention  Adjusted means at the mean covariate of all rows used. Type II F. Homogeneity of slopes is
 *             tested against y ~ x * group. Groups without a complete row are left out.
 */
TRB_NODISCARD trb_status trb_stat_ancova(const double *y, const double *x, size_t n, const trb_factor *group,
                                         double conf_level, json_t **out, trb_error *err);

/**
 * Pearson, Spearman (t approximation) and the regression of y on x over all rows, whatever their group: the
 * block `correlation_with_covariate_all_animals` beside an ANCOVA.
 */
TRB_NODISCARD trb_status trb_stat_correlation(const double *x, const double *y, size_t n, double conf_level, json_t **out,
                                              trb_error *err);

/**
 * Precision of repeated scans: RMS-SD, RMS-CV, least significant change, ICC, Bland-Altman of the first two
 * repeats.
 *
 * Convention  Gluer 1995, Osteoporos Int 5:262-270; least significant change = 1.96 sqrt 2 x precision error.
 *             ICC after Shrout & Fleiss 1979 when each specimen was scanned equally often, and each repeat
 *             once.
 * Output      Specimens scanned once say nothing about precision: left out and counted in `n_single`.
 */
TRB_NODISCARD trb_status trb_stat_repeatability(const double *y, size_t n, const trb_factor *specimen,
                                                const trb_factor *repeat, json_t **out, trb_error *err);

/** One study of a meta-analysis: treated and control as mean, SD, n. */
typedef struct trb_meta_study {
    const char *name;
    double mean_treated, sd_treated, mean_control, sd_control;
    size_t n_treated, n_control;
} trb_meta_study;

/**
 * Several studies together: SMD (Hedges g), MD, ROM (log ratio of means), each by FE, DL, REML and PM, with
 * and without Hartung-Knapp.
 *
 * Convention  Effect = treated - control. Study names are different.
 * Errors      TRB_ERR_DATA for n < 2, an SD that is not positive, or two studies of one name.
 * Source      DerSimonian & Laird 1986; Viechtbauer 2005 (REML); Paule & Mandel 1982; Knapp & Hartung 2003;
 *             Viechtbauer 2007 (Q profile); Higgins 2009 (prediction interval).
 */
TRB_NODISCARD trb_status trb_stat_meta(const trb_meta_study *studies, size_t n, json_t **out, trb_error *err);

typedef enum trb_power_kind {
    TRB_POWER_TWO_GROUPS, /* t test; n: power at n per group; n1, n2: of unequal groups; else n for power */
    TRB_POWER_PAIRED,     /* paired t test: n pairs for power; sd is that of the differences */
    TRB_POWER_DETECTABLE, /* the difference in SDs that n per group detects with power */
    TRB_POWER_ANOVA       /* one-way; n: power at n per group; else n per group for power */
} trb_power_kind;

/** One question. Fields that its kind does not name are 0. */
typedef struct trb_power_case {
    const char *id;
    trb_power_kind kind;
    double delta, sd, power;
    double alpha; /* 0: 0.05 */
    size_t n, n1, n2;
    size_t n_means;
    const double *mean;
} trb_power_case;

/**
 * Power and sample size of t tests and of one-way ANOVA, exact (noncentral t with both tails, noncentral F).
 *
 * Output      By id. n_continuous solves exactly, null where 2 per group suffice; n_per_group rounds up.
 * Errors      TRB_ERR_ARGUMENT for an SD or alpha that is not positive, a power outside (alpha, 1), n < 2.
 */
TRB_NODISCARD trb_status trb_stat_power(const trb_power_case *cases, size_t n, json_t **out, trb_error *err);

/** What the planning of the next study starts from: the groups of this one. */
typedef struct trb_power_groups {
    size_t n_groups;
    const char *const *name;
    const double *mean, *sd;
    const size_t *n;
    double power; /* wanted, 0: 0.8 */
    double alpha; /* 0: 0.05 */
} trb_power_groups;

/**
 * Planning from groups at hand: for each pair the n per group that would find a difference of this size, and
 * the difference that the groups' own n detects; for all groups the n per group of a one-way ANOVA.
 *
 * Convention  The SD of a pair is the pooled SD of the two, that of the ANOVA the pooled SD of all. The power
 *             of the study at hand is not given: it is its p value in other clothes (Hoenig & Heisey 2001).
 * Output      {power, alpha, pairs: {"b - a": {delta, sd, cohens_d, n_continuous, n_per_group,
 *             achieved_power, detectable_d, detectable_difference}}, anova: {sd, cohen_f, n_continuous,
 *             n_per_group, achieved_power}}. Groups with n < 2 are left out (`excluded_groups`).
 */
TRB_NODISCARD trb_status trb_stat_power_plan(const trb_power_groups *groups, json_t **out, trb_error *err);

/**
 * Several scans of one animal (limbs): animal means, the mixed model y ~ group + (1 | animal), ICC within
 * groups, and the test that takes scans for animals, as a warning.
 *
 * Input       side may be NULL. With two sides, `side_paired` tests them within animals.
 * Output      animal_level (the one-way statistics of the animal means) is not here: run trb_stat_tree_oneway
 *             on animal_means. A model whose animal variance is 0 is `singular`: it counts scans as animals.
 *             An animal with several scans of one side enters with their mean.
 * Errors      TRB_ERR_DATA when an animal is in two groups.
 */
TRB_NODISCARD trb_status trb_stat_nested(const double *y, size_t n, const trb_factor *animal,
                                         const trb_factor *group, const trb_factor *side, double conf_level, json_t **out,
                                         trb_error *err);

/**
 * Scans of the same animals over time: cells, mixed model, repeated-measures ANOVA of complete animals,
 * slopes, change from the first to the last time, ANCOVA of the last on the first.
 *
 * Input       time: levels in the order of time; time_value[level] in the user's unit, rising. Rows with a
 *             missing y are counted in the cells.
 * Errors      TRB_ERR_DATA when an animal is in two groups or has two scans at one time; TRB_ERR_ARGUMENT
 *             when time_value does not rise.
 */
TRB_NODISCARD trb_status trb_stat_longitudinal(const double *y, size_t n, const trb_factor *animal,
                                               const trb_factor *group, const trb_factor *time,
                                               const double *time_value, double conf_level, json_t **out, trb_error *err);

#endif
