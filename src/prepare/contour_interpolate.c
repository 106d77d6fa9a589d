/*
 * contour_interpolate.c - shape-based interpolation between drawn slices.
 * The squared distance separates: first the distance along y to the nearest seed of each column, then in each row the
 * lower envelope of the parabolas that these distances stand on. Only two planes of signed distances are held.
 */
#include "prepare/contour_interpolate.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FAR 1e15 /* no seed in this column; its square still leaves room for sums */

typedef struct plane {
    size_t nx, ny;
    double aspect;     /* spacing of y over that of x */
    float *down;       /* nx * ny: distance along y to a seed, in rows */
    double *start;     /* nx + 1: where a parabola begins to be the lowest */
    size_t *owner;     /* nx */
} plane;

/* Distance along y, from each pixel to the nearest one whose bit is `seed`. */
static void columns(const plane *p, const trb_mask *mask, size_t z, int seed)
{
    for (size_t x = 0; x < p->nx; x++) {
        double far = FAR;
        for (size_t y = 0; y < p->ny; y++) {
            far = trb_mask_get(mask, x, y, z) == seed ? 0 : far + 1;
            p->down[y * p->nx + x] = (float)far;
        }
        far = FAR;
        for (size_t y = p->ny; y-- > 0;) {
            far = trb_mask_get(mask, x, y, z) == seed ? 0 : far + 1;
            if ((float)far < p->down[y * p->nx + x])
                p->down[y * p->nx + x] = (float)far;
        }
    }
}

static double height(const plane *p, const float *row, size_t x)
{
    const double y = (double)row[x] * p->aspect;
    return y * y;
}

/* Squared distances of one row: lower envelope of (x - i)^2 + height(i), by Felzenszwalb and Huttenlocher. */
static void envelope(const plane *p, const float *row)
{
    size_t k = 0;
    p->owner[0] = 0;
    p->start[0] = -INFINITY;
    for (size_t i = 1; i < p->nx; i++) {
        double meet;
        for (;; k--) {
            const double j = (double)p->owner[k], x = (double)i;
            meet = (height(p, row, i) - height(p, row, p->owner[k]) + x * x - j * j) / (2 * (x - j));
            if (meet > p->start[k])
                break;
        }
        p->owner[++k] = i;
        p->start[k] = meet;
    }
    p->start[k + 1] = INFINITY;
}

/* Add sign * (distance - 1/2) where the pixel is not a seed. FALSE: no seed in this plane, nothing was added. */
static bool add_distances(const plane *p, const trb_mask *mask, size_t z, int seed, float sign, float *out)
{
    bool any = false;
    for (size_t x = 0; x < p->nx && !any; x++)
        for (size_t y = 0; y < p->ny && !any; y++)
            any = trb_mask_get(mask, x, y, z) == seed;
    if (!any)
        return false;
    columns(p, mask, z, seed);
    for (size_t y = 0; y < p->ny; y++) {
        const float *row = p->down + y * p->nx;
        envelope(p, row);
        for (size_t x = 0, k = 0; x < p->nx; x++) {
            while (p->start[k + 1] < (double)x)
                k++;
            const double dx = (double)x - (double)p->owner[k];
            const double d2 = dx * dx + height(p, row, p->owner[k]);
            if (d2 > 0)
                out[y * p->nx + x] += sign * (float)(sqrt(d2) - 0.5);
        }
    }
    return true;
}

/* Positive inside. A plane without an outline is far inside or far outside everywhere. */
static void signed_distance(const plane *p, const trb_mask *mask, size_t z, float *out)
{
    const size_t pixels = p->nx * p->ny;
    memset(out, 0, pixels * sizeof *out);
    if (!add_distances(p, mask, z, 1, -1, out))
        for (size_t i = 0; i < pixels; i++)
            out[i] = -(float)(p->nx + p->ny);
    else if (!add_distances(p, mask, z, 0, 1, out))
        for (size_t i = 0; i < pixels; i++)
            out[i] = (float)(p->nx + p->ny);
}

/* Plane z between planes a and b. Says whether it got a pixel. */
static bool blend(const plane *p, trb_mask *mask, size_t z, size_t a, const float *at_a, size_t b, const float *at_b)
{
    const double wa = (double)(b - z), wb = (double)(z - a);
    bool any = false;
    for (size_t y = 0; y < p->ny; y++)
        for (size_t x = 0; x < p->nx; x++) {
            const size_t i = y * p->nx + x;
            if (wa * (double)at_a[i] + wb * (double)at_b[i] >= 0) {
                trb_mask_set(mask, x, y, z, 1);
                any = true;
            }
        }
    return any;
}

static trb_status fill_between(const plane *p, trb_mask *mask, const size_t *drawn, size_t n, size_t *empty, trb_error *err)
{
    const size_t pixels = p->nx * p->ny;
    float *below = trb_alloc(pixels, sizeof *below, "distances to a contour", err);
    float *above = below ? trb_alloc(pixels, sizeof *above, "distances to a contour", err) : NULL;
    if (!above) {
        free(below);
        return TRB_ERR_MEMORY;
    }
    for (size_t i = 0; i + 1 < n; i++) {
        if (drawn[i + 1] == drawn[i] + 1)
            continue;
        signed_distance(p, mask, drawn[i], below);
        signed_distance(p, mask, drawn[i + 1], above);
        size_t without = 0;
#pragma omp parallel for schedule(static) reduction(+ : without)
        for (ptrdiff_t z = (ptrdiff_t)drawn[i] + 1; z < (ptrdiff_t)drawn[i + 1]; z++)
            without += !blend(p, mask, (size_t)z, drawn[i], below, drawn[i + 1], above);
        *empty += without;
    }
    free(below);
    free(above);
    return TRB_OK;
}

trb_status trb_contour_interpolate(trb_mask *mask, const size_t *drawn, size_t n, size_t *empty, trb_error *err)
{
    const trb_grid *grid = &mask->grid;
    plane p = {.nx = grid->nx, .ny = grid->ny, .aspect = 1};
    if (grid->spacing_mm[0] > 0 && grid->spacing_mm[1] > 0)
        p.aspect = grid->spacing_mm[1] / grid->spacing_mm[0];
    *empty = 0;
    p.down = trb_alloc(p.nx * p.ny, sizeof *p.down, "distances to a contour", err);
    p.start = p.down ? trb_alloc(p.nx + 1, sizeof *p.start, "a row of distances", err) : NULL;
    p.owner = p.start ? trb_alloc(p.nx, sizeof *p.owner, "a row of distances", err) : NULL;
    trb_status status = p.owner ? fill_between(&p, mask, drawn, n, empty, err) : TRB_ERR_MEMORY;
    free(p.down);
    free(p.start);
    free(p.owner);
    return status;
}
