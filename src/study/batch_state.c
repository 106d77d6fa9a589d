/*
 * batch_state.c - OUTPUT/scans/SAMPLE: state.json, the lock, and whether the result there is the one that is wanted.
 *
 * The order of writing makes every moment safe: the old result goes, "running" is noted with the key, the measuring
 * process puts a complete result.json in place, "done" is noted. A result beside "running" belongs to that key.
 */
#include "study/batch_parts.h"

#include "study/batch_paths.h"
#include "trabecula/record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

const char *trb_batch_state_name(trb_batch_state state)
{
    static const char *const names[] = {"to do", "running", "done", "failed"};
    return names[state];
}

/* ---- JSON files */

json_t *trb_json_text(const char *text)
{
    char *copy = text ? trb_text_utf8(text) : NULL;
    json_t *string = copy ? json_string(copy) : json_null();
    free(copy);
    return string;
}

json_t *trb_json_load(const char *folder, const char *name)
{
    char *path = trb_path_join(folder, name);
    json_t *json = path ? json_load_file(path, 0, NULL) : NULL;
    free(path);
    return json;
}

trb_status trb_json_save(const char *folder, const char *name, json_t *json, trb_error *err)
{
    char *path = trb_path_join(folder, name);
    char *text = json ? json_dumps(json, JSON_INDENT(1) | JSON_REAL_PRECISION(17)) : NULL;
    char *line = text ? trb_text_format("%s\n", text) : NULL;
    json_decref(json);
    trb_status status = path && line ? trb_text_write(path, line, true, err)
                                     : trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %s", name);
    free(line);
    free(text);
    free(path);
    return status;
}

char *trb_batch_folder(const char *output, const char *sample)
{
    return trb_text_format("%s%sscans/%s", output, output[0] && output[strlen(output) - 1] == '/' ? "" : "/",
                           sample);
}

/* ---- state */

void trb_batch_failure_read(const json_t *state, trb_batch_failure *out)
{
    const json_t *failure = json_object_get(state, "failure");
    const char *kind = json_string_value(json_object_get(failure, "kind"));
    const char *name = json_string_value(json_object_get(failure, "signal"));
    const char *message = json_string_value(json_object_get(failure, "message"));
    memset(out, 0, sizeof *out);
    snprintf(out->kind, sizeof out->kind, "%s", kind ? kind : "");
    snprintf(out->signal, sizeof out->signal, "%s", name ? name : "");
    snprintf(out->message, sizeof out->message, "%s", message ? message : "");
    out->exit_code = (int)json_integer_value(json_object_get(failure, "exit_code"));
}

/* What the headers said, so that a finished scan need not be opened again. */
static void read_facts(const json_t *state, trb_batch_scan *scan)
{
    const json_t *facts = json_object_get(state, "facts");
    const json_t *size = json_object_get(facts, "dimensions"),
                 *spacing = json_object_get(facts, "spacing_mm");
    if (json_array_size(size) != 3 || json_array_size(spacing) != 3)
        return;
    scan->grid.nx = (size_t)json_integer_value(json_array_get(size, 0));
    scan->grid.ny = (size_t)json_integer_value(json_array_get(size, 1));
    scan->grid.nz = (size_t)json_integer_value(json_array_get(size, 2));
    for (size_t axis = 0; axis < 3; axis++)
        scan->grid.spacing_mm[axis] = json_number_value(json_array_get(spacing, axis));
    scan->type = (trb_type)json_integer_value(json_object_get(facts, "type_code"));
    scan->voxels = (size_t)json_integer_value(json_object_get(facts, "voxels"));
    scan->memory_bytes = (uint64_t)json_integer_value(json_object_get(facts, "memory_bytes"));
    const char *scanner = json_string_value(json_object_get(facts, "scanner"));
    snprintf(scan->scanner, sizeof scan->scanner, "%s", scanner ? scanner : "");
    scan->opened = true;
}

static bool result_complete(const char *folder)
{
    json_t *result = trb_json_load(folder, "result.json");
    const char *schema = json_string_value(json_object_get(result, "schema"));
    const bool complete = schema && strcmp(schema, "trabecula.result/1") == 0;
    json_decref(result);
    return complete;
}

