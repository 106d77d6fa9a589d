/* compare_plan.c - what will be compared with what: options checked against the cohort, before anything is computed. */
#include "study/cohort_header.h"
#include "study/compare_parts.h"

#include "core/memory.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A header that is our key with a spelling of our unit stays as it was written: "Conn.D [1/mm3]". */
static bool header_serves(const trb_cohort_metric *metric)
{
    const size_t key = strlen(metric->key), all = strlen(metric->header);
    char unit[64];
    if (strncmp(metric->header, metric->key, key) != 0 || strncmp(metric->header + key, " [", 2) != 0 || all < key + 3 ||
        metric->header[all - 1] != ']' || all - key - 3 >= sizeof unit || all >= 256)
        return false;
    memcpy(unit, metric->header + key + 2, all - key - 3);
    unit[all - key - 3] = 0;
    const char *spelling = trb_unit_spelling(unit);
    return strcmp(spelling ? spelling : unit, metric->unit) == 0;
}

const char *trb_metric_label(const trb_cohort_metric *metric, char buffer[256])
{
    if (header_serves(metric))
        return metric->header;
    if (!metric->unit[0])
        return metric->key;
    snprintf(buffer, 256, "%s [%s]", metric->key, metric->unit);
    return buffer;
}

/* ---- texts of the document */

static void add_text(json_t *array, const char *format, va_list list)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, list);
    size_t i;
    json_t *old;
    json_array_foreach (array, i, old)
        if (strcmp(json_string_value(old), text) == 0)
            return;
    json_t *string = json_string(text);
    json_array_append_new(array, string ? string : json_string("(a text that is not UTF-8)"));
}

void trb_plan_warn(trb_compare_plan *plan, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_text(plan->warnings, format, list);
    va_end(list);
}

void trb_plan_step(trb_compare_plan *plan, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    add_text(plan->steps, format, list);
    va_end(list);
}

/* ---- choices */

/* Which adjustments a test has, and for which pairs; NULL when they go together. */
static const char *misfit(const trb_compare_options *o)
{
    switch (o->adjust) {
    case TRB_MULTIPLE_DUNNETT:
        return o->test == TRB_TEST_STUDENT && o->pairs == TRB_PAIRS_CONTROL ? NULL : "--test student and --pairs control";
    case TRB_MULTIPLE_TUKEY:
        return o->test == TRB_TEST_STUDENT && o->pairs == TRB_PAIRS_ALL ? NULL : "--test student and --pairs all";
    case TRB_MULTIPLE_GAMES_HOWELL:
    case TRB_MULTIPLE_T3:
        return o->test == TRB_TEST_WELCH && o->pairs == TRB_PAIRS_ALL ? NULL : "--test welch and --pairs all";
    case TRB_MULTIPLE_STEEL_DWASS:
        return o->test == TRB_TEST_RANK && o->pairs == TRB_PAIRS_ALL ? NULL : "--test rank and --pairs all";
    default: return NULL;
    }
}

static trb_status choose_groups(trb_compare_plan *plan, trb_error *err)
{
    const trb_compare_options *o = plan->o;
    plan->control = 0;
    plan->reference = TRB_NO_INDEX;
    trb_status status = TRB_OK;
    if (o->control && o->control[0])
        status = trb_cohort_find_group(plan->cohort, o->control, &plan->control, err);
    if (!status && o->reference && o->reference[0])
        status = trb_cohort_find_group(plan->cohort, o->reference, &plan->reference, err);
    if (!status && plan->reference != TRB_NO_INDEX && plan->reference == plan->control)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "--reference and --control are both '%s': the reference is the healthy group (Sham), the control the "
                             "diseased one (OVX)", plan->cohort->group_name[plan->control]);
    return status;
}

