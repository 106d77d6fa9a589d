/*
 * stat_repeatability.c - precision of repeated scans.
 *
 * s_i, n_i: SD and number of the scans of specimen i. Precision error = sqrt(sum (n_i-1) s_i^2 / sum
 * (n_i-1)), with a chi-square interval (Gluer 1995, Osteoporos Int 5:262-270). ICC: Shrout & Fleiss 1979,
 * Psychol Bull 86:420-428. Limits of agreement: Bland & Altman 1986, Lancet 327:307-310.
 */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_rows.h"
#include "study/design_tree.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

/* Specimens that were scanned twice or more. */
typedef struct precision {
    size_t n_specimens, n_single, n_scans;
    size_t repeats;           /* of each specimen; 0 when they differ */
    double df, squares;       /* within specimens */
    double cv2, cv2_weighted; /* sums of (s_i / m_i)^2, plain and times df */
    bool has_cv;
} precision;

/* A table specimen x repeat without holes. */
typedef struct crossed {
    size_t n, k;
    const double *value; /* value[i * k + j] */
} crossed;

static size_t end_of_specimen(const trb_rows *rows, size_t from)
{
    size_t to = from;
    while (to < rows->n && rows->row[to].level[0] == rows->row[from].level[0])
        to++;
    return to;
}

static precision measure(const trb_rows *rows, double *value)
{
    precision p = {.has_cv = true};
    for (size_t from = 0, to; from < rows->n; from = to) {
        to = end_of_specimen(rows, from);
        const size_t n = to - from;
        if (n < 2) {
            p.n_single++;
            continue;
        }
        for (size_t i = 0; i < n; i++)
            value[i] = rows->row[from + i].y;
        const double mean = trb_stat_mean(value, n), squares = trb_stat_squares(value, n, mean),
                     cv2 = squares / (mean * mean);
        p.repeats = p.n_specimens == 0 || p.repeats == n ? n : 0;
        p.n_specimens++;
        p.n_scans += n;
        p.df += (double)(n - 1);
        p.squares += squares;
        p.has_cv = p.has_cv && isfinite(cv2);
        p.cv2 += cv2 / (double)(n - 1);
        p.cv2_weighted += cv2;
    }
    return p;
}

static void write_precision(trb_node out, const precision *p)
{
    const double sd = sqrt(p->squares / p->df), change = qnorm(0.975, 0, 1, 1, 0) * sqrt(2);
    const double cv = p->has_cv ? 100 * sqrt(p->cv2 / (double)p->n_specimens) : NAN;
    trb_node_real(out, "rms_sd", sd);
    trb_node_real(out, "rms_sd_ci_lo", sd * sqrt(p->df / qchisq(0.975, p->df, 1, 0)));
    trb_node_real(out, "rms_sd_ci_hi", sd * sqrt(p->df / qchisq(0.025, p->df, 1, 0)));
    trb_node_real(out, "rms_cv_percent_unweighted", cv);
    trb_node_real(out, "rms_cv_percent_df_weighted", p->has_cv ? 100 * sqrt(p->cv2_weighted / p->df) : NAN);
    trb_node_real(out, "lsc95", change * sd);
    trb_node_real(out, "lsc95_percent", change * cv);
    trb_node_real(out, "repeatability_limit", change * sd);
    if (!p->has_cv)
        trb_node_note(out, "a specimen's mean is 0: no coefficient of variation");
}

/* Mean squares of specimens, repeats and rest, from deviations, not from differences of sums. */
static void mean_squares(const crossed *t, double *specimens, double *repeats, double *rest)
{
    const double n = (double)t->n, k = (double)t->k, mean = trb_stat_mean(t->value, t->n * t->k);
    double rows = 0, columns = 0, residual = 0;
    for (size_t i = 0; i < t->n; i++) {
        const double row = trb_stat_mean(t->value + i * t->k, t->k) - mean;
        rows += k * row * row;
    }
    for (size_t j = 0; j < t->k; j++) {
        double column = 0;
        for (size_t i = 0; i < t->n; i++)
            column += t->value[i * t->k + j] - mean;
        column /= n;
        columns += n * column * column;
        for (size_t i = 0; i < t->n; i++) {
            const double left = t->value[i * t->k + j] - trb_stat_mean(t->value + i * t->k, t->k) - column;
            residual += left * left;
        }
    }
    *specimens = rows / (n - 1);
    *repeats = columns / (k - 1);
    *rest = residual / ((n - 1) * (k - 1));
}

