/*
 * stat_paired.c - b - a of the same animals.
 *
 * Decimal values tie, binary ones do not: 1.1 - (-0.2) and 0.1 - (-1.2) differ in the last bit. Differences
 * are therefore ranked in steps of 1e-12, or coarser for values above 1000, whose last bits are larger.
 */
#include "study/stat_paired.h"

#include "core/memory.h"
#include "study/design_cells.h"
#include "study/design_ranks.h"
#include "study/design_rows.h"
#include "study/stat_basics.h"
#include "study/stat_designs.h"
#include "study/stat_effect.h"

#include <Rmath.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_EXACT = 300 }; /* pairs; more take seconds and the normal approximation is good to many digits */

typedef struct pairs {
    size_t n;
    double *a, *b, *d, *scratch; /* d: b - a */
    double largest;              /* max |a|, |b| */
    double mean, sd;
} pairs;

static trb_status load(pairs *p, const trb_rows *rows, trb_error *err)
{
    p->n = rows->n;
    p->a = trb_alloc(p->n + 1, 5 * sizeof *p->a, "pairs", err);
    if (!p->a)
        return TRB_ERR_MEMORY;
    p->b = p->a + p->n;
    p->d = p->b + p->n;
    p->scratch = p->d + p->n;
    for (size_t i = 0; i < p->n; i++) {
        p->a[i] = rows->row[i].x;
        p->b[i] = rows->row[i].y;
        p->d[i] = p->b[i] - p->a[i];
        p->largest = fmax(p->largest, fmax(fabs(p->a[i]), fabs(p->b[i])));
    }
    trb_stat_sort(p->d, p->n);
    p->mean = trb_stat_mean(p->d, p->n);
    p->sd = p->n > 1 ? sqrt(trb_stat_squares(p->d, p->n, p->mean) / ((double)p->n - 1)) : NAN;
    return TRB_OK;
}

static void write_t(trb_node out, const pairs *p, double conf_level)
{
    const double n = (double)p->n, se = p->sd / sqrt(n), t = p->mean / se, half = qt(0.5 + conf_level / 2, n - 1, 1, 0) * se;
    if (!(se > 10 * DBL_EPSILON * p->largest)) {
        trb_node_note(out, "undefined: differences are essentially constant");
        return;
    }
    trb_node_real(out, "t", t);
    trb_node_real(out, "df", n - 1);
    trb_node_real(out, "p", 2 * pt(-fabs(t), n - 1, 1, 0));
    trb_node_limits(out, "ci", p->mean - half, p->mean + half);
    trb_node_real(out, "dz", p->mean / p->sd);
    trb_node_real(out, "gz", n > 2 ? trb_stat_hedges_j(n - 1) * p->mean / p->sd : NAN);
}

/* Non-zero differences as whole steps. */
static size_t stepped(const pairs *p, double *step, double *size)
{
    const double scale = 1e12 / pow(10, fmax(0, ceil(log10(p->largest) - 3)));
    size_t m = 0;
    for (size_t i = 0; i < p->n; i++)
        if (fabs(p->d[i]) > 1e-9 * p->largest) {
            step[m] = nearbyint(p->d[i] * scale);
            size[m] = fabs(step[m]);
            m++;
        }
    return m;
}

static void write_normal(trb_node out, size_t count, double v, double tie_sum)
{
    const double m = (double)count, z = v - m * (m + 1) / 4;
    const double sd = sqrt(m * (m + 1) * (2 * m + 1) / 24 - tie_sum / 48);
    const double z_cc = (z - (z > 0 ? 0.5 : z < 0 ? -0.5 : 0)) / sd;
    trb_node_real(out, "z_cc", z_cc);
    trb_node_real(out, "p_asymptotic_cc", z == 0 ? 1 : 2 * pnorm(-fabs(z_cc), 0, 1, 1, 0));
    trb_node_real(out, "p_asymptotic_no_cc", 2 * pnorm(-fabs(z / sd), 0, 1, 1, 0));
}

