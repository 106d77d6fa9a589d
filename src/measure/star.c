/*
 * star.c - test lines through the VOI, cut into intercepts of bone and marrow.
 *
 * Points spread evenly over a phase meet an intercept of length c with weight c, so the mean of a power of the intercept
 * through a point is sum c^(p+1) / sum c. Seen from one of its points the cubed distances to both ends are c^3 / 4 in the
 * mean, each: V* = 4 pi / 3 * mean c^3 / 4. Lines along v cross the lattice of the axis they are closest to, of which
 * each has |v_axis| of a cell across: that is the weight of the direction.
 */
#include "trabecula/star.h"

#include "core/memory.h"
#include "measure/fabric_fit.h"
#include "measure/mil.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PI 3.14159265358979323846

#define FEWEST 4.0 /* lines of a lattice across the shortest side, where the longest allows it */

enum { OUTSIDE, BONE, MARROW, STATES };

/* Of one direction and phase: sums of powers of the intercepts, and of those that a wall cuts. */
typedef struct sums {
    double c, c2, c4, cut_c, cut_c4;
} sums;

typedef struct job {
    const trb_mask *bone, *voi;
    trb_box box;
    double apart;
} job;

trb_star_options trb_star_options_default(void)
{
    return (trb_star_options){80, 16, 16};
}

