/*
 * stat_meta.c - several studies together.
 *
 * Study i has an effect y_i with variance v_i. With tau2 the variance between studies, weights w_i = 1 / (v_i
 * + tau2), estimate = sum w y / sum w. FE: tau2 = 0. DL: moments (DerSimonian & Laird 1986, Control Clin
 * Trials 7:177-188). REML: peak of the restricted likelihood (Viechtbauer 2005, J Educ Behav Stat
 * 30:261-293). PM: the tau2 whose Q equals its expectation k - 1 (Paule & Mandel 1982). Hartung-Knapp: t with
 * k - 1 degrees and a rescaled standard error, without a floor (Knapp & Hartung 2003, Stat Med 22:2693-2710).
 */
#include "study/stat_meta.h"

#include "study/stat_peak.h"
#include "study/stat_root.h"

#include <math.h>

double trb_meta_estimate(const trb_meta_effects *e, double tau2, double *variance)
{
    double weights = 0, sum = 0, rest = 0;
    for (size_t i = 0; i < e->k; i++) {
        weights += 1 / (e->v[i] + tau2);
        sum += e->y[i] / (e->v[i] + tau2);
    }
    const double estimate = sum / weights;
    for (size_t i = 0; i < e->k; i++)
        rest += (e->y[i] - estimate) / (e->v[i] + tau2);
    if (variance)
        *variance = 1 / weights;
    return estimate + rest / weights;
}

double trb_meta_q(const trb_meta_effects *e, double tau2)
{
    const double estimate = trb_meta_estimate(e, tau2, NULL);
    double q = 0;
    for (size_t i = 0; i < e->k; i++)
        q += (e->y[i] - estimate) * (e->y[i] - estimate) / (e->v[i] + tau2);
    return q;
}

/* Q of a tau2 less a wanted value: falls as tau2 grows. */
typedef struct wanted_q {
    const trb_meta_effects *effects;
    double q;
} wanted_q;

static double excess_q(void *context, double tau2)
{
    const wanted_q *wanted = context;
    return trb_meta_q(wanted->effects, tau2) - wanted->q;
}

double trb_meta_tau2_of_q(const trb_meta_effects *e, double q)
{
    wanted_q wanted = {e, q};
    if (excess_q(&wanted, 0) <= 0)
        return 0;
    double far = 1e-6;
    for (size_t i = 0; i < e->k; i++)
        far += e->v[i];
    while (isfinite(far) && excess_q(&wanted, far) > 0)
        far *= 2;
    return trb_stat_root(excess_q, &wanted, 0, far, 0);
}

static double restricted_cost(void *context, double tau2)
{
    const trb_meta_effects *e = context;
    double weights = 0, logs = 0;
    for (size_t i = 0; i < e->k; i++) {
        weights += 1 / (e->v[i] + tau2);
        logs += log(e->v[i] + tau2);
    }
    return logs + log(weights) + trb_meta_q(e, tau2);
}

/* d/dtau2: the estimate's own change does not count, since it minimises Q. */
static double restricted_slope(void *context, double tau2)
{
    const trb_meta_effects *e = context;
    const double estimate = trb_meta_estimate(e, tau2, NULL);
    double w = 0, w2 = 0, q2 = 0;
    for (size_t i = 0; i < e->k; i++) {
        const double weight = 1 / (e->v[i] + tau2), off = e->y[i] - estimate;
        w += weight;
        w2 += weight * weight;
        q2 += weight * weight * off * off;
    }
    return w - w2 / w - q2;
}

double trb_meta_typical_variance(const trb_meta_effects *e)
{
    double w = 0, w2 = 0;
    for (size_t i = 0; i < e->k; i++) {
        w += 1 / e->v[i];
        w2 += 1 / (e->v[i] * e->v[i]);
    }
    return ((double)e->k - 1) * w / (w * w - w2);
}

static double moments(const trb_meta_effects *e)
{
    double w = 0, w2 = 0;
    for (size_t i = 0; i < e->k; i++) {
        w += 1 / e->v[i];
        w2 += 1 / (e->v[i] * e->v[i]);
    }
    return fmax(0, (trb_meta_q(e, 0) - ((double)e->k - 1)) / (w - w2 / w));
}

double trb_meta_tau2(const trb_meta_effects *e, trb_meta_method method)
{
    switch (method) {
    case TRB_META_FE: return 0;
    case TRB_META_DL: return moments(e);
    case TRB_META_PM: return trb_meta_tau2_of_q(e, (double)e->k - 1);
    case TRB_META_REML: break;
    }
    trb_meta_effects effects = *e;
    return trb_lowest(restricted_cost, restricted_slope, &effects, trb_meta_typical_variance(e));
}
