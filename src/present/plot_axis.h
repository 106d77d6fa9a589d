/* plot_axis.h - the ticks of an axis: steps of 1, 2 or 5 times a power of ten. */
#ifndef TRB_PLOT_AXIS_H
#define TRB_PLOT_AXIS_H

#include <stddef.h>

/** Tick i has the value (first + i) * step, 0 <= i < n; they cover low to high. */
typedef struct trb_plot_axis {
    double step;
    long long first;
    size_t n;
    double low, high; /* of the axis: the first and last tick */
    int exponent;     /* labels show value / 10^exponent */
    int decimals;     /* of the labels */
} trb_plot_axis;

/**
 * An axis over low to high, with at most `most` steps (2 or more).
 *
 * Convention  low == high is widened: to 0..1 around zero, otherwise by a tenth. Both not finite: 0..1.
 */
trb_plot_axis trb_plot_axis_cover(double low, double high, size_t most);

/** As trb_plot_axis_cover(), but the axis ends at low and high themselves and has only the ticks between
 * them, 2 or more: the steps get finer than `most` when they must. */
trb_plot_axis trb_plot_axis_within(double low, double high, size_t most);

double trb_plot_axis_tick(const trb_plot_axis *axis, size_t i);

/** The label of tick i, with U+2212 as minus. */
void trb_plot_axis_label(const trb_plot_axis *axis, size_t i, char *out, size_t bytes);

/** Where a value lies: 0 at low, 1 at high. */
double trb_plot_axis_place(const trb_plot_axis *axis, double value);

#endif
