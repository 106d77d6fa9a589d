/* cmd_batch_list.c - what a batch will do, before anything starts. */
#include "cmd_batch.h"

#include <string.h>

/* ---- for people */

static const char *state_text(const trb_batch_scan *scan, char *text, size_t size)
{
    if (!scan->here)
        snprintf(text, size, "other shard");
    else if (scan->state == TRB_BATCH_DONE)
        snprintf(text, size, "done");
    else
        snprintf(text, size, "%s", scan->reason);
    return text;
}

static int width_of(const trb_batch_plan *plan, bool group)
{
    size_t width = 6;
    for (size_t i = 0; i < plan->n_scans; i++) {
        const char *text = group ? plan->scans[i].entry->group : plan->scans[i].entry->sample;
        if (text && strlen(text) > width)
            width = strlen(text);
    }
    return (int)(width < 60 ? width : 60);
}

static void print_scan(const trb_batch_scan *scan, int sample_width, int group_width)
{
    char size[32], dimensions[64] = "-", voxel[48] = "-", memory[32] = "-", state[300];
    const double *s = scan->grid.spacing_mm;
    if (scan->opened) {
        snprintf(dimensions, sizeof dimensions, "%zux%zux%zu", scan->grid.nx, scan->grid.ny, scan->grid.nz);
        if (s[0] > 0)
            snprintf(voxel, sizeof voxel, "%.4g um", s[0] * 1000);
        batch_size_text((double)scan->memory_bytes, memory);
    }
    printf("%-*s  %-*s  %8s  %15s  %10s  %8s  %s\n", sample_width, scan->entry->sample, group_width,
           scan->entry->group ? scan->entry->group : "-", batch_size_text((double)scan->bytes, size),
           dimensions, voxel, memory, state_text(scan, state, sizeof state));
    if (scan->problem[0])
        printf("%-*s  ! %s\n", sample_width, "", scan->problem);
}

void batch_print_plan(const trb_batch_plan *plan)
{
    const int sample_width = width_of(plan, false), group_width = width_of(plan, true);
    double bytes = 0, work = 0;
    size_t problems = 0;
    printf("%-*s  %-*s  %8s  %15s  %10s  %8s  %s\n", sample_width, "sample", group_width, "group", "size",
           "dimensions", "voxel", "memory", "state");
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_scan *scan = &plan->scans[i];
        print_scan(scan, sample_width, group_width);
        problems += scan->problem[0] != 0;
        bytes += (double)scan->bytes;
        if (scan->here && scan->state != TRB_BATCH_DONE)
            work += scan->seconds;
    }
    char size[32], limit[32], time[32];
    printf(
        "\n%zu scans, %s; %zu to do, %zu with problems; %d at a time within %s of memory; about %s at most\n",
        plan->n_scans, batch_size_text(bytes, size), plan->n_todo, problems, plan->options.jobs,
        batch_size_text((double)plan->options.memory_limit, limit),
        batch_duration_text(work / plan->options.jobs, time));
}

/* ---- for programs */

static json_t *scan_json(const trb_batch_scan *scan)
{
    const trb_grid *grid = &scan->grid;
    json_t *path = json_string(scan->entry->path); /* NULL: a name that is not UTF-8 */
    json_t *json = json_pack("{s:s,s:s?,s:o,s:I,s:I,s:b,s:s,s:s}", "sample", scan->entry->sample, "group",
                             scan->entry->group, "path", path ? path : json_null(), "bytes",
                             (json_int_t)scan->bytes, "files", (json_int_t)scan->files, "here", scan->here,
                             "state", trb_batch_state_name(scan->state), "reason", scan->reason);
    if (json && scan->here && scan->opened)
        json_object_update_new(
            json,
            json_pack("{s:[I,I,I],s:s,s:[f,f,f],s:I,s:I,s:I,s:b}", "dimensions", (json_int_t)grid->nx,
                      (json_int_t)grid->ny, (json_int_t)grid->nz, "type", trb_type_name(scan->type),
                      "spacing_mm", grid->spacing_mm[0], grid->spacing_mm[1], grid->spacing_mm[2], "voxels",
                      (json_int_t)scan->voxels, "memory_bytes", (json_int_t)scan->memory_bytes,
                      "memory_least_bytes", (json_int_t)scan->memory_least, "in_slabs", scan->in_slabs));
    if (json && scan->here)
        json_object_set_new(json, "seconds", json_real(scan->seconds));
    if (json)
        json_object_set_new(json, "problem", scan->problem[0] ? json_string(scan->problem) : json_null());
    return json;
}

