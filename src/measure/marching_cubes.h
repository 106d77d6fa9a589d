/* marching_cubes.h - the polygons in which a surface cuts the cell between 8 voxel centres. */
#ifndef TRB_MARCHING_CUBES_H
#define TRB_MARCHING_CUBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Corner 4 dz + 2 dy + dx; a code has the bits of the corners that are bone. Edge 4 axis + k (axis 0 is x): the
 * k-th pair of corners, in ascending order, that differ along that axis. A face is ambiguous when two opposite
 * corners of it are bone and the other two are not. Face 2 axis + side; bit f of `joined` says that on face f
 * the bone corners belong together (otherwise the marrow corners do).
 */
enum { TRB_CELL_EDGES = 12, TRB_CELL_FACES = 6, TRB_CELL_POLYGONS = 4, TRB_CELL_TRIANGLES = 12 };
enum { TRB_JOIN_MARROW = 0, TRB_JOIN_BONE = 63 };

/** Closed polygons through the cut edges of one cell; none of them shares an edge with another. */
typedef struct trb_cell_polygons {
    int count;
    int size[TRB_CELL_POLYGONS];
    uint8_t edge[TRB_CELL_POLYGONS][TRB_CELL_EDGES];
} trb_cell_polygons;

/**
 * The polygons as triangles. A number from TRB_CELL_EDGES on is no edge but the middle of the vertices of a polygon, all
 * of whose triangles begin with it (TRB_OFF_FACES only).
 */
typedef struct trb_cell_triangles {
    int count;
    uint8_t edge[TRB_CELL_TRIANGLES][3];
} trb_cell_triangles;

/** The two corners of an edge; the first has the smaller index. */
void trb_cell_edge_corners(int edge, int corners[2]);

/** The four corners of a face in cyclic order. */
void trb_cell_face_corners(int face, int corners[4]);

/** Which faces of a code are ambiguous: bit f for face f. */
unsigned trb_cell_ambiguous_faces(unsigned code);

/**
 * The ambiguous faces of every code, and where its 2^(ambiguous faces) sets of triangles begin in a table of all. Returns the
 * number of sets.
 */
size_t trb_cell_sets(unsigned ambiguous[256], size_t first[256]);

/** The k-th way to join the ambiguous faces of a set: bit j of k stands for its j-th face. */
unsigned trb_cell_faces_joined(unsigned ambiguous, unsigned k);

/**
 * Is the bone joined on this ambiguous face, by its saddle? Corners 0 and 2 of it are one phase, 1 and 3 the other; v: the
 * values of the cell's corners, less the level.
 */
bool trb_cell_bone_is_joined(const int corners[4], const double v[8]);

/** Where the surface cuts a cell. */
void trb_cell_cut(unsigned code, unsigned joined, trb_cell_polygons *out);

/** Polygons of five and more vertices are not flat, so it matters how they are cut into triangles. */
typedef enum trb_cell_cutting {
    TRB_SMALLEST_AREA,
    TRB_LARGEST_AREA,
    TRB_OFF_FACES /* the largest area without a cut along a face, where the cell next to it may cut as well; polygons that
                     have no such cuts get a vertex in their middle */
} trb_cell_cutting;

/** The two faces of an edge, as bits. */
unsigned trb_cell_edge_faces(int edge);

/** Each polygon in the triangles of smallest (largest) total area with the vertices at the middle of the edges. */
void trb_cell_triangulate(const trb_cell_polygons *polygons, trb_cell_cutting cutting,
                          trb_cell_triangles *out);

/** Area with the vertices at the middle of the edges; the edge of the cell is 1. */
double trb_cell_midpoint_area(const trb_cell_triangles *triangles);

#endif
