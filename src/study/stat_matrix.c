/* stat_matrix.c - Cholesky, small products; QR and eigenvectors by GSL on memory of ours. */
#include "study/stat_matrix.h"

#include "core/memory.h"

#include <gsl/gsl_eigen.h>
#include <gsl/gsl_linalg.h>
#include <math.h>
#include <stdlib.h>

/* Row by row, each finished row taken from all below: the inner loop runs along memory. */
bool trb_cholesky(double *m, size_t n)
{
    for (size_t j = 0; j < n; j++) {
        double *row = m + j * n, whole = row[j];
        for (size_t k = 0; k < j; k++)
            whole += m[k * n + j] * m[k * n + j];
        if (!(row[j] > 1e-13 * whole)) /* what is left is rounding: the column depends on those before it */
            return false;
        const double pivot = sqrt(row[j]);
        for (size_t i = j; i < n; i++)
            row[i] /= pivot;
        for (size_t k = j + 1; k < n; k++)
            for (size_t i = k; i < n; i++)
                m[k * n + i] -= row[k] * row[i];
    }
    return true;
}

double trb_cholesky_log_det(const double *r, size_t n)
{
    double sum = 0;
    for (size_t j = 0; j < n; j++)
        sum += log(r[j * n + j]);
    return 2 * sum;
}

void trb_cholesky_solve(const double *r, size_t n, double *b)
{
    for (size_t i = 0; i < n; i++) {
        b[i] /= r[i * n + i];
        for (size_t k = i + 1; k < n; k++)
            b[k] -= r[i * n + k] * b[i];
    }
    for (size_t i = n; i-- > 0;) {
        for (size_t k = i + 1; k < n; k++)
            b[i] -= r[i * n + k] * b[k];
        b[i] /= r[i * n + i];
    }
}

void trb_cholesky_invert(const double *r, size_t n, double *inverse)
{
    for (size_t j = 0; j < n; j++) {
        for (size_t i = 0; i < n; i++)
            inverse[j * n + i] = i == j;
        trb_cholesky_solve(r, n, inverse + j * n);
    }
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < j; i++)
            inverse[i * n + j] = inverse[j * n + i] = (inverse[i * n + j] + inverse[j * n + i]) / 2;
}

double trb_form(const double *m, const double *x, const double *y, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        double row = 0;
        if (x[i] == 0) /* contrasts are mostly 0 */
            continue;
        for (size_t j = 0; j < n; j++)
            row += m[i * n + j] * y[j];
        sum += x[i] * row;
    }
    return sum;
}

void trb_multiply(const double *a, const double *b, double *c, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < n; j++)
            c[i * n + j] = 0;
        for (size_t k = 0; k < n; k++)
            for (size_t j = 0; j < n; j++)
                c[i * n + j] += a[i * n + k] * b[k * n + j];
    }
}

double trb_trace2(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++)
            sum += a[i * n + j] * b[j * n + i];
    return sum;
}

void trb_project(const double *m, const double *l, size_t q, size_t n, double *work, double *out)
{
    for (size_t i = 0; i < q; i++) {
        for (size_t c = 0; c < n; c++)
            work[c] = 0;
        for (size_t k = 0; k < n; k++) {
            if (l[i * n + k] == 0)
                continue;
            for (size_t c = 0; c < n; c++)
                work[c] += l[i * n + k] * m[k * n + c];
        }
        for (size_t j = 0; j <= i; j++) {
            double sum = 0;
            for (size_t c = 0; c < n; c++)
                sum += work[c] * l[j * n + c];
            out[i * q + j] = out[j * q + i] = sum;
        }
    }
}

