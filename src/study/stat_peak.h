/* stat_peak.h - roots and peaks of one variable, without a way to fail half-way. */
#ifndef TRB_STAT_PEAK_H
#define TRB_STAT_PEAK_H

typedef double trb_curve(double x, const void *context);

/**
 * A root of f between lo and hi by bisection, to the last bit.
 *
 * Input       f(lo) and f(hi) of different sign; NaN when they are not.
 * Cost        at most about 1100 evaluations, 60 as a rule. Bisection, because the curves here cost little and a
 *             root that the start decides in its last digits would not be the same everywhere.
 */
double trb_root(trb_curve *f, const void *context, double lo, double hi);

/**
 * Where a likelihood of t >= 0 peaks: the best of t = 0 and scale * 2^k, k = -40..40, refined by a root of the slope
 * beside it. Returns 0 when the curve falls from 0 on.
 *
 * Input       cost: what is minimised (-2 log likelihood); slope: its derivative in t.
 */
double trb_lowest(trb_curve *cost, trb_curve *slope, const void *context, double scale);

#endif