void trb_batch_judge(const trb_batch_options *options, const char *folder, const json_t *key,
                     trb_batch_scan *scan)
{
    json_t *state = trb_json_load(folder, "state.json");
    const char *name = json_string_value(json_object_get(state, "state"));
    const bool failed = name && strcmp(name, "failed") == 0, running = name && strcmp(name, "running") == 0;
    scan->state = TRB_BATCH_TODO;
    trb_batch_failure_read(state, &scan->failure);
    if (!name)
        snprintf(scan->reason, sizeof scan->reason, "new");
    else if (options->force)
        snprintf(scan->reason, sizeof scan->reason, "--force");
    else if (!trb_batch_key_serves(json_object_get(state, "key"), key, scan->reason, sizeof scan->reason))
        ;
    else if (failed)
        snprintf(scan->reason, sizeof scan->reason, "it failed before (%s)", scan->failure.kind);
    else if (!result_complete(folder))
        snprintf(scan->reason, sizeof scan->reason,
                 running ? "it was interrupted" : "its result is gone or damaged");
    else
        scan->state = TRB_BATCH_DONE;
    if (scan->state == TRB_BATCH_DONE) {
        scan->reason[0] = 0;
        read_facts(state, scan);
    }
    json_decref(state);
}

trb_status trb_batch_note(const char *folder, const trb_batch_scan *scan, const char *state,
                          const json_t *key, const trb_batch_failure *failure, double seconds, trb_error *err)
{
    const trb_grid *grid = &scan->grid;
    json_t *facts =
        !scan->opened
            ? json_null()
            : json_pack("{s:[I,I,I],s:s,s:i,s:[f,f,f],s:I,s:I,s:o}", "dimensions", (json_int_t)grid->nx,
                        (json_int_t)grid->ny, (json_int_t)grid->nz, "type", trb_type_name(scan->type),
                        "type_code", (int)scan->type, "spacing_mm", grid->spacing_mm[0], grid->spacing_mm[1],
                        grid->spacing_mm[2], "voxels", (json_int_t)scan->voxels, "memory_bytes",
                        (json_int_t)scan->memory_bytes, "scanner", trb_json_text(scan->scanner));
    json_t *why =
        !failure ? json_null()
                 : json_pack("{s:s,s:s,s:i,s:o}", "kind", failure->kind, "signal", failure->signal,
                             "exit_code", failure->exit_code, "message", trb_json_text(failure->message));
    json_t *json = json_pack("{s:s,s:o,s:o,s:o,s:s,s:o,s:f,s:o,s:O}", "schema", "trabecula.scan/1", "sample",
                             trb_json_text(scan->entry->sample), "group", trb_json_text(scan->entry->group),
                             "path", trb_json_text(scan->entry->path), "state", state, "failure", why,
                             "seconds", seconds, "facts", facts, "key", key);
    return trb_json_save(folder, "state.json", json, err);
}

/* ---- claims */

/*
 * flock() belongs to the open file, which the measuring process inherits: a claim ends only when both are gone. So a
 * restarted run never meets the last breath of an old process in the same folder.
 */
trb_status trb_batch_claim(const char *folder, bool wait, int *fd, trb_error *err)
{
    char *path = trb_path_join(folder, ".lock");
    if (!path)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a lock");
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    trb_status status =
        *fd < 0 ? trb_error_set(err, TRB_ERR_IO, "%s cannot be made: %s", path, strerror(errno)) : TRB_OK;
    int done = -1;
    while (!status && (done = flock(*fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB)) != 0 && errno == EINTR)
        ;
    if (!status && done != 0 && errno == EWOULDBLOCK) {
        close(*fd);
        *fd = -1;
    } else if (!status && done != 0 && errno != ENOLCK && errno != ENOSYS && errno != EOPNOTSUPP && errno != EINVAL) {
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be locked: %s", path, strerror(errno));
        close(*fd);
        *fd = -1;
    } /* a file system without locks: shards do not meet, and one run alone is safe as well */
    free(path);
    return status;
}

bool trb_batch_noted_done(const char *folder)
{
    json_t *state = trb_json_load(folder, "state.json");
    const char *name = json_string_value(json_object_get(state, "state"));
    const bool done = name && strcmp(name, "done") == 0;
    json_decref(state);
    return done;
}

bool trb_batch_claimed(const char *folder)
{
    char *path = trb_path_join(folder, ".lock");
    const int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    const bool claimed = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
    if (fd >= 0)
        close(fd);
    free(path);
    return claimed;
}
