/*
 * smi.c - the structure model index from a mesh whose vertices move along their normals.
 *
 * A layer is the cells between two planes. Its triangles can be looked at when the layers below and above are meshed, as
 * the normals of its vertices are complete then. Threads take some layers each, and mesh one more at both ends. What a
 * layer adds depends on its own and the two next to it, in the order of their cells, and not on who meshed them; the
 * sums of the layers are added in order.
 */
#include "measure/smi.h"

#include "core/memory.h"
#include "measure/mesher.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define STEP 0.01 /* voxels that a vertex moves: BoneJ's choice, small against every radius */
#define LAYERS_MOST 16

/* Of one layer, in voxel faces; grown and shrunk are changes of area by the step. */
typedef struct growth {
    double area, grown, shrunk, concave_area;
} growth;

typedef struct job {
    const trb_mesh_field *field;
    const trb_mask *voi;
    const trb_mesh_table *table;
    size_t nx, ny;
    size_t lowest, end;            /* layers that there are */
    size_t y_first, y_end;         /* rows of cells that matter, and one more */
    size_t z_first, z_end;         /* layers that matter */
    size_t layers;                 /* of a thread at a time */
    growth *of_layer;
} job;

/* ---- one layer */
static double triangle_area(const double *a, const double *b, const double *c)
{
    const double u[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]}, w[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
    const double x = u[1] * w[2] - u[2] * w[1], y = u[2] * w[0] - u[0] * w[2], z = u[0] * w[1] - u[1] * w[0];
    return 0.5 * sqrt(x * x + y * y + z * z);
}

/* The normals of vertices first <= i < end are complete: make them the place where the vertex moves. */
static void move(trb_mesher *m, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        trb_mesh_vertex *vertex = trb_mesher_vertex(m, i);
        double *n = vertex->normal;
        const double length = sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
        for (int axis = 0; axis < 3; axis++)
            n[axis] = vertex->at[axis] + (length > 0 ? STEP * n[axis] / length : 0);
    }
}

static growth growth_of(const trb_mesher *m, const trb_mesh_triangle *triangles, size_t n)
{
    growth sum = {0, 0, 0, 0};
    for (size_t i = 0; i < n; i++) {
        const trb_mesh_triangle *t = &triangles[i];
        if (!t->eighths)
            continue;
        const trb_mesh_vertex *a = trb_mesher_vertex(m, t->vertex[0]), *b = trb_mesher_vertex(m, t->vertex[1]),
                              *c = trb_mesher_vertex(m, t->vertex[2]);
        const double weight = t->eighths / 8.0, area = triangle_area(a->at, b->at, c->at);
        const double change = triangle_area(a->normal, b->normal, c->normal) - area;
        sum.area += weight * area;
        if (change < 0) {
            sum.shrunk += weight * change;
            sum.concave_area += weight * area;
        } else {
            sum.grown += weight * change;
        }
    }
    return sum;
}

/* ---- some layers, by one thread */
typedef struct worker {
    trb_mesher mesher;
    float *planes;
    trb_mesh_triangle *before; /* triangles of the layer before the last */
    size_t n_before, room;
} worker;

/* The last layer becomes the one before. */
static void keep_triangles(worker *w)
{
    trb_mesh_triangle *const swap = w->before;
    const size_t room = w->room;
    w->before = w->mesher.triangles;
    w->room = w->mesher.triangle_room;
    w->n_before = w->mesher.n_triangles;
    w->mesher.triangles = swap;
    w->mesher.triangle_room = room;
    w->mesher.n_triangles = 0;
}