/* "OVX+EV - OVX" or "treated | disease": two group names around a separator. */
static trb_status two_groups(const trb_cohort *cohort, const char *text, const char *separator, size_t *first, size_t *second,
                             trb_error *err)
{
    char name[512];
    /* The separator may occur within a name, so every place is tried. */
    for (const char *at = text; (at = strstr(at, separator)); at++) {
        const size_t length = (size_t)(at - text);
        if (length >= sizeof name)
            break;
        memcpy(name, text, length);
        name[length] = 0;
        trb_error unused;
        if (!trb_cohort_find_group(cohort, name, first, &unused) &&
            !trb_cohort_find_group(cohort, at + strlen(separator), second, &unused) && *first != *second)
            return TRB_OK;
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' does not name two different groups with '%s' between them", text, separator);
}

static trb_status choose_contrasts(trb_compare_plan *plan, trb_error *err)
{
    const trb_compare_options *o = plan->o;
    const size_t k = plan->cohort->n_groups;
    const size_t most = o->pairs == TRB_PAIRS_LIST ? o->n_pairs : o->pairs == TRB_PAIRS_ALL ? k * (k - 1) / 2 : k - 1;
    plan->contrast = trb_alloc_zero(most + 1, sizeof *plan->contrast, "comparisons", err);
    if (!plan->contrast)
        return TRB_ERR_MEMORY;
    trb_contrast *to = plan->contrast;
    if (o->pairs == TRB_PAIRS_LIST) {
        for (size_t i = 0; i < o->n_pairs; i++, to++) {
            trb_status status = two_groups(plan->cohort, o->pair[i], " - ", &to->b, &to->a, err);
            if (status) {
                trb_error_within(err, "--pairs");
                return status;
            }
        }
    } else if (o->pairs == TRB_PAIRS_ALL) {
        for (size_t a = 0; a < k; a++)
            for (size_t b = a + 1; b < k; b++)
                *to++ = (trb_contrast){a, b};
    } else {
        /* The disease is told as the loss from the healthy group, a treatment as the gain over the disease. */
        for (size_t g = 0; g < k; g++)
            if (g == plan->reference)
                *to++ = (trb_contrast){g, plan->control};
            else if (g != plan->control)
                *to++ = (trb_contrast){plan->control, g};
    }
    plan->n_contrasts = (size_t)(to - plan->contrast);
    return TRB_OK;
}

static trb_status choose_rescues(trb_compare_plan *plan, trb_error *err)
{
    const trb_compare_options *o = plan->o;
    const size_t k = plan->cohort->n_groups;
    plan->rescue = trb_alloc_zero(k + o->n_rescues + 1, sizeof *plan->rescue, "rescues", err);
    if (!plan->rescue)
        return TRB_ERR_MEMORY;
    if (o->n_rescues && plan->reference == TRB_NO_INDEX)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--rescue needs --reference, the healthy group that would be 100 %%");
    for (size_t g = 0; plan->reference != TRB_NO_INDEX && g < k; g++)
        if (g != plan->control && g != plan->reference)
            plan->rescue[plan->n_rescues++] = (trb_rescue_choice){plan->reference, plan->control, g};
    for (size_t i = 0; i < o->n_rescues; i++) {
        trb_rescue_choice choice = {plan->reference, 0, 0};
        trb_status status = two_groups(plan->cohort, o->rescue[i], " | ", &choice.treated, &choice.disease, err);
        if (status) {
            trb_error_within(err, "--rescue");
            return status;
        }
        bool known = false;
        for (size_t j = 0; j < plan->n_rescues; j++)
            known = known || (plan->rescue[j].disease == choice.disease && plan->rescue[j].treated == choice.treated);
        if (!known)
            plan->rescue[plan->n_rescues++] = choice;
    }
    return TRB_OK;
}

/* A column that is empty throughout, such as BMD without a calibration, is no metric of this study. */
static bool has_values(const trb_cohort *cohort, size_t metric)
{
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (cohort->row[r].group != TRB_COHORT_NO_GROUP && !isnan(cohort->metric[metric].value[r]))
            return true;
    return false;
}

static trb_status choose_metrics(trb_compare_plan *plan, trb_error *err)
{
    const trb_compare_options *o = plan->o;
    const trb_cohort *cohort = plan->cohort;
    plan->metric = trb_alloc_zero(cohort->n_metrics + o->n_metrics + 1, sizeof *plan->metric, "metrics", err);
    if (!plan->metric)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < o->n_metrics; i++) {
        trb_status status = trb_cohort_find_metric(cohort, o->metric[i], &plan->metric[plan->n_metrics], err);
        if (status)
            return status;
        bool twice = false;
        for (size_t j = 0; j < plan->n_metrics; j++)
            twice = twice || plan->metric[j] == plan->metric[plan->n_metrics];
        plan->n_metrics += !twice;
    }
    for (size_t m = 0; o->n_metrics == 0 && m < cohort->n_metrics; m++)
        if (cohort->metric[m].kind == TRB_COHORT_METRIC && !cohort->metric[m].detail && has_values(cohort, m))
            plan->metric[plan->n_metrics++] = m;
    if (plan->n_metrics == 0)
        return trb_error_set(err, TRB_ERR_DATA, "the table has no column of numbers to compare: columns are metrics when they hold numbers "
                                                "and are no covariate; --metrics names them");
    plan->primary = TRB_NO_INDEX;
    if (!o->primary || !o->primary[0])
        return TRB_OK;
    trb_status status = trb_cohort_find_metric(cohort, o->primary, &plan->primary, err);
    if (status)
        return status;
    for (size_t i = 0; i < plan->n_metrics; i++)
        if (plan->metric[i] == plan->primary)
            return TRB_OK;
    return trb_error_set(err, TRB_ERR_ARGUMENT, "--primary %s is not among the metrics of --metrics", o->primary);
}

trb_status trb_plan_init(trb_compare_plan *plan, trb_cohort *cohort, const trb_compare_options *o, trb_error *err)
{
    memset(plan, 0, sizeof *plan);
    plan->cohort = cohort;
    plan->o = o;
    if (cohort->n_groups == 0)
        return trb_error_set(err, TRB_ERR_DATA, "no animal of the table belongs to a group: give a group column, or --design");
    if (!(o->alpha > 0 && o->alpha < 1) || !(o->conf_level > 0 && o->conf_level < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "alpha and the confidence level lie between 0 and 1");
    const char *needs = misfit(o);
    if (needs)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "--adjust %s goes with %s", trb_multiple_name(o->adjust), needs);
    trb_status status = choose_groups(plan, err);
    if (!status)
        status = choose_contrasts(plan, err);
    if (!status)
        status = choose_rescues(plan, err);
    return status ? status : choose_metrics(plan, err);
}

void trb_plan_clear(trb_compare_plan *plan)
{
    free(plan->contrast);
    free(plan->rescue);
    free(plan->metric);
    memset(plan, 0, sizeof *plan);
}
