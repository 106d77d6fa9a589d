/*
 * thickness_plain.c - local thickness by whole balls, largest first.
 *
 * Balls are painted in descending order of their radius into a bit map of voxels without a value. The first
 * ball that meets a voxel is then the largest that holds it, and every voxel is written once. A ball that lies
 * inside the ball of one of its 26 neighbours is left out: the neighbour's is larger and paints everything
 * that it would. Each thread owns a few planes and goes through all balls that reach them.
 */
#include "measure/thickness_paint.h"

#include "core/memory.h"
#include "measure/thickness_stats.h"

#include <stdlib.h>

typedef struct ball {
    uint32_t x, y, z, d2;
} ball;

typedef struct painter {
    const trb_grid *grid;
    const uint32_t *d2;
    bool closed;
    const trb_paint_job *job;
    uint32_t *codes;
    uint32_t largest;
    uint32_t *gain[3];
    uint32_t *root; /* root[s] = floor(sqrt(s)) */
    ball *balls;    /* descending d2 */
    size_t n_balls;
    uint64_t *open; /* voxels without a value, as in a mask */
} painter;

/* Is the ball at (x, y, z) inside the ball of a neighbour? The closed ball of d2 is the open ball of d2 + 1. */
static bool contained(const painter *p, ptrdiff_t x, ptrdiff_t y, ptrdiff_t z)
{
    const ptrdiff_t nx = (ptrdiff_t)p->grid->nx, ny = (ptrdiff_t)p->grid->ny, nz = (ptrdiff_t)p->grid->nz;
    const uint32_t own = p->d2[(z * ny + y) * nx + x] + p->closed;
    for (ptrdiff_t dz = -1; dz <= 1; dz++)
        for (ptrdiff_t dy = -1; dy <= 1; dy++)
            for (ptrdiff_t dx = -1; dx <= 1; dx++) {
                const int type = (dx != 0) + (dy != 0) + (dz != 0) - 1;
                if (type < 0 || x + dx < 0 || x + dx >= nx || y + dy < 0 || y + dy >= ny || z + dz < 0 ||
                    z + dz >= nz)
                    continue;
                const uint32_t other = p->d2[((z + dz) * ny + y + dy) * nx + x + dx];
                if (other && other + p->closed >= own + p->gain[type][own])
                    return true;
            }
    return false;
}

/* Counting sort of the balls that are not contained, largest first; z, y, x ascending among equals. */
static trb_status collect(painter *p, trb_error *err)
{
    const size_t nx = p->grid->nx, ny = p->grid->ny, nz = p->grid->nz;
    size_t *start = trb_alloc_zero((size_t)p->largest + 2, sizeof *start, "the ball index", err);
    trb_mask *keep = NULL;
    trb_status status = start ? trb_mask_create(p->grid, &keep, err) : TRB_ERR_MEMORY;
    if (status) {
        free(start);
        return status;
    }
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++)
                if (p->d2[((size_t)z * ny + y) * nx + x] && !contained(p, (ptrdiff_t)x, (ptrdiff_t)y, z))
                    trb_mask_set(keep, x, y, (size_t)z, 1);
    for (size_t i = 0; i < nx * ny * nz; i++)
        if (trb_mask_get(keep, i % nx, i / nx % ny, i / nx / ny))
            start[p->largest - p->d2[i] + 1]++, p->n_balls++;
    for (size_t s = 0; s <= p->largest; s++)
        start[s + 1] += start[s];
    p->balls = trb_alloc(p->n_balls, sizeof *p->balls, "the list of balls", err);
    for (size_t i = 0; p->balls && i < nx * ny * nz; i++)
        if (trb_mask_get(keep, i % nx, i / nx % ny, i / nx / ny))
            p->balls[start[p->largest - p->d2[i]]++] =
                (ball){(uint32_t)(i % nx), (uint32_t)(i / nx % ny), (uint32_t)(i / nx / ny), p->d2[i]};
    trb_mask_destroy(keep);
    free(start);
    return p->balls ? TRB_OK : TRB_ERR_MEMORY;
}

/* Paint x0 <= x <= x1 of a row; returns how many voxels got their value. */
static size_t paint_run(uint64_t *open, uint32_t *codes, size_t x0, size_t x1, uint32_t value)
{
    size_t painted = 0;
    for (size_t w = x0 >> 6; w <= x1 >> 6; w++) {
        uint64_t run = ~(uint64_t)0;
        if (w == x0 >> 6)
            run &= ~(uint64_t)0 << (x0 & 63);
        if (w == x1 >> 6)
            run &= ~(uint64_t)0 >> (63 - (x1 & 63));
        uint64_t hit = open[w] & run;
        open[w] &= ~run;
        for (; hit; hit &= hit - 1, painted++)
            codes[w * 64 + (size_t)__builtin_ctzll(hit)] = value;
    }
    return painted;
}

static size_t paint_plane(painter *p, const ball *b, size_t z, uint32_t m)
{
    const trb_grid *grid = p->grid;
    const size_t words = p->job->object->words_per_row;
    const uint32_t reach = p->root[m];
    const size_t y0 = b->y > reach ? b->y - reach : 0;
    const size_t y1 = b->y + reach < grid->ny ? b->y + reach : grid->ny - 1;
    size_t painted = 0;
    for (size_t y = y0; y <= y1; y++) {
        const uint32_t dy = (uint32_t)(y > b->y ? y - b->y : b->y - y), half = p->root[m - dy * dy];
        const size_t x0 = b->x > half ? b->x - half : 0;
        const size_t x1 = b->x + half < grid->nx ? b->x + half : grid->nx - 1;
        painted += paint_run(p->open + (z * grid->ny + y) * words, p->codes + (z * grid->ny + y) * grid->nx, x0,
                             x1, b->d2);
    }
    return painted;
}

