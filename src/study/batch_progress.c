/* batch_progress.c - what a run tells: events, and how far it is. */
#include "study/batch_run.h"

#include <math.h>

void trb_run_tell(trb_run *run, trb_batch_event_kind kind, const trb_batch_scan *scan, int threads,
                  double seconds)
{
    const trb_batch_event event = {kind, scan, run->through, run->total, threads, seconds};
    if (run->watcher && run->watcher->event)
        run->watcher->event(run->watcher->user, &event);
}

double trb_run_weight(const trb_batch_scan *scan)
{
    return (double)scan->bytes + 1e5; /* a small scan is not nothing */
}

/* How much of the running scans is done: by the pace of those that are through. */
static double running_part(const trb_run *run, double now)
{
    const double seconds_of_jobs = (now - run->started) * run->plan->options.jobs;
    const double pace = run->totals.measured ? run->bytes_through / seconds_of_jobs : 0;
    double sum = 0;
    for (size_t i = 0; i < run->n_jobs; i++)
        sum +=
            fmin(0.95 * trb_run_weight(run->jobs[i].item.scan), pace * (now - run->jobs[i].worker.started));
    return sum;
}

bool trb_run_tick(trb_run *run, double now)
{
    for (size_t i = 0; i < run->n_jobs; i++) {
        const trb_job *job = &run->jobs[i];
        run->running[i] =
            (trb_batch_running){job->item.scan,   job->worker.stage[0] ? job->worker.stage : "starting",
                                job->worker.done, now - job->worker.started,
                                job->threads,     job->worker.peak_bytes};
    }
    trb_batch_progress progress = {.n_running = run->n_jobs,
                                   .running = run->running,
                                   .through = run->through,
                                   .failed = run->totals.failed,
                                   .total = run->total,
                                   .seconds = now - run->started,
                                   .seconds_left = NAN};
    const double done = run->bytes_through + running_part(run, now);
    progress.done = run->bytes_total > 0 ? fmin(1, done / run->bytes_total) : 1;
    if (run->totals.measured && done > 0)
        progress.seconds_left = progress.seconds * (run->bytes_total - done) / done;
    return !run->watcher || !run->watcher->tick || run->watcher->tick(run->watcher->user, &progress);
}
