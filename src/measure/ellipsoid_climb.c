/*
 * ellipsoid_climb.c - Newton's method for -1/2 log det A + mu sum log(q - 1) in the frame in which the ellipsoid is the
 * unit ball: six unknowns S, three d; see ellipsoid_fit.c.
 */
#include "measure/ellipsoid_parts.h"

#include <math.h>

#define TRUST 0.3 /* most of a step: of the unit ball */

enum { LANES = TRB_ELLIPSOID_LANES, UNKNOWNS = 9 };

void trb_obstacles_add(trb_obstacles *o, double x, double y, double z, bool border)
{
    if (o->n == TRB_ELLIPSOID_OBSTACLES)
        return;
    o->p[0][o->n] = x;
    o->p[1][o->n] = y;
    o->p[2][o->n] = z;
    o->border[o->n++] = border;
}

/* They repeat the first with no weight; see push(). */
void trb_obstacles_pad(trb_obstacles *o)
{
    for (size_t i = o->n; i % LANES; i++)
        for (int axis = 0; axis < 3; axis++)
            o->p[axis][i] = o->p[axis][0];
}

/* L'^-1 d. */
static void to_space(const trb_ellipsoid_shape *s, const double d[3], double out[3])
{
    out[2] = d[2] / s->l[2][2];
    out[1] = (d[1] - s->l[2][1] * out[2]) / s->l[1][1];
    out[0] = (d[0] - s->l[1][0] * out[1] - s->l[2][0] * out[2]) / s->l[0][0];
}

/* mu sum log(q - 1) - 1/2 log det A; -INFINITY when an obstacle is inside. */
static double worth(const trb_obstacles *o, const trb_ellipsoid_shape *s, double mu)
{
    double sum = 0, product = 1;
    for (size_t i = 0; i < o->n; i++) {
        const double u = o->p[0][i] - s->m[0], v = o->p[1][i] - s->m[1], w = o->p[2][i] - s->m[2];
        const double y0 = s->l[0][0] * u + s->l[1][0] * v + s->l[2][0] * w, y1 = s->l[1][1] * v + s->l[2][1] * w;
        const double y2 = s->l[2][2] * w, gap = y0 * y0 + y1 * y1 + y2 * y2 - 1;
        if (!(gap > 0))
            return -INFINITY;
        product *= gap;
        if (i % 16 == 15 || product > 1e100 || product < 1e-100) {
            sum += log(product);
            product = 1;
        }
    }
    return mu * (sum + log(product)) - log(s->l[0][0] * s->l[1][1] * s->l[2][2]);
}

/* Gradient and (negative) second derivatives of the barrier, lane by lane and then added in order. */
static void push(const trb_obstacles *o, const trb_ellipsoid_shape *s, double mu, double gradient[UNKNOWNS],
                 double curve[UNKNOWNS][UNKNOWNS])
{
    double first[UNKNOWNS][LANES] = {{0}}, second[UNKNOWNS * (UNKNOWNS + 1) / 2][LANES] = {{0}};
    for (size_t i = 0; i < o->n; i += LANES) {
        double change[UNKNOWNS][LANES];
        for (size_t k = 0; k < LANES; k++) {
            const double u = o->p[0][i + k] - s->m[0], v = o->p[1][i + k] - s->m[1], w = o->p[2][i + k] - s->m[2];
            const double y0 = s->l[0][0] * u + s->l[1][0] * v + s->l[2][0] * w, y1 = s->l[1][1] * v + s->l[2][1] * w;
            const double y2 = s->l[2][2] * w, one = i + k < o->n ? 1 / (y0 * y0 + y1 * y1 + y2 * y2 - 1) : 0;
            change[0][k] = one * y0 * y0;
            change[1][k] = one * y1 * y1;
            change[2][k] = one * y2 * y2;
            change[3][k] = 2 * one * y0 * y1;
            change[4][k] = 2 * one * y0 * y2;
            change[5][k] = 2 * one * y1 * y2;
            change[6][k] = -2 * one * y0;
            change[7][k] = -2 * one * y1;
            change[8][k] = -2 * one * y2;
        }
        int at = 0;
        for (int r = 0; r < UNKNOWNS; r++) {
            for (int k = 0; k < LANES; k++)
                first[r][k] += change[r][k];
            for (int c = 0; c <= r; c++, at++)
                for (int k = 0; k < LANES; k++)
                    second[at][k] += change[r][k] * change[c][k];
        }
    }
    int at = 0;
    for (int r = 0; r < UNKNOWNS; r++) {
        gradient[r] = r < 3 ? -0.5 : 0;
        for (int k = 0; k < LANES; k++)
            gradient[r] += mu * first[r][k];
        for (int c = 0; c <= r; c++, at++) {
            double sum = 0;
            for (int k = 0; k < LANES; k++)
                sum += second[at][k];
            curve[r][c] = mu * sum;
        }
    }
}

