/*
 * subvoxel_lifts.c - how far along its normal the surface of the neighbouring crossings lies.
 *
 * What d adds to the sum of c is what c takes from that of d, so each pair is looked at once, from the one that comes first. The
 * sums of two planes are at hand: those of the lower are whole when its pairs with the upper have been looked at.
 */
#include "measure/subvoxel.h"

#include "core/memory.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* In steps of 1 / SV_STEPS. */
static void place_of(const sv_crossing *c, int32_t at[3])
{
    const int32_t steps = (int32_t)sv_steps(c);
    const unsigned axis = sv_axis(c);
    at[0] = c->x * SV_STEPS + (axis == 0 ? steps : 0);
    at[1] = c->y * SV_STEPS + (axis == 1 ? steps : 0);
    at[2] = c->z * SV_STEPS + (axis == 2 ? steps : 0);
}

/* Is there a cell of 2 x 2 x 2 voxels that has both edges? Both ends of both lie within 1 of each other along each axis. */
static bool share_a_cell(const sv_crossing *c, const sv_crossing *d)
{
    const int apart[3] = {d->x - c->x, d->y - c->y, d->z - c->z};
    const unsigned along_c = sv_axis(c), along_d = sv_axis(d);
    bool shared = true;
    for (unsigned k = 0; k < 3; k++)
        shared &= apart[k] >= (k == along_c ? 0 : -1) && apart[k] <= (k == along_d ? 0 : 1);
    return shared;
}

/* A sum of heights and how many there are, in one number: of the cells around an edge come at most 32 neighbours. */
#define HEIGHT ((int64_t)64)

/*
 * The height of d over the plane half-way between both tangent planes, in steps of 1 / (2 SV_STEPS SV_NORMAL_STEPS), times HEIGHT;
 * 0 and *one = 0 when d is no neighbour on this surface. Whole numbers, so the order of the sum does not matter. No branches:
 * which of the few candidates are neighbours cannot be foreseen.
 */
static int64_t height_of(const sv_crossing *c, const int32_t at[3], const sv_crossing *d, int64_t *one)
{
    const int32_t cosine = c->normal[0] * d->normal[0] + c->normal[1] * d->normal[1] + c->normal[2] * d->normal[2];
    const bool counts = (cosine >= SV_NORMAL_STEPS * SV_NORMAL_STEPS / 2) & share_a_cell(c, d);
    int32_t there[3], height = 0;
    place_of(d, there);
    for (int k = 0; k < 3; k++)
        height += (c->normal[k] + d->normal[k]) * (there[k] - at[k]); /* at most 3 * 2^15 * 2^13 */
    *one = counts;
    return counts ? height * HEIGHT : 0;
}

/*
 * Where the crossings of a row begin that lie at x or beyond, for x = -1 .. nx + 1: two planes of such rows say without a search
 * which crossings are near.
 */
typedef struct desk {
    size_t row; /* nx + 3 */
    uint32_t *starts;
    int64_t *sums[2]; /* of the crossings of planes z with z % 2 = 0, 1 */
} desk;

static uint32_t *starts_of_row(const desk *s, const trb_grid *grid, size_t y, size_t z)
{
    return s->starts + (z % 2 * grid->ny + y) * s->row;
}

static void open_plane(const trb_surface_points *points, const desk *s, size_t z)
{
    const trb_grid *grid = &points->grid;
    const uint32_t *rows = points->first + z * grid->ny;
    memset(s->sums[z % 2], 0, (rows[grid->ny] - rows[0]) * sizeof *s->sums[0]);
    for (size_t y = 0; y < grid->ny; y++) {
        uint32_t *out = starts_of_row(s, grid, y, z);
        size_t x = 0;
        for (uint32_t i = rows[y]; i < rows[y + 1]; i++)
            while (x <= points->crossing[i].x + (size_t)1)
                out[x++] = i;
        while (x < s->row)
            out[x++] = rows[y + 1];
    }
}

#define EDGES_NEAR 9 /* from x - 1 .. x + 1 in a row */

/* Crossings of a row at x - 1 .. x + 1: always EDGES_NEAR are written, of which as many count as there are: no branch. */
static size_t near_in_row(const uint32_t *starts, size_t x, uint32_t near[EDGES_NEAR])
{
    for (uint32_t k = 0; k < EDGES_NEAR; k++)
        near[k] = starts[x] + k;
    return starts[x + 3] - starts[x];
}

/* Pairs of c with n others, of which crossing `base` has the first of the sums. */
static int64_t add_pairs(const sv_crossing *all, const sv_crossing *c, const uint32_t *near, size_t n, int64_t *sums,
                         uint32_t base)
{
    int32_t at[3];
    int64_t own = 0;
    place_of(c, at);
    for (size_t k = 0; k < n; k++) {
        int64_t one;
        const int64_t height = height_of(c, at, &all[near[k]], &one);
        own += one + height;
        sums[near[k] - base] += one - height;
    }
    return own;
}

