/* surface.h - bone surface from 2x2x2 configurations, from line counts, and from grey values. */
#ifndef TRABECULA_SURFACE_H
#define TRABECULA_SURFACE_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Which area each of the 256 configurations of a cell gets (marching cubes on a mask, vertices at the middle of
 * the edges). They differ by what is joined where bone and marrow corners face each other diagonally, and by how
 * polygons that are not flat are cut into triangles. Planes along the grid and along (1,1,0) and (1,1,1) are
 * exact in all of them; averaged over directions they are about 8 % (joined) to 9 % (lewiner) too large.
 */
typedef enum trb_surface_table {
    TRB_SURFACE_LEWINER,       /* the default: what most programs of the field use today */
    TRB_SURFACE_LORENSEN,      /* the classic one */
    TRB_SURFACE_BONE_JOINED,   /* ambiguous faces join the bone; triangles of smallest area */
    TRB_SURFACE_MARROW_JOINED, /* the same for the marrow */
    TRB_SURFACE_TABLES         /* how many there are */
} trb_surface_table;

/** "lewiner", "lorensen", "bone-joined", "marrow-joined". Static text. */
TRB_API const char *trb_surface_table_name(trb_surface_table table);

/**
 * Everything that one pass over the 2x2x2 cells and 13 directions counts.
 *
 * A cell is the cube between 8 voxel centres of the image; code = sum of 2^(4 dz + 2 dy + dx) over its bone
 * corners. eighths[code]: every cell counts with its corners in the VOI (0..8); all8[code]: cells with all
 * corners in the VOI. Without a VOI eighths is 8 * all8.
 * Directions (dz,dy,dx), in this order: 001 010 100 011 01-1 101 10-1 110 1-10 111 11-1 1-11 1-1-1.
 */
typedef struct trb_surface_counts {
    uint64_t all8[256];
    uint64_t eighths[256];
    uint64_t changes[13], pairs[13];           /* both voxels in the VOI */
    uint64_t half_changes[13], half_pairs[13]; /* one voxel in the VOI, the other outside it: weight 1/2 */
} trb_surface_counts;

/**
 * Count cells and phase changes. All the areas below are sums over these counts.
 *
 * Convention  Bone outside the VOI is context: the wall of the VOI is never a surface. Nothing is assumed beyond
 *             the image: no cells and no pairs there.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone.
 * Output      *out, overwritten.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size; TRB_ERR_MEMORY.
 * Cost        One pass, about 0.5 ns a voxel and thread (1 ns with a VOI); less than 0.1 MB and a few rows a thread.
 * Threads     Uses all; integers, the same for any number and any SIMD path.
 */
TRB_API TRB_NODISCARD trb_status trb_surface_count(const trb_mask *bone, const trb_mask *voi,
                                                   trb_surface_counts *out, trb_error *err);

/**
 * Area by marching cubes, in voxel faces (times h^2 gives mm^2); cells weighted by their corners in the VOI.
 * NaN when there is no such table. Isotropic voxels only.
 * Source: Lorensen & Cline 1987, doi:10.1145/37401.37422; how the tables were made is told in surface_tables.c.
 */
TRB_API double trb_surface_marching_cubes(const trb_surface_counts *counts, trb_surface_table table);

/**
 * Area by Crofton's formula, in voxel faces: S = 2 sum_k c_k changes_k / d_k, changes across the VOI wall counted
 * half ("count" form). c_k: solid-angle weights of the directions, with sum 1; d_k: step in voxels (1, sqrt 2,
 * sqrt 3). `directions` is 3 or 13; NaN otherwise. Isotropic voxels only.
 * Without bias for isotropic surfaces; 3 directions depend on the orientation (plane along the grid -33 %).
 * Source: Legland, Kieu & Devaux 2007, Image Anal Stereol 26:83-92.
 */
TRB_API double trb_surface_crofton(const trb_surface_counts *counts, int directions);

/**
 * The same as density times TV: S = 2 TV sum_k c_k (changes per length of test line), TV = `tv_voxels`, the voxels
 * in the VOI. Makes up for the pairs that are missing at the image border; equal to the count form where the VOI
 * keeps away from it.
 */
TRB_API double trb_surface_crofton_density(const trb_surface_counts *counts, int directions,
                                           uint64_t tv_voxels);

/**
 * Area of the surface where the (filtered) grey value crosses `level`, by marching cubes with linear
 * interpolation, in voxel faces. Nearly without bias: vertices lie where the grey values put them.
 *
 * Convention  Bone is value >= level. For integer values with lower bound T (no filter, or one that truncates)
 *             the level half-way is T - 1/2; at T itself the vertices fall on the voxel centres of value T.
 *             Cells weighted by their corners in the VOI (eighths / 8). Ambiguous faces by the saddle value; no
 *             tunnels inside a cell.
 * Input       voi may be NULL (the whole image); filter may be NULL (none). Voxels must be finite.
 * Output      *area; NaN unless TRB_OK is returned. Isotropic voxels only.
 * Errors      TRB_ERR_ARGUMENT for a level that is not finite, a VOI of another size or a bad filter;
 *             TRB_ERR_MEMORY.
 * Cost        About 8 ns a voxel of real bone and thread; 4 to 17 planes of float32 a thread.
 * Threads     Uses all. Same bits for any number: one sum per plane of cells, added in order.
 * Source      Nielson & Hamann 1991 for the faces.
 */
TRB_API TRB_NODISCARD trb_status trb_surface_grey(const trb_volume *volume, const trb_filter *filter,
                                                  double level, const trb_mask *voi, double *area,
                                                  trb_error *err);

/**
 * Volume of bone under the surface of trb_surface_grey(), in voxels: what its triangles and the faces of the cells
 * enclose, so without the staircase of counted voxels. Cells are weighted by their corners in the VOI; those between the
 * outermost voxel centres and the image border do not exist. BV/TV = *bone_vox / *cells_vox.
 *
 * Convention  Side of a voxel: by the mask `bone`; where the grey value is on the other side of the level (cleaned masks,
 *             local thresholds) it counts as its mirror image at the level. So a part that was removed from the mask has
 *             no surface and no volume.
 * Input       invert: bone is below the level (needs the mask). bone: NULL for value >= level. voi, filter: may be NULL.
 * Output      *bone_vox; *cells_vox: volume of the weighted cells (the voxels of the VOI where it keeps away from the image
 *             border). NaN unless TRB_OK is returned. Isotropic voxels only.
 * Errors, cost, threads: as trb_surface_grey().
 * Source      Divergence theorem over the polyhedra of marching cubes (Lorensen & Cline 1987).
 */
TRB_API TRB_NODISCARD trb_status trb_volume_grey(const trb_volume *volume, const trb_filter *filter, double level,
                                                 bool invert, const trb_mask *bone, const trb_mask *voi,
                                                 double *bone_vox, double *cells_vox, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
