/*
 * stat_families.c - a family of pairs with adjusted p-values: t tests on the pooled variance, Welch's t
 * tests, exact rank tests, Dunn's test. (The tests whose adjustment is in their distribution are in
 * stat_simultaneous.c.)
 */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "study/stat_adjust.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

/* p_raw and its adjustments, into the pairs' nodes below `test`. adjusted: room for m more. */
static void put_adjusted(trb_node test, const trb_stat_pair *pair, size_t m, const double *p,
                         double *adjusted)
{
    static const struct {
        const char *key;
        trb_stat_adjustment method;
    } column[] = {
        {"p_raw", TRB_ADJUST_NONE},  {"p_bonferroni", TRB_ADJUST_BONFERRONI}, {"p_sidak", TRB_ADJUST_SIDAK},
        {"p_holm", TRB_ADJUST_HOLM}, {"p_holm_sidak", TRB_ADJUST_HOLM_SIDAK}, {"p_BH", TRB_ADJUST_BH}};
    for (size_t c = 0; c < sizeof column / sizeof *column; c++) {
        if (trb_stat_adjust(p, m, column[c].method, adjusted)) {
            *test.failed = true;
            return;
        }
        for (size_t i = 0; i < m; i++) {
            char *key = trb_stat_pair_key(&pair[i], test.failed);
            if (key)
                trb_node_real((trb_node){json_object_get(test.json, key), test.failed}, column[c].key,
                              adjusted[i]);
            free(key);
        }
    }
}

static void put_pooled_t(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d,
                         double *p)
{
    trb_node test = trb_node_child(family, "pooled_t");
    const double alone = qt(0.5 * d->alpha, d->df_error, 0, 0);
    const double shared = qt(0.5 * d->alpha / (double)m, d->df_error, 0, 0);
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        const trb_stat_group *a = pair[i].a, *b = pair[i].b;
        const double diff = b->mean - a->mean;
        const double se = sqrt(d->ms_error * (1 / (double)a->n + 1 / (double)b->n)), t = diff / se;
        p[i] = 2 * pt(-fabs(t), d->df_error, 1, 0);
        trb_node_real(node, "diff", diff);
        trb_node_real(node, "se", se);
        trb_node_real(node, "t", t);
        trb_node_real(node, "df", d->df_error);
        trb_node_limits(node, "ci", diff - alone * se, diff + alone * se);
        trb_node_limits(node, "bonferroni_ci", diff - shared * se, diff + shared * se);
    }
    put_adjusted(test, pair, m, p, p + m);
}

static void put_welch_t(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d,
                        double *p)
{
    trb_node test = trb_node_child(family, "welch_t");
    for (size_t i = 0; i < m; i++) {
        const trb_stat_t t = trb_stat_t_test(&pair[i], true, d->conf);
        trb_stat_put_t(trb_stat_pair_node(test, &pair[i]), &t);
        p[i] = t.p;
    }
    put_adjusted(test, pair, m, p, p + m);
}

static void put_mann_whitney(trb_node family, const trb_stat_pair *pair, size_t m,
                             const trb_stat_pair_work *work, double *p)
{
    trb_node test = trb_node_child(family, "mann_whitney");
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        p[i] = trb_stat_pair_rank(&pair[i], work).p;
        if (isnan(p[i]))
            trb_node_note(node, "all values equal");
        else if (!trb_stat_pair_is_exact(pair[i].a, pair[i].b, work))
            trb_node_note(node, "large groups: normal approximation with continuity correction");
    }
    put_adjusted(test, pair, m, p, p + m);
}

/* Dunn 1964, doi:10.1080/00401706.1964.10490181: mean ranks among all groups, tie-corrected, normal. */
static void put_dunn(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d, double *p)
{
    trb_node test = trb_node_child(family, "dunn");
    const double N = d->total, variance = N * (N + 1) / 12 - d->tie_sum / (12 * (N - 1));
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        const double diff = pair[i].b->mean_rank - pair[i].a->mean_rank;
        const double z = diff / sqrt(variance * (1 / (double)pair[i].a->n + 1 / (double)pair[i].b->n));
        p[i] = 2 * pnorm(-fabs(z), 0, 1, 1, 0);
        trb_node_real(node, "mean_rank_diff", diff);
        trb_node_real(node, "z", z);
    }
    put_adjusted(test, pair, m, p, p + m);
}

void trb_stat_put_family(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_pair_work *work)
{
    const trb_stat_data *d = work->data;
    double *p = trb_alloc(2 * m + 1, sizeof *p, "p-values", NULL);
    if (!p) {
        *family.failed = true;
        return;
    }
    if (d->ms_error > 0)
        put_pooled_t(family, pair, m, d, p);
    put_welch_t(family, pair, m, d, p);
    put_mann_whitney(family, pair, m, work, p);
    if (d->lowest < d->highest)
        put_dunn(family, pair, m, d, p);
    free(p);
}
