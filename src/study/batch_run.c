/*
 * batch_run.c - the supervisor: starts processes while cores and memory are free, listens, and notes how they end.
 *
 * One thread and one loop. Whatever happens to a measuring process is an ordinary event here; whatever happens to the
 * supervisor leaves states on disk from which the next run goes on (see batch_state.c for the order of writing).
 */
#include "study/batch_argv.h"
#include "study/batch_parts.h"
#include "study/batch_paths.h"
#include "study/batch_prefetch.h"
#include "study/batch_queue.h"
#include "study/batch_worker.h"

#include "core/memory.h"
#include "trabecula/record.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_S 0.2
#define ASK_AGAIN_S 1.0 /* for a scan that another run has */

/* A scan that is being measured. */
struct job {
    trb_queued item;
    trb_worker worker;
    char *folder;
    json_t *key;
    int claim, threads;
    double measured_at; /* its memory */
};

struct run {
    trb_batch_plan *plan;
    const trb_batch_watcher *watcher;
    trb_queue queue;
    struct job *jobs; /* the first n_jobs run */
    size_t n_jobs;
    trb_batch_running *running;
    trb_prefetch prefetch;
    trb_batch_totals totals;
    size_t through, total;
    double started, next_tick, bytes_through, bytes_total;
    trb_error *err;
};

/* ---- telling */

static void tell(struct run *run, trb_batch_event_kind kind, const trb_batch_scan *scan, int threads, double seconds)
{
    const trb_batch_event event = {kind, scan, run->through, run->total, threads, seconds};
    if (run->watcher && run->watcher->event)
        run->watcher->event(run->watcher->user, &event);
}

static double weight(const trb_batch_scan *scan)
{
    return (double)scan->bytes + 1e5; /* a small scan is not nothing */
}

/* How much of the running scans is done: by the pace of those that are through. */
static double running_part(const struct run *run, double now)
{
    double busy = 0, sum = 0;
    for (size_t i = 0; i < run->n_jobs; i++)
        busy += now - run->jobs[i].worker.started;
    const double pace = run->totals.measured ? run->bytes_through / ((now - run->started) * run->plan->options.jobs) : 0;
    for (size_t i = 0; i < run->n_jobs && busy > 0; i++)
        sum += fmin(0.95 * weight(run->jobs[i].item.scan), pace * (now - run->jobs[i].worker.started));
    return sum;
}

static bool tick(struct run *run, double now)
{
    for (size_t i = 0; i < run->n_jobs; i++) {
        const struct job *job = &run->jobs[i];
        run->running[i] = (trb_batch_running){job->item.scan, job->worker.stage[0] ? job->worker.stage : "starting",
                                              job->worker.done, now - job->worker.started, job->threads,
                                              job->worker.peak_bytes};
    }
    trb_batch_progress progress = {.n_running = run->n_jobs, .running = run->running, .through = run->through,
                                   .failed = run->totals.failed, .total = run->total, .seconds = now - run->started,
                                   .seconds_left = NAN};
    const double done = run->bytes_through + running_part(run, now);
    progress.done = run->bytes_total > 0 ? fmin(1, done / run->bytes_total) : 1;
    if (run->totals.measured && done > 0)
        progress.seconds_left = progress.seconds * (run->bytes_total - done) / done;
    return !run->watcher || !run->watcher->tick || run->watcher->tick(run->watcher->user, &progress);
}

/* ---- the end of a scan */

static void through(struct run *run, const trb_batch_scan *scan)
{
    run->through++;
    run->bytes_through += weight(scan);
}

/* Nothing can be written any more: going on would measure for nothing. */
static bool disk_is_full(const trb_batch_failure *failure)
{
    return strstr(failure->message, strerror(ENOSPC)) || strstr(failure->message, strerror(EDQUOT));
}

static trb_status note_failure(struct run *run, trb_batch_scan *scan, const char *folder, const json_t *key,
                               const trb_batch_failure *failure, double seconds)
{
    scan->failure = *failure;
    scan->state = TRB_BATCH_FAILED;
    run->totals.failed++;
    through(run, scan);
    const trb_status status = trb_batch_note(folder, scan, "failed", key, failure, seconds, run->err);
    tell(run, TRB_BATCH_HAS_FAILED, scan, 0, seconds);
    return status;
}

static void job_clear(struct job *job)
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

