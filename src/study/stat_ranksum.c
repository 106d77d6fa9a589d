/*
 * stat_ranksum.c - exact rank sums by counting, normal ones by the tie-corrected variance.
 *
 * The exact distribution: in how many ways do m of the N ranks have the sum s? Adding one rank r after
 * another,
 *     ways[k][s] += ways[k-1][s - r].
 * Midranks are halves, so ranks are doubled when there are ties; sums are then integers, and comparing them
 * needs no tolerance. Ways are doubles: exact to 2^53, after that good to 1e-14, and without overflow to N =
 * 200.
 */
#include "study/stat_ranksum.h"

#include "core/memory.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

/* Probability of each sum of m of the N ascending integer ranks; p[s], s = 0 ... *top. NULL: no memory. */
static double *sum_distribution(const size_t *rank, size_t total, size_t m, size_t *top, trb_error *err)
{
    *top = 0;
    for (size_t i = 0; i < m; i++)
        *top += rank[total - 1 - i];
    const size_t width = *top + 1;
    double *ways = trb_alloc_zero((m + 1) * width, sizeof *ways, "rank sums", err);
    if (!ways)
        return NULL;
    ways[0] = 1;
    for (size_t i = 0; i < total; i++) {
        const size_t r = rank[i];
        size_t most = 0; /* the largest sum of k - 1 of the ranks before i */
        for (size_t k = 1; k < m && k <= i; k++)
            most += rank[i - k];
        for (size_t k = i + 1 < m ? i + 1 : m; k > 0; k--) {
            if (k - 1 <= i && m - k <= total - 1 - i) { /* else the row can no longer be completed */
                double *to = ways + k * width + r;
                const double *from = ways + (k - 1) * width;
                for (size_t s = 0; s <= most; s++)
                    to[s] += from[s];
            }
            if (k > 1)
                most -= rank[i - (k - 1)];
        }
    }
    double all = 0;
    double *p = ways + m * width;
    for (size_t s = 0; s < width; s++)
        all += p[s];
    for (size_t s = 0; s < width; s++)
        ways[s] = p[s] / all;
    return ways;
}

/* Two-sided p-values of an observed sum; `twice_mean` is an integer, so the comparison is exact. */
static void two_sided(const double *p, size_t top, size_t observed, size_t twice_mean, trb_ranksum *out)
{
    const size_t far = 2 * observed > twice_mean ? 2 * observed - twice_mean : twice_mean - 2 * observed;
    double outside = 0, lower = 0, upper = 0;
    for (size_t s = 0; s <= top; s++) {
        if ((2 * s > twice_mean ? 2 * s - twice_mean : twice_mean - 2 * s) >= far)
            outside += p[s];
        if (s <= observed)
            lower += p[s];
        if (s >= observed)
            upper += p[s];
    }
    out->p_conditional_abs = fmin(1, outside);
    out->p_conditional_2min = fmin(1, 2 * fmin(lower, upper));
}

/* Midranks, times two, of the ascending pool. */
static void doubled_midranks(const double *pool, size_t total, size_t *rank)
{
    for (size_t i = 0, end; i < total; i = end) {
        for (end = i + 1; end < total && pool[end] == pool[i];)
            end++;
        for (size_t j = i; j < end; j++)
            rank[j] = i + 1 + end; /* (i + 1 + end) / 2 is their mean rank */
    }
}

void trb_stat_ranksum_null_clear(trb_ranksum_null *null)
{
    free(null->below);
    *null = (trb_ranksum_null){0};
}

/* The distribution of U without ties for sizes m <= n, unless it is at hand. */
static trb_status null_for(size_t m, size_t n, trb_ranksum_null *null, trb_error *err)
{
    if (null->below && null->m == m && null->n == n)
        return TRB_OK;
    trb_stat_ranksum_null_clear(null);
    size_t *rank = trb_alloc(m + n, sizeof *rank, "ranks", err), top, least = m * (m + 1) / 2;
    if (!rank)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < m + n; i++)
        rank[i] = i + 1;
    double *p = sum_distribution(rank, m + n, m, &top, err);
    free(rank);
    if (!p)
        return TRB_ERR_MEMORY;
    double below = 0;
    for (size_t u = 0; u <= m * n; u++) {
        below += p[u + least];
        p[u] = below;
    }
    *null = (trb_ranksum_null){m, n, p};
    return TRB_OK;
}

/* The distribution given the ties: that of the smaller group's midrank sum. u: U of the smaller group. */
static trb_status conditional(const double *pool, size_t m, size_t n, double u, trb_ranksum *out,
                              trb_error *err)
{
    const size_t total = m + n;
    size_t *rank = trb_alloc(total, sizeof *rank, "ranks", err), top;
    if (!rank)
        return TRB_ERR_MEMORY;
    doubled_midranks(pool, total, rank);
    double *p = sum_distribution(rank, total, m, &top, err);
    free(rank);
    if (!p)
        return TRB_ERR_MEMORY;
    two_sided(p, top, (size_t)(2 * u + 0.5) + m * (m + 1), 2 * m * (total + 1), out);
    free(p);
    return TRB_OK;
}

