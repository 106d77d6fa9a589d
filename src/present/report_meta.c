/* report_meta.c - a meta-analysis as text, tables and forest plots. */
#include "present/report_files.h"
#include "present/report_words.h"
#include "record/csv_field.h"
#include "study/document_read.h"
#include "study/meta_parts.h"
#include "trabecula/record.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const json_t *block_of(const trb_meta *meta, const char *metric, const char *key)
{
    return trb_doc_at(meta->document, "metrics", metric, trb_meta_measure_key(&meta->options), key, NULL);
}

static void put_next(FILE *out, double value)
{
    fputc(',', out);
    trb_csv_put_number(out, value);
}

/* ---- text */

static void put_metric(FILE *out, const trb_meta *meta, const char *metric)
{
    const json_t *model = block_of(meta, metric, trb_meta_model_key(&meta->options)), *per = block_of(meta, metric, "per_study");
    const json_t *weights = json_object_get(model, "weights_percent");
    char a[40], b[40], c[40], p[32];
    const char *study;
    json_t *row;
    fprintf(out, "%s   %s, %s\n", metric, trb_meta_measure_key(&meta->options), trb_meta_model_key(&meta->options));
    json_object_foreach ((json_t *)per, study, row)
        fprintf(out, "  %-28s %8s [%s, %s]  weight %.1f %%\n", study, trb_word_number(trb_doc_number(row, "yi"), 2, a),
                trb_word_number(trb_doc_number(row, "ci_lo"), 2, b), trb_word_number(trb_doc_number(row, "ci_hi"), 2, c),
                trb_doc_number(weights, study));
    fprintf(out, "  %-28s %8s [%s, %s]  %s\n", "pooled", trb_word_number(trb_doc_number(model, "estimate"), 2, a),
            trb_word_number(trb_doc_number(model, "ci_lo"), 2, b), trb_word_number(trb_doc_number(model, "ci_hi"), 2, c),
            trb_word_p_equals(trb_doc_number(model, "p"), p));
    if (!isnan(trb_doc_number(model, "pi_metafor_lo")))
        fprintf(out, "  %-28s          [%s, %s]\n", "prediction interval", trb_word_number(trb_doc_number(model, "pi_metafor_lo"), 2, b),
                trb_word_number(trb_doc_number(model, "pi_metafor_hi"), 2, c));
    fprintf(out, "  heterogeneity: I2 %.0f %%, tau2 %s, Q(%g) = %s, %s\n", trb_doc_number(model, "I2_percent"),
            trb_word_number(trb_doc_number(model, "tau2"), 3, a), trb_doc_number(model, "Q_df"), trb_word_number(trb_doc_number(model, "Q"), 1, b),
            trb_word_p_equals(trb_doc_number(model, "Q_p"), p));
    trb_meta_options plain = meta->options;
    plain.hartung_knapp = false;
    const json_t *without = block_of(meta, metric, trb_meta_model_key(&plain));
    const double width = trb_doc_number(model, "ci_hi") - trb_doc_number(model, "ci_lo");
    if (width < trb_doc_number(without, "ci_hi") - trb_doc_number(without, "ci_lo"))
        fputs("  warning: the Hartung-Knapp interval is narrower than the plain one, as happens when studies agree by chance; report both\n", out);
    fputc('\n', out);
}

trb_status trb_meta_text(const trb_meta *meta, char **text, trb_error *err)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    const char *metric;
    json_t *pooled;
    if (!out)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the summary");
    json_object_foreach (json_object_get(meta->document, "metrics"), metric, pooled)
        put_metric(out, meta, metric);
    static const char *const WHAT[] = {"SMD: standardised mean difference (Hedges' g)", "MD: mean difference", "ROM: log of the ratio of means"};
    fprintf(out, "%s, treated minus control; 95 %% confidence intervals.\n", WHAT[meta->options.measure]);
    if (fclose(out) == 0)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the summary");
}

static void put_studies(FILE *out, const json_t *document, const char *measure)
{
    const char *metric;
    json_t *studies;
    static const char *const KEYS[] = {"mean_treated", "sd_treated", "n_treated", "mean_control", "sd_control", "n_control", NULL};
    fputs("metric,study,mean_treated,sd_treated,n_treated,mean_control,sd_control,n_control,measure,estimate,se,ci_lo,ci_hi\n", out);
    json_object_foreach (json_object_get(document, "studies"), metric, studies) {
        size_t i;
        const json_t *row;
        json_array_foreach (studies, i, row) {
            const json_t *effect = trb_doc_at(document, "metrics", metric, measure, "per_study", trb_doc_text(row, "study"), NULL);
            trb_csv_put(out, metric);
            fputc(',', out);
            trb_csv_put(out, trb_doc_text(row, "study"));
            for (int k = 0; KEYS[k]; k++)
                put_next(out, trb_doc_number(row, KEYS[k]));
            fprintf(out, ",%s", measure);
            static const char *const EFFECT[] = {"yi", "se", "ci_lo", "ci_hi"};
            for (int k = 0; k < 4; k++)
                put_next(out, trb_doc_number(effect, EFFECT[k]));
            fputc('\n', out);
        }
    }
}

