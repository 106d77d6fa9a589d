/* stat_mixed_parts.h - what the files of the mixed model share: its sufficient statistics. */
#ifndef TRB_STAT_MIXED_PARTS_H
#define TRB_STAT_MIXED_PARTS_H

#include "study/stat_mixed.h"

/** Augmented matrices are (p + 1)^2: the p cells, then y less its cell mean. */
typedef struct trb_mixed_sums {
    size_t n, p;
    double y_squares;       /* sum of y^2, to know rounding from variation */
    size_t n_sizes;         /* different numbers of scans an animal */
    double *size, *animals; /* that number, and how many animals have it */
    double *within;         /* W: products within animals */
    double *between;        /* T_n, one after the other: products of animal sums / n */
    double *cell_mean;
    double *weight, *augmented, *cells, *inverse, *beta; /* scratch; beta: -coefficients, then 1 */
} trb_mixed_sums;

trb_status trb_mixed_sums_init(trb_mixed_sums *sums, const trb_mixed_row *rows, size_t n, size_t n_cells,
                               trb_error *err);
void trb_mixed_sums_clear(trb_mixed_sums *sums);

/** out = within * W + sum weight[d] T_d, augmented. */
void trb_mixed_combine(const trb_mixed_sums *sums, double within, const double *weight, double *out);

/**
 * How sure the variances are, and what follows for the means: fills by_residual, by_animal, adjusted,
 * asymptotic and expected of a model whose means and variances are known. sums->beta is that of the fit.
 */
trb_status trb_mixed_information(trb_mixed *model, const trb_mixed_sums *sums, trb_error *err);

#endif
