/*
 * rods_follow.c - the axis of each rod, from its centre of gravity in blocks of planes.
 *
 * Within a window of 1.2 radii a pixel weighs 0 at the grey of the surroundings and 1 at the grey of the rod. The
 * window moves with the rod, outwards from the middle block; a block in which the rod has lost half its contrast is
 * beyond its end. A straight line through the centres is the axis: a rod is stiff.
 */
#include "prepare/rods_parts.h"

#include "core/memory.h"

#include <gsl/gsl_fit.h>
#include <math.h>
#include <stdlib.h>

enum { BLOCK_PLANES = 8, ROUNDS = 4 };
#define WINDOW 1.2
#define CORE 0.75

typedef struct blocks {
    const trb_volume *volume;
    size_t nx, ny, n;
    double *plane;     /* n means of planes, one after the other */
    double *x, *y, *z; /* centre of the rod in each */
} blocks;

static size_t block_begin(const blocks *b, size_t i)
{
    return i * b->volume->grid.nz / b->n;
}

static trb_status blocks_init(const trb_volume *volume, blocks *b, trb_error *err)
{
    const trb_grid *grid = &volume->grid;
    *b = (blocks){
        .volume = volume, .nx = grid->nx, .ny = grid->ny, .n = (grid->nz + BLOCK_PLANES - 1) / BLOCK_PLANES};
    b->plane =
        trb_alloc(trb_size_multiply(b->n, grid->nx * grid->ny), sizeof *b->plane, "the means of planes", err);
    b->x = trb_alloc(b->n, 3 * sizeof *b->x, "the axis of a rod", err);
    if (!b->plane || !b->x)
        return TRB_ERR_MEMORY;
    b->y = b->x + b->n;
    b->z = b->y + b->n;
    for (size_t i = 0; i < b->n; i++) {
        trb_mean_plane(volume, block_begin(b, i), block_begin(b, i + 1), b->plane + i * grid->nx * grid->ny);
        b->z[i] = ((double)block_begin(b, i) + (double)block_begin(b, i + 1) - 1) / 2;
    }
    return TRB_OK;
}

static void blocks_clear(blocks *b)
{
    free(b->plane);
    free(b->x);
}

/* The centre of gravity near (x, y), which it replaces. False without any weight. */
static bool centre(const blocks *b, size_t block, double radius, double grey, double around, double *x,
                   double *y)
{
    const double *plane = b->plane + block * b->nx * b->ny;
    for (int round = 0; round < ROUNDS; round++) {
        double sum = 0, sx = 0, sy = 0;
        for (size_t v = 0; v < b->ny; v++) {
            const trb_span span = trb_disc_row(*x, *y, WINDOW * radius, v, b->nx);
            for (size_t u = span.lo; u < span.hi; u++) {
                const double weight = fmin(1, fmax(0, (plane[v * b->nx + u] - around) / (grey - around)));
                sum += weight;
                sx += weight * ((double)u - *x);
                sy += weight * ((double)v - *y);
            }
        }
        if (!(sum > 0))
            return false;
        *x += sx / sum;
        *y += sy / sum;
    }
    return true;
}

/* Is the rod still there? */
static bool present(const blocks *b, size_t block, double radius, double grey, double around, double x,
                    double y)
{
    const double here = trb_disc_mean(b->plane + block * b->nx * b->ny, b->nx, b->ny, x, y, CORE * radius);
    return (here - around) / (grey - around) > 0.5;
}

/* Walk from the middle block to one side; the last block where it is present. */
static size_t walk(blocks *b, const trb_rod *rod, double grey, double around, size_t middle, bool up)
{
    size_t last = middle;
    double x = b->x[middle], y = b->y[middle];
    while (up ? last + 1 < b->n : last > 0) {
        const size_t next = up ? last + 1 : last - 1;
        const bool found = centre(b, next, rod->radius_vox, grey, around, &x, &y);
        if (!found || !present(b, next, rod->radius_vox, grey, around, x, y))
            break;
        b->x[next] = x;
        b->y[next] = y;
        last = next;
    }
    return last;
}

