/*
 * stat_repeated_measures.c - times within animals, groups between.
 *
 * Each animal's k values become their mean and k - 1 orthonormal contrasts z of the times. Groups are
 * compared on the means. E, the products of z within groups, is the error of time and group:time; it is
 * spherical when all its eigenvalues are equal, and epsilon = tr(E)^2 / ((k-1) tr(E^2)) says how far it is
 * from that.
 */
#include "study/stat_repeated_measures.h"

#include "core/memory.h"
#include "study/stat_matrix.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct split {
    size_t n, p, g;             /* animals, contrasts, groups */
    double *count;              /* animals of a group */
    double *z, *z_mean;         /* n x p; g x p */
    double *level, *level_mean; /* mean of an animal times sqrt k; of a group */
    double *error;              /* E */
    double *store;
} split;

/* Helmert contrasts with length 1: the mean of the times before against the next. */
static void contrasts_of(const double *y, size_t k, double *z)
{
    double before = 0;
    for (size_t j = 1; j < k; j++) {
        before += y[j - 1];
        z[j - 1] = (before - (double)j * y[j]) / sqrt((double)j * (double)(j + 1));
    }
}

static trb_status prepare(split *s, const trb_repeated *d, trb_error *err)
{
    const size_t n = d->n, k = d->n_times, p = k - 1, g = d->n_groups;
    s->n = n;
    s->p = p;
    s->g = g;
    s->store = trb_alloc_zero(n * k + g * (k + 1) + p * p + 1, sizeof *s->store, "repeated measures", err);
    if (!s->store)
        return TRB_ERR_MEMORY;
    s->z = s->store;
    s->level = s->z + n * p;
    s->z_mean = s->level + n;
    s->level_mean = s->z_mean + g * p;
    s->count = s->level_mean + g;
    s->error = s->count + g;
    for (size_t i = 0; i < n; i++) {
        const double *y = d->y + i * k;
        double sum = 0;
        for (size_t t = 0; t < k; t++)
            sum += y[t];
        s->level[i] = sum / sqrt((double)k);
        contrasts_of(y, k, s->z + i * p);
        s->count[d->group[i]] += 1;
    }
    for (size_t i = 0; i < n; i++) {
        const double share = 1 / s->count[d->group[i]];
        s->level_mean[d->group[i]] += s->level[i] * share;
        for (size_t j = 0; j < p; j++)
            s->z_mean[d->group[i] * p + j] += s->z[i * p + j] * share;
    }
    for (size_t i = 0; i < n; i++)
        for (size_t a = 0; a < p; a++)
            for (size_t b = 0; b < p; b++)
                s->error[a * p + b] += (s->z[i * p + a] - s->z_mean[d->group[i] * p + a]) *
                                       (s->z[i * p + b] - s->z_mean[d->group[i] * p + b]);
    return TRB_OK;
}

/* Squares of group means around the mean of all animals. */
static double between(const split *s, const double *mean, size_t step)
{
    double all = 0, sum = 0;
    for (size_t g = 0; g < s->g; g++)
        all += s->count[g] * mean[g * step] / (double)s->n;
    for (size_t g = 0; g < s->g; g++)
        sum += s->count[g] * (mean[g * step] - all) * (mean[g * step] - all);
    return sum;
}

/* Type III: groups weigh equally, however many animals they have. */
static double time_squares(const split *s)
{
    double share = 0, sum = 0;
    for (size_t g = 0; g < s->g; g++)
        share += 1 / s->count[g];
    for (size_t j = 0; j < s->p; j++) {
        double mean = 0;
        for (size_t g = 0; g < s->g; g++)
            mean += s->z_mean[g * s->p + j];
        sum += mean * mean / share;
    }
    return sum;
}

static trb_node write_row(trb_node out, const char *key, double ss, double df1, double error, double df2)
{
    const trb_node row = trb_node_child(out, key);
    trb_node_real(row, "SS", ss);
    trb_node_real(row, "SS_error", error);
    trb_node_f(row, error > 0 ? ss / df1 / (error / df2) : NAN, df1, df2);
    if (!(error > 0))
        trb_node_note(row, "the error is 0");
    return row;
}

typedef struct sphericity {
    double gg, hf, w, p_w;
} sphericity;

