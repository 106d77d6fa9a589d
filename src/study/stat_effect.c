#include "study/stat_effect.h"

#include "study/stat_mixture.h"
#include "study/stat_root.h"

#include <Rmath.h>
#include <math.h>

double trb_stat_hedges_j(double m)
{
    /* Gamma(m/2) / Gamma((m-1)/2) = sqrt(pi) / B((m-1)/2, 1/2): lbeta loses no digits for large m. */
    return exp(0.5 * log(M_PI) - lbeta(0.5 * (m - 1), 0.5)) / sqrt(0.5 * m);
}

/* P(Z + ncp > w) */
static double shifted_tail(const void *context, double w)
{
    return 0.5 * erfc((w - *(const double *)context) * M_SQRT1_2);
}

double trb_stat_noncentral_t_upper(double t, double df, double ncp)
{
    if (t < 0)
        return 1 - trb_stat_noncentral_t_upper(-t, df, -ncp);
    return trb_stat_mixture(shifted_tail, &ncp, t, df, fabs(ncp));
}

typedef struct limit_of {
    double t, df, p;
} limit_of;

static double excess(void *context, double ncp)
{
    const limit_of *of = context;
    return trb_stat_noncentral_t_upper(of->t, of->df, ncp) - of->p;
}

static double limit(double t, double df, double p)
{
    limit_of of = {t, df, p};
    const double width = 3 + 0.6 * fabs(t); /* P(T > t) grows with ncp */
    double lo = t - width, hi = t + width;
    while (excess(&of, lo) > 0)
        lo -= width;
    while (excess(&of, hi) < 0)
        hi += width;
    return trb_stat_root(excess, &of, lo, hi, 1e-13 * (1 + fabs(t)));
}

void trb_stat_noncentral_t_limits(double t, double df, double conf, double *lo, double *hi)
{
    *lo = *hi = NAN;
    if (!(fabs(t) <= 200))
        return;
    *lo = limit(t, df, 0.5 * (1 - conf));
    *hi = limit(t, df, 0.5 * (1 + conf));
}

bool trb_stat_effect(size_t n_a, double mean_a, double var_a, size_t n_b, double mean_b, double var_b,
                     double conf, trb_effect *out)
{
    const double na = (double)n_a, nb = (double)n_b, m = na + nb - 2, diff = mean_b - mean_a;
    const double pooled = sqrt(((na - 1) * var_a + (nb - 1) * var_b) / m);
    if (!(pooled > 0) || !isfinite(pooled))
        return false;
    const double per_t = sqrt(1 / na + 1 / nb);
    trb_effect e = {.d = diff / pooled, .j = trb_stat_hedges_j(m), .g_nct_lo = NAN, .g_nct_hi = NAN};
    e.g = e.j * e.d;
    if (fabs(e.d / per_t) < 30) {
        trb_stat_noncentral_t_limits(e.d / per_t, m, conf, &e.g_nct_lo, &e.g_nct_hi);
        e.g_nct_lo *= per_t * e.j;
        e.g_nct_hi *= per_t * e.j;
    }
    const double z = qnorm(0.5 * (1 + conf), 0, 1, 1, 0);
    e.variance = 1 / na + 1 / nb + e.g * e.g / (2 * (na + nb));
    e.g_ls_lo = e.g - z * sqrt(e.variance);
    e.g_ls_hi = e.g + z * sqrt(e.variance);
    e.glass_a = var_a > 0 ? diff / sqrt(var_a) : NAN;
    e.d_average = diff / sqrt(0.5 * (var_a + var_b));
    *out = e;
    return true;
}
