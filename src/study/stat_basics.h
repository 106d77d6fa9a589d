/*
 * stat_basics.h - sums, order statistics and ties of one sample.
 *
 * All of it works on ascending values: whatever follows then has the same bits for any order of the rows.
 */
#ifndef TRB_STAT_BASICS_H
#define TRB_STAT_BASICS_H

#include <stdbool.h>
#include <stddef.h>

/** Sorts; -0 becomes 0, so that equal values are the same bits. No NaN. */
void trb_stat_sort(double *x, size_t n);

/** Mean, compensated and with a second pass: good to the last bit or two under any offset. NaN when n = 0. */
double trb_stat_mean(const double *x, size_t n);

/** Sum of (x - centre)^2, compensated; exact 0 for constant values around their mean. */
double trb_stat_squares(const double *x, size_t n, double centre);

/** Sum of n numbers, compensated (Neumaier). */
double trb_stat_sum(const double *x, size_t n);

/** Quantile of ascending x, n >= 1. type 7: (n-1)p + 1, R's and Excel's; type 6: (n+1)p, Prism's and
 * SPSS's. */
double trb_stat_quantile(const double *x, size_t n, double p, int type);

/** Median of ascending x, n >= 1. */
double trb_stat_median(const double *x, size_t n);

/** Sum of t^3 - t over the ties of ascending x. 0: all values differ. */
double trb_stat_tie_sum(const double *x, size_t n);

/** Number of pairs (a, b) with b > a, plus half of those with b = a: Mann-Whitney U of b. Both ascending. */
double trb_stat_count_above(const double *a, size_t n_a, const double *b, size_t n_b);

/** Ascending union of two ascending samples. out has n_a + n_b places. */
void trb_stat_merge(const double *a, size_t n_a, const double *b, size_t n_b, double *out);

/**
 * The k-th smallest (k from 1) of the n_a n_b differences b - a, without making them: both ascending.
 *
 * Cost        64 passes over both: differences are monotone in rows and columns also after rounding, so the
 *             answer is found by halving the ordered set of all doubles. Exact.
 */
double trb_stat_difference(const double *a, size_t n_a, const double *b, size_t n_b, size_t k);

#endif