static void write_icc(trb_node out, const crossed *t, double within)
{
    const double n = (double)t->n, k = (double)t->k;
    double msr, msc, mse;
    mean_squares(t, &msr, &msc, &mse);
    trb_node_real(out, "MSR", msr);
    trb_node_real(out, "MSC", msc);
    trb_node_real(out, "MSE", mse);
    trb_node_real(out, "MSW", within);
    const double f = msr / within, lower = f / qf(0.975, n - 1, n * (k - 1), 1, 0),
                 upper = f * qf(0.975, n * (k - 1), n - 1, 1, 0);
    trb_node_real(out, "ICC1_1", (msr - within) / (msr + (k - 1) * within));
    trb_node_real(out, "ICC1_1_lo", (lower - 1) / (lower + k - 1));
    trb_node_real(out, "ICC1_1_hi", (upper - 1) / (upper + k - 1));
    trb_node_real(out, "ICC2_1", (msr - mse) / (msr + (k - 1) * mse + k * (msc - mse) / n));
    trb_node_real(out, "ICC3_1", (msr - mse) / (msr + (k - 1) * mse));
    if (!(within > 0))
        trb_node_note(out, "repeats do not differ");
}

static void write_bland_altman(trb_node out, const crossed *t, double *difference)
{
    const double n = (double)t->n, z = qnorm(0.975, 0, 1, 1, 0), quantile = qt(0.975, n - 1, 1, 0);
    for (size_t i = 0; i < t->n; i++)
        difference[i] = t->value[i * t->k + 1] - t->value[i * t->k];
    const double bias = trb_stat_mean(difference, t->n),
                 sd = sqrt(trb_stat_squares(difference, t->n, bias) / (n - 1));
    trb_node_real(out, "bias", bias);
    trb_node_real(out, "sd", sd);
    trb_node_real(out, "loa_lo", bias - z * sd);
    trb_node_real(out, "loa_hi", bias + z * sd);
    trb_node_real(out, "loa_ci_halfwidth", quantile * sd * sqrt(1 / n + z * z / (2 * (n - 1))));
    trb_node_real(out, "bias_ci_lo", bias - quantile * sd / sqrt(n));
    trb_node_real(out, "bias_ci_hi", bias + quantile * sd / sqrt(n));
}

/* Rows are sorted by specimen and repeat: with each repeat once, the values of a specimen follow each other.
 * */
static const char *why_not_crossed(const trb_rows *rows, const precision *p, const trb_factor *repeat)
{
    if (p->n_specimens < 2)
        return "fewer than two specimens with repeats";
    if (p->n_single || p->repeats == 0)
        return "specimens were not scanned equally often";
    for (size_t i = 0; i < rows->n; i++)
        if (rows->row[i].level[1] != rows->row[i % p->repeats].level[1] ||
            (i % p->repeats && rows->row[i].level[1] == rows->row[i - 1].level[1]))
            return "not every repeat was scanned once on every specimen";
    return repeat->n_levels < 2 ? "fewer than two repeats" : NULL;
}

static void write_all(trb_node root, const trb_rows *rows, const trb_factor *repeat, double *value,
                      double *scratch)
{
    const precision p = measure(rows, scratch);
    trb_node_count(root, "n_specimens", p.n_specimens);
    if (p.n_single)
        trb_node_count(root, "n_single", p.n_single);
    trb_node_real(root, "df", p.df);
    if (p.n_specimens == 0) {
        trb_node_note(root, "no specimen was scanned twice: no precision");
        return;
    }
    write_precision(root, &p);
    const trb_node icc = trb_node_child(root, "icc");
    const char *why = why_not_crossed(rows, &p, repeat);
    if (why) {
        trb_node_note(icc, why);
        return;
    }
    for (size_t i = 0; i < rows->n; i++)
        value[i] = rows->row[i].y;
    const crossed table = {p.n_specimens, p.repeats, value};
    write_icc(icc, &table, p.squares / p.df);
    write_bland_altman(trb_node_child(root, "bland_altman_rep2_minus_rep1"), &table, scratch);
}

trb_status trb_stat_repeatability(const double *y, size_t n, const trb_factor *specimen,
                                  const trb_factor *repeat, json_t **out, trb_error *err)
{
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    trb_rows rows;
    const trb_row_source source = {.n = n, .y = y, .factor = {specimen, repeat}, .subjects = true};
    trb_status status = trb_rows_init(&rows, &source, err);
    double *value = trb_alloc(n + 1, sizeof *value, "values", err),
           *scratch = trb_alloc(n + 1, sizeof *scratch, "values", err);
    if (!status && (!value || !scratch))
        status = TRB_ERR_MEMORY;
    if (!status)
        write_all(root, &rows, repeat, value, scratch);
    free(value);
    free(scratch);
    trb_rows_clear(&rows);
    return trb_node_finish(root, status, out, err);
}
