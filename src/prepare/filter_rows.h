/* filter_rows.h - the rows of a volume through a filter, for passes that look at each row once. */
#ifndef TRB_FILTER_ROWS_H
#define TRB_FILTER_ROWS_H

#include "trabecula/filter.h"

/**
 * Gets one row. `smooth` is the filtered row (float32), or NULL when the voxels can be read in their own
 * type from trb_smoother_stored(). `thread` is below trb_threads() as it was when the pass began: use it to
 * find counters of one's own.
 */
typedef void trb_row_sink(void *user, int thread, size_t y, size_t z, const float *smooth);

/**
 * Every row once, on all threads, in no particular order.
 *
 * Cost        Scratch of about 200 KiB a thread; no copy of the volume.
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_smoother_each_row(const trb_smoother *smoother, trb_row_sink *sink, void *user, trb_error *err);

/** The volume whose stored voxels are the filtered values (no filter, median), NULL when there is none. */
const trb_volume *trb_smoother_stored(const trb_smoother *smoother);

#endif
