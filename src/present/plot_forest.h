/* plot_forest.h - the shapes of a forest plot, and what its two files share. */
#ifndef TRB_PLOT_FOREST_H
#define TRB_PLOT_FOREST_H

#include "present/plot_axis.h"
#include "present/plot_look.h"

/** Where the parts of a forest plot stand. */
typedef struct trb_forest_frame {
    double label_x; /* left edge of the labels */
    double label_width;
    double left, right;        /* of the axis */
    double number_x, weight_x; /* right edges; weight_x only where weights are */
    double line;               /* height of a line */
    double row;                /* height of a row */
    bool weights;
    double most_weight, sum_weight;
    int decimals; /* of all printed numbers */
    trb_plot_axis axis;
} trb_forest_frame;

/** Input is checked; shapes and size are put into an empty scene. */
trb_status trb_plot_forest_scene(const trb_plot_forest *forest, const trb_plot_options *options,
                                 trb_scene *scene, trb_error *err);

/** "−67.1 [−73.2, −60.4] %". */
void trb_forest_number(const trb_plot_forest *forest, const trb_plot_forest_row *row,
                       const trb_plot_interval *interval, int decimals, char *out, size_t bytes);

/** The number that chooses colour and marker of a series. */
size_t trb_forest_colour(const trb_plot_forest *forest, size_t series);

/** Rows from y down, then the axis. Returns where it ends. */
double trb_forest_draw(const trb_plot_forest *forest, trb_scene *scene, const trb_plot_look *look,
                       const trb_forest_frame *frame, double y);

#endif
