/*
 * surface_grey.c - the surface where the grey value crosses a level: its area, what it encloses, where it faces.
 *
 * Planes come through the smoother, a few at a time. Most cells lie on one side of the level: a nibble per voxel
 * column says which corners are bone, and two nibbles decide. Each plane of cells has its own sums, which are added in
 * order, and normals are summed as whole numbers, so the result does not depend on threads.
 */
#include "measure/grey_measures.h"

#include "core/memory.h"
#include "measure/grey_cell.h"
#include "measure/normal_bins.h"
#include "prepare/filter_rows.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Four rows of voxels, [dz][dy], that hold a row of cells; v is the value of a corner less the level. */
typedef struct cell_row {
    const float *values[2][2];
    const uint64_t *voi[2][2];  /* NULL without a VOI */
    const uint64_t *bone[2][2]; /* NULL: bone is what reaches the level */
} cell_row;

/* What a voxel that is exactly at the level, and marrow, has instead of 0. */
#define NEXT_TO_NOTHING 1e-30

/*
 * The mask has the last word on what is bone. Where the value says otherwise (the mask was cleaned, or has a threshold of
 * its own there) the voxel is as far on the side of the mask: what was removed as a whole leaves no surface.
 */
static void corner_values(const cell_row *row, size_t x, unsigned code, double level, bool invert, double v[8])
{
    for (int corner = 0; corner < 8; corner++) {
        const double above = (double)row->values[corner >> 2][corner >> 1 & 1][x + (corner & 1)] - level;
        v[corner] = invert ? -above : above;
        if (!row->bone[0][0])
            continue;
        const bool bone = code >> corner & 1;
        if (bone != (v[corner] >= 0))
            v[corner] = -v[corner];
        if (v[corner] == 0)
            v[corner] = bone ? 0 : -NEXT_TO_NOTHING;
    }
}

static unsigned corners_in_voi(const cell_row *row, size_t x)
{
    if (!row->voi[0][0])
        return 8;
    uint64_t corners = 0;
    for (int corner = 0; corner < 8; corner++) {
        const size_t at = x + (corner & 1);
        corners += row->voi[corner >> 2][corner >> 1 & 1][at >> 6] >> (at & 63) & 1;
    }
    return (unsigned)corners;
}

/* `bound`: the smallest float32 at or above the level. */
static void mark_columns(const cell_row *row, size_t nx, float bound, uint8_t *restrict nibble)
{
    const float *a = row->values[0][0], *b = row->values[0][1], *c = row->values[1][0],
                *d = row->values[1][1];
    for (size_t x = 0; x < nx; x++)
        nibble[x] =
            (uint8_t)((a[x] >= bound) | (b[x] >= bound) << 1 | (c[x] >= bound) << 2 | (d[x] >= bound) << 3);
}

static void mark_columns_of_mask(const cell_row *row, size_t nx, uint8_t *restrict nibble)
{
    for (size_t x = 0; x < nx; x++) {
        unsigned bits = 0;
        for (int i = 0; i < 4; i++)
            bits |= (unsigned)(row->bone[i >> 1][i & 1][x >> 6] >> (x & 63) & 1) << i;
        nibble[x] = (uint8_t)bits;
    }
}

typedef struct plane_sums {
    double area, bone; /* voxel faces, voxels */
} plane_sums;

/* What all threads share. Cells z of `plane_area` are those between planes z and z + 1. */
typedef struct job {
    const trb_smoother *smoother;
    const trb_grid *grid;
    const trb_mask *voi;
    const trb_mask *bone; /* NULL: what reaches the level */
    const trb_grey_cells *cells;
    double level;
    float bound;
    bool invert; /* bone is below the level; only with a mask */
    size_t z_first, z_end, y_first, y_end; /* cells that can have a corner in the VOI */
    size_t planes_at_once;                 /* of cells; one plane of voxels more is loaded */
    plane_sums *planes;
    trb_normal_bins *normals; /* of each thread; NULL: not wanted */
} job;

