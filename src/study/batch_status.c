/* batch_status.c - the state of a study on disk, while it grows or later. */
#include "study/batch_parts.h"
#include "study/batch_paths.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_batch_status_destroy(trb_batch_status *status)
{
    if (!status)
        return;
    for (size_t i = 0; i < status->n_scans; i++) {
        free(status->scans[i].sample);
        free(status->scans[i].group);
    }
    free(status->scans);
    free(status);
}

/* What it does right now stands in the last line of its log. */
static void last_line(const char *folder, char *text, size_t size)
{
    char *path = trb_path_join(folder, "log.txt");
    FILE *file = path ? fopen(path, "r") : NULL;
    char line[8400];
    text[0] = 0;
    while (file && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = 0;
        const char *words = strstr(line, " s  "); /* behind the time */
        if (words && !strstr(words, "trabecula analyze --"))
            snprintf(text, size, "%.600s", words + 4);
    }
    if (file)
        fclose(file);
    free(path);
}

static bool look(const char *output, const json_t *study, const trb_manifest *manifest, size_t i,
                 trb_batch_status_scan *out)
{
    const trb_manifest_scan *entry = &manifest->scans[i];
    trb_batch_failure failure;
    char *folder = trb_batch_folder(output, entry->sample);
    out->sample = strdup(entry->sample);
    out->group = entry->group ? strdup(entry->group) : NULL;
    if (!folder || !out->sample) {
        free(folder);
        return false;
    }
    out->state = trb_batch_stored(folder, study, i, NULL, &failure);
    if (trb_batch_claimed(folder)) {
        out->state = TRB_BATCH_RUNNING;
        last_line(folder, out->detail, sizeof out->detail);
    } else if (out->state == TRB_BATCH_FAILED) {
        snprintf(out->detail, sizeof out->detail, "%s%s%s: %s", failure.kind, failure.signal[0] ? " " : "",
                 failure.signal, failure.message);
    }
    free(folder);
    return true;
}

trb_status trb_batch_status_create(const char *output, trb_batch_status **out, trb_error *err)
{
    trb_manifest *manifest = NULL;
    json_t *study = NULL;
    *out = NULL;
    trb_status status = trb_batch_study_load(output, &manifest, &study, err);
    if (status)
        return status;
    trb_batch_status *found = calloc(1, sizeof *found);
    if (found)
        found->scans = calloc(manifest->n_scans + 1, sizeof *found->scans);
    bool good = found && found->scans;
    for (size_t i = 0; good && i < manifest->n_scans; i++) {
        trb_batch_status_scan *scan = &found->scans[found->n_scans++];
        good = look(output, study, manifest, i, scan);
        found->done += scan->state == TRB_BATCH_DONE;
        found->failed += scan->state == TRB_BATCH_FAILED;
        found->running += scan->state == TRB_BATCH_RUNNING;
        found->todo += scan->state == TRB_BATCH_TODO;
    }
    json_decref(study);
    trb_manifest_destroy(manifest);
    if (!good) {
        trb_batch_status_destroy(found);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a status");
    }
    *out = found;
    return TRB_OK;
}
