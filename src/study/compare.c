/*
 * compare.c - a cohort in, a document of results out.
 *
 * The metrics are independent of each other, so their trees are made in parallel, each by one thread; the tables of the
 * document are then filled in the order of the metrics.
 */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_tree.h"
#include "trabecula/version.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- the document */

static json_t *text(const char *value)
{
    json_t *string = json_string(value ? value : "");
    return string ? string : json_string("(not UTF-8)");
}

static json_t *program(void)
{
    const trb_build *build = trb_build_facts();
    return json_pack("{s:s,s:s,s:s,s:s,s:s}", "name", "Trabecula", "version", build->version, "commit", build->commit, "libRmath",
                     build->rmath, "gsl", build->gsl);
}

static json_t *names(const char *const *name, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(array, text(name[i]));
    return array;
}

static json_t *design(const trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    const trb_compare_options *o = plan->o;
    const char *type = o->longitudinal ? "longitudinal" : o->paired ? "paired" : o->factors[0] ? "twoway" : o->covariate ? "ancova" : "oneway";
    json_t *object = json_pack("{s:s,s:o,s:s,s:s}", "type", type, "groups", names(cohort->group_name, cohort->n_groups), "control",
                               cohort->group_name[plan->control], "unit", cohort->averaged ? "animal (scans averaged)" : "row (one an animal)");
    json_object_set_new(object, "reference", plan->reference == TRB_NO_INDEX ? json_null() : text(cohort->group_name[plan->reference]));
    char label[256];
    json_object_set_new(object, "primary", plan->primary == TRB_NO_INDEX ? json_null() : text(trb_metric_label(&cohort->metric[plan->primary], label)));
    if (o->factors[0])
        json_object_set_new(object, "factors", names(o->factors, 2));
    if (o->covariate)
        json_object_set_new(object, "covariate", text(o->covariate));
    return object;
}

static json_t *choices(const trb_compare_plan *plan)
{
    const trb_compare_options *o = plan->o;
    return json_pack("{s:s,s:s,s:s,s:f,s:f,s:i,s:b,s:I}", "test", trb_test_name(o->test), "pairs", trb_pairs_name(o->pairs), "adjust",
                     trb_multiple_name(o->adjust), "alpha", o->alpha, "conf_level", o->conf_level, "sums_of_squares", o->sums_of_squares, "full",
                     o->full, "seed", (json_int_t)o->seed);
}

static json_t *exclusions(const trb_cohort *cohort)
{
    json_t *array = json_array();
    for (size_t i = 0; i < cohort->n_exclusions; i++)
        json_array_append_new(array, json_pack("{s:o,s:o,s:o,s:o}", "sample", text(cohort->exclusion[i].sample), "animal",
                                               text(cohort->exclusion[i].animal), "group", text(cohort->exclusion[i].group), "reason",
                                               text(cohort->exclusion[i].reason)));
    return array;
}

/* Every animal with its values: the supplement that journals ask for, and what the figures draw. */
/* An array of the lines of a text; those that are empty are left out. */
static json_t *lines(const char *all)
{
    json_t *array = json_array();
    for (size_t n; *all; all += n + (all[n] == '\n')) {
        n = strcspn(all, "\n");
        if (n)
            json_array_append_new(array, json_stringn(all, n));
    }
    return array;
}

static json_t *animals(const trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    json_t *array = json_array();
    char label[256];
    for (size_t g = 0; g < cohort->n_groups; g++)
        for (size_t r = 0; r < cohort->n_rows; r++) {
            if (cohort->row[r].group != g)
                continue;
            json_t *values = json_object();
            for (size_t i = 0; i < plan->n_metrics; i++) {
                const trb_cohort_metric *m = &cohort->metric[plan->metric[i]];
                json_object_set_new(values, trb_metric_label(m, label), trb_doc_real(m->value[r]));
            }
            json_array_append_new(array, json_pack("{s:o,s:o,s:I,s:o,s:o}", "sample", text(cohort->row[r].sample), "group",
                                                   text(cohort->group_name[g]), "scans", (json_int_t)cohort->row[r].n_scans,
                                                   "scan_names", lines(cohort->row[r].scans), "values", values));
        }
    return array;
}

/* How each metric's label is made of key and unit. */
static json_t *labels(const trb_compare_plan *plan)
{
    json_t *array = json_array();
    char label[256];
    for (size_t i = 0; i < plan->n_metrics; i++) {
        const trb_cohort_metric *m = &plan->cohort->metric[plan->metric[i]];
        json_array_append_new(array, json_pack("{s:o,s:o,s:o}", "label", text(trb_metric_label(m, label)), "key", text(m->key), "unit", text(m->unit)));
    }
    return array;
}