/* Planes z0 <= z < z1, owned by one thread. */
static void paint_planes(painter *p, size_t z0, size_t z1)
{
    const size_t words = p->job->object->words_per_row;
    size_t left = 0;
    for (size_t i = z0 * p->grid->ny * words; i < z1 * p->grid->ny * words; i++) {
        const size_t row = i / words;
        p->open[i] = trb_paint_wanted(p->job, row % p->grid->ny, row / p->grid->ny, i % words);
        left += (size_t)__builtin_popcountll(p->open[i]);
    }
    for (size_t i = 0; left && i < p->n_balls; i++) {
        const ball *b = &p->balls[i];
        const uint32_t last = b->d2 - !p->closed, reach = p->root[last]; /* |n|^2 <= last */
        for (size_t z = z0; z < z1; z++) {
            const size_t dz = z > b->z ? z - b->z : b->z - z;
            if (dz <= reach)
                left -= paint_plane(p, b, z, last - (uint32_t)(dz * dz));
        }
    }
}

/* Largest distance inside the VOI; outside it the distances go when centres there do not count. */
static uint32_t restrict_centres(const trb_paint_job *job, uint32_t *d2)
{
    const trb_grid *grid = &job->object->grid;
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            uint32_t *row = d2 + ((size_t)z * grid->ny + y) * grid->nx;
            for (size_t x = 0; x < grid->nx; x++)
                if (!job->voi || trb_mask_get(job->voi, x, y, (size_t)z))
                    largest = row[x] > largest ? row[x] : largest;
                else if (job->centres_voi)
                    row[x] = 0;
        }
    return largest;
}

/* Every wanted voxel gets a code; codes[] of all others is 0. */
static trb_status paint_codes(painter *p, trb_error *err)
{
    const size_t voxels = trb_grid_voxels(p->grid), rows = p->grid->ny * p->grid->nz;
    const size_t words = p->job->object->words_per_row * rows;
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t i = 0; i < voxels; i++) {
        p->codes[i] = 0;
        largest = p->d2[i] > largest ? p->d2[i] : largest;
    }
    p->largest = largest;
    trb_status status = trb_containment_create(largest + 1, p->gain, err);
    if (!status && (!(p->root = trb_alloc((size_t)largest + 1, sizeof *p->root, "square roots", err)) ||
                    !(p->open = trb_alloc(words, sizeof *p->open, "a mask", err))))
        status = TRB_ERR_MEMORY;
    for (uint32_t s = 0, r = 0; !status && s <= largest; s++) {
        r += (uint64_t)(r + 1) * (r + 1) <= s;
        p->root[s] = r;
    }
    if (!status)
        status = collect(p, err);
    if (!status) {
        const ptrdiff_t nz = (ptrdiff_t)p->grid->nz, step = 4;
#pragma omp parallel for schedule(dynamic, 1)
        for (ptrdiff_t z = 0; z < nz; z += step)
            paint_planes(p, (size_t)z, (size_t)(z + step < nz ? z + step : nz));
    }
    free(p->gain[0]);
    free(p->root);
    free(p->open);
    free(p->balls);
    return status;
}

trb_status trb_thickness_paint_plain(const trb_paint_job *job, trb_paint_result *result, trb_error *err)
{
    const trb_grid *grid = &job->object->grid;
    const size_t voxels = trb_grid_voxels(grid);
    trb_volume *d2 = NULL;
    painter p = {.grid = grid, .closed = job->closed, .job = job};
    *result = (trb_paint_result){0, NULL, 0};
    trb_status status = trb_distance_squared(job->object, job->border, &d2, err);
    if (!status && !(p.codes = trb_alloc(voxels, sizeof *p.codes, "the thickness map", err)))
        status = TRB_ERR_MEMORY;
    if (!status) {
        result->largest_inside = restrict_centres(job, d2->voxels);
        p.d2 = d2->voxels;
        status = paint_codes(&p, err);
    }
    trb_volume_destroy(d2);
    result->n_codes = (size_t)p.largest + 1;
    if (!status && !(result->code_count =
                         trb_alloc_zero(result->n_codes, sizeof *result->code_count, "a histogram", err)))
        status = TRB_ERR_MEMORY;
    for (size_t i = 0; !status && i < voxels; i++)
        result->code_count[p.codes[i]] += p.codes[i] > 0;
    float *own = NULL; /* codes and lengths are equally large, but a float may not be written where a code is */
    if (!status && job->sink && !(own = trb_alloc(voxels, sizeof *own, "the thickness map", err)))
        status = TRB_ERR_MEMORY;
    float *map = own ? own : job->map;
    for (size_t i = 0; !status && map && i < voxels; i++)
        map[i] = p.codes[i] ? (float)(trb_thickness_of_r2(p.codes[i]) * job->scale) : 0.0F;
    free(p.codes);
    if (!status && job->sink)
        status = job->sink->planes(job->sink->user, 0, grid->nz, map, err);
    free(own);
    return status;
}
