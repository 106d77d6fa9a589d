/*
 * fabric_fit.c - least squares by Householder reflections, and Jacobi's rotations.
 *
 * Points along plates lie up to a thousand times as far out as those across, and enter squared: reflections work on
 * the rows themselves, where the normal equations would square that once more.
 */
#include "measure/fabric_fit.h"

#include <math.h>
#include <string.h>

enum { UNKNOWNS = 6, WIDTH = 7 };

/* Spread the points, in place from the last on, into rows (xx, yy, zz, 2xy, 2xz, 2yz | 1). */
static void make_rows(size_t n, double *rows)
{
    for (size_t i = n; i-- > 0;) {
        const double x = rows[3 * i], y = rows[3 * i + 1], z = rows[3 * i + 2];
        const double row[WIDTH] = {x * x, y * y, z * z, 2 * x * y, 2 * x * z, 2 * y * z, 1};
        memcpy(rows + WIDTH * i, row, sizeof row);
    }
}

/* Reflect column k below its diagonal to 0, and the columns to its right alike. */
static bool reflect(size_t n, double *rows, size_t k)
{
    double norm2 = 0, vv = 0;
    for (size_t i = k; i < n; i++)
        norm2 += rows[WIDTH * i + k] * rows[WIDTH * i + k];
    double *diagonal = &rows[WIDTH * k + k];
    const double alpha = *diagonal > 0 ? -sqrt(norm2) : sqrt(norm2);
    if (!(norm2 > 0) || !isfinite(norm2))
        return false;
    vv = norm2 - alpha * *diagonal; /* half of v'v for v = column - alpha e */
    *diagonal -= alpha;
    for (size_t c = k + 1; c < WIDTH; c++) {
        double dot = 0;
        for (size_t i = k; i < n; i++)
            dot += rows[WIDTH * i + k] * rows[WIDTH * i + c];
        for (size_t i = k; i < n; i++)
            rows[WIDTH * i + c] -= dot / vv * rows[WIDTH * i + k];
    }
    *diagonal = alpha; /* what lies below is not looked at again */
    return true;
}

bool trb_fabric_fit(size_t n, double *points, double a[6])
{
    if (n < UNKNOWNS)
        return false;
    double scale = 0;
    for (size_t i = 0; i < 3 * n; i++)
        scale = fmax(scale, fabs(points[i]));
    if (!(scale > 0) || !isfinite(scale))
        return false;
    make_rows(n, points);
    for (size_t k = 0; k < UNKNOWNS; k++)
        if (!reflect(n, points, k) || fabs(points[WIDTH * k + k]) < 1e-14 * scale * scale)
            return false;
    for (size_t k = UNKNOWNS; k-- > 0;) {
        double sum = points[WIDTH * k + UNKNOWNS];
        for (size_t c = k + 1; c < UNKNOWNS; c++)
            sum -= points[WIDTH * k + c] * a[c];
        a[k] = sum / points[WIDTH * k + k];
    }
    return true;
}

/* One rotation that clears m[p][q]; q turns with it. */
static void rotate(double m[3][3], double v[3][3], int p, int q)
{
    if (m[p][q] == 0)
        return;
    const double theta = (m[q][q] - m[p][p]) / (2 * m[p][q]);
    const double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    const double c = 1 / sqrt(t * t + 1), s = t * c;
    for (int k = 0; k < 3; k++) {
        const double kp = m[k][p], kq = m[k][q];
        m[k][p] = c * kp - s * kq;
        m[k][q] = s * kp + c * kq;
    }
    for (int k = 0; k < 3; k++) {
        const double pk = m[p][k], qk = m[q][k], vp = v[p][k], vq = v[q][k];
        m[p][k] = c * pk - s * qk;
        m[q][k] = s * pk + c * qk;
        v[p][k] = c * vp - s * vq;
        v[q][k] = s * vp + c * vq;
    }
    m[p][q] = m[q][p] = 0;
}

static void point_forward(double axis[3])
{
    int largest = 0;
    for (int i = 1; i < 3; i++)
        if (fabs(axis[i]) > fabs(axis[largest]) + 1e-12) /* of equal ones the first, whatever the rounding */
            largest = i;
    if (axis[largest] < 0)
        for (int i = 0; i < 3; i++)
            axis[i] = 0 - axis[i]; /* no -0 */
}

void trb_fabric_axes(const double a[6], double value[3], double axis[3][3])
{
    double m[3][3] = {{a[0], a[3], a[4]}, {a[3], a[1], a[5]}, {a[4], a[5], a[2]}};
    double v[3][3] = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
    for (int sweep = 0; sweep < 30; sweep++) { /* converges quadratically: some six do */
        rotate(m, v, 0, 1);
        rotate(m, v, 0, 2);
        rotate(m, v, 1, 2);
    }
    int order[3] = {0, 1, 2};
    for (int i = 0; i < 2; i++)
        for (int k = 0; k < 2 - i; k++)
            if (m[order[k + 1]][order[k + 1]] < m[order[k]][order[k]]) {
                const int first = order[k];
                order[k] = order[k + 1];
                order[k + 1] = first;
            }
    for (int i = 0; i < 3; i++) {
        value[i] = m[order[i]][order[i]];
        memcpy(axis[i], v[order[i]], sizeof axis[i]);
        point_forward(axis[i]);
    }
}
