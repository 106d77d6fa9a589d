/*
 * compare_designs.c - the designs beside independent groups: two factors, a covariate, pairs, time.
 *
 * Each merges its whole result into the tree of the metric, under the keys of testdata/oracles/SPEC.md (they do not meet
 * those of the one-way tree, save that pairs get further members), and the rows that people look for into the table
 * "designs".
 */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_adjust.h"
#include "study/stat_designs.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The rows of one metric that have what a design needs. */
typedef struct selection {
    size_t n, *row;
    double *y, *x;
} selection;

typedef trb_design_place place;

static void add_row(trb_compare_plan *plan, size_t metric, const place *at, const json_t *block)
{
    char label[256];
    trb_design_row(plan, trb_metric_label(&plan->cohort->metric[metric], label), at, block);
}

/* One row for every member of an object of blocks. */
static void add_rows(trb_compare_plan *plan, size_t metric, place at, const json_t *blocks)
{
    const char *key;
    json_t *block;
    json_object_foreach ((json_t *)blocks, key, block)
        if (json_is_object(block)) {
            at.term = key;
            add_row(plan, metric, &at, block);
        }
}

static void selection_clear(selection *s)
{
    free(s->row);
    free(s->y);
    free(s->x);
    memset(s, 0, sizeof *s);
}

/* Rows with a group, a value, a level in each of at most three columns, and (when asked for) the covariate. */
static trb_status select_rows(const trb_compare_plan *plan, size_t metric, const char *const *column, size_t n_columns, size_t covariate,
                              bool keep_missing, selection *s, trb_error *err)
{
    trb_cohort *cohort = plan->cohort;
    memset(s, 0, sizeof *s);
    s->row = trb_alloc_zero(cohort->n_rows + 1, sizeof *s->row, "rows", err);
    s->y = trb_alloc_zero(cohort->n_rows + 1, sizeof *s->y, "rows", err);
    s->x = trb_alloc_zero(cohort->n_rows + 1, sizeof *s->x, "rows", err);
    trb_status status = s->row && s->y && s->x ? TRB_OK : TRB_ERR_MEMORY;
    size_t n_levels, *level[3] = {NULL, NULL, NULL};
    const char **name;
    for (size_t c = 0; !status && c < n_columns; c++)
        status = trb_cohort_levels(cohort, column[c], &n_levels, &name, &level[c], err);
    for (size_t r = 0; !status && r < cohort->n_rows; r++) {
        const double value = cohort->metric[metric].value[r];
        bool good = cohort->row[r].group != TRB_COHORT_NO_GROUP && (keep_missing || !isnan(value));
        for (size_t c = 0; c < n_columns; c++)
            good = good && level[c][r] != TRB_COHORT_NO_GROUP;
        const double x = covariate == TRB_NO_INDEX ? 0 : cohort->metric[covariate].value[r];
        if (!good || isnan(x))
            continue;
        s->row[s->n] = r;
        s->y[s->n] = value;
        s->x[s->n++] = x;
    }
    if (status)
        selection_clear(s);
    return status;
}

/* ---- two factors */

static void twoway_rows(trb_compare_plan *plan, size_t metric, const json_t *block)
{
    const bool second = plan->o->sums_of_squares == 2;
    const place table = {"twoway", second ? "type II" : "type III", "", NULL, "F", "p", NULL};
    add_rows(plan, metric, table, json_object_get(block, second ? "type_II" : "type_III"));
    const char *key;
    json_t *part;
    json_object_foreach (json_object_get(block, "simple_effects"), key, part)
        add_rows(plan, metric, (place){"twoway", key, "", "diff", "t", "p_raw", "p_holm"}, part);
    const json_t *difference = json_object_get(block, "difference_in_differences");
    if (difference)
        add_row(plan, metric, &(place){"twoway", "interaction", "difference in differences", "estimate", "t", "p", NULL}, difference);
}

static trb_status twoway(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    const char *const column[2] = {plan->o->factors[0], plan->o->factors[1]};
    selection s;
    trb_column_factor a = {0}, b = {0};
    json_t *block = NULL;
    trb_status status = select_rows(plan, metric, column, 2, TRB_NO_INDEX, true, &s, err);
    if (!status)
        status = trb_column_factor_init(&a, plan->cohort, column[0], s.row, s.n, err);
    if (!status)
        status = trb_column_factor_init(&b, plan->cohort, column[1], s.row, s.n, err);
    if (!status && (a.factor.n_levels < 2 || b.factor.n_levels < 2))
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "--factors %s,%s: '%s' has only one level in this table", column[0], column[1],
                               a.factor.n_levels < 2 ? column[0] : column[1]);
    if (!status)
        status = trb_stat_twoway(s.y, s.n, &a.factor, &b.factor, plan->o->conf_level, &block, err);
    if (!status) {
        twoway_rows(plan, metric, block);
        trb_design_merge(tree, block);
    }
    trb_column_factor_clear(&a);
    trb_column_factor_clear(&b);
    selection_clear(&s);
    return status;
}

