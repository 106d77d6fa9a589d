/* report_precision.c - precision of repeated scans, from a cohort to its tables. */
#include "present/report_words.h"
#include "record/csv_field.h"
#include "study/compare_parts.h"
#include "study/document_read.h"
#include "study/stat_designs.h"
#include "trabecula/precision.h"
#include "trabecula/version.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

struct trb_precision {
    json_t *document;
};

static void put_next(FILE *out, double value)
{
    fputc(',', out);
    trb_csv_put_number(out, value);
}

/* The first of these columns that the table has; the name that was asked for goes first. */
static trb_status find_column(trb_cohort *cohort, const char *asked, const char *const *usual, const char **column, trb_error *err)
{
    size_t n, *level;
    const char **name;
    *column = asked;
    if (asked)
        return trb_cohort_levels(cohort, asked, &n, &name, &level, err);
    for (; *usual; usual++) {
        trb_error unused;
        *column = *usual;
        if (!trb_cohort_levels(cohort, *usual, &n, &name, &level, &unused) && n > 0)
            return TRB_OK;
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "no column says which scans are of the same specimen, and which repeat each is: name them with "
                                                "--specimen and --repeat");
}

static trb_status measure_metric(trb_precision *precision, trb_cohort *cohort, size_t metric, const char *specimen, const char *repeat,
                                 trb_error *err)
{
    trb_column_factor a = {{0}, NULL, NULL}, b = {{0}, NULL, NULL};
    size_t *row = trb_alloc(cohort->n_rows + 1, sizeof *row, "rows", err), n = 0;
    double *y = trb_alloc(cohort->n_rows + 1, sizeof *y, "rows", err);
    trb_status status = row && y ? TRB_OK : TRB_ERR_MEMORY;
    size_t levels, *level_a = NULL, *level_b = NULL;
    const char **name;
    if (!status)
        status = trb_cohort_levels(cohort, specimen, &levels, &name, &level_a, err);
    if (!status)
        status = trb_cohort_levels(cohort, repeat, &levels, &name, &level_b, err);
    for (size_t r = 0; !status && r < cohort->n_rows; r++)
        if (level_a[r] != TRB_COHORT_NO_GROUP && level_b[r] != TRB_COHORT_NO_GROUP && !isnan(cohort->metric[metric].value[r])) {
            y[n] = cohort->metric[metric].value[r];
            row[n++] = r;
        }
    json_t *block = NULL;
    if (!status)
        status = trb_column_factor_init(&a, cohort, specimen, row, n, err);
    if (!status)
        status = trb_column_factor_init(&b, cohort, repeat, row, n, err);
    if (!status)
        status = trb_stat_repeatability(y, n, &a.factor, &b.factor, &block, err);
    char label[256];
    if (!status)
        json_object_set_new(json_object_get(precision->document, "metrics"), trb_metric_label(&cohort->metric[metric], label), block);
    else
        trb_error_within(err, "%s", trb_metric_label(&cohort->metric[metric], label));
    trb_column_factor_clear(&a);
    trb_column_factor_clear(&b);
    free(row);
    free(y);
    return status;
}

trb_status trb_precision_measure(trb_cohort *cohort, const char *specimen, const char *repeat, trb_precision **out, trb_error *err)
{
    static const char *const SPECIMENS[] = {"specimen", "animal", NULL}, *const REPEATS[] = {"repeat", "repeat_no", "scan_no", NULL};
    *out = NULL;
    trb_status status = find_column(cohort, specimen, SPECIMENS, &specimen, err);
    if (!status)
        status = find_column(cohort, repeat, REPEATS, &repeat, err);
    if (status)
        return status;
    trb_precision *precision = trb_alloc_zero(1, sizeof *precision, "the precision", err);
    if (!precision)
        return TRB_ERR_MEMORY;
    const trb_build *build = trb_build_facts();
    precision->document = json_pack("{s:s,s:{s:s,s:s},s:s,s:s,s:{}}", "schema", "trabecula.precision/1", "program", "version", build->version,
                                    "commit", build->commit, "specimen", specimen, "repeat", repeat, "metrics");
    for (size_t m = 0; !status && m < cohort->n_metrics; m++)
        if (cohort->metric[m].kind == TRB_COHORT_METRIC)
            status = measure_metric(precision, cohort, m, specimen, repeat, err);
    if (!status && json_object_size(json_object_get(precision->document, "metrics")) == 0)
        status = trb_error_set(err, TRB_ERR_DATA, "the table has no metric");
    if (status)
        trb_precision_destroy(precision);
    else
        *out = precision;
    return status;
}

void trb_precision_destroy(trb_precision *precision)
{
    if (precision)
        json_decref(precision->document);
    free(precision);
}

trb_status trb_precision_json(const trb_precision *precision, char **text, trb_error *err)
{
    *text = json_dumps(precision->document, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    return *text ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the results");
}

static trb_status finish(FILE *out, char **text, trb_error *err)
{
    if (out && fclose(out) == 0)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the table");
}

trb_status trb_precision_text(const trb_precision *precision, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    const char *metric;
    json_t *block;
    if (out) {
        fprintf(out, "%-24s %9s %12s %10s %12s %9s\n", "metric", "specimens", "RMS-SD", "RMS-CV %", "LSC 95 % (%)", "ICC(1,1)");
        json_object_foreach (json_object_get(precision->document, "metrics"), metric, block) {
            char a[40], b[40], c[40], d[40];
            const double sd = trb_doc_number(block, "rms_sd");
            fprintf(out, "%-24s %9.0f %12s %10s %12s %9s\n", metric, trb_doc_number(block, "n_specimens"),
                    trb_word_number(sd, trb_word_decimals(sd), a), trb_word_number(trb_doc_number(block, "rms_cv_percent_unweighted"), 2, b),
                    trb_word_number(trb_doc_number(block, "lsc95_percent"), 2, c),
                    trb_word_number(trb_doc_number(json_object_get(block, "icc"), "ICC1_1"), 3, d));
        }
        fputs("RMS-SD, RMS-CV: precision error (Gluer 1995). LSC: a change of one specimen beyond it is more than measurement.\n", out);
    }
    return finish(out, text, err);
}

trb_status trb_precision_csv(const trb_precision *precision, char **text, trb_error *err)
{
    static const char *const KEYS[] = {"n_specimens", "df", "rms_sd", "rms_sd_ci_lo", "rms_sd_ci_hi", "rms_cv_percent_unweighted",
                                       "rms_cv_percent_df_weighted", "lsc95", "lsc95_percent", NULL};
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    const char *metric;
    json_t *block;
    if (out) {
        fputs("metric", out);
        for (size_t k = 0; KEYS[k]; k++)
            fprintf(out, ",%s", KEYS[k]);
        fputs(",icc_1_1,bland_altman_bias,bland_altman_lo,bland_altman_hi\n", out);
        json_object_foreach (json_object_get(precision->document, "metrics"), metric, block) {
            const json_t *icc = json_object_get(block, "icc"), *ba = json_object_get(block, "bland_altman_rep2_minus_rep1");
            trb_csv_put(out, metric);
            for (size_t k = 0; KEYS[k]; k++)
                put_next(out, trb_doc_number(block, KEYS[k]));
            put_next(out, trb_doc_number(icc, "ICC1_1"));
            put_next(out, trb_doc_number(ba, "bias"));
            put_next(out, trb_doc_number(ba, "loa_lo"));
            put_next(out, trb_doc_number(ba, "loa_hi"));
            fputc('\n', out);
        }
    }
    return finish(out, text, err);
}
