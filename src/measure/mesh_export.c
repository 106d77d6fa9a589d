/*
 * mesh_export.c - layer after layer from planes of values to a file.
 *
 * Around the image lies one layer of wall (TRB_MESH_WALL), as does everything outside the VOI: there the surface closes
 * half-way, or its cells are left out. Vertices go to the file with the layer that makes them; triangles need only their
 * numbers, or (STL) the places of those of the last two layers. A mesh to be decimated is held until it is complete.
 */
#include "measure/mesh_export.h"

#include "core/memory.h"
#include "io/mesh_file.h"
#include "measure/mesh_decimate.h"
#include "measure/mesher.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLANES 8          /* read at a time */
#define NEAR_CENTRE 0.001 /* voxels: triangles at a voxel centre must not become points */

typedef struct job {
    trb_mesh_field *field;
    const trb_grid *grid;
    const trb_mask *voi;
    trb_mesher mesher;
    trb_mesh_file *file;
    float *plane[2];  /* with the wall around them */
    float *values;    /* planes read_first ... of the image */
    size_t read_first, read_end;
    bool holds; /* the mesh, for the decimation, in: */
    trb_triangles held;
    size_t held_most; /* triangles; 0: no limit */
    trb_mesh_counts counts;
} job;

/* ---- planes with a wall around them */
static trb_status read_planes(job *j, size_t z, trb_error *err)
{
    const size_t nz = j->grid->nz, slab = trb_mesh_field_slab(j->field);
    size_t end = z + PLANES < nz ? z + PLANES : nz;
    end = end - z > slab ? z + slab : end;
    trb_status status = trb_mesh_field_hold(j->field, z, end, err);
    if (!status)
        status = trb_mesh_field_planes(j->field, z, end, j->values, err);
    j->read_first = z;
    j->read_end = end;
    return status;
}

/* Plane z of the padded image: 0 and nz + 1 are wall. */
static trb_status load_plane(job *j, size_t z, float *to, trb_error *err)
{
    const size_t nx = j->grid->nx, ny = j->grid->ny, across = nx + 2;
    for (size_t i = 0; i < across * (ny + 2); i++)
        to[i] = TRB_MESH_WALL;
    if (z == 0 || z > j->grid->nz)
        return TRB_OK;
    z--;
    const trb_status status = z >= j->read_end ? read_planes(j, z, err) : TRB_OK;
    for (size_t y = 0; !status && y < ny; y++) {
        const float *from = j->values + ((z - j->read_first) * ny + y) * nx;
        float *row = to + (y + 1) * across + 1;
        memcpy(row, from, nx * sizeof *row);
        for (size_t x = 0; j->voi && x < nx; x++)
            if (!trb_mask_get(j->voi, x, y, z))
                row[x] = TRB_MESH_WALL;
    }
    return status;
}

/* ---- what a layer made */
static void place(const job *j, size_t number, float at[3])
{
    const trb_mesh_vertex *vertex = trb_mesher_vertex(&j->mesher, number);
    for (int axis = 0; axis < 3; axis++)
        at[axis] = (float)(j->grid->origin_mm[axis] + (vertex->at[axis] - 1) * j->grid->spacing_mm[axis]);
}

/* Corners about the origin of the grid, so that the sum stays small. */
static void add_to_counts(job *j, double p[3][3])
{
    double u[3], w[3];
    for (int axis = 0; axis < 3; axis++) {
        u[axis] = p[1][axis] - p[0][axis];
        w[axis] = p[2][axis] - p[0][axis];
    }
    const double n[3] = {u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]};
    j->counts.area_mm2 += 0.5 * sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    j->counts.volume_mm3 += (n[0] * p[0][0] + n[1] * p[0][1] + n[2] * p[0][2]) / 6;
}

static void count_triangle(job *j, const trb_mesh_triangle *t)
{
    double p[3][3];
    for (int i = 0; i < 3; i++)
        for (int axis = 0; axis < 3; axis++)
            p[i][axis] = (trb_mesher_vertex(&j->mesher, t->vertex[i])->at[axis] - 1) * j->grid->spacing_mm[axis];
    add_to_counts(j, p);
}