static trb_status finish(struct run *run, struct job *job, trb_batch_failure *failure)
{
    trb_batch_scan *scan = job->item.scan;
    const double seconds = trb_worker_now() - job->worker.started;
    if (!failure->kind[0] && !result_is_there(job->folder)) {
        snprintf(failure->kind, sizeof failure->kind, "exit");
        snprintf(failure->message, sizeof failure->message, "it ended well but left no result");
    }
    trb_stale_remove(job->folder);
    if (failure->kind[0] && disk_is_full(failure))
        return trb_error_set(run->err, TRB_ERR_IO, "%s: %s; make room and give the same command again: it goes on from here",
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
    tell(run, TRB_BATCH_FINISHED, scan, job->threads, seconds);
    return status;
}

/* ---- the start of a scan */

/* Cores that no job has, divided among the places that can still be filled. */
static int threads_for_next(const struct run *run)
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

static uint64_t free_memory(const struct run *run)
{
    const uint64_t limit = run->plan->options.memory_limit;
    uint64_t used = 0;
    for (size_t i = 0; i < run->n_jobs; i++)
        used += run->jobs[i].item.scan->memory_bytes;
    return limit == 0 ? UINT64_MAX : limit > used ? limit - used : 0;
}

static trb_status remove_old(const char *folder, trb_error *err)
{
    char *path = trb_path_join(folder, "result.json");
    trb_status status = path ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    if (path && unlink(path) != 0 && errno != ENOENT)
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be removed: %s", path, strerror(errno));
    free(path);
    return status;
}

/* It cannot be measured within the limit: say so without starting a process. */
static trb_status refuse_for_memory(struct run *run, struct job *job)
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

static trb_status launch(struct run *run, struct job *job)
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

enum begun { RUNS, THROUGH, IS_BUSY };

/* Claim a scan, see whether it is still to do, and start it. */
static trb_status begin(struct run *run, struct job *job, enum begun *begun)
{
    trb_batch_scan *scan = job->item.scan;
    *begun = THROUGH;
    job->claim = -1;
    job->folder = trb_batch_folder(run->plan->output, scan->entry->sample);
    trb_status status = job->folder ? trb_folders_make(job->folder, run->err)
                                    : trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory");
    if (!status)
        status = trb_batch_claim(job->folder, false, &job->claim, run->err);
    if (status)
        return status;
    if (job->claim < 0) {
        *begun = IS_BUSY;
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
        tell(run, TRB_BATCH_FOUND_DONE, scan, 0, 0);
        return status;
    }
    if (run->plan->options.memory_limit && scan->memory_least > run->plan->options.memory_limit) {
        status = remove_old(job->folder, run->err);
        return status ? status : refuse_for_memory(run, job);
    }
    status = launch(run, job);
    *begun = status ? THROUGH : RUNS;
    return status;
}

static trb_status start_some(struct run *run)
{
    trb_status status = TRB_OK;
    while (!status && run->n_jobs < (size_t)run->plan->options.jobs && run->queue.n) {
        const double now = trb_worker_now();
        const size_t at = trb_queue_next(&run->queue, run->n_jobs ? free_memory(run) : UINT64_MAX, now);
        if (at == run->queue.n)
            break;
        struct job *job = &run->jobs[run->n_jobs];
        enum begun begun;
        memset(job, 0, sizeof *job);
        job->item = trb_queue_take(&run->queue, at);
        status = begin(run, job, &begun);
        if (!status && begun == RUNS) {
            run->n_jobs++;
            tell(run, TRB_BATCH_STARTED, job->item.scan, job->threads, 0);
            continue;
        }
        if (!status && begun == IS_BUSY) {
            if (!job->item.told)
                tell(run, TRB_BATCH_WAITING, job->item.scan, 0, 0);
            job->item.told = true;
            job->item.not_before = now + ASK_AGAIN_S;
            trb_queue_return(&run->queue, job->item);
        }
        job_clear(job);
    }
    return status;
}

/* ---- the loop */

/* Wait until one of them speaks, for a tick at most. */
static void wait_for_words(const struct run *run, struct pollfd *fds)
{
    nfds_t n = 0;
    bool silent = false;
    for (size_t i = 0; i < run->n_jobs; i++) {
        if (run->jobs[i].worker.pipe >= 0)
            fds[n++] = (struct pollfd){run->jobs[i].worker.pipe, POLLIN, 0};
        else
            silent = true; /* about to end */
    }
    const double left = run->next_tick - trb_worker_now();
    const int ms = silent ? 2 : left > 0 ? (int)(left * 1000) + 1 : 0;
    poll(fds, n, ms);
}

static trb_status look_at_jobs(struct run *run)
{
    trb_status status = TRB_OK;
    for (size_t i = 0; i < run->n_jobs && !status;) {
        struct job *job = &run->jobs[i];
        const double now = trb_worker_now(), limit = run->plan->options.timeout_s;
        trb_batch_failure failure;
        trb_worker_listen(&job->worker);
        if (now - job->measured_at > 1) {
            trb_worker_measure(&job->worker);
            job->measured_at = now;
        }
        if (limit > 0 && now - job->worker.started > limit && !job->worker.timed_out) {
            job->worker.timed_out = true;
            trb_worker_kill(&job->worker);
        }
        if (!trb_worker_ended(&job->worker, &failure)) {
            i++;
            continue;
        }
        status = finish(run, job, &failure);
        job_clear(job);
        run->n_jobs--;
        memmove(job, job + 1, (run->n_jobs - i) * sizeof *job);
    }
    return status;
}

/* End what runs; it is to do again. */
static void stop_jobs(struct run *run)
{
    trb_batch_failure ignored;
    for (size_t i = 0; i < run->n_jobs; i++)
        trb_worker_kill(&run->jobs[i].worker);
    for (size_t i = 0; i < run->n_jobs; i++) {
        struct job *job = &run->jobs[i];
        while (!trb_worker_ended(&job->worker, &ignored))
            poll(NULL, 0, 2);
        trb_stale_remove(job->folder);
        tell(run, TRB_BATCH_STOPPED, job->item.scan, 0, trb_worker_now() - job->worker.started);
        job_clear(job);
    }
    run->n_jobs = 0;
}

static trb_status loop(struct run *run, struct pollfd *fds)
{
    trb_status status = TRB_OK;
    while (!status && (run->queue.n || run->n_jobs)) {
        status = start_some(run);
        if (!status && (run->queue.n || run->n_jobs))
            wait_for_words(run, fds);
        if (!status)
            status = look_at_jobs(run);
        const double now = trb_worker_now();
        if (!status && now >= run->next_tick) {
            run->next_tick = now + TICK_S;
            trb_prefetch_some(&run->prefetch, run->queue.n ? run->queue.items[0].scan : NULL,
                              run->plan->options.memory_limit / 4);
            if (!tick(run, now))
                status = trb_error_set(run->err, TRB_ERR_CANCELLED, "stopped on request");
        }
    }
    if (status)
        stop_jobs(run);
    return status;
}

static void count_states(struct run *run)
{
    trb_batch_totals *totals = &run->totals;
    totals->done = totals->failed = totals->todo = 0;
    for (size_t i = 0; i < run->plan->n_scans; i++) {
        const trb_batch_scan *scan = &run->plan->scans[i];
        if (!scan->here)
            continue;
        totals->scans++;
        totals->done += scan->state == TRB_BATCH_DONE;
        totals->failed += scan->state == TRB_BATCH_FAILED;
        totals->todo += scan->state != TRB_BATCH_DONE && scan->state != TRB_BATCH_FAILED;
    }
    totals->seconds = trb_worker_now() - run->started;
}

static trb_status save_study(const trb_batch_plan *plan, trb_error *err)
{
    int claim = -1;
    trb_status status = trb_folders_make(plan->output, err);
    if (!status)
        status = trb_batch_claim(plan->output, true, &claim, err);
    if (!status) {
        trb_stale_remove(plan->output);
        status = trb_batch_study_save(plan, err);
    }
    if (claim >= 0)
        close(claim);
    return status;
}

trb_status trb_batch_run(trb_batch_plan *plan, const trb_batch_watcher *watcher, trb_batch_totals *totals, trb_error *err)
{
    trb_error own = {TRB_OK, ""};
    struct run run = {.plan = plan, .watcher = watcher, .err = err ? err : &own, .started = trb_worker_now()};
    const size_t jobs = plan->options.jobs > 0 ? (size_t)plan->options.jobs : 1;
    struct pollfd *fds = trb_alloc_zero(jobs, sizeof *fds, "jobs", err);
    run.jobs = trb_alloc_zero(jobs, sizeof *run.jobs, "jobs", err);
    run.running = trb_alloc_zero(jobs, sizeof *run.running, "jobs", err);
    trb_status status = fds && run.jobs && run.running ? trb_queue_init(&run.queue, plan, err) : TRB_ERR_MEMORY;
    if (!status)
        status = save_study(plan, run.err);
    run.total = run.queue.n;
    for (size_t i = 0; i < run.queue.n; i++)
        run.bytes_total += weight(run.queue.items[i].scan);
    if (!status)
        status = loop(&run, fds);
    count_states(&run);
    if (totals)
        *totals = run.totals;
    trb_prefetch_clear(&run.prefetch);
    trb_queue_clear(&run.queue);
    free(run.running);
    free(run.jobs);
    free(fds);
    return status;
}
