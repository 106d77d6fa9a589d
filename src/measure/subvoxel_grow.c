/*
 * subvoxel_grow.c - the ball of a voxel, between the surface points.
 *
 * The surface near a crossing is a disc of radius SV_DISC, square to the crossing's normal, lifted to where the neighbours say that
 * the surface lies. Balls that touch it at the foot of x and have their centres on the line from there through x lie one
 * within the next; the largest that holds no other part of the surface is wanted. It grows, by
 * 1, 2, 4, ... voxels, until something is inside, then shrinks to the ball that touches what was inside, until nothing is.
 *
 * The distance of a real point from the surface is taken from the nearest crossings of the (up to 8) voxels around it.
 * Doubles, in the order written and without fused multiply-add: same bits everywhere.
 */
#include "measure/subvoxel.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TOUCH_INSIDE 1e-6 /* less than this is not inside */
#define TOUCH_ENOUGH 1e-4 /* a ball that holds surface by less is final: its radius is given in steps of 2.4e-4 */
#define SHRINK_MOST 12

typedef struct disc {
    double middle[3], normal[3];
} disc;

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void disc_of(const sv_crossing *c, disc *out)
{
    double at[3] = {c->x, c->y, c->z};
    const double lift = (double)c->lift / SV_STEPS;
    at[sv_axis(c)] += (double)sv_steps(c) / SV_STEPS;
    for (int k = 0; k < 3; k++) {
        out->normal[k] = (double)c->normal[k] / SV_NORMAL_STEPS;
        out->middle[k] = at[k] + lift * out->normal[k];
    }
}

/* The point of the disc that is nearest to m; returns its distance. */
static double foot_on(const disc *d, const double m[3], double foot[3])
{
    double from[3], aside[3];
    for (int k = 0; k < 3; k++)
        from[k] = m[k] - d->middle[k];
    const double above = dot(from, d->normal);
    for (int k = 0; k < 3; k++)
        aside[k] = from[k] - above * d->normal[k];
    const double length = sqrt(dot(aside, aside));
    const double share = length > SV_DISC ? SV_DISC / length : 1;
    for (int k = 0; k < 3; k++) {
        foot[k] = d->middle[k] + share * aside[k];
        from[k] = m[k] - foot[k];
    }
    return sqrt(dot(from, from));
}

static size_t voxel_at(const trb_grid *grid, size_t x, size_t y, size_t z)
{
    return (z * grid->ny + y) * grid->nx + x;
}

/* The different nearest crossings of the voxels around m, in the order of the corners; returns how many. */
static int crossings_around(const trb_surface_points *points, const double m[3], int32_t seen[8])
{
    const trb_grid *grid = &points->grid;
    const size_t at[3] = {(size_t)m[0], (size_t)m[1], (size_t)m[2]};
    int n = 0;
    for (size_t corner = 0; corner < 8; corner++) {
        const size_t x = at[0] + (corner & 1), y = at[1] + (corner >> 1 & 1), z = at[2] + (corner >> 2);
        if (x >= grid->nx || y >= grid->ny || z >= grid->nz)
            continue;
        const int32_t i = points->near[voxel_at(grid, x, y, z)];
        bool known = false;
        for (int k = 0; k < n; k++)
            known |= seen[k] == i;
        if (!known)
            seen[n++] = i;
    }
    return n;
}

/*
 * m lies in the image. No point of a disc is nearer than the distance of its middle less its radius, so the disc whose
 * middle is nearest is looked at first and most of the others need no look. Of equal distances the first corner counts.
 */
