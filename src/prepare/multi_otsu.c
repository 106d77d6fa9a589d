/*
 * multi_otsu.c - Otsu's rule for more than two classes.
 *
 * The between-class variance is largest where the sum over classes of S^2 / n is (n voxels, S the sum of their bin
 * numbers): the rest of it does not depend on the boundaries. best[c][j] is the largest such sum when the first j
 * occupied bins make c classes. Where the last class of best[c][j] begins never moves down as j grows (classes on a
 * line; Wu 1991 J Algorithms 12:663), so that halving the range finds all j of one c in bins * log(bins) steps,
 * without pooling bins. Empty bins are left out first: every class holds a voxel.
 */
#include "trabecula/threshold.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define BINS_MAX ((size_t)1 << 20)
#define TOTAL_MAX ((uint64_t)1 << 40) /* bin sums stay below 2^60 */

typedef struct classes {
    size_t occupied;
    size_t *bin;       /* of each occupied bin */
    uint64_t *n, *sum; /* voxels, and sum of bin numbers, before each occupied bin; occupied + 1 */
    double *before, *now;
    uint32_t *start; /* of the last class: [class][j] */
} classes;

/* S^2 / n of the occupied bins a <= i < b, with bin numbers counted from the first: the rule does not mind, and
 * small numbers lose least. */
static double gain(const classes *c, size_t a, size_t b)
{
    const double n = (double)(c->n[b] - c->n[a]), s = (double)(c->sum[b] - c->sum[a]);
    return s * s / n;
}

/* best of class count k for lo <= j <= hi, whose last class begins within from..to. */
static void solve(const classes *c, size_t k, size_t lo, size_t hi, size_t from, size_t to)
{
    const size_t j = lo + (hi - lo) / 2;
    size_t best = SIZE_MAX;
    double most = 0;
    const size_t end = to < j - 1 ? to : j - 1;
    for (size_t i = from > k - 1 ? from : k - 1; i <= end; i++) {
        const double sum = c->before[i] + gain(c, i, j);
        if (best == SIZE_MAX || sum > most) { /* of equal ones the first */
            best = i;
            most = sum;
        }
    }
    c->now[j] = most;
    c->start[k * (c->occupied + 1) + j] = (uint32_t)best;
    if (j > lo)
        solve(c, k, lo, j - 1, from, best);
    if (j < hi)
        solve(c, k, j + 1, hi, best, to);
}

static trb_status collect(const trb_histogram *h, int n_classes, classes *c, trb_error *err)
{
    uint64_t total = 0;
    for (size_t k = 0; k < h->bins; k++) {
        if (k >= BINS_MAX || h->counts[k] > TOTAL_MAX - total)
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "a histogram for multi-otsu may hold 2^40 voxels in 2^20 bins");
        total += h->counts[k];
        c->occupied += h->counts[k] > 0;
    }
    if (c->occupied < (size_t)n_classes)
        return trb_error_set(
            err, TRB_ERR_DATA,
            "multi-otsu:%d needs at least %d different grey values in the VOI, there are %zu: look at "
            "the VOI and the image, or give a fixed threshold",
            n_classes, n_classes, c->occupied);
    const size_t m = c->occupied + 1;
    c->bin = trb_alloc(m, sizeof *c->bin, "multi-otsu", err);
    c->n = trb_alloc_zero(2 * m, sizeof *c->n, "multi-otsu", err);
    c->before = trb_alloc(2 * m, sizeof *c->before, "multi-otsu", err);
    c->start = trb_alloc_zero((size_t)(n_classes + 1) * m, sizeof *c->start, "multi-otsu", err);
    if (!c->bin || !c->n || !c->before || !c->start)
        return TRB_ERR_MEMORY;
    c->sum = c->n + m;
    c->now = c->before + m;
    size_t i = 0;
    for (size_t k = 0; k < h->bins; k++) {
        if (h->counts[k] == 0)
            continue;
        c->bin[i] = k;
        c->n[i + 1] = c->n[i] + h->counts[k];
        c->sum[i + 1] = c->sum[i] + h->counts[k] * (k - c->bin[0]);
        i++;
    }
    return TRB_OK;
}

static void find(classes *c, int n_classes, const trb_histogram *h, double *thresholds)
{
    const size_t m = c->occupied;
    for (size_t j = 1; j <= m; j++)
        c->before[j] = gain(c, 0, j);
    for (size_t k = 2; k <= (size_t)n_classes; k++) {
        solve(c, k, k, m, k - 1, m - 1);
        double *swap = c->before;
        c->before = c->now;
        c->now = swap;
    }
    size_t j = m;
    for (size_t k = (size_t)n_classes; k >= 2; k--) {
        j = c->start[k * (m + 1) + j];
        /* As otsu: of the bounds that part the voxels alike the smallest, just above the lower class. */
        thresholds[k - 2] = h->lowest + (double)(c->bin[j - 1] + 1) * h->width;
    }
}

trb_status trb_multi_otsu(const trb_histogram *histogram, int n_classes, double *thresholds, trb_error *err)
{
    classes c = {0};
    if (n_classes < 2 || n_classes > TRB_MULTI_OTSU_MAX)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "multi-otsu makes 2 to %d classes, not %d",
                             TRB_MULTI_OTSU_MAX, n_classes);
    trb_status status = collect(histogram, n_classes, &c, err);
    double *first = c.before;
    if (!status)
        find(&c, n_classes, histogram, thresholds);
    free(c.bin);
    free(c.n);
    free(first);
    free(c.start);
    return status;
}
