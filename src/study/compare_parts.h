/* compare_parts.h - what the files of trb_compare() share: the plan, and the document that they fill. */
#ifndef TRB_COMPARE_PARTS_H
#define TRB_COMPARE_PARTS_H

#include "study/cohort_groups.h"
#include "trabecula/compare.h"

#include <jansson.h>

#define TRB_NO_INDEX ((size_t)-1)

/** One comparison: group b minus group a. */
typedef struct trb_contrast {
    size_t a, b;
} trb_contrast;

struct trb_comparison {
    json_t *document;
};

/** The plan of one comparison, made from cohort and options, and the parts of the document. */
typedef struct trb_compare_plan {
    trb_cohort *cohort;
    const trb_compare_options *o;
    size_t control, reference; /* reference: TRB_NO_INDEX when there is none */
    size_t n_contrasts;
    trb_contrast *contrast;
    size_t n_rescues;
    trb_rescue_choice *rescue;
    size_t n_metrics, *metric; /* indices into the cohort */
    size_t primary;            /* index into the cohort, or TRB_NO_INDEX */
    json_t *document, *metrics, *comparisons, *omnibus, *rescues, *diagnostics, *sensitivity, *designs, *steps, *warnings; /* borrowed */
} trb_compare_plan;

/** "BV/TV [%]", or the key alone when there is no unit. */
const char *trb_metric_label(const trb_cohort_metric *metric, char buffer[256]);

/** Fill the plan's choices and check them against the cohort. Clear it. */
trb_status trb_plan_init(trb_compare_plan *plan, trb_cohort *cohort, const trb_compare_options *o, trb_error *err);
void trb_plan_clear(trb_compare_plan *plan);

/** printf into "warnings" or "steps" of the document; a text that stands there already is not repeated. */
void trb_plan_warn(trb_compare_plan *plan, const char *format, ...) TRB_PRINTF(2, 3);
void trb_plan_step(trb_compare_plan *plan, const char *format, ...) TRB_PRINTF(2, 3);

/** The rows of one metric: comparisons, sensitivity, omnibus, rescue, diagnostics. tree: its one-way results. */
trb_status trb_contrast_rows(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree,
                             trb_error *err);
trb_status trb_omnibus_rows(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree,
                            trb_error *err);

/** q_metrics: Benjamini-Hochberg over the metrics of each contrast, without the primary one. */
trb_status trb_contrast_across(trb_compare_plan *plan, trb_error *err);

/** Numbers of a table row of "designs": keys in a block; NULL: there is none. */
typedef struct trb_design_place {
    const char *design, *part, *term;
    const char *estimate, *statistic, *p, *p_adjusted;
} trb_design_place;

void trb_design_row(trb_compare_plan *plan, const char *label, const trb_design_place *at, const json_t *block);

/** block becomes part of the tree and is given away. */
void trb_design_merge(json_t *tree, json_t *block);

/** The designs beside one-way: two-way, covariate, paired, longitudinal; into the tree of the metric and the tables. */
trb_status trb_design_rows(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err);

/** Limbs and repeats behind the animal means: ICC, mixed model, the test that takes scans for animals as a warning. */
trb_status trb_nested_rows(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err);

/** The difference of two columns, row by row: a metric of its own. */
trb_status trb_paired_columns(trb_compare_plan *plan, trb_error *err);

/** Facts that concern all metrics: conspicuous animals, representative animals, sizes for the next study. */
trb_status trb_cohort_facts(trb_compare_plan *plan, trb_error *err);

/** "methods_text" and "captions" of the document. */
trb_status trb_compare_methods(trb_compare_plan *plan, trb_error *err);

/** A column as a factor over some rows: levels that occur, in order. Clear it. */
typedef struct trb_column_factor {
    trb_factor factor;
    const char **name;
    size_t *level;
} trb_column_factor;

/** row[n] are rows of the cohort, none of which lacks the column ("group" and "animal" are columns as well). */
trb_status trb_column_factor_init(trb_column_factor *factor, trb_cohort *cohort, const char *column, const size_t *row, size_t n,
                                  trb_error *err);
void trb_column_factor_clear(trb_column_factor *factor);

#endif
