/*
 * stat_mixture.c - the mean of a tail over the estimated standard deviation.
 *
 * With x = ln s the density of s becomes exp(g(x)), g(x) = g(0) - df/2 (e^2x - 1 - 2x): analytic, falling to
 * both sides. For such integrands the plain trapezoidal rule converges geometrically; no nodes or panels are
 * needed. Its step follows from the strip around the real axis in which the integrand stays bounded: |Im x| <
 * pi/4 for small df (error e^(-2 pi (pi/4) / h)), a Gaussian of width 1/sqrt(2 df) for large df. A tail like
 * the normal one, e^(-w^2/2) with w = t e^x, has the same strip; a step at w = c asks for h c < 0.7.
 *
 * Source: Trefethen & Weideman 2014, "The exponentially convergent trapezoidal rule", doi:10.1137/130932132.
 */
#include "study/stat_mixture.h"

#include "study/stat_root.h"

#include <Rmath.h>
#include <math.h>
#include <stdint.h>
#include <string.h>

#define W_MAX 36.0 /* P(W > 36) is below 1e-140 for every W here */
#define PANEL (W_MAX / TRB_TAIL_PANELS)

/* One direction from x = 0 (that node excluded), until the terms no longer count. */
static double walk(trb_tail tail, const void *context, double t, double df, double step, double g0,
                   double sum)
{
    double before = INFINITY;
    for (int j = 1; j < 200000; j++) {
        const double x = j * step;
        const double g = g0 - 0.5 * df * (expm1(2 * x) - 2 * x), share = tail(context, t * exp(x));
        const double term = exp(g) * share;
        sum += term;
        /* Downwards the terms of a far tail grow before they fall; where all of the tail is inside they
         * only fall. */
        if (term <= before && ((sum > 0 && term <= 1e-18 * sum) || (sum == 0 && (step > 0 || share > 0.999))))
            break;
        before = term;
    }
    return sum;
}

double trb_stat_mixture(trb_tail tail, const void *context, double t, double df, double sharpness)
{
    if (isnan(t) || isnan(df))
        return NAN;
    if (!isfinite(df) || df > 1e12 || isinf(t))
        return tail(context, t);
    const double step = fmin(0.35 / sqrt(df + 8), 0.6 / fmax(sharpness, 1));
    const double g0 = log(2 * df) + dchisq(df, df, 1);
    double sum = exp(g0) * tail(context, t);
    sum = walk(tail, context, t, df, step, g0, sum);
    sum = walk(tail, context, t, df, -step, g0, sum);
    return fmin(1, sum * step);
}

double trb_stat_sharpness_of_largest(size_t n)
{
    /* 1 - (1 - p(w))^n stays bounded for |Im x| < pi / (2 w^2), and w^2 is about 2 ln n where it falls. */
    return n > 16 ? 2.5 * log((double)n) : 1;
}

void trb_stat_tail_table_init(trb_tail_table *table, trb_tail tail, const void *context)
{
    table->tail = tail;
    table->context = context;
    memset(table->ready, 0, sizeof table->ready);
}

/* Chebyshev interpolation of ln P at the zeros of T_n. */
static void make_panel(trb_tail_table *table, int panel)
{
    enum { N = TRB_TAIL_ORDER };
    double value[N];
    for (int i = 0; i < N; i++) {
        const double u = cos(M_PI * (i + 0.5) / N);
        value[i] = log(table->tail(table->context, PANEL * (panel + 0.5 * (u + 1))));
    }
    for (int j = 0; j < N; j++) {
        double sum = 0;
        for (int i = 0; i < N; i++)
            sum += value[i] * cos(M_PI * j * (i + 0.5) / N);
        table->series[panel][j] = sum * (j ? 2.0 : 1.0) / N;
    }
    table->ready[panel] = true;
}

double trb_stat_tail_by_table(const void *context, double w)
{
    /* Filling a panel does not change what the table means: hence const at the door. */
    trb_tail_table *table = (trb_tail_table *)(uintptr_t)context;
    if (!(w < W_MAX))
        return 0;
    const int panel = (int)(w / PANEL);
    if (!table->ready[panel])
        make_panel(table, panel);
    const double u = 2 * (w / PANEL - panel) - 1, *c = table->series[panel];
    double b1 = 0, b2 = 0; /* Clenshaw */
    for (int j = TRB_TAIL_ORDER - 1; j > 0; j--) {
        const double b0 = c[j] + 2 * u * b1 - b2;
        b2 = b1;
        b1 = b0;
    }
    return exp(c[0] + u * b1 - b2);
}

typedef struct quantile_of {
    trb_tail tail;
    const void *context;
    double log_alpha, df, sharpness;
} quantile_of;

/* In logarithms of both: nearly a straight line, also for df = 1 whose quantiles are in the hundreds. */
static double excess(void *context, double log_t)
{
    const quantile_of *of = context;
    return log(trb_stat_mixture(of->tail, of->context, exp(log_t), of->df, of->sharpness)) - of->log_alpha;
}

double trb_stat_mixture_quantile(trb_tail tail, const void *context, double alpha, double df,
                                 double sharpness)
{
    quantile_of of = {tail, context, log(alpha), df, sharpness};
    double lo = 0, hi = log(3.0);
    while (excess(&of, lo) < 0 && lo > -20)
        lo -= 1;
    while (excess(&of, hi) > 0) {
        lo = hi;
        hi += 0.7;
        if (hi > log(1e6))
            return NAN;
    }
    return exp(trb_stat_root(excess, &of, lo, hi, 1e-13));
}
