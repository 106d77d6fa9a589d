/*
 * plot_swarm.c - from the lowest point up, each to the free place nearest to the middle.
 *
 * A point at height y may not stand within +-sqrt(d^2 - dy^2) of a neighbour dy below it. The free place
 * nearest to the middle is found by walking outwards over those intervals, once to each side.
 */
#include "present/plot_swarm.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

typedef struct span {
    double low, high;
} span;

static int by_low(const void *a, const void *b)
{
    const span *s = a, *t = b;
    return s->low < t->low ? -1 : s->low > t->low;
}

static int by_high_descending(const void *a, const void *b)
{
    const span *s = a, *t = b;
    return s->high > t->high ? -1 : s->high < t->high;
}

/* Intervals that point i must avoid, because of the points before it. Returns their number. */
static size_t avoid(const double *y, const double *x, size_t i, double diameter, span *taken)
{
    size_t n = 0;
    for (size_t j = i; j-- > 0;) {
        const double dy = y[i] - y[j];
        if (dy >= diameter)
            break; /* y ascends: all others are farther */
        const double reach = sqrt(diameter * diameter - dy * dy);
        taken[n++] = (span){x[j] - reach, x[j] + reach};
    }
    return n;
}

static double free_right(span *taken, size_t n)
{
    double at = 0;
    qsort(taken, n, sizeof *taken, by_low);
    for (size_t i = 0; i < n; i++)
        if (taken[i].low < at && at < taken[i].high)
            at = taken[i].high;
    return at;
}

static double free_left(span *taken, size_t n)
{
    double at = 0;
    qsort(taken, n, sizeof *taken, by_high_descending);
    for (size_t i = 0; i < n; i++)
        if (taken[i].low < at && at < taken[i].high)
            at = taken[i].low;
    return at;
}

trb_status trb_plot_swarm(const double *y, size_t n, double diameter, double half_width, double *x,
                          bool *fits, trb_error *err)
{
    *fits = true;
    if (n == 0)
        return TRB_OK;
    span *taken = trb_alloc(n, sizeof *taken, "points of a figure", err);
    if (!taken)
        return TRB_ERR_MEMORY;
    const double most = half_width - diameter / 2;
    bool right_first = true;
    for (size_t i = 0; i < n && *fits; i++) {
        const size_t n_taken = avoid(y, x, i, diameter, taken);
        const double right = free_right(taken, n_taken), left = free_left(taken, n_taken);
        const bool tie = fabs(right + left) < 1e-9 * diameter;
        x[i] = (tie ? right_first : right < -left) ? right : left;
        if (x[i] != 0 && tie)
            right_first = !right_first;
        *fits = fabs(x[i]) <= most;
    }
    free(taken);
    return TRB_OK;
}
