/* batch_run.h - a run: what its files share. */
#ifndef TRB_BATCH_RUN_H
#define TRB_BATCH_RUN_H

#include "study/batch_prefetch.h"
#include "study/batch_queue.h"
#include "study/batch_worker.h"

#include <jansson.h>

/** A scan that is being measured. */
typedef struct trb_job {
    trb_queued item;
    trb_worker worker;
    char *folder;
    json_t *key;
    int claim, threads;
    double measured_at; /* its memory */
} trb_job;

/** All of it. */
typedef struct trb_run {
    trb_batch_plan *plan;
    const trb_batch_watcher *watcher;
    trb_queue queue;
    trb_job *jobs; /* the first n_jobs run */
    size_t n_jobs;
    trb_batch_running *running;
    trb_prefetch prefetch;
    trb_batch_totals totals;
    size_t through, total;
    double started, next_tick, bytes_through, bytes_total;
    trb_error *err;
} trb_run;

/* ---- batch_progress.c */

void trb_run_tell(trb_run *run, trb_batch_event_kind kind, const trb_batch_scan *scan, int threads,
                  double seconds);

/** What a scan counts in the progress of a study. */
double trb_run_weight(const trb_batch_scan *scan);

/** Tell the watcher how far it is; false: stop. */
bool trb_run_tick(trb_run *run, double now);

/* ---- batch_job.c: the start and the end of one scan */

typedef enum trb_begun { TRB_RUNS, TRB_THROUGH, TRB_IS_BUSY } trb_begun;

/** Claim the scan of job->item, see whether it is still to do, and start it. job is else empty. */
TRB_NODISCARD trb_status trb_job_begin(trb_run *run, trb_job *job, trb_begun *begun);

/** Put right what an earlier supervisor left of a scan that is done. */
TRB_NODISCARD trb_status trb_job_tidy(const trb_batch_plan *plan, trb_batch_scan *scan, trb_error *err);

/** Its process has ended: note the result or the failure. TRB_ERR_IO when nothing can be written any more. */
TRB_NODISCARD trb_status trb_job_finish(trb_run *run, trb_job *job, trb_batch_failure *failure);

/** Release the claim and what it owns. */
void trb_job_clear(trb_job *job);

#endif
