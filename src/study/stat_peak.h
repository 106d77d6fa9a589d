/* stat_peak.h - where a likelihood of one variance peaks. */
#ifndef TRB_STAT_PEAK_H
#define TRB_STAT_PEAK_H

#include "study/stat_root.h"

/**
 * Where the cost (-2 log likelihood) of t >= 0 is lowest: the best of t = 0 and scale * 2^k, k = -40..40,
 * refined by the root of the slope beside it. 0 when the cost rises from 0 on.
 *
 * Input       cost and its derivative in t; both get the context.
 * Cost        About 81 evaluations of the cost and 20 of the slope. A grid, because the likelihood of a
 *             variance may have a second peak at 0.
 */
double trb_lowest(trb_root_function cost, trb_root_function slope, void *context, double scale);

#endif
