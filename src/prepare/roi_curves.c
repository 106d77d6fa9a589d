/*
 * roi_curves.c - curves as polygons.
 * ImageJ keeps coordinates in single precision, and which side of a pixel's centre an edge passes can hang on that:
 * points are rounded to it as ImageJ does.
 */
#include "prepare/roi_curves.h"

#include <math.h>

#define CURVE_STEPS 64 /* a curve over 500 pixels is then off by less than 0.02 of a pixel */
#define MOST_POINTS ((size_t)1 << 22) /* of an outline: more is no drawing */
#define PI 3.14159265358979323846

static void put(double *xy, size_t i, double x, double y)
{
    xy[2 * i] = (double)(float)x;
    xy[2 * i + 1] = (double)(float)y;
}

void trb_roi_ellipse(const double axis[5], double *xy)
{
    const double ratio = fmin(fmax(axis[4], 0), 1);
    const double cx = (axis[0] + axis[2]) / 2, cy = (axis[1] + axis[3]) / 2;
    const double dx = axis[2] - axis[0], dy = axis[3] - axis[1];
    for (size_t i = 0; i < TRB_ELLIPSE_POINTS; i++) {
        const double angle = (double)i * 2 * PI / TRB_ELLIPSE_POINTS;
        const double along = cos(angle) / 2, across = sin(angle) / 2 * ratio;
        put(xy, i, cx + dx * along - dy * across, cy + dy * along + dx * across);
    }
}

void trb_roi_rotated(const double axis[5], double *xy)
{
    const double dx = axis[2] - axis[0], dy = axis[3] - axis[1], length = hypot(dx, dy);
    const double across_x = -dy / length * axis[4] / 2, across_y = dx / length * axis[4] / 2;
    put(xy, 0, axis[0] + across_x, axis[1] + across_y);
    put(xy, 1, axis[2] + across_x, axis[3] + across_y);
    put(xy, 2, axis[2] - across_x, axis[3] - across_y);
    put(xy, 3, axis[0] - across_x, axis[1] - across_y);
}

/* ---- paths */

enum { MOVE, TO_LINE, QUADRATIC, CUBIC, CLOSE };

typedef struct path {
    trb_roi *roi; /* NULL: count */
    size_t points, contours;
    double x, y; /* where the pen is */
    bool open;
} path;

static void add_point(path *p, double x, double y)
{
    if (p->roi) {
        p->roi->xy[2 * p->points] = x;
        p->roi->xy[2 * p->points + 1] = y;
        p->roi->ends[p->contours - 1] = p->points + 1;
    }
    p->points++;
    p->x = x;
    p->y = y;
}

static void add_contour(path *p, double x, double y)
{
    p->contours++;
    p->open = true;
    add_point(p, x, y);
}

/* Bezier curves of degree 2 or 3 in Bernstein's form; a quadratic one is raised to a cubic one. */
static void add_curve(path *p, const double c[6], bool cubic)
{
    const double x0 = p->x, y0 = p->y, third = 1.0 / 3;
    const double x1 = cubic ? c[0] : x0 + 2 * third * (c[0] - x0), y1 = cubic ? c[1] : y0 + 2 * third * (c[1] - y0);
    const double x3 = cubic ? c[4] : c[2], y3 = cubic ? c[5] : c[3];
    const double x2 = cubic ? c[2] : x3 + 2 * third * (c[0] - x3), y2 = cubic ? c[3] : y3 + 2 * third * (c[1] - y3);
    for (int i = 1; i < CURVE_STEPS; i++) {
        const double t = (double)i / CURVE_STEPS, s = 1 - t;
        const double b0 = s * s * s, b1 = 3 * s * s * t, b2 = 3 * s * t * t, b3 = t * t * t;
        add_point(p, b0 * x0 + b1 * x1 + b2 * x2 + b3 * x3, b0 * y0 + b1 * y1 + b2 * y2 + b3 * y3);
    }
    add_point(p, x3, y3);
}

trb_status trb_roi_path(double (*number)(void *from, size_t i), void *from, size_t n, trb_roi *roi, size_t *points,
                        size_t *contours, trb_error *err)
{
    static const size_t follow[] = {2, 2, 4, 6, 0};
    path p = {.roi = roi};
    for (size_t i = 0; i < n;) {
        const double code = number(from, i++);
        const int what = code >= 0 && code <= 4 && code == floor(code) ? (int)code : -1;
        double c[6] = {0};
        if (what < 0 || follow[what] > n - i)
            return trb_error_set(err, TRB_ERR_FORMAT, what < 0 ? "its outline has the step %g, which ImageJ does not know"
                                                               : "its outline is cut short in step %g", code);
        if (what != MOVE && what != CLOSE && !p.open)
            return trb_error_set(err, TRB_ERR_FORMAT, "its outline does not begin with a move");
        p.open = p.open && what != CLOSE;
        for (size_t k = 0; k < follow[what]; k++)
            c[k] = number(from, i++);
        if (what == MOVE)
            add_contour(&p, c[0], c[1]);
        else if (what == TO_LINE)
            add_point(&p, c[0], c[1]);
        else if (what != CLOSE)
            add_curve(&p, c, what == CUBIC);
        if (p.points > MOST_POINTS)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED, "its outline has more than %zu points", MOST_POINTS);
    }
    *points = p.points;
    *contours = p.contours;
    return TRB_OK;
}
