/*
 * subvoxel_grow.c - the balls of voxels, between the surface points.
 *
 * The surface near a crossing is a disc of radius SV_DISC, square to the crossing's normal, lifted to where the neighbours say that
 * the surface lies. Balls that touch it at the foot of x and have their centres on the line from there through x lie one
 * within the next; the largest that holds no other part of the surface is wanted. It grows, by
 * 1, 2, 4, ... voxels, until something is inside, then shrinks to the ball that touches what was inside, until nothing is.
 *
 * The distance of a real point from the surface is taken from the nearest crossings of the (up to 8) voxels around it.
 * Doubles, in the order written and without fused multiply-add: same bits everywhere. Balls do not know of each other, so
 * many grow at a time: each round asks for one distance of each that is not done, and the kernel answers them together.
 */
#include "measure/subvoxel.h"
#include "measure/subvoxel_kernels.h"

#include <math.h>
#include <stdlib.h>

#define TOUCH_INSIDE 1e-6 /* less than this is not inside */
#define TOUCH_ENOUGH 1e-4 /* a ball that holds surface by less is final: its radius is given in steps of 2.4e-4 */
#define SHRINK_MOST 12

/* A ball on its way. */
typedef struct growth {
    double start[3], way[3], own, least, radius, step; /* own: how far x is from its foot; least: 0 beyond the disc */
    int shrinks; /* how often; GROWING before the first */
} growth;
#define GROWING (-1)

/* Points to ask about, and the answers. */
typedef struct questions {
    double middle[3][SV_BATCH], distance[SV_BATCH], foot[3][SV_BATCH], normal[3][SV_BATCH];
} questions;

_Static_assert(SV_BATCH % SV_BALLS_UNIT == 0, "rows of whole vectors");

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static bool in_image(const trb_grid *grid, const double p[3])
{
    return p[0] >= 0 && p[1] >= 0 && p[2] >= 0 && p[0] <= (double)(grid->nx - 1) && p[1] <= (double)(grid->ny - 1) &&
           p[2] <= (double)(grid->nz - 1);
}

static int32_t in_steps(double length)
{
    return (int32_t)floor(length * SV_STEPS + 0.5);
}

static void middle_of(const growth *g, double radius, double out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = g->start[k] + radius * g->way[k];
}

static sv_ball ball_of(const growth *g)
{
    double middle[3];
    middle_of(g, g->radius, middle);
    return (sv_ball){{in_steps(middle[0]), in_steps(middle[1]), in_steps(middle[2])}, in_steps(g->radius)};
}

static sv_ball ball_alone(sv_voxel v, double radius)
{
    return (sv_ball){{v.x * SV_STEPS, v.y * SV_STEPS, v.z * SV_STEPS}, in_steps(radius)};
}

/* The middle of the next larger ball, by a smaller step where that leaves the image; false when 1 does: what lies beyond is not known. */
static bool next_larger(growth *g, const trb_grid *grid, double middle[3])
{
    for (;; g->step /= 2) {
        middle_of(g, g->radius + g->step, middle);
        if (in_image(grid, middle))
            return true;
        if (g->step == 1)
            return false;
    }
}

/* The middle of the ball that touches `end` too; false when that one is no smaller, or the ball is at its least. */
static bool next_smaller(growth *g, const double end[3], double middle[3])
{
    double apart[3];
    if (++g->shrinks > SHRINK_MOST)
        return false;
    for (int k = 0; k < 3; k++)
        apart[k] = end[k] - g->start[k];
    const double along = 2 * dot(g->way, apart);
    if (along <= 1e-9)
        return false;
    const double smaller = dot(apart, apart) / along;
    if (smaller >= g->radius)
        return false;
    g->radius = smaller < g->least ? g->least : smaller;
    middle_of(g, g->radius, middle);
    return smaller >= g->least;
}

/* What the answer makes of a ball: true with the next question, false when it is done. */
static bool advance(growth *g, const trb_grid *grid, sv_voxel v, double distance, const double end[3], double middle[3],
                    sv_ball *out)
{
    bool asks;
    if (g->shrinks == GROWING) {
        g->radius += g->step;
        if (distance < g->radius - TOUCH_INSIDE) {
            g->shrinks = 0;
            asks = next_smaller(g, end, middle);
        } else {
            g->step *= 2;
            if (next_larger(g, grid, middle))
                return true;
            *out = ball_alone(v, g->own);
            return false;
        }
    } else {
        asks = distance < g->radius - TOUCH_ENOUGH && next_smaller(g, end, middle);
    }
    if (!asks)
        *out = ball_of(g);
    return asks;
}
static void ask(questions *q, size_t slot, const double middle[3])
{
    for (size_t k = 0; k < 3; k++)
        q->middle[k][slot] = middle[k];
}

/* The last question again, up to whole vectors; returns how many there are. */
static size_t fill_up(questions *q, size_t n)
{
    for (; n % SV_BALLS_UNIT; n++)
        ask(q, n, (const double[3]){q->middle[0][n - 1], q->middle[1][n - 1], q->middle[2][n - 1]});
    return n;
}

/* From the foot of x through x; where x itself lies beyond the disc, along the normal. */
static void begin(growth *g, const questions *q, size_t slot, bool bone)
{
    double from[3];
    *g = (growth){.own = q->distance[slot], .least = q->distance[slot], .step = 1, .shrinks = GROWING};
    for (int k = 0; k < 3; k++) {
        g->start[k] = q->foot[k][slot];
        g->way[k] = bone ? -q->normal[k][slot] : q->normal[k][slot];
        from[k] = q->middle[k][slot] - g->start[k];
    }
    if (dot(from, g->way) <= 0)
        g->least = 0;
    else
        for (int k = 0; k < 3; k++)
            g->way[k] = from[k] / g->least;
    g->radius = g->least;
}

