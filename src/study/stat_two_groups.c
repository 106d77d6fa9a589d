/* stat_two_groups.c - everything about one pair of groups, b minus a, unadjusted. */
#include "study/stat_parts.h"

#include "core/memory.h"
#include "study/stat_basics.h"
#include "study/stat_effect.h"

#include <Rmath.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *trb_stat_pair_key(const trb_stat_pair *pair, bool *failed)
{
    const size_t size = strlen(pair->a->name) + strlen(pair->b->name) + sizeof " - ";
    char *key = trb_alloc(size, 1, "a pair's name", NULL);
    if (key)
        snprintf(key, size, "%s - %s", pair->b->name, pair->a->name);
    else
        *failed = true;
    return key;
}

trb_node trb_stat_pair_node(trb_node node, const trb_stat_pair *pair)
{
    char *key = trb_stat_pair_key(pair, node.failed);
    if (!key)
        return (trb_node){NULL, node.failed};
    trb_node child = trb_node_child(node, key);
    trb_node_text(child, "a", pair->a->name);
    trb_node_text(child, "b", pair->b->name);
    free(key);
    return child;
}

trb_stat_t trb_stat_t_test(const trb_stat_pair *pair, bool welch, double conf)
{
    const trb_stat_group *a = pair->a, *b = pair->b;
    const double na = (double)a->n, nb = (double)b->n;
    trb_stat_t r = {.diff = b->mean - a->mean, .df = na + nb - 2};
    if (welch) {
        const double wa = a->var / na, wb = b->var / nb;
        r.se = sqrt(wa + wb);
        r.df = (wa + wb) * (wa + wb) / (wa * wa / (na - 1) + wb * wb / (nb - 1));
    } else {
        const double pooled = ((na - 1) * a->var + (nb - 1) * b->var) / r.df;
        r.se = sqrt(pooled * (1 / na + 1 / nb));
    }
    if (!(r.se > 0) || r.se < 10 * DBL_EPSILON * fmax(fabs(a->mean), fabs(b->mean))) {
        r.t = r.df = r.p = r.lo = r.hi = NAN;
        r.why = "undefined: data are essentially constant";
        return r;
    }
    const double half = qt(0.5 * (1 - conf), r.df, 0, 0) * r.se;
    r.t = r.diff / r.se;
    r.p = 2 * pt(-fabs(r.t), r.df, 1, 0);
    r.lo = r.diff - half;
    r.hi = r.diff + half;
    return r;
}

void trb_stat_put_t(trb_node node, const trb_stat_t *t)
{
    trb_node_real(node, "diff", t->diff);
    if (t->why) {
        trb_node_note(node, t->why);
        return;
    }
    trb_node_real(node, "se", t->se);
    trb_node_real(node, "t", t->t);
    trb_node_real(node, "df", t->df);
    trb_node_real(node, "p", t->p);
    trb_node_limits(node, "ci", t->lo, t->hi);
}

static void put_variance_ratio(trb_node all, const trb_stat_pair *pair)
{
    trb_node node = trb_node_child(all, "variance_F");
    if (pair->a->var == 0 || pair->b->var == 0) {
        trb_node_note(node, "a variance is 0");
        return;
    }
    const double F = pair->b->var / pair->a->var, df1 = (double)pair->b->n - 1, df2 = (double)pair->a->n - 1;
    trb_node_real(node, "F", F);
    trb_node_real(node, "df1", df1);
    trb_node_real(node, "df2", df2);
    trb_node_real(node, "p", 2 * fmin(pf(F, df1, df2, 1, 0), pf(F, df1, df2, 0, 0)));
}

static void put_ranks(trb_node all, const trb_stat_pair *pair, const trb_ranksum *r)
{
    trb_node node = trb_node_child(all, "mann_whitney");
    const double pairs = (double)pair->a->n * (double)pair->b->n;
    trb_node_real(node, "U_b", r->u_b);
    trb_node_real(node, "U_a", pairs - r->u_b);
    trb_node_real(node, "U_min", fmin(r->u_b, pairs - r->u_b));
    trb_node_flag(node, "ties", r->ties);
    trb_node_real(node, "p_exact_no_ties", r->p_exact_no_ties);
    trb_node_real(node, "p_exact_conditional_abs", r->p_conditional_abs);
    trb_node_real(node, "p_exact_conditional_2min", r->p_conditional_2min);
    trb_node_real(node, "sigma_tie_corrected", r->sigma);
    trb_node_real(node, "z_no_cc", r->z);
    trb_node_real(node, "z_cc", r->z_cc);
    trb_node_real(node, "p_asymptotic_no_cc", r->p_normal);
    trb_node_real(node, "p_asymptotic_cc", r->p_normal_cc);
    trb_node_real(node, "hodges_lehmann", r->hodges_lehmann);
    trb_node_limits(node, "hl_ci", r->hl_lo, r->hl_hi);
    trb_node_real(node, "hl_ci_achieved_level", r->hl_level);
    trb_node_real(node, "prob_superiority", r->u_b / pairs);
    trb_node_real(node, "cliffs_delta", 2 * r->u_b / pairs - 1);
    if (r->sigma == 0)
        trb_node_note(node, "all values equal: no rank differs");
    else if (!r->exact)
        trb_node_note(node, "large groups: normal approximation instead of the exact distribution");
    else if (r->ties)
        trb_node_note(node, "ties: the test without ties does not exist, the conditional one does");
}

