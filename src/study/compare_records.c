/*
 * compare_records.c - were all scans measured in the same way? A difference of settings between groups spoils more
 * studies than the choice of the test does.
 */
#include "study/compare_parts.h"
#include "study/document_read.h"

#include <stdio.h>
#include <string.h>

/* Settings that must not differ. Places (voi, slices, crop) differ from scan to scan by right, but not by kind. */
static const char *const KEYS[] = {"voxel-size", "resample", "filter", "threshold", "invert", "despeckle", "keep-largest", "fill-holes",
                                   "profile", "thickness", "ball-centres", "tbn", "surface",
                                   "da", "da-directions", "da-step", "purify"};

static void warn(json_t *document, const char *text)
{
    json_array_append_new(json_object_get(document, "warnings"), json_string(text));
}

/* counts: value -> group -> number of scans. */
static void count(json_t *counts, const char *value, const char *group)
{
    json_t *groups = json_object_get(counts, value);
    if (!groups) {
        groups = json_object();
        json_object_set_new(counts, value, groups);
    }
    json_object_set_new(groups, group, json_integer(json_integer_value(json_object_get(groups, group)) + 1));
}

static void warn_of(json_t *document, const char *what, json_t *counts)
{
    if (json_object_size(counts) < 2)
        return;
    char text[1024];
    int used = snprintf(text, sizeof text, "%s is not the same in all scans: ", what);
    const char *value, *group;
    json_t *groups, *n;
    bool first = true;
    json_object_foreach (counts, value, groups) {
        if (used >= 0 && used < (int)sizeof text)
            used += snprintf(text + used, sizeof text - (size_t)used, "%s%s in", first ? "" : "; ", *value ? value : "none");
        first = false;
        json_object_foreach (groups, group, n) {
            if (used >= 0 && used < (int)sizeof text)
                used += snprintf(text + used, sizeof text - (size_t)used, " %s (%d)", group, (int)json_integer_value(n));
        }
    }
    if (used >= 0 && used < (int)sizeof text)
        snprintf(text + used, sizeof text - (size_t)used, ". Measure all scans in the same way before comparing them");
    warn(document, text);
}

static const char *voi_kind(const json_t *settings)
{
    const char *voi = trb_doc_text(settings, "voi");
    return !*voi ? "the whole image" : strncmp(voi, "box:", 4) == 0 ? "a box" : strncmp(voi, "cylinder:", 9) == 0 ? "a cylinder"
           : strncmp(voi, "auto", 4) == 0 ? voi : "a mask";
}

static void count_record(json_t *all, const json_t *record, const char *group)
{
    const json_t *settings = json_object_get(record, "settings"), *program = json_object_get(record, "program");
    char build[128];
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++)
        count(json_object_get(all, KEYS[k]), trb_doc_text(settings, KEYS[k]), group);
    count(json_object_get(all, "voi"), voi_kind(settings), group);
    snprintf(build, sizeof build, "%s (%s)", trb_doc_text(program, "version"), trb_doc_text(program, "commit"));
    count(json_object_get(all, "program"), build, group);
    const json_t *input = json_object_get(record, "input");
    count(json_object_get(all, "type"), trb_doc_text(input, "type"), group);
}

trb_status trb_comparison_records(trb_comparison *comparison, const trb_cohort *scans, const char *folder, trb_error *err)
{
    json_t *document = comparison->document, *all = json_object();
    for (size_t k = 0; k < sizeof KEYS / sizeof *KEYS; k++)
        json_object_set_new(all, KEYS[k], json_object());
    json_object_set_new(all, "voi", json_object());
    json_object_set_new(all, "program", json_object());
    json_object_set_new(all, "type", json_object());
    if (!all || json_object_size(all) != sizeof KEYS / sizeof *KEYS + 3) {
        json_decref(all);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the settings of the scans");
    }
    for (size_t r = 0; r < scans->n_rows; r++) {
        char path[4096];
        const char *sample = scans->row[r].sample;
        if (scans->row[r].group == TRB_COHORT_NO_GROUP || !*sample || strchr(sample, '/') || snprintf(path, sizeof path, "%s/%s/result.json", folder, sample) >= (int)sizeof path)
            continue;
        json_t *record = json_load_file(path, 0, NULL);
        if (!record)
            continue;
        count_record(all, record, scans->group_name[scans->row[r].group]);
        if (!json_object_get(document, "measurement_text"))
            json_object_set_new(document, "measurement_text", json_string(trb_doc_text(record, "methods_text")));
        json_decref(record);
    }
    const char *key;
    json_t *counts;
    char what[64];
    json_object_foreach (all, key, counts) {
        const char *fixed = strcmp(key, "voi") == 0 ? "the kind of VOI" : strcmp(key, "program") == 0 ? "the program"
                            : strcmp(key, "type") == 0 ? "the voxel type" : NULL;
        if (fixed)
            snprintf(what, sizeof what, "%s", fixed);
        else
            snprintf(what, sizeof what, "the setting '%s'", key);
        warn_of(document, what, counts);
    }
    json_decref(all);
    return TRB_OK;
}
