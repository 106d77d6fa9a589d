/*
 * grey_cell.c - marching cubes with linear interpolation in one cell.
 *
 * An ambiguous face is decided by the value at the saddle of its bilinear interpolation (Nielson & Hamann 1991, the
 * asymptotic decider), which both cells at the face compute from the same four numbers: no cracks. Polygons are cut into
 * triangles as in the constructed tables; tunnels inside a cell are not looked for (they change the area of real bone by
 * less than 1e-4, see the tests against the reference).
 *
 * The volume is the flux of the field (x, 0, 0) out of the bone: 0 through all faces of the cell but x = 1, where it is the
 * area of bone, and mean x times the x component of its area vector for each triangle. Ways to cut a polygon into triangles
 * change it by as much as they change the surface, nothing else does.
 */
#include "measure/grey_cell.h"

#include "core/memory.h"
#include "measure/mesh_table.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

void trb_grey_cells_clear(trb_grey_cells *cells)
{
    free(cells->triangles);
    free(cells->backwards);
    cells->triangles = NULL;
    cells->backwards = NULL;
}

/* A polygon of n vertices is n - 2 triangles, one polygon after the other. */
static void find_backwards(unsigned code, const trb_cell_polygons *polygons, uint8_t *backwards)
{
    for (int p = 0, t = 0; p < polygons->count; p++) {
        const uint8_t turned = !trb_cell_faces_marrow(code, polygons->edge[p]);
        for (int i = 0; i < polygons->size[p] - 2; i++)
            backwards[t++] = turned;
    }
}

trb_status trb_grey_cells_init(trb_grey_cells *cells, trb_error *err)
{
    memset(cells, 0, sizeof *cells);
    const size_t sets = trb_cell_sets(cells->ambiguous, cells->first);
    cells->triangles = trb_alloc(sets, sizeof *cells->triangles, "the cells of the surface", err);
    cells->backwards = trb_alloc_zero(sets, sizeof *cells->backwards, "the cells of the surface", err);
    if (!cells->triangles || !cells->backwards)
        return TRB_ERR_MEMORY;
    for (unsigned code = 0; code < 256; code++)
        for (unsigned k = 0; k >> __builtin_popcount(cells->ambiguous[code]) == 0; k++) {
            const size_t set = cells->first[code] + k;
            trb_cell_polygons polygons;
            trb_cell_cut(code, trb_cell_faces_joined(cells->ambiguous[code], k), &polygons);
            trb_cell_triangulate(&polygons, TRB_LARGEST_AREA, &cells->triangles[set]);
            find_backwards(code, &polygons, cells->backwards[set]);
        }
    for (int edge = 0; edge < TRB_CELL_EDGES; edge++) {
        int *corners = cells->edge_corners[edge];
        trb_cell_edge_corners(edge, corners);
        for (unsigned code = 0; code < 256; code++)
            if ((code >> corners[0] ^ code >> corners[1]) & 1)
                cells->cut[code][cells->cuts[code]++] = (uint8_t)edge;
    }
    for (int face = 0; face < TRB_CELL_FACES; face++)
        trb_cell_face_corners(face, cells->face_corners[face]);
    for (unsigned nibbles = 0; nibbles < 256; nibbles++) {
        unsigned code = 0;
        for (unsigned corner = 0; corner < 8; corner++) /* corner 4 dz + 2 dy + dx is bit 4 dx + dy + 2 dz */
            code |= (nibbles >> (4 * (corner & 1) + (corner >> 1)) & 1) << corner;
        cells->code_of_nibbles[nibbles] = (uint8_t)code;
    }
    return TRB_OK;
}

static size_t set_of_cell(const trb_grey_cells *cells, unsigned code, const double v[8])
{
    unsigned k = 0, j = 0;
    for (int face = 0; face < TRB_CELL_FACES && cells->ambiguous[code] >> face; face++)
        if (cells->ambiguous[code] >> face & 1)
            k |= (unsigned)trb_cell_bone_is_joined(cells->face_corners[face], v) << j++;
    return cells->first[code] + k;
}

