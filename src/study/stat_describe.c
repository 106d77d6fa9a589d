/* stat_describe.c - each group by itself: moments and quantiles, outliers, normality. */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "study/stat_basics.h"
#include "study/stat_shapiro.h"

#include <Rmath.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double geometric_mean(const trb_stat_group *g)
{
    if (g->n == 0 || g->x[0] <= 0)
        return NAN;
    double sum = 0;
    for (size_t i = 0; i < g->n; i++)
        sum += log(g->x[i]);
    return exp(sum / (double)g->n);
}

static void put_quantiles(trb_node node, const trb_stat_group *g)
{
    const bool any = g->n > 0;
    trb_node_real(node, "median", any ? trb_stat_median(g->x, g->n) : NAN);
    trb_node_real(node, "q1_type7", any ? trb_stat_quantile(g->x, g->n, 0.25, 7) : NAN);
    trb_node_real(node, "q3_type7", any ? trb_stat_quantile(g->x, g->n, 0.75, 7) : NAN);
    trb_node_real(node, "q1_type6", any ? trb_stat_quantile(g->x, g->n, 0.25, 6) : NAN);
    trb_node_real(node, "q3_type6", any ? trb_stat_quantile(g->x, g->n, 0.75, 6) : NAN);
    trb_node_real(node, "min", any ? g->x[0] : NAN);
    trb_node_real(node, "max", any ? g->x[g->n - 1] : NAN);
}

/* Each null has its reason. */
static void put_why(trb_node node, const trb_stat_group *g)
{
    const char *spread = g->n == 0 ? "no values" : g->n == 1 ? "n = 1: no standard deviation" : NULL;
    const char *cv = g->n > 1 && g->mean == 0 ? "mean 0: no coefficient of variation" : NULL;
    const char *geometric = g->n > 0 && g->x[0] <= 0 ? "values of 0 or less: no geometric mean" : NULL;
    const char *reason[3] = {spread, cv, geometric};
    char text[160] = "";
    for (int i = 0; i < 3; i++)
        if (reason[i])
            snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", *text ? "; " : "", reason[i]);
    if (*text)
        trb_node_note(node, text);
}

static void put_one(trb_node all, const trb_stat_group *g, double alpha)
{
    trb_node node = trb_node_child(all, g->name);
    const double n = (double)g->n, sd = sqrt(g->var), sem = sd / sqrt(n);
    const double half = g->n > 1 ? qt(1 - alpha / 2, n - 1, 1, 0) * sem : NAN;
    trb_node_count(node, "n", g->n);
    trb_node_count(node, "n_missing", g->n_missing);
    trb_node_real(node, "mean", g->mean);
    trb_node_real(node, "sd", sd);
    trb_node_real(node, "sem", sem);
    trb_node_limits(node, "ci95", g->mean - half, g->mean + half);
    put_quantiles(node, g);
    trb_node_real(node, "cv_percent", g->mean != 0 ? 100 * sd / fabs(g->mean) : NAN);
    trb_node_real(node, "geometric_mean", geometric_mean(g));
    put_why(node, g);
}

void trb_stat_put_descriptive(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "descriptive");
    for (size_t i = 0; i < d->n_groups; i++)
        put_one(all, &d->group[i], d->alpha);
}

/* Two-sided Grubbs. t^2 = n (n-2) G^2 / ((n-1)^2 - n G^2); that denominator is (n-1)^2 SS' / SS with SS'
 * the sum of squares without the suspect, which loses no digits when the others are nearly equal. */
static void put_grubbs(trb_node node, const trb_stat_group *g, double alpha)
{
    const double n = (double)g->n, below = g->mean - g->x[0], above = g->x[g->n - 1] - g->mean;
    const bool high = above > below;
    const double off = high ? above : below, G = off / sqrt(g->var);
    const double *others = high ? g->x : g->x + 1;
    const double rest = trb_stat_squares(others, g->n - 1, trb_stat_mean(others, g->n - 1));
    const bool alone = others[0] == others[g->n - 2];
    const double t = alone ? INFINITY : sqrt(n * (n - 2) * G * G * (n - 1) * g->var / rest) / (n - 1);
    const double critical = qt(1 - alpha / (2 * n), n - 2, 1, 0);
    trb_node_real(node, "grubbs_G", G);
    trb_node_real(node, "grubbs_value", high ? g->x[g->n - 1] : g->x[0]);
    trb_node_real(node, "grubbs_p", alone ? 0 : fmin(1, 2 * n * pt(t, n - 2, 0, 0)));
    trb_node_real(node, "grubbs_Gcrit",
                  (n - 1) / sqrt(n) * sqrt(critical * critical / (n - 2 + critical * critical)));
}

void trb_stat_put_outliers(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "outliers");
    for (size_t i = 0; i < d->n_groups; i++) {
        const trb_stat_group *g = &d->group[i];
        trb_node node = trb_node_child(all, g->name);
        if (g->n < 3) {
            trb_node_note(node, "n < 3");
            continue;
        }
        const double q1 = trb_stat_quantile(g->x, g->n, 0.25, 7), q3 = trb_stat_quantile(g->x, g->n, 0.75, 7);
        const double lo = q1 - 1.5 * (q3 - q1), hi = q3 + 1.5 * (q3 - q1);
        size_t outside = 0;
        for (size_t j = 0; j < g->n; j++)
            outside += g->x[j] < lo || g->x[j] > hi;
        trb_node_real(node, "tukey_fence_lo", lo);
        trb_node_real(node, "tukey_fence_hi", hi);
        trb_node_count(node, "n_outside_fences", outside);
        if (g->var > 0)
            put_grubbs(node, g, d->alpha);
    }
}

static void put_shapiro(trb_node all, const char *key, const double *x, size_t n)
{
    trb_node node = trb_node_child(all, key);
    double W, p;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_stat_shapiro(x, n, &W, &p, &err);
    trb_node_real(node, "W", W);
    trb_node_real(node, "p", p);
    if (status == TRB_ERR_MEMORY)
        *all.failed = true;
    else if (status)
        trb_node_note(node, err.text);
}

void trb_stat_put_normality(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "normality"), by_group = trb_node_child(all, "by_group");
    for (size_t i = 0; i < d->n_groups; i++)
        put_shapiro(by_group, d->group[i].name, d->group[i].x, d->group[i].n);
    if (d->k < 2)
        return;
    const size_t total = (size_t)d->total;
    double *residual = trb_alloc(total, sizeof *residual, "residuals", NULL);
    if (!residual) {
        *tree.failed = true;
        return;
    }
    size_t at = 0;
    for (size_t i = 0; i < d->k; i++)
        for (size_t j = 0; j < d->test[i]->n; j++)
            residual[at++] = d->test[i]->var == 0 ? 0 : d->test[i]->x[j] - d->test[i]->mean;
    put_shapiro(all, "anova_residuals", residual, total);
    free(residual);
}