static json_t *part(trb_compare_plan *plan, const char *key, json_t *value)
{
    json_object_set_new(plan->document, key, value);
    return json_object_get(plan->document, key);
}

static trb_status make_document(trb_compare_plan *plan, trb_error *err)
{
    plan->document = json_object();
    if (!plan->document)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the comparison");
    part(plan, "schema", json_string("trabecula.cohort/1"));
    part(plan, "program", program());
    part(plan, "conf_level", json_real(plan->o->conf_level));
    part(plan, "alpha", json_real(plan->o->alpha));
    part(plan, "design", design(plan));
    part(plan, "choices", choices(plan));
    plan->steps = part(plan, "steps", json_array());
    plan->warnings = part(plan, "warnings", json_array());
    part(plan, "labels", labels(plan));
    part(plan, "exclusions", exclusions(plan->cohort));
    plan->metrics = part(plan, "metrics", json_object());
    plan->comparisons = part(plan, "comparisons", json_array());
    plan->omnibus = part(plan, "omnibus", json_array());
    plan->rescues = part(plan, "rescue", json_array());
    plan->designs = part(plan, "designs", json_array());
    plan->sensitivity = part(plan, "sensitivity", json_array());
    plan->diagnostics = part(plan, "diagnostics", json_array());
    part(plan, "animals", animals(plan));
    for (size_t i = 0; i < plan->cohort->n_notes; i++)
        trb_plan_step(plan, "%s", plan->cohort->note[i]);
    for (size_t i = 0; i < plan->cohort->n_warnings; i++)
        trb_plan_warn(plan, "%s", plan->cohort->warning[i]);
    return TRB_OK;
}

/* ---- what was decided, and why */

static void say_steps(trb_compare_plan *plan)
{
    const trb_compare_options *o = plan->o;
    const trb_cohort *cohort = plan->cohort;
    const size_t k = cohort->n_groups;
    trb_plan_step(plan, cohort->averaged ? "The unit of analysis is the animal: scans of one animal were averaged before any statistics."
                                         : "Each row counts as one animal.");
    if (k == 1) {
        trb_plan_step(plan, "One group: it is described, nothing is compared.");
        return;
    }
    if (!o->control || !o->control[0])
        trb_plan_step(plan, "No --control was given: the first group, %s, is the control.", cohort->group_name[plan->control]);
    if (plan->reference == TRB_NO_INDEX)
        trb_plan_step(plan, "No --reference (healthy group) was given: percent rescue is not computed.");
    switch (o->test) {
    case TRB_TEST_WELCH:
        trb_plan_step(plan, "Welch's test is used whatever the variances look like: it costs almost nothing when they are equal, and a preliminary "
                            "test of them would spoil the error rate (Zimmerman 2004; Delacre et al. 2017).");
        break;
    case TRB_TEST_STUDENT: trb_plan_step(plan, "Student's test with the pooled variance of all groups was asked for."); break;
    case TRB_TEST_RANK: trb_plan_step(plan, "Rank tests were asked for: exact Mann-Whitney, ties included."); break;
    case TRB_TEST_DUNN: trb_plan_step(plan, "Dunn's test on the ranks of all groups was asked for."); break;
    case TRB_TEST_PERMUTATION: trb_plan_step(plan, "Permutation tests of the means were asked for."); break;
    }
    trb_plan_step(plan, "%zu planned comparison%s a metric (%s), p values adjusted by %s.", plan->n_contrasts, plan->n_contrasts == 1 ? "" : "s",
                  o->pairs == TRB_PAIRS_CONTROL ? "every group against the control" : o->pairs == TRB_PAIRS_ALL ? "all pairs" : "as listed",
                  trb_multiple_name(o->adjust));
    if (k > 2)
        trb_plan_step(plan, "The test over all groups is reported and is no gate: planned comparisons need none.");
    if (o->adjust == TRB_MULTIPLE_HOLM || o->adjust == TRB_MULTIPLE_BH || o->adjust == TRB_MULTIPLE_HOLM_SIDAK)
        trb_plan_step(plan, "Intervals of the differences are plain %g %% intervals: this adjustment has no simultaneous ones.", 100 * o->conf_level);
    char label[256];
    if (plan->primary != TRB_NO_INDEX)
        trb_plan_step(plan, "%s is the primary metric and is tested at full alpha; q values (Benjamini-Hochberg over the other metrics of a "
                            "comparison, from unadjusted p) stand beside.", trb_metric_label(&cohort->metric[plan->primary], label));
    else if (plan->n_metrics > 1)
        trb_plan_step(plan, "No --primary metric was named: q values (Benjamini-Hochberg over the metrics of a comparison, from unadjusted p) stand "
                            "beside the p values.");
    trb_plan_step(plan, "Diagnostics (normality, variances, outliers) are reported, not obeyed; no value was dropped by a test.");
}

