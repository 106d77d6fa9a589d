/* stat_correlation.c - two measures of the same animals: Pearson, Spearman, the line of y on x. */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_ranks.h"
#include "study/design_rows.h"
#include "study/design_tree.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

typedef struct moments {
    double x, y, sxx, sxy, syy;
} moments;

static moments measure(const double *x, const double *y, size_t n)
{
    moments m = {.x = trb_stat_mean(x, n), .y = trb_stat_mean(y, n)};
    m.sxx = trb_stat_squares(x, n, m.x);
    m.syy = trb_stat_squares(y, n, m.y);
    for (size_t i = 0; i < n; i++)
        m.sxy += (x[i] - m.x) * (y[i] - m.y);
    return m;
}

double trb_correlation(const double *x, const double *y, size_t n)
{
    const moments m = measure(x, y, n);
    return fmax(
        -1, fmin(1, m.sxy / sqrt(m.sxx) / sqrt(m.syy))); /* fmin drops NaN: the callers ask for variation */
}

/* r, its t with n - 2 degrees of freedom. 1 - r^2 from both sides: near 1 the square would lose digits. */
static double t_of(double r, double df)
{
    return r * sqrt(df / ((1 - r) * (1 + r)));
}

static void write_pearson(trb_node out, double r, double n, double conf_level)
{
    const double t = t_of(r, n - 2), half = qnorm(0.5 + conf_level / 2, 0, 1, 1, 0) / sqrt(n - 3);
    trb_node_real(out, "r", r);
    trb_node_real(out, "t", t);
    trb_node_real(out, "df", n - 2);
    trb_node_real(out, "p", 2 * pt(-fabs(t), n - 2, 1, 0));
    if (!isfinite(t) || n <= 3)
        trb_node_note(out, n > 3 ? "a perfect line" : "n = 3: no interval");
    trb_node_limits(out, "ci", n > 3 ? tanh(atanh(r) - half) : NAN, n > 3 ? tanh(atanh(r) + half) : NAN);
}

static void write_spearman(trb_node out, double rho, double n)
{
    const double t = t_of(rho, n - 2);
    trb_node_real(out, "rho", rho);
    trb_node_real(out, "t", t);
    trb_node_real(out, "p_t_approx", 2 * pt(-fabs(t), n - 2, 1, 0));
    if (!isfinite(t))
        trb_node_note(out, "the ranks agree throughout");
}

static void write_line(trb_node out, const moments *m, const double *x, const double *y, size_t n)
{
    const double slope = m->sxy / m->sxx, df = (double)n - 2;
    double rest = 0;
    for (size_t i = 0; i < n; i++) {
        const double left = y[i] - m->y - slope * (x[i] - m->x);
        rest += left * left;
    }
    trb_node_real(out, "intercept", m->y - slope * m->x);
    trb_node_real(out, "slope", slope);
    trb_node_real(out, "slope_se", sqrt(rest / df / m->sxx));
    trb_node_real(out, "r2", m->sxy * m->sxy / m->sxx / m->syy);
    trb_node_real(out, "residual_sd", sqrt(rest / df));
}

static trb_status write_all(trb_node root, const double *x, const double *y, size_t n, double *ranks,
                            double conf_level, trb_error *err)
{
    trb_node_count(root, "n", n);
    if (n < 3) {
        trb_node_note(root, "n < 3");
        return TRB_OK;
    }
    const moments m = measure(x, y, n);
    if (!(m.sxx > 1e-26 * m.x * m.x * (double)n) || !(m.syy > 1e-26 * m.y * m.y * (double)n)) {
        trb_node_note(root, "one of the two does not vary");
        return TRB_OK;
    }
    trb_status status = trb_midranks(x, n, ranks, err);
    if (!status)
        status = trb_midranks(y, n, ranks + n, err);
    if (status)
        return status;
    write_pearson(trb_node_child(root, "pearson"), trb_correlation(x, y, n), (double)n, conf_level);
    write_spearman(trb_node_child(root, "spearman"), trb_correlation(ranks, ranks + n, n), (double)n);
    write_line(trb_node_child(root, "regression"), &m, x, y, n);
    return TRB_OK;
}

trb_status trb_stat_correlation(const double *x, const double *y, size_t n, double conf_level, json_t **out, trb_error *err)
{
    bool failed = false;
    const trb_node root = trb_node_root(&failed);
    trb_rows rows;
    const trb_row_source source = {.n = n, .y = y, .x = x};
    trb_status status = trb_rows_init(&rows, &source, err);
    double *value = trb_alloc(n + 1, 4 * sizeof *value, "values", err);
    if (!status && !value)
        status = TRB_ERR_MEMORY;
    if (!status) {
        for (size_t i = 0; i < rows.n; i++) {
            value[i] = rows.row[i].x;
            value[rows.n + i] = rows.row[i].y;
        }
        status = write_all(root, value, value + rows.n, rows.n, value + 2 * rows.n, conf_level, err);
    }
    free(value);
    trb_rows_clear(&rows);
    return trb_node_finish(root, status, out, err);
}
