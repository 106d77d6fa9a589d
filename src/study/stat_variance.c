/* stat_variance.c - do the groups vary alike? Levene, Brown-Forsythe (on medians), Bartlett. Diagnostics
 * only. */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

/* One-way ANOVA of |x - centre|. */
static void put_levene(trb_node all, const char *key, const trb_stat_data *d, bool median)
{
    trb_node node = trb_node_child(all, key);
    const size_t total = (size_t)d->total;
    double *z = trb_alloc(total, sizeof *z, "deviations", NULL);
    if (!z) {
        *all.failed = true;
        return;
    }
    double within = 0, between = 0;
    size_t at = 0;
    for (size_t i = 0; i < d->k; i++) {
        const trb_stat_group *g = d->test[i];
        const double centre = g->var == 0 ? g->x[0] : median ? trb_stat_median(g->x, g->n) : g->mean;
        for (size_t j = 0; j < g->n; j++)
            z[at + j] = fabs(g->x[j] - centre);
        at += g->n;
    }
    const double grand = trb_stat_mean(z, total);
    at = 0;
    for (size_t i = 0; i < d->k; i++) {
        const size_t n = d->test[i]->n;
        const double mean = trb_stat_mean(z + at, n);
        within += trb_stat_squares(z + at, n, mean);
        between += (double)n * (mean - grand) * (mean - grand);
        at += n;
    }
    free(z);
    if (!d->any_varying) {
        trb_node_note(node, "all groups constant");
    } else if (within <= 1e-18 * (within + between)) {
        trb_node_note(node, "no variation of the deviations within groups");
    } else {
        const double df1 = (double)d->k - 1, F = between / df1 / (within / d->df_error);
        trb_node_real(node, "F", F);
        trb_node_real(node, "df1", df1);
        trb_node_real(node, "df2", d->df_error);
        trb_node_real(node, "p", pf(F, df1, d->df_error, 0, 0));
    }
}

/* Bartlett 1937: the pooled against the separate variances, with his correction. */
static void put_bartlett(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "bartlett");
    if (d->any_constant) {
        trb_node_note(node, "a group variance is 0");
        return;
    }
    const double df = (double)d->k - 1;
    double logs = 0, inverse = 0;
    for (size_t i = 0; i < d->k; i++) {
        const double free_i = (double)d->test[i]->n - 1;
        logs += free_i * log(d->test[i]->var / d->ms_error);
        inverse += 1 / free_i;
    }
    const double K2 = -logs / (1 + (inverse - 1 / d->df_error) / (3 * df));
    trb_node_real(node, "K2", K2);
    trb_node_real(node, "df", df);
    trb_node_real(node, "p", pchisq(K2, df, 0, 0));
}

void trb_stat_put_variance(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "variance");
    put_levene(all, "levene_mean", d, false);
    put_levene(all, "brown_forsythe_median", d, true);
    put_bartlett(all, d);
}