trb_status trb_eigen(double *m, size_t n, double *value, double *vectors, trb_error *err)
{
    gsl_matrix_view matrix = gsl_matrix_view_array(m, n, n), basis = gsl_matrix_view_array(vectors, n, n);
    gsl_vector_view values = gsl_vector_view_array(value, n);
    gsl_eigen_symmv_workspace *work = gsl_eigen_symmv_alloc(n);
    if (!work)
        return trb_error_set(err, TRB_ERR_MEMORY, "no memory for %zu eigenvectors", n);
    gsl_eigen_symmv(&matrix.matrix, &values.vector, &basis.matrix, work);
    gsl_eigen_symmv_free(work);
    gsl_matrix_transpose(&basis.matrix);
    return TRB_OK;
}

/* QR of the columns at hand. Returns the first that depends on those before it, or `kept`. */
static size_t rotate(const trb_sequence *p, const size_t *columns, size_t kept, double *qr, double *tau,
                     double *y)
{
    for (size_t j = 0; j < kept; j++)
        for (size_t i = 0; i < p->n; i++)
            qr[i * kept + j] = p->column[columns[j] * p->n + i];
    for (size_t i = 0; i < p->n; i++)
        y[i] = p->y[i];
    gsl_matrix_view matrix = gsl_matrix_view_array(qr, p->n, kept);
    gsl_vector_view factors = gsl_vector_view_array(tau, kept), rotated = gsl_vector_view_array(y, p->n);
    gsl_linalg_QR_decomp(&matrix.matrix, &factors.vector);
    gsl_linalg_QR_QTvec(&matrix.matrix, &factors.vector, &rotated.vector);
    for (size_t j = 0; j < kept; j++) {
        double whole = 0; /* the rotated column: what its own direction holds against all of it */
        for (size_t i = 0; i <= j; i++)
            whole += qr[i * kept + j] * qr[i * kept + j];
        if (!(fabs(qr[j * kept + j]) > 1e-7 * sqrt(whole)))
            return j;
    }
    return kept;
}

/* Columns that may count: those that are not all 0, no more than rows. */
static size_t candidates(const trb_sequence *p, size_t *columns)
{
    size_t kept = 0;
    for (size_t j = 0; j < p->n_columns && kept < p->n; j++)
        columns[kept++] = j;
    return kept;
}

static void drop(size_t *columns, size_t *kept, size_t at, const trb_sequence *p)
{
    const size_t next = columns[*kept - 1] + 1;
    for (size_t j = at; j + 1 < *kept; j++)
        columns[j] = columns[j + 1];
    if (next < p->n_columns)
        columns[*kept - 1] = next; /* columns beyond the number of rows get their turn */
    else
        --*kept;
}

trb_status trb_sequential(const trb_sequence *p, double *ss, size_t *df, double *residual,
                          size_t *residual_df, trb_error *err)
{
    trb_status status = TRB_ERR_MEMORY;
    size_t *columns = trb_alloc(p->n_columns + 1, sizeof *columns, "columns", err);
    double *qr = trb_alloc(p->n + 1, (p->n_columns + 1) * sizeof *qr, "least squares", err);
    double *tau = trb_alloc(p->n_columns + 1, sizeof *tau, "least squares", err);
    double *y = trb_alloc(p->n + 1, sizeof *y, "least squares", err);
    if (!columns || !qr || !tau || !y)
        goto done;
    size_t kept = candidates(p, columns);
    while (kept > 0) {
        const size_t dependent = rotate(p, columns, kept, qr, tau, y);
        if (dependent == kept)
            break;
        drop(columns, &kept, dependent, p);
    }
    for (size_t j = 0; j < p->n_columns; j++) {
        ss[j] = 0;
        df[j] = 0;
    }
    for (size_t j = 0; j < kept; j++) {
        ss[columns[j]] = y[j] * y[j];
        df[columns[j]] = 1;
    }
    *residual = 0;
    for (size_t i = kept; i < p->n; i++)
        *residual += kept ? y[i] * y[i] : p->y[i] * p->y[i];
    *residual_df = p->n - kept;
    status = TRB_OK;
done:
    free(columns);
    free(qr);
    free(tau);
    free(y);
    return status;
}
