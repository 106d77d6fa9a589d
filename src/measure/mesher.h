/* mesher.h - a triangle mesh layer by layer: vertices are shared, and what is done with is let go. */
#ifndef TRB_MESHER_H
#define TRB_MESHER_H

#include "measure/mesh_table.h"
#include "trabecula/mask.h"

#include <float.h>

/** A grey value that stands for what lies outside the VOI or the image: marrow, with the wall half-way to it. */
#define TRB_MESH_WALL (-FLT_MAX)

typedef struct trb_mesh_vertex {
    double at[3];     /* in voxels */
    double normal[3]; /* sum of the area vectors of its triangles so far, bone to marrow */
} trb_mesh_vertex;

typedef struct trb_mesh_triangle {
    uint32_t vertex[3];
    uint32_t eighths; /* corners of the cell in the VOI */
} trb_mesh_triangle;

typedef struct trb_mesher {
    /* set before trb_mesher_begin() */
    const trb_mesh_table *table;
    size_t nx, ny;       /* of a plane of values */
    double level;        /* of the surface; bone is value >= level, or below it when inverted */
    bool inverted, join_bone;
    bool open;           /* no triangles in cells that touch TRB_MESH_WALL */
    const trb_mask *voi; /* for the weights; NULL: 8 */
    double least;        /* how near to a voxel centre a vertex may come, in voxels: 0, or a little to keep triangles apart */
    /* the mesher's own */
    uint32_t *ids[5]; /* of the vertices on the edges along x and y below and above, along z between; NONE: not there yet */
    uint8_t *nibble;
    trb_mesh_vertex *vertices; /* those with numbers base ... base + n_vertices - 1 */
    size_t base, n_vertices, vertex_room;
    trb_mesh_triangle *triangles; /* of the last layer */
    size_t n_triangles, triangle_room;
} trb_mesher;

/** Make room. Errors: TRB_ERR_MEMORY. trb_mesher_clear() frees it, also after an error. */
TRB_NODISCARD trb_status trb_mesher_begin(trb_mesher *m, trb_error *err);
void trb_mesher_clear(trb_mesher *m);

/**
 * The cells between planes z and z + 1, rows y_first <= y < y_end, in the order of y and x. The layer before must have
 * been that below, or none. Errors: TRB_ERR_MEMORY; TRB_ERR_UNSUPPORTED for 2^32 - 1 vertices and more.
 */
TRB_NODISCARD trb_status trb_mesher_layer(trb_mesher *m, const float *below, const float *above, size_t z, size_t y_first,
                                          size_t y_end, trb_error *err);

/** Forget all that was meshed: the next layer stands alone. */
void trb_mesher_restart(trb_mesher *m);

/** Let go of the vertices before this number. */
void trb_mesher_forget(trb_mesher *m, size_t before);

static inline trb_mesh_vertex *trb_mesher_vertex(const trb_mesher *m, size_t number)
{
    return &m->vertices[number - m->base];
}

/** Bytes for planes of this size, but for vertices and triangles. */
size_t trb_mesher_bytes(size_t nx, size_t ny);

#endif
