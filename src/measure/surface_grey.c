/*
 * surface_grey.c - area of the surface where the grey value crosses a level.
 *
 * Marching cubes with linear interpolation along the edges of each cell. An ambiguous face is decided by the
 * value at the saddle of its bilinear interpolation (Nielson & Hamann 1991, the asymptotic decider), which both
 * cells at the face compute from the same four numbers: no cracks. Polygons are cut into triangles as in the
 * constructed tables; tunnels inside a cell are not looked for (they change the area of real bone by less than
 * 1e-4, see the tests against the reference).
 *
 * Planes come through the smoother, a few at a time. Most cells lie on one side of the level: a nibble per voxel
 * column says which corners are above, and two nibbles decide. Each plane of cells has its own sum; the sums are
 * added in order, so the result does not depend on threads.
 */
#include "measure/grey_measures.h"

#include "core/memory.h"
#include "measure/marching_cubes.h"
#include "prepare/filter_rows.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

/* Triangles of every code, for each way to join its ambiguous faces; and the geometry of a cell. */
typedef struct cell_table {
    unsigned ambiguous[256]; /* faces */
    size_t first[256];       /* where the 2^(ambiguous faces) sets of triangles of a code start */
    trb_cell_triangles *triangles;
    int cuts[256];                    /* how many edges of a code are cut, */
    uint8_t cut[256][TRB_CELL_EDGES]; /* and which */
    int edge_corners[TRB_CELL_EDGES][2];
    int face_corners[TRB_CELL_FACES][4];
    uint8_t code_of_nibbles[256]; /* nibble bit dy + 2 dz; the one at x + 1 is the high nibble */
} cell_table;

static void cell_table_clear(cell_table *table)
{
    free(table->triangles);
    table->triangles = NULL;
}

/* The k-th way to join: bit j of k stands for the j-th face of the set. */
static unsigned faces_joined(unsigned ambiguous, unsigned k)
{
    unsigned joined = 0;
    for (unsigned face = 0, j = 0; face < TRB_CELL_FACES; face++)
        if (ambiguous >> face & 1)
            joined |= (k >> j++ & 1) << face;
    return joined;
}

static trb_status cell_table_init(cell_table *table, trb_error *err)
{
    size_t sets = 0;
    for (unsigned code = 0; code < 256; code++) {
        table->ambiguous[code] = trb_cell_ambiguous_faces(code);
        table->first[code] = sets;
        sets += (size_t)1 << __builtin_popcount(table->ambiguous[code]);
    }
    table->triangles = trb_alloc(sets, sizeof *table->triangles, "the cells of the surface", err);
    if (!table->triangles)
        return TRB_ERR_MEMORY;
    for (unsigned code = 0; code < 256; code++)
        for (unsigned k = 0; k >> __builtin_popcount(table->ambiguous[code]) == 0; k++) {
            trb_cell_polygons polygons;
            trb_cell_cut(code, faces_joined(table->ambiguous[code], k), &polygons);
            trb_cell_triangulate(&polygons, TRB_LARGEST_AREA, &table->triangles[table->first[code] + k]);
        }
    memset(table->cuts, 0, sizeof table->cuts);
    for (int edge = 0; edge < TRB_CELL_EDGES; edge++) {
        int *corners = table->edge_corners[edge];
        trb_cell_edge_corners(edge, corners);
        for (unsigned code = 0; code < 256; code++)
            if ((code >> corners[0] ^ code >> corners[1]) & 1)
                table->cut[code][table->cuts[code]++] = (uint8_t)edge;
    }
    for (int face = 0; face < TRB_CELL_FACES; face++)
        trb_cell_face_corners(face, table->face_corners[face]);
    for (unsigned nibbles = 0; nibbles < 256; nibbles++) {
        unsigned code = 0;
        for (unsigned corner = 0; corner < 8; corner++) /* corner 4 dz + 2 dy + dx is bit 4 dx + dy + 2 dz */
            code |= (nibbles >> (4 * (corner & 1) + (corner >> 1)) & 1) << corner;
        table->code_of_nibbles[nibbles] = (uint8_t)code;
    }
    return TRB_OK;
}

