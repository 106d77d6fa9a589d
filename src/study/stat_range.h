/* stat_range.h - the studentized range (Tukey, Games-Howell) and maximum modulus (T3). */
#ifndef TRB_STAT_RANGE_H
#define TRB_STAT_RANGE_H

#include "study/stat_mixture.h"

#include <stddef.h>

/**
 * P(Q > q): upper tail of the studentized range of k means with df degrees of freedom.
 *
 * Convention  q = |difference| / (SE of one mean), so q = sqrt(2) |t| for two groups.
 * Input       q >= 0, k >= 2, df >= 1 or infinite.
 * Output      Relative error about 1e-12, in far tails as well. libRmath's ptukey is good to 1e-10 absolute
 *             at best, is undefined below df = 2, and prints when it is not content: hence this one.
 * Cost        k = 2: a t test. Else about 0.5 ms: for many calls with one k keep a trb_range.
 * Threads     Reentrant.
 */
double trb_stat_ptukey(double q, size_t k, double df);

/** The q with P(Q > q) = alpha. Relative error about 1e-12. */
double trb_stat_qtukey(double alpha, size_t k, double df);

/** The range of k means, tabulated as it is used: calls cost microseconds. Not for two threads at once;
 * not to be copied, for it holds a pointer into itself. */
typedef struct trb_range {
    size_t k;
    trb_tail_table table;
} trb_range;

void trb_stat_range_init(trb_range *range, size_t k);
/** P(Q > q) and its inverse, as above. */
double trb_stat_range_upper(trb_range *range, double q, double df);
double trb_stat_range_quantile(trb_range *range, double alpha, double df);

/** P(max |t_i| > t) of m uncorrelated t with one s: the studentized maximum modulus. t >= 0, m >= 1. */
double trb_stat_modulus_upper(double t, size_t m, double df);
double trb_stat_modulus_quantile(double alpha, size_t m, double df);

#endif