/* Pairs of the crossings of a row with those that come after them in the plane, and in the next one. */
static void pairs_of_row(const trb_surface_points *points, const desk *s, size_t y, size_t z, bool within, bool above)
{
    const trb_grid *grid = &points->grid;
    const uint32_t *own = points->first + z * grid->ny + y, base = points->first[z * grid->ny];
    const uint32_t *here = starts_of_row(s, grid, y, z), next_base = points->first[(z + 1) * grid->ny];
    int64_t *sums = s->sums[z % 2], *next_sums = s->sums[(z + 1) % 2];
    for (uint32_t i = own[0]; i < own[1]; i++) {
        const sv_crossing *c = &points->crossing[i];
        uint32_t near[3 * EDGES_NEAR];
        size_t n = 0;
        if (within) {
            for (uint32_t k = i + 1; k < here[c->x + 3]; k++)
                near[n++] = k;
            if (y + 1 < grid->ny)
                n += near_in_row(starts_of_row(s, grid, y + 1, z), c->x, near + n);
            sums[i - base] += add_pairs(points->crossing, c, near, n, sums, base);
        }
        if (!above)
            continue;
        n = 0;
        for (size_t v = y ? y - 1 : 0; v <= y + 1 && v < grid->ny; v++)
            n += near_in_row(starts_of_row(s, grid, v, z + 1), c->x, near + n);
        sums[i - base] += add_pairs(points->crossing, c, near, n, next_sums, next_base);
    }
}

/* The mean height of the neighbours and the crossing itself (0). On a circular arc every height is 0, so curvature stays. */
static void lift_plane(trb_surface_points *points, const desk *s, size_t z)
{
    const uint32_t *rows = points->first + z * points->grid.ny, from = rows[0], to = rows[points->grid.ny];
    for (uint32_t i = from; i < to; i++) {
        const int64_t sum = s->sums[z % 2][i - from], others = sum & (HEIGHT - 1);
        const double height = (double)((sum - others) / HEIGHT) / (2.0 * SV_STEPS * SV_NORMAL_STEPS);
        const double mean = fmax(-0.5, fmin(0.5, height / (double)(others + 1)));
        points->crossing[i].lift = (int16_t)floor(mean * SV_STEPS + 0.5);
    }
}

#define RUN 16 /* planes that a thread takes at a time; the pairs at the ends of a run are looked at twice */

static void lift_run(trb_surface_points *points, const desk *s, size_t from, size_t to)
{
    const trb_grid *grid = &points->grid;
    const size_t first = from ? from - 1 : 0;
    open_plane(points, s, first);
    for (size_t z = first; z < to; z++) {
        const bool above = z + 1 < grid->nz;
        if (above)
            open_plane(points, s, z + 1);
        for (size_t y = 0; y < grid->ny; y++)
            pairs_of_row(points, s, y, z, z >= from, above);
        if (z >= from)
            lift_plane(points, s, z);
    }
}

static size_t most_of_a_plane(const trb_surface_points *points)
{
    const size_t ny = points->grid.ny;
    size_t most = 0;
    for (size_t z = 0; z < points->grid.nz; z++) {
        const size_t n = points->first[(z + 1) * ny] - points->first[z * ny];
        most = n > most ? n : most;
    }
    return most;
}

trb_status sv_lift_crossings(trb_surface_points *points, trb_error *err)
{
    const trb_grid *grid = &points->grid;
    const size_t row = grid->nx + 3, each = 2 * grid->ny * row, threads = (size_t)omp_get_max_threads();
    const size_t plane = most_of_a_plane(points);
    uint32_t *starts = trb_alloc(threads * each, sizeof *starts, "rows of the surface", err);
    int64_t *sums = trb_alloc(threads * 2 * plane, sizeof *sums, "heights of the surface", err);
    const bool ready = starts && sums;
#pragma omp parallel for schedule(dynamic, 1) if (ready)
    for (ptrdiff_t run = 0; run < (ptrdiff_t)(ready ? (grid->nz + RUN - 1) / RUN : 0); run++) {
        const size_t thread = (size_t)omp_get_thread_num(), from = (size_t)run * RUN;
        int64_t *own = sums + thread * 2 * plane;
        const desk s = {row, starts + thread * each, {own, own + plane}};
        lift_run(points, &s, from, from + RUN < grid->nz ? from + RUN : grid->nz);
    }
    free(starts);
    free(sums);
    return ready ? TRB_OK : TRB_ERR_MEMORY;
}
