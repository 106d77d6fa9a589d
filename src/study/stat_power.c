/*
 * stat_power.c - power and sample size.
 *
 * A t test with df degrees of freedom and noncentrality d has power P(|T| > t_crit), T noncentral t: both
 * tails count. One-way ANOVA of k groups of n: F noncentral with k n f^2, f^2 = mean squared deviation of the
 * group means / SD^2 (Cohen 1988). n is solved for as a real number, power rises with it.
 */
#include "study/stat_designs.h"

#include "study/design_tree.h"
#include "study/stat_basics.h"
#include "study/stat_effect.h"
#include "study/stat_power.h"
#include "study/stat_root.h"

#include <Rmath.h>
#include <math.h>
#include <string.h>

/* A question of power with one unknown. */
typedef struct question {
    trb_power_kind kind;
    double effect; /* |delta| / SD, or Cohen's f */
    double alpha, wanted;
    double groups; /* of an ANOVA */
    double n1, n2; /* where the effect is the unknown */
} question;

static double t_power(double noncentrality, double df, double alpha)
{
    const double critical = qt(alpha / 2, df, 0, 0);
    return trb_stat_noncentral_t_upper(critical, df, noncentrality) +
           trb_stat_noncentral_t_upper(critical, df, -noncentrality);
}

double trb_power_two_groups(double effect, double n1, double n2, double alpha)
{
    return t_power(effect / sqrt(1 / n1 + 1 / n2), n1 + n2 - 2, alpha);
}

static double power_at(double n, const question *q)
{
    if (q->kind == TRB_POWER_PAIRED)
        return t_power(sqrt(n) * q->effect, n - 1, q->alpha);
    if (q->kind == TRB_POWER_TWO_GROUPS)
        return trb_power_two_groups(q->effect, n, n, q->alpha);
    const double df1 = q->groups - 1, df2 = q->groups * (n - 1);
    return pnf(qf(q->alpha, df1, df2, 0, 0), df1, df2, n * q->groups * q->effect * q->effect, 0, 0);
}

static double excess_at_n(void *context, double n)
{
    const question *q = context;
    return power_at(n, q) - q->wanted;
}

static double excess_at_effect(void *context, double effect)
{
    const question *q = context;
    return trb_power_two_groups(effect, q->n1, q->n2, q->alpha) - q->wanted;
}

double trb_power_detectable(double n1, double n2, double power, double alpha)
{
    question q = {.kind = TRB_POWER_DETECTABLE, .alpha = alpha, .wanted = power, .n1 = n1, .n2 = n2};
    double far = 1e-3; /* from below: a noncentrality of thousands would be asked for otherwise */
    while (far < 1e6 && excess_at_effect(&q, far) < 0)
        far *= 2;
    return trb_stat_root(excess_at_effect, &q, 0, far, 0);
}

/* n_continuous, n_per_group or n_pairs, achieved_power. */
static void solve_n(trb_node out, question *q, const char *key)
{
    const double smallest = 2, largest = 1e6;
    double exact = NAN, whole = smallest;
    if (power_at(smallest, q) < q->wanted) {
        double far = 4;
        while (far < largest && power_at(far, q) < q->wanted)
            far *= 2;
        exact = trb_stat_root(excess_at_n, q, smallest, far, 0);
        if (isnan(exact)) {
            trb_node_real(out, "n_continuous", NAN);
            trb_node_real(out, key, NAN);
            trb_node_real(out, "achieved_power", NAN);
            trb_node_note(out, "no difference to find, or one that a million animals would not show");
            return;
        }
        whole = ceil(exact - 1e-9); /* an exact whole number must not be rounded up for its last bit */
    }
    trb_node_real(out, "n_continuous", exact);
    trb_node_count(out, key, (size_t)whole);
    trb_node_real(out, "achieved_power", power_at(whole, q));
}

double trb_power_cohen_f(const double *mean, size_t n_means, double sd)
{
    return sqrt(trb_stat_squares(mean, n_means, trb_stat_mean(mean, n_means)) / (double)n_means) / sd;
}

void trb_power_for_groups(trb_node out, double effect, double power, double alpha)
{
    question q = {.kind = TRB_POWER_TWO_GROUPS, .effect = fabs(effect), .alpha = alpha, .wanted = power};
    solve_n(out, &q, "n_per_group");
}

void trb_power_for_anova(trb_node out, double cohen_f, size_t n_groups, double power, double alpha)
{
    question q = {TRB_POWER_ANOVA, cohen_f, alpha, power, (double)n_groups, 0, 0};
    solve_n(out, &q, "n_per_group");
}

static const char *kind_name(trb_power_kind kind)
{
    switch (kind) {
    case TRB_POWER_TWO_GROUPS: return "t2";
    case TRB_POWER_PAIRED: return "paired";
    case TRB_POWER_DETECTABLE: return "mdd";
    case TRB_POWER_ANOVA: return "anova";
    }
    return "?";
}

