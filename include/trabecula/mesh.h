/* mesh.h - the bone surface as a triangle mesh in a file. */
#ifndef TRABECULA_MESH_H
#define TRABECULA_MESH_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a mesh is written. trb_mesh_options_default(), or zero: closed, existing files refused, every triangle. */
typedef struct trb_mesh_options {
    bool open_walls; /* no surface where the bone meets the wall of the VOI or the image border */
    bool force;      /* replace an existing file */
    double keep;     /* decimation: the share of the triangles to aim at, 0 < keep < 1; 0 or 1: none */
    double error_mm; /* of the decimation: no edge is collapsed whose quadric error, about the distance between the old and
                        the new triangles, is larger; 0: no limit */
    size_t memory_bytes; /* what the decimation may take; 0: no limit */
} trb_mesh_options;

TRB_API trb_mesh_options trb_mesh_options_default(void);

/** What was written. The volume (by the divergence theorem) is that of the bone when the mesh is closed. */
typedef struct trb_mesh_counts {
    uint64_t vertices, triangles;
    double area_mm2, volume_mm3;
    uint64_t triangles_before; /* the decimation; without one, what was written */
    double area_before_mm2, volume_before_mm3;
    double error_mm; /* the largest quadric error of the decimation */
} trb_mesh_counts;

/** Is this a name that a mesh can have (.stl, .ply, .obj)? */
TRB_API bool trb_mesh_is_name(const char *path);

/**
 * Mesh of a mask.
 *
 * Convention  Marching cubes between voxel centres, vertices half-way, in mm (the grid's origin and spacing); triangles
 *             go around their normal, which points out of the bone. Bone is joined as 26-connected voxels are, so the
 *             Euler number of the mesh, vertices - edges + triangles, is twice that of the bone when it is closed.
 *             Closed: the bone ends half a voxel beyond its last voxel in the VOI or the image, and every edge belongs
 *             to exactly two triangles. Open: cells with a corner outside are left out; bone outside is context.
 *             Decimated: edges collapse to one of their ends, those with the least quadric error first (Garland & Heckbert
 *             1997, by meshoptimizer). A closed mesh stays closed, no part of it vanishes, its Euler number stays and no
 *             two sheets come to touch; it may end with more triangles than asked for. Rims of an open mesh stay as they are.
 * Input       path ends in .stl (binary), .ply (binary) or .obj. voi may be NULL (the whole image). options may be NULL.
 * Output      The file appears only complete. *counts may be NULL.
 * Errors      TRB_ERR_ARGUMENT for another ending, a VOI of another size, an existing file, a share or error that cannot be;
 *             TRB_ERR_UNSUPPORTED from 2^32 vertices (stl: triangles) on; TRB_ERR_IO; TRB_ERR_MEMORY.
 * Cost        About 50 ns a voxel of real bone; some planes of 24 bytes a voxel. The mesh is written as it is made.
 *             Decimated: all of it in memory, 140 bytes and 4 to 7 us a triangle (real bone: 0.17 triangles a voxel).
 * Threads     One.
 */
TRB_API TRB_NODISCARD trb_status trb_mesh_write_mask(const char *path, const trb_mask *bone, const trb_mask *voi,
                                                     const trb_mesh_options *options, trb_mesh_counts *counts,
                                                     trb_error *err);

/**
 * Mesh of the surface where the (filtered) grey value crosses `level`: smooth where the steps of a mask are not.
 *
 * Convention  As trb_mesh_write_mask(), with vertices where linear interpolation puts them, at least 0.001 voxel from a
 *             voxel centre. Ambiguous faces by their saddle, so its Euler number may differ from that of the voxels.
 * Input       inverted: bone is below the level. filter may be NULL (none).
 * Errors      As trb_mesh_write_mask(); TRB_ERR_ARGUMENT for a level that is not finite or a bad filter.
 */
TRB_API TRB_NODISCARD trb_status trb_mesh_write_grey(const char *path, const trb_volume *volume, const trb_filter *filter,
                                                     double level, bool inverted, const trb_mask *voi,
                                                     const trb_mesh_options *options, trb_mesh_counts *counts,
                                                     trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
