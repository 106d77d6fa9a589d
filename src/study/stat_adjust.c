#include "study/stat_adjust.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked {
    double p;
    size_t index;
} ranked;

static int ascending(const void *left, const void *right)
{
    const ranked *a = left, *b = right;
    if (a->p != b->p)
        return a->p < b->p ? -1 : 1;
    return (a->index > b->index) - (a->index < b->index);
}

static double sidak(double p, double m)
{
    return -expm1(m * log1p(-p)); /* exact for small p, where 1 - (1 - p)^m is all rounding */
}

/* Holm: the smallest p bears the factor m, the next m - 1, ...; a later one is never below an earlier one. */
static void step_down(ranked *r, size_t m, trb_stat_adjustment method)
{
    double least = 0;
    for (size_t i = 0; i < m; i++) {
        const double left = (double)(m - i);
        least = fmax(least, method == TRB_ADJUST_HOLM ? left * r[i].p : sidak(r[i].p, left));
        r[i].p = fmin(1, least);
    }
}

/* Benjamini-Hochberg: from the largest p down, m / rank; an earlier one is never above a later one. */
static void step_up(ranked *r, size_t m, trb_stat_adjustment method)
{
    double factor = (double)m, most = 1;
    if (method == TRB_ADJUST_BY) {
        double harmonic = 0;
        for (size_t i = m; i > 0; i--)
            harmonic += 1 / (double)i;
        factor *= harmonic;
    }
    for (size_t i = m; i-- > 0;) {
        most = fmin(most, factor / (double)(i + 1) * r[i].p);
        r[i].p = most;
    }
}

static void one_step(ranked *r, size_t m, trb_stat_adjustment method)
{
    for (size_t i = 0; i < m; i++) {
        if (method == TRB_ADJUST_BONFERRONI)
            r[i].p = fmin(1, (double)m * r[i].p);
        else if (method == TRB_ADJUST_SIDAK)
            r[i].p = sidak(r[i].p, (double)m);
    }
}

trb_status trb_stat_adjust(const double *p, size_t n, trb_stat_adjustment method, double *out)
{
    ranked *r = trb_alloc(n ? n : 1, sizeof *r, "p-values", NULL);
    if (!r)
        return TRB_ERR_MEMORY;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        if (!isnan(p[i]))
            r[m++] = (ranked){p[i], i};
    qsort(r, m, sizeof *r, ascending);
    if (method == TRB_ADJUST_HOLM || method == TRB_ADJUST_HOLM_SIDAK)
        step_down(r, m, method);
    else if (method == TRB_ADJUST_BH || method == TRB_ADJUST_BY)
        step_up(r, m, method);
    else
        one_step(r, m, method);
    for (size_t i = 0; i < n; i++)
        out[i] = NAN;
    for (size_t i = 0; i < m; i++)
        out[r[i].index] = r[i].p;
    free(r);
    return TRB_OK;
}
