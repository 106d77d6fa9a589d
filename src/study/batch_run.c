/*
 * batch_run.c - the supervisor: starts processes while cores and memory are free, listens, and notes how they end.
 *
 * One thread and one loop. Whatever happens to a measuring process is an ordinary event here; whatever happens to the
 * supervisor leaves states on disk from which the next run goes on.
 */
#include "study/batch_run.h"

#include "core/memory.h"
#include "study/batch_parts.h"
#include "study/batch_paths.h"

#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TICK_S 0.2
#define EXIT_INTERRUPTED 130 /* of the program, when it is asked to stop */
#define ASK_AGAIN_S 1.0      /* for a scan that another run has */

static uint64_t free_memory(const trb_run *run)
{
    const uint64_t limit = run->plan->options.memory_limit;
    uint64_t used = 0;
    for (size_t i = 0; i < run->n_jobs; i++)
        used += run->jobs[i].item.scan->memory_bytes;
    return limit == 0 ? UINT64_MAX : limit > used ? limit - used : 0;
}

static trb_status start_some(trb_run *run)
{
    trb_status status = TRB_OK;
    while (!status && run->n_jobs < (size_t)run->plan->options.jobs && run->queue.n) {
        const double now = trb_worker_now();
        const size_t at = trb_queue_next(&run->queue, run->n_jobs ? free_memory(run) : UINT64_MAX, now);
        if (at == run->queue.n)
            break;
        trb_job *job = &run->jobs[run->n_jobs];
        trb_begun begun;
        memset(job, 0, sizeof *job);
        job->item = trb_queue_take(&run->queue, at);
        status = trb_job_begin(run, job, &begun);
        if (!status && begun == TRB_RUNS) {
            run->n_jobs++;
            trb_run_tell(run, TRB_BATCH_STARTED, job->item.scan, job->threads, 0);
            continue;
        }
        if (!status && begun == TRB_IS_BUSY) {
            if (!job->item.told)
                trb_run_tell(run, TRB_BATCH_WAITING, job->item.scan, 0, 0);
            job->item.told = true;
            job->item.not_before = now + ASK_AGAIN_S;
            trb_queue_return(&run->queue, job->item);
        }
        trb_job_clear(job);
    }
    return status;
}

/* ---- the loop */

/* Wait until one of them speaks, for a tick at most. */
static void wait_for_words(const trb_run *run, struct pollfd *fds)
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

/*
 * A batch system sends TERM to all processes at once. A measuring process may then end before we have asked whether to
 * stop; that is no failure of its scan.
 */
static bool ends_with_us(trb_run *run, const trb_batch_failure *failure)
{
    const bool asked = failure->exit_code == EXIT_INTERRUPTED || strcmp(failure->signal, "TERM") == 0 ||
                       strcmp(failure->signal, "INT") == 0;
    if (!failure->kind[0] || !asked)
        return false;
    poll(NULL, 0, 100); /* our own signal may be on its way */
    return !trb_run_tick(run, trb_worker_now());
}

static trb_status stopped(trb_run *run)
{
    return trb_error_set(run->err, TRB_ERR_CANCELLED, "stopped on request");
}

static trb_status look_at_jobs(trb_run *run)
{
    trb_status status = TRB_OK;
    for (size_t i = 0; i < run->n_jobs && !status;) {
        trb_job *job = &run->jobs[i];
        const double now = trb_worker_now(), limit = run->plan->options.timeout_s;
        trb_batch_failure failure;
        trb_worker_listen(&job->worker);
        if (now - job->measured_at > TICK_S) {
            trb_worker_measure(&job->worker);
            job->measured_at = now;
        }
        if (limit > 0 && now - job->worker.started > limit && job->worker.timed_out_s <= 0) {
            job->worker.timed_out_s = limit;
            trb_worker_kill(&job->worker);
        }
        if (!trb_worker_ended(&job->worker, &failure)) {
            i++;
            continue;
        }
        if (ends_with_us(run, &failure)) {
            trb_run_tell(run, TRB_BATCH_STOPPED, job->item.scan, 0, now - job->worker.started);
            status = stopped(run);
        } else {
            status = trb_job_finish(run, job, &failure);
        }
        trb_job_clear(job);
        run->n_jobs--;
        memmove(job, job + 1, (run->n_jobs - i) * sizeof *job);
    }
    return status;
}

/* End what runs; it is to do again. */
static void stop_jobs(trb_run *run)
{
    trb_batch_failure ignored;
    for (size_t i = 0; i < run->n_jobs; i++)
        trb_worker_kill(&run->jobs[i].worker);
    for (size_t i = 0; i < run->n_jobs; i++) {
        trb_job *job = &run->jobs[i];
        while (!trb_worker_ended(&job->worker, &ignored))
            poll(NULL, 0, 2);
        trb_stale_remove(job->folder);
        trb_run_tell(run, TRB_BATCH_STOPPED, job->item.scan, 0, trb_worker_now() - job->worker.started);
        trb_job_clear(job);
    }
    run->n_jobs = 0;
}

static trb_status loop(trb_run *run, struct pollfd *fds)
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
            if (!trb_run_tick(run, now))
                status = stopped(run);
        }
    }
    if (status)
        stop_jobs(run);
    return status;
}

static void count_states(trb_run *run)
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

static trb_status tidy(trb_batch_plan *plan, trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t i = 0; i < plan->n_scans && !status; i++)
        if (plan->scans[i].here && plan->scans[i].state == TRB_BATCH_DONE)
            status = trb_job_tidy(plan, &plan->scans[i], err);
    return status;
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

trb_status trb_batch_run(trb_batch_plan *plan, const trb_batch_watcher *watcher, trb_batch_totals *totals,
                         trb_error *err)
{
    trb_error own = {TRB_OK, ""};
    trb_run run = {.plan = plan, .watcher = watcher, .err = err ? err : &own, .started = trb_worker_now()};
    const size_t jobs = plan->options.jobs > 0 ? (size_t)plan->options.jobs : 1;
    struct pollfd *fds = trb_alloc_zero(jobs, sizeof *fds, "jobs", err);
    run.jobs = trb_alloc_zero(jobs, sizeof *run.jobs, "jobs", err);
    run.running = trb_alloc_zero(jobs, sizeof *run.running, "jobs", err);
    trb_status status =
        fds && run.jobs && run.running ? trb_queue_init(&run.queue, plan, err) : TRB_ERR_MEMORY;
    if (!status)
        status = save_study(plan, run.err);
    if (!status)
        status = tidy(plan, run.err);
    run.total = run.queue.n;
    for (size_t i = 0; i < run.queue.n; i++)
        run.bytes_total += trb_run_weight(run.queue.items[i].scan);
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
