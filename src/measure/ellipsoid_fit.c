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
#include "measure/ellipsoid_parts.h"

#include "core/memory.h"
#include "measure/mil.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RAY_STEP 0.75  /* voxels: a missed corner is found later */
#define SETTLED 0.01   /* steps below this: go on to the next mu */
#define STEPS 40       /* of Newton for each mu */
#define ROOM 1.1       /* q of a new obstacle at least */
#define START 0.95     /* of the ball around the seed */
#define CLOSE 1.1      /* q of the border when it stops the ellipsoid */
#define NOTHING 0.05   /* q of an obstacle that the ellipsoid must not have swallowed */

enum { SPIRAL = 3, RAYS = 2 * SPIRAL * TRB_MIL_IMAGES };

struct trb_ellipsoid_fitter {
    const trb_mask *bone;
    double ray[RAYS][3];
    trb_obstacles obstacles;
};

static void scale(trb_ellipsoid *e, double q)
{
    for (int i = 0; i < 6; i++)
        e->a[i] /= q;
}

static bool ellipsoid_of(const trb_ellipsoid_shape *s, trb_ellipsoid *e)
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
                trb_obstacles_add(&f->obstacles, at[0] - back * v[0] - 0.5, at[1] - back * v[1] - 0.5, at[2] - back * v[2] - 0.5, true);
                return;
            }
        const size_t x = (size_t)at[0], y = (size_t)at[1], z = (size_t)at[2];
        if (!trb_mask_get(f->bone, x, y, z)) {
            trb_obstacles_add(&f->obstacles, (double)x, (double)y, (double)z, false);
            return;
        }
    }
}

/* Look, add what is found to the obstacles; the smallest q of it, 1 when nothing is inside. */
static double look(trb_ellipsoid_fitter *f, const trb_ellipsoid *e)
{
    trb_ellipsoid_inside found;
    trb_ellipsoid_look(f->bone, e, &found);
    for (int i = 0; i < found.n; i++)
        trb_obstacles_add(&f->obstacles, found.at[i][0], found.at[i][1], found.at[i][2], found.border[i]);
    return found.n ? found.q[0] : 1;
}

/* ---- the climb */

/* Obstacles from `first` on were not known: smaller, if need be, until they are as far as others would be. */
static void step_back(const trb_obstacles *o, trb_ellipsoid_shape *s, size_t first)
{
    trb_ellipsoid e;
    double least = ROOM;
    if (!ellipsoid_of(s, &e))
        return;
    for (size_t i = first; i < o->n; i++)
        least = fmin(least, trb_ellipsoid_q(&e, o->p[0][i], o->p[1][i], o->p[2][i]));
    for (int r = 0; r < 3; r++)
        for (int c = 0; c <= r; c++)
            s->l[r][c] *= sqrt(ROOM / least);
}

/* Every place on the way is free of marrow: a step that swallows some is not taken, but what it met is remembered. */
static void climb(trb_ellipsoid_fitter *f, trb_ellipsoid_shape *s, double mu)
{
    for (int i = 0; i < STEPS; i++) {
        trb_ellipsoid_shape next;
        trb_ellipsoid e;
        trb_obstacles_pad(&f->obstacles);
        const double far = trb_ellipsoid_step(&f->obstacles, s, mu, SETTLED / 10, &next);
        if (far == 0 || !ellipsoid_of(&next, &e))
            return;
        const size_t known = f->obstacles.n;
        if (look(f, &e) < 1) {
            step_back(&f->obstacles, s, known);
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

static trb_ellipsoid_shape ball(const size_t seed[3], double radius)
{
    trb_ellipsoid_shape s = {{{1 / radius, 0, 0}, {0, 1 / radius, 0}, {0, 0, 1 / radius}}, {(double)seed[0], (double)seed[1], (double)seed[2]}};
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
static double nearest(const trb_obstacles *o, const trb_ellipsoid *e, bool border)
{
    double least = INFINITY;
    for (size_t i = 0; i < o->n; i++)
        if (!border || o->border[i])
            least = fmin(least, trb_ellipsoid_q(e, o->p[0][i], o->p[1][i], o->p[2][i]));
    return least;
}

/* Until it touches, then back from what nobody had seen. */
static bool fit_tightly(trb_ellipsoid_fitter *f, trb_ellipsoid *e)
{
    double q = nearest(&f->obstacles, e, false);
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
    f->obstacles.n = 0;
    for (size_t i = 0; i < RAYS; i++)
        cast_ray(f, seed, f->ray[i]);
    const double rays = (double)f->obstacles.n;
    trb_ellipsoid_shape s = ball(seed, START * room_around(&f->bone->grid, seed, radius));
    for (size_t i = 0; i < sizeof MU / sizeof *MU; i++)
        climb(f, &s, MU[i] / rays);
    if (!ellipsoid_of(&s, out) || !fit_tightly(f, out))
        return false;
    out->at_border = nearest(&f->obstacles, out, true) < CLOSE;
    return true;
}
