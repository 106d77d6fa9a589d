/* mesh_triangles.h - a triangle mesh in memory, and whether it is closed. */
#ifndef TRB_MESH_TRIANGLES_H
#define TRB_MESH_TRIANGLES_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>

/** A mesh in memory. */
typedef struct trb_triangles {
    float *at; /* 3 a vertex, mm */
    size_t n_vertices, vertex_room;
    uint32_t *corner; /* 3 a triangle */
    size_t n_triangles, triangle_room;
} trb_triangles;

TRB_NODISCARD trb_status trb_triangles_add_vertex(trb_triangles *mesh, const float at[3], trb_error *err);
TRB_NODISCARD trb_status trb_triangles_add(trb_triangles *mesh, const uint32_t vertex[3], trb_error *err);
void trb_triangles_clear(trb_triangles *mesh);

/**
 * Vertices whose triangles are not one closed fan of three at least; into bad[] (may be NULL) with 1. A vertex with
 * rim[] 1 (NULL: none) may have open fans. None, and no rim: the mesh is closed and without self-contact.
 * Errors: TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status trb_triangles_check(const trb_triangles *mesh, const uint8_t *rim, uint8_t *bad, size_t *count,
                                             trb_error *err);

#endif
