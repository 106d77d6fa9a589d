/* stat_meta.h - effects with variances, and the variance between studies. */
#ifndef TRB_STAT_META_H
#define TRB_STAT_META_H

#include <stddef.h>

/** Effects y with sampling variances v of k studies. Borrowed. */
typedef struct trb_meta_effects {
    size_t k;
    const double *y, *v;
} trb_meta_effects;

typedef enum trb_meta_method { TRB_META_FE, TRB_META_DL, TRB_META_REML, TRB_META_PM } trb_meta_method;

/** The weighted mean; its variance unless variance is NULL. */
double trb_meta_estimate(const trb_meta_effects *effects, double tau2, double *variance);

/** Cochran's Q with weights 1 / (v + tau2). */
double trb_meta_q(const trb_meta_effects *effects, double tau2);

/** The variance between studies; k >= 2. */
double trb_meta_tau2(const trb_meta_effects *effects, trb_meta_method method);

/** The tau2 at which Q falls to q; 0 when Q(0) is below. */
double trb_meta_tau2_of_q(const trb_meta_effects *effects, double q);

/** The "typical" sampling variance of Higgins & Thompson 2002, which I2 compares tau2 with. */
double trb_meta_typical_variance(const trb_meta_effects *effects);

#endif
