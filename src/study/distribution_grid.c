/*
 * distribution_grid.c - a bin's count goes to the bins of the grid by how much of it lies in each: nothing is lost, and where all
 * edges are edges of the grid nothing is assumed.
 */
#include "study/distribution_grid.h"

#include <math.h>
#include <string.h>

#define MOST_BINS 100000
#define LONG_RANGE 32 /* voxels */
#define SAME_EDGE 1e-6 /* of a width: edges are read from decimals of sums */

/* Where x lies, in bins of the grid. */
static double place(const trb_bin_grid *grid, double x)
{
    const double at = (x - grid->start) / grid->width, whole = round(at);
    return fabs(at - whole) < SAME_EDGE ? whole : at;
}

trb_status trb_bin_grid_make(const trb_scan_distribution *const *scan, size_t n, trb_bin_grid *grid, trb_error *err)
{
    double low = INFINITY, high = -INFINITY;
    memset(grid, 0, sizeof *grid);
    for (size_t i = 0; i < n; i++) {
        grid->width = fmax(grid->width, scan[i]->widest);
        for (size_t b = 0; b < scan[i]->n; b++) {
            low = fmin(low, scan[i]->from[b]);
            high = scan[i]->count[b] > 0 ? fmax(high, scan[i]->to[b]) : high;
        }
    }
    const bool length = strcmp(scan[0]->unit, "mm") == 0;
    if (length)
        grid->width *= 2;
    if (length && high > LONG_RANGE * grid->width * (1 + SAME_EDGE))
        grid->width *= 2;
    const double begin = floor(place(grid, low)), first = length && begin >= 0 ? fmin(begin, 0) : begin - 1;
    const double last = ceil(place(grid, high)) + 1;
    if (!(last - first <= MOST_BINS))
        return trb_error_set(err, TRB_ERR_DATA, "%s: bins of %g %s over %g to %g %s are too many", scan[0]->metric, grid->width, scan[0]->unit,
                             low, high, scan[0]->unit);
    grid->start = first * grid->width;
    grid->n = (size_t)(last - first);
    for (size_t i = 0; i < n; i++)
        for (size_t b = 0; b < scan[i]->n && !grid->evened; b++) {
            const double from = place(grid, scan[i]->from[b]), to = place(grid, scan[i]->to[b]);
            grid->evened = scan[i]->count[b] > 0 && floor(from) + 1 < to; /* over an edge */
        }
    return TRB_OK;
}

void trb_bin_grid_add(const trb_bin_grid *grid, const trb_scan_distribution *scan, double weight, double *share)
{
    for (size_t b = 0; b < scan->n; b++) {
        if (!(scan->count[b] > 0))
            continue;
        const double from = place(grid, scan->from[b]), to = place(grid, scan->to[b]), part = weight * scan->count[b] / scan->total;
        for (size_t k = (size_t)floor(from); k < grid->n && (double)k < to; k++) {
            const double overlap = fmin(to, (double)k + 1) - fmax(from, (double)k);
            share[k] += part * (overlap / (to - from));
        }
    }
}