static trb_status mesh_layers(const job *j, worker *w, size_t z0, size_t z1, trb_error *err)
{
    const size_t plane = j->nx * j->ny, from = z0 > j->lowest ? z0 - 1 : z0, to = z1 < j->end ? z1 + 1 : z1;
    trb_mesher *m = &w->mesher;
    trb_status status = trb_mesh_field_planes(j->field, from, to + 1, w->planes, err);
    trb_mesher_restart(m);
    w->n_before = 0;
    size_t started = 0; /* number of the first vertex of the layer before */
    for (size_t z = from; !status && z <= to; z++) {
        const size_t mine = m->base + m->n_vertices;
        m->n_triangles = 0;
        if (z < to)
            status = trb_mesher_layer(m, w->planes + (z - from) * plane, w->planes + (z + 1 - from) * plane, z, j->y_first,
                                      j->y_end, err);
        if (status || z == from) {
            keep_triangles(w);
            continue;
        }
        move(m, started, mine); /* what the layer before made is complete now */
        if (z - 1 >= z0 && z - 1 < z1)
            j->of_layer[z - 1] = growth_of(m, w->before, w->n_before);
        trb_mesher_forget(m, started);
        started = mine;
        keep_triangles(w);
    }
    return status;
}

static trb_status begin_worker(const job *j, worker *w, trb_error *err)
{
    w->mesher = (trb_mesher){.table = j->table, .nx = j->nx, .ny = j->ny, .level = j->field->level,
                             .inverted = j->field->inverted, .voi = j->voi};
    w->planes = trb_alloc(trb_size_multiply(j->layers + 3, j->nx * j->ny), sizeof *w->planes, "planes of the mesh", err);
    return w->planes ? trb_mesher_begin(&w->mesher, err) : TRB_ERR_MEMORY;
}

static void clear_worker(worker *w)
{
    trb_mesher_clear(&w->mesher);
    free(w->planes);
    free(w->before);
}

/* Layers first <= z < end, whose planes are at hand. */
static trb_status mesh_slab(const job *j, worker *workers, int threads, size_t first, size_t end, trb_error *err)
{
    const ptrdiff_t z_first = (ptrdiff_t)first, z_end = (ptrdiff_t)end;
    trb_status failed = TRB_OK;
#pragma omp parallel for schedule(dynamic) num_threads(threads)
    for (ptrdiff_t z = z_first; z < z_end; z += (ptrdiff_t)j->layers) {
        trb_status stop;
#pragma omp atomic read
        stop = failed;
        if (stop)
            continue;
        trb_error inner = {TRB_OK, ""};
        const size_t to = (size_t)z + j->layers < end ? (size_t)z + j->layers : end;
        const trb_status status = mesh_layers(j, &workers[omp_get_thread_num()], (size_t)z, to, &inner);
        if (status) {
#pragma omp critical(trb_smi_failed)
            {
                if (!failed && err)
                    *err = inner;
#pragma omp atomic write
                failed = status;
            }
        }
    }
    return failed;
}

/* ---- all of it */
static bool choose_cells(job *j, const trb_grid *grid)
{
    if (grid->nx < 2 || grid->ny < 2 || grid->nz < 2)
        return false;
    j->y_end = grid->ny - 1;
    j->end = j->z_end = grid->nz - 1;
    trb_box box;
    if (!j->voi)
        return true;
    if (!trb_mask_bounds(j->voi, &box))
        return false;
    j->y_first = box.lo[1] > 1 ? box.lo[1] - 2 : 0; /* cells at the box, and those that share vertices with them */
    j->y_end = box.hi[1] + 1 < j->y_end ? box.hi[1] + 1 : j->y_end;
    j->z_first = box.lo[2] ? box.lo[2] - 1 : 0;
    j->z_end = box.hi[2] < j->z_end ? box.hi[2] : j->z_end;
    return true;
}

static int choose_threads(const job *j, size_t memory_bytes)
{
    const int most = omp_get_max_threads();
    const size_t plane = j->nx * j->ny;
    /* real bone cuts an edge in about ten voxels: two triangles and a vertex each, of up to four layers */
    const size_t each = trb_mesher_bytes(j->nx, j->ny) + (j->layers + 3) * plane * sizeof(float) + plane * 48;
    const size_t fit = memory_bytes ? memory_bytes / each : (size_t)most;
    return fit < 1 ? 1 : fit < (size_t)most ? (int)fit : most;
}

