/* compare_omnibus.c - the tests over all groups, percent rescue, and the diagnostics that are reported, not obeyed. */
#include "study/compare_parts.h"
#include "study/document_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char *label_of(const trb_compare_plan *plan, size_t metric, char buffer[256])
{
    return trb_metric_label(&plan->cohort->metric[metric], buffer);
}

static void add_omnibus(trb_compare_plan *plan, size_t metric, const json_t *block, const char *test, const char *statistic,
                        bool chosen)
{
    char label[256];
    json_t *row = json_pack("{s:s,s:s,s:b,s:s}", "metric", label_of(plan, metric, label), "test", test, "chosen", chosen,
                            "statistic_name", statistic);
    if (!row)
        return;
    const char *df1 = json_object_get(block, "df1") ? "df1" : "df";
    json_object_set_new(row, "statistic", trb_doc_real(trb_doc_number(block, statistic)));
    json_object_set_new(row, "df1", trb_doc_real(trb_doc_number(block, df1)));
    json_object_set_new(row, "df2", trb_doc_real(trb_doc_number(block, "df2")));
    json_object_set_new(row, "p", trb_doc_real(trb_doc_number(block, json_object_get(block, "p_two_sided") ? "p_two_sided" : "p")));
    json_object_set_new(row, "note", json_string(trb_doc_text(block, "note")));
    json_array_append_new(plan->omnibus, row);
}

static void add_diagnostic(trb_compare_plan *plan, size_t metric, const char *test, const char *group, const char *sample,
                           double statistic, double p, const char *note)
{
    char label[256];
    json_t *row = json_pack("{s:s,s:s,s:s,s:s}", "metric", label_of(plan, metric, label), "test", test, "group", group, "sample",
                            sample);
    if (!row)
        return;
    json_object_set_new(row, "statistic", trb_doc_real(statistic));
    json_object_set_new(row, "p", trb_doc_real(p));
    json_object_set_new(row, "note", json_string(note));
    json_array_append_new(plan->diagnostics, row);
}

/* Who lies outside Tukey's fences, and whom Grubbs' test points at: by name, never dropped. */
static void add_outliers(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree, size_t g)
{
    const trb_sample_group *group = &values->groups.group[g];
    const json_t *block = trb_doc_at(tree, "outliers", group->name, NULL);
    const double lo = trb_doc_number(block, "tukey_fence_lo"), hi = trb_doc_number(block, "tukey_fence_hi");
    const double grubbs = trb_doc_number(block, "grubbs_value"), grubbs_p = trb_doc_number(block, "grubbs_p");
    for (size_t i = 0; i < group->n; i++) {
        const char *sample = plan->cohort->row[values->row[g][i]].sample;
        if (group->n >= 4 && (group->value[i] < lo || group->value[i] > hi))
            add_diagnostic(plan, metric, "tukey_fence", group->name, sample, group->value[i], NAN,
                           group->value[i] < lo ? "below the lower fence" : "above the upper fence");
        if (grubbs_p < plan->o->alpha && group->value[i] == grubbs)
            add_diagnostic(plan, metric, "grubbs", group->name, sample, trb_doc_number(block, "grubbs_G"), grubbs_p,
                           "the farthest value of its group");
    }
}

static void add_diagnostics(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree)
{
    for (size_t g = 0; g < values->groups.n_groups; g++) {
        const json_t *shapiro = trb_doc_at(tree, "normality", "by_group", values->groups.group[g].name, NULL);
        add_diagnostic(plan, metric, "shapiro_wilk", values->groups.group[g].name, "", trb_doc_number(shapiro, "W"),
                       trb_doc_number(shapiro, "p"), trb_doc_text(shapiro, "note"));
    }
    const json_t *residuals = trb_doc_at(tree, "normality", "anova_residuals", NULL);
    add_diagnostic(plan, metric, "shapiro_wilk", "(residuals)", "", trb_doc_number(residuals, "W"), trb_doc_number(residuals, "p"),
                   trb_doc_text(residuals, "note"));
    static const struct {
        const char *key, *statistic;
    } VARIANCE[] = {{"levene_mean", "F"}, {"brown_forsythe_median", "F"}, {"bartlett", "K2"}};
    for (size_t i = 0; i < 3; i++) {
        const json_t *block = trb_doc_at(tree, "variance", VARIANCE[i].key, NULL);
        add_diagnostic(plan, metric, VARIANCE[i].key, "", "", trb_doc_number(block, VARIANCE[i].statistic), trb_doc_number(block, "p"),
                       trb_doc_text(block, "note"));
    }
    for (size_t g = 0; g < values->groups.n_groups; g++)
        add_outliers(plan, metric, values, tree, g);
}

