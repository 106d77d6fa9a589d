/* plot_swarm.h - points that never overlap. */
#ifndef TRB_PLOT_SWARM_H
#define TRB_PLOT_SWARM_H

#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * Sideways offsets for n points at heights y, so that no two centres are nearer than diameter.
 *
 * Convention  y ascending. Each point takes the free place nearest to the middle; of two as near, the sides
 *             alternate. The places depend on y alone.
 * Output      x[i]: offset of point i; |x| <= half_width - diameter / 2. *fits: false when there is no such
 *             place for some point; x is then of no use.
 * Cost        n times the neighbours within a diameter.
 */
trb_status trb_plot_swarm(const double *y, size_t n, double diameter, double half_width, double *x,
                          bool *fits, trb_error *err);

#endif
