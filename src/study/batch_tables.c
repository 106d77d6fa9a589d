/*
 * batch_tables.c - the tables of a study. No dates, times or names of machines: the same records give the same bytes.
 *
 * Rows may have other metrics than their neighbours (a column `metrics` in the study): the columns of the table are all
 * metrics that any row has, in the order of the table of metrics.
 */
#include "study/batch_tables.h"

#include "record/csv_field.h"
#include "trabecula/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_text(char **text, size_t *size, trb_error *err)
{
    *text = NULL;
    FILE *out = open_memstream(text, size);
    if (!out)
        trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    return out;
}

static trb_status finish(FILE *out, char **text, trb_error *err)
{
    const int failed = ferror(out);
    if (fclose(out) == 0 && !failed)
        return TRB_OK;
    free(*text);
    *text = NULL;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
}

static const json_t *metric_of(const trb_table_row *row, const char *key)
{
    return json_object_get(json_object_get(row->record, "metrics"), key);
}

static bool any_has(const trb_manifest *manifest, const trb_table_row *rows, const char *key)
{
    for (size_t i = 0; i < manifest->n_scans; i++)
        if (metric_of(&rows[i], key))
            return true;
    return false;
}

static void put_value(FILE *out, const json_t *value)
{
    fputc(',', out);
    if (json_is_number(value))
        trb_csv_put_number(out, json_number_value(value));
}

static void put_row(FILE *out, const trb_manifest *manifest, const trb_table_row *row, const bool *shown,
                    const trb_metric_info *table, size_t n)
{
    trb_csv_put(out, row->entry->sample);
    fputc(',', out);
    trb_csv_put(out, row->entry->group);
    for (size_t c = 0; c < manifest->n_columns; c++) {
        fputc(',', out);
        trb_csv_put(out, row->entry->extra[c]);
    }
    for (size_t m = 0; m < n; m++)
        if (shown[m])
            put_value(out, json_object_get(metric_of(row, table[m].key), "value"));
    put_value(out, json_object_get(json_object_get(row->record, "threshold"), "grey"));
    put_value(out, json_array_get(json_object_get(json_object_get(row->record, "grid"), "spacing_mm"), 0));
    fputc('\n', out);
}

static bool *shown_metrics(const trb_manifest *manifest, const trb_table_row *rows,
                           const trb_metric_info *table, size_t n)
{
    bool *shown = calloc(n + 1, sizeof *shown);
    for (size_t m = 0; shown && m < n; m++)
        shown[m] = any_has(manifest, rows, table[m].key);
    return shown;
}

trb_status trb_results_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                           trb_error *err)
{
    size_t n, size;
    const trb_metric_info *table = trb_metric_table(&n);
    FILE *out = open_text(text, &size, err);
    if (!out)
        return TRB_ERR_MEMORY;
    bool *shown = shown_metrics(manifest, rows, table, n);
    fputs("sample,group", out);
    for (size_t c = 0; c < manifest->n_columns; c++) {
        fputc(',', out);
        trb_csv_put(out, manifest->columns[c]);
    }
    for (size_t m = 0; shown && m < n; m++)
        if (shown[m])
            fprintf(out, ",%s [%s]", table[m].key, table[m].unit);
    fputs(",threshold [grey],voxel size [mm]\n", out);
    for (size_t i = 0; shown && i < manifest->n_scans; i++)
        if (rows[i].state == TRB_BATCH_DONE)
            put_row(out, manifest, &rows[i], shown, table, n);
    trb_status status = finish(out, text, err);
    if (!status && !shown) {
        free(*text);
        *text = NULL;
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    }
    free(shown);
    return status;
}

/* The methods that the rows used for a metric; several when rows differ, which a reader must know. */
static void methods_of(const trb_manifest *manifest, const trb_table_row *rows, const char *key, char *text,
                       size_t size)
{
    const char *seen[16];
    size_t n = 0;
    text[0] = 0;
    for (size_t i = 0; i < manifest->n_scans; i++) {
        const char *method = json_string_value(json_object_get(metric_of(&rows[i], key), "method"));
        bool known = !method || !method[0];
        for (size_t k = 0; k < n && !known; k++)
            known = strcmp(seen[k], method) == 0;
        if (known || n == 16)
            continue;
        const size_t used = strlen(text);
        snprintf(text + used, size - used, "%s%s", n ? "; " : "", method);
        seen[n++] = method;
    }
}

trb_status trb_columns_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                           trb_error *err)
{
    size_t n, size;
    const trb_metric_info *table = trb_metric_table(&n);
    FILE *out = open_text(text, &size, err);
    if (!out)
        return TRB_ERR_MEMORY;
    fputs("column,metric,unit,name,method,definition,source,caveat\n", out);
    for (size_t m = 0; m < n; m++) {
        const trb_metric_info *info = &table[m];
        char methods[1600];
        if (!any_has(manifest, rows, info->key))
            continue;
        methods_of(manifest, rows, info->key, methods, sizeof methods);
        fprintf(out, "%s [%s]", info->key, info->unit);
        const char *const fields[] = {info->key,        info->unit,   info->name,  methods,
                                      info->definition, info->source, info->caveat};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            fputc(',', out);
            trb_csv_put(out, fields[f]);
        }
        fputc('\n', out);
    }
    return finish(out, text, err);
}

trb_status trb_failures_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                            trb_error *err)
{
    size_t size;
    FILE *out = open_text(text, &size, err);
    if (!out)
        return TRB_ERR_MEMORY;
    fputs("sample,path,kind,signal,message,log\n", out);
    for (size_t i = 0; i < manifest->n_scans; i++) {
        if (rows[i].state != TRB_BATCH_FAILED)
            continue;
        const trb_batch_failure *failure = &rows[i].failure;
        const char *const fields[] = {rows[i].entry->sample, rows[i].entry->path, failure->kind,
                                      failure->signal, failure->message};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            trb_csv_put(out, fields[f]);
            fputc(',', out);
        }
        char *log = malloc(strlen(rows[i].entry->sample) + 32);
        if (log)
            sprintf(log, "scans/%s/log.txt", rows[i].entry->sample);
        trb_csv_put(out, log);
        fputc('\n', out);
        free(log);
    }
    return finish(out, text, err);
}
