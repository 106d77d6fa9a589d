/* stat_dunnett.h - several groups against one control, pooled variance: Dunnett's test. */
#ifndef TRB_STAT_DUNNETT_H
#define TRB_STAT_DUNNETT_H

#include "study/stat_mixture.h"

#include "trabecula/status.h"

#include <stddef.h>

/**
 * The two-sided single-step distribution of max |t_i|, i = 1 ... m: each group's mean against the control's,
 * over the common standard deviation. The t_i correlate by rho_ij = l_i l_j, l_i = sqrt(n_i / (n_i +
 * n_control)).
 *
 * Source      Dunnett 1955, doi:10.1080/01621459.1955.10501294; 1964, doi:10.2307/2528490.
 * Threads     Not for two threads at once: it fills tables as it is used. Not to be copied.
 */
typedef struct trb_dunnett {
    size_t m;
    double step;   /* of the integral over the control's deviate */
    double *slope; /* l_i / q_i, q_i = sqrt(1 - l_i^2) */
    double *scale; /* 1 / q_i */
    trb_tail_table table;
} trb_dunnett;

/** n[m]: sizes of the groups, n_control that of the control; all >= 1. Clear it. TRB_ERR_MEMORY. */
TRB_NODISCARD trb_status trb_stat_dunnett_init(trb_dunnett *dunnett, const size_t *n, size_t m,
                                               size_t n_control, trb_error *err);
void trb_stat_dunnett_clear(trb_dunnett *dunnett);

/** P(max |t_i| > t), t >= 0: relative error about 1e-12. For m = 1 the t test. */
double trb_stat_dunnett_upper(trb_dunnett *dunnett, double t, double df);

/** The t with P(max |t_i| > t) = alpha. */
double trb_stat_dunnett_quantile(trb_dunnett *dunnett, double alpha, double df);

#endif
