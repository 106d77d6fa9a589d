/* voi.h - volumes of interest. */
#ifndef TRABECULA_VOI_H
#define TRABECULA_VOI_H

#include "trabecula/volume_io.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A VOI from its text on the command line:
 *   box:x0:x1,y0:y1,z0:z1          half-open, voxel indices from 0
 *   cylinder:cx,cy,rx,ry,z0:z1     ((x-cx)/rx)^2 + ((y-cy)/ry)^2 <= 1, z0 <= z < z1
 *   anything else                  a mask image or stack of the same grid; not 0 is inside
 *
 * Input       grid: of the image that will be measured. Numbers have a decimal point in every locale.
 * Output      *out: yours, on `grid`.
 * Errors      TRB_ERR_ARGUMENT for text that does not parse (says where and what was expected), a shape outside
 *             the image (see below), a mask file of another size, or one whose voxel size is known and differs
 *             by more than 0.1 % (shows both grids); those of trb_volume_read(). An empty mask file is no error.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_create(const char *text, const trb_grid *grid, trb_mask **out,
                                                trb_error *err);

/** A box. Errors: TRB_ERR_ARGUMENT when it is empty or leaves the image. */
TRB_API TRB_NODISCARD trb_status trb_voi_box(const trb_grid *grid, const trb_box *box, trb_mask **out,
                                             trb_error *err);

/**
 * An elliptic cylinder along z: voxels whose centre satisfies ((x-cx)/rx)^2 + ((y-cy)/ry)^2 <= 1.
 *
 * Convention  A centre on the rim is inside. When the four numbers have at most 6 decimals and are below
 *             2^30 / 10^decimals (the image's size too) this is decided in whole numbers; otherwise in long
 *             double with <= 1 + 1e-12, so that a rim that was meant is not lost to rounding.
 * Errors      TRB_ERR_ARGUMENT for radii that are not above 0, an empty range of slices or one that leaves the
 *             image, an ellipse wholly outside it. An ellipse that reaches over the side is cut there; one that
 *             lies between voxel centres gives an empty mask.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_cylinder(const trb_grid *grid, double cx, double cy, double rx,
                                                  double ry, size_t z0, size_t z1, trb_mask **out,
                                                  trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