/* ---- forest plot */

static trb_status write_forest(const trb_meta *meta, const char *metric, size_t number, const trb_report_options *o, const char *folder,
                               trb_error *err)
{
    const json_t *model = block_of(meta, metric, trb_meta_model_key(&meta->options)), *per = block_of(meta, metric, "per_study");
    const size_t n = json_object_size(per);
    trb_plot_forest_row *row = trb_alloc_zero(n + 2, sizeof *row, "a forest plot", err);
    trb_plot_interval *interval = trb_alloc_zero(n + 2, sizeof *interval, "a forest plot", err);
    trb_status status = row && interval ? TRB_OK : TRB_ERR_MEMORY;
    char axis[512];
    static const char *const WHAT[] = {"standardised mean difference (Hedges' g)", "mean difference", "log ratio of means"};
    snprintf(axis, sizeof axis, "%s: %s, treated - control", metric, WHAT[meta->options.measure]);
    size_t i = 0;
    const char *study;
    json_t *effect;
    if (!status) {
        json_object_foreach ((json_t *)per, study, effect) {
            interval[i] = (trb_plot_interval){trb_doc_number(effect, "yi"), trb_doc_number(effect, "ci_lo"), trb_doc_number(effect, "ci_hi"),
                                              trb_doc_number(json_object_get(model, "weights_percent"), study)};
            row[i] = (trb_plot_forest_row){study, TRB_PLOT_ROW_PLAIN, &interval[i]};
            i++;
        }
        interval[i] = (trb_plot_interval){trb_doc_number(model, "estimate"), trb_doc_number(model, "ci_lo"), trb_doc_number(model, "ci_hi"), 0};
        row[i] = (trb_plot_forest_row){"Pooled", TRB_PLOT_ROW_SUMMARY, &interval[i]};
        i++;
        if (!isnan(trb_doc_number(model, "pi_metafor_lo"))) {
            interval[i] = (trb_plot_interval){trb_doc_number(model, "estimate"), trb_doc_number(model, "pi_metafor_lo"),
                                              trb_doc_number(model, "pi_metafor_hi"), 0};
            row[i] = (trb_plot_forest_row){"Prediction interval", TRB_PLOT_ROW_PREDICTION, &interval[i]};
            i++;
        }
    }
    const trb_plot_forest forest = {.axis = axis, .n_series = 1, .n_rows = i, .row = row, .reference = 0, .low_side = "lower with treatment",
                                    .high_side = "higher with treatment"};
    static const char *const ENDING[] = {"svg", "pdf", "png"};
    const bool wanted[] = {o->svg, o->pdf, o->png};
    for (int e = 0; !status && e < 3; e++) {
        char path[4096], name[64];
        if (!wanted[e])
            continue;
        snprintf(name, sizeof name, "figures/forest-%zu.%s", number, ENDING[e]);
        status = trb_plot_forest_write(&forest, &o->plot, trb_report_join(folder, name, path), err);
    }
    free(row);
    free(interval);
    return status;
}

trb_status trb_meta_write(const trb_meta *meta, const trb_report_options *options, const char *folder, trb_error *err)
{
    char path[4096], *text = NULL;
    size_t size, number = 0;
    trb_status status = trb_report_folder(folder, err);
    if (!status)
        status = trb_report_folder(trb_report_join(folder, "figures", path), err);
    if (!status)
        status = trb_meta_json(meta, &text, err);
    if (!status)
        status = trb_text_write(trb_report_join(folder, "meta.json", path), text, options->force, err);
    free(text);
    text = NULL;
    if (!status)
        status = trb_meta_text(meta, &text, err);
    if (!status)
        status = trb_text_write(trb_report_join(folder, "meta.txt", path), text, options->force, err);
    free(text);
    text = NULL;
    FILE *out = status ? NULL : open_memstream(&text, &size);
    if (out) {
        put_studies(out, meta->document, trb_meta_measure_key(&meta->options));
        status = fclose(out) == 0 ? trb_text_write(trb_report_join(folder, "studies.csv", path), text, options->force, err)
                                  : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the table");
        free(text);
    }
    const char *metric;
    json_t *pooled;
    json_object_foreach (json_object_get(meta->document, "metrics"), metric, pooled)
        if (!status)
            status = write_forest(meta, metric, ++number, options, folder, err);
    return status;
}
