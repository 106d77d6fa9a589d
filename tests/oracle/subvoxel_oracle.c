/*
 * subvoxel_oracle.c - the sub-voxel thickness rule in doubles, step after step as README "Thickness at three voxels" words
 * it: crossings, normals and lifts; nearest crossing; centres; balls; painting. Shares nothing with the library but the
 * mask that it reads. One thread.
 */
#include "oracle/subvoxel_oracle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define STEPS 4096.0
#define NORMAL_STEPS 16384.0
#define NEAR_STEPS 256.0

subvoxel_options subvoxel_options_default(void)
{
    return (subvoxel_options){SUBVOXEL_GROWN, true, 0.5, 0.5, 0.25};
}

static double dot(const double a[3], const double b[3])
{
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

static void difference(const double a[3], const double b[3], double out[3])
{
    for (int k = 0; k < 3; k++)
        out[k] = a[k] - b[k];
}

static double stepped(double value, double steps)
{
    return floor(value * steps + 0.5) / steps;
}

static size_t index_of(const subvoxel_surface *s, long x, long y, long z)
{
    return ((size_t)z * (size_t)s->n[1] + (size_t)y) * (size_t)s->n[0] + (size_t)x;
}

static bool inside(const subvoxel_surface *s, long x, long y, long z)
{
    return x >= 0 && y >= 0 && z >= 0 && x < s->n[0] && y < s->n[1] && z < s->n[2];
}

/* ---- crossings */

static double grey_repeated(const subvoxel_surface *s, long x, long y, long z)
{
    const long at[3] = {x, y, z};
    long in[3];
    for (int k = 0; k < 3; k++)
        in[k] = at[k] < 0 ? 0 : at[k] >= s->n[k] ? s->n[k] - 1 : at[k];
    return (double)s->grey[index_of(s, in[0], in[1], in[2])];
}

/* Differences along each axis, smoothed by 1 2 1 along the two others. */
static void gradient(const subvoxel_surface *s, const long at[3], double out[3])
{
    out[0] = out[1] = out[2] = 0;
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const double value = grey_repeated(s, at[0] + dx, at[1] + dy, at[2] + dz);
                const int wx = 2 - abs(dx), wy = 2 - abs(dy), wz = 2 - abs(dz);
                out[0] += dx * wy * wz * value;
                out[1] += dy * wx * wz * value;
                out[2] += dz * wx * wy * value;
            }
}

static void find_crossing(const subvoxel_surface *s, size_t i, size_t j, subvoxel_crossing *c)
{
    const double here = (double)s->grey[i], there = (double)s->grey[j];
    const bool high_here = here >= s->level, high_there = there >= s->level;
    const bool real = high_here != high_there && (high_here != s->inverted) == (s->bone[i] != 0);
    const double t = real ? stepped((s->level - here) / (there - here), STEPS) : 0.5;
    const double out_of_bone = s->bone[i] ? 1 : -1;
    long b[3] = {c->a[0], c->a[1], c->a[2]};
    b[c->axis]++;
    double g[3], h[3], normal[3];
    gradient(s, c->a, g);
    gradient(s, b, h);
    for (int k = 0; k < 3; k++) {
        c->at[k] = (double)c->a[k];
        const double rise = (1 - t) * g[k] + t * h[k];
        normal[k] = s->inverted ? rise : -rise;
    }
    c->at[c->axis] += t;
    const double length = sqrt(dot(normal, normal));
    const bool usable = real && length > 0 && normal[c->axis] * out_of_bone > 0;
    for (int k = 0; k < 3; k++)
        c->normal[k] = usable ? stepped(normal[k] / length, NORMAL_STEPS) : k == c->axis ? out_of_bone : 0;
}

