/*
 * marching_cubes.c - the polygons of each configuration, constructed instead of listed.
 *
 * On every face of a cell the surface leaves segments between cut edges: one where two edges are cut; two where
 * all four are (then the face is ambiguous, and the segments cut off either the two marrow corners, so that the
 * bone is joined, or the two bone corners). Every cut edge lies on two faces, so the segments form closed
 * polygons. Both cells at a face see the same corners and decide alike: the surface has no holes.
 *
 * Idea of marching cubes: Lorensen & Cline 1987, doi 10.1145/37401.37422.
 */
#include "measure/marching_cubes.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

void trb_cell_edge_corners(int edge, int corners[2])
{
    const int axis = edge / 4, k = edge % 4;
    const int low = k & ((1 << axis) - 1), high = k >> axis << (axis + 1); /* a 0 goes in at bit `axis` */
    corners[0] = high | low;
    corners[1] = corners[0] | 1 << axis;
}

unsigned trb_cell_edge_faces(int edge)
{
    int corners[2];
    trb_cell_edge_corners(edge, corners);
    unsigned faces = 0;
    for (int axis = 0; axis < 3; axis++)
        if (axis != edge / 4)
            faces |= 1U << (2 * axis + (corners[0] >> axis & 1));
    return faces;
}

/* The edge between two corners that differ along one axis. */
static int edge_between(int a, int b)
{
    const int axis = (a ^ b) == 1 ? 0 : (a ^ b) == 2 ? 1 : 2;
    const int first = a & b;
    return 4 * axis + ((first & ((1 << axis) - 1)) | (first >> (axis + 1)) << axis);
}

void trb_cell_face_corners(int face, int corners[4])
{
    const int axis = face / 2, u = 1 << (axis + 1) % 3, v = 1 << (axis + 2) % 3;
    const int base = (face & 1) << axis;
    corners[0] = base;
    corners[1] = base | u;
    corners[2] = base | u | v;
    corners[3] = base | v;
}

static bool is_bone(unsigned code, int corner)
{
    return code >> corner & 1;
}

static bool is_ambiguous(unsigned code, const int corners[4])
{
    return is_bone(code, corners[0]) == is_bone(code, corners[2]) &&
           is_bone(code, corners[1]) == is_bone(code, corners[3]) &&
           is_bone(code, corners[0]) != is_bone(code, corners[1]);
}

unsigned trb_cell_ambiguous_faces(unsigned code)
{
    unsigned faces = 0;
    for (int face = 0; face < TRB_CELL_FACES; face++) {
        int corners[4];
        trb_cell_face_corners(face, corners);
        faces |= (unsigned)is_ambiguous(code, corners) << face;
    }
    return faces;
}

size_t trb_cell_sets(unsigned ambiguous[256], size_t first[256])
{
    size_t sets = 0;
    for (unsigned code = 0; code < 256; code++) {
        ambiguous[code] = trb_cell_ambiguous_faces(code);
        first[code] = sets;
        sets += (size_t)1 << __builtin_popcount(ambiguous[code]);
    }
    return sets;
}

unsigned trb_cell_faces_joined(unsigned ambiguous, unsigned k)
{
    unsigned joined = 0;
    for (unsigned face = 0, j = 0; face < TRB_CELL_FACES; face++)
        if (ambiguous >> face & 1)
            joined |= (k >> j++ & 1) << face;
    return joined;
}

bool trb_cell_bone_is_joined(const int corners[4], const double v[8])
{
    const double a = v[corners[0]] * v[corners[2]], b = v[corners[1]] * v[corners[3]];
    return v[corners[0]] >= 0 ? a >= b : b >= a;
}

/* For each cut edge the two edges it is joined to by a segment; -1: none yet. */
typedef struct segments {
    int of[TRB_CELL_EDGES][2];
} segments;

static void add_segment(segments *s, int a, int b)
{
    s->of[a][s->of[a][0] >= 0] = b;
    s->of[b][s->of[b][0] >= 0] = a;
}

static void add_face(segments *s, unsigned code, int face, bool bone_joined)
{
    int corners[4], edges[4], cut[4], cuts = 0;
    trb_cell_face_corners(face, corners);
    for (int i = 0; i < 4; i++) {
        edges[i] = edge_between(corners[i], corners[(i + 1) % 4]); /* so edges i - 1 and i meet at corner i */
        if (is_bone(code, corners[i]) != is_bone(code, corners[(i + 1) % 4]))
            cut[cuts++] = edges[i];
    }
    if (cuts == 2) {
        add_segment(s, cut[0], cut[1]);
    } else if (cuts == 4) {
        for (int i = 0; i < 4; i++)
            if (is_bone(code, corners[i]) != bone_joined) /* this corner is cut off */
                add_segment(s, edges[(i + 3) % 4], edges[i]);
    }
}

