/*
 * ellipsoid_fit.c - the largest ellipsoid that holds no marrow, near a seed.
 *
 * Obstacles are centres of marrow voxels: at first those that rays from the seed meet. With A and m of
 * q(p) = (p - m)' A (p - m), the volume grows with -1/2 log det A, under q(p) >= 1 for every obstacle. A barrier
 * mu sum log(q(p) - 1) keeps them outside: large mu makes room on all sides, small mu lets the ellipsoid touch. Each
 * step is a Newton step in the frame in which the ellipsoid is the unit ball: A = L L', y = L'(p - m), A to
 * L (I + S) L' and m by L'^-1 d, where to first order q changes by y'S y - 2 y d. Then the marrow inside is looked for;
 * what is found becomes an obstacle, until nothing is. Nothing is drawn by chance.
 *
 * Invariant of the loop: q(p) > 1 for all obstacles.
 */
#include "measure/ellipsoid_fit.h"

#include "core/memory.h"
#include "measure/fabric_fit.h"
#include "measure/mil.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846
#define RAY_STEP 0.75  /* voxels: a missed corner is found later */
#define TRUST 0.3      /* most of a step: of the unit ball */
#define SETTLED 0.01   /* steps below this: go on to the next mu */
#define STEPS 40       /* of Newton for each mu */
#define ROOM 1.1       /* q of a new obstacle at least */
#define START 0.95     /* of the ball around the seed */
#define CLOSE 1.1      /* q of the border when it stops the ellipsoid */
#define NOTHING 0.05   /* q of an obstacle that the ellipsoid must not have swallowed */

enum { SPIRAL = 3, RAYS = 2 * SPIRAL * TRB_MIL_IMAGES, CUTS_A_ROUND = 8, OBSTACLES = RAYS + 600 };
enum { LANES = 8, UNKNOWNS = 9 };

struct trb_ellipsoid_fitter {
    const trb_mask *bone;
    double ray[RAYS][3];
    size_t n;
    double p[3][OBSTACLES + LANES]; /* padded: lanes behind n are far away */
    bool border[OBSTACLES];
};

/* The ellipsoid in work: A = L L', L lower triangular. */
typedef struct shape {
    double l[3][3], m[3];
} shape;

/* ---- ellipsoids */
bool trb_ellipsoid_row(const trb_ellipsoid *e, double y, double z, ptrdiff_t *x0, ptrdiff_t *x1)
{
    const double *a = e->a, v = y - e->middle[1], w = z - e->middle[2];
    const double b = a[3] * v + a[4] * w, c = a[1] * v * v + a[2] * w * w + 2 * a[5] * v * w - 1;
    const double inside = b * b - a[0] * c;
    if (!(inside > 0))
        return false;
    const double half = sqrt(inside) / a[0], middle = e->middle[0] - b / a[0];
    *x0 = (ptrdiff_t)floor(middle - half) + 1; /* a centre on the surface is outside */
    *x1 = (ptrdiff_t)ceil(middle + half) - 1;
    return *x0 <= *x1;
}

bool trb_ellipsoid_describe(trb_ellipsoid *e)
{
    const double *a = e->a;
    double value[3], axis[3][3];
    trb_fabric_axes(a, value, axis);
    if (!(value[0] > 0) || !isfinite(value[2]))
        return false;
    for (int i = 0; i < 3; i++)
        e->radius[i] = 1 / sqrt(value[2 - i]);
    e->volume = 4.0 / 3 * PI * e->radius[0] * e->radius[1] * e->radius[2];
    const double det = a[0] * (a[1] * a[2] - a[5] * a[5]) - a[3] * (a[3] * a[2] - a[5] * a[4]) +
                       a[4] * (a[3] * a[5] - a[1] * a[4]);
    const double minor[3] = {a[1] * a[2] - a[5] * a[5], a[0] * a[2] - a[4] * a[4], a[0] * a[1] - a[3] * a[3]};
    for (int i = 0; i < 3; i++)
        e->reach[i] = sqrt(minor[i] / det);
    return true;
}

static double q_of(const trb_ellipsoid *e, double x, double y, double z)
{
    const double *a = e->a, u = x - e->middle[0], v = y - e->middle[1], w = z - e->middle[2];
    return a[0] * u * u + a[1] * v * v + a[2] * w * w + 2 * (a[3] * u * v + a[4] * u * w + a[5] * v * w);
}

static void scale(trb_ellipsoid *e, double q)
{
    for (int i = 0; i < 6; i++)
        e->a[i] /= q;
}

static bool ellipsoid_of(const shape *s, trb_ellipsoid *e)
{
    static const int ROW[6] = {0, 1, 2, 0, 0, 1}, COLUMN[6] = {0, 1, 2, 1, 2, 2};
    for (int i = 0; i < 6; i++) {
        e->a[i] = 0;
        for (int k = 0; k < 3; k++)
            e->a[i] += s->l[ROW[i]][k] * s->l[COLUMN[i]][k];
    }
    memcpy(e->middle, s->m, sizeof e->middle);
    return trb_ellipsoid_describe(e);
}

