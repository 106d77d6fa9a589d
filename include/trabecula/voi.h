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
 * Input       grid: of the image that will be measured.
 * Output      *out: yours.
 * Errors      TRB_ERR_ARGUMENT for text that does not parse (says what was expected), a shape outside the
 *             image, or a mask file of another size (shows both grids). An empty VOI is not an error here.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_create(const char *text, const trb_grid *grid, trb_mask **out,
                                                trb_error *err);

/** Box and elliptic cylinder on their own. Ellipse membership is decided in exact arithmetic where the
 *  numbers allow it: a voxel on the rim is inside. */
TRB_API TRB_NODISCARD trb_status trb_voi_box(const trb_grid *grid, const trb_box *box, trb_mask **out,
                                             trb_error *err);
TRB_API TRB_NODISCARD trb_status trb_voi_cylinder(const trb_grid *grid, double cx, double cy, double rx,
                                                  double ry, size_t z0, size_t z1, trb_mask **out,
                                                  trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