void trb_cell_cut(unsigned code, unsigned joined, trb_cell_polygons *out)
{
    segments s;
    memset(&s, -1, sizeof s);
    for (int face = 0; face < TRB_CELL_FACES; face++)
        add_face(&s, code, face, joined >> face & 1);
    bool used[TRB_CELL_EDGES] = {false};
    memset(out, 0, sizeof *out);
    for (int start = 0; start < TRB_CELL_EDGES; start++) {
        if (s.of[start][0] < 0 || used[start])
            continue;
        assert(out->count < TRB_CELL_POLYGONS);
        uint8_t *polygon = out->edge[out->count];
        int n = 0, from = s.of[start][1], at = start;
        do {
            const int next = s.of[at][0] == from ? s.of[at][1] : s.of[at][0];
            polygon[n++] = (uint8_t)at;
            used[at] = true;
            from = at;
            at = next;
        } while (at != start);
        out->size[out->count++] = n;
    }
}

static double triangle_area(const double a[3], const double b[3], const double c[3])
{
    const double u[3] = {b[0] - a[0], b[1] - a[1], b[2] - a[2]},
                 v[3] = {c[0] - a[0], c[1] - a[1], c[2] - a[2]};
    const double x = u[1] * v[2] - u[2] * v[1], y = u[2] * v[0] - u[0] * v[2], z = u[0] * v[1] - u[1] * v[0];
    return 0.5 * sqrt(x * x + y * y + z * z);
}

static void midpoint(int edge, double at[3])
{
    int corners[2];
    trb_cell_edge_corners(edge, corners);
    for (int axis = 0; axis < 3; axis++)
        at[axis] = 0.5 * ((corners[0] >> axis & 1) + (corners[1] >> axis & 1));
}

static double midpoint_area(int a, int b, int c)
{
    double p[3][3];
    midpoint(a, p[0]);
    midpoint(b, p[1]);
    midpoint(c, p[2]);
    return triangle_area(p[0], p[1], p[2]);
}

/* More than any area: what a cut along a face costs when there must be none. */
#define ALONG_A_FACE 100.0

/*
 * best[i][j]: smallest area for the vertices i to j of the polygon; via[i][j]: third vertex on the side i j.
 * For the largest area all areas count negative.
 */
/* Triangles from the middle of polygon `which` to all its sides. */
static void add_fan(const uint8_t *edge, int n, int which, trb_cell_triangles *out)
{
    for (int i = 0; i < n; i++) {
        assert(out->count < TRB_CELL_TRIANGLES);
        uint8_t *triangle = out->edge[out->count++];
        triangle[0] = (uint8_t)(TRB_CELL_EDGES + which);
        triangle[1] = edge[i];
        triangle[2] = edge[(i + 1) % n];
    }
}

static void triangulate_polygon(const uint8_t *edge, int n, int which, trb_cell_cutting cutting, trb_cell_triangles *out)
{
    const double sign = cutting == TRB_SMALLEST_AREA ? 1 : -1;
    double best[TRB_CELL_EDGES][TRB_CELL_EDGES] = {{0}};
    int via[TRB_CELL_EDGES][TRB_CELL_EDGES] = {{0}};
    for (int span = 2; span < n; span++)
        for (int i = 0; i + span < n; i++) {
            const int j = i + span;
            best[i][j] = DBL_MAX;
            for (int k = i + 1; k < j; k++) {
                const double area = best[i][k] + best[k][j] + sign * midpoint_area(edge[i], edge[k], edge[j]);
                if (area < best[i][j] - 1e-9) { /* of equal ones the first, whatever the rounding */
                    best[i][j] = area;
                    via[i][j] = k;
                }
            }
            if (cutting == TRB_OFF_FACES && span < n - 1 && (trb_cell_edge_faces(edge[i]) & trb_cell_edge_faces(edge[j])))
                best[i][j] += ALONG_A_FACE;
        }
    if (cutting == TRB_OFF_FACES && best[0][n - 1] > 0) { /* areas count negative: a cut along a face is in it */
        add_fan(edge, n, which, out);
        return;
    }
    int todo[2 * TRB_CELL_EDGES][2] = {{0, n - 1}};
    for (int left = 1; left > 0;) {
        const int i = todo[--left][0], j = todo[left][1];
        if (j - i < 2)
            continue;
        const int k = via[i][j];
        assert(out->count < TRB_CELL_TRIANGLES);
        uint8_t *triangle = out->edge[out->count++];
        triangle[0] = edge[i];
        triangle[1] = edge[k];
        triangle[2] = edge[j];
        todo[left][0] = i, todo[left++][1] = k;
        todo[left][0] = k, todo[left++][1] = j;
    }
}

void trb_cell_triangulate(const trb_cell_polygons *polygons, trb_cell_cutting cutting,
                          trb_cell_triangles *out)
{
    memset(out, 0, sizeof *out);
    for (int p = 0; p < polygons->count; p++)
        triangulate_polygon(polygons->edge[p], polygons->size[p], p, cutting, out);
}

double trb_cell_midpoint_area(const trb_cell_triangles *triangles)
{
    double area = 0;
    for (int i = 0; i < triangles->count; i++)
        area += midpoint_area(triangles->edge[i][0], triangles->edge[i][1], triangles->edge[i][2]);
    return area;
}
