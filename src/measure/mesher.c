/*
 * mesher.c - marching cubes with shared vertices.
 *
 * Every cut edge of the grid has one vertex. Its number is kept for the edges of the two planes and between them, so
 * memory is that of some planes however long the image is. Vertices get their numbers in the order in which cells, by z,
 * y and x, first need them.
 */
#include "measure/mesher.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

#define NONE UINT32_MAX
enum { X_BELOW, Y_BELOW, X_ABOVE, Y_ABOVE, Z_BETWEEN };

size_t trb_mesher_bytes(size_t nx, size_t ny)
{
    return nx * ny * 5 * sizeof(uint32_t);
}

static void forget_ids(trb_mesher *m, int first, int end)
{
    for (int i = first; i < end; i++)
        memset(m->ids[i], 0xff, m->nx * m->ny * sizeof *m->ids[i]);
}

trb_status trb_mesher_begin(trb_mesher *m, trb_error *err)
{
    const size_t plane = m->nx * m->ny;
    m->vertices = NULL;
    m->triangles = NULL;
    m->base = m->n_vertices = m->vertex_room = m->n_triangles = m->triangle_room = 0;
    m->nibble = trb_alloc(m->nx, 1, "rows of the mesh", err);
    m->ids[0] = trb_alloc(trb_size_multiply(5, plane), sizeof *m->ids[0], "planes of the mesh", err);
    if (!m->nibble || !m->ids[0])
        return TRB_ERR_MEMORY;
    for (size_t i = 1; i < 5; i++)
        m->ids[i] = m->ids[0] + i * plane;
    forget_ids(m, 0, 5);
    return TRB_OK;
}

void trb_mesher_restart(trb_mesher *m)
{
    m->base = m->n_vertices = m->n_triangles = 0;
    forget_ids(m, 0, 5);
}

void trb_mesher_clear(trb_mesher *m)
{
    uint32_t *first = m->ids[0];
    for (int i = 1; i < 5 && first; i++) /* they change places */
        first = m->ids[i] < first ? m->ids[i] : first;
    free(first);
    free(m->nibble);
    free(m->vertices);
    free(m->triangles);
    m->ids[0] = NULL;
    m->nibble = NULL;
    m->vertices = NULL;
    m->triangles = NULL;
}

void trb_mesher_forget(trb_mesher *m, size_t before)
{
    if (before <= m->base)
        return;
    const size_t gone = before - m->base;
    memmove(m->vertices, m->vertices + gone, (m->n_vertices - gone) * sizeof *m->vertices);
    m->base = before;
    m->n_vertices -= gone;
}

/* Room for the vertices and triangles of one more cell. */
static trb_status reserve(trb_mesher *m, trb_error *err)
{
    if (m->n_vertices + TRB_CELL_EDGES + TRB_CELL_POLYGONS > m->vertex_room) {
        const size_t room = 2 * m->vertex_room + 1024;
        trb_mesh_vertex *grown = realloc(m->vertices, room * sizeof *grown);
        if (!grown)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %zu vertices of the mesh", room);
        m->vertices = grown;
        m->vertex_room = room;
    }
    if (m->n_triangles + TRB_CELL_TRIANGLES > m->triangle_room) {
        const size_t room = 2 * m->triangle_room + 1024;
        trb_mesh_triangle *grown = realloc(m->triangles, room * sizeof *grown);
        if (!grown)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %zu triangles of the mesh", room);
        m->triangles = grown;
        m->triangle_room = room;
    }
    if (m->base + m->n_vertices + TRB_CELL_EDGES + TRB_CELL_POLYGONS >= NONE)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "the mesh has more than 2^32 vertices: cut it with --crop or a VOI");
    return TRB_OK;
}

/* A cell and what is known of it. */
typedef struct cell {
    size_t x, y, z;
    double v[8]; /* corner values, bone is >= 0 */
} cell;

