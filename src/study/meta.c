/* meta.c - a table of studies, read and pooled. */
#include "study/text_table.h"
#include "study/cohort_header.h"
#include "study/meta_parts.h"
#include "study/stat_designs.h"
#include "trabecula/version.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

trb_meta_options trb_meta_options_default(void)
{
    return (trb_meta_options){TRB_META_SMD, TRB_META_REML, true, NULL};
}

const char *trb_meta_measure_key(const trb_meta_options *options)
{
    static const char *const KEY[] = {"SMD", "MD", "ROM"};
    return KEY[options->measure];
}

const char *trb_meta_model_key(const trb_meta_options *options)
{
    static const char *const PLAIN[] = {"REML", "DL", "PM", "FE"};
    static const char *const ADJUSTED[] = {"REML_hartung_knapp", "DL_hartung_knapp", "PM_hartung_knapp", "FE"};
    return (options->hartung_knapp ? ADJUSTED : PLAIN)[options->model];
}

/* ---- columns, by the names that people give them */

enum { STUDY, MEAN_T, SD_T, N_T, MEAN_C, SD_C, N_C, METRIC, N_COLUMNS };
static const char *const NAMES[N_COLUMNS][5] = {
    {"study", "author", "reference", "trial", NULL},
    {"mean_treated", "m_t", "mean_t", "treated_mean", "mean_e"},
    {"sd_treated", "sd_t", "treated_sd", "sd_e", NULL},
    {"n_treated", "n_t", "treated_n", "n_e", NULL},
    {"mean_control", "m_c", "mean_c", "control_mean", NULL},
    {"sd_control", "sd_c", "control_sd", NULL, NULL},
    {"n_control", "n_c", "control_n", NULL, NULL},
    {"metric", "outcome", "parameter", NULL, NULL},
};

static trb_status find_columns(const trb_text_table *table, size_t column[N_COLUMNS], trb_error *err)
{
    for (int want = 0; want < N_COLUMNS; want++) {
        column[want] = SIZE_MAX;
        for (size_t c = 0; c < table->n_columns && column[want] == SIZE_MAX; c++) {
            char header[64], name[64];
            trb_name_plain(trb_text_cell(table, 0, c), header, sizeof header);
            for (int n = 0; n < 5 && NAMES[want][n]; n++) {
                trb_name_plain(NAMES[want][n], name, sizeof name);
                if (strcmp(header, name) == 0)
                    column[want] = c;
            }
        }
        if (column[want] == SIZE_MAX && want != METRIC)
            return trb_error_set(err, TRB_ERR_DATA, "%s has no column %s (or %s): a table of studies has study, mean_treated, sd_treated, "
                                                    "n_treated, mean_control, sd_control, n_control", table->file, NAMES[want][0], NAMES[want][1]);
    }
    return TRB_OK;
}

static trb_status read_number(const trb_text_table *table, size_t record, size_t column, double *value, trb_error *err)
{
    if (trb_cell_read(trb_text_cell(table, record, column), table->decimal, value) == TRB_CELL_NUMBER)
        return TRB_OK;
    char where[512];
    trb_text_where(table, record, column, where, sizeof where);
    return trb_error_set(err, TRB_ERR_DATA, "%s: '%s' is no number; leave the study out when it is not known", where,
                         trb_text_cell(table, record, column));
}

static trb_status read_count(const trb_text_table *table, size_t record, size_t column, size_t *count, trb_error *err)
{
    double value;
    trb_status status = read_number(table, record, column, &value, err);
    if (status)
        return status;
    if (value >= 1 && value <= 1e9 && value == floor(value)) {
        *count = (size_t)value;
        return TRB_OK;
    }
    char where[512];
    trb_text_where(table, record, column, where, sizeof where);
    return trb_error_set(err, TRB_ERR_DATA, "%s: %g is no number of animals", where, value);
}

static trb_status read_study(const trb_text_table *table, size_t record, const size_t column[N_COLUMNS], trb_meta_study *study, trb_error *err)
{
    study->name = trb_text_cell(table, record, column[STUDY]);
    trb_status status = read_number(table, record, column[MEAN_T], &study->mean_treated, err);
    if (!status)
        status = read_number(table, record, column[SD_T], &study->sd_treated, err);
    if (!status)
        status = read_count(table, record, column[N_T], &study->n_treated, err);
    if (!status)
        status = read_number(table, record, column[MEAN_C], &study->mean_control, err);
    if (!status)
        status = read_number(table, record, column[SD_C], &study->sd_control, err);
    return status ? status : read_count(table, record, column[N_C], &study->n_control, err);
}

