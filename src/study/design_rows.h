/*
 * design_rows.h - the rows of a design in one fixed order, so that no result depends on the order of the
 * table.
 *
 * Sums of doubles depend on their order in the last bits. Every design therefore sorts its rows first: by the
 * levels of its factors, then by covariate and value. Subjects (animals, specimens) are sorted by name, since
 * the number of a subject may stem from the order of the rows; levels of groups, times and sides keep the
 * order given.
 */
#ifndef TRB_DESIGN_ROWS_H
#define TRB_DESIGN_ROWS_H

#include "study/sample_groups.h"
#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

enum { TRB_ROW_FACTORS = 3 };

typedef struct trb_row {
    size_t
        level[TRB_ROW_FACTORS]; /* 0 where there is no such factor; level[0] of subjects: rank of the name */
    double x, y;                /* x is 0 without a covariate */
} trb_row;

/** Where the rows come from. Borrowed. */
typedef struct trb_row_source {
    size_t n;
    const double *y, *x;                       /* x may be NULL */
    const trb_factor *factor[TRB_ROW_FACTORS]; /* NULL where there is none */
    bool subjects;                             /* factor[0] names subjects */
    bool keep_missing;                         /* keep rows whose y is missing, for counts; x must be there */
} trb_row_source;

typedef struct trb_rows {
    size_t n, n_missing; /* n_missing: rows with a missing value, kept or not */
    trb_row *row;
    const char **subject; /* names by rank; NULL without subjects */
} trb_rows;

/**
 * Fills and sorts. A value that is not finite is missing. Errors: TRB_ERR_ARGUMENT for a level out of range,
 * TRB_ERR_DATA beyond 1e150, TRB_ERR_MEMORY. Clear it, also after an error.
 */
trb_status trb_rows_init(trb_rows *rows, const trb_row_source *source, trb_error *err);
void trb_rows_clear(trb_rows *rows);

/** TRB_ERR_DATA when a subject (factor 0) has rows in two groups (factor 1). */
trb_status trb_rows_check_groups(const trb_rows *rows, const trb_factor *group, trb_error *err);

#endif
