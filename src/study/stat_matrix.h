/*
 * stat_matrix.h - the little linear algebra of the designs. Matrices are row by row.
 *
 * GSL does the QR and the eigenvectors. Its Cholesky ends the program on a matrix that is not positive
 * definite (or wants a handler for the whole process), so the few lines of one are here.
 */
#ifndef TRB_STAT_MATRIX_H
#define TRB_STAT_MATRIX_H

#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

/** m = R'R in place: R in the upper triangle. false when m is not positive definite. */
bool trb_cholesky(double *m, size_t n);
/** log of the determinant of R'R. */
double trb_cholesky_log_det(const double *r, size_t n);
/** Solves R'R x = b in place. */
void trb_cholesky_solve(const double *r, size_t n, double *b);
/** inverse = (R'R)^-1, symmetric to the bit. */
void trb_cholesky_invert(const double *r, size_t n, double *inverse);

/** x'My with a symmetric or general M. */
double trb_form(const double *m, const double *x, const double *y, size_t n);
/** c = a b. */
void trb_multiply(const double *a, const double *b, double *c, size_t n);
/** out = L M L' of a symmetric m (n x n) and q rows l of n; symmetric to the bit. work: n numbers. */
void trb_project(const double *m, const double *l, size_t q, size_t n, double *work, double *out);
/** trace(a b). */
double trb_trace2(const double *a, const double *b, size_t n);

/** Eigenvalues and eigenvectors (row i of vectors: that of value i) of a symmetric matrix; m is used up. */
trb_status trb_eigen(double *m, size_t n, double *value, double *vectors, trb_error *err);

/** What the columns of a least-squares problem explain, one after the other. */
typedef struct trb_sequence {
    size_t n, n_columns;
    const double *column; /* column[j * n + i]: row i of column j */
    const double *y;
} trb_sequence;

/**
 * Sequential sums of squares.
 *
 * Convention  ss[j] is what column j adds after columns 0 .. j-1; a column that depends on those before it
 *             (what is left is below 1e-7 of it, R's rule) adds nothing and has df[j] = 0.
 * Output      *residual: sum of squares left; *residual_df = n - sum df. Squares come from the rotated y, not
 *             from differences of sums, so small effects keep their digits.
 * Errors      TRB_ERR_MEMORY.
 * Cost        O(n columns^2), and again for each dependent column.
 */
trb_status trb_sequential(const trb_sequence *problem, double *ss, size_t *df, double *residual,
                          size_t *residual_df, trb_error *err);

#endif