/* ---- obstacles */
static void add_obstacle(trb_ellipsoid_fitter *f, double x, double y, double z, bool border)
{
    if (f->n == OBSTACLES)
        return;
    f->p[0][f->n] = x;
    f->p[1][f->n] = y;
    f->p[2][f->n] = z;
    f->border[f->n++] = border;
}

/* Lanes behind the last obstacle repeat it with no weight; see push(). */
static void pad(trb_ellipsoid_fitter *f)
{
    for (size_t i = f->n; i % LANES; i++)
        for (int axis = 0; axis < 3; axis++)
            f->p[axis][i] = f->p[axis][0];
}

static void cast_ray(trb_ellipsoid_fitter *f, const size_t seed[3], const double v[3])
{
    const trb_grid *g = &f->bone->grid;
    const double end[3] = {(double)g->nx, (double)g->ny, (double)g->nz};
    double at[3] = {(double)seed[0] + 0.5, (double)seed[1] + 0.5, (double)seed[2] + 0.5};
    for (;;) {
        for (int axis = 0; axis < 3; axis++)
            at[axis] += RAY_STEP * v[axis];
        for (int axis = 0; axis < 3; axis++)
            if (at[axis] < 0 || at[axis] >= end[axis]) { /* back to the border */
                const double back = (at[axis] - (v[axis] < 0 ? 0 : end[axis])) / v[axis];
                add_obstacle(f, at[0] - back * v[0] - 0.5, at[1] - back * v[1] - 0.5, at[2] - back * v[2] - 0.5, true);
                return;
            }
        const size_t x = (size_t)at[0], y = (size_t)at[1], z = (size_t)at[2];
        if (!trb_mask_get(f->bone, x, y, z)) {
            add_obstacle(f, (double)x, (double)y, (double)z, false);
            return;
        }
    }
}

/* ---- Newton's method */

/* L'^-1 d. */
static void to_space(const shape *s, const double d[3], double out[3])
{
    out[2] = d[2] / s->l[2][2];
    out[1] = (d[1] - s->l[2][1] * out[2]) / s->l[1][1];
    out[0] = (d[0] - s->l[1][0] * out[1] - s->l[2][0] * out[2]) / s->l[0][0];
}

