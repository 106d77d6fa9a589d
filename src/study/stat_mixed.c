/*
 * stat_mixed.c - a random intercept by REML, from sufficient statistics.
 *
 * Within an animal with n scans V = s_e I + s_a J has two eigenvalues: s_e + n s_a along the mean of the
 * animal, s_e across it. So any X'f(V)X is  f(s_e) W + sum over n of f(s_e + n s_a) T_n,  where W holds
 * products within animals and T_n those of animal means, of animals with n scans. The columns of X are the
 * cells and, last, y less its cell mean. All that follows works on these small matrices: no step depends on
 * the number of rows.
 *
 * The variance ratio lambda = s_a / s_e is where the profiled restricted likelihood peaks:
 *   -2 log L = sum log(1 + n lambda) + log|A| + (N - p)(1 + log(2 pi rss / (N - p))),
 *   A = X'V^-1 X with s_e = 1.
 */
#include "study/stat_mixed.h"

#include "core/memory.h"
#include "study/stat_matrix.h"
#include "study/stat_mixed_parts.h"
#include "study/stat_peak.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double PI = 3.14159265358979323846;

/* sum of weight(n) T_n plus within * W. */
void trb_mixed_combine(const trb_mixed_sums *s, double within, const double *weight, double *out)
{
    const size_t size = (s->p + 1) * (s->p + 1);
    for (size_t i = 0; i < size; i++)
        out[i] = within * s->within[i];
    for (size_t d = 0; d < s->n_sizes; d++)
        for (size_t i = 0; i < size; i++)
            out[i] += weight[d] * s->between[d * size + i];
}

/* The cells' part of an augmented matrix, and its last column. */
static void split(const double *augmented, size_t p, double *cells, double *last)
{
    for (size_t i = 0; i < p; i++) {
        memcpy(cells + i * p, augmented + i * (p + 1), p * sizeof *cells);
        if (last)
            last[i] = augmented[i * (p + 1) + p];
    }
}

typedef struct solved {
    double log_det_a, rss;
    bool ok;
} solved;

/* A, its factor (in s->cells) and the coefficients of the residual (in s->beta) at one lambda. */
static solved solve_at(const trb_mixed_sums *s, double lambda)
{
    const size_t p = s->p, wide = p + 1;
    for (size_t d = 0; d < s->n_sizes; d++)
        s->weight[d] = 1 / (1 + s->size[d] * lambda);
    trb_mixed_combine(s, 1, s->weight, s->augmented);
    split(s->augmented, p, s->cells, s->beta);
    solved out = {.ok = trb_cholesky(s->cells, p)};
    if (!out.ok)
        return out;
    trb_cholesky_solve(s->cells, p, s->beta);
    out.log_det_a = trb_cholesky_log_det(s->cells, p);
    for (size_t i = 0; i < p; i++)
        s->beta[i] = -s->beta[i];
    s->beta[p] = 1; /* e = y - X beta in terms of the augmented columns */
    out.rss = trb_form(s->augmented, s->beta, s->beta, wide);
    return out;
}

static double cost_at(void *context, double lambda)
{
    const trb_mixed_sums *s = context;
    const solved at = solve_at(s, lambda);
    if (!at.ok || !(at.rss > 0))
        return INFINITY;
    double logs = 0;
    for (size_t d = 0; d < s->n_sizes; d++)
        logs += s->animals[d] * log1p(s->size[d] * lambda);
    const double left = (double)(s->n - s->p);
    return logs + at.log_det_a + left * (1 + log(2 * PI * at.rss / left));
}

static double slope_at(void *context, double lambda)
{
    const trb_mixed_sums *s = context;
    const size_t p = s->p, wide = p + 1;
    const solved at = solve_at(s, lambda);
    if (!at.ok)
        return NAN;
    trb_cholesky_invert(s->cells, p, s->inverse);
    double logs = 0;
    for (size_t d = 0; d < s->n_sizes; d++) {
        const double share = s->size[d] / (1 + s->size[d] * lambda);
        logs += s->animals[d] * share;
        s->weight[d] = share / (1 + s->size[d] * lambda);
    }
    trb_mixed_combine(s, 0, s->weight, s->augmented); /* -d/dlambda of the augmented matrix */
    const double of_rss = trb_form(s->augmented, s->beta, s->beta, wide);
    split(s->augmented, p, s->cells, NULL);
    return logs - trb_trace2(s->inverse, s->cells, p) - (double)(s->n - p) * of_rss / at.rss;
}

