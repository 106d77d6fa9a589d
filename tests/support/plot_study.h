/* plot_study.h - a study of the oracles as panels of a figure. */
#ifndef PLOT_STUDY_H
#define PLOT_STUDY_H

#include "trabecula/plot.h"

#include <stdbool.h>

enum { PLOT_GROUPS = 4, PLOT_METRICS = 6, PLOT_ANIMALS = 8 };

/** Six metrics of four groups; three brackets a panel: p = 0.00002, 0.34, 0.0021. */
typedef struct plot_study {
    double value[PLOT_METRICS][PLOT_GROUPS][PLOT_ANIMALS];
    trb_plot_group group[PLOT_METRICS][PLOT_GROUPS];
    trb_plot_panel panel[PLOT_METRICS];
} plot_study;

/** s01 of the oracles; rows read from the end when backwards. */
void plot_study_load(plot_study *s, bool backwards);

/** Fill in what the values say: mean, SD, quartiles; 1 to 64 values. */
void plot_describe(trb_plot_group *group);

/** The figure as text; fails the test when there is none. free(). */
char *plot_svg(const trb_plot_panel *panel, size_t n, const trb_plot_options *options);

/** How often a part occurs in the text. */
size_t plot_count(const char *text, const char *part);

#endif