/* Where the edges of a cell have their numbers. */
static uint32_t *id_of(const trb_mesher *m, const cell *c, int edge)
{
    const int corner = m->table->edge_corners[edge][0], axis = edge / 4;
    const size_t at = (c->y + (corner >> 1 & 1)) * m->nx + c->x + (corner & 1);
    if (axis == 2)
        return &m->ids[Z_BETWEEN][at];
    const int above = corner >> 2 & 1;
    return &m->ids[axis == 0 ? (above ? X_ABOVE : X_BELOW) : (above ? Y_ABOVE : Y_BELOW)][at];
}

static bool is_wall(double v)
{
    return v < 0.5 * (double)TRB_MESH_WALL;
}

/* How far along its edge the surface lies. */
static double cut_at(const trb_mesher *m, double a, double b)
{
    if (is_wall(a) || is_wall(b))
        return 0.5;
    const double t = a / (a - b);
    return t < m->least ? m->least : t > 1 - m->least ? 1 - m->least : t;
}

static uint32_t vertex_on(trb_mesher *m, const cell *c, int edge)
{
    uint32_t *id = id_of(m, c, edge);
    if (*id != NONE)
        return *id;
    const int a = m->table->edge_corners[edge][0], b = m->table->edge_corners[edge][1];
    const size_t at[3] = {c->x, c->y, c->z};
    trb_mesh_vertex *vertex = &m->vertices[m->n_vertices];
    for (int axis = 0; axis < 3; axis++) {
        vertex->at[axis] = (double)at[axis] + (a >> axis & 1);
        vertex->normal[axis] = 0;
    }
    vertex->at[edge / 4] += cut_at(m, c->v[a], c->v[b]);
    return *id = (uint32_t)(m->base + m->n_vertices++);
}

/* The vertex in the middle of a polygon, whose triangles begin with `which`. */
static uint32_t middle_of(trb_mesher *m, const cell *c, const trb_cell_triangles *set, int which)
{
    double sum[3] = {0, 0, 0};
    int n = 0;
    for (int i = 0; i < set->count; i++)
        if (set->edge[i][0] == which) {
            const uint32_t id = vertex_on(m, c, set->edge[i][1]);
            for (int axis = 0; axis < 3; axis++)
                sum[axis] += trb_mesher_vertex(m, id)->at[axis];
            n++;
        }
    trb_mesh_vertex *vertex = &m->vertices[m->n_vertices];
    for (int axis = 0; axis < 3; axis++) {
        vertex->at[axis] = sum[axis] / n;
        vertex->normal[axis] = 0;
    }
    return (uint32_t)(m->base + m->n_vertices++);
}

static void add_normal(trb_mesher *m, const trb_mesh_triangle *t)
{
    trb_mesh_vertex *p[3];
    for (int i = 0; i < 3; i++)
        p[i] = trb_mesher_vertex(m, t->vertex[i]);
    double u[3], w[3];
    for (int axis = 0; axis < 3; axis++) {
        u[axis] = p[1]->at[axis] - p[0]->at[axis];
        w[axis] = p[2]->at[axis] - p[0]->at[axis];
    }
    const double n[3] = {u[1] * w[2] - u[2] * w[1], u[2] * w[0] - u[0] * w[2], u[0] * w[1] - u[1] * w[0]};
    for (int i = 0; i < 3; i++)
        for (int axis = 0; axis < 3; axis++)
            p[i]->normal[axis] += n[axis];
}

static uint32_t corners_in_voi(const trb_mesher *m, const cell *c)
{
    uint32_t corners = 0;
    for (size_t i = 0; i < 8 && m->voi; i++)
        corners += (uint32_t)trb_mask_get(m->voi, c->x + (i & 1), c->y + (i >> 1 & 1), c->z + (i >> 2));
    return m->voi ? corners : 8;
}

