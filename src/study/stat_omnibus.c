/* stat_omnibus.c - are all groups alike? */
#include "study/stat_parts.h"

#include <Rmath.h>
#include <math.h>

static void put_F(trb_node node, double F, double df1, double df2)
{
    trb_node_real(node, "F", F);
    trb_node_real(node, "df1", df1);
    trb_node_real(node, "df2", df2);
    trb_node_real(node, "p", pf(F, df1, df2, 0, 0));
}

static void put_anova(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "anova");
    if (!(d->ms_error > 0)) {
        trb_node_note(node, "MS error is 0");
        return;
    }
    const double df1 = (double)d->k - 1, all_ss = d->ss_between + d->ss_within;
    trb_node_real(node, "SS_between", d->ss_between);
    trb_node_real(node, "SS_within", d->ss_within);
    trb_node_real(node, "MS_error", d->ms_error);
    put_F(node, d->ss_between / df1 / d->ms_error, df1, d->df_error);
    trb_node_real(node, "eta2", d->ss_between / all_ss);
    trb_node_real(node, "omega2", (d->ss_between - df1 * d->ms_error) / (all_ss + d->ms_error));
}

/* Welch 1951, doi:10.1093/biomet/38.3-4.330: weights n / variance. */
static void put_welch(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "welch");
    if (d->any_constant) {
        trb_node_note(node, "a group variance is 0");
        return;
    }
    const double k = (double)d->k;
    double weights = 0, off = 0, ss = 0, spread = 0;
    for (size_t i = 0; i < d->k; i++) {
        const trb_stat_group *g = d->test[i];
        weights += (double)g->n / g->var;
        off += (double)g->n / g->var * (g->mean - d->grand_mean);
    }
    const double centre =
        d->grand_mean + off / weights; /* by way of the grand mean: offset data keep their digits */
    for (size_t i = 0; i < d->k; i++) {
        const trb_stat_group *g = d->test[i];
        const double w = (double)g->n / g->var, lack = 1 - w / weights;
        ss += w * (g->mean - centre) * (g->mean - centre);
        spread += lack * lack / ((double)g->n - 1);
    }
    spread /= k * k - 1;
    put_F(node, ss / (k - 1) / (1 + 2 * (k - 2) * spread), k - 1, 1 / (3 * spread));
}

/* Brown & Forsythe 1974, doi:10.1080/00401706.1974.10489158, with Satterthwaite's df. */
static void put_brown_forsythe(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "brown_forsythe_F");
    if (!(d->ms_error > 0)) {
        trb_node_note(node, "MS error is 0");
        return;
    }
    double below = 0, squares = 0;
    for (size_t i = 0; i < d->k; i++) {
        const double n = (double)d->test[i]->n, c = (1 - n / d->total) * d->test[i]->var;
        below += c;
        squares += c * c / (n - 1);
    }
    put_F(node, d->ss_between / below, (double)d->k - 1, below * below / squares);
}

/* Kruskal & Wallis 1952, from the mean ranks' distance to their centre. */
static void put_kruskal(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "kruskal");
    if (d->lowest == d->highest) {
        trb_node_note(node, "all values equal");
        return;
    }
    const double N = d->total, df = (double)d->k - 1, correction = 1 - d->tie_sum / (N * N * N - N);
    double H = 0;
    for (size_t i = 0; i < d->k; i++) {
        const double off = d->test[i]->mean_rank - 0.5 * (N + 1);
        H += (double)d->test[i]->n * off * off;
    }
    H *= 12 / (N * (N + 1)) / correction;
    trb_node_real(node, "H", H);
    trb_node_real(node, "df", df);
    trb_node_real(node, "p", pchisq(H, df, 0, 0));
    trb_node_real(node, "tie_correction", correction);
    trb_node_real(node, "epsilon2", H / (N - 1));
}

void trb_stat_put_omnibus(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "omnibus");
    put_anova(all, d);
    put_welch(all, d);
    put_brown_forsythe(all, d);
    put_kruskal(all, d);
}
