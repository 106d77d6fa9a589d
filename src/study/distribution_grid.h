/* distribution_grid.h - distributions with different bins on common ones. */
#ifndef TRB_DISTRIBUTION_GRID_H
#define TRB_DISTRIBUTION_GRID_H

#include "study/distribution_table.h"

#include <stdbool.h>

/** Bin k is [start + k width, start + (k + 1) width). */
typedef struct trb_bin_grid {
    double start, width;
    size_t n;
    bool evened; /* some bins reach over an edge of the grid: within a bin the count was taken to be even */
} trb_bin_grid;

/**
 * The grid for some distributions of one metric: as wide as the widest bins of all. Lengths are measured in voxels and stand in bins
 * of half a voxel, every other of which may be empty (2 sqrt(r2), whole diameters): for them one voxel, and where they reach
 * over 32 voxels two, because even diameters are more frequent than odd ones (squares of whole radii).
 * It begins at a multiple of the width, and an empty bin stands at both ends.
 *
 * Input       n >= 1, each with a total above 0.
 * Errors      TRB_ERR_DATA: more than 100000 bins.
 */
trb_status trb_bin_grid_make(const trb_scan_distribution *const *scan, size_t n, trb_bin_grid *grid, trb_error *err);

/** Add weight times the share of the total in each bin of the grid to share[grid->n]. Shares add up to weight. */
void trb_bin_grid_add(const trb_bin_grid *grid, const trb_scan_distribution *scan, double weight, double *share);

#endif
