/*
 * rods_find.c - which round parts of the middle planes are the rods.
 *
 * Bone is not round, or not even inside, or not the same along z; a holder is round but not even; what lies within an
 * even rod is dirt. What stays must be as many as there are densities, or the person has to say which are meant: a
 * wrong guess would give a wrong density to a whole study.
 */
#include "prepare/rods_parts.h"
#include "prepare/rods_shape.h"

#include "core/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MIDDLE_PLANES = 48 };
#define CORE 0.75      /* share of the radius that is looked at */
#define UNEVEN 0.25    /* of the contrast: a pixel this far from the median is another thing */
#define INCONSTANT 0.2 /* of the contrast: the first and the last of the middle planes must be alike */
#define MOST_UNEVEN 0.05
#define LIKE_RADIUS 1.15

/* A candidate that passed, with what its core and surroundings are. */
typedef struct candidate {
    trb_round round;
    double grey, around;
} candidate;

typedef struct candidates {
    size_t n;
    candidate list[2 * TRB_ROUNDS_MOST];
} candidates;

/* The mean of the middle planes, and of their first and last thirds. */
typedef struct image {
    double *plane, *first, *last;
    size_t nx, ny;
} image;

/* Mean of 3 x 3 pixels, fewer at the border: noise must not fray the outlines. */
static void smooth(const double *in, size_t nx, size_t ny, double *out)
{
    for (size_t y = 0; y < ny; y++)
        for (size_t x = 0; x < nx; x++) {
            double sum = 0, n = 0;
            for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < ny; v++)
                for (size_t u = x ? x - 1 : 0; u <= x + 1 && u < nx; u++, n++)
                    sum += in[v * nx + u];
            out[y * nx + x] = sum / n;
        }
}

static double uneven_share(const image *in, const trb_round *r, double grey, double contrast)
{
    size_t n = 0, far = 0;
    for (size_t y = 0; y < in->ny; y++) {
        const trb_span span = trb_disc_row(r->x, r->y, CORE * r->radius, y, in->nx);
        for (size_t x = span.lo; x < span.hi; x++, n++)
            far += fabs(in->plane[y * in->nx + x] - grey) > UNEVEN * contrast;
    }
    return n ? (double)far / (double)n : 1;
}

static trb_status core_median(const double *plane, const image *in, const trb_round *r, double *grey,
                              trb_error *err)
{
    return trb_ring_median(plane, in->nx, in->ny, r->x, r->y, -1, CORE * r->radius, grey, err);
}

/* Is it one even thing that stands out, the same in the first planes and the last? */
static trb_status judge(const image *in, const trb_round *r, candidates *out, trb_error *err)
{
    candidate c = {.round = *r};
    double first = NAN, last = NAN;
    trb_status status = core_median(in->plane, in, r, &c.grey, err);
    if (!status)
        status = core_median(in->first, in, r, &first, err);
    if (!status)
        status = core_median(in->last, in, r, &last, err);
    if (!status)
        status = trb_ring_median(in->plane, in->nx, in->ny, r->x, r->y, r->radius + 1.5,
                                 1.3 * r->radius + 2.5, &c.around, err);
    if (status)
        return status;
    const double contrast = fabs(c.grey - c.around);
    if (contrast > 0 && fabs(first - last) <= INCONSTANT * contrast &&
        uneven_share(in, r, c.grey, contrast) <= MOST_UNEVEN)
        out->list[out->n++] = c;
    return TRB_OK;
}

static int is_within(const trb_round *inner, const trb_round *outer)
{
    return hypot(inner->x - outer->x, inner->y - outer->y) < outer->radius;
}

/* Of parts that lie in one another the largest stays: all of them are even, so the small ones are specks, or the same
 * rod without its wall. */
static void drop_inner(candidates *c)
{
    size_t kept = 0;
    bool drop[2 * TRB_ROUNDS_MOST] = {false};
    for (size_t i = 0; i < c->n; i++)
        for (size_t j = 0; j < c->n; j++) {
            const trb_round *a = &c->list[i].round, *b = &c->list[j].round;
            const bool larger = b->radius > a->radius || (b->radius == a->radius && j < i);
            drop[i] = drop[i] || (i != j && larger && is_within(a, b));
        }
    for (size_t i = 0; i < c->n; i++)
        if (!drop[i])
            c->list[kept++] = c->list[i];
    c->n = kept;
}

static trb_status collect(const image *in, size_t wanted, candidates *out, trb_error *err)
{
    trb_rounds *rounds = trb_alloc(1, sizeof *rounds, "the search for rods", err);
    if (!rounds)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    out->n = 0;
    for (int darker = 0; darker < 2 && !status && out->n < wanted; darker++) {
        status = trb_find_rounds(in->plane, in->nx, in->ny, darker, rounds, err);
        for (size_t i = 0; i < rounds->n && !status; i++)
            status = judge(in, &rounds->round[i], out, err);
        drop_inner(out);
    }
    free(rounds);
    return status;
}

/* ---- as many as wanted */

static int by_radius(const void *a, const void *b)
{
    const trb_round *x = &((const candidate *)a)->round, *y = &((const candidate *)b)->round;
    return x->radius != y->radius ? (x->radius > y->radius) - (x->radius < y->radius)
           : x->x != y->x         ? (x->x > y->x) - (x->x < y->x)
                                  : (x->y > y->y) - (x->y < y->y);
}

