/*
 * mesh_table.c - polygons turned to the outside, cut so that no two cells cut the face between them.
 *
 * With ambiguous faces joined for the bone, the bone of a cell is one piece without holes, whatever its corners, but for
 * one case: two opposite corners alone. With a tunnel between these the mesh of a mask has exactly the Euler number of
 * its 26-connected voxels (twice that, as it is a closed surface).
 */
#include "measure/mesh_table.h"

#include "core/memory.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

static void middle(int edge, double at[3])
{
    int corners[2];
    trb_cell_edge_corners(edge, corners);
    for (int axis = 0; axis < 3; axis++)
        at[axis] = 0.5 * ((corners[0] >> axis & 1) + (corners[1] >> axis & 1));
}

/*
 * Does the polygon go around its normal, bone to marrow, the right way? Its first side d lies in a face with normal f to
 * the outside of the cell, the polygon is on the other side of that; b points to the bone. Then (b x d) f > 0.
 */
bool trb_cell_faces_marrow(unsigned code, const uint8_t *edge)
{
    double p[2][3], b[3], d[3];
    int corners[2];
    trb_cell_edge_corners(edge[0], corners);
    const int bone = code >> corners[0] & 1 ? corners[0] : corners[1];
    middle(edge[0], p[0]);
    middle(edge[1], p[1]);
    for (int axis = 0; axis < 3; axis++) {
        b[axis] = (bone >> axis & 1) - p[0][axis];
        d[axis] = p[1][axis] - p[0][axis];
    }
    const int face = __builtin_ctz(trb_cell_edge_faces(edge[0]) & trb_cell_edge_faces(edge[1]));
    const int axis = face / 2, u = (axis + 1) % 3, v = (axis + 2) % 3;
    const double along = b[u] * d[v] - b[v] * d[u];
    return face & 1 ? along > 0 : along < 0;
}

static void turn_to_marrow(unsigned code, trb_cell_polygons *polygons)
{
    for (int p = 0; p < polygons->count; p++) {
        uint8_t *edge = polygons->edge[p];
        const int n = polygons->size[p];
        if (!trb_cell_faces_marrow(code, edge))
            for (int i = 0; i < n / 2; i++) {
                const uint8_t swap = edge[i];
                edge[i] = edge[n - 1 - i];
                edge[n - 1 - i] = swap;
            }
    }
}

static void triangulate(unsigned code, unsigned joined, trb_cell_triangles *out)
{
    trb_cell_polygons polygons;
    trb_cell_cut(code, joined, &polygons);
    turn_to_marrow(code, &polygons);
    trb_cell_triangulate(&polygons, TRB_OFF_FACES, out);
}

/* Two triangles a, b around opposite corners become six around the way between them; b runs backwards from s on. */
static void make_tunnel(const uint8_t a[3], const uint8_t b[3], int s, trb_cell_triangles *out)
{
    out->count = 6;
    for (int i = 0; i < 3; i++) {
        const uint8_t here = a[i], next = a[(i + 1) % 3], across = b[(s + 3 - i) % 3], across_next = b[(s + 2 - i) % 3];
        const uint8_t first[3] = {here, next, across}, second[3] = {across, next, across_next};
        memcpy(out->edge[2 * i], first, 3);
        memcpy(out->edge[2 * i + 1], second, 3);
    }
}

static void find_tunnel(unsigned code, trb_cell_triangles *out)
{
    trb_cell_triangles ends, trial;
    triangulate(code, TRB_JOIN_BONE, &ends);
    double best = DBL_MAX;
    for (int s = 0; s < 3; s++) { /* the least twisted */
        make_tunnel(ends.edge[0], ends.edge[1], s, &trial);
        const double area = trb_cell_midpoint_area(&trial);
        if (area < best - 1e-9) {
            best = area;
            *out = trial;
        }
    }
}

trb_status trb_mesh_table_init(trb_mesh_table *table, trb_error *err)
{
    memset(table, 0, sizeof *table);
    const size_t sets = trb_cell_sets(table->ambiguous, table->first);
    table->triangles = trb_alloc(sets, sizeof *table->triangles, "the cells of the mesh", err);
    if (!table->triangles)
        return TRB_ERR_MEMORY;
    for (unsigned code = 0; code < 256; code++)
        for (unsigned k = 0; k >> __builtin_popcount(table->ambiguous[code]) == 0; k++)
            triangulate(code, trb_cell_faces_joined(table->ambiguous[code], k), &table->triangles[table->first[code] + k]);
    for (int corner = 0; corner < 8; corner++)
        find_tunnel(1U << corner | 1U << (7 - corner), &table->tunnel[corner]);
    for (int edge = 0; edge < TRB_CELL_EDGES; edge++)
        trb_cell_edge_corners(edge, table->edge_corners[edge]);
    for (int face = 0; face < TRB_CELL_FACES; face++)
        trb_cell_face_corners(face, table->face_corners[face]);
    return TRB_OK;
}

void trb_mesh_table_clear(trb_mesh_table *table)
{
    free(table->triangles);
    table->triangles = NULL;
}

const trb_cell_triangles *trb_mesh_table_find(const trb_mesh_table *table, unsigned code, const double v[8],
                                              bool join_bone)
{
    if (join_bone && __builtin_popcount(code) == 2 && (code & 0x0f) && __builtin_ctz(code) == __builtin_clz(code << 24))
        return &table->tunnel[__builtin_ctz(code)];
    unsigned k = 0, j = 0;
    for (int face = 0; face < TRB_CELL_FACES && table->ambiguous[code] >> face; face++)
        if (table->ambiguous[code] >> face & 1)
            k |= (unsigned)(join_bone || trb_cell_bone_is_joined(table->face_corners[face], v)) << j++;
    return &table->triangles[table->first[code] + k];
}