/* n <= SV_BATCH balls. */
static void grow_batch(const trb_surface_points *points, const sv_kernels *use, bool bone, const sv_voxel *voxel, size_t n,
                       sv_ball *out)
{
    questions q;
    growth all[SV_BATCH];
    size_t who[SV_BATCH], asking = 0;
    double *const middle[3] = {q.middle[0], q.middle[1], q.middle[2]}, *const foot[3] = {q.foot[0], q.foot[1], q.foot[2]};
    double *const normal[3] = {q.normal[0], q.normal[1], q.normal[2]}, next[3];
    for (size_t i = 0; i < n; i++)
        ask(&q, i, (const double[3]){voxel[i].x, voxel[i].y, voxel[i].z});
    use->own_feet(points, (const double *const *)middle, fill_up(&q, n), q.distance, foot, normal);
    for (size_t i = 0; i < n; i++) {
        begin(&all[i], &q, i, bone);
        if (next_larger(&all[i], &points->grid, next)) {
            ask(&q, asking, next);
            who[asking++] = i;
        } else {
            out[i] = ball_alone(voxel[i], all[i].own);
        }
    }
    while (asking) {
        const size_t asked = asking;
        use->distances(points, (const double *const *)middle, fill_up(&q, asked), q.distance, foot);
        asking = 0;
        for (size_t slot = 0; slot < asked; slot++) {
            const size_t i = who[slot];
            const double end[3] = {q.foot[0][slot], q.foot[1][slot], q.foot[2][slot]};
            if (advance(&all[i], &points->grid, voxel[i], q.distance[slot], end, next, &out[i])) {
                ask(&q, asking, next);
                who[asking++] = i;
            }
        }
    }
}

void sv_grow(const trb_surface_points *points, bool bone, const sv_voxel *voxel, size_t n, sv_ball *out)
{
    const sv_kernels *use = sv_kernels_choose();
    for (size_t i = 0; i < n; i += SV_BATCH)
        grow_batch(points, use, bone, voxel + i, n - i < SV_BATCH ? n - i : SV_BATCH, out + i);
}

/* The voxel behind v, one step into the phase; v itself where there is none. */
static sv_voxel voxel_behind(const trb_surface_points *points, const trb_mask *object, bool bone, sv_voxel v)
{
    const trb_grid *grid = &points->grid;
    const int16_t *normal = points->crossing[sv_near(points, v.x, v.y, v.z)].normal;
    const size_t size[3] = {grid->nx, grid->ny, grid->nz};
    size_t at[3] = {v.x, v.y, v.z};
    for (int k = 0; k < 3; k++) {
        const int into = bone ? -normal[k] : normal[k];
        if (2 * abs(into) <= SV_NORMAL_STEPS)
            continue;
        if (into < 0 ? at[k] == 0 : at[k] + 1 == size[k])
            return v;
        at[k] = into < 0 ? at[k] - 1 : at[k] + 1;
    }
    return trb_mask_get(object, at[0], at[1], at[2]) ? (sv_voxel){(uint16_t)at[0], (uint16_t)at[1], (uint16_t)at[2]} : v;
}

/*
 * Uneven discs may leave no room for a ball that starts at the very surface: then the ball of the voxel behind x, one
 * step into the phase.
 */
void sv_grow_rest(const trb_surface_points *points, const trb_mask *object, bool bone, const sv_voxel *voxel, size_t n,
                  int32_t *radius)
{
    sv_voxel both[2 * SV_BATCH];
    sv_ball ball[2 * SV_BATCH];
    for (size_t from = 0; from < n; from += SV_BATCH) {
        const size_t m = n - from < SV_BATCH ? n - from : SV_BATCH;
        for (size_t i = 0; i < m; i++) {
            both[i] = voxel[from + i];
            both[m + i] = voxel_behind(points, object, bone, both[i]);
        }
        sv_grow(points, bone, both, 2 * m, ball);
        for (size_t i = 0; i < m; i++)
            radius[from + i] = ball[i].radius > ball[m + i].radius ? ball[i].radius : ball[m + i].radius;
    }
}

/*
 * A plane at the height a over the voxel's centre, with the normal n, leaves about 1/2 + a / (|nx| + |ny| + |nz|) of the voxel
 * to the phase: exact for a plane along a face, and never off by more than a tenth.
 */
unsigned sv_share(const trb_surface_points *points, bool bone, size_t x, size_t y, size_t z)
{
    const sv_crossing *c = &points->crossing[sv_near(points, x, y, z)];
    double from[3], normal[3], middle[3] = {c->x, c->y, c->z};
    const double at[3] = {(double)x, (double)y, (double)z}, lift = (double)c->lift / SV_STEPS;
    middle[sv_axis(c)] += (double)sv_steps(c) / SV_STEPS;
    for (int k = 0; k < 3; k++) {
        normal[k] = (double)c->normal[k] / SV_NORMAL_STEPS;
        from[k] = at[k] - (middle[k] + lift * normal[k]);
    }
    const double above = bone ? -dot(from, normal) : dot(from, normal);
    const double share = 0.5 + above / (fabs(normal[0]) + fabs(normal[1]) + fabs(normal[2]));
    return (unsigned)floor(fmax(0, fmin(1, share)) * SV_STEPS + 0.5);
}