/* ---- a covariate */

static trb_status ancova(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    size_t covariate;
    trb_status status = trb_cohort_find_metric(plan->cohort, plan->o->covariate, &covariate, err);
    if (status || covariate == metric)
        return status;
    const char *const column[1] = {"group"};
    selection s;
    trb_column_factor group = {0};
    json_t *block = NULL, *correlation = NULL;
    status = select_rows(plan, metric, column, 1, covariate, false, &s, err);
    if (!status)
        status = trb_column_factor_init(&group, plan->cohort, "group", s.row, s.n, err);
    if (!status)
        status = trb_stat_ancova(s.y, s.x, s.n, &group.factor, plan->o->conf_level, &block, err);
    if (!status)
        status = trb_stat_correlation(s.x, s.y, s.n, plan->o->conf_level, &correlation, err);
    if (!status) {
        json_object_set_new(block, "correlation_with_covariate_all_animals", correlation);
        add_row(plan, metric, &(place){"ancova", "covariate", plan->o->covariate, "slope", "F", "p", NULL}, json_object_get(block, "covariate"));
        add_row(plan, metric, &(place){"ancova", "group", "adjusted for the covariate", NULL, "F", "p", NULL}, json_object_get(block, "group"));
        add_row(plan, metric, &(place){"ancova", "slopes", "homogeneity of slopes", NULL, "F", "p", NULL},
                json_object_get(block, "slopes_homogeneity"));
        add_rows(plan, metric, (place){"ancova", "adjusted means", "", "mean", NULL, NULL, NULL}, json_object_get(block, "adjusted_means"));
        add_rows(plan, metric, (place){"ancova", "pairs of adjusted means", "", "diff", "t", "p_raw", "p_holm"}, json_object_get(block, "pairs"));
        const double parallel = trb_doc_number(json_object_get(block, "slopes_homogeneity"), "p");
        char label[256];
        if (parallel < plan->o->alpha)
            trb_plan_warn(plan, "%s: the slopes on %s differ between the groups (p = %.3g), so adjusted means depend on where they are compared",
                          trb_metric_label(&plan->cohort->metric[metric], label), plan->o->covariate, parallel);
        trb_design_merge(tree, block);
    } else {
        json_decref(block);
        json_decref(correlation);
    }
    trb_column_factor_clear(&group);
    selection_clear(&s);
    return status;
}

/* ---- pairs */

/* The value of an animal in a group; NaN when there is none. *twice: there are two. */
static double value_of(const trb_cohort *cohort, size_t metric, const char *animal, size_t group, bool *twice)
{
    double value = NAN;
    int n = 0;
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (cohort->row[r].group == group && strcmp(cohort->row[r].animal, animal) == 0 && !isnan(cohort->metric[metric].value[r])) {
            value = cohort->metric[metric].value[r];
            n++;
        }
    *twice = *twice || n > 1;
    return value;
}