/* Four rows of voxels, [dz][dy], that hold a row of cells; v is the value of a corner less the level. */
typedef struct cell_row {
    const float *values[2][2];
    const uint64_t *voi[2][2]; /* NULL without a VOI */
} cell_row;

static void corner_values(const cell_row *row, size_t x, double level, double v[8])
{
    for (int corner = 0; corner < 8; corner++)
        v[corner] = (double)row->values[corner >> 2][corner >> 1 & 1][x + (corner & 1)] - level;
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

/* Is the bone joined on this ambiguous face? Corners 0 and 2 of it are one phase, 1 and 3 the other. */
static bool bone_is_joined(const int corners[4], const double v[8])
{
    const double a = v[corners[0]] * v[corners[2]], b = v[corners[1]] * v[corners[3]];
    return v[corners[0]] >= 0 ? a >= b : b >= a;
}

static const trb_cell_triangles *triangles_of_cell(const cell_table *table, unsigned code, const double v[8])
{
    unsigned k = 0, j = 0;
    for (int face = 0; face < TRB_CELL_FACES && table->ambiguous[code] >> face; face++)
        if (table->ambiguous[code] >> face & 1)
            k |= (unsigned)bone_is_joined(table->face_corners[face], v) << j++;
    return &table->triangles[table->first[code] + k];
}

static double triangle_area(const double a[3], const double b[3], const double c[3])
{
    const double u[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]},
                 w[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
    const double x = u[1] * w[2] - u[2] * w[1], y = u[2] * w[0] - u[0] * w[2], z = u[0] * w[1] - u[1] * w[0];
    return 0.5 * sqrt(x * x + y * y + z * z);
}

static double cell_area(const cell_table *table, unsigned code, const double v[8])
{
    const trb_cell_triangles *t = triangles_of_cell(table, code, v);
    double point[TRB_CELL_EDGES][3];
    for (int i = 0; i < table->cuts[code]; i++) {
        const int edge = table->cut[code][i], a = table->edge_corners[edge][0],
                  b = table->edge_corners[edge][1];
        for (int axis = 0; axis < 3; axis++)
            point[edge][axis] = a >> axis & 1;
        point[edge][edge / 4] = v[a] / (v[a] - v[b]);
    }
    double area = 0;
    for (int i = 0; i < t->count; i++)
        area += triangle_area(point[t->edge[i][0]], point[t->edge[i][1]], point[t->edge[i][2]]);
    return area;
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

static double row_area(const cell_table *table, const cell_row *row, size_t nx, double level, float bound,
                       uint8_t *nibble)
{
    double area = 0;
    mark_columns(row, nx, bound, nibble);
    for (size_t x = 0; x + 1 < nx; x++) {
        const unsigned nibbles = nibble[x] | (unsigned)nibble[x + 1] << 4;
        if (nibbles == 0 || nibbles == 255)
            continue;
        const unsigned corners = corners_in_voi(row, x);
        if (corners == 0)
            continue;
        double v[8];
        corner_values(row, x, level, v);
        area += cell_area(table, table->code_of_nibbles[nibbles], v) * corners / 8;
    }
    return area;
}

/* What all threads share. Cells z of `plane_area` are those between planes z and z + 1. */
typedef struct job {
    const trb_smoother *smoother;
    const trb_grid *grid;
    const trb_mask *voi;
    const cell_table *table;
    double level;
    float bound;
    size_t z_first, z_end, y_first, y_end; /* cells that can have a corner in the VOI */
    size_t planes_at_once;                 /* of cells; one plane of voxels more is loaded */
    double *plane_area;
} job;

static double plane_area(const job *j, const float *near, size_t z, uint8_t *nibble)
{
    const size_t nx = j->grid->nx, ny = j->grid->ny;
    double area = 0;
    for (size_t y = j->y_first; y < j->y_end; y++) {
        cell_row row = {{{NULL}}, {{NULL}}};
        for (size_t dz = 0; dz < 2; dz++)
            for (size_t dy = 0; dy < 2; dy++) {
                row.values[dz][dy] = near + (dz * ny + y + dy) * nx;
                row.voi[dz][dy] = j->voi ? trb_mask_row(j->voi, y + dy, z + dz) : NULL;
            }
        area += row_area(j->table, &row, nx, j->level, j->bound, nibble);
    }
    return area;
}

static trb_status some_planes(const job *j, size_t z0, size_t end, float *planes, uint8_t *nibble, trb_error *err)
{
    const size_t z1 = z0 + j->planes_at_once < end ? z0 + j->planes_at_once : end;
    const trb_status status = trb_smoother_planes(j->smoother, z0, z1 + 1, planes, err);
    for (size_t z = z0; !status && z < z1; z++)
        j->plane_area[z] = plane_area(j, planes + (z - z0) * j->grid->nx * j->grid->ny, z, nibble);
    return status;
}

/* All planes of cells first <= z < end; the planes of each thread are allocated before. */
static trb_status planes_of_cells(const job *j, size_t first, size_t end, trb_error *err)
{
    const size_t nx = j->grid->nx, per_thread = (j->planes_at_once + 1) * j->grid->ny * nx;
    const size_t threads = (size_t)omp_get_max_threads();
    const ptrdiff_t z_first = (ptrdiff_t)first, z_end = (ptrdiff_t)end;
    float *planes =
        trb_alloc(trb_size_multiply(threads, per_thread), sizeof *planes, "planes of the surface", err);
    uint8_t *nibbles = trb_alloc(threads, nx, "rows of the surface", err);
    trb_status failed = TRB_OK;
    if (!planes || !nibbles)
        failed = TRB_ERR_MEMORY;
#pragma omp parallel for schedule(dynamic) if (!failed)
    for (ptrdiff_t z = z_first; z < z_end; z += (ptrdiff_t)j->planes_at_once) {
        trb_status stop;
#pragma omp atomic read
        stop = failed;
        if (stop)
            continue;
        const size_t me = (size_t)omp_get_thread_num();
        trb_error inner = {TRB_OK, ""};
        const trb_status status =
            some_planes(j, (size_t)z, end, planes + me * per_thread, nibbles + me * nx, &inner);
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

/* A few planes at a time: enough that the one loaded twice costs little, few enough for the memory. */
static size_t choose_planes_at_once(const trb_grid *grid)
{
    const size_t fit = ((size_t)1 << 22) / (grid->nx * grid->ny);
    return fit < 3 ? 3 : fit > 16 ? 16 : fit;
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

trb_status trb_grey_surface(trb_grey_source *source, const trb_filter *filter, double level, const trb_mask *voi,
                            double *area, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    *area = NAN;
    if (!isfinite(level))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the level of the surface must be a finite grey value, not %g", level);
    if (voi && !trb_grid_same_size(grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the image is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the "
            "same grid",
            grid->nx, grid->ny, grid->nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    cell_table table = {.triangles = NULL};
    job j = {.grid = grid, .voi = voi, .table = &table, .level = level};
    double sum = 0;
    trb_status status = cell_table_init(&table, err);
    if (!status && cells_to_visit(&j)) {
        j.bound = smallest_float_at_or_above(level);
        j.planes_at_once = choose_planes_at_once(grid);
        j.plane_area = trb_alloc_zero(grid->nz, sizeof *j.plane_area, "areas of planes", err);
        status = j.plane_area ? all_slabs(source, filter, &j, err) : TRB_ERR_MEMORY;
        for (size_t z = 0; !status && z < grid->nz; z++)
            sum += j.plane_area[z];
    }
    if (!status)
        *area = sum;
    free(j.plane_area);
    cell_table_clear(&table);
    return status;
}

trb_status trb_surface_grey(const trb_volume *volume, const trb_filter *filter, double level,
                            const trb_mask *voi, double *area, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_surface(&source, filter, level, voi, area, err);
}
