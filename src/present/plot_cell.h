/* plot_cell.h - one panel of a figure of groups: what is in it, where it stands, and drawing it. */
#ifndef TRB_PLOT_CELL_H
#define TRB_PLOT_CELL_H

#include "present/plot_axis.h"
#include "present/plot_brackets.h"
#include "present/plot_look.h"

/** Brackets beyond this number are left out: no one could read them. */
#define TRB_PLOT_MOST_BRACKETS 24

typedef struct trb_plot_column {
    const trb_plot_group *group;
    size_t colour;
    size_t n;                         /* finite values */
    double *value, *offset;           /* ascending; sideways place of each point */
    double whisker_low, whisker_high; /* NaN: none */
    double low, high;                 /* of all that is drawn; NaN: nothing is */
} trb_plot_column;

typedef struct trb_plot_cell {
    const trb_plot_panel *panel;
    trb_plot_column *column;
    trb_plot_axis axis;
    double diameter; /* of the points; 0: too many to draw */
    size_t n_brackets, n_left_out;
    trb_bracket_place *bracket; /* heights above the bottom of the axis */
    double top;                 /* height of all that stands above the bottom of the axis */
} trb_plot_cell;

/** Where cells stand, alike for all of a figure. */
typedef struct trb_plot_frame {
    double axis_room;   /* left of the axis line: tick labels and title */
    double plot_width;  /* right of it */
    double data_height; /* of the axis */
} trb_plot_frame;

/** Values sorted, axis chosen. colour: one a group, the same number for the same name in all panels. */
trb_status trb_plot_cell_init(trb_plot_cell *cell, const trb_plot_panel *panel,
                              const trb_plot_options *options, const size_t *colour, trb_error *err);
void trb_plot_cell_clear(trb_plot_cell *cell);

/** Width of tick labels and axis title. */
double trb_plot_cell_axis_room(const trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look);

/** Points and brackets get their places. */
trb_status trb_plot_cell_place(trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                               const trb_plot_options *options, const trb_plot_frame *frame, trb_error *err);

/** Draw with the left end of axis_room at x and the bottom of the axis at y. Group labels come from
 * plot_labels.h. */
void trb_plot_cell_draw(const trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                        const trb_plot_options *options, const trb_plot_frame *frame, double x, double y);

/** Size of the text of a bracket: stars are small letters, and get larger ones. */
double trb_plot_bracket_text_size(const trb_plot_look *look, const char *text);

/** Room for a group's mark above its column. */
double trb_plot_mark_height(const trb_plot_look *look);

/** Middle of column i, from the axis line. */
double trb_plot_cell_centre(const trb_plot_frame *frame, size_t n_columns, size_t i);

#endif
