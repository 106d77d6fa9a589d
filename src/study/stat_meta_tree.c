/* stat_meta_tree.c - effects of studies from means, SDs and n, and everything told about them. */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_tree.h"
#include "study/stat_effect.h"
#include "study/stat_meta.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double Z = 1.959963984540054; /* qnorm(0.975) */

/* Studies in order of their names, so that sums do not depend on the order of the table. */
typedef struct studies {
    size_t k;
    const trb_meta_study **study;
    double *y, *v, *scratch;
} studies;

static const char *const METHOD[] = {"FE", "DL", "REML", "PM"};
static const char *const METHOD_HK[] = {"", "DL_hartung_knapp", "REML_hartung_knapp", "PM_hartung_knapp"};

static void standardized(const trb_meta_study *s, double *y, double *v)
{
    const double nt = (double)s->n_treated, nc = (double)s->n_control, df = nt + nc - 2;
    const double pooled =
        sqrt(((nt - 1) * s->sd_treated * s->sd_treated + (nc - 1) * s->sd_control * s->sd_control) / df);
    *y = trb_stat_hedges_j(df) * (s->mean_treated - s->mean_control) / pooled;
    *v = 1 / nt + 1 / nc + *y * *y / (2 * (nt + nc));
}

static void mean_difference(const trb_meta_study *s, double *y, double *v)
{
    *y = s->mean_treated - s->mean_control;
    *v = s->sd_treated * s->sd_treated / (double)s->n_treated +
         s->sd_control * s->sd_control / (double)s->n_control;
}

static void ratio_of_means(const trb_meta_study *s, double *y, double *v)
{
    const double t = s->sd_treated / s->mean_treated, c = s->sd_control / s->mean_control;
    *y = log(s->mean_treated / s->mean_control);
    *v = t * t / (double)s->n_treated + c * c / (double)s->n_control;
}

static void write_studies(trb_node out, const studies *s)
{
    for (size_t i = 0; i < s->k; i++) {
        const trb_node one = trb_node_child(out, s->study[i]->name);
        const double se = sqrt(s->v[i]);
        trb_node_real(one, "yi", s->y[i]);
        trb_node_real(one, "vi", s->v[i]);
        trb_node_real(one, "se", se);
        trb_node_real(one, "ci_lo", s->y[i] - Z * se);
        trb_node_real(one, "ci_hi", s->y[i] + Z * se);
    }
}

/* I2 and H2: of Q without a tau2, else of tau2 against the typical sampling variance. */
static void write_heterogeneity(trb_node out, const trb_meta_effects *e, trb_meta_method method, double tau2)
{
    const double q = trb_meta_q(e, 0), df = (double)e->k - 1;
    const double typical = e->k > 1 ? trb_meta_typical_variance(e) : NAN;
    trb_node_real(out, "tau2", tau2);
    trb_node_real(out, "tau", sqrt(tau2));
    if (method == TRB_META_FE) {
        trb_node_real(out, "I2_percent", q > 0 ? fmax(0, 100 * (q - df) / q) : 0);
        trb_node_real(out, "H2", q / df);
    } else {
        trb_node_real(out, "I2_percent", 100 * tau2 / (tau2 + typical));
        trb_node_real(out, "H2", tau2 / typical + 1);
    }
    trb_node_real(out, "Q", q);
    trb_node_real(out, "Q_df", df);
    trb_node_real(out, "Q_p", e->k > 1 ? pchisq(q, df, 0, 0) : NAN);
}

static void write_prediction(trb_node out, size_t k, double estimate, double se, double tau2, double quantile)
{
    const double spread = sqrt(tau2 + se * se);
    trb_node_real(out, "pi_metafor_lo", estimate - quantile * spread);
    trb_node_real(out, "pi_metafor_hi", estimate + quantile * spread);
    if (k > 2) {
        const double t = qt(0.975, (double)k - 2, 1, 0);
        trb_node_real(out, "pi_tk2_lo", estimate - t * spread);
        trb_node_real(out, "pi_tk2_hi", estimate + t * spread);
    }
}