static void find_crossings(subvoxel_surface *s)
{
    s->count = 0;
    for (long z = 0; z < s->n[2]; z++)
        for (long y = 0; y < s->n[1]; y++)
            for (long x = 0; x < s->n[0]; x++)
                for (int axis = 0; axis < 3; axis++) {
                    const size_t i = index_of(s, x, y, z);
                    const long bx = x + (axis == 0), by = y + (axis == 1), bz = z + (axis == 2);
                    s->on_edge[3 * i + (size_t)axis] = -1;
                    if (!inside(s, bx, by, bz) || s->bone[i] == s->bone[index_of(s, bx, by, bz)])
                        continue;
                    s->crossing = realloc(s->crossing, ((size_t)s->count + 1) * sizeof *s->crossing);
                    if (!s->crossing)
                        abort();
                    subvoxel_crossing *c = &s->crossing[s->count];
                    *c = (subvoxel_crossing){.a = {x, y, z}, .axis = axis};
                    find_crossing(s, i, index_of(s, bx, by, bz), c);
                    s->on_edge[3 * i + (size_t)axis] = s->count++;
                }
}

/* Is there a cell (2 x 2 x 2 voxels) that has both edges? */
static bool share_a_cell(const subvoxel_crossing *c, const subvoxel_crossing *d)
{
    for (int k = 0; k < 3; k++) {
        const long lo = c->a[k] < d->a[k] ? c->a[k] : d->a[k];
        const long c_end = c->a[k] + (c->axis == k), d_end = d->a[k] + (d->axis == k);
        if ((c_end > d_end ? c_end : d_end) - lo > 1)
            return false;
    }
    return true;
}

/*
 * How far the surface of the neighbours lies above a crossing: the mean over these and itself (0) of the height of
 * c_j - c_i over the plane half-way between both tangent planes. On a circular arc that height is 0: the curvature stays,
 * the staircase of partial volume and noise go.
 */
static double lift_of(const subvoxel_surface *s, long i)
{
    const subvoxel_crossing *c = &s->crossing[i];
    double sum = 0;
    int members = 1;
    for (long z = c->a[2] - 1; z <= c->a[2] + 1; z++)
        for (long y = c->a[1] - 1; y <= c->a[1] + 1; y++)
            for (long x = c->a[0] - 1; x <= c->a[0] + 1; x++)
                for (int axis = 0; axis < 3; axis++) {
                    if (!inside(s, x, y, z))
                        continue;
                    const long j = s->on_edge[3 * index_of(s, x, y, z) + (size_t)axis];
                    if (j < 0 || j == i || !share_a_cell(c, &s->crossing[j]) ||
                        dot(c->normal, s->crossing[j].normal) < 0.5)
                        continue;
                    double apart[3], between[3];
                    difference(s->crossing[j].at, c->at, apart);
                    for (int k = 0; k < 3; k++)
                        between[k] = (c->normal[k] + s->crossing[j].normal[k]) / 2;
                    sum += dot(between, apart);
                    members++;
                }
    return stepped(fmax(-0.5, fmin(0.5, sum / members)), STEPS);
}

subvoxel_surface subvoxel_surface_make(const float *grey, const trb_grid *grid, double level, bool inverted,
                                       const trb_mask *bone)
{
    const size_t voxels = grid->nx * grid->ny * grid->nz;
    subvoxel_surface s = {.n = {(long)grid->nx, (long)grid->ny, (long)grid->nz},
                          .grey = grey,
                          .level = level,
                          .inverted = inverted,
                          .bone = malloc(voxels),
                          .on_edge = malloc(3 * voxels * sizeof(long)),
                          .nearest = malloc(voxels * sizeof(long))};
    if (!s.bone || !s.on_edge || !s.nearest)
        abort();
    for (size_t i = 0; i < voxels; i++) {
        s.bone[i] = bone ? trb_mask_get(bone, i % grid->nx, i / grid->nx % grid->ny, i / grid->nx / grid->ny) != 0
                         : ((double)grey[i] >= level) != inverted;
        s.nearest[i] = -2;
    }
    find_crossings(&s);
    for (long i = 0; i < s.count; i++)
        s.crossing[i].lift = lift_of(&s, i);
    return s;
}