/* ---- pooling */

static trb_status pool_metric(trb_meta *meta, const char *metric, const trb_meta_study *study, size_t n, trb_error *err)
{
    json_t *pooled = NULL, *studies = json_array();
    trb_status status = trb_stat_meta(study, n, &pooled, err);
    if (status) {
        trb_error_within(err, "%s", metric);
        json_decref(studies);
        return status;
    }
    for (size_t i = 0; i < n; i++)
        json_array_append_new(studies, json_pack("{s:s,s:f,s:f,s:I,s:f,s:f,s:I}", "study", study[i].name, "mean_treated", study[i].mean_treated,
                                                 "sd_treated", study[i].sd_treated, "n_treated", (json_int_t)study[i].n_treated, "mean_control",
                                                 study[i].mean_control, "sd_control", study[i].sd_control, "n_control",
                                                 (json_int_t)study[i].n_control));
    json_object_set_new(json_object_get(meta->document, "metrics"), metric, pooled);
    json_object_set_new(json_object_get(meta->document, "studies"), metric, studies);
    return TRB_OK;
}

/* Metrics in the order of their first study. */
static trb_status pool_table(trb_meta *meta, const trb_text_table *table, trb_error *err)
{
    size_t column[N_COLUMNS];
    trb_status status = find_columns(table, column, err);
    if (status)
        return status;
    trb_meta_study *study = trb_alloc_zero(table->n_records + 1, sizeof *study, "studies", err);
    if (!study)
        return TRB_ERR_MEMORY;
    const char *alone = meta->options.metric ? meta->options.metric : "effect";
    for (size_t r = 1; !status && r < table->n_records; r++) {
        const char *metric = column[METRIC] == SIZE_MAX ? alone : trb_text_cell(table, r, column[METRIC]);
        if (json_object_get(json_object_get(meta->document, "metrics"), metric))
            continue;
        size_t n = 0;
        for (size_t other = r; !status && other < table->n_records; other++)
            if (column[METRIC] == SIZE_MAX || strcmp(trb_text_cell(table, other, column[METRIC]), metric) == 0)
                status = read_study(table, other, column, &study[n++], err);
        if (!status)
            status = pool_metric(meta, metric, study, n, err);
    }
    free(study);
    if (!status && table->n_records < 2)
        return trb_error_set(err, TRB_ERR_DATA, "%s has no study", table->file);
    return status;
}

trb_status trb_meta_read(const char *path, const trb_meta_options *options, trb_meta **out, trb_error *err)
{
    *out = NULL;
    trb_text_table table;
    bool *numeric = NULL;
    trb_pool *pool = trb_pool_create(err);
    trb_meta *meta = pool ? trb_alloc_zero(1, sizeof *meta, "a meta-analysis", err) : NULL;
    trb_status status = meta ? TRB_OK : TRB_ERR_MEMORY;
    if (!status) {
        const trb_build *build = trb_build_facts();
        meta->options = *options;
        meta->document = json_pack("{s:s,s:{s:s,s:s},s:f,s:{},s:{}}", "schema", "trabecula.meta/1", "program", "version", build->version, "commit",
                                   build->commit, "conf_level", 0.95, "metrics", "studies");
        status = trb_text_table_read(path, pool, &table, err);
    }
    if (!status)
        status = trb_text_table_square(&table, err);
    if (!status && !(numeric = trb_pool_array(pool, table.n_columns, sizeof *numeric, err)))
        status = TRB_ERR_MEMORY;
    if (!status) {
        memset(numeric, 1, table.n_columns * sizeof *numeric);
        status = trb_text_table_decimal(&table, numeric, err);
    }
    if (!status)
        status = pool_table(meta, &table, err);
    trb_pool_destroy(pool);
    if (status) {
        trb_meta_destroy(meta);
        return status;
    }
    *out = meta;
    return TRB_OK;
}

void trb_meta_destroy(trb_meta *meta)
{
    if (meta)
        json_decref(meta->document);
    free(meta);
}

trb_status trb_meta_json(const trb_meta *meta, char **text, trb_error *err)
{
    *text = json_dumps(meta->document, JSON_INDENT(1) | JSON_REAL_PRECISION(17));
    return *text ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the results");
}
