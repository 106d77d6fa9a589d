/* mesh_table.h - the triangles of every cell of a mesh that is closed and has an outside. */
#ifndef TRB_MESH_TABLE_H
#define TRB_MESH_TABLE_H

#include "measure/marching_cubes.h"
#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef struct trb_mesh_table {
    unsigned ambiguous[256];       /* faces */
    size_t first[256];             /* where the 2^(ambiguous faces) sets of triangles of a code start */
    trb_cell_triangles *triangles; /* their normals point from the bone to the marrow */
    trb_cell_triangles tunnel[8];  /* by one of two opposite corners: their bone is joined inside the cell */
    int edge_corners[TRB_CELL_EDGES][2];
    int face_corners[TRB_CELL_FACES][4];
} trb_mesh_table;

/** Do the edges of a polygon go around its normal from bone to marrow the right way? */
bool trb_cell_faces_marrow(unsigned code, const uint8_t *edge);

/** Fill it; trb_mesh_table_clear() frees what it holds. Errors: TRB_ERR_MEMORY. */
TRB_NODISCARD trb_status trb_mesh_table_init(trb_mesh_table *table, trb_error *err);
void trb_mesh_table_clear(trb_mesh_table *table);

/**
 * The triangles of a cell; v: the 8 corners, less the level (bone is >= 0). Ambiguous faces by their saddle: two cells
 * at a face decide alike. join_bone: bone is one part in the cell whatever the values, as 26-connected voxels are.
 */
const trb_cell_triangles *trb_mesh_table_find(const trb_mesh_table *table, unsigned code, const double v[8],
                                              bool join_bone);

#endif
