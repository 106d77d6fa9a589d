/* stat_ratio.c - Fieller's limits, and with them the percent change of one group against another. */
#include "study/stat_ratio.h"

#include "study/stat_parts.h"

#include <Rmath.h>
#include <math.h>

trb_fieller trb_stat_fieller(double numerator, double denominator, double var_numerator,
                             double var_denominator, double covariance, double t)
{
    /* All r with (N - r D)^2 <= t^2 var(N - r D): between the roots of A r^2 - 2 B r + C, if A > 0. */
    const double A = denominator * denominator - t * t * var_denominator;
    const double B = numerator * denominator - t * t * covariance;
    const double C = numerator * numerator - t * t * var_numerator;
    const double root = B * B - A * C;
    trb_fieller f = {NAN, NAN, t * t * var_denominator / (denominator * denominator)};
    if (isfinite(A) && A > 0 && root >= 0) {
        f.lo = (B - sqrt(root)) / A;
        f.hi = (B + sqrt(root)) / A;
    }
    return f;
}

static void put_limits(trb_node node, const char *key, const trb_fieller *f)
{
    trb_node_limits(node, key, 100 * (f->lo - 1), 100 * (f->hi - 1));
    if (isnan(f->lo))
        trb_node_note(node, "not estimable: the mean of a does not differ from 0");
}

/* Separate variances: Satterthwaite's df with the estimated ratio put in (Tamhane & Logan 2004). */
static void put_welch(trb_node node, const trb_stat_group *a, const trb_stat_group *b, double conf)
{
    const double na = (double)a->n, nb = (double)b->n, ratio = b->mean / a->mean;
    const double wb = b->var / nb, wa = ratio * ratio * a->var / na;
    const double df = (wa + wb) * (wa + wb) / (wb * wb / (nb - 1) + wa * wa / (na - 1));
    if (!isfinite(df))
        return;
    const trb_fieller f =
        trb_stat_fieller(b->mean, a->mean, wb, a->var / na, 0, qt(0.5 * (1 - conf), df, 0, 0));
    trb_node_real(node, "fieller_welch_df", df);
    put_limits(node, "fieller_welch", &f);
}

/* Logarithm of the ratio of means, delta method. */
static void put_log_ratio(trb_node node, const trb_stat_group *a, const trb_stat_group *b, double conf)
{
    const double ratio = log(b->mean / a->mean), z = qnorm(0.5 * (1 - conf), 0, 1, 0, 0);
    const double se =
        sqrt(b->var / ((double)b->n * b->mean * b->mean) + a->var / ((double)a->n * a->mean * a->mean));
    trb_node_real(node, "lnRR", ratio);
    trb_node_real(node, "lnRR_se", se);
    trb_node_limits(node, "lnRR_percent", 100 * expm1(ratio - z * se), 100 * expm1(ratio + z * se));
}

void trb_stat_put_percent_change(trb_node all, const trb_stat_pair *pair, double conf)
{
    trb_node node = trb_node_child(all, "percent_change");
    const trb_stat_group *a = pair->a, *b = pair->b;
    if (a->mean == 0) {
        trb_node_note(node, "mean(a) is 0");
        return;
    }
    trb_node_real(node, "percent", 100 * (b->mean - a->mean) / a->mean);
    const double na = (double)a->n, nb = (double)b->n, df = na + nb - 2;
    const double pooled = ((nb - 1) * b->var + (na - 1) * a->var) / df;
    const trb_fieller f =
        trb_stat_fieller(b->mean, a->mean, pooled / nb, pooled / na, 0, qt(0.5 * (1 - conf), df, 0, 0));
    put_limits(node, "fieller_pooled", &f);
    trb_node_real(node, "fieller_pooled_g", f.g);
    put_welch(node, a, b, conf);
    if (a->mean > 0 && b->mean > 0)
        put_log_ratio(node, a, b, conf);
    if (a->mean < 0)
        trb_node_note(node, "mean(a) < 0: a percent change is not meaningful");
}
