/*
 * distance_exact.c - exact distances, one axis at a time, for any size and spacing.
 *
 * The squared Euclidean distance separates: first the distance along z alone, then for every column along y
 * the smallest of (value k rows away) + k^2, then the same along x. A search from the middle outwards may stop
 * as soon as k^2 alone is no better than what is already found, because every value is at least 0.
 *
 * Invariant after the z pass: the number of steps to the nearest background voxel of the same (x, y) column,
 * or TRB_D2_NONE when the column has none.
 *
 * This is the plain path: it serves sizes and spacings that the fast kernels do not, and the tests compare
 * those kernels with it.
 */
#include "measure/distance_exact.h"

#include "core/memory.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

trb_status trb_distance_fits(const trb_grid *grid, trb_error *err)
{
    double diagonal2 = 0;
    const size_t n[3] = {grid->nx, grid->ny, grid->nz};
    for (int axis = 0; axis < 3; axis++)
        diagonal2 += (double)n[axis] * (double)n[axis];
    if (diagonal2 < (double)TRB_D2_NONE)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                         "the image is %zu x %zu x %zu voxels, its squared diagonal does not fit in 32 bits: "
                         "crop it or use larger voxels", grid->nx, grid->ny, grid->nz);
}

/* One row (y) of all planes: steps along z, going up and then down. `seen` is the step count at the last
 * plane; outside the image counts as background or as never seen. */
static void scan_z(const trb_mask *object, trb_border border, size_t y, size_t z0, size_t z1,
                   uint32_t *restrict seen, uint32_t *restrict out)
{
    const trb_grid *grid = &object->grid;
    const size_t nx = grid->nx, plane = nx * grid->ny;
    const uint32_t start = border == TRB_BORDER_BACKGROUND ? 0 : TRB_D2_NONE;
    for (size_t x = 0; x < nx; x++)
        seen[x] = start;
    for (size_t z = 0; z < z1; z++) {
        const uint64_t *bits = trb_mask_row(object, y, z);
        for (size_t x = 0; x < nx; x++) {
            const bool inside = bits[x >> 6] >> (x & 63) & 1;
            seen[x] = !inside ? 0 : seen[x] == TRB_D2_NONE ? TRB_D2_NONE : seen[x] + 1;
        }
        if (z >= z0)
            memcpy(out + (z - z0) * plane + y * nx, seen, nx * sizeof *seen);
    }
    for (size_t x = 0; x < nx; x++)
        seen[x] = start;
    for (size_t z = grid->nz; z-- > z0;) {
        const uint64_t *bits = trb_mask_row(object, y, z);
        uint32_t *row = z < z1 ? out + (z - z0) * plane + y * nx : NULL;
        for (size_t x = 0; x < nx; x++) {
            const bool inside = bits[x >> 6] >> (x & 63) & 1;
            seen[x] = !inside ? 0 : seen[x] == TRB_D2_NONE ? TRB_D2_NONE : seen[x] + 1;
            if (row && seen[x] < row[x])
                row[x] = seen[x];
        }
    }
}

static void scan_z_all(const trb_mask *object, trb_border border, size_t z0, size_t z1, uint32_t *seen,
                       uint32_t *out)
{
    const ptrdiff_t ny = (ptrdiff_t)object->grid.ny;
    /* One scratch row per image row, so that nothing is allocated in the parallel region. */
#pragma omp parallel for schedule(static)
    for (ptrdiff_t y = 0; y < ny; y++)
        scan_z(object, border, (size_t)y, z0, z1, seen + (size_t)y * object->grid.nx, out);
}

/* out[i] = min over j of line[j] + (i - j)^2; outside the line counts as background when `closed`. */
static void line_squared(const uint32_t *restrict line, size_t n, bool closed, uint32_t *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t best = line[i];
        const size_t before = i, after = n - 1 - i;
        if (closed) {
            const uint32_t steps = (uint32_t)(before < after ? before : after) + 1;
            best = steps * steps < best ? steps * steps : best;
        }
        const size_t reach = before > after ? before : after;
        for (size_t k = 1; k <= reach; k++) {
            const uint32_t k2 = (uint32_t)(k * k);
            if (k2 >= best)
                break;
            if (k <= before && line[i - k] < best - k2) /* written so that "none" cannot overflow */
                best = line[i - k] + k2;
            if (k <= after && line[i + k] < best - k2)
                best = line[i + k] + k2;
        }
        out[i] = best;
    }
}

/* y and x passes of one plane, in place. Scratch: two lines of max(nx, ny). */
static void plane_squared(uint32_t *plane, size_t nx, size_t ny, bool closed, uint32_t *line, uint32_t *result)
{
    for (size_t i = 0; i < nx * ny; i++)
        plane[i] = plane[i] == TRB_D2_NONE ? TRB_D2_NONE : plane[i] * plane[i];
    for (size_t x = 0; x < nx; x++) {
        for (size_t y = 0; y < ny; y++)
            line[y] = plane[y * nx + x];
        line_squared(line, ny, closed, result);
        for (size_t y = 0; y < ny; y++)
            plane[y * nx + x] = result[y];
    }
    for (size_t y = 0; y < ny; y++) {
        memcpy(line, plane + y * nx, nx * sizeof *line);
        line_squared(line, nx, closed, plane + y * nx);
    }
}

