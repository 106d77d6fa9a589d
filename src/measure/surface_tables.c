/*
 * surface_tables.c - areas of the 256 configurations by four rules.
 *
 * bone-joined and marrow-joined are constructed (marching_cubes.c): an ambiguous face joins the named phase, and
 * every polygon is cut into the triangles of smallest total area.
 *
 * lewiner and lorensen name two established tables of marching cubes (Lewiner et al. 2003, J Graphics Tools
 * 8(2):1-15; Lorensen & Cline 1987). The tables themselves are not used here: the areas were worked out from
 * reference surface areas alone. A triangle whose corners are middles of edges, or the middle of the cell, has
 * the area sqrt(k) / 8 with a whole number k, and a configuration has few possible sums of those: a joining for
 * each ambiguous face, a triangulation of each polygon, or a tunnel between two polygons with or without a
 * vertex in the middle of the cell. The areas of 158 phantoms, nearly without ambiguous cells, gave the
 * unambiguous classes; with these, the areas of the five reference cases of the real bone left one choice in
 * every other class and are met to 1e-7 (to 4e-10 when each area is rounded to float32 first, as the reference
 * did). What came out: rotations and mirror images have equal areas; lewiner joins the bone on ambiguous faces,
 * lorensen the marrow; both cut polygons into the largest triangles, with the exceptions listed below.
 *
 * One class is not held by data, because it occurs in none: 105, four corners of which no two share an edge.
 * Whichever phase is joined on all its faces, four small triangles remain.
 */
#include "measure/surface_tables.h"

#include "measure/marching_cubes.h"

#include <math.h>

unsigned trb_surface_class(unsigned code)
{
    static const int AXES[6][3] = {{0, 1, 2}, {0, 2, 1}, {1, 0, 2}, {1, 2, 0}, {2, 0, 1}, {2, 1, 0}};
    unsigned smallest = 255;
    for (int order = 0; order < 6; order++)
        for (unsigned flip = 0; flip < 8; flip++) {
            unsigned image = 0;
            for (unsigned corner = 0; corner < 8; corner++) {
                unsigned to = 0;
                for (int axis = 0; axis < 3; axis++)
                    to |= (corner >> AXES[order][axis] & 1) << axis;
                image |= (code >> corner & 1) << (to ^ flip);
            }
            smallest = image < smallest ? image : smallest;
        }
    return smallest;
}

/* A class with other triangles than the rule gives: k of each of them. */
typedef struct exception {
    unsigned class;
    int k[9];
} exception;

static const exception LEWINER[] = {
    {22, {3, 3, 3, 4, 4, 4, 4, 4, 4}}, /* three corners, no two on one edge: a tunnel, triangle to hexagon */
    {25, {8, 8, 11, 11, 11}},          /* an edge and a corner across a face, joined: seven vertices */
    {61,
     {3, 3, 3, 3, 4, 4, 11, 11, 11}}, /* complement of 25: a tunnel with a vertex in the middle of the cell */
};

static const exception LORENSEN[] = {
    {61, {3, 3, 11, 20, 20}}, /* complement of an edge and a corner across a face: seven vertices */
};

/* -1 when the class is not listed. */
static double area_of_exception(const exception *list, size_t n, unsigned class)
{
    for (size_t i = 0; i < n; i++) {
        if (list[i].class != class)
            continue;
        double area = 0;
        for (int t = 0; t < 9; t++)
            area += sqrt(list[i].k[t]) / 8;
        return area;
    }
    return -1;
}

static double constructed_area(unsigned code, unsigned joined, trb_cell_cutting cutting)
{
    trb_cell_polygons polygons;
    trb_cell_triangles triangles;
    trb_cell_cut(code, joined, &polygons);
    trb_cell_triangulate(&polygons, cutting, &triangles);
    return trb_cell_midpoint_area(&triangles);
}

double trb_surface_cell_area(unsigned code, trb_surface_table table)
{
    double area = -1;
    switch (table) {
    case TRB_SURFACE_LEWINER:
        area = area_of_exception(LEWINER, sizeof LEWINER / sizeof *LEWINER, trb_surface_class(code));
        return area >= 0 ? area : constructed_area(code, TRB_JOIN_BONE, TRB_LARGEST_AREA);
    case TRB_SURFACE_LORENSEN:
        area = area_of_exception(LORENSEN, sizeof LORENSEN / sizeof *LORENSEN, trb_surface_class(code));
        return area >= 0 ? area : constructed_area(code, TRB_JOIN_MARROW, TRB_LARGEST_AREA);
    case TRB_SURFACE_BONE_JOINED: return constructed_area(code, TRB_JOIN_BONE, TRB_SMALLEST_AREA);
    case TRB_SURFACE_MARROW_JOINED: return constructed_area(code, TRB_JOIN_MARROW, TRB_SMALLEST_AREA);
    case TRB_SURFACE_TABLES: break;
    }
    return NAN;
}
