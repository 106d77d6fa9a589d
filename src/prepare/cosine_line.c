/*
 * cosine_line.c - cosine transforms by a Fourier transform of the same length.
 *
 * Forward (Makhoul 1980, IEEE Trans ASSP 28:27-34): the even voxels in order, then the odd ones backwards, transformed
 * and turned by exp(-i pi k / (2 n)), have twice the wanted sums as real part. GSL transforms n points; where n has
 * a large prime factor, which would cost n^2, the transform is written as a convolution (Bluestein 1970) with one of
 * 2^m points.
 */
#include "prepare/cosine_line.h"

#include "core/memory.h"

#include <gsl/gsl_fft_complex.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define LARGEST_FACTOR 13 /* GSL has fast code for factors up to 7 and tolerable code for these */

struct trb_cosine {
    size_t n, m;      /* m: points of the convolution, 0: GSL's mixed radix */
    double *turn;     /* exp(-i pi k / (2 n)), n complex */
    double *chirp;    /* exp(-i pi k^2 / n), n complex */
    double *response; /* transform of the chirp's conjugate, m complex */
    double *data;     /* n or m complex */
    double *points;   /* n complex */
    gsl_fft_complex_wavetable *table;
    gsl_fft_complex_workspace *space;
};

static bool has_small_factors(size_t n)
{
    for (size_t p = 2; p <= LARGEST_FACTOR; p++)
        while (n % p == 0)
            n /= p;
    return n == 1;
}

static void set_turn(double *at, double angle)
{
    at[0] = cos(angle);
    at[1] = sin(angle);
}

/* a *= b, or by its conjugate. */
static void multiply(double *a, const double *b, double sign)
{
    const double re = a[0] * b[0] - sign * a[1] * b[1], im = a[1] * b[0] + sign * a[0] * b[1];
    a[0] = re;
    a[1] = im;
}

static trb_status plan_convolution(trb_cosine *c, trb_error *err)
{
    const size_t n = c->n;
    for (c->m = 1; c->m < 2 * n - 1; c->m *= 2)
        continue;
    c->chirp = trb_alloc(2 * n, sizeof *c->chirp, "a cosine transform", err);
    c->response = trb_alloc_zero(2 * c->m, sizeof *c->response, "a cosine transform", err);
    c->data = trb_alloc(2 * c->m, sizeof *c->data, "a cosine transform", err);
    if (!c->chirp || !c->response || !c->data)
        return TRB_ERR_MEMORY;
    for (size_t k = 0; k < n; k++) { /* k^2 modulo the period 2 n keeps the angle small and exact */
        set_turn(c->chirp + 2 * k, -PI * (double)(k * k % (2 * n)) / (double)n);
        double *forth = c->response + 2 * k, *back = c->response + 2 * ((c->m - k) % c->m);
        forth[0] = back[0] = c->chirp[2 * k];
        forth[1] = back[1] = -c->chirp[2 * k + 1];
    }
    gsl_fft_complex_radix2_forward(c->response, 1, c->m);
    return TRB_OK;
}

trb_status trb_cosine_create(size_t n, trb_cosine **out, trb_error *err)
{
    *out = NULL;
    trb_cosine *c = trb_alloc_zero(1, sizeof *c, "a cosine transform", err);
    if (!c)
        return TRB_ERR_MEMORY;
    c->n = n;
    c->turn = trb_alloc(2 * n, sizeof *c->turn, "a cosine transform", err);
    c->points = trb_alloc(2 * n, sizeof *c->points, "a cosine transform", err);
    trb_status status = c->turn && c->points ? TRB_OK : TRB_ERR_MEMORY;
    if (!status && has_small_factors(n)) {
        c->table = gsl_fft_complex_wavetable_alloc(n);
        c->space = gsl_fft_complex_workspace_alloc(n);
        if (!c->table || !c->space)
            status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a cosine transform");
    } else if (!status) {
        status = plan_convolution(c, err);
    }
    if (status) {
        trb_cosine_destroy(c);
        return status;
    }
    for (size_t k = 0; k < n; k++)
        set_turn(c->turn + 2 * k, -PI * (double)k / (2 * (double)n));
    *out = c;
    return TRB_OK;
}

void trb_cosine_destroy(trb_cosine *c)
{
    if (!c)
        return;
    if (c->table)
        gsl_fft_complex_wavetable_free(c->table);
    if (c->space)
        gsl_fft_complex_workspace_free(c->space);
    free(c->turn);
    free(c->chirp);
    free(c->response);
    free(c->data);
    free(c->points);
    free(c);
}

/* The transform of c->points in place, with exp(-i ...). */
static void fourier(trb_cosine *c)
{
    if (c->table) {
        gsl_fft_complex_forward(c->points, 1, c->n, c->table, c->space);
        return;
    }
    memset(c->data, 0, 2 * c->m * sizeof *c->data);
    for (size_t k = 0; k < c->n; k++) {
        memcpy(c->data + 2 * k, c->points + 2 * k, 2 * sizeof *c->data);
        multiply(c->data + 2 * k, c->chirp + 2 * k, 1);
    }
    gsl_fft_complex_radix2_forward(c->data, 1, c->m);
    for (size_t k = 0; k < c->m; k++)
        multiply(c->data + 2 * k, c->response + 2 * k, 1);
    gsl_fft_complex_radix2_inverse(c->data, 1, c->m);
    for (size_t k = 0; k < c->n; k++) {
        multiply(c->data + 2 * k, c->chirp + 2 * k, 1);
        memcpy(c->points + 2 * k, c->data + 2 * k, 2 * sizeof *c->data);
    }
}

/* Where voxel j stands in the shuffled line. */
static size_t place(size_t j, size_t n)
{
    return j % 2 == 0 ? j / 2 : n - 1 - j / 2;
}

void trb_cosine_forward(trb_cosine *c, double *line)
{
    for (size_t j = 0; j < c->n; j++) {
        double *point = c->points + 2 * place(j, c->n);
        point[0] = line[j];
        point[1] = 0;
    }
    fourier(c);
    for (size_t k = 0; k < c->n; k++)
        line[k] = 2 * (c->points[2 * k] * c->turn[2 * k] - c->points[2 * k + 1] * c->turn[2 * k + 1]);
}

void trb_cosine_backward(trb_cosine *c, double *line)
{
    const size_t n = c->n;
    for (size_t k = 0; k < n;
         k++) { /* the conjugate of the shuffled line's transform: backward is forward of it */
        double *point = c->points + 2 * k;
        point[0] = line[k] / 2;
        point[1] = k ? line[n - k] / 2 : 0;
        multiply(point, c->turn + 2 * k, 1);
    }
    fourier(c); /* of the conjugate: n times the conjugate of the line, which is real */
    for (size_t j = 0; j < n; j++)
        line[j] = c->points[2 * place(j, n)] / (double)n;
}