trb_status batch_print_plan_json(const trb_batch_plan *plan, trb_error *err)
{
    json_t *scans = json_array(), *warnings = json_array(), *notes = json_array();
    double bytes = 0, seconds = 0, longest = 0;
    uint64_t most_memory = 0;
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_scan *scan = &plan->scans[i];
        json_array_append_new(scans, scan_json(scan));
        bytes += (double)scan->bytes;
        if (!scan->here || scan->state == TRB_BATCH_DONE)
            continue;
        seconds += scan->seconds;
        longest = scan->seconds > longest ? scan->seconds : longest;
        most_memory = scan->memory_bytes > most_memory ? scan->memory_bytes : most_memory;
    }
    for (size_t i = 0; i < plan->n_warnings; i++)
        json_array_append_new(warnings, json_string(plan->warnings[i]));
    for (size_t i = 0; i < plan->manifest->n_notes; i++)
        json_array_append_new(notes, json_string(plan->manifest->notes[i]));
    json_t *root = json_pack(
        "{s:s,s:s,s:s,s:i,s:i,s:I,s:{s:I,s:I,s:I,s:I,s:f,s:f},s:o,s:o,s:o}", "schema", "trabecula.plan/1",
        "study", plan->manifest->study, "output", plan->output, "jobs", plan->options.jobs, "threads",
        plan->options.threads, "memory_limit_bytes", (json_int_t)plan->options.memory_limit, "total", "scans",
        (json_int_t)plan->n_scans, "todo", (json_int_t)plan->n_todo, "bytes", (json_int_t)bytes,
        "most_memory_bytes", (json_int_t)most_memory, "seconds", seconds, "longest_seconds", longest,
        "warnings", warnings, "notes", notes, "scans", scans);
    const int failed = root ? json_dumpf(root, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(12)) : -1;
    putchar('\n');
    json_decref(root);
    return failed ? trb_error_set(err, TRB_ERR_DATA,
                                  "the plan has names that are not UTF-8, or there is no memory")
                  : TRB_OK;
}

/* ---- at the start of a run */

/* Scans that are done again for the same reason are told in one line. */
static void tell_again(const cli_call *call, const trb_batch_plan *plan)
{
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_scan *scan = &plan->scans[i];
        char names[400] = "";
        size_t n = 0;
        bool told = false;
        if (!scan->here || scan->state == TRB_BATCH_DONE || strcmp(scan->reason, "new") == 0)
            continue;
        for (size_t k = 0; k < plan->n_scans; k++) {
            const trb_batch_scan *other = &plan->scans[k];
            if (!other->here || other->state == TRB_BATCH_DONE || strcmp(other->reason, scan->reason) != 0)
                continue;
            told = told || k < i;
            const size_t used = strlen(names);
            if (n++ < 4)
                snprintf(names + used, sizeof names - used, "%s%.80s", n > 1 ? ", " : "",
                         other->entry->sample);
        }
        if (!told)
            cli_info(call, "again: %s%s: %s", names, n > 4 ? " and more" : "", scan->reason);
    }
}

void batch_tell_plan(const cli_call *call, const trb_batch_plan *plan)
{
    char size[32];
    double bytes = 0;
    for (size_t i = 0; i < plan->manifest->n_notes; i++)
        cli_info(call, "%s", plan->manifest->notes[i]);
    for (size_t i = 0; i < plan->n_warnings; i++)
        cli_warn(call, "%s", plan->warnings[i]);
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_scan *scan = &plan->scans[i];
        if (!scan->here || scan->state == TRB_BATCH_DONE)
            continue;
        bytes += (double)scan->bytes;
        if (scan->problem[0])
            cli_warn(call, "%s will fail: %s", scan->entry->sample, scan->problem);
    }
    tell_again(call, plan);
    if (plan->options.shards)
        cli_info(call, "shard %d of %d has %zu of %zu scans", plan->options.shard, plan->options.shards,
                 plan->n_here, plan->n_scans);
    cli_info(call, "%zu of %zu scans to do, %s; %d at a time on %d threads", plan->n_todo, plan->n_here,
             batch_size_text(bytes, size), plan->options.jobs, plan->options.threads);
}