static void add_rescues(trb_compare_plan *plan, size_t metric, const json_t *tree)
{
    const char **name = plan->cohort->group_name;
    const bool pooled = plan->o->test == TRB_TEST_STUDENT;
    char label[256], key[1024];
    for (size_t i = 0; i < plan->n_rescues; i++) {
        const trb_rescue_choice c = plan->rescue[i];
        snprintf(key, sizeof key, "%s | %s", name[c.treated], name[c.disease]);
        const json_t *block = trb_doc_at(tree, "rescue", key, NULL);
        json_t *row = json_pack("{s:s,s:b,s:s,s:s,s:s}", "metric", label_of(plan, metric, label), "primary", metric == plan->primary,
                                "sham", name[c.sham], "disease", name[c.disease], "treated", name[c.treated]);
        if (!row)
            continue;
        double lo = trb_doc_number(block, pooled ? "fieller_pooled_lo" : "fieller_welch_lo");
        double hi = trb_doc_number(block, pooled ? "fieller_pooled_hi" : "fieller_welch_hi");
        const char *note = trb_doc_text(block, "note");
        if (!block)
            note = "too few animals";
        else if (!*note && isnan(lo))
            note = "no interval: the healthy and the diseased group do not differ enough";
        json_object_set_new(row, "percent", trb_doc_real(trb_doc_number(block, "percent")));
        json_object_set_new(row, "lo", trb_doc_real(lo));
        json_object_set_new(row, "hi", trb_doc_real(hi));
        json_object_set_new(row, "method", json_string(pooled ? "fieller_pooled" : "fieller_welch"));
        json_object_set_new(row, "note", json_string(note));
        json_array_append_new(plan->rescues, row);
    }
}

trb_status trb_omnibus_rows(trb_compare_plan *plan, size_t metric, const trb_cohort_values *values, const json_t *tree, trb_error *err)
{
    const json_t *omnibus = json_object_get(tree, "omnibus");
    const trb_test test = plan->o->test;
    const bool many = plan->cohort->n_groups > 2;
    add_omnibus(plan, metric, json_object_get(omnibus, "welch"), "welch_anova", "F", many && test == TRB_TEST_WELCH);
    add_omnibus(plan, metric, json_object_get(omnibus, "anova"), "anova", "F", many && test == TRB_TEST_STUDENT);
    add_omnibus(plan, metric, json_object_get(omnibus, "brown_forsythe_F"), "brown_forsythe_anova", "F", false);
    add_omnibus(plan, metric, json_object_get(omnibus, "kruskal"), "kruskal_wallis", "H",
                many && (test == TRB_TEST_RANK || test == TRB_TEST_DUNN));
    const json_t *trend = json_object_get(tree, "trend");
    if (trend) {
        add_omnibus(plan, metric, json_object_get(trend, "linear_contrast"), "linear_trend", "t", false);
        add_omnibus(plan, metric, json_object_get(trend, "jonckheere"), "jonckheere_terpstra", "z", false);
    }
    add_rescues(plan, metric, tree);
    add_diagnostics(plan, metric, values, tree);
    const json_t *warnings = json_object_get(tree, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++) {
        char label[256];
        const char *text = json_string_value(json_array_get(warnings, i));
        /* What ranks cannot reach matters to those who rank; the tree keeps it for all. */
        if (strncmp(text, "a rank test", 11) != 0 || test == TRB_TEST_RANK || test == TRB_TEST_DUNN)
            trb_plan_warn(plan, "%s: %s", label_of(plan, metric, label), text);
    }
    (void)err;
    return TRB_OK;
}