void subvoxel_surface_free(subvoxel_surface *s)
{
    free(s->bone);
    free(s->on_edge);
    free(s->nearest);
    free(s->crossing);
    *s = (subvoxel_surface){0};
}

/* ---- the nearest crossing of a voxel */

/* From the crossing in steps of 1/256: the search has whole numbers of 1/65536, and they fit 32 bits up to 127 voxels. */
static double square_distance(const subvoxel_crossing *c, long x, long y, long z)
{
    const double p[3] = {(double)x, (double)y, (double)z};
    double apart[3];
    for (int k = 0; k < 3; k++)
        apart[k] = stepped(c->at[k], NEAR_STEPS) - p[k];
    return dot(apart, apart);
}

/* Shells of edges by their lower ends, outwards: shell k is at least k - 1 away. */
static long nearest_of(subvoxel_surface *s, long x, long y, long z)
{
    long *known = &s->nearest[index_of(s, x, y, z)];
    if (*known != -2)
        return *known;
    long best = -1;
    double best2 = INFINITY;
    const long most = s->n[0] + s->n[1] + s->n[2];
    for (long k = 0; k <= most && (k < 2 || (double)((k - 1) * (k - 1)) <= best2); k++)
        for (long w = z - k; w <= z + k; w++)
            for (long v = y - k; v <= y + k; v++) {
                const bool face = labs(w - z) == k || labs(v - y) == k;
                for (long u = x - k; u <= x + k; u += face || k == 0 ? 1 : 2 * k) {
                    if (!inside(s, u, v, w))
                        continue;
                    for (size_t axis = 0; axis < 3; axis++) {
                        const long j = s->on_edge[3 * index_of(s, u, v, w) + axis];
                        if (j < 0)
                            continue;
                        const double d2 = square_distance(&s->crossing[j], x, y, z);
                        if (d2 < best2 || (d2 == best2 && j < best)) {
                            best = j;
                            best2 = d2;
                        }
                    }
                }
            }
    return *known = best;
}

static double s_of(subvoxel_surface *s, long x, long y, long z)
{
    return sqrt(square_distance(&s->crossing[nearest_of(s, x, y, z)], x, y, z));
}

/* ---- the distance of a real point from the surface */

/* The point of the disc at crossing i that is nearest to m; returns its distance. */
static double foot_of(const subvoxel_surface *s, const subvoxel_options *o, long i, const double m[3], double foot[3])
{
    const subvoxel_crossing *c = &s->crossing[i];
    double middle[3], from[3], aside[3];
    for (int k = 0; k < 3; k++)
        middle[k] = c->at[k] + (o->lift ? c->lift : 0) * c->normal[k];
    difference(m, middle, from);
    const double above = dot(from, c->normal);
    for (int k = 0; k < 3; k++)
        aside[k] = from[k] - above * c->normal[k];
    const double length = sqrt(dot(aside, aside));
    const double share = length > o->disc ? o->disc / length : 1;
    for (int k = 0; k < 3; k++)
        foot[k] = middle[k] + share * aside[k];
    difference(m, foot, from);
    return sqrt(dot(from, from));
}

/* By the nearest crossings of the up to 8 voxels around it, of either phase. */
static double distance_at(subvoxel_surface *s, const subvoxel_options *o, const double m[3], double foot[3])
{
    const long at[3] = {(long)floor(m[0]), (long)floor(m[1]), (long)floor(m[2])};
    double best = INFINITY;
    for (int corner = 0; corner < 8; corner++) {
        const long x = at[0] + (corner & 1), y = at[1] + (corner >> 1 & 1), z = at[2] + (corner >> 2);
        double there[3];
        if (!inside(s, x, y, z))
            continue;
        const double d = foot_of(s, o, nearest_of(s, x, y, z), m, there);
        if (d < best) {
            best = d;
            memcpy(foot, there, sizeof there);
        }
    }
    return best;
}

