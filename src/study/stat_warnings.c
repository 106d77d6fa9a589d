/* stat_warnings.c - what a careful colleague would say about these numbers, in one sentence each. */
#include "study/stat_parts.h"

#include <Rmath.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

void trb_stat_warn(trb_node tree, const char *format, ...)
{
    char text[768];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    trb_node_append(tree, "warnings", text);
}

static void warn_sizes(trb_node tree, const trb_stat_data *d)
{
    for (size_t i = 0; i < d->n_groups; i++) {
        const trb_stat_group *g = &d->group[i];
        if (g->n == 0)
            trb_stat_warn(tree, "group %s has no values", g->name);
        else if (g->n == 1)
            trb_stat_warn(tree, "group %s has n = 1: it is described but left out of every test", g->name);
        else if (g->n == 2)
            trb_stat_warn(tree, "group %s has n = 2: too few for inference", g->name);
    }
    if (d->k < 2)
        trb_stat_warn(tree, "fewer than two groups with n >= 2: descriptive statistics only");
}

static void warn_constant(trb_node tree, const trb_stat_data *d)
{
    for (size_t i = 0; i < d->n_groups; i++)
        if (d->group[i].var == 0)
            trb_stat_warn(tree,
                          "all values of group %s are equal: tests that need its variance (Welch's ANOVA, "
                          "Bartlett) are undefined",
                          d->group[i].name);
}

/* The smallest p that an exact rank test of the two smallest groups can give. */
static void warn_rank_floor(trb_node tree, const trb_stat_data *d)
{
    double least = INFINITY, second = INFINITY;
    for (size_t i = 0; i < d->k; i++) {
        const double n = (double)d->test[i]->n;
        second = fmin(second, fmax(n, least));
        least = fmin(least, n);
    }
    if (d->k < 2)
        return;
    const double floor_p = 2 / choose(least + second, least);
    if (floor_p > 0.02)
        trb_stat_warn(tree, "a rank test of %.0f against %.0f cannot give p below %.2g", least, second,
                      floor_p);
}

/* With a control, only changes from the control are reported by default. */
static void warn_percent(trb_node tree, const trb_stat_data *d, const trb_stat_options *o)
{
    for (size_t i = 0; i < d->k && d->k > 1; i++) {
        const trb_stat_group *g = d->test[i];
        if (o->has_control && g != &d->group[o->control])
            continue;
        const double t = qt(0.5 * d->alpha, (double)g->n - 1, 0, 0);
        if (g->mean < 0)
            trb_stat_warn(tree,
                          "the mean of group %s is negative: percent changes from it are not meaningful",
                          g->name);
        else if (t * t * g->var / (double)g->n >= g->mean * g->mean)
            trb_stat_warn(
                tree,
                "the mean of group %s does not differ from 0: percent changes from it are not estimable",
                g->name);
    }
}

static void warn_approximate(trb_node tree, const trb_stat_pair_work *work)
{
    const trb_stat_data *d = work->data;
    for (size_t i = 0; i < d->k; i++)
        for (size_t j = i + 1; j < d->k; j++)
            if (!trb_stat_pair_is_exact(d->test[i], d->test[j], work)) {
                trb_stat_warn(
                    tree, "large groups: rank tests use the normal approximation with continuity correction");
                return;
            }
}

void trb_stat_put_warnings(trb_node tree, const trb_stat_pair_work *work, const trb_stat_options *o)
{
    const trb_stat_data *d = work->data;
    warn_sizes(tree, d);
    warn_constant(tree, d);
    warn_rank_floor(tree, d);
    warn_percent(tree, d, o);
    warn_approximate(tree, work);
    if (o->has_control && !d->group[o->control].eligible)
        trb_stat_warn(tree, "the control group %s has n < 2: no comparisons with it",
                      d->group[o->control].name);
}