/*
 * Box's expansion (Anderson 1958, section 10.7.4) has 2 p^3 + 6 p^2 + 3 p + 2 in its second term. R's
 * mauchly.test and car have 3 times the number of times there, p + 1. It shows in the fifth digit; we give
 * R's number, since that is what readers will compare with.
 */
static double mauchly_p(double w, double p, double df)
{
    const double rho = 1 - (2 * p * p + p + 2) / (6 * p * df), f = p * (p + 1) / 2 - 1,
                 x = -df * rho * log(w);
    const double w2 = (p + 2) * (p - 1) * (p - 2) * (2 * p * p * p + 6 * p * p + 3 * (p + 1) + 2) /
                      (288 * (df * p * rho) * (df * p * rho));
    const double first = pchisq(x, f, 0, 0), second = pchisq(x, f + 4, 0, 0);
    return fmin(1, first + w2 * (second - first));
}

/* The error matrix is used up. */
static sphericity judge(const split *s, double df)
{
    const size_t k = s->p;
    const double p = (double)k;
    double trace = 0;
    for (size_t j = 0; j < k; j++)
        trace += s->error[j * k + j];
    sphericity out = {.gg = trace * trace / (p * trb_trace2(s->error, s->error, k)), .w = NAN, .p_w = NAN};
    out.hf = ((df + 1) * p * out.gg - 2) / (p * (df - p * out.gg));
    if (df >= p && trb_cholesky(s->error, k)) {
        out.w = exp(trb_cholesky_log_det(s->error, k) - p * log(trace / p));
        out.p_w = mauchly_p(out.w, p, df);
    }
    return out;
}

static void correct(trb_node row, double f, double df1, double df2, const sphericity *s)
{
    const double hf = fmin(1, s->hf);
    trb_node_real(row, "p_GG", pf(f, df1 * s->gg, df2 * s->gg, 0, 0));
    trb_node_real(row, "p_HF", hf > 0 ? pf(f, df1 * hf, df2 * hf, 0, 0) : NAN);
}

static void write_within(trb_node out, const split *s)
{
    const double p = (double)s->p, df = (double)(s->n - s->g), df2 = df * p, more = (double)(s->g - 1);
    double error = 0, interaction = 0;
    for (size_t j = 0; j < s->p; j++) {
        error += s->error[j * s->p + j];
        interaction += between(s, s->z_mean + j, s->p);
    }
    const double time = time_squares(s);
    const trb_node row_time = write_row(out, "time", time, p, error, df2);
    trb_node row_both = {NULL, out.failed};
    if (s->g > 1)
        row_both = write_row(out, "group:time", interaction, more * p, error, df2);
    if (s->p < 2) {
        trb_node_note(out, "two times: nothing to be spherical");
        return;
    }
    if (!(error > 0))
        return;
    const sphericity sphere = judge(s, df);
    const double ms = error / df2;
    correct(row_time, time / p / ms, p, df2, &sphere);
    if (s->g > 1)
        correct(row_both, interaction / (more * p) / ms, more * p, df2, &sphere);
    trb_node_real(out, "GG_epsilon", sphere.gg);
    trb_node_real(out, "HF_epsilon", sphere.hf);
    const trb_node mauchly = trb_node_child(out, "mauchly");
    trb_node_real(mauchly, "W", sphere.w);
    trb_node_real(mauchly, "p", sphere.p_w);
    if (isnan(sphere.w))
        trb_node_note(mauchly, "fewer animals than contrasts of times");
}

trb_status trb_repeated_write(trb_node out, const trb_repeated *d, trb_error *err)
{
    trb_node_count(out, "n_complete_animals", d->n);
    if (d->n_times < 2 || d->n <= d->n_groups) {
        trb_node_note(out, d->n_times < 2 ? "fewer than two times"
                                          : "no group has two animals with a scan at every time");
        return TRB_OK;
    }
    split s;
    const trb_status status = prepare(&s, d, err);
    if (!status) {
        double error = 0;
        for (size_t i = 0; i < d->n; i++) {
            const double off = s.level[i] - s.level_mean[d->group[i]];
            error += off * off;
        }
        if (d->n_groups > 1)
            write_row(out, "group", between(&s, s.level_mean, 1), (double)(d->n_groups - 1), error,
                      (double)(d->n - d->n_groups));
        write_within(out, &s);
    }
    free(s.store);
    return status;
}