static trb_status check(const trb_mask *bone, const trb_mask *voi, const trb_star_options *o, trb_error *err)
{
    if (voi && !trb_grid_same_size(&bone->grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the bone mask is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the same grid",
            bone->grid.nx, bone->grid.ny, bone->grid.nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    if (o->directions < TRB_STAR_DIRECTIONS_LEAST || o->directions > TRB_STAR_DIRECTIONS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu directions of star volume: it must be %d to %d", o->directions,
                             TRB_STAR_DIRECTIONS_LEAST, TRB_STAR_DIRECTIONS_MOST);
    if (!(o->apart_vox >= TRB_STAR_APART_LEAST && o->apart_vox <= TRB_STAR_APART_MOST))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "lines %g voxels apart: it must be %g to %g", o->apart_vox,
                             TRB_STAR_APART_LEAST, TRB_STAR_APART_MOST);
    if (!(o->across >= 1) || !isfinite(o->across))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%g lines across: it must be 1 or more", o->across);
    return TRB_OK;
}

/* ---- one line */
static int state_at(const job *j, const ptrdiff_t at[3])
{
    const size_t x = (size_t)at[0], y = (size_t)at[1], z = (size_t)at[2];
    if (j->voi && !trb_mask_get(j->voi, x, y, z))
        return OUTSIDE;
    return trb_mask_get(j->bone, x, y, z) ? BONE : MARROW;
}

static void add_intercept(sums *s, double c, bool cut)
{
    const double c2 = c * c;
    s->c += c;
    s->c2 += c2;
    s->c4 += c2 * c2;
    if (cut) {
        s->cut_c += c;
        s->cut_c4 += c2 * c2;
    }
}

/* The part of p + t v in the box of the VOI; voxel i covers i to i + 1. */
static bool clip(const trb_box *box, const double p[3], const double v[3], double *t0, double *t1)
{
    *t0 = -INFINITY;
    *t1 = INFINITY;
    for (int axis = 0; axis < 3; axis++) {
        const double lo = (double)box->lo[axis] - p[axis], hi = (double)box->hi[axis] - p[axis];
        if (v[axis] == 0) {
            if (lo > 0 || hi <= 0)
                return false;
            continue;
        }
        const double a = lo / v[axis], b = hi / v[axis];
        *t0 = fmax(*t0, fmin(a, b));
        *t1 = fmin(*t1, fmax(a, b));
    }
    return *t0 < *t1;
}

/* Walk from face to face; the place of a face comes from its number, so nothing adds up. */
static void walk(const job *j, const double p[3], const double v[3], sums of[STATES])
{
    double t, end, next[3], inverse[3];
    ptrdiff_t at[3], step[3], face[3];
    if (!clip(&j->box, p, v, &t, &end))
        return;
    for (int axis = 0; axis < 3; axis++) {
        const ptrdiff_t lo = (ptrdiff_t)j->box.lo[axis], hi = (ptrdiff_t)j->box.hi[axis];
        at[axis] = (ptrdiff_t)floor(p[axis] + t * v[axis]);
        at[axis] = at[axis] < lo ? lo : at[axis] >= hi ? hi - 1 : at[axis];
        step[axis] = v[axis] > 0 ? 1 : v[axis] < 0 ? -1 : 0;
        face[axis] = at[axis] + (step[axis] > 0);
        inverse[axis] = step[axis] ? 1 / v[axis] : 0;
        next[axis] = step[axis] ? ((double)face[axis] - p[axis]) * inverse[axis] : INFINITY;
    }
    double start = t;
    int state = state_at(j, at);
    bool cut = true; /* it begins at the wall of the box */
    for (;;) {
        const int axis = next[0] < next[1] ? (next[0] < next[2] ? 0 : 2) : (next[1] < next[2] ? 1 : 2);
        t = next[axis];
        at[axis] += step[axis];
        if (t >= end || at[axis] < (ptrdiff_t)j->box.lo[axis] || at[axis] >= (ptrdiff_t)j->box.hi[axis])
            break;
        face[axis] += step[axis];
        next[axis] = ((double)face[axis] - p[axis]) * inverse[axis];
        const int now = state_at(j, at);
        if (now != state) {
            if (t > start)
                add_intercept(&of[state], t - start, cut || now == OUTSIDE);
            cut = state == OUTSIDE;
            state = now;
            start = t;
        }
    }
    if (end > start)
        add_intercept(&of[state], end - start, true);
}

/* ---- one direction */

static int main_axis(const double v[3])
{
    const int a = fabs(v[1]) > fabs(v[0]) ? 1 : 0;
    return fabs(v[2]) > fabs(v[a]) ? 2 : a;
}

static double fraction(double x)
{
    return x - floor(x);
}

/* Where the lattice of direction i lies: elsewhere for each of the spiral (the plastic number spreads pairs evenly), at
 * the turned and mirrored place for its images. */
static void lattice_offset(size_t i, size_t spiral, double apart, double offset[3])
{
    const double plastic = 1.32471795724474602596, k = (double)(i / TRB_STAR_IMAGES);
    double v[3], first[3];
    trb_mil_direction(i - i % TRB_STAR_IMAGES, spiral, v);
    const int a = main_axis(v);
    first[a] = 0;
    first[(a + 1) % 3] = apart * fraction(0.3 + k / plastic);
    first[(a + 2) % 3] = apart * fraction(0.4 + k / (plastic * plastic));
    trb_mil_turn(i % TRB_STAR_IMAGES, first, offset);
}

/* All lines along v through a lattice in the plane across its main axis, and through the same turned by 180 degrees
 * about the middle of the box: v and -v are one direction, so a mirrored box has the mirrored lines. */
static void walk_all(const job *j, const double v[3], const double offset[3], sums of[STATES])
{
    const int a = main_axis(v), b = (a + 1) % 3, c = (a + 2) % 3;
    double middle[3], half[3];
    for (int axis = 0; axis < 3; axis++) {
        middle[axis] = 0.5 * (double)(j->box.lo[axis] + j->box.hi[axis]);
        half[axis] = 0.5 * (double)(j->box.hi[axis] - j->box.lo[axis]);
    }
    const double reach_b = half[b] + half[a] * fabs(v[b] / v[a]), reach_c = half[c] + half[a] * fabs(v[c] / v[a]);
    const ptrdiff_t nb = (ptrdiff_t)(reach_b / j->apart) + 1, nc = (ptrdiff_t)(reach_c / j->apart) + 1;
    for (int sign = -1; sign < 2; sign += 2)
        for (ptrdiff_t k = -nc; k <= nc; k++)
            for (ptrdiff_t i = -nb; i <= nb; i++) {
                double p[3];
                p[a] = middle[a];
                p[b] = middle[b] + sign * (offset[b] + (double)i * j->apart);
                p[c] = middle[c] + sign * (offset[c] + (double)k * j->apart);
                walk(j, p, v, of);
            }
    for (int state = 0; state < STATES; state++) {
        sums *s = &of[state];
        const double weight = fabs(v[a]);
        *s = (sums){weight * s->c, weight * s->c2, weight * s->c4, weight * s->cut_c, weight * s->cut_c4};
    }
}

/* ---- all of them */
static trb_star_phase phase_of(const sums (*of)[STATES], size_t n, int state)
{
    sums all = {0, 0, 0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        all.c += of[i][state].c;
        all.c2 += of[i][state].c2;
        all.c4 += of[i][state].c4;
        all.cut_c += of[i][state].cut_c;
        all.cut_c4 += of[i][state].cut_c4;
    }
    if (!(all.c > 0))
        return (trb_star_phase){NAN, NAN, NAN, NAN};
    return (trb_star_phase){PI / 3 * all.c4 / all.c, all.c2 / all.c, all.cut_c / all.c, all.cut_c4 / all.c4};
}

static void fit(const sums (*of)[STATES], size_t n, size_t spiral, double *points, trb_star *out)
{
    size_t used = 0;
    for (size_t i = 0; i < n; i++) {
        const sums *s = &of[i][BONE];
        double v[3];
        if (!(s->c > 0))
            continue;
        trb_mil_direction(i, spiral, v);
        for (int axis = 0; axis < 3; axis++)
            points[3 * used + (size_t)axis] = s->c2 / s->c * v[axis];
        used++;
    }
    double a[6], value[3];
    out->da = NAN;
    for (int i = 0; i < 3; i++)
        out->radius_vox[i] = NAN;
    if (used == 0 || !trb_fabric_fit(used, points, a))
        return;
    trb_fabric_axes(a, value, out->axis);
    for (int i = 0; i < 3; i++)
        out->radius_vox[i] = value[i] > 0 ? 1 / sqrt(value[i]) : NAN;
    if (value[0] > 0)
        out->da = 1 - value[0] / value[2];
}

trb_status trb_star_measure(const trb_mask *bone, const trb_mask *voi, const trb_star_options *options, trb_star *out,
                            trb_error *err)
{
    memset(out, 0, sizeof *out);
    out->options = *options;
    trb_status status = check(bone, voi, options, err);
    if (status)
        return status;
    job j = {bone, voi, trb_grid_box(&bone->grid), options->apart_vox};
    if (voi && !trb_mask_bounds(voi, &j.box))
        return trb_error_set(err, TRB_ERR_DATA, "the VOI holds no voxel");
    double longest = 0;
    for (int axis = 0; axis < 3; axis++) {
        const double side = (double)(j.box.hi[axis] - j.box.lo[axis]);
        longest = fmax(longest, side);
        j.apart = fmin(j.apart, side / FEWEST);
    }
    j.apart = fmax(j.apart, longest / options->across);
    out->options.apart_vox = j.apart;
    const size_t n = options->directions * TRB_STAR_IMAGES;
    sums(*of)[STATES] = trb_alloc_zero(n, sizeof *of, "star lengths", err);
    double *points = trb_alloc(7 * n, sizeof *points, "star lengths", err);
    if (of && points) {
#pragma omp parallel for schedule(dynamic)
        for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
            double v[3], offset[3];
            trb_mil_direction((size_t)i, options->directions, v);
            lattice_offset((size_t)i, options->directions, j.apart, offset);
            walk_all(&j, v, offset, of[i]);
        }
        out->bone = phase_of((const sums(*)[STATES])of, n, BONE);
        out->marrow = phase_of((const sums(*)[STATES])of, n, MARROW);
        fit((const sums(*)[STATES])of, n, options->directions, points, out);
    } else {
        status = TRB_ERR_MEMORY;
    }
    free(of);
    free(points);
    return status;
}
