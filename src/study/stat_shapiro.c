/*
 * stat_shapiro.c - Shapiro-Wilk.
 *
 * W = (sum a_i x_(i))^2 / sum (x - mean)^2. The weights a are the normalised expected order statistics m of a
 * normal sample (Blom's scores); the outer one or two are corrected by polynomials in n^-1/2. ln(1 - W),
 * after a second transformation for n <= 11, is nearly normal with a mean and an SD that are polynomials of n
 * or ln n.
 */
#include "study/stat_shapiro.h"

#include "core/memory.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* c[0] + c[1] x + ... */
static double polynomial(const double *c, int n, double x)
{
    double value = 0;
    while (n-- > 0)
        value = value * x + c[n];
    return value;
}

/* Weights of the upper half: a[0] for the largest value, a[1] for the second, ... a[n/2 - 1]. */
static void weights(double *a, size_t n)
{
    static const double outer[6] = {0, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056};
    static const double second[6] = {0, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633};
    const size_t half = n / 2;
    double square = 0;
    for (size_t i = 0; i < half; i++) {
        a[i] = -qnorm(((double)i + 1 - 0.375) / ((double)n + 0.25), 0, 1, 1, 0);
        square += 2 * a[i] * a[i];
    }
    const double u = 1 / sqrt((double)n), norm = sqrt(square);
    const double a0 = a[0] / norm + polynomial(outer, 6, u);
    double rest = square - 2 * a[0] * a[0], share = 1 - 2 * a0 * a0;
    size_t corrected = 1;
    if (n > 5) {
        const double a1 = a[1] / norm + polynomial(second, 6, u);
        rest -= 2 * a[1] * a[1];
        share -= 2 * a1 * a1;
        a[1] = a1;
        corrected = 2;
    }
    a[0] = a0;
    const double scale = sqrt(share / rest);
    for (size_t i = corrected; i < half; i++)
        a[i] *= scale;
}

/* 1 - W from the residual, which keeps its digits when W is near 1. x ascending, and divided by its range. */
static double one_minus_w(const double *x, const double *a, size_t n)
{
    const double mean = trb_stat_mean(x, n), ss = trb_stat_squares(x, n, mean);
    double norm = 0, product = 0;
    for (size_t i = 0; i < n / 2; i++) {
        norm += 2 * a[i] * a[i];
        product += a[i] * (x[n - 1 - i] - x[i]);
    }
    const double root = sqrt(norm * ss);
    return (root - product) * (root + product) / (norm * ss);
}

static double p_value(double rest, size_t n)
{
    static const double mean_small[4] = {0.5440, -0.39978, 0.025054, -0.0006714};
    static const double sd_small[4] = {1.3822, -0.77857, 0.062767, -0.0020322};
    static const double mean_large[4] = {-1.5861, -0.31082, -0.083751, 0.0038915};
    static const double sd_large[3] = {-0.4803, -0.082676, 0.0030302};
    const double count = (double)n;
    double y = log(rest), mean, sd;
    if (n <= 11) {
        const double gamma = -2.273 + 0.459 * count;
        if (y >= gamma)
            return 1e-99; /* beyond the range of the transformation, as in AS R94 */
        y = -log(gamma - y);
        mean = polynomial(mean_small, 4, count);
        sd = exp(polynomial(sd_small, 4, count));
    } else {
        mean = polynomial(mean_large, 4, log(count));
        sd = exp(polynomial(sd_large, 3, log(count)));
    }
    return pnorm(y, mean, sd, 0, 0);
}

/* n = 3 in closed form: gaps d and e between the three. W >= 3/4, and p is exact. */
static void three(const double *x, double *W, double *p)
{
    const double d = x[1] - x[0], e = x[2] - x[1];
    if (d == 0 || e == 0) {
        *W = 0.75;
        *p = 0;
        return;
    }
    *W = 0.75 * (d + e) * (d + e) / (d * d + d * e + e * e);
    *p = fmax(0, 6 / M_PI * (asin(sqrt(fmin(1, *W))) - M_PI / 3));
}

trb_status trb_stat_shapiro(const double *x, size_t n, double *W, double *p, trb_error *err)
{
    *W = *p = NAN;
    if (n < 3)
        return trb_error_set(err, TRB_ERR_DATA, "n < 3");
    if (n > 5000)
        return trb_error_set(err, TRB_ERR_DATA, "n > 5000");
    double *sorted = trb_alloc(2 * n, sizeof *sorted, "a sample", err);
    if (!sorted)
        return TRB_ERR_MEMORY;
    double *a = sorted + n;
    memcpy(sorted, x, n * sizeof *x);
    trb_stat_sort(sorted, n);
    const double range = sorted[n - 1] - sorted[0];
    if (range == 0) {
        free(sorted);
        return trb_error_set(err, TRB_ERR_DATA, "all values equal");
    }
    if (n == 3) {
        three(sorted, W, p);
    } else {
        const double middle = trb_stat_median(sorted, n);
        for (size_t i = 0; i < n; i++)
            sorted[i] = (sorted[i] - middle) / range;
        weights(a, n);
        const double rest = one_minus_w(sorted, a, n);
        *W = 1 - rest;
        *p = p_value(rest, n);
    }
    free(sorted);
    return TRB_OK;
}
