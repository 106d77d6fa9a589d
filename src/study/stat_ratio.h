/* stat_ratio.h - the ratio of two estimates, with Fieller's limits. */
#ifndef TRB_STAT_RATIO_H
#define TRB_STAT_RATIO_H

typedef struct trb_fieller {
    double lo, hi; /* NaN when the set is unbounded: the denominator does not differ from 0 */
    double g;      /* t^2 var(denominator) / denominator^2: unbounded from 1 on */
} trb_fieller;

/**
 * Fieller's limits for numerator / denominator.
 *
 * Input       Both estimates, their variances and covariance, and t, the quantile that the level asks for.
 * Source      Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x.
 */
trb_fieller trb_stat_fieller(double numerator, double denominator, double var_numerator,
                             double var_denominator, double covariance, double t);

#endif
