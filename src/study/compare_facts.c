/*
 * compare_facts.c - what concerns all metrics together: animals that stand out everywhere, the animal nearest to its
 * group's mean (for the 3D picture), differences of the measurement between groups, sizes for the next study.
 */
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_designs.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- animals that stand out in many metrics: rather a scan or VOI at fault than biology */

#define MANY_METRICS 3

static void warn_conspicuous(trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    size_t i;
    const json_t *row;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        int n = 0;
        json_array_foreach (plan->diagnostics, i, row)
            n += strcmp(trb_doc_text(row, "test"), "tukey_fence") == 0 && strcmp(trb_doc_text(row, "sample"), cohort->row[r].sample) == 0;
        if (n >= MANY_METRICS && (size_t)n * 2 >= plan->n_metrics)
            trb_plan_warn(plan, "%s (%s) lies outside the fences of its group in %d of %zu metrics: look at its QC picture, a scan or VOI may be "
                                "at fault; it was kept", cohort->row[r].sample, cohort->group_name[cohort->row[r].group], n, plan->n_metrics);
    }
}

/* ---- the representative animal */

/* Sum over the metrics of the squared distance from the group's mean in SDs; NaN when a value is missing. */
static double distance2(const trb_compare_plan *plan, size_t r)
{
    const trb_cohort *cohort = plan->cohort;
    const char *group = cohort->group_name[cohort->row[r].group];
    double sum = 0;
    char label[256];
    for (size_t i = 0; i < plan->n_metrics; i++) {
        const trb_cohort_metric *m = &cohort->metric[plan->metric[i]];
        const json_t *d = trb_doc_at(plan->metrics, trb_metric_label(m, label), "descriptive", group, NULL);
        const double mean = trb_doc_number(d, "mean"), sd = trb_doc_number(d, "sd");
        if (isnan(sd) || sd == 0)
            continue; /* says nothing about who is typical */
        const double z = (m->value[r] - mean) / sd;
        sum += z * z;
    }
    return sum;
}

static void add_representatives(trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    json_t *all = json_object();
    for (size_t g = 0; g < cohort->n_groups; g++) {
        size_t best = TRB_NO_INDEX;
        double least = INFINITY;
        for (size_t r = 0; r < cohort->n_rows; r++) {
            const double d2 = cohort->row[r].group == g ? distance2(plan, r) : NAN;
            if (d2 < least || (d2 == least && best != TRB_NO_INDEX && strcmp(cohort->row[r].sample, cohort->row[best].sample) < 0)) {
                least = d2;
                best = r;
            }
        }
        if (best != TRB_NO_INDEX)
            json_object_set_new(all, cohort->group_name[g], json_pack("{s:s,s:f}", "sample", cohort->row[best].sample, "distance_sd",
                                                                      sqrt(least / (double)plan->n_metrics)));
    }
    json_object_set_new(plan->document, "representative", all);
}

/* ---- the measurement must not differ between groups */

static void warn_differences(trb_compare_plan *plan)
{
    const trb_cohort *cohort = plan->cohort;
    for (size_t m = 0; m < cohort->n_metrics; m++) {
        const trb_cohort_metric *metric = &cohort->metric[m];
        if (strncmp(metric->key, "voxel size", 10) != 0 && strcmp(metric->key, "voxel.size") != 0)
            continue;
        double lo = INFINITY, hi = -INFINITY;
        for (size_t r = 0; r < cohort->n_rows; r++)
            if (cohort->row[r].group != TRB_COHORT_NO_GROUP && !isnan(metric->value[r])) {
                lo = fmin(lo, metric->value[r]);
                hi = fmax(hi, metric->value[r]);
            }
        if (hi > lo * 1.001)
            trb_plan_warn(plan, "the voxel size is not the same in all scans (%g to %g %s): every metric depends on it; compare scans of one "
                                "voxel size", lo, hi, metric->unit);
    }
    /* A text column with one value in each group and not the same in all is confounded with the group. */
    for (size_t a = 0; a < cohort->n_attributes; a++) {
        const trb_cohort_attribute *attribute = &cohort->attribute[a];
        bool constant_within = true, differs = false;
        const char *first_of_all = NULL;
        for (size_t g = 0; g < cohort->n_groups; g++) {
            const char *first = NULL;
            size_t n = 0;
            for (size_t r = 0; r < cohort->n_rows; r++) {
                if (cohort->row[r].group != g || !attribute->text[r][0])
                    continue;
                n++;
                constant_within = constant_within && (!first || strcmp(first, attribute->text[r]) == 0);
                first = first ? first : attribute->text[r];
            }
            constant_within = constant_within && n > 1;
            differs = differs || (first && first_of_all && strcmp(first, first_of_all) != 0);
            first_of_all = first_of_all ? first_of_all : first;
        }
        bool is_factor = false;
        for (int f = 0; f < 2; f++)
            is_factor = is_factor || (plan->o->factors[f] && strcmp(plan->o->factors[f], attribute->name) == 0);
        if (constant_within && differs && !is_factor && cohort->n_groups > 1)
            trb_plan_warn(plan, "'%s' goes with the group (each group has one value, and they differ): its effect cannot be told from that of the "
                                "group", attribute->name);
    }
}

/* ---- how many animals the next study needs */

static trb_status add_power(trb_compare_plan *plan, trb_error *err)
{
    const trb_cohort *cohort = plan->cohort;
    const size_t k = cohort->n_groups;
    double *number = trb_alloc_zero(2 * k + 1, sizeof *number, "group means", err);
    size_t *n = trb_alloc_zero(k + 1, sizeof *n, "group sizes", err);
    json_t *all = json_object();
    trb_status status = number && n && all ? TRB_OK : TRB_ERR_MEMORY;
    char label[256];
    for (size_t i = 0; !status && i < plan->n_metrics; i++) {
        const char *name = trb_metric_label(&cohort->metric[plan->metric[i]], label);
        bool usable = true;
        for (size_t g = 0; g < k; g++) {
            const json_t *d = trb_doc_at(plan->metrics, name, "descriptive", cohort->group_name[g], NULL);
            number[g] = trb_doc_number(d, "mean");
            number[k + g] = trb_doc_number(d, "sd");
            n[g] = (size_t)json_integer_value(json_object_get(d, "n"));
            usable = usable && (n[g] < 2 || (isfinite(number[g]) && isfinite(number[k + g])));
        }
        json_t *block = NULL;
        const trb_power_groups groups = {k, cohort->group_name, number, number + k, n, 0.8, plan->o->alpha};
        trb_error unused;
        if (usable && !trb_stat_power_plan(&groups, &block, &unused))
            json_object_set_new(all, name, block);
    }
    free(number);
    free(n);
    if (status)
        json_decref(all);
    else
        json_object_set_new(plan->document, "planning", all);
    return status;
}

trb_status trb_cohort_facts(trb_compare_plan *plan, trb_error *err)
{
    warn_conspicuous(plan);
    warn_differences(plan);
    add_representatives(plan);
    return plan->cohort->n_groups <= 12 ? add_power(plan, err) : TRB_OK;
}