static void write_model(trb_node out, const studies *s, trb_meta_method method, bool hartung_knapp)
{
    const trb_meta_effects e = {s->k, s->y, s->v};
    const double df = (double)s->k - 1, tau2 = trb_meta_tau2(&e, method);
    double variance;
    const double estimate = trb_meta_estimate(&e, tau2, &variance);
    const double se = sqrt(hartung_knapp ? variance * trb_meta_q(&e, tau2) / df : variance),
                 stat = estimate / se;
    const double quantile = hartung_knapp ? qt(0.975, df, 1, 0) : Z;
    trb_node_count(out, "k", s->k);
    trb_node_real(out, "estimate", estimate);
    trb_node_real(out, "se", se);
    trb_node_real(out, "stat", stat);
    trb_node_real(out, "p", 2 * (hartung_knapp ? pt(-fabs(stat), df, 1, 0) : pnorm(-fabs(stat), 0, 1, 1, 0)));
    trb_node_real(out, "ci_lo", estimate - quantile * se);
    trb_node_real(out, "ci_hi", estimate + quantile * se);
    write_heterogeneity(out, &e, method, tau2);
    const trb_node weights = trb_node_child(out, "weights_percent");
    for (size_t i = 0; i < s->k; i++)
        trb_node_real(weights, s->study[i]->name, 100 * variance / (s->v[i] + tau2));
    if (!isfinite(stat))
        trb_node_note(out, "the studies do not differ at all: no standard error from their spread");
    else if (s->k < 2)
        trb_node_note(out, "one study: no heterogeneity");
    if (method != TRB_META_FE)
        write_prediction(out, s->k, estimate, se, tau2, quantile);
    if ((method == TRB_META_DL || method == TRB_META_REML) && !hartung_knapp && s->k > 2) {
        const trb_node limits = trb_node_child(out, "tau2_ci_qprofile");
        trb_node_real(limits, "lo", trb_meta_tau2_of_q(&e, qchisq(0.975, df, 1, 0)));
        trb_node_real(limits, "hi", trb_meta_tau2_of_q(&e, qchisq(0.025, df, 1, 0)));
    }
}

static void write_leave_one_out(trb_node out, const studies *s)
{
    double *y = s->scratch, *v = s->scratch + s->k;
    for (size_t i = 0; i < s->k; i++) {
        size_t kept = 0;
        for (size_t j = 0; j < s->k; j++)
            if (j != i) {
                y[kept] = s->y[j];
                v[kept++] = s->v[j];
            }
        const trb_meta_effects rest = {kept, y, v};
        const double tau2 = trb_meta_tau2(&rest, TRB_META_REML);
        double variance;
        const trb_node one = trb_node_child(out, s->study[i]->name);
        trb_node_real(one, "estimate", trb_meta_estimate(&rest, tau2, &variance));
        trb_node_real(one, "se", sqrt(variance));
        trb_node_real(one, "tau2", tau2);
    }
}

/* Egger et al. 1997 as a weighted line: the effect on its standard error, weights 1/v. */
static void write_egger(trb_node out, const studies *s)
{
    double w = 0, x_mean = 0, y_mean = 0, sxx = 0, sxy = 0, rest = 0;
    for (size_t i = 0; i < s->k; i++) {
        w += 1 / s->v[i];
        x_mean += 1 / sqrt(s->v[i]);
        y_mean += s->y[i] / s->v[i];
    }
    x_mean /= w;
    y_mean /= w;
    for (size_t i = 0; i < s->k; i++) {
        const double x = sqrt(s->v[i]) - x_mean;
        sxx += x * x / s->v[i];
        sxy += x * (s->y[i] - y_mean) / s->v[i];
    }
    const double slope = sxy / sxx, df = (double)s->k - 2;
    for (size_t i = 0; i < s->k; i++) {
        const double off = s->y[i] - y_mean - slope * (sqrt(s->v[i]) - x_mean);
        rest += off * off / s->v[i];
    }
    /* Equal standard errors leave only rounding in sxx: no line through one point. */
    const bool equal = !(sxx > 1e-20 * x_mean * x_mean * w);
    if (equal || !(rest > 0)) {
        trb_node_note(out, equal ? "the standard errors are equal" : "the studies lie on a line");
        return;
    }
    const double se = sqrt(rest / df / sxx);
    trb_node_real(out, "coef_se", slope);
    trb_node_real(out, "se", se);
    trb_node_real(out, "t", slope / se);
    trb_node_real(out, "df", df);
    trb_node_real(out, "p", 2 * pt(-fabs(slope / se), df, 1, 0));
}