static void put_effect(trb_node all, const trb_stat_pair *pair, double conf)
{
    trb_node node = trb_node_child(all, "effect");
    const trb_stat_group *a = pair->a, *b = pair->b;
    trb_effect e;
    if (!trb_stat_effect(a->n, a->mean, a->var, b->n, b->mean, b->var, conf, &e)) {
        trb_node_note(node, "pooled SD is 0");
        return;
    }
    trb_node_real(node, "cohens_d", e.d);
    trb_node_real(node, "J_exact", e.j);
    trb_node_real(node, "J_approx", 1 - 3 / (4 * ((double)a->n + (double)b->n - 2) - 1));
    trb_node_real(node, "hedges_g", e.g);
    if (!isnan(e.g_nct_lo))
        trb_node_limits(node, "g_nct", e.g_nct_lo, e.g_nct_hi);
    else
        trb_node_text(node, "note_nct", "|t| > 30: no noncentral t limits");
    trb_node_real(node, "g_var_large_sample", e.variance);
    trb_node_limits(node, "g_ls", e.g_ls_lo, e.g_ls_hi);
    trb_node_real(node, "glass_delta_sd_a", e.glass_a);
    trb_node_real(node, "d_average_sd", e.d_average);
    if (isnan(e.glass_a))
        trb_node_note(node, "the SD of a is 0: no Glass's delta");
}

/* Subsets of the pool, one after the other in lexical order, with the sums of their beginnings. */
typedef struct subset {
    size_t m, total;
    size_t at[16];
    double sum[17]; /* sum[i]: of the first i members */
} subset;

static void sums_from(subset *s, const double *x, size_t i)
{
    for (; i < s->m; i++)
        s->sum[i + 1] = s->sum[i] + x[s->at[i]];
}

static bool next_subset(subset *s, const double *x)
{
    size_t i = s->m;
    while (i > 0 && s->at[i - 1] == s->total - s->m + i - 1)
        i--;
    if (i == 0)
        return false;
    s->at[i - 1]++;
    for (size_t j = i; j < s->m; j++)
        s->at[j] = s->at[j - 1] + 1;
    sums_from(s, x, i - 1);
    return true;
}

/* All ways to deal the pooled values to groups of these sizes; how many are as far from the mean as the
 * real one? Sums of equal decimals differ by rounding only: they count as equal. */
static void put_permutation(trb_node all, const trb_stat_pair *pair)
{
    const size_t n_a = pair->a->n, n_b = pair->b->n, total = n_a + n_b, m = n_a < n_b ? n_a : n_b;
    const double ways = m > 16 ? INFINITY : round(choose((double)total, (double)m));
    double x[512]; /* two against 344 is the largest that has no more than 60,000 */
    if (ways > 60000 || total > sizeof x / sizeof *x)
        return;
    trb_stat_merge(pair->a->x, n_a, pair->b->x, n_b, x);
    const double mean = trb_stat_mean(x, total);
    double size = 0;
    for (size_t i = 0; i < total; i++) {
        size += fabs(x[i]);
        x[i] -= mean;
    }
    const double observed = (double)n_b * fabs(pair->b->mean - mean) - 1e-10 * size;
    subset s = {.m = m, .total = total};
    for (size_t i = 0; i < m; i++)
        s.at[i] = i;
    sums_from(&s, x, 0);
    double far = 0;
    do
        far += fabs(s.sum[m]) >= observed;
    while (next_subset(&s, x));
    trb_node node = trb_node_child(all, "permutation_mean");
    trb_node_real(node, "n_permutations", ways);
    trb_node_real(node, "p_two_sided", far / ways);
}

static trb_stat_rank_p *rank_place(const trb_stat_pair_work *work, const trb_stat_group *a,
                                   const trb_stat_group *b)
{
    const trb_stat_group *first = work->data->group;
    return &work->rank[(size_t)(a - first) * work->data->n_groups + (size_t)(b - first)];
}

trb_stat_rank_p trb_stat_pair_rank(const trb_stat_pair *pair, const trb_stat_pair_work *work)
{
    return *rank_place(work, pair->a, pair->b);
}

bool trb_stat_pair_is_exact(const trb_stat_group *a, const trb_stat_group *b, const trb_stat_pair_work *work)
{
    return a->n <= 100 && b->n <= 100 && trb_stat_ranksum_cost(a->n, b->n) <= work->exact_cost;
}

static void put_pair(trb_node node, const trb_stat_pair *pair, trb_stat_pair_work *work)
{
    const trb_stat_group *a = pair->a, *b = pair->b;
    const double conf = work->data->conf;
    const trb_stat_t student = trb_stat_t_test(pair, false, conf), welch = trb_stat_t_test(pair, true, conf);
    trb_node_count(node, "n_a", a->n);
    trb_node_count(node, "n_b", b->n);
    trb_stat_put_t(trb_node_child(node, "student"), &student);
    trb_stat_put_t(trb_node_child(node, "welch"), &welch);
    put_variance_ratio(node, pair);
    const bool exact = trb_stat_pair_is_exact(a, b, work);
    trb_ranksum r;
    if (trb_stat_ranksum(a->x, a->n, b->x, b->n, exact, conf, &work->null, &r, NULL)) {
        *node.failed = true;
        return;
    }
    const double p = exact ? r.p_conditional_abs : r.p_normal_cc;
    *rank_place(work, a, b) = (trb_stat_rank_p){p, r.z};
    *rank_place(work, b, a) = (trb_stat_rank_p){p, -r.z};
    put_ranks(node, pair, &r);
    put_effect(node, pair, conf);
    trb_stat_put_percent_change(node, pair, conf);
    if (work->permute)
        put_permutation(node, pair);
}

void trb_stat_put_pairs(trb_node tree, const trb_stat_pair *pair, size_t m, trb_stat_pair_work *work)
{
    trb_node all = trb_node_child(tree, "pairs");
    for (size_t i = 0; i < m && !*tree.failed; i++)
        put_pair(trb_stat_pair_node(all, &pair[i]), &pair[i], work);
}