static trb_status hold_layer(job *j, size_t first_vertex, trb_error *err)
{
    const trb_mesher *m = &j->mesher;
    trb_status status = TRB_OK;
    for (size_t i = first_vertex; !status && i < m->base + m->n_vertices; i++) {
        float at[3];
        place(j, i, at);
        status = trb_triangles_add_vertex(&j->held, at, err);
    }
    for (size_t i = 0; !status && i < m->n_triangles; i++)
        status = trb_triangles_add(&j->held, m->triangles[i].vertex, err);
    if (!status && j->held_most && j->held.n_triangles > j->held_most)
        status = trb_error_set(err, TRB_ERR_MEMORY,
                               "its decimation has %.0f MiB, enough for %zu triangles, and there are more: raise "
                               "--memory-limit, take a smaller VOI, or write the mesh without --mesh-decimate",
                               (double)j->held_most * TRB_DECIMATE_BYTES / 1048576.0, j->held_most);
    return status;
}

static void write_layer(job *j, size_t first_vertex)
{
    const trb_mesher *m = &j->mesher;
    const size_t end = m->base + m->n_vertices;
    for (size_t i = first_vertex; i < end; i++) {
        float at[3];
        place(j, i, at);
        trb_mesh_file_vertex(j->file, at);
    }
    for (size_t i = 0; i < m->n_triangles; i++) {
        float at[3][3];
        for (int k = 0; k < 3; k++)
            place(j, m->triangles[i].vertex[k], at[k]);
        trb_mesh_file_triangle(j->file, m->triangles[i].vertex, at);
    }
}

static void count_layer(job *j)
{
    const trb_mesher *m = &j->mesher;
    for (size_t i = 0; i < m->n_triangles; i++)
        count_triangle(j, &m->triangles[i]);
    j->counts.vertices = m->base + m->n_vertices;
    j->counts.triangles += m->n_triangles;
}

static void write_held(job *j)
{
    const trb_triangles *held = &j->held;
    for (size_t i = 0; i < held->n_vertices; i++)
        trb_mesh_file_vertex(j->file, held->at + 3 * i);
    for (size_t i = 0; i < held->n_triangles; i++) {
        float at[3][3];
        double p[3][3];
        for (int k = 0; k < 3; k++)
            for (int axis = 0; axis < 3; axis++) {
                at[k][axis] = held->at[3 * (size_t)held->corner[3 * i + (size_t)k] + (size_t)axis];
                p[k][axis] = (double)at[k][axis] - j->grid->origin_mm[axis];
            }
        trb_mesh_file_triangle(j->file, held->corner + 3 * i, at);
        add_to_counts(j, p);
    }
    j->counts.vertices = held->n_vertices;
    j->counts.triangles = held->n_triangles;
}

/* What was counted so far is what was there before. */
static trb_status decimate(job *j, const trb_mesh_options *chosen, trb_error *err)
{
    const double limit = chosen->error_mm > 0 ? chosen->error_mm : INFINITY;
    trb_mesh_counts *c = &j->counts;
    *c = (trb_mesh_counts){.triangles_before = c->triangles, .area_before_mm2 = c->area_mm2, .volume_before_mm3 = c->volume_mm3};
    const trb_status status = trb_triangles_decimate(&j->held, chosen->keep, limit, &c->error_mm, err);
    if (!status)
        write_held(j);
    return status;
}

static void as_written(trb_mesh_counts *c)
{
    c->triangles_before = c->triangles;
    c->area_before_mm2 = c->area_mm2;
    c->volume_before_mm3 = c->volume_mm3;
}

static trb_status write_layers(job *j, trb_error *err)
{
    trb_mesher *m = &j->mesher;
    trb_status status = load_plane(j, 0, j->plane[0], err);
    for (size_t z = 0; !status && z <= j->grid->nz; z++) {
        const size_t mine = m->base + m->n_vertices;
        float *below = j->plane[z & 1], *above = j->plane[(z + 1) & 1];
        status = load_plane(j, z + 1, above, err);
        if (!status)
            status = trb_mesher_layer(m, below, above, z, 0, j->grid->ny + 1, err);
        if (status)
            break;
        count_layer(j);
        if (j->holds)
            status = hold_layer(j, mine, err);
        else
            write_layer(j, mine);
        trb_mesher_forget(m, mine);
    }
    return status;
}

