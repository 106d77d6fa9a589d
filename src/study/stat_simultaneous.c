/*
 * stat_simultaneous.c - tests of a family whose distribution is that of the largest difference: Tukey-Kramer,
 * Games-Howell, Steel-Dwass (studentized range), Dunnett's T3 (maximum modulus), Dunnett (one control).
 */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "study/stat_dunnett.h"
#include "study/stat_range.h"

#include <Rmath.h>
#include <math.h>
#include <stdlib.h>

/* p and the limits twice: SPEC.md names libRmath's values and accurate ones, and here both are accurate. */
static void put_range(trb_node node, double q, double p, double diff, double half)
{
    trb_node_real(node, "diff", diff);
    trb_node_real(node, "q", q);
    trb_node_real(node, "p", p);
    trb_node_real(node, "p_accurate", p);
    trb_node_real(node, "lwr", diff - half);
    trb_node_real(node, "upr", diff + half);
    trb_node_real(node, "lwr_accurate", diff - half);
    trb_node_real(node, "upr_accurate", diff + half);
}

/* Tukey 1953, Kramer 1956: pooled variance. */
static void put_tukey(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d,
                      trb_range *range)
{
    trb_node test = trb_node_child(family, "tukey");
    const double critical = trb_stat_range_quantile(range, d->alpha, d->df_error);
    trb_node_real(test, "q_crit_R", critical);
    trb_node_real(test, "q_crit_accurate", critical);
    for (size_t i = 0; i < m; i++) {
        const trb_stat_group *a = pair[i].a, *b = pair[i].b;
        const double diff = b->mean - a->mean;
        const double se = sqrt(0.5 * d->ms_error * (1 / (double)a->n + 1 / (double)b->n)),
                     q = fabs(diff) / se;
        put_range(trb_stat_pair_node(test, &pair[i]), q, trb_stat_range_upper(range, q, d->df_error), diff,
                  critical * se);
    }
}

/* Variances of the two means; false, with a note, when both are 0. */
static bool welch_parts(trb_node node, const trb_stat_pair *pair, double *variance, double *df)
{
    const double na = (double)pair->a->n, nb = (double)pair->b->n;
    const double va = pair->a->var / na, vb = pair->b->var / nb;
    if (va + vb == 0) {
        trb_node_note(node, "both variances are 0");
        return false;
    }
    *variance = va + vb;
    *df = (va + vb) * (va + vb) / (va * va / (na - 1) + vb * vb / (nb - 1));
    return true;
}

/* Games & Howell 1976, doi:10.3102/10769986001002113: separate variances, Welch's df. */
static void put_games_howell(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d,
                             trb_range *range)
{
    trb_node test = trb_node_child(family, "games_howell");
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        double variance, df;
        if (!welch_parts(node, &pair[i], &variance, &df))
            continue;
        const double diff = pair[i].b->mean - pair[i].a->mean, se = sqrt(0.5 * variance), q = fabs(diff) / se;
        trb_node_real(node, "df", df);
        put_range(node, q, trb_stat_range_upper(range, q, df), diff,
                  se * trb_stat_range_quantile(range, d->alpha, df));
    }
}

/* Dunnett 1980 (T3), doi:10.1080/01621459.1980.10477552: the maximum modulus of all pairs. */
static void put_t3(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d)
{
    trb_node test = trb_node_child(family, "dunnett_T3");
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        double variance, df;
        if (!welch_parts(node, &pair[i], &variance, &df))
            continue;
        const double diff = pair[i].b->mean - pair[i].a->mean, se = sqrt(variance);
        const double critical = trb_stat_modulus_quantile(d->alpha, m, df);
        trb_node_real(node, "diff", diff);
        trb_node_real(node, "df", df);
        trb_node_real(node, "t", diff / se);
        trb_node_real(node, "p", trb_stat_modulus_upper(fabs(diff) / se, m, df));
        trb_node_real(node, "crit", critical);
        trb_node_real(node, "lwr", diff - critical * se);
        trb_node_real(node, "upr", diff + critical * se);
    }
}

/* Steel 1960, Dwass 1960: each pair ranked by itself, sqrt(2) |z| against the range of k with known
 * variance. */
static void put_steel_dwass(trb_node family, const trb_stat_pair *pair, size_t m,
                            const trb_stat_pair_work *work, trb_range *range)
{
    trb_node test = trb_node_child(family, "steel_dwass");
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        const double z = trb_stat_pair_rank(&pair[i], work).z, q = M_SQRT2 * fabs(z);
        trb_node_real(node, "z", z);
        trb_node_real(node, "q", q);
        trb_node_real(node, "p", isnan(q) ? NAN : trb_stat_range_upper(range, q, INFINITY));
        if (isnan(q))
            trb_node_note(node, "all values equal");
    }
}

void trb_stat_put_ranges(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_pair_work *work)
{
    const trb_stat_data *d = work->data;
    trb_range *range = trb_alloc(1, sizeof *range, "a table of the studentized range", NULL);
    if (!range) {
        *family.failed = true;
        return;
    }
    trb_stat_range_init(range, d->k);
    if (d->ms_error > 0)
        put_tukey(family, pair, m, d, range);
    if (d->any_varying) {
        put_games_howell(family, pair, m, d, range);
        put_t3(family, pair, m, d);
    }
    put_steel_dwass(family, pair, m, work, range);
    free(range);
}

static void put_against_control(trb_node test, const trb_stat_pair *pair, size_t m, const trb_stat_data *d,
                                trb_dunnett *dunnett)
{
    const double critical = trb_stat_dunnett_quantile(dunnett, d->alpha, d->df_error);
    trb_node_real(test, "t_crit", critical);
    for (size_t i = 0; i < m; i++) {
        trb_node node = trb_stat_pair_node(test, &pair[i]);
        const trb_stat_group *a = pair[i].a, *b = pair[i].b;
        const double diff = b->mean - a->mean;
        const double se = sqrt(d->ms_error * (1 / (double)a->n + 1 / (double)b->n)), t = diff / se;
        trb_node_real(node, "diff", diff);
        trb_node_real(node, "t", t);
        trb_node_real(node, "df", d->df_error);
        trb_node_real(node, "p", trb_stat_dunnett_upper(dunnett, fabs(t), d->df_error));
        trb_node_real(node, "lwr", diff - critical * se);
        trb_node_real(node, "upr", diff + critical * se);
    }
}

void trb_stat_put_dunnett(trb_node family, const trb_stat_pair *pair, size_t m, const trb_stat_data *d)
{
    size_t *n = trb_alloc(m + 1, sizeof *n, "group sizes", NULL);
    trb_dunnett dunnett;
    if (!n) {
        *family.failed = true;
        return;
    }
    for (size_t i = 0; i < m; i++)
        n[i] = pair[i].b->n;
    if (trb_stat_dunnett_init(&dunnett, n, m, pair[0].a->n, NULL))
        *family.failed = true;
    else
        put_against_control(trb_node_child(family, "dunnett"), pair, m, d, &dunnett);
    trb_stat_dunnett_clear(&dunnett);
    free(n);
}