static void add_normals(const trb_grey_cut *cut, unsigned corners, trb_normal_bins *to)
{
    for (int i = 0; i < cut->triangles->count; i++) {
        double vector[3];
        trb_grey_cut_vector(cut, i, vector);
        trb_normal_bins_add(to, vector, corners);
    }
}

static void add_row(const job *j, const cell_row *row, uint8_t *nibble, plane_sums *sums, trb_normal_bins *normals)
{
    const size_t nx = j->grid->nx;
    if (j->bone)
        mark_columns_of_mask(row, nx, nibble);
    else
        mark_columns(row, nx, j->bound, nibble);
    for (size_t x = 0; x + 1 < nx; x++) {
        const unsigned nibbles = nibble[x] | (unsigned)nibble[x + 1] << 4;
        if (nibbles == 0)
            continue;
        const unsigned corners = corners_in_voi(row, x);
        if (corners == 0)
            continue;
        if (nibbles == 255) {
            sums->bone += corners / 8.0;
            continue;
        }
        const unsigned code = j->cells->code_of_nibbles[nibbles];
        double v[8];
        trb_grey_cut cut;
        corner_values(row, x, code, j->level, j->invert, v);
        trb_grey_cut_cell(j->cells, code, v, &cut);
        sums->area += trb_grey_cut_area(&cut) * corners / 8;
        sums->bone += trb_grey_cut_volume(&cut) * corners / 8;
        if (normals)
            add_normals(&cut, corners, normals);
    }
}

static plane_sums sums_of_plane(const job *j, const float *near, size_t z, uint8_t *nibble, trb_normal_bins *normals)
{
    const size_t nx = j->grid->nx, ny = j->grid->ny;
    plane_sums sums = {0, 0};
    for (size_t y = j->y_first; y < j->y_end; y++) {
        cell_row row = {{{NULL}}, {{NULL}}, {{NULL}}};
        for (size_t dz = 0; dz < 2; dz++)
            for (size_t dy = 0; dy < 2; dy++) {
                row.values[dz][dy] = near + (dz * ny + y + dy) * nx;
                row.voi[dz][dy] = j->voi ? trb_mask_row(j->voi, y + dy, z + dz) : NULL;
                row.bone[dz][dy] = j->bone ? trb_mask_row(j->bone, y + dy, z + dz) : NULL;
            }
        add_row(j, &row, nibble, &sums, normals);
    }
    return sums;
}

static trb_status some_planes(const job *j, size_t z0, size_t end, float *planes, uint8_t *nibble,
                              trb_normal_bins *normals, trb_error *err)
{
    const size_t z1 = z0 + j->planes_at_once < end ? z0 + j->planes_at_once : end;
    const trb_status status = trb_smoother_planes(j->smoother, z0, z1 + 1, planes, err);
    for (size_t z = z0; !status && z < z1; z++)
        j->planes[z] = sums_of_plane(j, planes + (z - z0) * j->grid->nx * j->grid->ny, z, nibble, normals);
    return status;
}

/* A few planes at a time: enough that the one loaded twice costs little, few enough for the memory. */
static size_t choose_planes_at_once(const trb_grid *grid)
{
    const size_t fit = ((size_t)1 << 20) / (grid->nx * grid->ny);
    return fit < 1 ? 1 : fit > 16 ? 16 : fit;
}

/* No more threads than planes for them fit into 64 MiB. */
static size_t choose_threads(const job *j)
{
    const size_t bytes = (j->planes_at_once + 1) * j->grid->nx * j->grid->ny * sizeof(float);
    const size_t fit = ((size_t)64 << 20) / bytes, most = (size_t)omp_get_max_threads();
    return fit < 1 ? 1 : fit < most ? fit : most;
}

