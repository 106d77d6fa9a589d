/* stat_peak.c - the lowest point of a curve on t >= 0. */
#include "study/stat_peak.h"

#include <math.h>

/* Rounding can make a neighbour of the lowest point look lower; the sign of the slope decides. */
double trb_lowest(trb_root_function cost, trb_root_function slope, void *context, double scale)
{
    enum { REACH = 40 };
    double best_cost = cost(context, 0);
    int best = -REACH - 1; /* stands for t = 0 */
    for (int k = -REACH; k <= REACH; k++) {
        const double value = cost(context, ldexp(scale, k));
        if (value < best_cost) {
            best_cost = value;
            best = k;
        }
    }
    int above = best < -REACH ? -REACH : best;
    while (above < REACH && slope(context, ldexp(scale, above)) <= 0)
        above++;
    int below = above - 1;
    while (below >= -REACH && slope(context, ldexp(scale, below)) > 0)
        below--;
    if (below < -REACH && slope(context, 0) >= 0)
        return 0;
    const double lo = below < -REACH ? 0 : ldexp(scale, below);
    const double root = trb_stat_root(slope, context, lo, ldexp(scale, above), 0);
    return isnan(root) ? ldexp(scale, above) : root;
}
