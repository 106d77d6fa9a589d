/* stat_trend.c - do ordered groups rise or fall with their order? Linear contrast of the means,
 * Jonckheere-Terpstra. */
#include "study/stat_parts.h"

#include "study/stat_basics.h"

#include <Rmath.h>
#include <math.h>

/* Scores 1 ... k, centred; pooled variance. */
static void put_contrast(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "linear_contrast");
    const double middle = 0.5 * ((double)d->k + 1);
    double estimate = 0, squares = 0;
    json_t *weights = json_array();
    for (size_t i = 0; i < d->k; i++) {
        const double w = (double)(i + 1) - middle;
        estimate += w * d->test[i]->mean;
        squares += w * w / (double)d->test[i]->n;
        if (json_array_append_new(weights, json_real(w)))
            *all.failed = true;
    }
    if (json_object_set_new(node.json, "weights", weights))
        *all.failed = true;
    const double se = sqrt(d->ms_error * squares), t = estimate / se;
    trb_node_real(node, "estimate", estimate);
    trb_node_real(node, "se", se);
    trb_node_real(node, "t", t);
    trb_node_real(node, "df", d->df_error);
    trb_node_real(node, "p", 2 * pt(-fabs(t), d->df_error, 1, 0));
}

/* Sums over the sizes of groups or of ties that the variance asks for. */
typedef struct size_sums {
    double square, pairs, triples, cubic; /* n^2, n(n-1), n(n-1)(n-2), n(n-1)(2n+5) */
} size_sums;

static void count_size(size_sums *sums, double n)
{
    sums->square += n * n;
    sums->pairs += n * (n - 1);
    sums->triples += n * (n - 1) * (n - 2);
    sums->cubic += n * (n - 1) * (2 * n + 5);
}

/* J counts, over all pairs of groups, the pairs of values that rise; normal with tie-corrected variance. */
static void put_jonckheere(trb_node all, const trb_stat_data *d)
{
    trb_node node = trb_node_child(all, "jonckheere");
    size_sums groups = {0}, ties = {0};
    double J = 0;
    for (size_t i = 0; i < d->k; i++) {
        count_size(&groups, (double)d->test[i]->n);
        for (size_t j = i + 1; j < d->k; j++)
            J += trb_stat_count_above(d->test[i]->x, d->test[i]->n, d->test[j]->x, d->test[j]->n);
    }
    const size_t total = (size_t)d->total;
    for (size_t i = 0, end; i < total; i = end) {
        for (end = i + 1; end < total && d->pool[end] == d->pool[i];)
            end++;
        count_size(&ties, (double)(end - i));
    }
    const double N = d->total, mean = 0.25 * (N * N - groups.square);
    const double variance = (N * (N - 1) * (2 * N + 5) - groups.cubic - ties.cubic) / 72 +
                            groups.triples * ties.triples / (36 * N * (N - 1) * (N - 2)) +
                            groups.pairs * ties.pairs / (8 * N * (N - 1));
    const double sd = sqrt(variance), z = (J - mean) / sd;
    trb_node_real(node, "J", J);
    trb_node_real(node, "mean", mean);
    trb_node_real(node, "sd", sd);
    trb_node_real(node, "z", z);
    trb_node_real(node, "p_two_sided", 2 * pnorm(-fabs(z), 0, 1, 1, 0));
    if (!isfinite(z))
        trb_node_note(node, "all values equal");
}

void trb_stat_put_trend(trb_node tree, const trb_stat_data *d)
{
    trb_node all = trb_node_child(tree, "trend");
    if (!(d->ms_error > 0)) {
        trb_node_note(all, "MS error is 0");
        return;
    }
    put_contrast(all, d);
    put_jonckheere(all, d);
}