/* All planes of cells first <= z < end; the planes of each thread are allocated before. */
static trb_status planes_of_cells(const job *j, size_t first, size_t end, trb_error *err)
{
    const size_t nx = j->grid->nx, per_thread = (j->planes_at_once + 1) * j->grid->ny * nx;
    const size_t threads = choose_threads(j);
    const ptrdiff_t z_first = (ptrdiff_t)first, z_end = (ptrdiff_t)end;
    float *planes =
        trb_alloc(trb_size_multiply(threads, per_thread), sizeof *planes, "planes of the surface", err);
    uint8_t *nibbles = trb_alloc(threads, nx, "rows of the surface", err);
    trb_status failed = TRB_OK;
    if (!planes || !nibbles)
        failed = TRB_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) num_threads((int)threads) if (!failed)
    for (ptrdiff_t z = z_first; z < z_end; z += (ptrdiff_t)j->planes_at_once) {
        trb_status stop;
#pragma omp atomic read
        stop = failed;
        if (stop)
            continue;
        const size_t me = (size_t)omp_get_thread_num();
        trb_error inner = {TRB_OK, ""};
        const trb_status status =
            some_planes(j, (size_t)z, end, planes + me * per_thread, nibbles + me * nx,
                                              j->normals ? &j->normals[me] : NULL, &inner);
        if (status) {
#pragma omp critical(trb_surface_grey_failed)
            {
                if (!failed && err)
                    *err = inner;
#pragma omp atomic write
                failed = status;
            }
        }
    }
    free(planes);
    free(nibbles);
    return failed;
}

/* The cells that can count: all, or those around the box of the VOI. False when there are none. */
static bool cells_to_visit(job *j)
{
    const trb_grid *grid = j->grid;
    if (grid->nx < 2 || grid->ny < 2 || grid->nz < 2)
        return false;
    j->y_end = grid->ny - 1;
    j->z_end = grid->nz - 1;
    if (!j->voi)
        return true;
    trb_box box;
    if (!trb_mask_bounds(j->voi, &box))
        return false;
    j->y_first = box.lo[1] ? box.lo[1] - 1 : 0;
    j->z_first = box.lo[2] ? box.lo[2] - 1 : 0;
    j->y_end = box.hi[1] < j->y_end ? box.hi[1] : j->y_end;
    j->z_end = box.hi[2] < j->z_end ? box.hi[2] : j->z_end;
    return true;
}

static float smallest_float_at_or_above(double level)
{
    const float near = (float)level;
    return (double)near < level ? nextafterf(near, INFINITY) : near;
}

/* The source in slabs: the cells of a slab need one plane more. */
static trb_status all_slabs(trb_grey_source *source, const trb_filter *filter, job *j, trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t z = 0; !status && z < j->z_end; z = trb_grey_slab_end(source, z)) {
        const size_t slab_end = trb_grey_slab_end(source, z);
        const size_t first = z > j->z_first ? z : j->z_first, end = slab_end < j->z_end ? slab_end : j->z_end;
        if (first >= end)
            continue;
        trb_volume view;
        trb_smoother *smoother = NULL;
        status = trb_grey_smoother(source, first, end + 1, filter, &view, &smoother, err);
        j->smoother = smoother;
        if (!status)
            status = planes_of_cells(j, first, end, err);
        trb_smoother_destroy(smoother);
    }
    return status;
}

/* Volume of the cells, each weighted by its corners in the VOI: its voxels, less what the image border cuts off. */
static double weight_of_cells(const trb_grid *grid, const trb_mask *voi)
{
    double weight = 0;
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const double side = (z == 0 || z + 1 == grid->nz ? 0.5 : 1) * (y == 0 || y + 1 == grid->ny ? 0.5 : 1);
            double row = (double)grid->nx - 1;
            if (voi) {
                const uint64_t *words = trb_mask_row(voi, y, z);
                size_t count = 0;
                for (size_t w = 0; w < voi->words_per_row; w++)
                    count += (size_t)__builtin_popcountll(words[w]);
                row = (double)count - 0.5 * (trb_mask_get(voi, 0, y, z) + trb_mask_get(voi, grid->nx - 1, y, z));
            }
            weight += side * row;
        }
    return weight;
}