/* Solve curve * x = gradient in place, by Cholesky; curve has its lower half. */
static bool solve(double curve[UNKNOWNS][UNKNOWNS], double x[UNKNOWNS])
{
    for (int r = 0; r < UNKNOWNS; r++) {
        for (int c = 0; c <= r; c++) {
            double sum = curve[r][c];
            for (int k = 0; k < c; k++)
                sum -= curve[r][k] * curve[c][k];
            if (r > c) {
                curve[r][c] = sum / curve[c][c];
            } else {
                if (!(sum > 0))
                    return false;
                curve[r][r] = sqrt(sum);
            }
        }
        for (int k = 0; k < r; k++)
            x[r] -= curve[r][k] * x[k];
        x[r] /= curve[r][r];
    }
    for (int r = UNKNOWNS; r-- > 0;) {
        for (int k = r + 1; k < UNKNOWNS; k++)
            x[r] -= curve[k][r] * x[k];
        x[r] /= curve[r][r];
    }
    return true;
}

/* L to L K with K K' = I + S, m by L'^-1 d. False when I + S is no ellipsoid. */
static bool moved(const trb_ellipsoid_shape *from, const double step[UNKNOWNS], double by, trb_ellipsoid_shape *to)
{
    const double s0 = 1 + by * step[0], s1 = 1 + by * step[1], s2 = 1 + by * step[2];
    double k[3][3] = {{0}};
    if (!(s0 > 0.1))
        return false;
    k[0][0] = sqrt(s0);
    k[1][0] = by * step[3] / k[0][0];
    k[2][0] = by * step[4] / k[0][0];
    const double k11 = s1 - k[1][0] * k[1][0];
    if (!(k11 > 0.1))
        return false;
    k[1][1] = sqrt(k11);
    k[2][1] = (by * step[5] - k[2][0] * k[1][0]) / k[1][1];
    const double k22 = s2 - k[2][0] * k[2][0] - k[2][1] * k[2][1];
    if (!(k22 > 0.1))
        return false;
    k[2][2] = sqrt(k22);
    const double d[3] = {by * step[6], by * step[7], by * step[8]};
    double shift[3];
    to_space(from, d, shift);
    for (int r = 0; r < 3; r++) {
        for (int c = 0; c < 3; c++) {
            to->l[r][c] = 0;
            for (int i = c; i <= r; i++)
                to->l[r][c] += from->l[r][i] * k[i][c];
        }
        to->m[r] = from->m[r] + shift[r];
    }
    return true;
}

double trb_ellipsoid_step(const trb_obstacles *o, const trb_ellipsoid_shape *s, double mu, double least,
                          trb_ellipsoid_shape *next)
{
    double step[UNKNOWNS], curve[UNKNOWNS][UNKNOWNS], largest = 0;
    push(o, s, mu, step, curve);
    for (int r = 0; r < UNKNOWNS; r++)
        curve[r][r] += 1e-3; /* a free direction has no curve */
    if (!solve(curve, step))
        return 0;
    for (int r = 0; r < UNKNOWNS; r++)
        largest = fmax(largest, fabs(step[r]));
    const double now = worth(o, s, mu);
    for (double by = largest > TRUST ? TRUST / largest : 1; by * largest > least; by *= 0.5)
        if (moved(s, step, by, next) && worth(o, next, mu) > now)
            return by * largest;
    return 0;
}
