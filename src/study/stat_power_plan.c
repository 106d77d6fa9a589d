/* stat_power_plan.c - how many animals the next study needs, from the means and SDs of this one. */
#include "study/stat_designs.h"

#include "core/memory.h"
#include "study/design_tree.h"
#include "study/stat_power.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct plan {
    const trb_power_groups *groups;
    const size_t *used; /* indices of groups with n >= 2 */
    size_t n_used;
    double power, alpha;
} plan;

static void plan_pair(trb_node out, const plan *p, size_t a, size_t b)
{
    const trb_power_groups *g = p->groups;
    const double na = (double)g->n[a], nb = (double)g->n[b], delta = g->mean[b] - g->mean[a];
    const double sd = sqrt(((na - 1) * g->sd[a] * g->sd[a] + (nb - 1) * g->sd[b] * g->sd[b]) / (na + nb - 2));
    trb_node_real(out, "delta", delta);
    trb_node_real(out, "sd", sd);
    if (!(sd > 0)) {
        trb_node_note(out, "pooled SD is 0");
        return;
    }
    const double detectable = trb_power_detectable(na, nb, p->power, p->alpha);
    trb_node_real(out, "cohens_d", delta / sd);
    trb_node_real(out, "detectable_d", detectable);
    trb_node_real(out, "detectable_difference", detectable * sd);
    trb_power_for_groups(out, delta / sd, p->power, p->alpha);
}

static trb_status plan_pairs(trb_node out, const plan *p, trb_error *err)
{
    for (size_t i = 0; i < p->n_used; i++)
        for (size_t j = i + 1; j < p->n_used; j++) {
            const char *a = p->groups->name[p->used[i]], *b = p->groups->name[p->used[j]];
            const size_t size = strlen(a) + strlen(b) + sizeof " - ";
            char *key = trb_alloc(size, 1, "names of groups", err);
            if (!key)
                return TRB_ERR_MEMORY;
            snprintf(key, size, "%s - %s", b, a);
            plan_pair(trb_node_child(out, key), p, p->used[i], p->used[j]);
            free(key);
        }
    return TRB_OK;
}

static trb_status plan_anova(trb_node out, const plan *p, trb_error *err)
{
    double *mean = trb_alloc(p->n_used, sizeof *mean, "means", err);
    if (!mean)
        return TRB_ERR_MEMORY;
    double squares = 0, df = 0;
    for (size_t i = 0; i < p->n_used; i++) {
        const size_t g = p->used[i];
        const double weight = (double)p->groups->n[g] - 1;
        mean[i] = p->groups->mean[g];
        squares += weight * p->groups->sd[g] * p->groups->sd[g];
        df += weight;
    }
    const double sd = sqrt(squares / df);
    trb_node_real(out, "sd", sd);
    if (sd > 0) {
        const double f = trb_power_cohen_f(mean, p->n_used, sd);
        trb_node_real(out, "cohen_f", f);
        trb_power_for_anova(out, f, p->n_used, p->power, p->alpha);
    } else {
        trb_node_note(out, "pooled SD is 0");
    }
    free(mean);
    return TRB_OK;
}

static trb_status check(const trb_power_groups *g, double power, double alpha, trb_error *err)
{
    if (!(alpha > 0 && alpha < 1 && power > alpha && power < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "power %g and alpha %g: 0 < alpha < power < 1 is needed",
                             power, alpha);
    for (size_t i = 0; i < g->n_groups; i++)
        if (g->n[i] >= 2 && !(isfinite(g->mean[i]) && g->sd[i] >= 0 && isfinite(g->sd[i])))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "group '%s' has no mean or SD", g->name[i]);
    return TRB_OK;
}

trb_status trb_stat_power_plan(const trb_power_groups *groups, json_t **out, trb_error *err)
{
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    const double power = groups->power != 0 ? groups->power : 0.8,
                 alpha = groups->alpha != 0 ? groups->alpha : 0.05;
    size_t *used = NULL, n_used = 0;
    trb_status status = check(groups, power, alpha, err);
    if (status)
        goto done;
    used = trb_alloc(groups->n_groups + 1, sizeof *used, "groups", err);
    if (!used) {
        status = TRB_ERR_MEMORY;
        goto done;
    }
    json_t *excluded = json_array();
    for (size_t g = 0; g < groups->n_groups; g++) {
        if (groups->n[g] >= 2)
            used[n_used++] = g;
        else if (json_array_append_new(excluded, json_string(groups->name[g])))
            failed = true;
    }
    if (n_used < groups->n_groups)
        trb_node_take(root, "excluded_groups", excluded);
    else
        json_decref(excluded);
    trb_node_real(root, "power", power);
    trb_node_real(root, "alpha", alpha);
    if (n_used < 2) {
        trb_node_note(root, "fewer than two groups with n >= 2: nothing to plan from");
        goto done;
    }
    const plan p = {groups, used, n_used, power, alpha};
    status = plan_pairs(trb_node_child(root, "pairs"), &p, err);
    if (!status)
        status = plan_anova(trb_node_child(root, "anova"), &p, err);
done:
    free(used);
    return trb_node_finish(root, status, out, err);
}
