/*
 * phantom_gyroid.c - a sheet around the gyroid surface sin X cos Y + sin Y cos Z + sin Z cos X = 0.
 *
 * There is no closed form for its distance. The closest point q of p is searched by alternating two steps: a
 * Newton step along the gradient brings q onto the surface, a slide within the tangent plane brings p - q
 * towards the normal. Twelve rounds and three last Newton steps are the reference; where curvature is tightest
 * the search has not fully converged by then, and the reference volumes contain that, so we may not search
 * on. We may stop early, though, when only the side matters and the rounds to come cannot change it: the slide
 * contracts by about curvature times distance, less than 0.6, in every round. No voxel of the reference
 * volumes changes by that; it saves nine tenths of the time.
 */
#include "phantom/phantom_shape.h"

#include <math.h>

static const double PI = 3.141592653589793;

static const double BAND = 0.9; /* voxels nearer to the surface than this are counted by sub-points */
static const double FAR = 1e9;
enum { ROUNDS = 12, LAST_STEPS = 3, SUB = 4 };

static double square_sum(const double v[3])
{
    return v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
}

/* Value and gradient. */
static double gyroid(const double q[3], double gradient[3])
{
    double s[3], c[3];
    for (int i = 0; i < 3; i++) {
        s[i] = sin(q[i]);
        c[i] = cos(q[i]);
    }
    gradient[0] = c[0] * c[1] - s[2] * s[0];
    gradient[1] = c[1] * c[2] - s[0] * s[1];
    gradient[2] = c[2] * c[0] - s[1] * s[2];
    return s[0] * c[1] + s[1] * c[2] + s[2] * c[0];
}

/* q -= f d / |d|^2 */
static void newton_step(double q[3])
{
    double d[3];
    const double f = gyroid(q, d), d2 = fmax(square_sum(d), 1e-9);
    for (int i = 0; i < 3; i++)
        q[i] = q[i] - f * d[i] / d2;
}

/* Along the surface, until p - q is normal to it. */
static void slide(double q[3], const double p[3])
{
    double n[3], e[3];
    gyroid(q, n);
    const double length = sqrt(fmax(square_sum(n), 1e-12));
    for (int i = 0; i < 3; i++) {
        n[i] = n[i] / length;
        e[i] = p[i] - q[i];
    }
    const double along = e[0] * n[0] + e[1] * n[1] + e[2] * n[2];
    for (int i = 0; i < 3; i++)
        q[i] = q[i] + e[i] - along * n[i];
}

static double between(const double p[3], const double q[3])
{
    const double e[3] = {p[0] - q[0], p[1] - q[1], p[2] - q[2]};
    return sqrt(square_sum(e));
}

/* A point far from the sheet, by the bound of the reference. */
static bool is_far(const trb_phantom_shape *shape, const double p[3], double k)
{
    double d[3];
    const double f = gyroid(p, d), reach = shape->radius + 1;
    return !(fabs(f) < (reach * k + 0.35) * sqrt(square_sum(d)) + 0.05);
}

/* What the caller needs to know; the search stops when it is known. */
typedef enum {
    SIDE_OF_SURFACE, /* the sign of the result */
    PLACE_IN_BAND    /* within BAND: the value to about 0.001; beyond: the side */
} question;

/* `change` is what the last round did to d, in voxels; the rounds to come do less than three times that
 * together. */
static bool answered(question what, double d, double change)
{
    if (what == SIDE_OF_SURFACE)
        return fabs(d) > 8 * change + 0.004;
    return fabs(fabs(d) - BAND) > 8 * change + 0.004 && (fabs(d) > BAND || change < 1e-4);
}

/* Signed distance in voxels, and the closest point q; FAR away from the sheet. */
static double search(const trb_phantom_shape *shape, const double p[3], double k, question what, double q[3])
{
    const double r = shape->radius;
    if (is_far(shape, p, k))
        return FAR;
    for (int i = 0; i < 3; i++)
        q[i] = p[i];
    double before = FAR;
    for (int round = 0; round < ROUNDS; round++) {
        newton_step(q);
        const double now = between(p, q) / k - r;
        if (round >= 2 && answered(what, now, fabs(now - before)))
            return now;
        before = now;
        slide(q, p);
    }
    for (int i = 0; i < LAST_STEPS; i++)
        newton_step(q);
    return between(p, q) / k - r;
}

/*
 * The sub-points of a voxel in the band. Where the voxel does not reach the middle of the sheet, the distance
 * at a sub-point `way` from the centre is d + normal . way, less than k |way|^2 off: half of that for the
 * tightest curvature of the surface, about k, and as much again for the parallel surface at t/2 <= a/14.
 * A sub-point farther from the surface than that needs no search.
 */
static int count_inside(const trb_phantom_shape *shape, const double centre[3], double k, double d,
                        const double normal[3], bool straight)
{
    int inside = 0;
    for (int i = 0; i < SUB * SUB * SUB; i++) {
        const double way[3] = {(i % SUB + 0.5) / SUB - 0.5, (i / SUB % SUB + 0.5) / SUB - 0.5,
                               (i / (SUB * SUB) + 0.5) / SUB - 0.5};
        const double guess = d + normal[0] * way[0] + normal[1] * way[1] + normal[2] * way[2];
        if (straight && fabs(guess) > k * square_sum(way) + 0.01) {
            inside += guess < 0;
            continue;
        }
        double p[3], q[3];
        for (int axis = 0; axis < 3; axis++)
            p[axis] = (centre[axis] + way[axis] - shape->centre[axis]) * k;
        inside += search(shape, p, k, SIDE_OF_SURFACE, q) < 0;
    }
    return inside;
}

float trb_phantom_gyroid_covered(const trb_phantom_shape *shape, const double centre[3])
{
    const double k = 2 * PI / shape->period;
    double p[3], q[3], normal[3] = {0, 0, 0};
    for (int axis = 0; axis < 3; axis++)
        p[axis] = (centre[axis] - shape->centre[axis]) * k;
    const double d = search(shape, p, k, PLACE_IN_BAND, q);
    if (!(fabs(d) <= BAND))
        return d < 0 ? 1 : 0;
    const double from_middle = between(p, q);
    const bool straight = from_middle / k > 0.7; /* the outermost sub-point: sqrt(3) * 3/8 = 0.65 */
    if (straight)
        for (int axis = 0; axis < 3; axis++)
            normal[axis] = (p[axis] - q[axis]) / from_middle;
    return (float)count_inside(shape, centre, k, d, normal, straight) / (SUB * SUB * SUB);
}