static void straight(const blocks *b, size_t lo, size_t hi, trb_rod *rod)
{
    double cov00, cov01, cov11, squares, origin;
    const size_t n = hi - lo + 1;
    rod->middle = (b->z[lo] + b->z[hi]) / 2;
    rod->lean_x = rod->lean_y = 0;
    rod->x = b->x[lo];
    rod->y = b->y[lo];
    if (n < 2)
        return;
    gsl_fit_linear(b->z + lo, 1, b->x + lo, 1, n, &origin, &rod->lean_x, &cov00, &cov01, &cov11, &squares);
    rod->x = origin + rod->lean_x * rod->middle;
    gsl_fit_linear(b->z + lo, 1, b->y + lo, 1, n, &origin, &rod->lean_y, &cov00, &cov01, &cov11, &squares);
    rod->y = origin + rod->lean_y * rod->middle;
}

/* The planes of the blocks lo to hi; where the rod ends within the scan, one block less on that side. */
static void limit_planes(const blocks *b, size_t lo, size_t hi, trb_rod *rod)
{
    size_t z0 = block_begin(b, lo > 0 && lo < hi ? lo + 1 : lo);
    size_t z1 = block_begin(b, hi + 1 < b->n && hi > lo + (lo > 0) ? hi : hi + 1);
    z0 = z0 > rod->z0 ? z0 : rod->z0;
    z1 = z1 < rod->z1 ? z1 : rod->z1;
    if (z0 < z1) {
        rod->z0 = z0;
        rod->z1 = z1;
    }
}

static trb_status follow(blocks *b, trb_rod *rod, trb_error *err)
{
    size_t middle = 0;
    while (middle + 1 < b->n && b->z[middle] + BLOCK_PLANES / 2.0 < rod->middle)
        middle++;
    const double *plane = b->plane + middle * b->nx * b->ny, r = rod->radius_vox;
    const double x0 = trb_rod_x(rod, b->z[middle]), y0 = trb_rod_y(rod, b->z[middle]);
    double grey, around;
    trb_status status = trb_ring_median(plane, b->nx, b->ny, x0, y0, -1, CORE * r, &grey, err);
    if (!status)
        status = trb_ring_median(plane, b->nx, b->ny, x0, y0, r + 1.5, 1.3 * r + 2.5, &around, err);
    if (status)
        return status;
    b->x[middle] = x0;
    b->y[middle] = y0;
    if (!(fabs(grey - around) > 0) || !centre(b, middle, r, grey, around, &b->x[middle], &b->y[middle]))
        return trb_error_set(err, TRB_ERR_DATA, "it cannot be told from what surrounds it (grey %g)", grey);
    const double off = hypot(b->x[middle] - x0, b->y[middle] - y0);
    if (off > 0.5 * r)
        return trb_error_set(err, TRB_ERR_DATA,
                             "the image has its centre at %.1f, %.1f, which is %.1f voxels from where it was "
                             "looked for",
                             b->x[middle], b->y[middle], off);
    const size_t lo = walk(b, rod, grey, around, middle, false),
                 hi = walk(b, rod, grey, around, middle, true);
    straight(b, lo, hi, rod);
    limit_planes(b, lo, hi, rod);
    return TRB_OK;
}

trb_status trb_rods_follow(const trb_volume *volume, trb_rods *rods, trb_error *err)
{
    blocks b;
    trb_status status = blocks_init(volume, &b, err);
    for (size_t i = 0; i < rods->n && !status; i++) {
        status = follow(&b, &rods->rod[i], err);
        if (status)
            trb_error_within(err, "rod %zu (%s)", i + 1, rods->rod[i].name);
    }
    blocks_clear(&b);
    return status;
}
