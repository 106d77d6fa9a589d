/* compare_nested.c - scans behind animals, two columns of one row, and how designs become rows of the table. */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_designs.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_design_row(trb_compare_plan *plan, const char *label, const trb_design_place *at, const json_t *block)
{
    json_t *row = json_pack("{s:s,s:s,s:s,s:s}", "metric", label, "design", at->design, "part", at->part, "term", at->term);
    if (!row)
        return;
    const char *df = json_object_get(block, "df1") ? "df1" : "df";
#define REAL(key, from) json_object_set_new(row, key, trb_doc_real((from) ? trb_doc_number(block, from) : NAN))
    REAL("estimate", at->estimate);
    REAL("se", "se");
    REAL("ci_lo", "ci_lo");
    REAL("ci_hi", "ci_hi");
    json_object_set_new(row, "statistic_name", json_string(at->statistic ? at->statistic : ""));
    REAL("statistic", at->statistic);
    REAL("df1", df);
    REAL("df2", "df2");
    REAL("p", at->p);
    REAL("p_adjusted", at->p_adjusted);
#undef REAL
    json_object_set_new(row, "note", json_string(trb_doc_text(block, "note")));
    json_array_append_new(plan->designs, row);
}

void trb_design_merge(json_t *tree, json_t *block)
{
    json_object_update_recursive(tree, block);
    json_decref(block);
}

/* ---- scans behind animals */

static trb_status scan_factors(trb_cohort *scans, size_t metric, size_t *row, double *y, size_t *n, bool *sides, trb_error *err)
{
    size_t n_levels, *level;
    const char **name;
    trb_status status = trb_cohort_levels(scans, "animal", &n_levels, &name, &level, err);
    *n = 0;
    *sides = true;
    for (size_t r = 0; !status && r < scans->n_rows; r++) {
        if (scans->row[r].group == TRB_COHORT_NO_GROUP || level[r] == TRB_COHORT_NO_GROUP)
            continue;
        *sides = *sides && scans->row[r].side[0];
        y[*n] = scans->metric[metric].value[r];
        row[(*n)++] = r;
    }
    return status;
}

/* What the scans of one animal have in common, told once a metric. */
static void say_icc(trb_compare_plan *plan, const char *label, const json_t *block)
{
    const json_t *icc = json_object_get(block, "icc_within_groups");
    const double value = json_is_object(icc) ? trb_doc_number(icc, "icc") : json_number_value(icc);
    trb_design_row(plan, label, &(trb_design_place){"nested", "scans of one animal", "intraclass correlation", "icc", NULL, NULL, NULL}, icc);
    if (isfinite(value) && value > 0)
        trb_plan_step(plan, "%s: scans of one animal correlate by %.2f (ICC within groups); counted as animals they would say too much.", label, value);
}

trb_status trb_nested_rows(trb_compare_plan *plan, size_t metric, json_t *tree, trb_error *err)
{
    trb_cohort *scans = plan->o->scans;
    char label[256], other[256];
    const char *name = trb_metric_label(&plan->cohort->metric[metric], label);
    size_t same = 0, n;
    while (same < scans->n_metrics && strcmp(trb_metric_label(&scans->metric[same], other), name) != 0)
        same++;
    if (same == scans->n_metrics)
        return TRB_OK;
    bool sides;
    size_t *row = trb_alloc(scans->n_rows + 1, sizeof *row, "scans", err);
    double *y = trb_alloc(scans->n_rows + 1, sizeof *y, "scans", err);
    trb_column_factor animal = {{0}, NULL, NULL}, group = {{0}, NULL, NULL}, side = {{0}, NULL, NULL};
    json_t *block = NULL;
    trb_status status = row && y ? scan_factors(scans, same, row, y, &n, &sides, err) : TRB_ERR_MEMORY;
    if (!status)
        status = trb_column_factor_init(&animal, scans, "animal", row, n, err);
    if (!status)
        status = trb_column_factor_init(&group, scans, "group", row, n, err);
    if (!status && sides)
        status = trb_column_factor_init(&side, scans, "side", row, n, err);
    const bool two_sides = !status && sides && side.factor.n_levels == 2;
    if (!status) {
        trb_error unused;
        /* Two scans of one side are repeats: their sides say nothing here. */
        if (trb_stat_nested(y, n, &animal.factor, &group.factor, two_sides ? &side.factor : NULL, plan->o->conf_level, &block, &unused))
            status = trb_stat_nested(y, n, &animal.factor, &group.factor, NULL, plan->o->conf_level, &block, err);
    }
    if (!status) {
        say_icc(plan, name, block);
        if (plan->o->full)
            json_object_set_new(block, "animal_level", json_deep_copy(tree));
        trb_design_merge(tree, block);
    }
    trb_column_factor_clear(&animal);
    trb_column_factor_clear(&group);
    trb_column_factor_clear(&side);
    free(row);
    free(y);
    return status;
}

/* ---- two columns of one row */

trb_status trb_paired_columns(trb_compare_plan *plan, trb_error *err)
{
    const trb_cohort *cohort = plan->cohort;
    size_t a, b;
    trb_status status = trb_cohort_find_metric(cohort, plan->o->paired_columns[0], &a, err);
    if (!status)
        status = trb_cohort_find_metric(cohort, plan->o->paired_columns[1], &b, err);
    json_t *block = NULL;
    if (!status)
        status = trb_stat_paired(cohort->metric[a].value, cohort->metric[b].value, cohort->n_rows, plan->o->conf_level, &block, err);
    if (status)
        return status;
    char name[600];
    snprintf(name, sizeof name, "%s minus %s", cohort->metric[b].key, cohort->metric[a].key);
    json_t *t = json_object_get(block, "paired_t"), *rank = json_object_get(block, "wilcoxon");
    trb_design_row(plan, name, &(trb_design_place){"paired", "paired t", name, NULL, "t", "p", NULL}, t);
    trb_design_row(plan, name, &(trb_design_place){"paired", "Wilcoxon signed ranks", name, "hodges_lehmann", "V", "p_exact_conditional", NULL}, rank);
    json_object_set_new(plan->metrics, name, block);
    return TRB_OK;
}
