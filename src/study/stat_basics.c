#include "study/stat_basics.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

void trb_stat_sort(double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        x[i] += 0.0;
    if (n)
        qsort(x, n, sizeof *x, ascending);
}

/* Neumaier's running sum: `low` gathers what each addition loses. */
typedef struct compensated {
    double high, low;
} compensated;

static void add(compensated *sum, double v)
{
    const double total = sum->high + v;
    sum->low += fabs(sum->high) >= fabs(v) ? (sum->high - total) + v : (v - total) + sum->high;
    sum->high = total;
}

double trb_stat_sum(const double *x, size_t n)
{
    compensated sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        add(&sum, x[i]);
    return sum.high + sum.low;
}

double trb_stat_mean(const double *x, size_t n)
{
    if (n == 0)
        return NAN;
    const double first = trb_stat_sum(x, n) / (double)n;
    compensated rest = {0, 0};
    for (size_t i = 0; i < n; i++)
        add(&rest, x[i] - first);
    return first + (rest.high + rest.low) / (double)n;
}

double trb_stat_squares(const double *x, size_t n, double centre)
{
    compensated sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        add(&sum, (x[i] - centre) * (x[i] - centre));
    return sum.high + sum.low;
}

double trb_stat_quantile(const double *x, size_t n, double p, int type)
{
    const double count = (double)n;
    double place = type == 6 ? (count + 1) * p : (count - 1) * p + 1; /* from 1 */
    place = fmin(fmax(place, 1), count);
    const double whole = floor(place + 4 * DBL_EPSILON), h = place - whole;
    const size_t i = (size_t)whole - 1;
    if (h <= 4 * DBL_EPSILON || i + 1 >= n || x[i] == x[i + 1])
        return x[i];
    return (1 - h) * x[i] + h * x[i + 1];
}

double trb_stat_median(const double *x, size_t n)
{
    return n % 2 ? x[n / 2] : x[n / 2 - 1] + (x[n / 2] - x[n / 2 - 1]) / 2;
}

double trb_stat_tie_sum(const double *x, size_t n)
{
    double sum = 0;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && x[end] == x[i];)
            end++;
        const double t = (double)(end - i);
        sum += t * t * t - t;
    }
    return sum;
}

double trb_stat_count_above(const double *a, size_t n_a, const double *b, size_t n_b)
{
    double u = 0;
    size_t below = 0, upto = 0; /* of a: < b[j], <= b[j] */
    for (size_t j = 0; j < n_b; j++) {
        while (below < n_a && a[below] < b[j])
            below++;
        while (upto < n_a && a[upto] <= b[j])
            upto++;
        u += 0.5 * ((double)below + (double)upto);
    }
    return u;
}

void trb_stat_merge(const double *a, size_t n_a, const double *b, size_t n_b, double *out)
{
    size_t i = 0, j = 0;
    while (i < n_a || j < n_b)
        *out++ = j == n_b || (i < n_a && a[i] <= b[j]) ? a[i++] : b[j++];
}

/* Doubles and integers in the same order. */
static int64_t order_of(double v)
{
    int64_t bits;
    memcpy(&bits, &v, sizeof bits);
    return bits < 0 ? INT64_MIN - bits : bits;
}

static double value_of(int64_t order)
{
    const int64_t bits = order < 0 ? INT64_MIN - order : order;
    double v;
    memcpy(&v, &bits, sizeof v);
    return v;
}

/* How many differences are <= v. Row i of the matrix b[j] - a[i] grows with j; a column shrinks with i. */
static size_t count_upto(const double *a, size_t n_a, const double *b, size_t n_b, double v)
{
    size_t count = 0, j = 0;
    for (size_t i = 0; i < n_a; i++) {
        while (j < n_b && b[j] - a[i] <= v)
            j++;
        count += j;
    }
    return count;
}

double trb_stat_difference(const double *a, size_t n_a, const double *b, size_t n_b, size_t k)
{
    int64_t lo = order_of(b[0] - a[n_a - 1]), hi = order_of(b[n_b - 1] - a[0]);
    while (lo < hi) {
        const int64_t middle = (lo & hi) + ((lo ^ hi) >> 1); /* rounds down, no overflow */
        if (count_upto(a, n_a, b, n_b, value_of(middle)) >= k)
            hi = middle;
        else
            lo = middle + 1;
    }
    return value_of(lo) + 0.0;
}