/* ---- balls */

typedef struct real_ball {
    double middle[3], radius;
} real_ball;

static real_ball ball_on(const double start[3], const double way[3], double radius)
{
    real_ball ball = {.radius = radius};
    for (int k = 0; k < 3; k++)
        ball.middle[k] = start[k] + radius * way[k];
    return ball;
}

static bool in_image(const subvoxel_surface *s, const double p[3])
{
    for (int k = 0; k < 3; k++)
        if (p[k] < 0 || p[k] > (double)(s->n[k] - 1))
            return false;
    return true;
}

/*
 * Balls that touch the surface at the foot of x and have their middle on the line from there through x lie one within the
 * next. The last one without surface inside is wanted: larger by 1, 2, 4, ... until something is inside, then back, to the ball
 * that touches what was inside, until nothing is. (Ma, Bae & Choi 2012, Vis Comput 28:7-19, for points with normals.)
 */
static real_ball grown(subvoxel_surface *s, const subvoxel_options *o, const double x[3], long nearest)
{
    double start[3], end[3], way[3], from[3];
    double least = foot_of(s, o, nearest, x, start);
    const bool bone = s->bone[index_of(s, (long)x[0], (long)x[1], (long)x[2])];
    const real_ball alone = {{x[0], x[1], x[2]}, least};
    difference(x, start, from);
    for (int k = 0; k < 3; k++)
        way[k] = bone ? -s->crossing[nearest].normal[k] : s->crossing[nearest].normal[k];
    if (dot(from, way) <= 0)
        least = 0;
    else
        for (int k = 0; k < 3; k++)
            way[k] = from[k] / least;

    double radius = least, step = 1;
    bool at_border = false;
    for (;;) {
        const real_ball ball = ball_on(start, way, radius + step);
        if (!in_image(s, ball.middle)) {
            if (step == 1)
                return alone; /* what lies beyond the image is not known */
            step /= 2;
            at_border = true;
            continue;
        }
        radius = ball.radius;
        if (distance_at(s, o, ball.middle, end) < radius - 1e-6)
            break;
        if (!at_border)
            step *= 2;
    }
    for (int i = 0; i < 12; i++) {
        double apart[3];
        difference(end, start, apart);
        const double along = 2 * dot(way, apart);
        if (along <= 1e-9)
            break;
        const double smaller = dot(apart, apart) / along;
        if (smaller >= radius)
            break;
        radius = fmax(smaller, least);
        if (smaller < least)
            break;
        if (distance_at(s, o, ball_on(start, way, radius).middle, end) >= radius - 1e-4)
            break;
    }
    return ball_on(start, way, radius);
}

static real_ball pinned(subvoxel_surface *s, const subvoxel_options *o, const double x[3], long nearest)
{
    double here[3], there[3], to[3], apart[3], y[3];
    real_ball ball = {{x[0], x[1], x[2]}, foot_of(s, o, nearest, x, here)};
    difference(here, x, to);
    const bool bone = s->bone[index_of(s, (long)x[0], (long)x[1], (long)x[2])];
    for (int k = 0; k < 3; k++)
        y[k] = x[k] - (fabs(to[k]) > 0.5 * ball.radius ? copysign(1, to[k]) : 0);
    if (ball.radius == 0 || !in_image(s, y))
        return ball;
    const long v[3] = {(long)y[0], (long)y[1], (long)y[2]};
    if (s->bone[index_of(s, v[0], v[1], v[2])] == bone)
        foot_of(s, o, nearest_of(s, v[0], v[1], v[2]), y, there);
    else
        memcpy(there, y, sizeof there);
    difference(here, there, apart);
    const double diameter = sqrt(dot(apart, apart));
    double middle[3], off[3];
    for (int k = 0; k < 3; k++)
        middle[k] = (here[k] + there[k]) / 2;
    difference(middle, x, off);
    if (dot(off, off) >= 1 || diameter <= 2 * ball.radius)
        return ball;
    ball.radius = diameter / 2;
    if (o->ball == SUBVOXEL_PINNED_MIDDLE)
        memcpy(ball.middle, middle, sizeof middle);
    return ball;
}

