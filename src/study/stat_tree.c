/* stat_tree.c - the one-way tree: who is compared with whom, and which branches there are. */
#include "study/stat_tree.h"

#include "core/memory.h"
#include "study/stat_parts.h"

#include <math.h>
#include <stdlib.h>

trb_stat_options trb_stat_options_default(void)
{
    return (trb_stat_options){.seed = 1, .conf_level = 0.95};
}

static trb_status check_options(const trb_sample_groups *groups, const trb_stat_options *o, trb_error *err)
{
    if (o->has_control && o->control >= groups->n_groups)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no group %zu to be the control",
                             o->control + 1);
    for (size_t i = 0; i < o->n_rescues; i++) {
        const trb_rescue_choice *r = &o->rescue[i];
        if (r->sham >= groups->n_groups || r->disease >= groups->n_groups || r->treated >= groups->n_groups)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "rescue %zu names a group that does not exist",
                                 i + 1);
    }
    return TRB_OK;
}

/* Names of the groups with n >= 2, or of those with less. */
static void put_names(trb_node tree, const char *key, const trb_stat_data *d, bool eligible)
{
    for (size_t i = 0; i < d->n_groups; i++)
        if (d->group[i].eligible == eligible)
            trb_node_append(tree, key, d->group[i].name);
}

static void put_each_group(trb_node tree, const trb_stat_data *d)
{
    trb_stat_put_descriptive(tree, d);
    trb_stat_put_outliers(tree, d);
    if (json_object_set_new(tree.json, "eligible_groups", json_array()))
        *tree.failed = true;
    put_names(tree, "eligible_groups", d, true);
    put_names(tree, "excluded_groups", d, false);
    trb_stat_put_normality(tree, d);
}

/* All pairs in the order of the groups: (1,2), (1,3), ..., (2,3), ... Returns their number. */
static size_t all_pairs(const trb_stat_data *d, trb_stat_pair *pair)
{
    size_t m = 0;
    for (size_t i = 0; i < d->k; i++)
        for (size_t j = i + 1; j < d->k; j++)
            pair[m++] = (trb_stat_pair){d->test[i], d->test[j]};
    return m;
}

static size_t control_pairs(const trb_stat_data *d, const trb_stat_group *control, trb_stat_pair *pair)
{
    size_t m = 0;
    for (size_t i = 0; i < d->k; i++)
        if (d->test[i] != control)
            pair[m++] = (trb_stat_pair){control, d->test[i]};
    return m;
}

static void put_families(trb_node tree, trb_stat_pair *pair, trb_stat_pair_work *work,
                         const trb_stat_options *o)
{
    const trb_stat_data *d = work->data;
    const size_t m = all_pairs(d, pair);
    /* Exact rank tests: always up to 30 against 30, more while all pairs together take a second or less. */
    work->exact_cost = fmax(trb_stat_ranksum_cost(30, 30), 1e9 / (double)m);
    trb_stat_put_pairs(tree, pair, m, work);
    trb_node all = trb_node_child(tree, "all_pairs");
    trb_stat_put_family(all, pair, m, work);
    trb_stat_put_ranges(all, pair, m, work);
    if (!o->has_control || !d->group[o->control].eligible)
        return;
    trb_node control = trb_node_child(tree, "vs_control");
    const size_t m_control = control_pairs(d, &d->group[o->control], pair);
    trb_node_text(control, "control", d->group[o->control].name);
    trb_stat_put_family(control, pair, m_control, work);
    if (d->ms_error > 0)
        trb_stat_put_dunnett(control, pair, m_control, d);
}

static void put_groups_together(trb_node tree, trb_stat_pair_work *work, const trb_stat_options *o)
{
    const trb_stat_data *d = work->data;
    trb_stat_put_variance(tree, d);
    trb_stat_put_omnibus(tree, d);
    trb_stat_pair *pair = trb_alloc(d->k * d->k, sizeof *pair, "pairs of groups", NULL);
    work->rank = trb_alloc_zero(d->n_groups * d->n_groups, sizeof *work->rank, "pairs of groups", NULL);
    if (pair && work->rank)
        put_families(tree, pair, work, o);
    else
        *tree.failed = true;
    free(pair);
    if (o->n_rescues)
        trb_stat_put_rescue(tree, d, o);
    if (o->ordered)
        trb_stat_put_trend(tree, d);
}

static void put_all(trb_node tree, const trb_stat_data *d, const trb_stat_options *o)
{
    trb_stat_pair_work work = {.data = d, .permute = o->full || d->k <= 12};
    if (json_object_set_new(tree.json, "warnings", json_array()))
        *tree.failed = true;
    put_each_group(tree, d);
    if (d->k < 2)
        trb_node_note(tree, "fewer than two groups with n >= 2: descriptive statistics only");
    else
        put_groups_together(tree, &work, o);
    trb_stat_put_warnings(tree, &work, o);
    trb_stat_ranksum_null_clear(&work.null);
    free(work.rank);
}

trb_status trb_stat_tree_oneway(const trb_sample_groups *groups, const trb_stat_options *o, json_t **tree,
                                trb_error *err)
{
    *tree = NULL;
    trb_status status = check_options(groups, o, err);
    if (status)
        return status;
    trb_stat_data data;
    status = trb_stat_data_init(&data, groups, o->conf_level, err);
    if (!status) {
        bool failed = false;
        trb_node root = trb_node_root(&failed);
        put_all(root, &data, o);
        if (failed) {
            json_decref(root.json);
            status = trb_error_set(err, TRB_ERR_MEMORY, "no memory for the statistics of %zu groups",
                                   groups->n_groups);
        } else {
            *tree = root.json;
        }
    }
    trb_stat_data_clear(&data);
    return status;
}
