/* stat_mixed_test.c - contrasts of a mixed model and their degrees of freedom. */
#include "study/stat_mixed.h"

#include "core/memory.h"
#include "study/stat_matrix.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

trb_mixed_t trb_mixed_contrast(const trb_mixed *m, const double *contrast)
{
    const size_t p = m->n_cells;
    trb_mixed_t out = {0};
    for (size_t c = 0; c < p; c++)
        out.estimate += contrast[c] * m->mean[c];
    const double variance = trb_form(m->covariance, contrast, contrast, p);
    const double ge = trb_form(m->by_residual, contrast, contrast, p),
                 ga = m->singular ? 0 : trb_form(m->by_animal, contrast, contrast, p);
    const double *a = m->asymptotic;
    out.se = sqrt(variance);
    out.df = 2 * variance * variance / (ge * ge * a[0] + 2 * ge * ga * a[1] + ga * ga * a[2]);
    out.t = out.estimate / out.se;
    out.p = 2 * pt(-fabs(out.t), out.df, 1, 0);
    return out;
}

/* The df of an F whose numerator holds q independent squares with df nu_i: that of the same mean. */
static double combined_df(const double *nu, size_t q)
{
    double lowest = nu[0], highest = nu[0], sum = 0, mean = 0;
    for (size_t i = 0; i < q; i++) {
        lowest = fmin(lowest, nu[i]);
        highest = fmax(highest, nu[i]);
        sum += nu[i] / (nu[i] - 2);
        mean += nu[i] / (double)q;
    }
    if (highest - lowest < 1e-8 * highest)
        return mean;
    return lowest <= 2 ? 2 : 2 * sum / (sum - (double)q);
}

static trb_status satterthwaite(const trb_mixed *m, const double *contrasts, size_t q, double *work,
                                trb_mixed_f *out, trb_error *err)
{
    const size_t p = m->n_cells;
    double *square = work, *vectors = work + q * q, *value = vectors + q * q, *nu = value + q,
           *rotated = nu + q;
    trb_project(m->covariance, contrasts, q, p, rotated, square);
    const trb_status status = trb_eigen(square, q, value, vectors, err);
    if (status)
        return status;
    out->f = 0;
    for (size_t i = 0; i < q; i++) {
        memset(rotated, 0, p * sizeof *rotated);
        for (size_t k = 0; k < q; k++)
            for (size_t c = 0; c < p; c++)
                rotated[c] += vectors[i * q + k] * contrasts[k * p + c];
        const trb_mixed_t t = trb_mixed_contrast(m, rotated);
        out->f += t.t * t.t / (double)q;
        nu[i] = t.df;
    }
    out->df1 = (double)q;
    out->df2 = combined_df(nu, q);
    out->p = pf(out->f, out->df1, out->df2, 0, 0);
    return TRB_OK;
}

/* g_i = (L Phi L')^-1 L dPhi_i L'; the traces of Theta Phi P_i Phi are those of g_i. */
static void solve_columns(const double *factor, double *square, size_t q)
{
    for (size_t i = 0; i < q;
         i++) /* rows of a symmetric matrix are its columns: the result is g transposed */
        trb_cholesky_solve(factor, q, square + i * q);
}

static double trace(const double *m, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += m[i * n + i];
    return sum;
}

/* The scale and df2 that match the first two moments of the statistic (Kenward & Roger 1997, section 3). */
static void match_moments(double a1, double a2, double q, double *scale, double *df2)
{
    const double b = (a1 + 6 * a2) / (2 * q), g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2);
    const double d = 3 * q + 2 * (1 - g), c1 = g / d, c2 = (q - g) / d, c3 = (q + 2 - g) / d;
    const double mean = 1 / (1 - a2 / q);
    const double variance = 2 / q * (1 + c1 * b) / ((1 - c2 * b) * (1 - c2 * b) * (1 - c3 * b));
    const double rho = variance / (2 * mean * mean);
    *df2 = 4 + (q + 2) / (q * rho - 1);
    *scale = *df2 / (mean * (*df2 - 2));
}

static void kenward_roger(const trb_mixed *m, const double *contrasts, size_t q, double *work,
                          trb_mixed_f *out)
{
    const size_t p = m->n_cells;
    const double *w = m->expected;
    double *factor = work, *ge = work + q * q, *ga = ge + q * q, *effect = ga + q * q, *solved = effect + q,
           *row = solved + q;
    trb_project(m->covariance, contrasts, q, p, row, factor);
    trb_project(m->by_residual, contrasts, q, p, row, ge);
    trb_project(m->by_animal, contrasts, q, p, row, ga);
    out->f = out->df2 = out->p = NAN;
    out->df1 = (double)q;
    if (!trb_cholesky(factor, q))
        return;
    solve_columns(factor, ge, q);
    solve_columns(factor, ga, q);
    const double te = trace(ge, q), ta = trace(ga, q);
    const double a1 = w[0] * te * te + 2 * w[1] * te * ta + w[2] * ta * ta;
    const double a2 =
        w[0] * trb_trace2(ge, ge, q) + 2 * w[1] * trb_trace2(ge, ga, q) + w[2] * trb_trace2(ga, ga, q);
    double scale;
    match_moments(a1, a2, (double)q, &scale, &out->df2);
    trb_project(m->adjusted, contrasts, q, p, row, factor);
    if (!trb_cholesky(factor, q))
        return;
    for (size_t i = 0; i < q; i++) {
        effect[i] = 0;
        for (size_t c = 0; c < p; c++)
            effect[i] += contrasts[i * p + c] * m->mean[c];
        solved[i] = effect[i];
    }
    trb_cholesky_solve(factor, q, solved);
    out->f = 0;
    for (size_t i = 0; i < q; i++)
        out->f += scale * effect[i] * solved[i] / (double)q;
    out->p = pf(out->f, out->df1, out->df2, 0, 0);
}

trb_status trb_mixed_test(const trb_mixed *m, const double *contrasts, size_t q, trb_mixed_f *satt,
                          trb_mixed_f *kr, trb_error *err)
{
    double *work = trb_alloc(q + 1, (3 * q + 4) * sizeof *work + m->n_cells * sizeof *work, "contrasts", err);
    if (!work)
        return TRB_ERR_MEMORY;
    const trb_status status = satterthwaite(m, contrasts, q, work, satt, err);
    if (!status && kr)
        kenward_roger(m, contrasts, q, work, kr);
    free(work);
    return status;
}

void trb_mixed_write_f(trb_node out, const trb_mixed_f *f)
{
    trb_node_real(out, "F", f->f);
    trb_node_real(out, "df1", f->df1);
    trb_node_real(out, "df2", f->df2);
    trb_node_real(out, "p", f->p);
}
