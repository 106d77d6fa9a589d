/* report_csv.c - tidy tables: one row a fact, every number as it was computed. */
#include "present/report_parts.h"
#include "present/report_words.h"
#include "record/csv_field.h"
#include "study/document_read.h"

#include <math.h>
#include <string.h>

const char *trb_document_group(const json_t *document, size_t g)
{
    const char *name = json_string_value(json_array_get(trb_doc_at(document, "design", "groups", NULL), g));
    return name ? name : "";
}

size_t trb_document_groups(const json_t *document)
{
    return json_array_size(trb_doc_at(document, "design", "groups", NULL));
}

size_t trb_document_contrasts(const json_t *document)
{
    const size_t rows = json_array_size(json_object_get(document, "comparisons"));
    const size_t metrics = json_array_size(json_object_get(document, "labels")); /* differences of columns have none */
    return metrics ? rows / metrics : 0;
}

static void put_value(FILE *out, const json_t *value)
{
    if (json_is_string(value))
        trb_csv_put(out, json_string_value(value));
    else if (json_is_boolean(value))
        fputs(json_is_true(value) ? "true" : "false", out);
    else if (json_is_integer(value))
        fprintf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_number(value))
        trb_csv_put_number(out, json_number_value(value));
}

/* An array of objects: the given keys as columns. */
static void put_rows(FILE *out, const json_t *rows, const char *const *keys)
{
    for (size_t k = 0; keys[k]; k++)
        fprintf(out, "%s%s", k ? "," : "", keys[k]);
    fputc('\n', out);
    size_t i;
    const json_t *row;
    json_array_foreach (rows, i, row) {
        for (size_t k = 0; keys[k]; k++) {
            if (k)
                fputc(',', out);
            put_value(out, json_object_get(row, keys[k]));
        }
        fputc('\n', out);
    }
}

void trb_report_comparisons(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {
        "metric", "primary", "contrast", "a", "b", "n_a", "n_b", "mean_a", "mean_b", "diff", "ci_lo", "ci_hi", "ci_adjusted", "test",
        "statistic_name", "statistic", "df", "p", "adjust", "p_adjusted", "q_metrics", "hedges_g", "g_lo", "g_hi", "percent", "percent_lo",
        "percent_hi", "hodges_lehmann", "hl_ci_lo", "hl_ci_hi", "note", NULL};
    put_rows(out, json_object_get(document, "comparisons"), KEYS);
}

void trb_report_omnibus(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"metric", "test", "chosen", "statistic_name", "statistic", "df1", "df2", "p", "note", NULL};
    put_rows(out, json_object_get(document, "omnibus"), KEYS);
}

void trb_report_rescue(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"metric", "primary", "treated", "disease", "sham", "percent", "lo", "hi", "method", "note", NULL};
    put_rows(out, json_object_get(document, "rescue"), KEYS);
}

void trb_report_diagnostics(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"metric", "test", "group", "sample", "statistic", "p", "note", NULL};
    put_rows(out, json_object_get(document, "diagnostics"), KEYS);
}

void trb_report_designs(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"metric", "design", "part", "term", "estimate", "se", "ci_lo", "ci_hi", "statistic_name", "statistic",
                                       "df1", "df2", "p", "p_adjusted", "note", NULL};
    put_rows(out, json_object_get(document, "designs"), KEYS);
}

/* ---- groups */

static void put_descriptives(FILE *out, const json_t *document, const char *const *keys)
{
    const char *metric;
    json_t *tree;
    json_object_foreach (json_object_get(document, "metrics"), metric, tree)
        for (size_t g = 0; json_object_get(tree, "descriptive") && g < trb_document_groups(document); g++) {
            const char *group = trb_document_group(document, g);
            const json_t *d = trb_doc_at(tree, "descriptive", group, NULL);
            trb_csv_put(out, metric);
            fputc(',', out);
            trb_csv_put(out, group);
            for (size_t k = 0; keys[k]; k++) {
                fputc(',', out);
                put_value(out, json_object_get(d, keys[k]));
            }
            fputc('\n', out);
        }
}