subvoxel_ball subvoxel_ball_at(subvoxel_surface *s, const subvoxel_options *o, long x, long y, long z)
{
    const double at[3] = {(double)x, (double)y, (double)z};
    const long nearest = nearest_of(s, x, y, z);
    double foot[3];
    real_ball ball = {{at[0], at[1], at[2]}, 0};
    if (o->ball == SUBVOXEL_NEAREST)
        ball.radius = foot_of(s, o, nearest, at, foot);
    else if (o->ball == SUBVOXEL_GROWN)
        ball = grown(s, o, at, nearest);
    else
        ball = pinned(s, o, at, nearest);
    subvoxel_ball out = {.radius = (int64_t)floor(ball.radius * STEPS + 0.5)};
    for (int k = 0; k < 3; k++)
        out.middle[k] = (int64_t)floor(ball.middle[k] * STEPS + 0.5);
    return out;
}

/* Of a voxel that no ball covers: its own radius, or that of the voxel one step behind it, into the phase. */
static int64_t radius_uncovered(subvoxel_surface *s, const subvoxel_options *o, long x, long y, long z)
{
    const bool bone = s->bone[index_of(s, x, y, z)];
    const double *normal = s->crossing[nearest_of(s, x, y, z)].normal;
    const int64_t own = subvoxel_ball_at(s, o, x, y, z).radius;
    long behind[3] = {x, y, z};
    for (int k = 0; k < 3; k++) {
        const double into = bone ? -normal[k] : normal[k];
        behind[k] += into > 0.5 ? 1 : into < -0.5 ? -1 : 0;
    }
    if (!inside(s, behind[0], behind[1], behind[2]) || s->bone[index_of(s, behind[0], behind[1], behind[2])] != bone)
        return own;
    const int64_t deeper = subvoxel_ball_at(s, o, behind[0], behind[1], behind[2]).radius;
    return deeper > own ? deeper : own;
}

/* ---- centres and painting */

static bool is_centre(subvoxel_surface *s, const subvoxel_options *o, long x, long y, long z)
{
    const unsigned char phase = s->bone[index_of(s, x, y, z)];
    const double own = s_of(s, x, y, z);
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++)
                if ((dx || dy || dz) && inside(s, x + dx, y + dy, z + dz) &&
                    s->bone[index_of(s, x + dx, y + dy, z + dz)] == phase &&
                    sqrt((double)(dx * dx + dy * dy + dz * dz)) + own - s_of(s, x + dx, y + dy, z + dz) <= o->ridge)
                    return false;
    return true;
}

static void paint(const subvoxel_surface *s, const subvoxel_ball *ball, double cover, unsigned char phase, int32_t *map)
{
    const int64_t reach = ball->radius + (int64_t)(cover * STEPS);
    long lo[3], hi[3];
    for (int k = 0; k < 3; k++) {
        lo[k] = (long)fmax(0, ceil((double)(ball->middle[k] - reach) / STEPS));
        hi[k] = (long)fmin((double)(s->n[k] - 1), floor((double)(ball->middle[k] + reach) / STEPS));
    }
    for (long z = lo[2]; z <= hi[2]; z++)
        for (long y = lo[1]; y <= hi[1]; y++)
            for (long x = lo[0]; x <= hi[0]; x++) {
                const size_t i = index_of(s, x, y, z);
                const int64_t dx = 4096 * (int64_t)x - ball->middle[0], dy = 4096 * (int64_t)y - ball->middle[1],
                              dz = 4096 * (int64_t)z - ball->middle[2];
                if (s->bone[i] == phase && 2 * ball->radius > map[i] && dx * dx + dy * dy + dz * dz <= reach * reach)
                    map[i] = (int32_t)(2 * ball->radius);
            }
}

