/* stat_effect.h - standardised differences of two groups, with intervals. */
#ifndef TRB_STAT_EFFECT_H
#define TRB_STAT_EFFECT_H

#include <stdbool.h>
#include <stddef.h>

/** J(m) = Gamma(m/2) / (sqrt(m/2) Gamma((m-1)/2)): what makes d unbiased. m > 1. Relative error 1e-14. */
double trb_stat_hedges_j(double m);

/**
 * P(T > t) of the noncentral t distribution.
 *
 * Input       df >= 1; |ncp| up to some hundreds.
 * Output      Absolute error about 1e-14. (libRmath's pnt stops at 1e-12 and prints when precision is lost.)
 * Cost        100 to 2000 error functions.
 */
double trb_stat_noncentral_t_upper(double t, double df, double ncp);

/**
 * The noncentralities for which t is the (1 + conf)/2 and the (1 - conf)/2 quantile: exact confidence limits.
 *
 * Input       |t| up to 200; df >= 1; 0 < conf < 1.
 * Output      *lo, *hi to about 1e-12; NaN when t is not finite or beyond 200.
 */
void trb_stat_noncentral_t_limits(double t, double df, double conf, double *lo, double *hi);

/** Standardised differences b - a. */
typedef struct trb_effect {
    double d;                  /* pooled standard deviation */
    double j, g;               /* Hedges: g = J d */
    double g_nct_lo, g_nct_hi; /* by the noncentral t; NaN for |t| >= 30, where the interval is of no use */
    double variance;           /* large sample: 1/n_a + 1/n_b + g^2 / (2 (n_a + n_b)) */
    double g_ls_lo, g_ls_hi;   /* g +- z sqrt(variance) */
    double glass_a;            /* by the standard deviation of a; NaN when that is 0 */
    double d_average;          /* by the root mean of the two variances */
} trb_effect;

/**
 * Hedges' g and its relatives from means and variances.
 *
 * Input       n_a, n_b >= 2. conf: confidence level, 0.95.
 * Output      false and nothing when the pooled standard deviation is 0.
 * Source      Hedges 1981, doi:10.3102/10769986006002107; Cumming & Finch 2001, doi:10.1177/0013164401614002.
 */
bool trb_stat_effect(size_t n_a, double mean_a, double var_a, size_t n_b, double mean_b, double var_b,
                     double conf, trb_effect *out);

#endif
