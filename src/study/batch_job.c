/*
 * batch_job.c - the start and the end of one scan. The order in which things are written is what makes a run safe at any
 * moment; batch_state.c explains it.
 */
#include "study/batch_argv.h"
#include "study/batch_parts.h"
#include "study/batch_paths.h"
#include "study/batch_run.h"

#include "trabecula/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the end of a scan */

static void through(trb_run *run, const trb_batch_scan *scan)
{
    run->through++;
    run->bytes_through += trb_run_weight(scan);
}

/* Nothing can be written any more: going on would measure for nothing. */
static bool disk_is_full(const trb_batch_failure *failure)
{
    return strstr(failure->message, strerror(ENOSPC)) || strstr(failure->message, strerror(EDQUOT));
}

static trb_status note_failure(trb_run *run, trb_batch_scan *scan, const char *folder, const json_t *key,
                               const trb_batch_failure *failure, double seconds)
{
    scan->failure = *failure;
    scan->state = TRB_BATCH_FAILED;
    run->totals.failed++;
    through(run, scan);
    const trb_status status = trb_batch_note(folder, scan, "failed", key, failure, seconds, run->err);
    trb_run_tell(run, TRB_BATCH_HAS_FAILED, scan, 0, seconds);
    return status;
}

void trb_job_clear(trb_job *job)
{
    if (job->claim >= 0)
        close(job->claim);
    json_decref(job->key);
    free(job->folder);
    memset(job, 0, sizeof *job);
    job->claim = -1;
}

static bool result_is_there(const char *folder)
{
    json_t *result = trb_json_load(folder, "result.json");
    json_decref(result);
    return result != NULL;
}

trb_status trb_job_finish(trb_run *run, trb_job *job, trb_batch_failure *failure)
{
    trb_batch_scan *scan = job->item.scan;
    const double seconds = trb_worker_now() - job->worker.started;
    if (!failure->kind[0] && !result_is_there(job->folder)) {
        snprintf(failure->kind, sizeof failure->kind, "exit");
        snprintf(failure->message, sizeof failure->message, "it ended well but left no result");
    }
    trb_stale_remove(job->folder);
    if (failure->kind[0] && disk_is_full(failure))
        return trb_error_set(run->err, TRB_ERR_IO,
                             "%s: %s; make room and give the same command again: it goes on from here",
                             scan->entry->sample, failure->message);
    if (failure->kind[0])
        return note_failure(run, scan, job->folder, job->key, failure, seconds);
    scan->state = TRB_BATCH_DONE;
    memset(&scan->failure, 0, sizeof scan->failure);
    run->totals.measured++;
    run->totals.bytes += scan->bytes;
    run->totals.voxels += scan->voxels;
    through(run, scan);
    const trb_status status = trb_batch_note(job->folder, scan, "done", job->key, NULL, seconds, run->err);
    trb_run_tell(run, TRB_BATCH_FINISHED, scan, job->threads, seconds);
    return status;
}

/* ---- the start of a scan */

/* Cores that no job has, divided among the places that can still be filled. */
static int threads_for_next(const trb_run *run)
{
    const trb_batch_options *options = &run->plan->options;
    int used = 0;
    for (size_t i = 0; i < run->n_jobs; i++)
        used += run->jobs[i].threads;
    const int places = options->jobs - (int)run->n_jobs, waiting = (int)run->queue.n + 1;
    const int share = places < waiting ? places : waiting;
    const int threads = (options->threads - used) / (share > 0 ? share : 1);
    return threads > 0 ? threads : 1;
}

/* Is it something that a measurement writes? Other files in the folder are the user's. */
static bool is_product(const char *name)
{
    static const char *const starts[] = {"result.", "bone.", "Tb.Th.", "Tb.Sp.", "Ct.Th.", "cortical."};
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++)
        if (strncmp(name, starts[i], strlen(starts[i])) == 0)
            return true;
    return strcmp(name, "qc.png") == 0;
}

static trb_status remove_file(const char *folder, const char *name, trb_error *err)
{
    char *path = trb_path_join(folder, name);
    trb_status status = path ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    if (path && unlink(path) != 0 && errno != ENOENT)
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be removed: %s", path, strerror(errno));
    free(path);
    return status;
}

