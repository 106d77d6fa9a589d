/*
 * mesh_triangles.c - a triangle mesh in memory, and whether it is closed.
 *
 * Closed and free of self-contact is a property of each vertex: the triangles around it are one closed fan. It is looked
 * at by walking around, which finds edges with other than two triangles as well as parts that touch in a vertex alone.
 */
#include "measure/mesh_triangles.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

/* ---- the mesh */
trb_status trb_triangles_add_vertex(trb_triangles *mesh, const float at[3], trb_error *err)
{
    if (mesh->n_vertices == mesh->vertex_room) {
        const size_t room = mesh->vertex_room ? mesh->vertex_room + mesh->vertex_room / 2 : 4096;
        float *more = realloc(mesh->at, room * 3 * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "no memory for %zu vertices of the mesh: leave out the decimation", room);
        mesh->at = more;
        mesh->vertex_room = room;
    }
    memcpy(mesh->at + 3 * mesh->n_vertices++, at, 3 * sizeof *at);
    return TRB_OK;
}

trb_status trb_triangles_add(trb_triangles *mesh, const uint32_t vertex[3], trb_error *err)
{
    if (mesh->n_triangles == mesh->triangle_room) {
        const size_t room = mesh->triangle_room ? mesh->triangle_room + mesh->triangle_room / 2 : 8192;
        uint32_t *more = realloc(mesh->corner, room * 3 * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "no memory for %zu triangles of the mesh: leave out the decimation", room);
        mesh->corner = more;
        mesh->triangle_room = room;
    }
    memcpy(mesh->corner + 3 * mesh->n_triangles++, vertex, 3 * sizeof *vertex);
    return TRB_OK;
}

void trb_triangles_clear(trb_triangles *mesh)
{
    free(mesh->at);
    free(mesh->corner);
    *mesh = (trb_triangles){0};
}

/* ---- the corners at each vertex */
typedef struct fans {
    uint32_t *first; /* of each vertex in at[]; one more at the end */
    uint32_t *at;    /* indices into corner[] */
} fans;

static trb_status list_fans(const trb_triangles *mesh, fans *f, trb_error *err)
{
    const size_t n = 3 * mesh->n_triangles;
    f->first = trb_alloc_zero(mesh->n_vertices + 2, sizeof *f->first, "the fans of the mesh", err);
    f->at = trb_alloc(n + 1, sizeof *f->at, "the fans of the mesh", err);
    if (!f->first || !f->at)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        f->first[mesh->corner[i] + 2]++;
    for (size_t v = 0; v < mesh->n_vertices; v++)
        f->first[v + 2] += f->first[v + 1];
    for (size_t i = 0; i < n; i++) /* moves the starts to where they belong */
        f->at[f->first[mesh->corner[i] + 1]++] = (uint32_t)i;
    return TRB_OK;
}

static void fans_clear(fans *f)
{
    free(f->first);
    free(f->at);
}

static uint32_t next_of(const trb_triangles *mesh, uint32_t i)
{
    return mesh->corner[i % 3 == 2 ? i - 2 : i + 1];
}

static uint32_t last_of(const trb_triangles *mesh, uint32_t i)
{
    return mesh->corner[i % 3 == 0 ? i + 2 : i - 1];
}

/* Which of the n corners of one vertex begins with the side to `to`; how many do. */
static size_t starting_with(const trb_triangles *mesh, const uint32_t *at, size_t n, uint32_t to, size_t *count)
{
    size_t found = 0;
    *count = 0;
    for (size_t i = 0; i < n; i++)
        if (next_of(mesh, at[i]) == to) {
            found = i;
            ++*count;
        }
    return found;
}

enum fan { NOTHING, CLOSED, OPEN, WRONG };

static enum fan look_at(const trb_triangles *mesh, const uint32_t *at, size_t n)
{
    if (n == 0)
        return NOTHING;
    bool open = false;
    for (size_t i = 0; i < n; i++) { /* a side leaves once, and comes in once */
        size_t leaves, comes = 0;
        (void)starting_with(mesh, at, n, next_of(mesh, at[i]), &leaves);
        for (size_t k = 0; k < n; k++)
            comes += last_of(mesh, at[k]) == next_of(mesh, at[i]);
        if (leaves != 1 || comes > 1)
            return WRONG;
        open = open || comes == 0;
    }
    if (open)
        return OPEN;
    size_t walked = 0, i = 0, count;
    do {
        i = starting_with(mesh, at, n, last_of(mesh, at[i]), &count);
        walked++;
    } while (i != 0 && count == 1 && walked < n);
    return walked == n && i == 0 && n > 2 ? CLOSED : WRONG;
}

trb_status trb_triangles_check(const trb_triangles *mesh, const uint8_t *rim, uint8_t *bad, size_t *count, trb_error *err)
{
    fans f = {NULL, NULL};
    *count = 0;
    const trb_status status = list_fans(mesh, &f, err);
    for (size_t v = 0; !status && v < mesh->n_vertices; v++) {
        const enum fan fan = look_at(mesh, f.at + f.first[v], f.first[v + 1] - f.first[v]);
        const bool wrong = rim && rim[v] ? false : fan == WRONG || fan == OPEN;
        if (bad)
            bad[v] = wrong;
        *count += wrong;
    }
    fans_clear(&f);
    return status;
}
