/*
 * stat_mixture.h - from a known standard deviation to an estimated one.
 *
 * The statistics of this folder with "studentized" in their name are T = W / s: W belongs to standard normal
 * variates, s = chi / sqrt(df) is the estimated standard deviation, independent of W. So P(T > t) is the mean
 * of P(W > t s) over s: one integral for the studentized range, Dunnett's test, the maximum modulus and the
 * noncentral t alike, each with its own tail of W.
 */
#ifndef TRB_STAT_MIXTURE_H
#define TRB_STAT_MIXTURE_H

#include <stdbool.h>
#include <stddef.h>

/** P(W > w) for w >= 0; falls with w. */
typedef double (*trb_tail)(const void *context, double w);

/**
 * P(W/s > t) for t >= 0.
 *
 * Input       sharpness: how quickly the tail can change at the scale of w; 1 for tails that are near a
 *             function of w^2 (all but the noncentral t, whose tail is a step at its noncentrality: pass
 *             that). df may be infinite.
 * Output      Relative error about 1e-13, in far tails as well (that of the tail function comes on top).
 * Cost        60 to 400 calls of tail.
 * Threads     Reentrant.
 */
double trb_stat_mixture(trb_tail tail, const void *context, double t, double df, double sharpness);

/** Sharpness for the largest of n variates: its tail is steep for large n. */
double trb_stat_sharpness_of_largest(size_t n);

enum { TRB_TAIL_PANELS = 18, TRB_TAIL_ORDER = 24 };

/**
 * A tail function that is costly (an integral of its own), kept as Chebyshev series of its logarithm; each
 * panel is made when it is first needed. Not for two threads at once.
 */
typedef struct trb_tail_table {
    trb_tail tail;
    const void *context;
    bool ready[TRB_TAIL_PANELS];
    double series[TRB_TAIL_PANELS][TRB_TAIL_ORDER];
} trb_tail_table;

/** An empty table over tail; context is borrowed. */
void trb_stat_tail_table_init(trb_tail_table *table, trb_tail tail, const void *context);

/** The tail by its table: pass as trb_tail with the table as context. 0 beyond w = 36. */
double trb_stat_tail_by_table(const void *table, double w);

/**
 * The t with P(W/s > t) = alpha.
 *
 * Input       0 < alpha < 1; sharpness as above.
 * Output      Relative error about 1e-12; NaN when there is none below 1e6.
 */
double trb_stat_mixture_quantile(trb_tail tail, const void *context, double alpha, double df,
                                 double sharpness);

#endif