/* The record first: without it the rest is nothing. Old maps and pictures must not stand beside a new record. */
static trb_status remove_old(const char *folder, trb_error *err)
{
    char **names = NULL;
    size_t n = 0;
    trb_status status = remove_file(folder, "result.json", err);
    if (!status)
        status = trb_names_in(folder, &names, &n, err);
    for (size_t i = 0; !status && i < n; i++)
        if (is_product(names[i]))
            status = remove_file(folder, names[i], err);
    trb_names_free(names, n);
    return status;
}

/* It cannot be measured within the limit: say so without starting a process. */
static trb_status refuse_for_memory(trb_run *run, trb_job *job)
{
    trb_batch_failure failure = {.kind = "memory", .exit_code = -1};
    snprintf(failure.message, sizeof failure.message, "%s", job->item.scan->problem);
    char *path = trb_path_join(job->folder, "log.txt");
    char *text = trb_text_format("not started: %s\n", failure.message);
    trb_status status = path && text ? trb_text_write(path, text, true, run->err)
                                     : trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory");
    free(text);
    free(path);
    return status ? status : note_failure(run, job->item.scan, job->folder, job->key, &failure, 0);
}

static trb_status launch(trb_run *run, trb_job *job)
{
    trb_batch_scan *scan = job->item.scan;
    const char *program = run->plan->options.program ? run->plan->options.program : "trabecula";
    trb_status status = remove_old(job->folder, run->err);
    if (!status)
        status = trb_batch_note(job->folder, scan, "running", job->key, NULL, 0, run->err);
    if (status)
        return status;
    job->threads = threads_for_next(run);
    char **argv = trb_batch_argv(&run->plan->options, scan, job->folder, job->threads);
    char *log = trb_path_join(job->folder, "log.txt");
    status = argv && log ? trb_worker_start(&job->worker, program, argv, log, job->claim, run->err)
                         : trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for a command line");
    free(log);
    trb_batch_argv_free(argv);
    return status;
}

/*
 * A supervisor that ended between two steps leaves a finished scan as "running", perhaps with a temporary file: put it
 * right, unless somebody has the folder.
 */
trb_status trb_job_tidy(const trb_batch_plan *plan, trb_batch_scan *scan, trb_error *err)
{
    char *folder = trb_batch_folder(plan->output, scan->entry->sample);
    json_t *key = NULL;
    int claim = -1;
    trb_status status = folder ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    const bool noted = !status && trb_batch_noted_done(folder);
    if (!status && !(noted && !trb_stale_any(folder)))
        status = trb_batch_claim(folder, false, &claim, err);
    if (claim >= 0) {
        trb_stale_remove(folder);
        status = trb_batch_check(plan, scan, &key, err);
        if (!status && scan->state == TRB_BATCH_DONE && !noted)
            status = trb_batch_note(folder, scan, "done", key, NULL, 0, err);
        close(claim);
    }
    json_decref(key);
    free(folder);
    return status;
}

/* Claim a scan, see whether it is still to do, and start it. */
trb_status trb_job_begin(trb_run *run, trb_job *job, trb_begun *begun)
{
    trb_batch_scan *scan = job->item.scan;
    *begun = TRB_THROUGH;
    job->claim = -1;
    job->folder = trb_batch_folder(run->plan->output, scan->entry->sample);
    trb_status status = job->folder ? trb_folders_make(job->folder, run->err)
                                    : trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory");
    if (!status)
        status = trb_batch_claim(job->folder, false, &job->claim, run->err);
    if (status)
        return status;
    if (job->claim < 0) {
        *begun = TRB_IS_BUSY;
        return TRB_OK;
    }
    status = trb_batch_check(run->plan, scan, &job->key, run->err);
    if (status)
        return status;
    trb_stale_remove(job->folder);
    if (scan->state == TRB_BATCH_DONE) {
        through(run, scan);
        if (!trb_batch_noted_done(job->folder)) /* the supervisor ended between two steps */
            status = trb_batch_note(job->folder, scan, "done", job->key, NULL, 0, run->err);
        trb_run_tell(run, TRB_BATCH_FOUND_DONE, scan, 0, 0);
        return status;
    }
    if (run->plan->options.memory_limit && scan->memory_least > run->plan->options.memory_limit) {
        status = remove_old(job->folder, run->err);
        return status ? status : refuse_for_memory(run, job);
    }
    status = launch(run, job);
    *begun = status ? TRB_THROUGH : TRB_RUNS;
    return status;
}