static bool beside_the_other(const subvoxel_surface *s, long x, long y, long z)
{
    static const long STEP[6][3] = {{-1, 0, 0}, {1, 0, 0}, {0, -1, 0}, {0, 1, 0}, {0, 0, -1}, {0, 0, 1}};
    for (int i = 0; i < 6; i++) {
        const long u = x + STEP[i][0], v = y + STEP[i][1], w = z + STEP[i][2];
        if (inside(s, u, v, w) && s->bone[index_of(s, u, v, w)] != s->bone[index_of(s, x, y, z)])
            return true;
    }
    return false;
}

/* How much of a voxel its phase has: about 1/2 + height over the surface / (|nx| + |ny| + |nz|), in steps of 1/4096. */
static double share_of(subvoxel_surface *s, long x, long y, long z)
{
    if (!beside_the_other(s, x, y, z))
        return 1;
    const subvoxel_crossing *c = &s->crossing[nearest_of(s, x, y, z)];
    const double at[3] = {(double)x, (double)y, (double)z};
    double from[3];
    for (int k = 0; k < 3; k++)
        from[k] = at[k] - (c->at[k] + c->lift * c->normal[k]);
    const double out_of_bone = dot(from, c->normal), above = s->bone[index_of(s, x, y, z)] ? -out_of_bone : out_of_bone;
    const double share = 0.5 + above / (fabs(c->normal[0]) + fabs(c->normal[1]) + fabs(c->normal[2]));
    return stepped(fmax(0, fmin(1, share)), STEPS);
}

int32_t *subvoxel_thickness(subvoxel_surface *s, const subvoxel_options *o, int phase, const trb_box *box,
                            subvoxel_sums *sums)
{
    subvoxel_sums got = {0};
    double sum = 0, squares = 0, shares = 0, shared = 0;
    const unsigned char wanted = phase != 0;
    int32_t *map = calloc((size_t)s->n[0] * (size_t)s->n[1] * (size_t)s->n[2], sizeof *map);
    if (!map)
        abort();
    for (long z = 0; z < s->n[2]; z++)
        for (long y = 0; y < s->n[1]; y++)
            for (long x = 0; x < s->n[0]; x++)
                if (s->bone[index_of(s, x, y, z)] == wanted && is_centre(s, o, x, y, z)) {
                    const subvoxel_ball ball = subvoxel_ball_at(s, o, x, y, z);
                    paint(s, &ball, o->cover, wanted, map);
                    got.centres++;
                }
    for (long z = 0; z < s->n[2]; z++)
        for (long y = 0; y < s->n[1]; y++)
            for (long x = 0; x < s->n[0]; x++) {
                const size_t i = index_of(s, x, y, z);
                const bool in_box = !box || ((size_t)x >= box->lo[0] && (size_t)x < box->hi[0] && (size_t)y >= box->lo[1] &&
                                             (size_t)y < box->hi[1] && (size_t)z >= box->lo[2] && (size_t)z < box->hi[2]);
                if (s->bone[i] != wanted || !in_box) {
                    map[i] = 0;
                    continue;
                }
                if (!map[i]) {
                    map[i] = (int32_t)(2 * radius_uncovered(s, o, x, y, z));
                    got.uncovered++;
                }
                got.voxels++;
                const double share = share_of(s, x, y, z);
                shares += share;
                shared += share * map[i] / STEPS;
                sum += map[i] / STEPS;
                squares += map[i] / STEPS * (map[i] / STEPS);
            }
    got.mean = sum / (double)got.voxels;
    got.weighted = shared / shares;
    got.sd = sqrt(fmax(0, squares / (double)got.voxels - got.mean * got.mean));
    if (sums)
        *sums = got;
    return map;
}
