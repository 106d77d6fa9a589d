/*
 * batch_queue.c - which scan is next.
 *
 * The largest first, so that the last jobs end at about the same time. A scan that does not fit beside those that run
 * lets smaller ones pass, but not for ever: then the others wait until it has room.
 */
#include "study/batch_queue.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PASSED 8

static int larger_first(const void *a, const void *b)
{
    const trb_batch_scan *x = ((const trb_queued *)a)->scan, *y = ((const trb_queued *)b)->scan;
    if (x->bytes != y->bytes)
        return x->bytes > y->bytes ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

trb_status trb_queue_init(trb_queue *queue, const trb_batch_plan *plan, trb_error *err)
{
    queue->n = 0;
    queue->items = trb_alloc_zero(plan->n_scans + 1, sizeof *queue->items, "a queue", err);
    if (!queue->items)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < plan->n_scans; i++)
        if (plan->scans[i].here && plan->scans[i].state != TRB_BATCH_DONE)
            queue->items[queue->n++].scan = &plan->scans[i];
    if (plan->options.jobs > 1)
        qsort(queue->items, queue->n, sizeof *queue->items, larger_first);
    return TRB_OK;
}

void trb_queue_clear(trb_queue *queue)
{
    free(queue->items);
    *queue = (trb_queue){0, NULL};
}

size_t trb_queue_next(trb_queue *queue, uint64_t free_memory, double now)
{
    for (size_t i = 0; i < queue->n; i++) {
        trb_queued *item = &queue->items[i];
        if (item->not_before > now)
            continue;
        if (item->scan->memory_bytes <= free_memory)
            return i;
        if (++item->passed_over > MOST_PASSED)
            return queue->n;
    }
    return queue->n;
}

trb_queued trb_queue_take(trb_queue *queue, size_t at)
{
    const trb_queued item = queue->items[at];
    queue->n--;
    memmove(&queue->items[at], &queue->items[at + 1], (queue->n - at) * sizeof item);
    return item;
}

void trb_queue_return(trb_queue *queue, trb_queued item)
{
    queue->items[queue->n++] = item; /* it had its place before */
}