static trb_status make_room(job *j, trb_error *err)
{
    const size_t padded = (j->grid->nx + 2) * (j->grid->ny + 2), plane = j->grid->nx * j->grid->ny;
    j->plane[0] = trb_alloc(trb_size_multiply(2, padded), sizeof *j->plane[0], "planes of the mesh", err);
    j->values = trb_alloc(trb_size_multiply(PLANES, plane), sizeof *j->values, "planes of the mesh", err);
    if (!j->plane[0] || !j->values)
        return TRB_ERR_MEMORY;
    j->plane[1] = j->plane[0] + padded;
    return trb_mesher_begin(&j->mesher, err);
}

static trb_status check_input(const trb_mesh_field *field, const trb_grid *grid, const trb_mask *voi,
                              const trb_mesh_options *chosen, trb_error *err)
{
    if (!(chosen->keep >= 0 && chosen->keep <= 1))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a mesh can be decimated to a share of its triangles between 0 and 1, not to %g",
                             chosen->keep);
    if (!(chosen->error_mm >= 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the error of a decimation is a length in mm, not %g", chosen->error_mm);
    if (!isfinite(field->level))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the level of the mesh must be a finite grey value, not %g", field->level);
    if (voi && !trb_grid_same_size(grid, &voi->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the VOI is %zu x %zu x %zu voxels, the image is %zu x %zu x %zu",
                             voi->grid.nx, voi->grid.ny, voi->grid.nz, grid->nx, grid->ny, grid->nz);
    return TRB_OK;
}

trb_status trb_mesh_export(const char *path, trb_mesh_field *field, const trb_mask *voi, const trb_mesh_options *options,
                           trb_mesh_counts *counts, trb_error *err)
{
    const trb_grid *grid = trb_mesh_field_grid(field);
    const trb_mesh_options chosen = options ? *options : trb_mesh_options_default();
    trb_mesh_table table;
    job j = {.field = field, .grid = grid, .voi = voi, .holds = chosen.keep > 0 && chosen.keep < 1,
             .held_most = chosen.memory_bytes / TRB_DECIMATE_BYTES};
    if (chosen.memory_bytes > 0 && j.held_most == 0)
        j.held_most = 1;
    if (counts)
        *counts = (trb_mesh_counts){0};
    trb_status status = check_input(field, grid, voi, &chosen, err);
    if (status)
        return status;
    j.mesher = (trb_mesher){.table = &table, .nx = grid->nx + 2, .ny = grid->ny + 2, .level = field->level,
                            .inverted = field->inverted, .join_bone = field->mask != NULL,
                            .open = chosen.open_walls, .least = NEAR_CENTRE};
    status = trb_mesh_table_init(&table, err);
    if (!status)
        status = make_room(&j, err);
    if (!status)
        status = trb_mesh_file_begin(path, chosen.force, &j.file, err);
    if (!status)
        status = write_layers(&j, err);
    if (!status && j.holds)
        status = decimate(&j, &chosen, err);
    else
        as_written(&j.counts);
    if (!status) {
        status = trb_mesh_file_close(j.file, err);
        j.file = NULL;
    }
    if (!status && counts)
        *counts = j.counts;
    trb_mesh_file_abandon(j.file);
    trb_mesh_field_release(field);
    trb_mesher_clear(&j.mesher);
    trb_triangles_clear(&j.held);
    free(j.plane[0]);
    free(j.values);
    trb_mesh_table_clear(&table);
    return status;
}

trb_mesh_options trb_mesh_options_default(void)
{
    return (trb_mesh_options){.keep = 1};
}

bool trb_mesh_is_name(const char *path)
{
    return trb_mesh_file_is_name(path);
}

trb_status trb_mesh_write_mask(const char *path, const trb_mask *bone, const trb_mask *voi,
                               const trb_mesh_options *options, trb_mesh_counts *counts, trb_error *err)
{
    trb_mesh_field field = trb_mesh_field_of_mask(bone);
    return trb_mesh_export(path, &field, voi, options, counts, err);
}

trb_status trb_mesh_write_grey(const char *path, const trb_volume *volume, const trb_filter *filter, double level,
                               bool inverted, const trb_mask *voi, const trb_mesh_options *options,
                               trb_mesh_counts *counts, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    trb_mesh_field field = trb_mesh_field_of_grey(&source, filter, level, inverted);
    return trb_mesh_export(path, &field, voi, options, counts, err);
}