trb_status trb_distance_exact_planes(const trb_mask *object, trb_border border, size_t z0, size_t z1,
                                     uint32_t *out, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const size_t nx = grid->nx, ny = grid->ny, longest = nx > ny ? nx : ny;
    uint32_t *seen = trb_alloc(nx * ny, sizeof *seen, "a plane of distances", err);
    if (!seen)
        return TRB_ERR_MEMORY;
    scan_z_all(object, border, z0, z1, seen, out);
    free(seen);

    atomic_bool failed = false;
#pragma omp parallel
    {
        uint32_t *line = trb_alloc(2 * longest, sizeof *line, "two lines of distances", NULL);
        if (!line)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
            if (line)
                plane_squared(out + ((size_t)z - z0) * nx * ny, nx, ny, border == TRB_BORDER_BACKGROUND, line,
                              line + longest);
        free(line);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: lines of distances");
    return TRB_OK;
}

/* ---- in mm, for axes that differ */

/* As line_squared() with a step of its own length; lengths in mm^2, HUGE_VAL where nothing was found. */
static void line_mm2(const double *restrict line, size_t n, double step_mm, bool closed, double *restrict out)
{
    for (size_t i = 0; i < n; i++) {
        double best = line[i];
        const size_t before = i, after = n - 1 - i, reach = before > after ? before : after;
        if (closed) {
            const double edge = (double)((before < after ? before : after) + 1) * step_mm;
            best = fmin(best, edge * edge);
        }
        for (size_t k = 1; k <= reach; k++) {
            const double step = (double)k * step_mm, step2 = step * step;
            if (step2 >= best)
                break;
            if (k <= before)
                best = fmin(best, line[i - k] + step2);
            if (k <= after)
                best = fmin(best, line[i + k] + step2);
        }
        out[i] = best;
    }
}

/* One plane: steps along z (as uint32 in the float volume's memory) become distances in mm. */
static void plane_mm(void *voxels, const trb_grid *grid, bool closed, double *work)
{
    const size_t nx = grid->nx, ny = grid->ny, longest = nx > ny ? nx : ny;
    double *plane = work, *line = work + nx * ny, *result = line + longest;
    uint32_t steps;
    for (size_t i = 0; i < nx * ny; i++) {
        memcpy(&steps, (char *)voxels + i * 4, 4);
        const double mm = (double)steps * grid->spacing_mm[2];
        plane[i] = steps == TRB_D2_NONE ? HUGE_VAL : mm * mm;
    }
    for (size_t x = 0; x < nx; x++) {
        for (size_t y = 0; y < ny; y++)
            line[y] = plane[y * nx + x];
        line_mm2(line, ny, grid->spacing_mm[1], closed, result);
        for (size_t y = 0; y < ny; y++)
            plane[y * nx + x] = result[y];
    }
    for (size_t y = 0; y < ny; y++) {
        line_mm2(plane + y * nx, nx, grid->spacing_mm[0], closed, result);
        for (size_t x = 0; x < nx; x++) {
            const float mm = (float)sqrt(result[x]);
            memcpy((char *)voxels + (y * nx + x) * 4, &mm, 4);
        }
    }
}

static trb_status planes_mm(trb_volume *volume, trb_border border, trb_error *err)
{
    const trb_grid *grid = &volume->grid;
    const size_t plane = grid->nx * grid->ny, longest = grid->nx > grid->ny ? grid->nx : grid->ny;
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
    atomic_bool failed = false;
#pragma omp parallel
    {
        double *work = trb_alloc(plane + 2 * longest, sizeof *work, "a plane of distances", NULL);
        if (!work)
            atomic_store(&failed, true);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t z = 0; z < nz; z++)
            if (work)
                plane_mm((char *)volume->voxels + (size_t)z * plane * 4, grid,
                         border == TRB_BORDER_BACKGROUND, work);
        free(work);
    }
    if (atomic_load(&failed))
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a plane of distances for each thread");
    return TRB_OK;
}

trb_status trb_distance_exact_mm(const trb_mask *object, trb_border border, trb_volume *mm, trb_error *err)
{
    const trb_grid *grid = &object->grid;
    uint32_t *seen = trb_alloc(grid->nx * grid->ny, sizeof *seen, "a plane of distances", err);
    if (!seen)
        return TRB_ERR_MEMORY;
    scan_z_all(object, border, 0, grid->nz, seen, mm->voxels);
    free(seen);
    return planes_mm(mm, border, err);
}