static trb_status check(const trb_grid *grid, double level, const trb_mask *mask, const char *what, trb_error *err)
{
    if (!isfinite(level))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the level of the surface must be a finite grey value, not %g", level);
    if (mask && !trb_grid_same_size(grid, &mask->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the image is %zu x %zu x %zu voxels, the %s %zu x %zu x %zu; both must lie on the "
            "same grid",
            grid->nx, grid->ny, grid->nz, what, mask->grid.nx, mask->grid.ny, mask->grid.nz);
    return TRB_OK;
}

static trb_status measure(trb_grey_source *source, const trb_filter *filter, job *j, trb_normal_bins *normals,
                          trb_grey_enclosed *out, trb_error *err)
{
    const size_t threads = (size_t)omp_get_max_threads();
    trb_status status = TRB_OK;
    j->bound = smallest_float_at_or_above(j->level);
    j->planes_at_once = choose_planes_at_once(j->grid);
    j->planes = trb_alloc_zero(j->grid->nz, sizeof *j->planes, "areas of planes", err);
    if (!j->planes || (normals && !(j->normals = trb_alloc_zero(threads, sizeof *j->normals, "normals", err))))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = all_slabs(source, filter, j, err);
    for (size_t z = 0; !status && z < j->grid->nz; z++) {
        out->area += j->planes[z].area;
        out->bone += j->planes[z].bone;
    }
    for (size_t i = 0; !status && normals && i < threads; i++)
        trb_normal_bins_join(normals, &j->normals[i]);
    free(j->planes);
    free(j->normals);
    return status;
}

trb_status trb_grey_enclose(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                            const trb_mask *bone, const trb_mask *voi, trb_normal_bins *normals,
                            trb_grey_enclosed *out, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    *out = (trb_grey_enclosed){0, 0, 0};
    trb_status status = check(grid, level, voi, "VOI", err);
    if (!status)
        status = check(grid, level, bone, "bone mask", err);
    if (!status && invert && !bone)
        status = trb_error_set(err, TRB_ERR_ARGUMENT,
                               "which voxels below the level are bone is told by the bone mask, and there is none: give the mask "
                               "of an inverted threshold");
    if (status)
        return status;
    trb_grey_cells cells = {.triangles = NULL};
    job j = {.grid = grid, .voi = voi, .bone = bone, .cells = &cells, .level = level, .invert = invert};
    if (cells_to_visit(&j) && !(status = trb_grey_cells_init(&cells, err))) {
        out->cells = weight_of_cells(grid, voi);
        status = measure(source, filter, &j, normals, out, err);
    }
    trb_grey_cells_clear(&cells);
    return status;
}

trb_status trb_surface_grey(const trb_volume *volume, const trb_filter *filter, double level,
                            const trb_mask *voi, double *area, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    trb_grey_enclosed enclosed;
    *area = NAN;
    const trb_status status = trb_grey_enclose(&source, filter, level, false, NULL, voi, NULL, &enclosed, err);
    if (!status)
        *area = enclosed.area;
    return status;
}

trb_status trb_volume_grey(const trb_volume *volume, const trb_filter *filter, double level, bool invert,
                           const trb_mask *bone, const trb_mask *voi, double *bone_vox, double *cells_vox, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    trb_grey_enclosed enclosed;
    *bone_vox = *cells_vox = NAN;
    const trb_status status = trb_grey_enclose(&source, filter, level, invert, bone, voi, NULL, &enclosed, err);
    if (!status) {
        *bone_vox = enclosed.bone;
        *cells_vox = enclosed.cells;
    }
    return status;
}
