/*
 * stat_rescue.c - how much of the loss a treatment gives back: 100 (T - O) / (S - O), S sham, O disease, T
 * treated.
 *
 * O is in both, so numerator and denominator have the covariance var(O) / n_O. Fieller's limits are exact and
 * need no seed; the bootstrap is there for comparison.
 */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "core/random.h"
#include "study/stat_basics.h"
#include "study/stat_ratio.h"

#include <Rmath.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RESAMPLES = 100000 };

typedef struct trio {
    const trb_stat_group *sham, *disease, *treated;
} trio;

static double per_n(const trb_stat_group *g)
{
    return g->var / (double)g->n;
}

static void put_limits(trb_node node, const char *key, const char *note, const trb_fieller *f, const trio *of)
{
    trb_node_limits(node, key, 100 * f->lo, 100 * f->hi);
    if (!isnan(f->lo))
        return;
    char text[512];
    snprintf(text, sizeof text, "not estimable: %.200s and %.200s do not differ", of->sham->name,
             of->disease->name);
    trb_node_text(node, note, text);
}

static void put_pooled(trb_node node, const trio *of, double num, double den, const trb_stat_data *d)
{
    const double ms = d->ms_error, s = ms / (double)of->sham->n, o = ms / (double)of->disease->n;
    const double t = ms / (double)of->treated->n;
    const trb_fieller f = trb_stat_fieller(num, den, t + o, s + o, o, qt(0.5 * d->alpha, d->df_error, 0, 0));
    put_limits(node, "fieller_pooled", "note_pooled", &f, of);
    trb_node_real(node, "fieller_pooled_g", f.g);
}

/* Separate variances; df of T - r S - (1 - r) O at the estimated r. */
static void put_welch(trb_node node, const trio *of, double num, double den, const trb_stat_data *d)
{
    const double r = num / den, s = per_n(of->sham), o = per_n(of->disease), t = per_n(of->treated);
    const double ws = r * r * s, wo = (1 - r) * (1 - r) * o, all = t + ws + wo;
    const double df = all * all /
                      (t * t / ((double)of->treated->n - 1) + ws * ws / ((double)of->sham->n - 1) +
                       wo * wo / ((double)of->disease->n - 1));
    if (!isfinite(df))
        return;
    const trb_fieller f = trb_stat_fieller(num, den, t + o, s + o, o, qt(0.5 * d->alpha, df, 0, 0));
    trb_node_real(node, "fieller_welch_df", df);
    put_limits(node, "fieller_welch", "note_welch", &f, of);
}

static double resampled_mean(const trb_stat_group *g, trb_random *random)
{
    double sum = 0;
    for (size_t i = 0; i < g->n; i++)
        sum += g->x[(size_t)(trb_random_uniform(random) * (double)g->n)];
    return sum / (double)g->n;
}

static void put_bootstrap(trb_node node, const trio *of, const trb_stat_data *d, uint64_t seed)
{
    double *percent = trb_alloc(RESAMPLES, sizeof *percent, "resamples", NULL);
    if (!percent) {
        *node.failed = true;
        return;
    }
    trb_random random = trb_random_start(seed);
    size_t n = 0;
    for (int i = 0; i < RESAMPLES; i++) {
        const double t = resampled_mean(of->treated, &random), s = resampled_mean(of->sham, &random);
        const double o = resampled_mean(of->disease, &random), value = 100 * (t - o) / (s - o);
        if (isfinite(value))
            percent[n++] = value;
    }
    trb_stat_sort(percent, n);
    trb_node_count(node, "bootstrap_B", RESAMPLES);
    trb_node_limits(node, "bootstrap_percentile", n ? trb_stat_quantile(percent, n, 0.5 * d->alpha, 7) : NAN,
                    n ? trb_stat_quantile(percent, n, 1 - 0.5 * d->alpha, 7) : NAN);
    free(percent);
}

static void put_one(trb_node tree, trb_node node, const char *key, const trio *of, const trb_stat_data *d,
                    const trb_stat_options *o)
{
    trb_node_text(node, "sham", of->sham->name);
    trb_node_text(node, "disease", of->disease->name);
    trb_node_text(node, "treated", of->treated->name);
    if (!of->sham->eligible || !of->disease->eligible || !of->treated->eligible) {
        trb_node_note(node, "a group is missing or has n < 2");
        trb_stat_warn(tree, "rescue %.200s is not estimable: a group is missing or has n < 2", key);
        return;
    }
    const double num = of->treated->mean - of->disease->mean, den = of->sham->mean - of->disease->mean;
    trb_node_real(node, "percent", 100 * num / den);
    put_pooled(node, of, num, den, d);
    put_welch(node, of, num, den, d);
    if (json_object_get(node.json, "note_pooled") || json_object_get(node.json, "note_welch"))
        trb_stat_warn(tree, "rescue %.200s is not estimable: %.200s and %.200s do not differ", key,
                      of->sham->name, of->disease->name);
    if (den == 0)
        trb_node_note(node, "the means of sham and disease are equal");
    if (o->bootstrap)
        put_bootstrap(node, of, d, o->seed);
}

void trb_stat_put_rescue(trb_node tree, const trb_stat_data *d, const trb_stat_options *o)
{
    trb_node all = trb_node_child(tree, "rescue");
    for (size_t i = 0; i < o->n_rescues; i++) {
        const trio of = {&d->group[o->rescue[i].sham], &d->group[o->rescue[i].disease],
                         &d->group[o->rescue[i].treated]};
        const size_t size = strlen(of.treated->name) + strlen(of.disease->name) + sizeof " | ";
        char *key = trb_alloc(size, 1, "a rescue's name", NULL);
        if (!key) {
            *tree.failed = true;
            return;
        }
        snprintf(key, size, "%s | %s", of.treated->name, of.disease->name);
        put_one(tree, trb_node_child(all, key), key, &of, d, o);
        free(key);
    }
}
