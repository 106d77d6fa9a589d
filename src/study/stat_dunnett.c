/*
 * stat_dunnett.c - Dunnett's distribution.
 *
 * Given the control's deviate z the groups are independent: with known variance
 *     P(max > w) = int phi(z) [ 1 - prod_i (1 - tail_i(z)) ] dz,
 *     tail_i(z) = Phi((l_i z - w) / q_i) + Phi(-(l_i z + w) / q_i),
 * summed as logarithms so that tiny tails keep their digits. Even in z, so half of the axis will do.
 */
#include "study/stat_dunnett.h"

#include "core/memory.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

static double max_tail(const void *context, double w)
{
    const trb_dunnett *d = context;
    double sum = 0;
    for (int j = 0; j * d->step < 10 + w; j++) {
        const double z = j * d->step, density = exp(-0.5 * z * z);
        double none = 0; /* ln P(no group beyond w | z) */
        for (size_t i = 0; i < d->m; i++) {
            const double mid = d->slope[i] * z, far = d->scale[i] * w;
            const double tail = 0.5 * (erfc((far - mid) * M_SQRT1_2) + erfc((far + mid) * M_SQRT1_2));
            none += log1p(-fmin(1, tail));
        }
        sum += (j ? 2 : 1) * density * -expm1(none);
    }
    return fmin(1, sum * d->step / sqrt(2 * M_PI));
}

trb_status trb_stat_dunnett_init(trb_dunnett *dunnett, const size_t *n, size_t m, size_t n_control,
                                 trb_error *err)
{
    *dunnett = (trb_dunnett){.m = m, .step = 0.25};
    dunnett->slope = trb_alloc(2 * (m ? m : 1), sizeof *dunnett->slope, "Dunnett's correlations", err);
    if (!dunnett->slope)
        return TRB_ERR_MEMORY;
    dunnett->scale = dunnett->slope + m;
    for (size_t i = 0; i < m; i++) {
        const double ratio = (double)n[i] / (double)n_control;
        dunnett->slope[i] = sqrt(ratio);
        dunnett->scale[i] = sqrt(1 + ratio);
        dunnett->step =
            fmin(dunnett->step, 0.5 / dunnett->slope[i]); /* a large group makes a steep step in z */
    }
    trb_stat_tail_table_init(&dunnett->table, max_tail, dunnett);
    return TRB_OK;
}

void trb_stat_dunnett_clear(trb_dunnett *dunnett)
{
    free(dunnett->slope);
    dunnett->slope = dunnett->scale = NULL;
}

double trb_stat_dunnett_upper(trb_dunnett *dunnett, double t, double df)
{
    if (dunnett->m == 1)
        return 2 * pt(-t, df, 1, 0);
    const double sharpness = trb_stat_sharpness_of_largest(dunnett->m);
    return trb_stat_mixture(trb_stat_tail_by_table, &dunnett->table, t, df, sharpness);
}

double trb_stat_dunnett_quantile(trb_dunnett *dunnett, double alpha, double df)
{
    if (dunnett->m == 1)
        return qt(0.5 * alpha, df, 0, 0);
    const double sharpness = trb_stat_sharpness_of_largest(dunnett->m);
    return trb_stat_mixture_quantile(trb_stat_tail_by_table, &dunnett->table, alpha, df, sharpness);
}
