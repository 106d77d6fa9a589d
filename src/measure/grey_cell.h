/* grey_cell.h - the surface of grey values in the cell between 8 voxel centres, and what it encloses. */
#ifndef TRB_GREY_CELL_H
#define TRB_GREY_CELL_H

#include "measure/marching_cubes.h"
#include "trabecula/status.h"

#include <stddef.h>

/** Triangles of every code, for each way to join its ambiguous faces; and the geometry of a cell. */
typedef struct trb_grey_cells {
    unsigned ambiguous[256]; /* faces */
    size_t first[256];       /* where the 2^(ambiguous faces) sets of triangles of a code start */
    trb_cell_triangles *triangles;
    uint8_t (*backwards)[TRB_CELL_TRIANGLES]; /* of the same sets: 1 where the corners go around the way to the bone */
    int cuts[256];                            /* how many edges of a code are cut, */
    uint8_t cut[256][TRB_CELL_EDGES];         /* and which */
    int edge_corners[TRB_CELL_EDGES][2];
    int face_corners[TRB_CELL_FACES][4];
    uint8_t code_of_nibbles[256]; /* nibble bit dy + 2 dz; the one at x + 1 is the high nibble */
} trb_grey_cells;

/** Fill it. Errors: TRB_ERR_MEMORY. trb_grey_cells_clear() frees what it holds, also after an error. */
TRB_NODISCARD trb_status trb_grey_cells_init(trb_grey_cells *cells, trb_error *err);
void trb_grey_cells_clear(trb_grey_cells *cells);

/** One cell: its triangles with their corners, lengths in voxels. */
typedef struct trb_grey_cut {
    const trb_cell_triangles *triangles;
    const uint8_t *backwards;
    double point[TRB_CELL_EDGES][3]; /* on the edges that are cut */
    double on_far_face;              /* area of bone on the face x = 1 */
} trb_grey_cut;

/** Cut a cell. v: its corners, less the level; bone is >= 0. */
void trb_grey_cut_cell(const trb_grey_cells *cells, unsigned code, const double v[8], trb_grey_cut *out);

/** Area of its triangles. */
double trb_grey_cut_area(const trb_grey_cut *cut);

/** Volume of the bone, 0 to 1: what the triangles and the faces of the cell enclose. */
double trb_grey_cut_volume(const trb_grey_cut *cut);

/** Area vector of triangle i, bone to marrow. */
void trb_grey_cut_vector(const trb_grey_cut *cut, int i, double out[3]);

#endif