static trb_status mesh_all(job *j, trb_mesh_field *field, size_t memory_bytes, trb_error *err)
{
    const size_t fit = ((size_t)1 << 22) / (j->nx * j->ny), slab = trb_mesh_field_slab(field);
    j->layers = fit < 2 ? 2 : fit > LAYERS_MOST ? LAYERS_MOST : fit;
    const int threads = choose_threads(j, memory_bytes);
    worker *workers = trb_alloc_zero((size_t)threads, sizeof *workers, "the mesh", err);
    trb_status status = workers ? TRB_OK : TRB_ERR_MEMORY;
    for (int i = 0; !status && i < threads; i++)
        status = begin_worker(j, &workers[i], err);
    for (size_t z = j->z_first; !status && z < j->z_end; z += slab) {
        const size_t end = j->z_end - z < slab ? j->z_end : z + slab;
        status = trb_mesh_field_hold(field, z > j->lowest ? z - 1 : z, (end < j->end ? end + 1 : end) + 1, err);
        if (!status)
            status = mesh_slab(j, workers, threads, z, end, err);
    }
    trb_mesh_field_release(field);
    for (int i = 0; workers && i < threads; i++)
        clear_worker(&workers[i]);
    free(workers);
    return status;
}

static void summarise(const job *j, double voxels, trb_smi *out)
{
    growth sum = {0, 0, 0, 0};
    for (size_t z = j->z_first; z < j->z_end; z++) {
        sum.area += j->of_layer[z].area;
        sum.grown += j->of_layer[z].grown;
        sum.shrunk += j->of_layer[z].shrunk;
        sum.concave_area += j->of_layer[z].concave_area;
    }
    if (!(sum.area > 0))
        return;
    const double scale = 6 * voxels / (STEP * sum.area * sum.area);
    out->convex = scale * sum.grown;
    out->concave = scale * sum.shrunk;
    out->smi = out->convex + out->concave;
    out->concave_area_fraction = sum.concave_area / sum.area;
    out->area_vox2 = sum.area;
    out->growth_vox = (sum.grown + sum.shrunk) / STEP;
}

trb_status trb_field_smi(trb_mesh_field *field, const trb_mask *voi, uint64_t bone_voxels, size_t memory_bytes,
                         trb_smi *out, trb_error *err)
{
    const trb_grid *grid = trb_mesh_field_grid(field);
    *out = (trb_smi){NAN, NAN, NAN, NAN, NAN, NAN};
    if (!isfinite(field->level))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the level of the surface must be a finite grey value, not %g",
                             field->level);
    if (voi && !trb_grid_same_size(grid, &voi->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the VOI is %zu x %zu x %zu voxels, the image is %zu x %zu x %zu",
                             voi->grid.nx, voi->grid.ny, voi->grid.nz, grid->nx, grid->ny, grid->nz);
    trb_mesh_table table;
    job j = {.field = field, .voi = voi, .table = &table, .nx = grid->nx, .ny = grid->ny};
    trb_status status = trb_mesh_table_init(&table, err);
    if (!status && choose_cells(&j, grid)) {
        j.of_layer = trb_alloc_zero(grid->nz, sizeof *j.of_layer, "layers of the mesh", err);
        status = j.of_layer ? mesh_all(&j, field, memory_bytes, err) : TRB_ERR_MEMORY;
        if (!status)
            summarise(&j, (double)bone_voxels, out);
        free(j.of_layer);
    }
    trb_mesh_table_clear(&table);
    return status;
}

trb_status trb_smi_mask(const trb_mask *bone, const trb_mask *voi, trb_smi *out, trb_error *err)
{
    trb_mesh_field field = trb_mesh_field_of_mask(bone);
    const bool fits = !voi || trb_grid_same_size(&bone->grid, &voi->grid);
    return trb_field_smi(&field, voi, fits ? trb_mask_count_and(bone, voi) : 0, 0, out, err);
}

trb_status trb_smi_grey(const trb_volume *volume, const trb_filter *filter, double level, bool inverted,
                        const trb_mask *voi, uint64_t bone_voxels, trb_smi *out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    trb_mesh_field field = trb_mesh_field_of_grey(&source, filter, level, inverted);
    return trb_field_smi(&field, voi, bone_voxels, 0, out, err);
}