/* Degrees of freedom of the residual within animals; what is left of N - p belongs to animals. */
static size_t df_within(const trb_mixed_sums *s)
{
    const size_t p = s->p;
    size_t rank = 0;
    split(s->within, p, s->cells, NULL);
    for (size_t j = 0; j < p; j++) { /* elimination; rows of W add up to 0, so the order does not matter */
        const double pivot = s->cells[j * p + j];
        if (!(pivot > 1e-9))
            continue;
        rank++;
        for (size_t i = j + 1; i < p; i++) {
            const double factor = s->cells[i * p + j] / pivot;
            for (size_t k = j; k < p; k++)
                s->cells[i * p + k] -= factor * s->cells[j * p + k];
        }
    }
    size_t animals = 0;
    for (size_t d = 0; d < s->n_sizes; d++)
        animals += (size_t)s->animals[d];
    return s->n - animals - rank;
}

static const char *why_not(const trb_mixed_sums *s)
{
    const size_t wide = s->p + 1;
    const double within = s->within[wide * wide - 1];
    double all = within;
    for (size_t d = 0; d < s->n_sizes; d++)
        all += s->between[(d + 1) * wide * wide - 1];
    if (s->n <= s->p)
        return "no more values than cells";
    const size_t inner = df_within(s);
    if (inner == 0)
        return "too few repeats within animals to tell animals from scans";
    if (inner == s->n - s->p)
        return "too few animals to estimate their variance";
    if (!(all > 1e-26 * s->y_squares))
        return "all values equal within cells";
    if (!(within > 1e-26 * s->y_squares))
        return "all values equal within animals";
    return NULL;
}

/* At lambda 0 the animals say nothing: the model is least squares with the one variance s_e. */
static void finish(trb_mixed *m, trb_mixed_sums *s, double lambda)
{
    const solved at = solve_at(s, lambda);
    m->log_lik = -cost_at(s, lambda) / 2;
    m->var_residual = at.rss / (double)(s->n - s->p);
    m->var_animal = lambda * m->var_residual;
    m->singular = lambda < 1e-8;
    for (size_t c = 0; c < s->p; c++)
        m->mean[c] = s->cell_mean[c] - s->beta[c];
    trb_cholesky_invert(s->cells, s->p, m->covariance);
    for (size_t i = 0; i < s->p * s->p; i++)
        m->covariance[i] *= m->var_residual;
}

static trb_status reserve(trb_mixed *m, size_t p, trb_error *err)
{
    double **const part[] = {&m->covariance, &m->by_residual, &m->by_animal, &m->adjusted};
    m->mean = trb_alloc_zero(p, sizeof *m->mean, "means of a mixed model", err);
    if (!m->mean)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < sizeof part / sizeof *part; i++) {
        *part[i] = trb_alloc_zero(p, p * sizeof **part[i], "covariances of a mixed model", err);
        if (!*part[i])
            return TRB_ERR_MEMORY;
    }
    return TRB_OK;
}

trb_status trb_mixed_fit(trb_mixed *m, const trb_mixed_row *rows, size_t n, size_t n_cells, const char **why,
                         trb_error *err)
{
    trb_mixed_sums sums;
    memset(m, 0, sizeof *m);
    trb_status status = trb_mixed_sums_init(&sums, rows, n, n_cells, err);
    if (status)
        goto done;
    *why = why_not(&sums);
    if (*why)
        goto done;
    status = reserve(m, n_cells, err);
    if (status)
        goto done;
    m->n = n;
    m->n_cells = n_cells;
    for (size_t d = 0; d < sums.n_sizes; d++)
        m->n_animals += (size_t)sums.animals[d];
    finish(m, &sums, trb_lowest(cost_at, slope_at, &sums, 1));
    status = trb_mixed_information(m, &sums, err);
done:
    trb_mixed_sums_clear(&sums);
    return status;
}

void trb_mixed_clear(trb_mixed *m)
{
    free(m->mean);
    free(m->covariance);
    free(m->by_residual);
    free(m->by_animal);
    free(m->adjusted);
    memset(m, 0, sizeof *m);
}