/* mu sum log(q - 1) - 1/2 log det A; -INFINITY when an obstacle is inside. */
static double worth(const trb_ellipsoid_fitter *f, const shape *s, double mu)
{
    double sum = 0, product = 1;
    for (size_t i = 0; i < f->n; i++) {
        const double u = f->p[0][i] - s->m[0], v = f->p[1][i] - s->m[1], w = f->p[2][i] - s->m[2];
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
static void push(const trb_ellipsoid_fitter *f, const shape *s, double mu, double gradient[UNKNOWNS],
                 double curve[UNKNOWNS][UNKNOWNS])
{
    double first[UNKNOWNS][LANES] = {{0}}, second[UNKNOWNS * (UNKNOWNS + 1) / 2][LANES] = {{0}};
    for (size_t i = 0; i < f->n; i += LANES) {
        double change[UNKNOWNS][LANES];
        for (size_t k = 0; k < LANES; k++) {
            const double u = f->p[0][i + k] - s->m[0], v = f->p[1][i + k] - s->m[1], w = f->p[2][i + k] - s->m[2];
            const double y0 = s->l[0][0] * u + s->l[1][0] * v + s->l[2][0] * w, y1 = s->l[1][1] * v + s->l[2][1] * w;
            const double y2 = s->l[2][2] * w, one = i + k < f->n ? 1 / (y0 * y0 + y1 * y1 + y2 * y2 - 1) : 0;
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
static bool moved(const shape *from, const double step[UNKNOWNS], double by, shape *to)
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

/* ---- marrow inside */

/* The deepest that were found, q ascending. */
typedef struct deepest {
    int n;
    double q[CUTS_A_ROUND], at[CUTS_A_ROUND][3];
    bool border[CUTS_A_ROUND];
} deepest;

static void keep(deepest *d, double q, double x, double y, double z, bool border)
{
    int i = d->n;
    if (i == CUTS_A_ROUND && q >= d->q[i - 1])
        return;
    i = i < CUTS_A_ROUND ? d->n++ : i - 1;
    for (; i > 0 && q < d->q[i - 1]; i--) {
        d->q[i] = d->q[i - 1];
        memcpy(d->at[i], d->at[i - 1], sizeof *d->at);
        d->border[i] = d->border[i - 1];
    }
    d->q[i] = q;
    d->at[i][0] = x;
    d->at[i][1] = y;
    d->at[i][2] = z;
    d->border[i] = border;
}

/* Bits x0 to x1 of a word. */
static uint64_t bits_from_to(ptrdiff_t x0, ptrdiff_t x1)
{
    return ~(uint64_t)0 << x0 & ~(uint64_t)0 >> (63 - x1);
}

/* Marrow of the image inside the ellipsoid. */
static void find_marrow(const trb_mask *bone, const trb_ellipsoid *e, deepest *d)
{
    const ptrdiff_t n[3] = {(ptrdiff_t)bone->grid.nx, (ptrdiff_t)bone->grid.ny, (ptrdiff_t)bone->grid.nz};
    ptrdiff_t lo[3], hi[3];
    for (int axis = 1; axis < 3; axis++) {
        lo[axis] = (ptrdiff_t)ceil(e->middle[axis] - e->reach[axis]);
        hi[axis] = (ptrdiff_t)floor(e->middle[axis] + e->reach[axis]);
        lo[axis] = lo[axis] < 0 ? 0 : lo[axis];
        hi[axis] = hi[axis] < n[axis] ? hi[axis] : n[axis] - 1;
    }
    for (ptrdiff_t z = lo[2]; z <= hi[2]; z++)
        for (ptrdiff_t y = lo[1]; y <= hi[1]; y++) {
            if (!trb_ellipsoid_row(e, (double)y, (double)z, &lo[0], &hi[0]))
                continue;
            lo[0] = lo[0] < 0 ? 0 : lo[0];
            hi[0] = hi[0] < n[0] ? hi[0] : n[0] - 1;
            const uint64_t *row = trb_mask_row(bone, (size_t)y, (size_t)z);
            for (ptrdiff_t x = lo[0]; x <= hi[0];) {
                const ptrdiff_t word = x / 64 * 64, end = hi[0] < word + 63 ? hi[0] : word + 63;
                uint64_t marrow = ~row[x / 64] & bits_from_to(x - word, end - word);
                for (; marrow; marrow &= marrow - 1) {
                    const double at = (double)(word + __builtin_ctzll(marrow));
                    keep(d, q_of(e, at, (double)y, (double)z), at, (double)y, (double)z, false);
                }
                x = end + 1;
            }
        }
}

/* Where it sticks out of the image: the point of it that is farthest out, drawn back to the border. */
static void find_border(const trb_mask *bone, const trb_ellipsoid *e, deepest *d)
{
    const double n[3] = {(double)bone->grid.nx, (double)bone->grid.ny, (double)bone->grid.nz};
    const double *a = e->a;
    const double minor[3][3] = {{a[1] * a[2] - a[5] * a[5], a[4] * a[5] - a[3] * a[2], a[3] * a[5] - a[4] * a[1]},
                                {a[4] * a[5] - a[3] * a[2], a[0] * a[2] - a[4] * a[4], a[3] * a[4] - a[0] * a[5]},
                                {a[3] * a[5] - a[4] * a[1], a[3] * a[4] - a[0] * a[5], a[0] * a[1] - a[3] * a[3]}};
    for (int axis = 0; axis < 3; axis++)
        for (int side = 0; side < 2; side++) {
            const double room = side ? n[axis] - 0.5 - e->middle[axis] : e->middle[axis] + 0.5;
            if (e->reach[axis] <= room)
                continue;
            const double part = (side ? 1 : -1) * room / minor[axis][axis]; /* the touching point of the smaller ellipsoid */
            const double share = room / e->reach[axis];
            keep(d, share > 0 ? share * share : 0, e->middle[0] + part * minor[axis][0], e->middle[1] + part * minor[axis][1],
                 e->middle[2] + part * minor[axis][2], true);
        }
}

/* Look, add what is found to the obstacles; the smallest q of it, 1 when nothing is inside. */
static double look(trb_ellipsoid_fitter *f, const trb_ellipsoid *e)
{
    deepest d = {.n = 0};
    find_border(f->bone, e, &d);
    find_marrow(f->bone, e, &d);
    for (int i = 0; i < d.n; i++)
        add_obstacle(f, d.at[i][0], d.at[i][1], d.at[i][2], d.border[i]);
    return d.n ? d.q[0] : 1;
}

/* ---- the climb */

/* One step uphill, as far as the obstacles let it; how far it went, 0 when nowhere. */
static double step_up(const trb_ellipsoid_fitter *f, const shape *s, double mu, shape *next)
{
    double step[UNKNOWNS], curve[UNKNOWNS][UNKNOWNS], largest = 0;
    push(f, s, mu, step, curve);
    for (int r = 0; r < UNKNOWNS; r++)
        curve[r][r] += 1e-3; /* a free direction has no curve */
    if (!solve(curve, step))
        return 0;
    for (int r = 0; r < UNKNOWNS; r++)
        largest = fmax(largest, fabs(step[r]));
    const double now = worth(f, s, mu);
    for (double by = largest > TRUST ? TRUST / largest : 1; by * largest > SETTLED / 10; by *= 0.5)
        if (moved(s, step, by, next) && worth(f, next, mu) > now)
            return by * largest;
    return 0;
}

/* Obstacles from `first` on were not known: smaller, if need be, until they are as far as others would be. */
static void step_back(const trb_ellipsoid_fitter *f, shape *s, size_t first)
{
    trb_ellipsoid e;
    double least = ROOM;
    if (!ellipsoid_of(s, &e))
        return;
    for (size_t i = first; i < f->n; i++)
        least = fmin(least, q_of(&e, f->p[0][i], f->p[1][i], f->p[2][i]));
    for (int r = 0; r < 3; r++)
        for (int c = 0; c <= r; c++)
            s->l[r][c] *= sqrt(ROOM / least);
}

/* Every place on the way is free of marrow: a step that swallows some is not taken, but what it met is remembered. */
static void climb(trb_ellipsoid_fitter *f, shape *s, double mu)
{
    for (int i = 0; i < STEPS; i++) {
        shape next;
        trb_ellipsoid e;
        pad(f);
        const double far = step_up(f, s, mu, &next);
        if (far == 0 || !ellipsoid_of(&next, &e))
            return;
        const size_t known = f->n;
        if (look(f, &e) < 1) {
            step_back(f, s, known);
            continue;
        }
        *s = next;
        if (far < SETTLED)
            return;
    }
}

/* ---- the whole */
trb_status trb_ellipsoid_fitter_create(const trb_mask *bone, trb_ellipsoid_fitter **out, trb_error *err)
{
    trb_ellipsoid_fitter *f = trb_alloc_zero(1, sizeof *f, "an ellipsoid", err);
    *out = f;
    if (!f)
        return TRB_ERR_MEMORY;
    f->bone = bone;
    for (size_t i = 0; i < RAYS; i++) {
        trb_mil_direction(i / 2, SPIRAL, f->ray[i]);
        for (int axis = 0; axis < 3 && i % 2; axis++)
            f->ray[i][axis] = -f->ray[i][axis];
    }
    return TRB_OK;
}

void trb_ellipsoid_fitter_destroy(trb_ellipsoid_fitter *fitter)
{
    free(fitter);
}

static shape ball(const size_t seed[3], double radius)
{
    shape s = {{{1 / radius, 0, 0}, {0, 1 / radius, 0}, {0, 0, 1 / radius}}, {(double)seed[0], (double)seed[1], (double)seed[2]}};
    return s;
}

/* Bone around the seed: to the nearest marrow, or to the image border. */
static double room_around(const trb_grid *grid, const size_t seed[3], double radius)
{
    const size_t n[3] = {grid->nx, grid->ny, grid->nz};
    for (int axis = 0; axis < 3; axis++)
        radius = fmin(radius, fmin((double)seed[axis] + 0.5, (double)n[axis] - 0.5 - (double)seed[axis]));
    return radius;
}

/* Smallest q of the obstacles; of those at the border alone. */
static double nearest(const trb_ellipsoid_fitter *f, const trb_ellipsoid *e, bool border)
{
    double least = INFINITY;
    for (size_t i = 0; i < f->n; i++)
        if (!border || f->border[i])
            least = fmin(least, q_of(e, f->p[0][i], f->p[1][i], f->p[2][i]));
    return least;
}

/* Until it touches, then back from what nobody had seen. */
static bool fit_tightly(trb_ellipsoid_fitter *f, trb_ellipsoid *e)
{
    double q = nearest(f, e, false);
    for (int i = 0; i < 4; i++) {
        scale(e, q * (1 - 1e-9)); /* smaller by a hair: what touches is not inside after rounding */
        if (!trb_ellipsoid_describe(e))
            return false;
        q = look(f, e);
        if (q >= 1)
            return true;
        if (q < NOTHING)
            return false;
    }
    return false;
}

bool trb_ellipsoid_fit(trb_ellipsoid_fitter *f, const size_t seed[3], double radius, trb_ellipsoid *out)
{
    static const double MU[] = {0.015, 0.003};
    memset(out, 0, sizeof *out);
    f->n = 0;
    for (size_t i = 0; i < RAYS; i++)
        cast_ray(f, seed, f->ray[i]);
    const double rays = (double)f->n;
    shape s = ball(seed, START * room_around(&f->bone->grid, seed, radius));
    for (size_t i = 0; i < sizeof MU / sizeof *MU; i++)
        climb(f, &s, MU[i] / rays);
    if (!ellipsoid_of(&s, out) || !fit_tightly(f, out))
        return false;
    out->at_border = nearest(f, out, true) < CLOSE;
    return true;
}
