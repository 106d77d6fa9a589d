/* plot_brackets.h - comparisons above the data, stacked so that neither lines nor texts cross. */
#ifndef TRB_PLOT_BRACKETS_H
#define TRB_PLOT_BRACKETS_H

#include <stddef.h>

/** What stands in a column: heights grow upwards. */
typedef struct trb_bracket_column {
    double centre, half_width, top;
} trb_bracket_column;

typedef struct trb_bracket_place {
    size_t a, b;       /* columns, a < b */
    double text_width; /* in */
    double p;          /* carried along */
    double x1, x2;     /* out: the ends of the line */
    double text_x;     /* out: middle of the text */
    double height;     /* out: of the line; the text stands on it */
} trb_bracket_place;

typedef struct trb_bracket_sizes {
    double gap;         /* between data and line, and between stacked brackets */
    double tick;        /* the ends point down this far */
    double text_height; /* of the text with its distance from the line */
    double inset;       /* the line ends this far inside the centres, so that neighbours do not touch */
    double left, right; /* the text stays between these */
} trb_bracket_sizes;

/**
 * Places for n brackets: short ones low, long ones above; each as low as nothing is in its way. The order
 * of `place` does not matter to where they come; it is sorted.
 */
void trb_plot_brackets_stack(trb_bracket_place *place, size_t n, const trb_bracket_column *column,
                             size_t n_columns, const trb_bracket_sizes *sizes);

/** The top of the highest bracket with its text; least when there is none. */
double trb_plot_brackets_top(const trb_bracket_place *place, size_t n, const trb_bracket_sizes *sizes,
                             double least);

#endif
