/* grid.h - where voxels are: counts, spacing and origin. */
#ifndef TRABECULA_GRID_H
#define TRABECULA_GRID_H

#include "trabecula/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A regular grid. x runs fastest in memory, then y, then z.
 * spacing_mm[axis] is the distance between neighbouring centres; 0 means "not known", which every
 * measurement in mm refuses. origin_mm is the position of the centre of voxel (0,0,0).
 */
typedef struct trb_grid {
    size_t nx, ny, nz;
    double spacing_mm[3];
    double origin_mm[3];
} trb_grid;

/** A half-open box of voxels: lo[axis] <= index < hi[axis], axes in the order x, y, z. */
typedef struct trb_box {
    size_t lo[3], hi[3];
} trb_box;

/**
 * Is this a usable grid? Each count at least 1, the number of voxels times 8 bytes fits in ptrdiff_t,
 * no spacing negative or not finite.
 *
 * Errors      TRB_ERR_ARGUMENT with the reason.
 */
TRB_API TRB_NODISCARD trb_status trb_grid_check(const trb_grid *grid, trb_error *err);

/** Number of voxels. The grid must have passed trb_grid_check(). */
TRB_API size_t trb_grid_voxels(const trb_grid *grid);

/** Volume of one voxel in mm^3; 0 when a spacing is not known. */
TRB_API double trb_grid_voxel_mm3(const trb_grid *grid);

/** All three spacings known? */
TRB_API bool trb_grid_has_spacing(const trb_grid *grid);

/** Spacing known and the axes equal within `tolerance` (0.01 is 1 %) of the smallest? */
TRB_API bool trb_grid_is_isotropic(const trb_grid *grid, double tolerance);

/** Same counts on every axis? (Spacing and origin are not compared.) */
TRB_API bool trb_grid_same_size(const trb_grid *a, const trb_grid *b);

/** The whole grid as a box. */
TRB_API trb_box trb_grid_box(const trb_grid *grid);

/** a * b, or 0 when that does not fit in ptrdiff_t. For sizes that come from files. */
TRB_API size_t trb_size_multiply(size_t a, size_t b);

#ifdef __cplusplus
}
#endif
#endif
