/*
 * subvoxel_crossings.c - the points where the grey values cross the level, with their normals.
 *
 * The mask alone says which edges have a crossing, so a first look at it counts them by rows; then the filtered planes pass by,
 * a few at a time, and every row fills its own part of the list: no thread waits for another, and slabs of any
 * size give the same bits.
 */
#include "measure/subvoxel.h"

#include "core/memory.h"
#include "prepare/filter_rows.h"

#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>

/* ---- which edges */

/* Edges from the 64 voxels of word i of row (y, z) to their next ones along x, y and z that change phase. */
static void edges_of_word(const trb_mask *bone, size_t i, size_t y, size_t z, uint64_t edges[3])
{
    const uint64_t *row = trb_mask_row(bone, y, z);
    const bool last = i + 1 == bone->words_per_row;
    const uint64_t here = row[i], next = here >> 1 | (last ? 0 : row[i + 1] << 63);
    const uint64_t voxels = last ? trb_mask_tail(bone) : ~(uint64_t)0;
    edges[0] = (here ^ next) & (last ? voxels >> 1 : voxels);
    edges[1] = y + 1 < bone->grid.ny ? here ^ trb_mask_row(bone, y + 1, z)[i] : 0;
    edges[2] = z + 1 < bone->grid.nz ? here ^ trb_mask_row(bone, y, z + 1)[i] : 0;
}

static uint32_t edges_of_row(const trb_mask *bone, size_t y, size_t z)
{
    uint32_t count = 0;
    for (size_t i = 0; i < bone->words_per_row; i++) {
        uint64_t edges[3];
        edges_of_word(bone, i, y, z, edges);
        for (int axis = 0; axis < 3; axis++)
            count += (uint32_t)__builtin_popcountll(edges[axis]);
    }
    return count;
}

static trb_status count_edges(const trb_mask *bone, trb_surface_points *points, trb_error *err)
{
    const size_t rows = bone->grid.ny * bone->grid.nz;
    uint64_t total = 0;
    points->first = trb_alloc(rows + 1, sizeof *points->first, "the rows of the surface", err);
    if (!points->first)
        return TRB_ERR_MEMORY;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t row = 0; row < (ptrdiff_t)rows; row++)
        points->first[row] = edges_of_row(bone, (size_t)row % bone->grid.ny, (size_t)row / bone->grid.ny);
    for (size_t row = 0; row <= rows; row++) {
        const uint32_t here = row < rows ? points->first[row] : 0;
        points->first[row] = (uint32_t)total;
        total += here;
        if (total >= INT32_MAX)
            return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                                 "the surface crosses more than 2^31 edges of the lattice; measure a part (--slices, --crop) or use "
                                 "--thickness exact");
    }
    points->count = (size_t)total;
    points->crossing = trb_alloc(points->count, sizeof *points->crossing, "points of the surface", err);
    return points->crossing ? TRB_OK : TRB_ERR_MEMORY;
}

/* ---- one crossing */

typedef struct walk {
    const trb_mask *bone;
    trb_surface_points *points;
    double level;
    bool invert;
    float *planes;        /* filtered planes first_plane <= z < end_plane */
    size_t first_plane, end_plane;
} walk;

/* Outside the image the edge voxel is repeated. */
static size_t clamp(ptrdiff_t i, size_t n)
{
    return i < 0 ? 0 : i >= (ptrdiff_t)n ? n - 1 : (size_t)i;
}

/* Grey values of the rows around row (y, z): [dz + 1][dy + 1], up to 2 beyond, as an edge and the voxels around its ends need. */
#define AROUND 4
typedef struct rows_around {
    const float *row[AROUND * AROUND];
} rows_around;

static const float *grey_row(const walk *w, ptrdiff_t y, ptrdiff_t z)
{
    const trb_grid *grid = &w->bone->grid;
    return w->planes + ((clamp(z, grid->nz) - w->first_plane) * grid->ny + clamp(y, grid->ny)) * grid->nx;
}

/*
 * Differences along each axis, smoothed by 1 2 1 along the others: Sobel's gradient, times 32. The weights are powers of 2, so that
 * only the order of the sums decides about the last bit: rows first to last, left to right. rows: 3 of each AROUND.
 */
static void gradient(const float *const *rows, size_t x, size_t nx, double out[3])
{
    const size_t left = clamp((ptrdiff_t)x - 1, nx), right = clamp((ptrdiff_t)x + 1, nx);
    double g[3] = {0, 0, 0};
#pragma GCC unroll 9
    for (int i = 0; i < 9; i++) {
        const int dy = i % 3 - 1, dz = i / 3 - 1, wy = 2 - dy * dy, wz = 2 - dz * dz;
        const float *row = rows[i / 3 * AROUND + i % 3];
        const double a = (double)row[left], b = (double)row[x], c = (double)row[right];
        g[0] -= wy * wz * a;
        g[0] += wy * wz * c;
        if (dy) {
            g[1] += dy * wz * a;
            g[1] += 2 * dy * wz * b;
            g[1] += dy * wz * c;
        }
        if (dz) {
            g[2] += dz * wy * a;
            g[2] += 2 * dz * wy * b;
            g[2] += dz * wy * c;
        }
    }
    for (int k = 0; k < 3; k++)
        out[k] = g[k];
}

static double stepped(double value, double steps)
{
    return floor(value * steps + 0.5);
}

