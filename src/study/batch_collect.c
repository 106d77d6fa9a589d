/* batch_collect.c - from the folders of the scans to results.csv, the tables beside it and batch.json. */
#include "study/batch_parts.h"
#include "study/batch_paths.h"
#include "study/batch_tables.h"

#include "trabecula/record.h"
#include "trabecula/version.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- batch.json */

static json_t *scan_json(const trb_table_row *row)
{
    json_t *json = json_pack("{s:o,s:o,s:o,s:s}", "sample", trb_json_text(row->entry->sample), "group",
                             trb_json_text(row->entry->group), "path", trb_json_text(row->entry->path),
                             "state", trb_batch_state_name(row->state));
    if (row->state == TRB_BATCH_DONE) {
        json_object_set(json, "settings", json_object_get(row->record, "settings"));
        json_object_set(json, "threshold", json_object_get(row->record, "threshold"));
        json_object_set(json, "warnings", json_object_get(row->record, "warnings"));
        json_object_set(json, "program", json_object_get(row->record, "program"));
    } else if (row->state == TRB_BATCH_FAILED) {
        json_object_set_new(json, "failure",
                            json_pack("{s:s,s:s,s:o}", "kind", row->failure.kind, "signal",
                                      row->failure.signal, "message", trb_json_text(row->failure.message)));
    }
    return json;
}

json_t *trb_batch_json(const trb_manifest *manifest, const trb_table_row *rows)
{
    json_t *scans = json_array();
    json_int_t counts[4] = {0, 0, 0, 0};
    for (size_t i = 0; i < manifest->n_scans; i++) {
        json_array_append_new(scans, scan_json(&rows[i]));
        counts[rows[i].state]++;
    }
    return json_pack("{s:s,s:o,s:{s:I,s:I,s:I,s:I},s:o}", "schema", "trabecula.batch/1", "study",
                     trb_json_text(manifest->study), "counts", "scans", (json_int_t)manifest->n_scans, "done",
                     counts[TRB_BATCH_DONE], "failed", counts[TRB_BATCH_FAILED], "to do",
                     counts[TRB_BATCH_TODO] + counts[TRB_BATCH_RUNNING], "scans", scans);
}

/* ---- reading the scans */

static trb_status load_row(const char *output, const json_t *study, size_t i, trb_table_row *row,
                           trb_error *err)
{
    char *folder = trb_batch_folder(output, row->entry->sample);
    if (!folder)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    row->state = trb_batch_stored(folder, study, i, &row->record, &row->failure);
    free(folder);
    return TRB_OK;
}

static void count(const trb_manifest *manifest, const trb_table_row *rows, trb_batch_totals *totals)
{
    memset(totals, 0, sizeof *totals);
    totals->scans = manifest->n_scans;
    for (size_t i = 0; i < manifest->n_scans; i++) {
        totals->done += rows[i].state == TRB_BATCH_DONE;
        totals->failed += rows[i].state == TRB_BATCH_FAILED;
        totals->todo += rows[i].state == TRB_BATCH_TODO;
        totals->warnings += json_array_size(json_object_get(rows[i].record, "warnings"));
    }
}

/* ---- writing */

static trb_status write_text(const char *output, const char *name, char *text, trb_error *err)
{
    char *path = trb_path_join(output, name);
    trb_status status = TRB_OK;
    if (!path)
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %s", name);
    else if (text)
        status = trb_text_write(path, text, true, err);
    else if (unlink(path) != 0 && errno != ENOENT) /* of an earlier run with other settings: it would belong to no result */
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be removed: %s", path, strerror(errno));
    free(path);
    free(text);
    return status;
}

static trb_status write_tables(const char *output, const trb_manifest *manifest, const trb_table_row *rows,
                               trb_error *err)
{
    static const struct {
        const char *name;
        trb_status (*make)(const trb_manifest *, const trb_table_row *, char **, trb_error *);
    } tables[] = {{"failures.csv", trb_failures_csv},
                  {"results.columns.csv", trb_columns_csv},
                  {"distributions.csv", trb_distributions_csv},
                  {"percentiles.csv", trb_percentiles_csv},
                  {"sensitivity.csv", trb_sensitivities_csv},
                  {"results.csv", trb_results_csv}};
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        char *text;
        trb_status status = tables[i].make(manifest, rows, &text, err);
        if (!status)
            status = write_text(output, tables[i].name, text, err);
        if (status)
            return status;
    }
    return trb_json_save(output, "batch.json", trb_batch_json(manifest, rows), err);
}

trb_status trb_batch_collect(const char *output, trb_batch_totals *totals, trb_error *err)
{
    trb_manifest *manifest = NULL;
    json_t *study = NULL;
    int claim = -1;
    trb_status status = trb_batch_study_load(output, &manifest, &study, err);
    trb_table_row *rows = status ? NULL : calloc(manifest->n_scans + 1, sizeof *rows);
    if (!status && !rows)
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    if (!status)
        status = trb_batch_claim(output, true, &claim, err); /* two runs may end at the same time */
    for (size_t i = 0; !status && i < manifest->n_scans; i++) {
        rows[i].entry = &manifest->scans[i];
        status = load_row(output, study, i, &rows[i], err);
    }
    if (!status)
        status = write_tables(output, manifest, rows, err);
    if (!status && totals)
        count(manifest, rows, totals);
    for (size_t i = 0; rows && i < manifest->n_scans; i++)
        json_decref(rows[i].record);
    if (claim >= 0)
        close(claim);
    free(rows);
    json_decref(study);
    trb_manifest_destroy(manifest);
    return status;
}
