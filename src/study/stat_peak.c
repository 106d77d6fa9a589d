/* stat_peak.c - bisection, and the minimum of a curve on t >= 0. */
#include "study/stat_peak.h"

#include <math.h>

double trb_root(trb_curve *f, const void *context, double lo, double hi)
{
    const double at_lo = f(lo, context), at_hi = f(hi, context);
    if (at_lo == 0)
        return lo;
    if (at_hi == 0)
        return hi;
    if (!((at_lo < 0) != (at_hi < 0)) || isnan(at_lo) || isnan(at_hi))
        return NAN;
    for (;;) {
        const double middle = lo + (hi - lo) / 2;
        if (!(middle > lo && middle < hi))
            return middle;
        const double value = f(middle, context);
        if (value == 0)
            return middle;
        if ((value < 0) == (at_lo < 0))
            lo = middle;
        else
            hi = middle;
    }
}

/* Rounding can make a neighbour of the lowest point look lower; the sign of the slope decides. */
double trb_lowest(trb_curve *cost, trb_curve *slope, const void *context, double scale)
{
    enum { REACH = 40 };
    double best_cost = cost(0, context);
    int best = -REACH - 1; /* stands for t = 0 */
    for (int k = -REACH; k <= REACH; k++) {
        const double value = cost(ldexp(scale, k), context);
        if (value < best_cost) {
            best_cost = value;
            best = k;
        }
    }
    int above = best < -REACH ? -REACH : best;
    while (above < REACH && slope(ldexp(scale, above), context) <= 0)
        above++;
    int below = above - 1;
    while (below >= -REACH && slope(ldexp(scale, below), context) > 0)
        below--;
    if (below < -REACH && slope(0, context) >= 0)
        return 0;
    const double lo = below < -REACH ? 0 : ldexp(scale, below);
    const double root = trb_root(slope, context, lo, ldexp(scale, above));
    return isnan(root) ? ldexp(scale, above) : root;
}