static void find_crossing(const walk *w, const rows_around *around, size_t x, size_t y, size_t z, unsigned axis, sv_crossing *out)
{
    const size_t nx = w->bone->grid.nx, bx = x + (axis == 0), next = axis == 1 ? 1 : axis == 2 ? AROUND : 0;
    const double here = (double)around->row[AROUND + 1][x], there = (double)around->row[AROUND + 1 + next][bx];
    const bool bone = trb_mask_get(w->bone, x, y, z) != 0;
    const bool above = here >= w->level, real = above != (there >= w->level) && (above != w->invert) == bone;
    const double steps = real ? stepped((w->level - here) / (there - here), SV_STEPS) : SV_STEPS / 2;
    const double t = steps / SV_STEPS, outwards = bone ? 1 : -1;
    double normal[3] = {0, 0, 0}, length = 0;
    if (real) {
        double g[3], h[3];
        gradient(around->row, x, nx, g);
        gradient(around->row + next, bx, nx, h);
        for (int k = 0; k < 3; k++) {
            const double rise = (1 - t) * g[k] + t * h[k];
            normal[k] = w->invert ? rise : -rise;
        }
        length = sqrt(normal[0] * normal[0] + normal[1] * normal[1] + normal[2] * normal[2]);
    }
    const bool usable = length > 0 && normal[axis] * outwards > 0;
    *out = (sv_crossing){(uint16_t)x, (uint16_t)y, (uint16_t)z, (uint16_t)((unsigned)steps | axis << 13), {0, 0, 0}, 0};
    for (unsigned k = 0; k < 3; k++)
        out->normal[k] = (int16_t)(usable ? stepped(normal[k] / length, SV_NORMAL_STEPS)
                                          : k == axis ? outwards * SV_NORMAL_STEPS : 0);
}

static void crossings_of_row(const walk *w, size_t y, size_t z)
{
    sv_crossing *next = w->points->crossing + w->points->first[z * w->bone->grid.ny + y];
    rows_around around;
    for (ptrdiff_t i = 0; i < AROUND * AROUND; i++)
        around.row[i] = grey_row(w, (ptrdiff_t)y + i % AROUND - 1, (ptrdiff_t)z + i / AROUND - 1);
    for (size_t i = 0; i < w->bone->words_per_row; i++) {
        uint64_t edges[3];
        edges_of_word(w->bone, i, y, z, edges);
        for (uint64_t any = edges[0] | edges[1] | edges[2]; any; any &= any - 1) {
            const unsigned bit = (unsigned)__builtin_ctzll(any);
            for (unsigned axis = 0; axis < 3; axis++)
                if (edges[axis] >> bit & 1)
                    find_crossing(w, &around, i * 64 + bit, y, z, axis, next++);
        }
    }
}

/* ---- all of them */

#define PLANES 12 /* of crossings at a time; 3 more of grey values are needed around them */

/* Filtered planes of the window, a run of them for each thread: its ends are filtered twice. */
static trb_status fill_planes(const trb_smoother *smoother, walk *w, trb_error *err)
{
    const size_t n = w->end_plane - w->first_plane, plane = w->bone->grid.nx * w->bone->grid.ny;
    const size_t threads = (size_t)omp_get_max_threads(), run = (n + threads - 1) / threads;
    trb_status failed = TRB_OK;
#pragma omp parallel for schedule(static, 1)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)threads; i++) {
        const size_t from = (size_t)i * run, to = from + run < n ? from + run : n;
        trb_error inner = {TRB_OK, ""};
        if (from >= to)
            continue;
        const trb_status status = trb_smoother_planes(smoother, w->first_plane + from, w->first_plane + to,
                                                      w->planes + from * plane, &inner);
        if (status)
#pragma omp critical(trb_surface_points_failed)
        {
            if (!failed && err)
                *err = inner;
            failed = status;
        }
    }
    return failed;
}

static trb_status walk_planes(walk *w, trb_grey_source *source, const trb_filter *filter, size_t z0, size_t z1,
                              trb_error *err)
{
    const trb_grid *grid = &w->bone->grid;
    trb_volume view;
    trb_smoother *smoother = NULL;
    w->first_plane = z0 ? z0 - 1 : 0;
    w->end_plane = z1 + 2 < grid->nz ? z1 + 2 : grid->nz;
    trb_status status = trb_grey_smoother(source, w->first_plane, w->end_plane, filter, &view, &smoother, err);
    if (!status)
        status = fill_planes(smoother, w, err);
    trb_smoother_destroy(smoother);
    if (status)
        return status;
#pragma omp parallel for schedule(dynamic, 8)
    for (ptrdiff_t row = (ptrdiff_t)(z0 * grid->ny); row < (ptrdiff_t)(z1 * grid->ny); row++)
        crossings_of_row(w, (size_t)row % grid->ny, (size_t)row / grid->ny);
    return TRB_OK;
}

trb_status sv_find_crossings(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                             const trb_mask *bone, trb_surface_points *points, trb_error *err)
{
    const trb_grid *grid = &bone->grid;
    const size_t most = source->volume ? PLANES : source->slab < PLANES ? source->slab : PLANES;
    walk w = {.bone = bone, .points = points, .level = level, .invert = invert};
    trb_status status = count_edges(bone, points, err);
    if (!status && !(w.planes = trb_alloc((most + 3) * grid->nx * grid->ny, sizeof *w.planes, "filtered planes", err)))
        status = TRB_ERR_MEMORY;
    for (size_t z = 0; !status && z < grid->nz; z += most)
        status = walk_planes(&w, source, filter, z, z + most < grid->nz ? z + most : grid->nz, err);
    free(w.planes);
    return status;
}