static trb_status write_wilcoxon(trb_node out, const pairs *p, trb_error *err)
{
    double *step = p->scratch, *size = p->scratch + p->n, *rank = p->a; /* a and b have done their work */
    const size_t m = stepped(p, step, size);
    trb_node_count(out, "n_nonzero", m);
    trb_node_count(out, "n_zero", p->n - m);
    trb_node_real(out, "hodges_lehmann", trb_walsh_median(p->d, p->n));
    if (m == 0) {
        trb_node_note(out, "all differences are 0");
        return TRB_OK;
    }
    trb_status status = trb_midranks(size, m, rank, err);
    double v = 0, exact = NAN;
    for (size_t i = 0; i < m; i++)
        v += step[i] > 0 ? rank[i] : 0;
    if (!status && m <= MOST_EXACT)
        status = trb_signed_rank_p(rank, m, v, &exact, err);
    if (status)
        return status;
    trb_stat_sort(size, m);
    const double tie_sum = trb_stat_tie_sum(size, m);
    trb_node_real(out, "V", v);
    trb_node_flag(out, "ties", tie_sum > 0);
    trb_node_real(out, "p_exact_no_ties", tie_sum > 0 || m < p->n ? NAN : exact);
    trb_node_real(out, "p_exact_conditional", exact);
    write_normal(out, m, v, tie_sum);
    if (m > MOST_EXACT)
        trb_node_note(out, "more than 300 pairs: no exact p");
    return TRB_OK;
}

static double mean_percent(const pairs *p)
{
    for (size_t i = 0; i < p->n; i++) {
        if (!(p->a[i] > 0))
            return NAN;
        p->scratch[i] = 100 * (p->b[i] - p->a[i]) / p->a[i];
    }
    return trb_stat_mean(p->scratch, p->n);
}

static double pearson(const pairs *p)
{
    const double a = trb_stat_squares(p->a, p->n, trb_stat_mean(p->a, p->n)),
                 b = trb_stat_squares(p->b, p->n, trb_stat_mean(p->b, p->n));
    const double rounding = 1e-26 * p->largest * p->largest;
    return a > rounding && b > rounding ? trb_correlation(p->a, p->b, p->n) : NAN;
}

static trb_status write_all(trb_node out, const pairs *p, double conf_level, trb_error *err)
{
    trb_node_count(out, "n_pairs", p->n);
    trb_node_real(out, "mean_diff", p->mean);
    trb_node_real(out, "sd_diff", p->sd);
    if (p->n < 2) {
        trb_node_note(out, "fewer than two pairs");
        return TRB_OK;
    }
    trb_design_normality(out, "normality_diff", p->d, p->n);
    write_t(trb_node_child(out, "paired_t"), p, conf_level);
    const double r = pearson(p);
    trb_node_real(out, "pearson_r", r);
    if (isnan(r))
        trb_node_note(out, "one of the two does not vary: no correlation");
    trb_node_real(out, "percent_change_mean_of_animals", mean_percent(p));
    return write_wilcoxon(trb_node_child(out, "wilcoxon"), p, err);
}

trb_status trb_paired_write(trb_node out, const double *a, const double *b, size_t n, double conf_level, trb_error *err)
{
    trb_rows rows;
    pairs p = {0};
    const trb_row_source source = {.n = n, .y = b, .x = a};
    trb_status status = trb_rows_init(&rows, &source, err);
    if (!status)
        status = load(&p, &rows, err);
    if (!status)
        status = write_all(out, &p, conf_level, err);
    free(p.a);
    trb_rows_clear(&rows);
    return status;
}

trb_status trb_stat_paired(const double *a, const double *b, size_t n, double conf_level, json_t **out, trb_error *err)
{
    bool failed = false;
    const trb_node root = trb_node_root(&failed);
    return trb_node_finish(root, trb_paired_write(root, a, b, n, conf_level, err), out, err);
}
