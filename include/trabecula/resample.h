/* resample.h - volumes with voxels that are not cubes, made isotropic. */
#ifndef TRABECULA_RESAMPLE_H
#define TRABECULA_RESAMPLE_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Trilinear interpolation on a grid of cubic voxels.
 *
 * Convention  Along an axis with n voxels of spacing s the new grid has max(1, floor(n s / spacing_mm + 0.5))
 *             voxels and the same centre as the old one, so that both cover the same extent (exactly when n s
 *             is a multiple of spacing_mm, within half a new voxel otherwise) and a mirrored image gives the
 *             mirrored result. origin_mm moves accordingly. Between the outermost centre and the face of the
 *             image the edge voxel is repeated.
 *             Computed in double, x then y then z; integer types are rounded half up; the type is kept.
 * Input       spacing_mm: edge of the new voxels; 0 means the smallest of the three spacings, which loses
 *             nothing.
 * Output      *out: yours. NULL unless TRB_OK. A copy when nothing changes.
 * Errors      TRB_ERR_ARGUMENT when a spacing is not known, spacing_mm is negative or not finite, or the new
 *             grid is too large; TRB_ERR_MEMORY.
 * Cost        One pass over the output; no float copy of the input. A coarser grid is sampled, not averaged:
 *             smooth first when spacing_mm is much larger than a spacing.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_resample_isotropic(const trb_volume *in, double spacing_mm,
                                                        trb_volume **out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
