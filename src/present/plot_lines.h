/* plot_lines.h - the shapes of lines over time and of distributions, and what their two files share. */
#ifndef TRB_PLOT_LINES_H
#define TRB_PLOT_LINES_H

#include "present/plot_axis.h"
#include "present/plot_look.h"

typedef enum trb_lines_way { TRB_LINES_TIME, TRB_LINES_DISTRIBUTION } trb_lines_way;

/** One chart with its axes, and where it stands. */
typedef struct trb_lines_place {
    const trb_plot_chart *chart;
    const size_t *colour; /* of each series */
    trb_lines_way way;
    trb_plot_axis x, y;
    double left, bottom, width, height; /* of the area between the axes */
    double axis_room;                   /* left of it */
} trb_lines_place;

/** Input is checked; shapes and size are put into an empty scene. */
trb_status trb_plot_lines_scene(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                                trb_lines_way way, trb_scene *scene, trb_error *err);

void trb_plot_lines_draw(const trb_lines_place *place, trb_scene *scene, const trb_plot_look *look);

#endif
