/* anisotropy.h - mean intercept length, fabric tensor and degree of anisotropy. */
#ifndef TRABECULA_ANISOTROPY_H
#define TRABECULA_ANISOTROPY_H

#include "trabecula/filter.h"
#include "trabecula/surface.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What crosses the bone. */
typedef enum trb_da_rule {
    TRB_DA_MIL, /* test lines, a sample every step: any phase change between two samples counts */
    TRB_DA_MESH, /* the mesh of binary marching cubes: MIL(v) = TV / sum |n.v| A, infinitely many exact lines */
    TRB_DA_MESH_GREY /* the same for the surface of trb_surface_grey(), whose normals are free of the voxel grid */
} trb_da_rule;

/** "mil", "mesh", "mesh-grey". Static text. */
TRB_API const char *trb_da_rule_name(trb_da_rule rule);

enum { TRB_DA_DIRECTIONS_LEAST = 50, TRB_DA_DIRECTIONS_MOST = 10000 };
#define TRB_DA_STEP_LEAST 1.0
#define TRB_DA_STEP_MOST 16.0

typedef struct trb_da_options {
    trb_da_rule rule;
    size_t directions; /* of the spiral, TRB_DA_DIRECTIONS_LEAST to _MOST; each is used in 24 images */
    double step_vox;   /* between the samples of a line, TRB_DA_STEP_LEAST to _MOST; not used by the mesh */
} trb_da_options;

/**
 * mil, 1000 directions, step 2.3 voxels. At steps below about 2 voxels samples seldom leave the 26 neighbours and the
 * voxel grid shows through (DA of the real bone in the tests: 0.27 at step 1, 0.41 at 2.3, 0.40 for its grey mesh);
 * long steps jump over thin trabeculae. The number of directions hardly matters: see da_half and da_quarter.
 */
TRB_API trb_da_options trb_da_options_default(void);

/**
 * The fabric of a structure. Entry 0 belongs to the longest radius (the main direction of the trabeculae), 2 to the
 * shortest. Values that do not exist are NaN (a radius without end).
 */
typedef struct trb_fabric {
    trb_da_options options; /* as used */
    size_t used;            /* points of the fit: of 24 images of each direction those with a phase change */
    double mean_mil_mm;     /* over those points */
    double eigenvalue_per_mm2[3]; /* of A in x'Ax = 1, ascending: 1 / radius^2 */
    double radius_mm[3];          /* of the ellipsoid through the points MIL(v) v, descending */
    double axis[3][3];            /* axis[i]: unit vector x, y, z of radius i; its largest component is positive */
    double fabric[3];             /* radii with sum 1 */
    double tensor[3][3];          /* A^(-1/2) with trace 1 */
    double da;                    /* 1 - eigenvalue 0 / eigenvalue 2: 0 isotropic, 1 plates or rods without end */
    double da_ratio;              /* longest / shortest radius: 1 isotropic; (1 - da)^(-1/2) */
    double da_half, da_quarter;   /* da with half and a quarter of the directions: how far it has converged */
} trb_fabric;

/**
 * Measure the fabric of the bone in the VOI.
 *
 * Meaning     MIL(v) = length of test lines along v / number of phase changes, entering and leaving. The points
 *             MIL(v) v of a fixed set of directions, an equal-area spiral in all its images under turns by 90
 *             degrees and mirrors (so that DA stays the same when the image is turned or mirrored), are fitted by an ellipsoid x'Ax = 1 (linear
 *             least squares), whose radii and axes are the fabric.
 * Convention  mil: lines at every offset. A line along v that starts anywhere in a voxel, every place alike, has its
 *             next sample d = (i, j, k) voxels away with probability w_d = prod max(0, 1 - |step v - d|), so
 *             MIL(v) = step * sum_d w_d pairs_d / sum_d w_d changes_d over all pairs of voxels: the limit of infinitely
 *             many lines, without chance, from some hundred integer counts for any number of directions. Pairs count
 *             when both voxels lie in the VOI: lines are clipped to it and its wall is no surface.
 *             mesh: marching cubes as Lewiner's (ambiguous faces join the bone, polygons cut into the largest triangles)
 *             but the mean over all ways that are alike; cells weighted by their corners in the VOI, TV = voxels of
 *             the VOI.
 * Input       voi may be NULL (the whole image); otherwise it has the size of bone. Cubic voxels of h_mm.
 * Output      *out, overwritten. da is NaN when the fit is no ellipsoid, da_ratio is NaN when a radius has no end.
 * Errors      TRB_ERR_ARGUMENT for options out of range or a VOI of another size; TRB_ERR_DATA when bone and marrow
 *             do not meet along enough directions; TRB_ERR_MEMORY.
 * Cost        mil: a pass over packed rows for each of about 120 displacements at step 2.3 (grows with its square).
 *             mesh: one octant pass. Memory: 1.3 kB a direction.
 * Threads     Uses all. Integer counts; the rest is serial: the same bits for any number.
 * Source      Whitehouse 1974 J Microsc 101:153; Harrigan & Mann 1984, doi:10.1007/BF00540446; Odgaard 1997 Bone
 *             20:315. The scales of DA: 1 - min/max of eigenvalues as BoneJ, ratio of radii as Scanco.
 */
TRB_API TRB_NODISCARD trb_status trb_anisotropy_measure(const trb_mask *bone, const trb_mask *voi, double h_mm,
                                                        const trb_da_options *options, trb_fabric *out,
                                                        trb_error *err);

/**
 * The same by TRB_DA_MESH_GREY: the surface where the (filtered) grey value crosses the level, with the normals of its
 * triangles.
 *
 * Convention  As trb_surface_grey(); sides by the mask as in trb_volume_grey(). TV = the cells weighted by their corners in
 *             the VOI. Normals are summed in 12,288 directions: |n.v| A is off by less than 3e-4 of the whole.
 * Input       invert: bone is below the level. bone: may be NULL when not inverted; voi, filter: may be NULL.
 * Errors      As above; those of trb_surface_grey().
 * Cost        That of trb_surface_grey() twice, and 0.3 MB a thread.
 * Threads     Uses all: the same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_anisotropy_grey(const trb_volume *volume, const trb_filter *filter, double level,
                                                     bool invert, const trb_mask *bone, const trb_mask *voi,
                                                     double h_mm, const trb_da_options *options, trb_fabric *out,
                                                     trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
