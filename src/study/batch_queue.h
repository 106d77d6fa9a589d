/* batch_queue.h - which scan is next: memory, size, and scans that somebody else has. */
#ifndef TRB_BATCH_QUEUE_H
#define TRB_BATCH_QUEUE_H

#include "trabecula/batch.h"

typedef struct trb_queued {
    trb_batch_scan *scan;
    double not_before; /* trb_worker_now(): another run has it, ask again then */
    int passed_over;
    bool told; /* that another run has it */
} trb_queued;

/** Waiting scans; the first is the next. */
typedef struct trb_queue {
    size_t n;
    trb_queued *items;
} trb_queue;

/** What is to do of a plan: in the order of the study, or the largest first when several run side by side. */
TRB_NODISCARD trb_status trb_queue_init(trb_queue *queue, const trb_batch_plan *plan, trb_error *err);
void trb_queue_clear(trb_queue *queue);

/** The place of the next scan that fits into free_memory (UINT64_MAX: no limit); n when none may start now. */
size_t trb_queue_next(trb_queue *queue, uint64_t free_memory, double now);

/** Take it out. */
trb_queued trb_queue_take(trb_queue *queue, size_t at);

/** Put it at the end again, to be asked for later. */
void trb_queue_return(trb_queue *queue, trb_queued item);

#endif
