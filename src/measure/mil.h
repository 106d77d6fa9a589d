/* mil.h - mean intercept lengths along any direction, from counts. */
#ifndef TRB_MIL_H
#define TRB_MIL_H

#include "measure/pair_counts.h"
#include "trabecula/anisotropy.h"

/** Triangles of a mesh with equal area vectors, or opposite ones. */
typedef struct trb_mil_area {
    double vector[3]; /* in TRB_MIL_AREA_UNIT of a voxel face; whole numbers in a binary mesh */
    uint64_t times;   /* in TRB_MIL_TIMES_UNIT */
} trb_mil_area;
#define TRB_MIL_AREA_UNIT (1.0 / 8)
#define TRB_MIL_TIMES_UNIT (1.0 / (8 * 48))

/** Everything that gives MIL(v): for lines the counts of pairs, for the mesh its area vectors. */
typedef struct trb_mil {
    trb_da_rule rule;
    double step_vox; /* lines */
    int reach;       /* displacements have components from -reach to reach */
    size_t n_counts;
    trb_pair_count *counts;
    int32_t *count_of; /* (2 reach + 1)^3 displacements: index of the count, or of that of its opposite */
    double tv_vox;     /* mesh */
    size_t n_areas;
    trb_mil_area *areas;
} trb_mil;

/** Count. Output *mil: clear it, also after an error. */
TRB_NODISCARD trb_status trb_mil_init(trb_mil *mil, const trb_mask *bone, const trb_mask *voi,
                                      const trb_da_options *options, trb_error *err);
void trb_mil_clear(trb_mil *mil);

/** The same for a surface whose normals are known, in a volume of tv_vox. Output *mil: clear it, also after an error. */
struct trb_normal_bins;
TRB_NODISCARD trb_status trb_mil_of_normals(trb_mil *mil, const struct trb_normal_bins *normals, double tv_vox,
                                            trb_error *err);

/** Images of a direction under the 48 symmetries of a cube, opposites counted once. */
enum { TRB_MIL_IMAGES = 24 };

/** The image of a vector, image < TRB_MIL_IMAGES. */
void trb_mil_turn(size_t image, const double from[3], double to[3]);

/** Direction i < n * TRB_MIL_IMAGES: an equal-area spiral of n directions from pole to pole, in all its images. */
void trb_mil_direction(size_t i, size_t n, double v[3]);

/** Mean intercept length along v in voxels; INFINITY when nothing changes along v. */
double trb_mil_along(const trb_mil *mil, const double v[3]);

#endif
