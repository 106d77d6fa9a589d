/* stat_power.h - the parts of power and sample size that planning from groups shares. */
#ifndef TRB_STAT_POWER_H
#define TRB_STAT_POWER_H

#include "study/design_tree.h"

/** Power of the two-sided t test of two groups; effect = difference / SD, n may be a real number. */
double trb_power_two_groups(double effect, double n1, double n2, double alpha);

/** The effect that groups of n1 and n2 detect with this power. */
double trb_power_detectable(double n1, double n2, double power, double alpha);

/** Cohen's f: root mean squared deviation of the means / SD. */
double trb_power_cohen_f(const double *mean, size_t n_means, double sd);

/** Writes n_continuous, n_per_group, achieved_power of a t test of two groups. */
void trb_power_for_groups(trb_node out, double effect, double power, double alpha);

/** The same of a one-way ANOVA. */
void trb_power_for_anova(trb_node out, double cohen_f, size_t n_groups, double power, double alpha);

#endif
