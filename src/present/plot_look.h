/* plot_look.h - sizes, colours, hatches and markers of a style. */
#ifndef TRB_PLOT_LOOK_H
#define TRB_PLOT_LOOK_H

#include "present/plot_scene.h"
#include "trabecula/plot.h"

typedef struct trb_plot_look {
    bool mono;
    double width; /* of the figure */
    double text;  /* size of labels */
    double small; /* of counts and notes */
    double line;  /* axes, whiskers */
    double thin;  /* outlines of points */
    double point; /* diameter of a point, with its outline */
    double unit;  /* 1 on paper: all distances that were chosen by eye on paper are multiplied by it */
} trb_plot_look;

trb_plot_look trb_plot_look_of(const trb_plot_options *options);

/** TRB_ERR_ARGUMENT names the option that is out of range. */
trb_status trb_plot_options_check(const trb_plot_options *options, trb_error *err);

/** How a group (or contrast) is told from others: colour number `index`, any size_t. */
trb_colour trb_plot_colour(const trb_plot_look *look, size_t index); /* strong: points, lines */
trb_colour trb_plot_tint(const trb_plot_look *look, size_t index);   /* pale: bars, bands */

/** Length of the dashes of a line; 0: solid. Only lines without colour have dashes. */
double trb_plot_dash(const trb_plot_look *look, size_t index);

/** A bar or box in the group's colour, or grey or hatched. */
void trb_plot_bar(trb_scene *scene, const trb_plot_look *look, size_t index, double x, double y, double width,
                  double height);

/** A point inside a circle of this diameter, in the group's colour and, without colour, shape. */
void trb_plot_marker(trb_scene *scene, const trb_plot_look *look, size_t index, double x, double y,
                     double diameter);

/** "very long name" as "very…name" no wider than this. */
void trb_plot_shorten(trb_scene *scene, double size, bool bold, double most_width, const char *text,
                      char *out, size_t bytes);

#endif