static void write_measure(trb_node out, studies *s,
                          void (*effect)(const trb_meta_study *, double *, double *))
{
    bool defined = true;
    for (size_t i = 0; i < s->k; i++) {
        effect(s->study[i], &s->y[i], &s->v[i]);
        defined = defined && isfinite(s->y[i]) && isfinite(s->v[i]) && s->v[i] > 0;
    }
    write_studies(trb_node_child(out, "per_study"), s);
    if (!defined) {
        trb_node_note(out, "undefined for a study: a mean is 0, or means differ in sign");
        return;
    }
    for (int m = TRB_META_FE; m <= TRB_META_PM; m++) {
        const trb_node model = trb_node_child(out, METHOD[m]);
        if (m != TRB_META_FE && s->k < 2) {
            trb_node_note(model, "one study: no variance between studies");
            continue;
        }
        write_model(model, s, (trb_meta_method)m, false);
        if (m == TRB_META_REML && s->k > 2)
            write_leave_one_out(trb_node_child(model, "leave_one_out"), s);
        if (m != TRB_META_FE)
            write_model(trb_node_child(out, METHOD_HK[m]), s, (trb_meta_method)m, true);
    }
    if (s->k > 2)
        write_egger(trb_node_child(out, "egger_lm"), s);
}

static int by_study_name(const void *left, const void *right)
{
    const trb_meta_study *const *a = left, *const *b = right;
    return strcmp((*a)->name, (*b)->name);
}

static trb_status sort_and_check(studies *s, const trb_meta_study *study, trb_error *err)
{
    for (size_t i = 0; i < s->k; i++)
        s->study[i] = &study[i];
    qsort(s->study, s->k, sizeof *s->study, by_study_name);
    for (size_t i = 0; i < s->k; i++) {
        const trb_meta_study *one = s->study[i];
        if (i && strcmp(one->name, s->study[i - 1]->name) == 0)
            return trb_error_set(err, TRB_ERR_DATA, "two studies are named '%s'", one->name);
        if (one->n_treated < 2 || one->n_control < 2)
            return trb_error_set(err, TRB_ERR_DATA, "study '%s': each group needs n >= 2", one->name);
        if (!isfinite(one->mean_treated) || !isfinite(one->mean_control))
            return trb_error_set(err, TRB_ERR_DATA, "study '%s': a mean is missing", one->name);
        if (!(one->sd_treated > 0 && one->sd_control > 0 && isfinite(one->sd_treated + one->sd_control)))
            return trb_error_set(err, TRB_ERR_DATA, "study '%s': each SD must be positive", one->name);
    }
    return TRB_OK;
}

trb_status trb_stat_meta(const trb_meta_study *study, size_t n, json_t **out, trb_error *err)
{
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    studies s = {.k = n};
    trb_status status = TRB_ERR_MEMORY;
    s.study = trb_alloc(n + 1, sizeof *s.study, "studies", err);
    s.y = trb_alloc(n + 1, sizeof *s.y, "effects", err);
    s.v = trb_alloc(n + 1, sizeof *s.v, "variances", err);
    s.scratch = trb_alloc(n + 1, 2 * sizeof *s.scratch, "effects", err);
    if (!s.study || !s.y || !s.v || !s.scratch)
        goto done;
    status = sort_and_check(&s, study, err);
    if (status)
        goto done;
    if (n == 0) {
        trb_node_note(root, "no study");
        goto done;
    }
    write_measure(trb_node_child(root, "SMD"), &s, standardized);
    write_measure(trb_node_child(root, "MD"), &s, mean_difference);
    write_measure(trb_node_child(root, "ROM"), &s, ratio_of_means);
done:
    free(s.study);
    free(s.y);
    free(s.v);
    free(s.scratch);
    return trb_node_finish(root, status, out, err);
}