void trb_report_descriptives(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"n", "n_missing", "mean", "sd", "sem", "ci95_lo", "ci95_hi", "median", "q1_type7", "q3_type7", "q1_type6",
                                       "q3_type6", "min", "max", "cv_percent", "geometric_mean", NULL};
    const double level = 100 * trb_doc_number(document, "conf_level"); /* the keys of the document say 95 whatever it is */
    fputs("metric,group", out);
    for (size_t k = 0; KEYS[k]; k++)
        if (strncmp(KEYS[k], "ci95_", 5) == 0)
            fprintf(out, ",ci%g_%s", level, KEYS[k] + 5);
        else
            fprintf(out, ",%s", KEYS[k]);
    fputc('\n', out);
    put_descriptives(out, document, KEYS);
}

void trb_report_meta(FILE *out, const json_t *document)
{
    static const char *const KEYS[] = {"mean", "sd", "n", NULL};
    fputs("metric,group,mean,sd,n\n", out);
    put_descriptives(out, document, KEYS);
}

void trb_report_animals(FILE *out, const json_t *document)
{
    const json_t *metrics = json_object_get(document, "metrics");
    const char *metric;
    json_t *tree;
    fputs("sample,group,scans", out);
    json_object_foreach ((json_t *)metrics, metric, tree) {
        fputc(',', out);
        trb_csv_put(out, metric);
    }
    fputc('\n', out);
    size_t i;
    const json_t *animal;
    json_array_foreach (json_object_get(document, "animals"), i, animal) {
        put_value(out, json_object_get(animal, "sample"));
        fputc(',', out);
        put_value(out, json_object_get(animal, "group"));
        fputc(',', out);
        put_value(out, json_object_get(animal, "scans"));
        json_object_foreach ((json_t *)metrics, metric, tree) {
            fputc(',', out);
            put_value(out, trb_doc_at(animal, "values", metric, NULL));
        }
        fputc('\n', out);
    }
}

/* ---- for GraphPad Prism: a column table a metric, values of a group below each other */

static const json_t *nth_value(const json_t *document, const char *group, const char *metric, size_t n)
{
    size_t i;
    const json_t *animal;
    json_array_foreach (json_object_get(document, "animals"), i, animal) {
        const json_t *value = trb_doc_at(animal, "values", metric, NULL);
        if (strcmp(trb_doc_text(animal, "group"), group) != 0 || !json_is_number(value))
            continue;
        if (n-- == 0)
            return value;
    }
    return NULL;
}

void trb_report_prism(FILE *out, const json_t *document)
{
    const size_t groups = trb_document_groups(document);
    const char *metric;
    json_t *tree;
    bool first = true;
    json_object_foreach (json_object_get(document, "metrics"), metric, tree) {
        if (!json_object_get(tree, "descriptive"))
            continue;
        if (!first)
            fputc('\n', out);
        first = false;
        trb_csv_put(out, metric);
        for (size_t g = 1; g < groups; g++)
            fputc(',', out);
        fputc('\n', out);
        size_t most = 0;
        for (size_t g = 0; g < groups; g++) {
            const char *group = trb_document_group(document, g);
            const size_t n = (size_t)json_integer_value(trb_doc_at(tree, "descriptive", group, "n", NULL));
            most = n > most ? n : most;
            if (g)
                fputc(',', out);
            trb_csv_put(out, group);
        }
        fputc('\n', out);
        for (size_t i = 0; i < most; i++) {
            for (size_t g = 0; g < groups; g++) {
                if (g)
                    fputc(',', out);
                put_value(out, nth_value(document, trb_document_group(document, g), metric, i));
            }
            fputc('\n', out);
        }
    }
}

void trb_report_planning(FILE *out, const json_t *document)
{
    fputs("metric,contrast,difference,sd,cohens_d,n_per_group_for_80_percent_power,detectable_difference_at_these_n\n", out);
    const char *metric, *contrast;
    json_t *plan, *pair;
    json_object_foreach (json_object_get(document, "planning"), metric, plan)
        json_object_foreach (json_object_get(plan, "pairs"), contrast, pair) {
            static const char *const KEYS[] = {"delta", "sd", "cohens_d", "n_per_group", "detectable_difference", NULL};
            trb_csv_put(out, metric);
            fputc(',', out);
            trb_csv_put(out, contrast);
            for (size_t k = 0; KEYS[k]; k++) {
                fputc(',', out);
                put_value(out, json_object_get(pair, KEYS[k]));
            }
            fputc('\n', out);
        }
}
