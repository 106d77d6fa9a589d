/* design_ranks.h - midranks, Walsh averages, correlation: what pairs of values need. */
#ifndef TRB_DESIGN_RANKS_H
#define TRB_DESIGN_RANKS_H

#include "trabecula/status.h"

#include <stddef.h>

/** Ranks from 1, the mean of their ranks for equal values. Errors: TRB_ERR_MEMORY. */
trb_status trb_midranks(const double *value, size_t n, double *rank, trb_error *err);

/** Pearson's r of values that vary, within -1 ... 1. */
double trb_correlation(const double *x, const double *y, size_t n);

/** Median of the Walsh averages (d_i + d_j) / 2, i <= j, of ascending d, n >= 1, without making them. */
double trb_walsh_median(const double *ascending, size_t n);

/**
 * P(|V - E| >= |v - E|) of the sum V of those ranks whose sign is positive, when each sign is so by a coin.
 *
 * Input       midranks: multiples of 1/2, m of them. Cost O(m sum of ranks).
 * Errors      TRB_ERR_MEMORY.
 */
trb_status trb_signed_rank_p(const double *rank, size_t m, double v, double *p, trb_error *err);

#endif
