#include "study/stat_data.h"

#include "core/memory.h"
#include "study/stat_basics.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static trb_status check_values(const trb_sample_group *group, trb_error *err)
{
    for (size_t i = 0; i < group->n; i++) {
        if (!isfinite(group->value[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "group '%s': value %zu is not a number", group->name,
                                 i + 1);
        if (fabs(group->value[i]) > 1e70)
            return trb_error_set(err, TRB_ERR_DATA,
                                 "group '%s': %g is beyond 1e70: its fourth power would overflow",
                                 group->name, group->value[i]);
    }
    return TRB_OK;
}

/* Names become keys: unique, and UTF-8 as JSON wants it. */
static trb_status check_names(const trb_sample_groups *groups, trb_error *err)
{
    json_t *seen = json_object();
    trb_status status = seen ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "no memory for the group names");
    for (size_t i = 0; i < groups->n_groups && !status; i++) {
        const char *name = groups->group[i].name;
        if (json_object_get(seen, name))
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "two groups are called '%s'", name);
        else if (json_object_set_new(seen, name, json_true()))
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "the name of group %zu is not UTF-8", i + 1);
    }
    json_decref(seen);
    return status;
}

static trb_status check(const trb_sample_groups *groups, double conf, trb_error *err)
{
    if (!(conf > 0 && conf < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a confidence level lies between 0 and 1, %g does not",
                             conf);
    for (size_t i = 0; i < groups->n_groups; i++) {
        const trb_status status = check_values(&groups->group[i], err);
        if (status)
            return status;
    }
    return check_names(groups, err);
}

static void moments(trb_stat_group *g)
{
    g->mean = trb_stat_mean(g->x, g->n);
    g->var = g->n < 2 ? NAN : trb_stat_squares(g->x, g->n, g->mean) / (double)(g->n - 1);
}

static void sums(trb_stat_data *d)
{
    d->df_error = d->total - (double)d->k;
    double weighted = 0;
    for (size_t i = 0; i < d->k; i++)
        d->ss_within += (double)(d->test[i]->n - 1) * d->test[i]->var;
    d->grand_mean = trb_stat_mean(d->pool, (size_t)d->total);
    for (size_t i = 0; i < d->k; i++) {
        const trb_stat_group *g = d->test[i];
        const double off = g->mean - d->grand_mean;
        weighted += (double)g->n * off * off;
        d->largest_mean = fmax(d->largest_mean, fabs(g->mean));
        d->any_constant |= g->var == 0;
        d->any_varying |= g->var > 0;
    }
    d->ss_between = weighted;
    d->ms_error = d->df_error > 0 ? d->ss_within / d->df_error : NAN;
}

static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Mean rank of each group among the pool: both ascending, so one pass a group. */
static void mean_ranks(trb_stat_data *d)
{
    const size_t total = (size_t)d->total;
    for (size_t i = 0; i < d->n_groups; i++) {
        trb_stat_group *g = &d->group[i];
        g->mean_rank = NAN;
        if (!g->eligible)
            continue;
        const double above = trb_stat_count_above(d->pool, total, g->x, g->n); /* sum of rank - 1/2 */
        g->mean_rank = above / (double)g->n + 0.5;
    }
}

static void make_pool(trb_stat_data *d)
{
    size_t at = 0;
    for (size_t i = 0; i < d->k; i++) {
        memcpy(d->pool + at, d->test[i]->x, d->test[i]->n * sizeof *d->pool);
        at += d->test[i]->n;
    }
    d->total = (double)at;
    if (at == 0)
        return;
    qsort(d->pool, at, sizeof *d->pool, ascending);
    d->lowest = d->pool[0];
    d->highest = d->pool[at - 1];
    d->tie_sum = trb_stat_tie_sum(d->pool, at);
}

trb_status trb_stat_data_init(trb_stat_data *out, const trb_sample_groups *groups, double conf,
                              trb_error *err)
{
    *out = (trb_stat_data){.n_groups = groups->n_groups, .conf = conf, .alpha = 1 - conf};
    trb_status status = check(groups, conf, err);
    if (status)
        return status;
    size_t values = 1;
    for (size_t i = 0; i < groups->n_groups; i++)
        values += groups->group[i].n;
    out->group = trb_alloc_zero(groups->n_groups + 1, sizeof *out->group, "groups", err);
    out->test = trb_alloc_zero(groups->n_groups + 1, sizeof *out->test, "groups", err);
    out->pool = trb_alloc(2 * values, sizeof *out->pool, "values", err);
    if (!out->group || !out->test || !out->pool)
        return TRB_ERR_MEMORY;
    double *room = out->pool + values;
    for (size_t i = 0; i < groups->n_groups; i++) {
        const trb_sample_group *from = &groups->group[i];
        if (from->n)
            memcpy(room, from->value, from->n * sizeof *room);
        trb_stat_sort(room, from->n);
        out->group[i] = (trb_stat_group){.name = from->name,
                                         .n = from->n,
                                         .n_missing = from->n_missing,
                                         .x = room,
                                         .eligible = from->n >= 2};
        moments(&out->group[i]);
        if (from->n >= 2)
            out->test[out->k++] = &out->group[i];
        room += from->n;
    }
    make_pool(out);
    sums(out);
    mean_ranks(out);
    return TRB_OK;
}

void trb_stat_data_clear(trb_stat_data *data)
{
    free(data->group);
    free(data->test);
    free(data->pool);
    *data = (trb_stat_data){0};
}