/* The question as it was asked. */
static void echo(trb_node out, const trb_power_case *c)
{
    trb_node_text(out, "id", c->id);
    trb_node_text(out, "type", kind_name(c->kind));
    if (c->kind == TRB_POWER_ANOVA)
        trb_node_reals(out, "means", c->mean, c->n_means);
    else if (c->kind != TRB_POWER_DETECTABLE)
        trb_node_real(out, "delta", c->delta);
    if (c->kind != TRB_POWER_DETECTABLE)
        trb_node_real(out, "sd", c->sd);
    if (c->n)
        trb_node_count(out, "n", c->n);
    if (c->n1) {
        trb_node_count(out, "n1", c->n1);
        trb_node_count(out, "n2", c->n2);
    }
    if (c->alpha > 0)
        trb_node_real(out, "alpha", c->alpha);
}

static void answer_two_groups(trb_node out, const trb_power_case *c, question *q)
{
    if (c->n1) {
        trb_node_real(out, "power_strict",
                      trb_power_two_groups(q->effect, (double)c->n1, (double)c->n2, q->alpha));
    } else if (c->n) {
        /* Tables often count the tail of the true direction only; the difference shows at small effects. */
        const double n = (double)c->n, df = 2 * n - 2;
        trb_node_real(out, "power_strict", trb_power_two_groups(q->effect, n, n, q->alpha));
        trb_node_real(out, "power_one_tail_approx",
                      trb_stat_noncentral_t_upper(qt(q->alpha / 2, df, 0, 0), df, q->effect * sqrt(n / 2)));
    } else {
        trb_node_real(out, "power", c->power);
        solve_n(out, q, "n_per_group");
    }
}

static void answer(trb_node out, const trb_power_case *c)
{
    question q = {.kind = c->kind,
                  .alpha = c->alpha > 0 ? c->alpha : 0.05,
                  .wanted = c->power,
                  .groups = (double)c->n_means};
    echo(out, c);
    switch (c->kind) {
    case TRB_POWER_TWO_GROUPS:
        q.effect = fabs(c->delta) / c->sd;
        answer_two_groups(out, c, &q);
        break;
    case TRB_POWER_PAIRED:
        q.effect = fabs(c->delta) / c->sd;
        trb_node_real(out, "power", c->power);
        solve_n(out, &q, "n_pairs");
        break;
    case TRB_POWER_DETECTABLE:
        trb_node_real(out, "power", c->power);
        trb_node_real(out, "detectable_d",
                      trb_power_detectable((double)c->n, (double)c->n, c->power, q.alpha));
        break;
    case TRB_POWER_ANOVA:
        q.effect = trb_power_cohen_f(c->mean, c->n_means, c->sd);
        trb_node_real(out, "cohen_f", q.effect);
        if (c->n) {
            trb_node_real(out, "power", power_at((double)c->n, &q));
        } else {
            trb_node_real(out, "power", c->power);
            solve_n(out, &q, "n_per_group");
        }
        break;
    }
}

static trb_status check(const trb_power_case *c, trb_error *err)
{
    const double alpha = c->alpha != 0 ? c->alpha : 0.05;
    const bool asks_power = (c->n && c->kind != TRB_POWER_DETECTABLE) || c->n1 || c->n2;
    if (!(alpha > 0 && alpha < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: alpha %g is not between 0 and 1", c->id, alpha);
    if (c->kind != TRB_POWER_DETECTABLE && !(c->sd > 0 && isfinite(c->sd)))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: the SD must be positive, not %g", c->id, c->sd);
    if (!isfinite(c->delta))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: the difference is no number", c->id);
    if (!asks_power && !(c->power > alpha && c->power < 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: the power must lie between alpha (%g) and 1, not %g",
                             c->id, alpha, c->power);
    if (c->n == 1 || (c->n == 0 && c->kind == TRB_POWER_DETECTABLE) || (c->n1 == 0) != (c->n2 == 0) ||
        (c->n1 && c->n1 + c->n2 < 3))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: too few animals a group", c->id);
    if (c->kind == TRB_POWER_ANOVA && c->n_means < 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: an ANOVA needs two means or more", c->id);
    for (size_t i = 0; i < c->n_means; i++)
        if (!isfinite(c->mean[i]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: mean %zu is no number", c->id, i + 1);
    return TRB_OK;
}

trb_status trb_stat_power(const trb_power_case *cases, size_t n, json_t **out, trb_error *err)
{
    bool failed = false;
    trb_node root = trb_node_root(&failed);
    trb_status status = TRB_OK;
    for (size_t i = 0; i < n && !status; i++) {
        status = check(&cases[i], err);
        if (!status)
            answer(trb_node_child(root, cases[i].id), &cases[i]);
    }
    return trb_node_finish(root, status, out, err);
}