static trb_status paired(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    trb_cohort *cohort = plan->cohort;
    if (cohort->n_groups != 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--paired compares two groups of the same animals; this table has %zu", cohort->n_groups);
    double *a = trb_alloc(cohort->n_rows + 1, sizeof *a, "pairs", err), *b = trb_alloc(cohort->n_rows + 1, sizeof *b, "pairs", err);
    trb_status status = a && b ? TRB_OK : TRB_ERR_MEMORY;
    size_t n = 0;
    bool twice = false;
    const size_t other = 1 - plan->control;
    for (size_t r = 0; !status && r < cohort->n_rows; r++) {
        if (cohort->row[r].group != plan->control)
            continue;
        if (!cohort->row[r].animal[0])
            status = trb_error_set(err, TRB_ERR_DATA, "--paired needs a column that names the animal of every row; row %zu of %s has none",
                                   cohort->row[r].line, cohort->row[r].file);
        a[n] = value_of(cohort, metric, cohort->row[r].animal, plan->control, &twice);
        b[n] = value_of(cohort, metric, cohort->row[r].animal, other, &twice);
        n++;
    }
    if (!status && twice)
        status = trb_error_set(err, TRB_ERR_DATA, "--paired: an animal has several rows in one group: average them with --unit animal");
    json_t *block = NULL;
    if (!status)
        status = trb_stat_paired(a, b, n, plan->o->conf_level, &block, err);
    if (!status) {
        char term[1024];
        snprintf(term, sizeof term, "%s - %s", cohort->group_name[other], cohort->group_name[plan->control]);
        json_t *t = json_object_get(block, "paired_t");
        if (json_is_object(t) && !json_object_get(t, "mean_diff"))
            json_object_set_new(t, "mean_diff", trb_doc_real(trb_doc_number(block, "mean_diff")));
        add_row(plan, metric, &(place){"paired", "paired t", term, "mean_diff", "t", "p", NULL}, t);
        add_row(plan, metric, &(place){"paired", "Wilcoxon signed ranks", term, "hodges_lehmann", "V", "p_exact_conditional", NULL},
                json_object_get(block, "wilcoxon"));
        trb_design_merge(tree, block);
    }
    free(a);
    free(b);
    return status;
}

/* ---- time */

static void longitudinal_rows(trb_compare_plan *plan, size_t metric, const json_t *block)
{
    const json_t *mixed = json_object_get(block, "mixed_model");
    add_rows(plan, metric, (place){"longitudinal", "mixed model, type III, Satterthwaite", "", NULL, "F", "p", NULL},
             json_object_get(mixed, "type_III_satterthwaite"));
    add_rows(plan, metric, (place){"longitudinal", "mixed model, groups at each time", "", "estimate", "t", "p", NULL},
             json_object_get(mixed, "group_differences_by_time"));
    add_rows(plan, metric, (place){"longitudinal", "mixed model, change from the first time", "", "estimate", "t", "p", NULL},
             json_object_get(mixed, "change_from_first_time"));
    const json_t *rm = json_object_get(block, "rm_anova_complete_cases");
    add_row(plan, metric, &(place){"longitudinal", "repeated measures, complete animals", "group", NULL, "F", "p", NULL}, json_object_get(rm, "group"));
    add_row(plan, metric, &(place){"longitudinal", "repeated measures, Greenhouse-Geisser", "time", NULL, "F", "p_GG", NULL}, json_object_get(rm, "time"));
    add_row(plan, metric, &(place){"longitudinal", "repeated measures, Greenhouse-Geisser", "group:time", NULL, "F", "p_GG", NULL},
            json_object_get(rm, "group:time"));
    add_rows(plan, metric, (place){"longitudinal", "slope per animal, Welch", "", "diff", "t", "p", NULL},
             trb_doc_at(block, "summary_measure_slope", "welch", NULL));
    add_rows(plan, metric, (place){"longitudinal", "percent change first to last per animal, Welch", "", "diff", "t", "p", NULL},
             trb_doc_at(block, "percent_change_last_vs_first", "welch", NULL));
    add_rows(plan, metric, (place){"longitudinal", "last time adjusted for the first (ANCOVA)", "", "diff", "t", "p_raw", "p_holm"},
             trb_doc_at(block, "ancova_last_on_first", "pairs", NULL));
}

static trb_status longitudinal(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    trb_cohort *cohort = plan->cohort;
    const char *const column[3] = {"animal", "group", "time"};
    selection s;
    trb_column_factor factor[3] = {{{0}, NULL, NULL}, {{0}, NULL, NULL}, {{0}, NULL, NULL}};
    double *times = NULL;
    json_t *block = NULL;
    trb_status status = select_rows(plan, metric, column, 3, TRB_NO_INDEX, true, &s, err);
    if (!status && s.n == 0)
        status = trb_error_set(err, TRB_ERR_DATA, "--longitudinal needs the columns animal and time in every row");
    for (int i = 0; !status && i < 3; i++)
        status = trb_column_factor_init(&factor[i], cohort, column[i], s.row, s.n, err);
    const size_t n_times = factor[2].factor.n_levels;
    if (!status && n_times < 2)
        status = trb_error_set(err, TRB_ERR_DATA, "--longitudinal: all rows have the same time");
    if (!status && !(times = trb_alloc_zero(n_times + 1, sizeof *times, "times", err)))
        status = TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < s.n; i++) {
        const double value = cohort->row[s.row[i]].time_value;
        times[factor[2].level[i]] = isnan(value) ? (double)factor[2].level[i] : value;
    }
    if (!status)
        status = trb_stat_longitudinal(s.y, s.n, &factor[0].factor, &factor[1].factor, &factor[2].factor, times, plan->o->conf_level, &block, err);
    if (!status) {
        longitudinal_rows(plan, metric, block);
        trb_design_merge(tree, block);
    }
    for (int i = 0; i < 3; i++)
        trb_column_factor_clear(&factor[i]);
    free(times);
    selection_clear(&s);
    return status;
}

trb_status trb_design_rows(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    trb_status status = TRB_OK;
    char label[256];
    if (plan->o->factors[0] && plan->o->factors[1])
        status = twoway(plan, metric, tree, err);
    if (!status && plan->o->covariate)
        status = ancova(plan, metric, tree, err);
    if (!status && plan->o->paired)
        status = paired(plan, metric, tree, err);
    if (!status && plan->o->longitudinal)
        status = longitudinal(plan, metric, tree, err);
    if (status)
        trb_error_within(err, "%s", trb_metric_label(&plan->cohort->metric[metric], label));
    return status;
}
