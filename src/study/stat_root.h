/* stat_root.h - where a continuous function of one variable crosses zero. */
#ifndef TRB_STAT_ROOT_H
#define TRB_STAT_ROOT_H

typedef double (*trb_root_function)(void *context, double x);

/**
 * The root between lo and hi, where f changes its sign.
 *
 * Output      The root to about 4e-16 of its size, or `tolerance` where that is larger; NaN when f has the
 *             same sign at both ends, or is NaN.
 * Cost        Usually 6 to 12 calls of f; never more than 200.
 * Source      Chandrupatla 1997, doi:10.1016/S0965-9978(96)00051-8: inverse quadratic steps where they are
 *             safe, halving otherwise.
 */
double trb_stat_root(trb_root_function f, void *context, double lo, double hi, double tolerance);

#endif
