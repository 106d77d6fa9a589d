/* label_runs.h - connected parts as runs of voxels along x. */
#ifndef TRB_LABEL_RUNS_H
#define TRB_LABEL_RUNS_H

#include "trabecula/label.h"

/** Voxels start <= x < end of one row. Narrow, because scans larger than memory have hundreds of millions of them. */
typedef struct trb_run {
    uint16_t start, end;
} trb_run;

/**
 * The runs of a mask in x, y, z order with the number of the part that each belongs to: 8 bytes a run,
 * 8 bytes a row. Parts are numbered from 0 by their first voxel.
 */
typedef struct trb_runs {
    size_t rows;      /* ny * nz */
    uint64_t *first;  /* rows + 1: runs first[r] <= i < first[r + 1] lie in row r = z * ny + y */
    trb_run *run;
    uint32_t *part;
    uint64_t parts;
} trb_runs;

/**
 * Find the parts of the mask, or of its background.
 *
 * Output      *out: init by this function; trb_runs_clear() frees it.
 * Errors      TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for rows of 2^16 voxels and more, and for 2^32 runs and more.
 * Threads     Uses all; same numbers for any number of threads.
 */
trb_status trb_runs_create(const trb_mask *mask, bool background, trb_connectivity connectivity, trb_runs *out,
                           trb_error *err);

void trb_runs_clear(trb_runs *runs);

/** Size and border contact of each part. *out: trb_parts_clear() frees it. */
trb_status trb_parts_of_runs(const trb_grid *grid, const trb_runs *runs, trb_parts *out, trb_error *err);

#endif