/* Area of bone on a face with corners v[0 .. 3] in cyclic order. */
static double bone_on_face(const double v[4], bool joined)
{
    static const double AT[4][2] = {{0, 0}, {1, 0}, {1, 1}, {0, 1}};
    double p[8][2], twice = 0;
    int n = 0, bones = 0;
    for (int i = 0; i < 4; i++) {
        const int next = (i + 1) % 4;
        const bool bone = v[i] >= 0;
        bones += bone;
        if (bone) {
            p[n][0] = AT[i][0];
            p[n++][1] = AT[i][1];
        }
        if (bone != (v[next] >= 0)) {
            const double t = v[i] / (v[i] - v[next]);
            p[n][0] = AT[i][0] + t * (AT[next][0] - AT[i][0]);
            p[n++][1] = AT[i][1] + t * (AT[next][1] - AT[i][1]);
        }
    }
    if (bones == 2 && (v[0] >= 0) == (v[2] >= 0) && !joined) { /* two corners on their own */
        const int a = v[0] >= 0 ? 0 : 1, c = a + 2, b = 1 - a, d = b + 2;
        return 0.5 * (v[a] / (v[a] - v[b]) * (v[a] / (v[a] - v[d])) + v[c] / (v[c] - v[b]) * (v[c] / (v[c] - v[d])));
    }
    for (int i = 0; i < n; i++) {
        const double *a = p[i], *b = p[(i + 1) % n];
        twice += a[0] * b[1] - a[1] * b[0];
    }
    return 0.5 * twice;
}

void trb_grey_cut_cell(const trb_grey_cells *cells, unsigned code, const double v[8], trb_grey_cut *out)
{
    const size_t set = set_of_cell(cells, code, v);
    out->triangles = &cells->triangles[set];
    out->backwards = cells->backwards[set];
    for (int i = 0; i < cells->cuts[code]; i++) {
        const int edge = cells->cut[code][i], a = cells->edge_corners[edge][0], b = cells->edge_corners[edge][1];
        for (int axis = 0; axis < 3; axis++)
            out->point[edge][axis] = a >> axis & 1;
        out->point[edge][edge / 4] = v[a] / (v[a] - v[b]);
    }
    const int *far = cells->face_corners[1];
    const double on_face[4] = {v[far[0]], v[far[1]], v[far[2]], v[far[3]]};
    const bool ambiguous = cells->ambiguous[code] >> 1 & 1;
    out->on_far_face = bone_on_face(on_face, ambiguous && trb_cell_bone_is_joined(far, v));
}

static void cross(const double a[3], const double b[3], const double c[3], double out[3])
{
    const double u[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]},
                 w[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
    out[0] = u[1] * w[2] - u[2] * w[1];
    out[1] = u[2] * w[0] - u[0] * w[2];
    out[2] = u[0] * w[1] - u[1] * w[0];
}

double trb_grey_cut_area(const trb_grey_cut *cut)
{
    double area = 0;
    for (int i = 0; i < cut->triangles->count; i++) {
        const uint8_t *edge = cut->triangles->edge[i];
        double n[3];
        cross(cut->point[edge[0]], cut->point[edge[1]], cut->point[edge[2]], n);
        area += 0.5 * sqrt(n[0] * n[0] + n[1] * n[1] + n[2] * n[2]);
    }
    return area;
}

void trb_grey_cut_vector(const trb_grey_cut *cut, int i, double out[3])
{
    const uint8_t *edge = cut->triangles->edge[i];
    cross(cut->point[edge[0]], cut->point[edge[1]], cut->point[edge[2]], out);
    for (int axis = 0; axis < 3; axis++)
        out[axis] *= cut->backwards[i] ? -0.5 : 0.5;
}

double trb_grey_cut_volume(const trb_grey_cut *cut)
{
    double volume = cut->on_far_face;
    for (int i = 0; i < cut->triangles->count; i++) {
        const uint8_t *edge = cut->triangles->edge[i];
        double n[3];
        trb_grey_cut_vector(cut, i, n);
        volume += (cut->point[edge[0]][0] + cut->point[edge[1]][0] + cut->point[edge[2]][0]) / 3 * n[0];
    }
    return volume;
}
