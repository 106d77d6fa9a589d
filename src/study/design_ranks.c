/* design_ranks.c - midranks, the exact signed-rank distribution, the median of Walsh averages. */
#include "study/design_ranks.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct placed {
    double value;
    size_t at;
} placed;

static int by_value(const void *left, const void *right)
{
    const placed *a = left, *b = right;
    return (a->value > b->value) - (a->value < b->value);
}

trb_status trb_midranks(const double *value, size_t n, double *rank, trb_error *err)
{
    placed *sorted = trb_alloc(n + 1, sizeof *sorted, "ranks", err);
    if (!sorted)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = (placed){value[i], i};
    qsort(sorted, n, sizeof *sorted, by_value);
    for (size_t from = 0, to; from < n; from = to) {
        to = from;
        while (to < n && sorted[to].value == sorted[from].value)
            to++;
        for (size_t i = from; i < to; i++)
            rank[sorted[i].at] = (double)(from + 1 + to) / 2;
    }
    free(sorted);
    return TRB_OK;
}

trb_status trb_signed_rank_p(const double *rank, size_t m, double v, double *p, trb_error *err)
{
    size_t total = 0; /* of doubled ranks: whole numbers */
    for (size_t i = 0; i < m; i++)
        total += (size_t)lrint(2 * rank[i]);
    double *chance = trb_alloc_zero(total + 1, sizeof *chance, "signed ranks", err);
    if (!chance)
        return TRB_ERR_MEMORY;
    chance[0] = 1;
    for (size_t i = 0, reach = 0; i < m; i++) {
        const size_t step = (size_t)lrint(2 * rank[i]);
        reach += step;
        for (size_t s = reach + 1; s-- > 0;) /* from above, so that each rank counts once */
            chance[s] = (chance[s] + (s >= step ? chance[s - step] : 0)) / 2;
    }
    const double centre = (double)total / 2, off = fabs(2 * v - centre) - 1e-9;
    *p = 0;
    for (size_t s = 0; s <= total; s++)
        if (fabs((double)s - centre) >= off)
            *p += chance[s];
    *p = fmin(1, *p);
    free(chance);
    return TRB_OK;
}

/* Pairs i <= j with d_i + d_j <= sum: as i rises the last such j falls. */
static double count_up_to(const double *d, size_t n, double sum)
{
    double count = 0;
    size_t j = n;
    for (size_t i = 0; i < n; i++) {
        while (j > i && d[i] + d[j - 1] > sum)
            j--;
        if (j <= i)
            break;
        count += (double)(j - i);
    }
    return count;
}

/* The k-th smallest (from 1) sum: halving between the extremes until no double lies between. */
static double kth_sum(const double *d, size_t n, double k)
{
    double lo = d[0] + d[0], hi = d[n - 1] + d[n - 1];
    if (count_up_to(d, n, lo) >= k)
        return lo;
    for (;;) { /* count(lo) < k <= count(hi) */
        const double middle = lo + (hi - lo) / 2;
        if (!(middle > lo && middle < hi))
            return hi;
        if (count_up_to(d, n, middle) >= k)
            hi = middle;
        else
            lo = middle;
    }
}

double trb_walsh_median(const double *d, size_t n)
{
    const double pairs = (double)n * ((double)n + 1) / 2, lower = floor((pairs + 1) / 2),
                 upper = ceil((pairs + 1) / 2);
    const double first = kth_sum(d, n, lower) / 2;
    return lower < upper ? (first + kth_sum(d, n, upper) / 2) / 2 : first;
}