static int by_grey(const void *a, const void *b)
{
    const double x = ((const candidate *)a)->grey, y = ((const candidate *)b)->grey;
    return (x > y) - (x < y);
}

static trb_status refuse(const candidates *c, size_t wanted, trb_error *err)
{
    char list[640] = "";
    size_t used = 0;
    for (size_t i = 0; i < c->n && used + 64 < sizeof list; i++) {
        const candidate *k = &c->list[i];
        used += (size_t)snprintf(list + used, sizeof list - used, "%s x %.1f y %.1f radius %.1f (grey %.5g)",
                                 i ? ";" : "", k->round.x, k->round.y, k->round.radius, k->grey);
    }
    return trb_error_set(err, TRB_ERR_DATA,
                         "%zu round, even parts were found for %zu densities:%s%s. Write the rods into a "
                         "table for --rods: name, x [vox], y [vox], radius [vox], density [mgHA/cm3]",
                         c->n, wanted, c->n ? "" : " none", list);
}

/* The `wanted` of most similar radius, if no other is like them. */
static trb_status choose(candidates *c, size_t wanted, trb_error *err)
{
    if (c->n < wanted)
        return refuse(c, wanted, err);
    qsort(c->list, c->n, sizeof *c->list, by_radius);
    size_t best = 0;
    double ratio = INFINITY;
    for (size_t i = 0; i + wanted <= c->n; i++) {
        const double here = c->list[i + wanted - 1].round.radius / c->list[i].round.radius;
        if (here < ratio) {
            ratio = here;
            best = i;
        }
    }
    if (c->n > wanted) {
        const double smallest = c->list[best].round.radius, largest = c->list[best + wanted - 1].round.radius;
        for (size_t i = 0; i < c->n; i++)
            if (i < best ? c->list[i].round.radius * LIKE_RADIUS > smallest
                         : i >= best + wanted && c->list[i].round.radius < LIKE_RADIUS * largest)
                return refuse(c, wanted, err);
        if (ratio > LIKE_RADIUS)
            return refuse(c, wanted, err);
    }
    memmove(c->list, c->list + best, wanted * sizeof *c->list);
    c->n = wanted;
    return TRB_OK;
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static void make_rods(candidates *c, const double *mg_ccm, size_t z0, size_t z1, const trb_grid *grid,
                      trb_rods *out)
{
    double sorted[TRB_RODS_MOST];
    memcpy(sorted, mg_ccm, c->n * sizeof *sorted);
    qsort(sorted, c->n, sizeof *sorted, ascending);
    qsort(c->list, c->n, sizeof *c->list, by_grey);
    out->n = c->n;
    for (size_t i = 0; i < c->n; i++) {
        const trb_round *r = &c->list[i].round;
        out->rod[i] = (trb_rod){.density_mg_ccm = sorted[i],
                                .x = r->x,
                                .y = r->y,
                                .middle = ((double)z0 + (double)z1 - 1) / 2,
                                .radius_vox = r->radius,
                                .z1 = grid->nz};
        snprintf(out->rod[i].name, sizeof out->rod[i].name, "%.10g mgHA/cm3", sorted[i]);
    }
}

static void make_image(const trb_volume *volume, size_t z0, size_t planes, double *raw, image *in)
{
    const size_t nx = volume->grid.nx, ny = volume->grid.ny, third = (planes + 2) / 3;
    const size_t begin[3] = {z0, z0, z0 + planes - third}, end[3] = {z0 + planes, z0 + third, z0 + planes};
    double *to[3];
    *in = (image){.nx = nx, .ny = ny};
    for (size_t i = 0; i < 3; i++) {
        to[i] = raw + (i + 1) * nx * ny;
        trb_mean_plane(volume, begin[i], end[i], raw);
        smooth(raw, nx, ny, to[i]);
    }
    in->plane = to[0];
    in->first = to[1];
    in->last = to[2];
}

static trb_status find(const trb_volume *volume, double *planes_of_room, const double *mg_ccm, size_t n,
                       candidates *c, trb_rods *out, trb_error *err)
{
    const trb_grid *grid = &volume->grid;
    const size_t planes = grid->nz < MIDDLE_PLANES ? grid->nz : MIDDLE_PLANES, z0 = (grid->nz - planes) / 2;
    image in;
    make_image(volume, z0, planes, planes_of_room, &in);
    trb_status status = collect(&in, n, c, err);
    if (!status)
        status = choose(c, n, err);
    if (status)
        return status;
    make_rods(c, mg_ccm, z0, z0 + planes, grid, out);
    return trb_rods_follow(volume, out, err);
}

trb_status trb_rods_find(const trb_volume *volume, const double *mg_ccm, size_t n, trb_rods *out,
                         trb_error *err)
{
    *out = (trb_rods){0};
    if (n < 2 || n > TRB_RODS_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "2 to %d densities are needed, not %zu", TRB_RODS_MOST,
                             n);
    const size_t pixels = volume->grid.nx * volume->grid.ny;
    double *planes = trb_alloc(trb_size_multiply(pixels, 4), sizeof *planes, "the mean planes", err);
    candidates *c = trb_alloc(1, sizeof *c, "the search for rods", err);
    trb_status status = planes && c ? find(volume, planes, mg_ccm, n, c, out, err) : TRB_ERR_MEMORY;
    free(planes);
    free(c);
    return status;
}
