/*
 * stat_range.c - ranges and maxima of means.
 *
 * Range of k standard normal variates: the largest is at z, all others lie in (z - w, z) unless the range
 * exceeds w:
 *     P(W > w) = k int phi(z) [ Phi(z)^(k-1) - (Phi(z) - Phi(z-w))^(k-1) ] dz
 *              = k int phi(z) Phi(z)^(k-1) [ 1 - (1 - B)^(k-1) ] dz,  B = Phi(z-w) / Phi(z),
 * the second form without cancellation where B is tiny. The trapezoidal rule again: phi makes it converge.
 */
#include "study/stat_range.h"

#include <Rmath.h>
#include <math.h>

static double phi_upto(double z)
{
    return 0.5 * erfc(-z * M_SQRT1_2);
}

/* The range is the largest of all differences. */
static double sharpness(size_t k)
{
    return trb_stat_sharpness_of_largest(k * (k - 1) / 2);
}

static double range_tail(const void *context, double w)
{
    const double others = (double)*(const size_t *)context - 1;
    const double step = others < 40 ? 0.1875 : 0.0625; /* the largest of many lies in a narrow band */
    const int last = (int)((fmax(9, 0.5 * w + 9)) / step);
    double sum = 0;
    for (int i = -(int)(9 / step); i <= last; i++) {
        const double z = i * step, below = phi_upto(z);
        const double hit = fmin(1, phi_upto(z - w) / below);
        /* At w = 0 all of B is 1, and ln 0 is -inf: 1 - e^-inf is right. */
        sum += exp(-0.5 * z * z + others * log(below)) * -expm1(others * log1p(-hit));
    }
    return fmin(1, (others + 1) * sum * step / sqrt(2 * M_PI));
}

/* Two means: the range is sqrt(2) |t|. */
static double two_upper(double q, double df)
{
    return 2 * pt(-q * M_SQRT1_2, df, 1, 0);
}

static double two_quantile(double alpha, double df)
{
    return M_SQRT2 * qt(0.5 * alpha, df, 0, 0);
}

double trb_stat_ptukey(double q, size_t k, double df)
{
    return k == 2 ? two_upper(q, df) : trb_stat_mixture(range_tail, &k, q, df, sharpness(k));
}

double trb_stat_qtukey(double alpha, size_t k, double df)
{
    trb_range range;
    trb_stat_range_init(&range, k);
    return trb_stat_range_quantile(&range, alpha, df);
}

void trb_stat_range_init(trb_range *range, size_t k)
{
    range->k = k;
    trb_stat_tail_table_init(&range->table, range_tail, &range->k);
}

double trb_stat_range_upper(trb_range *range, double q, double df)
{
    if (range->k == 2)
        return two_upper(q, df);
    return trb_stat_mixture(trb_stat_tail_by_table, &range->table, q, df, sharpness(range->k));
}

double trb_stat_range_quantile(trb_range *range, double alpha, double df)
{
    if (range->k == 2)
        return two_quantile(alpha, df);
    return trb_stat_mixture_quantile(trb_stat_tail_by_table, &range->table, alpha, df, sharpness(range->k));
}

/* 1 - (1 - 2 Phi(-w))^m */
static double modulus_tail(const void *context, double w)
{
    return -expm1((double)*(const size_t *)context * log1p(-erfc(w * M_SQRT1_2)));
}

double trb_stat_modulus_upper(double t, size_t m, double df)
{
    if (m == 1)
        return 2 * pt(-t, df, 1, 0);
    return trb_stat_mixture(modulus_tail, &m, t, df, trb_stat_sharpness_of_largest(m));
}

double trb_stat_modulus_quantile(double alpha, size_t m, double df)
{
    if (m == 1)
        return qt(0.5 * alpha, df, 0, 0);
    return trb_stat_mixture_quantile(modulus_tail, &m, alpha, df, trb_stat_sharpness_of_largest(m));
}