static trb_status add_cell(trb_mesher *m, const cell *c, unsigned code, trb_error *err)
{
    const trb_status status = reserve(m, err);
    if (status)
        return status;
    const trb_cell_triangles *set = trb_mesh_table_find(m->table, code, c->v, m->join_bone);
    const uint32_t eighths = corners_in_voi(m, c);
    uint32_t middle[TRB_CELL_POLYGONS] = {NONE, NONE, NONE, NONE};
    for (int i = 0; i < set->count; i++) {
        trb_mesh_triangle *t = &m->triangles[m->n_triangles++];
        for (int k = 0; k < 3; k++) {
            const int edge = set->edge[i][k], polygon = edge - TRB_CELL_EDGES;
            if (polygon >= 0 && middle[polygon] == NONE)
                middle[polygon] = middle_of(m, c, set, edge);
            t->vertex[k] = polygon >= 0 ? middle[polygon] : vertex_on(m, c, edge);
        }
        t->eighths = eighths;
        add_normal(m, t);
    }
    return TRB_OK;
}

/* Bit dy + 2 dz of each column: is it bone? */
static void mark_columns(const trb_mesher *m, const float *const rows[4])
{
    const float *a = rows[0], *b = rows[1], *c = rows[2], *d = rows[3];
    const double level = m->level;
    uint8_t *restrict nibble = m->nibble;
    const uint8_t turn = m->inverted ? 15 : 0;
    for (size_t x = 0; x < m->nx; x++)
        nibble[x] = (uint8_t)(turn ^ (uint8_t)(((double)a[x] >= level) | ((double)b[x] >= level) << 1 |
                                               ((double)c[x] >= level) << 2 | ((double)d[x] >= level) << 3));
    for (size_t x = 0; x < m->nx && m->inverted; x++) /* the wall is marrow either way */
        for (int i = 0; i < 4; i++)
            if (rows[i][x] == TRB_MESH_WALL)
                nibble[x] = (uint8_t)(nibble[x] & ~(1 << i));
}

/* Corner values of the cell at x; the code of its bone corners, 0 when it is not to be meshed. */
static unsigned look_at(const trb_mesher *m, const float *const rows[4], cell *c)
{
    unsigned code = 0;
    bool wall = false;
    for (unsigned i = 0; i < 8; i++) {
        const size_t x = c->x + (i & 1);
        const float value = rows[i >> 1][x];
        const double v = m->inverted ? m->level - (double)value : (double)value - m->level;
        const bool outside = value == TRB_MESH_WALL, bone = m->nibble[x] >> (i >> 1) & 1;
        wall = wall || outside;
        /* On the level itself an inverted mask has no bone: keep the sign that the code has. */
        c->v[i] = outside ? (double)TRB_MESH_WALL : bone || v < 0 ? v : -DBL_MIN;
        code |= (unsigned)bone << i;
    }
    return wall && m->open ? 0 : code;
}

trb_status trb_mesher_layer(trb_mesher *m, const float *below, const float *above, size_t z, size_t y_first, size_t y_end,
                            trb_error *err)
{
    for (int i = X_BELOW; i <= Y_BELOW; i++) { /* what was above is below */
        uint32_t *const swap = m->ids[i];
        m->ids[i] = m->ids[i + X_ABOVE];
        m->ids[i + X_ABOVE] = swap;
    }
    forget_ids(m, X_ABOVE, Z_BETWEEN + 1);
    m->n_triangles = 0;
    for (size_t y = y_first; y < y_end; y++) {
        const float *const rows[4] = {below + y * m->nx, below + (y + 1) * m->nx, above + y * m->nx, above + (y + 1) * m->nx};
        mark_columns(m, rows);
        for (size_t x = 0; x + 1 < m->nx; x++) {
            const unsigned nibbles = m->nibble[x] | (unsigned)m->nibble[x + 1] << 4;
            if (nibbles == 0 || nibbles == 255)
                continue;
            cell c = {x, y, z, {0}};
            const unsigned code = look_at(m, rows, &c);
            const trb_status status = code ? add_cell(m, &c, code, err) : TRB_OK;
            if (status)
                return status;
        }
    }
    return TRB_OK;
}
