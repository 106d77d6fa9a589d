/* normal_bins.c - area vectors by direction. */
#include "measure/normal_bins.h"

#include <math.h>

static size_t cell_along(double share)
{
    const double at = (share + 1) * (0.5 * TRB_BINS_EDGE);
    return at >= TRB_BINS_EDGE ? TRB_BINS_EDGE - 1 : at > 0 ? (size_t)at : 0;
}

void trb_normal_bins_add(trb_normal_bins *bins, const double vector[3], unsigned eighths)
{
    size_t main = 0;
    for (size_t axis = 1; axis < 3; axis++)
        if (fabs(vector[axis]) > fabs(vector[main]))
            main = axis;
    if (vector[main] == 0)
        return;
    const double sign = vector[main] < 0 ? -1 : 1;
    const size_t u = cell_along(vector[(main + 1) % 3] / vector[main]), v = cell_along(vector[(main + 2) % 3] / vector[main]);
    int64_t *sum = bins->sum[(main * TRB_BINS_EDGE + v) * TRB_BINS_EDGE + u];
    for (int axis = 0; axis < 3; axis++)
        sum[axis] += (int64_t)eighths * llround(sign * vector[axis] * (double)((int64_t)1 << 27));
}

void trb_normal_bins_join(trb_normal_bins *bins, const trb_normal_bins *more)
{
    for (size_t i = 0; i < TRB_BINS; i++)
        for (int axis = 0; axis < 3; axis++)
            bins->sum[i][axis] += more->sum[i][axis];
}