static double distance_at(const trb_surface_points *points, const double m[3], double foot[3])
{
    int32_t seen[8];
    disc around[8];
    double square[8] = {0}, best = INFINITY;
    const int n = crossings_around(points, m, seen);
    int first = 0, won = 0;
    for (int i = 0; i < n; i++) {
        disc_of(&points->crossing[seen[i]], &around[i]);
        const double x = m[0] - around[i].middle[0], y = m[1] - around[i].middle[1], z = m[2] - around[i].middle[2];
        square[i] = x * x + y * y + z * z;
        first = square[i] < square[first] ? i : first;
    }
    for (int k = -1; k < n; k++) {
        const int i = k < 0 ? first : k;
        const double enough = best + SV_DISC + 1e-6;
        if (k == first || square[i] > enough * enough)
            continue;
        double point[3];
        const double d = foot_on(&around[i], m, point);
        if (d < best || (d == best && i < won)) {
            best = d;
            won = i;
            memcpy(foot, point, sizeof point);
        }
    }
    return best;
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

static void middle_of(const double start[3], const double way[3], double radius, double out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = start[k] + radius * way[k];
}

/* Balls on the way from `start`: the radius of the one that touches `end` too, or less than `least` of it. */
static double shrunk(const trb_surface_points *points, const double start[3], const double way[3], double least,
                     double radius, double end[3])
{
    for (int i = 0; i < SHRINK_MOST; i++) {
        double apart[3], middle[3];
        for (int k = 0; k < 3; k++)
            apart[k] = end[k] - start[k];
        const double along = 2 * dot(way, apart);
        if (along <= 1e-9)
            break;
        const double smaller = dot(apart, apart) / along;
        if (smaller >= radius)
            break;
        if (smaller < least)
            return least;
        radius = smaller;
        middle_of(start, way, radius, middle);
        if (distance_at(points, middle, end) >= radius - TOUCH_ENOUGH)
            break;
    }
    return radius;
}

sv_ball sv_grow(const trb_surface_points *points, bool bone, size_t x, size_t y, size_t z)
{
    const double at[3] = {(double)x, (double)y, (double)z};
    disc nearest;
    double start[3], way[3], from[3], middle[3], end[3];
    disc_of(&points->crossing[points->near[voxel_at(&points->grid, x, y, z)]], &nearest);
    double least = foot_on(&nearest, at, start);
    const sv_ball alone = {{in_steps(at[0]), in_steps(at[1]), in_steps(at[2])}, in_steps(least)};
    for (int k = 0; k < 3; k++) {
        from[k] = at[k] - start[k];
        way[k] = bone ? -nearest.normal[k] : nearest.normal[k];
    }
    if (dot(from, way) <= 0) /* x itself lies beyond the disc */
        least = 0;
    else
        for (int k = 0; k < 3; k++)
            way[k] = from[k] / least;
    double radius = least, step = 1;
    for (bool border = false;;) {
        middle_of(start, way, radius + step, middle);
        if (!in_image(&points->grid, middle)) {
            if (step == 1)
                return alone; /* what lies beyond the image is not known */
            step /= 2;
            border = true;
            continue;
        }
        radius += step;
        if (distance_at(points, middle, end) < radius - TOUCH_INSIDE)
            break;
        step = border ? step : 2 * step;
    }
    radius = shrunk(points, start, way, least, radius, end);
    middle_of(start, way, radius, middle);
    return (sv_ball){{in_steps(middle[0]), in_steps(middle[1]), in_steps(middle[2])}, in_steps(radius)};
}

/*
 * Uneven discs may leave no room for a ball that starts at the very surface: then the ball of the voxel behind x, one
 * step into the phase.
 */
sv_ball sv_grow_rest(const trb_surface_points *points, const trb_mask *object, bool bone, size_t x, size_t y, size_t z)
{
    const trb_grid *grid = &points->grid;
    const sv_ball own = sv_grow(points, bone, x, y, z);
    const int16_t *normal = points->crossing[points->near[voxel_at(grid, x, y, z)]].normal;
    const size_t size[3] = {grid->nx, grid->ny, grid->nz};
    size_t at[3] = {x, y, z};
    for (int k = 0; k < 3; k++) {
        const int into = bone ? -normal[k] : normal[k];
        if (2 * abs(into) <= SV_NORMAL_STEPS)
            continue;
        if (into < 0 ? at[k] == 0 : at[k] + 1 == size[k])
            return own;
        at[k] = into < 0 ? at[k] - 1 : at[k] + 1;
    }
    if (!trb_mask_get(object, at[0], at[1], at[2]))
        return own;
    const sv_ball behind = sv_grow(points, bone, at[0], at[1], at[2]);
    return behind.radius > own.radius ? behind : own;
}

/*
 * A plane at the height a over the voxel's centre, with the normal n, leaves about 1/2 + a / (|nx| + |ny| + |nz|) of the voxel
 * to the phase: exact for a plane along a face, and never off by more than a tenth.
 */
unsigned sv_share(const trb_surface_points *points, bool bone, size_t x, size_t y, size_t z)
{
    disc d;
    double from[3];
    const double at[3] = {(double)x, (double)y, (double)z};
    disc_of(&points->crossing[points->near[voxel_at(&points->grid, x, y, z)]], &d);
    for (int k = 0; k < 3; k++)
        from[k] = at[k] - d.middle[k];
    const double above = bone ? -dot(from, d.normal) : dot(from, d.normal);
    const double share = 0.5 + above / (fabs(d.normal[0]) + fabs(d.normal[1]) + fabs(d.normal[2]));
    return (unsigned)floor(fmax(0, fmin(1, share)) * SV_STEPS + 0.5);
}
