/* mesh_decimate.h - fewer triangles for the same surface. */
#ifndef TRB_MESH_DECIMATE_H
#define TRB_MESH_DECIMATE_H

#include "measure/mesh_triangles.h"

/** What the decimation takes, at most, for each triangle that it gets. */
#define TRB_DECIMATE_BYTES 180

/**
 * Simplify in place, by collapsing edges to one of their ends in the order of the quadric error (meshoptimizer).
 *
 * Convention  Every vertex that stays keeps its place. A closed mesh stays closed, with every part of it, and no two
 *             sheets come to share an edge or a vertex; its Euler number stays. The rim of an open mesh stays as it is.
 * Input       keep: the share of the triangles to aim at, 0 < keep <= 1; it may end with more. error_mm: no edge is
 *             collapsed whose quadric error (about the distance of the new triangles from the old) is larger; INFINITY:
 *             no limit.
 * Output      The mesh, vertices in the order in which triangles need them. *largest_mm: the largest quadric error.
 * Errors      TRB_ERR_MEMORY.
 * Cost        4 to 7 us and 140 bytes a triangle.
 * Threads     One.
 * Source      Garland & Heckbert 1997, SIGGRAPH 97:209.
 */
TRB_NODISCARD trb_status trb_triangles_decimate(trb_triangles *mesh, double keep, double error_mm, double *largest_mm,
                                                trb_error *err);

#endif
