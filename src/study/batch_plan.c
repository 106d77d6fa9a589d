/* batch_plan.c - what a run will do, before it does anything. */
#include "study/batch_parts.h"

#include "study/batch_paths.h"
#include "study/batch_shard.h"
#include "trabecula/version.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_JOBS 64
#define JOBS_BY_ITSELF 16 /* more only when asked for: disks and people */

void trb_batch_plan_destroy(trb_batch_plan *plan)
{
    if (!plan)
        return;
    trb_names_free(plan->warnings, plan->n_warnings);
    free(plan->scans);
    free(plan->output);
    free(plan);
}

static trb_status no_memory(trb_error *err)
{
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a plan");
}

/* Waiting for a file server takes longer than reading headers: many at a time. */
static void look_at_disk(trb_batch_plan *plan)
{
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)plan->n_scans; i++)
        trb_batch_disk_use(plan->scans[i].entry->path, &plan->scans[i].bytes, &plan->scans[i].files);
}

static trb_status choose_shard(trb_batch_plan *plan, trb_error *err)
{
    const int shard = plan->options.shard, shards = plan->options.shards;
    if (shards == 0) {
        for (size_t i = 0; i < plan->n_scans; i++)
            plan->scans[i].here = true;
        return TRB_OK;
    }
    if (shard < 1 || shard > shards)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "shard %d of %d is none: the first is 1/%d", shard,
                             shards, shards);
    uint64_t *bytes = malloc((plan->n_scans + 1) * sizeof *bytes);
    int *part = malloc((plan->n_scans + 1) * sizeof *part);
    trb_status status = bytes && part ? TRB_OK : no_memory(err);
    for (size_t i = 0; !status && i < plan->n_scans; i++)
        bytes[i] = plan->scans[i].bytes;
    if (!status)
        status = trb_shard_balance(bytes, plan->n_scans, shards, part, err);
    for (size_t i = 0; !status && i < plan->n_scans; i++)
        plan->scans[i].here = part[i] == shard;
    free(bytes);
    free(part);
    return status;
}

trb_status trb_batch_check(const trb_batch_plan *plan, trb_batch_scan *scan, json_t **key, trb_error *err)
{
    trb_settings settings;
    *key = NULL;
    trb_status status = trb_batch_settings(&plan->options, scan->entry, &settings, err);
    char *folder = status ? NULL : trb_batch_folder(plan->output, scan->entry->sample);
    if (!status)
        *key = trb_batch_key(&plan->options, scan->entry, &settings);
    if (!status && (!folder || !*key))
        status = no_memory(err);
    if (!status)
        trb_batch_judge(&plan->options, folder, *key, scan);
    free(folder);
    return status;
}

static bool is_claimed(const trb_batch_plan *plan, const trb_batch_scan *scan)
{
    char *folder = trb_batch_folder(plan->output, scan->entry->sample);
    const bool claimed = folder && trb_batch_claimed(folder);
    free(folder);
    return claimed;
}

static trb_status look_at_one(trb_batch_plan *plan, trb_batch_scan *scan, trb_error *err)
{
    trb_settings settings;
    json_t *key = NULL;
    trb_status status = trb_batch_check(plan, scan, &key, err);
    json_decref(key);
    if (!status)
        status = trb_batch_settings(&plan->options, scan->entry, &settings, err);
    if (!status && scan->state == TRB_BATCH_TODO && is_claimed(plan, scan))
        snprintf(scan->reason, sizeof scan->reason, "another run measures it now");
    if (!status && !scan->opened)
        trb_batch_look(&plan->options, &settings, scan);
    return status;
}

static trb_status look_at_scans(trb_batch_plan *plan, trb_error *err)
{
    trb_status first = TRB_OK;
    ptrdiff_t first_at = (ptrdiff_t)plan->n_scans;
#pragma omp parallel for schedule(dynamic)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)plan->n_scans; i++) {
        trb_error why = {TRB_OK, ""};
        const trb_status status = plan->scans[i].here ? look_at_one(plan, &plan->scans[i], &why) : TRB_OK;
#pragma omp critical(trb_batch_first_error)
        if (status && i < first_at) {
            first_at = i;
            first = trb_error_set(err, status, "%s", why.text);
        }
    }
    return first;
}

/* ---- jobs */

static int by_memory(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x < y) - (x > y);
}

/* As many as there are cores and scans, while the largest of them fit into memory together. */
static int jobs_that_fit(const trb_batch_plan *plan)
{
    uint64_t *needs = malloc((plan->n_todo + 1) * sizeof *needs);
    size_t n = 0;
    if (!needs)
        return 1;
    for (size_t i = 0; i < plan->n_scans; i++)
        if (plan->scans[i].here && plan->scans[i].state != TRB_BATCH_DONE)
            needs[n++] = plan->scans[i].memory_bytes;
    qsort(needs, n, sizeof *needs, by_memory);
    int jobs = 0;
    uint64_t sum = 0;
    while (jobs < plan->options.threads && jobs < JOBS_BY_ITSELF && (size_t)jobs < n) {
        sum += needs[jobs];
        if (jobs && plan->options.memory_limit && sum > plan->options.memory_limit)
            break;
        jobs++;
    }
    free(needs);
    return jobs ? jobs : 1;
}

static void choose_jobs(trb_batch_plan *plan)
{
    trb_batch_options *options = &plan->options;
    for (size_t i = 0; i < plan->n_scans; i++) {
        plan->n_here += plan->scans[i].here;
        plan->n_todo += plan->scans[i].here && plan->scans[i].state != TRB_BATCH_DONE;
    }
    if (options->jobs == 0)
        options->jobs = jobs_that_fit(plan);
    if (options->jobs > MOST_JOBS)
        options->jobs = MOST_JOBS;
    const int each = options->threads > options->jobs ? options->threads / options->jobs : 1;
    for (size_t i = 0; i < plan->n_scans; i++)
        if (plan->scans[i].here)
            plan->scans[i].seconds = trb_batch_seconds(&plan->scans[i], each);
}

trb_status trb_batch_plan_create(const trb_manifest *manifest, const char *output,
                                 const trb_batch_options *options, trb_batch_plan **out, trb_error *err)
{
    *out = NULL;
    trb_batch_plan *plan = calloc(1, sizeof *plan);
    if (!plan)
        return no_memory(err);
    plan->manifest = manifest;
    plan->options = *options;
    plan->output = strdup(output);
    plan->n_scans = manifest->n_scans;
    plan->scans = calloc(manifest->n_scans + 1, sizeof *plan->scans);
    trb_status status = plan->output && plan->scans ? TRB_OK : no_memory(err);
    if (plan->options.threads < 1)
        plan->options.threads = trb_threads();
    if (plan->options.memory_limit == 0)
        plan->options.memory_limit = trb_batch_memory_available();
    for (size_t i = 0; !status && i < plan->n_scans; i++) {
        plan->scans[i].entry = &manifest->scans[i];
        plan->scans[i].order = i;
    }
    if (!status) {
        look_at_disk(plan);
        status = choose_shard(plan, err);
    }
    if (!status)
        status = look_at_scans(plan, err);
    if (!status) {
        choose_jobs(plan);
        trb_batch_find_mixed(plan);
    }
    if (status)
        trb_batch_plan_destroy(plan);
    else
        *out = plan;
    return status;
}