static void unconditional(const trb_ranksum_null *null, double u, trb_ranksum *out)
{
    const size_t last = null->m * null->n, at = (size_t)(u + 0.5), low = at < last - at ? at : last - at;
    out->p_exact_no_ties = fmin(1, 2 * null->below[low]);
    out->p_conditional_abs = out->p_conditional_2min = out->p_exact_no_ties; /* symmetric: all the same */
}

static void normal(double n_a, double n_b, double tie_sum, trb_ranksum *out)
{
    const double total = n_a + n_b, off = out->u_b - 0.5 * n_a * n_b;
    out->sigma = sqrt(n_a * n_b / 12 * (total + 1 - tie_sum / (total * (total - 1))));
    if (!(out->sigma > 0)) {
        out->sigma = 0;
        return;
    }
    out->z = off / out->sigma;
    out->z_cc = (off - (off > 0 ? 0.5 : off < 0 ? -0.5 : 0)) / out->sigma;
    out->p_normal = 2 * pnorm(-fabs(out->z), 0, 1, 1, 0);
    out->p_normal_cc = fmin(1, 2 * pnorm(-fabs(out->z_cc), 0, 1, 1, 0));
}

/* The rank of the interval's lower end among the differences, and the level that it really has. */
static size_t interval_rank(double n_a, double n_b, const trb_ranksum_null *null, double conf, double *level)
{
    const double alpha = 1 - conf;
    if (!null) {
        const double sd = sqrt(n_a * n_b * (n_a + n_b + 1) / 12);
        const double rank = fmax(1, round(0.5 * n_a * n_b - qnorm(1 - alpha / 2, 0, 1, 1, 0) * sd));
        *level = 1 - 2 * pnorm(rank - 0.5, 0.5 * n_a * n_b, sd, 1, 0);
        return (size_t)rank;
    }
    size_t rank = 0;
    while (null->below[rank] < 0.5 * alpha * (1 - 1e-14))
        rank++;
    if (rank == 0)
        rank = 1;
    *level = 1 - 2 * null->below[rank - 1];
    return rank;
}

double trb_stat_ranksum_cost(size_t n_a, size_t n_b)
{
    const double m = (double)(n_a < n_b ? n_a : n_b), total = (double)(n_a + n_b);
    return 0.25 * m * m * total * total;
}

trb_status trb_stat_ranksum(const double *a, size_t n_a, const double *b, size_t n_b, bool exact, double conf,
                            trb_ranksum_null *null, trb_ranksum *out, trb_error *err)
{
    *out = (trb_ranksum){.exact = exact,
                         .p_exact_no_ties = NAN,
                         .p_conditional_abs = NAN,
                         .p_conditional_2min = NAN,
                         .z = NAN,
                         .z_cc = NAN,
                         .p_normal = NAN,
                         .p_normal_cc = NAN};
    const double na = (double)n_a, nb = (double)n_b;
    double *pool = trb_alloc(n_a + n_b, sizeof *pool, "two groups", err);
    if (!pool)
        return TRB_ERR_MEMORY;
    trb_stat_merge(a, n_a, b, n_b, pool);
    const double tie_sum = trb_stat_tie_sum(pool, n_a + n_b);
    out->u_b = trb_stat_count_above(a, n_a, b, n_b);
    out->ties = tie_sum > 0;
    normal(na, nb, tie_sum, out);
    trb_status status = TRB_OK;
    if (exact) {
        const size_t m = n_a < n_b ? n_a : n_b, n = n_a < n_b ? n_b : n_a;
        status = null_for(m, n, null, err);
        if (!status && out->ties)
            status = conditional(pool, m, n, n_b <= n_a ? out->u_b : na * nb - out->u_b, out, err);
        else if (!status)
            unconditional(null, out->u_b, out);
    }
    free(pool);
    if (status)
        return status;
    const size_t pairs = n_a * n_b, rank = interval_rank(na, nb, exact ? null : NULL, conf, &out->hl_level);
    out->hodges_lehmann = trb_stat_difference(a, n_a, b, n_b, pairs / 2 + 1);
    if (pairs % 2 == 0)
        out->hodges_lehmann = 0.5 * (out->hodges_lehmann + trb_stat_difference(a, n_a, b, n_b, pairs / 2));
    out->hl_lo = trb_stat_difference(a, n_a, b, n_b, rank);
    out->hl_hi = trb_stat_difference(a, n_a, b, n_b, pairs - rank + 1);
    return TRB_OK;
}