/* ---- the metrics */

typedef struct metric_work {
    trb_cohort_values values;
    json_t *tree;
    trb_status status;
    trb_error err;
} metric_work;

static void work_clear(metric_work *work, size_t n)
{
    for (size_t i = 0; work && i < n; i++) {
        trb_cohort_values_clear(&work[i].values);
        json_decref(work[i].tree);
    }
    free(work);
}

static void make_tree(const trb_compare_plan *plan, size_t i, metric_work *work)
{
    trb_stat_options o = trb_stat_options_default();
    o.has_control = plan->cohort->n_groups > 1;
    o.control = plan->control;
    o.n_rescues = plan->n_rescues;
    o.rescue = plan->rescue;
    o.ordered = plan->o->ordered;
    o.bootstrap = plan->o->full && plan->n_rescues > 0;
    o.full = plan->o->full;
    o.seed = plan->o->seed;
    o.conf_level = plan->o->conf_level;
    work->status = trb_cohort_groups(plan->cohort, plan->metric[i], &work->values, &work->err);
    if (!work->status)
        work->status = trb_stat_tree_oneway(&work->values.groups, &o, &work->tree, &work->err);
}

static trb_status rows_of_metric(trb_compare_plan *plan, size_t i, metric_work *work, trb_error *err)
{
    char label[256];
    const size_t metric = plan->metric[i];
    const char *name = trb_metric_label(&plan->cohort->metric[metric], label);
    if (work->status) {
        if (err)
            *err = work->err;
        trb_error_within(err, "%s", name);
        return work->status;
    }
    json_object_set(plan->metrics, name, work->tree);
    trb_status status = trb_omnibus_rows(plan, metric, &work->values, work->tree, err);
    if (!status && !plan->o->paired && !plan->o->longitudinal)
        status = trb_contrast_rows(plan, metric, &work->values, work->tree, err);
    if (!status)
        status = trb_design_rows(plan, metric, work->tree, err);
    return status || !plan->o->scans ? status : trb_nested_rows(plan, metric, work->tree, err);
}

static trb_status compare_metrics(trb_compare_plan *plan, trb_error *err)
{
    metric_work *work = trb_alloc_zero(plan->n_metrics + 1, sizeof *work, "metrics", err);
    trb_status status = work ? TRB_OK : TRB_ERR_MEMORY;
    if (work) {
#pragma omp parallel for schedule(dynamic, 1)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)plan->n_metrics; i++)
            make_tree(plan, (size_t)i, &work[i]);
    }
    for (size_t i = 0; !status && i < plan->n_metrics; i++)
        status = rows_of_metric(plan, i, &work[i], err);
    work_clear(work, plan->n_metrics);
    json_t *across = NULL;
    if (!status && plan->o->paired_columns[0])
        status = trb_paired_columns(plan, err);
    if (!status)
        status = trb_stat_tree_across(plan->metrics, &across, err);
    if (!status)
        json_object_set_new(plan->document, "across_metrics", across);
    if (!status && json_array_size(plan->comparisons))
        status = trb_contrast_across(plan, err);
    return status ? status : trb_cohort_facts(plan, err);
}

trb_status trb_compare(trb_cohort *cohort, const trb_compare_options *options, trb_comparison **out, trb_error *err)
{
    *out = NULL;
    trb_compare_plan plan;
    trb_status status = trb_plan_init(&plan, cohort, options, err);
    if (!status)
        status = make_document(&plan, err);
    if (!status) {
        say_steps(&plan);
        status = compare_metrics(&plan, err);
    }
    if (!status)
        status = trb_compare_methods(&plan, err);
    if (!status && !(*out = trb_alloc_zero(1, sizeof **out, "the comparison", err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        (*out)->document = plan.document;
    else
        json_decref(plan.document);
    trb_plan_clear(&plan);
    return status;
}

void trb_comparison_destroy(trb_comparison *comparison)
{
    if (comparison)
        json_decref(comparison->document);
    free(comparison);
}

trb_status trb_comparison_json(const trb_comparison *comparison, char **out, trb_error *err)
{
    *out = json_dumps(comparison->document, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    return *out ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the results");
}

size_t trb_comparison_warnings(const trb_comparison *comparison)
{
    return json_array_size(json_object_get(comparison->document, "warnings"));
}

const char *trb_comparison_warning(const trb_comparison *comparison, size_t i)
{
    return json_string_value(json_array_get(json_object_get(comparison->document, "warnings"), i));
}

trb_status trb_comparison_note(trb_comparison *comparison, const char *key, const char *value, trb_error *err)
{
    return json_object_set_new(comparison->document, key, text(value)) ? trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a note") : TRB_OK;
}
