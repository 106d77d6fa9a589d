/* design_cells.h - values by cell (combinations of levels, or groups), described and compared as the one-way
 * tree does. */
#ifndef TRB_DESIGN_CELLS_H
#define TRB_DESIGN_CELLS_H

#include "study/design_tree.h"
#include "study/sample_groups.h"
#include "study/stat_data.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct trb_cells {
    trb_stat_data data; /* data.group[cell]: ascending values, mean, variance */
    char **own_name;    /* one block */
    trb_sample_group *group;
    double *value;
} trb_cells;

/** What goes into the cells. Borrowed. */
typedef struct trb_cell_source {
    size_t n;
    const size_t *cell;
    const double *value;     /* not finite: missing, counted */
    const trb_factor *a, *b; /* cell = level of a * levels of b + level of b; b may be NULL */
    const char *separator;   /* of the two names: "WT:Sham" */
    double conf_level;       /* of the intervals */
} trb_cell_source;

/** Errors: those of trb_stat_data_init. Clear it, also after an error. */
trb_status trb_cells_init(trb_cells *cells, const trb_cell_source *source, trb_error *err);
void trb_cells_clear(trb_cells *cells);

/** Descriptive statistics by name of the cell, below key. */
void trb_cells_describe(const trb_cells *cells, trb_node at, const char *key);

/** Student's or Welch's t test of two cells, b - a, into a place; a note when it does not exist. */
void trb_cells_t_test(const trb_cells *cells, size_t a, size_t b, bool welch, trb_node at);

/** The same of all pairs, by "b - a". */
void trb_cells_t_tests(const trb_cells *cells, bool welch, trb_node at);

/** {F, df1, df2, p}: do the cells vary alike? Deviations from medians. */
void trb_cells_brown_forsythe(const trb_cells *cells, trb_node at, const char *key);

/** {W, p} of n values, null with a note where it does not exist. */
void trb_design_normality(trb_node at, const char *key, const double *value, size_t n);

#endif
