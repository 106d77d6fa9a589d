/*
 * batch_study_file.c - OUTPUT/study.json: which scans belong to the study, their order, groups, further columns, and with
 * which settings and program it was run last.
 */
#include "study/batch_parts.h"

#include "study/batch_paths.h"
#include "study/manifest_parts.h"

#include <stdlib.h>
#include <string.h>

static json_t *scan_json(const trb_batch_plan *plan, const trb_manifest_scan *scan)
{
    const trb_manifest *manifest = plan->manifest;
    trb_settings settings;
    if (trb_batch_settings(&plan->options, scan, &settings, NULL)) /* the plan has tried it */
        settings = trb_settings_default();
    json_t *extra = json_array();
    for (size_t c = 0; c < manifest->n_columns; c++)
        json_array_append_new(extra, trb_json_text(scan->extra[c]));
    return json_pack("{s:o,s:o,s:o,s:o,s:o}", "sample", trb_json_text(scan->sample), "group",
                     trb_json_text(scan->group), "path", trb_json_text(scan->path), "columns", extra,
                     "settings", trb_batch_settings_json(&settings));
}

static json_t *study_json(const trb_batch_plan *plan)
{
    const trb_manifest *manifest = plan->manifest;
    json_t *columns = json_array(), *scans = json_array();
    for (size_t c = 0; c < manifest->n_columns; c++)
        json_array_append_new(columns, trb_json_text(manifest->columns[c]));
    for (size_t i = 0; i < manifest->n_scans; i++)
        json_array_append_new(scans, scan_json(plan, &manifest->scans[i]));
    return json_pack("{s:s,s:o,s:o,s:o,s:o}", "schema", "trabecula.study/1", "study",
                     trb_json_text(manifest->study), "program", trb_batch_program_json(), "columns", columns,
                     "scans", scans);
}

trb_status trb_batch_study_save(const trb_batch_plan *plan, trb_error *err)
{
    json_t *now = study_json(plan), *before = trb_json_load(plan->output, "study.json");
    const bool same = now && before && json_equal(now, before);
    json_decref(before);
    if (!same)
        return trb_json_save(plan->output, "study.json", now, err);
    json_decref(now);
    return TRB_OK;
}

/* ---- reading */

static trb_status damaged(const char *output, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "%s/study.json is damaged: run 'trabecula batch' again, it writes it anew", output);
}

static char *text_of(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? strdup(text) : NULL;
}

static bool take_scan(trb_manifest *manifest, const json_t *json)
{
    trb_manifest_scan *scan = trb_manifest_add(manifest);
    const json_t *extra = json_object_get(json, "columns");
    if (!scan || !(scan->extra = calloc(manifest->n_columns + 1, sizeof *scan->extra)))
        return false;
    scan->sample = text_of(json_object_get(json, "sample"));
    scan->group = text_of(json_object_get(json, "group"));
    scan->path = text_of(json_object_get(json, "path"));
    for (size_t c = 0; c < manifest->n_columns; c++)
        if (!(scan->extra[c] = text_of(json_array_get(extra, c))))
            return false;
    return scan->sample && scan->path && !strchr(scan->sample, '/') && scan->sample[0] != '.';
}

static bool take_study(trb_manifest *manifest, const json_t *json)
{
    const json_t *columns = json_object_get(json, "columns"), *scans = json_object_get(json, "scans");
    const size_t n = json_array_size(columns);
    manifest->study = text_of(json_object_get(json, "study"));
    manifest->columns = calloc(n + 1, sizeof *manifest->columns);
    if (!manifest->study || !manifest->columns || !json_is_array(scans))
        return false;
    for (; manifest->n_columns < n; manifest->n_columns++)
        if (!(manifest->columns[manifest->n_columns] = text_of(json_array_get(columns, manifest->n_columns))))
            return false;
    for (size_t i = 0; i < json_array_size(scans); i++)
        if (!take_scan(manifest, json_array_get(scans, i)))
            return false;
    return true;
}

trb_status trb_batch_study_load(const char *output, trb_manifest **out, json_t **study, trb_error *err)
{
    json_t *json = trb_json_load(output, "study.json");
    *out = NULL;
    *study = NULL;
    if (!json)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s holds no study.json: no batch has run there", output);
    trb_manifest *manifest = calloc(1, sizeof *manifest);
    trb_status status = manifest && take_study(manifest, json) ? TRB_OK : damaged(output, err);
    if (status) {
        json_decref(json);
        trb_manifest_destroy(manifest);
    } else {
        *out = manifest;
        *study = json;
    }
    return status;
}

/* ---- what is stored of its scans */

static bool belongs(const json_t *state, const json_t *study, size_t i)
{
    const json_t *key = json_object_get(state, "key");
    const json_t *scan = json_array_get(json_object_get(study, "scans"), i);
    return json_equal(json_object_get(key, "settings"), json_object_get(scan, "settings")) &&
           json_equal(json_object_get(key, "program"), json_object_get(study, "program"));
}

trb_batch_state trb_batch_stored(const char *folder, const json_t *study, size_t i, json_t **record,
                                 trb_batch_failure *failure)
{
    json_t *state = trb_json_load(folder, "state.json"), *result = NULL;
    const char *name = json_string_value(json_object_get(state, "state"));
    trb_batch_state stored = TRB_BATCH_TODO;
    memset(failure, 0, sizeof *failure);
    if (name && belongs(state, study, i)) {
        if (strcmp(name, "failed") == 0) {
            stored = TRB_BATCH_FAILED;
            trb_batch_failure_read(state, failure);
        } else { /* beside "running" it is complete as well: the run ended between two steps */
            result = trb_json_load(folder, "result.json");
            if (json_is_object(json_object_get(result, "metrics")))
                stored = TRB_BATCH_DONE;
        }
    }
    if (record && stored == TRB_BATCH_DONE)
        *record = json_incref(result);
    json_decref(result);
    json_decref(state);
    return stored;
}
