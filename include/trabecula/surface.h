/* surface.h - bone surface from 2x2x2 configurations, from line counts, and from grey values. */
#ifndef TRABECULA_SURFACE_H
#define TRABECULA_SURFACE_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which area each of the 256 configurations gets. */
typedef enum trb_surface_table {
    TRB_SURFACE_LEWINER,
    TRB_SURFACE_LORENSEN,
    TRB_SURFACE_BONE_JOINED,   /* ambiguous faces join the bone; smallest-area triangles */
    TRB_SURFACE_MARROW_JOINED,
    TRB_SURFACE_TABLES         /* how many there are */
} trb_surface_table;

/** "lewiner", "lorensen", "bone-joined", "marrow-joined". */
TRB_API const char *trb_surface_table_name(trb_surface_table table);

/**
 * Everything that one pass over the 2x2x2 cells and 13 directions counts.
 * eighths[code]: every cell of the image counts with its corners in the VOI (0..8); all8[code]: cells with all
 * corners in the VOI. code = sum of 2^(4 dz + 2 dy + dx) over the bone corners.
 * Directions: (dz,dy,dx) = 001 010 100 011 01-1 101 10-1 110 1-10 111 11-1 1-11 1-1-1.
 */
typedef struct trb_surface_counts {
    uint64_t all8[256];
    uint64_t eighths[256];
    uint64_t changes[13], pairs[13];           /* both voxels in the VOI */
    uint64_t half_changes[13], half_pairs[13]; /* one voxel in the VOI, the other outside it: weight 1/2 */
} trb_surface_counts;

TRB_API TRB_NODISCARD trb_status trb_surface_count(const trb_mask *bone, const trb_mask *voi,
                                                   trb_surface_counts *out, trb_error *err);

/** Area by marching cubes at mid-edges, in voxel faces (times h^2 gives mm^2); cells weighted by eighths. */
TRB_API double trb_surface_marching_cubes(const trb_surface_counts *counts, trb_surface_table table);

/** Area by Crofton with 3 or 13 directions, in voxel faces, from counts ("count" form) ... */
TRB_API double trb_surface_crofton(const trb_surface_counts *counts, int directions);

/** ... and as density times TV ("density" form; tv_voxels: voxels in the VOI). */
TRB_API double trb_surface_crofton_density(const trb_surface_counts *counts, int directions,
                                           uint64_t tv_voxels);

/**
 * Area of the surface where the (filtered) grey value crosses `level`, by marching cubes with linear
 * interpolation, in voxel faces; cells weighted by their corners in the VOI (eighths / 8).
 */
TRB_API TRB_NODISCARD trb_status trb_surface_grey(const trb_volume *volume, const trb_filter *filter,
                                                  double level, const trb_mask *voi, double *area,
                                                  trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
