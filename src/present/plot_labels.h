/* plot_labels.h - names of groups with their n below a panel: in lines, slanted, in a key, or upright. */
#ifndef TRB_PLOT_LABELS_H
#define TRB_PLOT_LABELS_H

#include "present/plot_cell.h"

typedef enum trb_label_way {
    TRB_LABEL_FLAT,
    TRB_LABEL_SLANTED,
    TRB_LABEL_KEY, /* names stand in a key above the panels; only n below them */
    TRB_LABEL_UPRIGHT
} trb_label_way;

/** A key tells no more groups apart than there are colours. */
#define TRB_LABEL_MOST_IN_KEY 8

/** How all labels of a figure stand. */
typedef struct trb_plot_labels {
    trb_label_way way;
    double size;       /* of the letters */
    double angle_deg;  /* SLANTED */
    double most_width; /* longer names are shortened in the middle; FLAT: of a line */
    size_t every;      /* only each such label is written: 1, unless they would lie on each other */
    double height;     /* below the axis, for all panels */
} trb_plot_labels;

/** The flattest way in which every name of every cell fits. n_names: different names in the figure. */
trb_plot_labels trb_plot_labels_choose(const trb_plot_cell *cell, size_t n_cells, size_t n_names,
                                       trb_scene *scene, const trb_plot_look *look,
                                       const trb_plot_frame *frame);

/** The labels of one cell; left: the axis line, bottom: the end of the axis. */
void trb_plot_labels_draw(const trb_plot_labels *labels, const trb_plot_cell *cell, trb_scene *scene,
                          const trb_plot_look *look, const trb_plot_frame *frame, double left, double bottom);

#endif
