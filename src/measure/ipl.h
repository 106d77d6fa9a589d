/*
 * ipl.h - local thickness as Scanco's IPL measures it.
 *
 * Not one formula but a chain of rules, each of which decides voxels (README "Conventions", ipl):
 *   1. contact vectors by a sweep; its order decides among equally near contacts        (ipl_sweep.c)
 *   2. s = |p|, p_i = sign(v_i) max(|v_i| - 1/2, 0): distance to the face, not the centre
 *   3. x is a centre unless an object 26-neighbour y has |x-y| + s_x - s_y <= 0.9       (ipl_ridge.c)
 *   4. a whole-voxel diameter D, version 3 pinned between two walls, version 1 from s   (ipl_diameter.c)
 *   5. a voxel within (D + 1) / 2 of a centre takes the largest D                       (ipl_paint.c)
 * Voxels that no ball reaches (3 to 9 % of real bone) have no value and are left out of the mean.
 */
#ifndef TRB_IPL_H
#define TRB_IPL_H

#include "trabecula/thickness.h"

/**
 * trb_thickness_measure() for TRB_THICKNESS_IPL and TRB_THICKNESS_IPL_V1; everything that it says holds.
 *
 * Convention  options->centres TRB_CENTRES_VOI is IPL's own: balls are centred in the VOI alone, while the
 *             sweep and the ridge see the whole image. TRB_CENTRES_IMAGE lets balls from outside cover voxels
 *             of the VOI. The VOI is taken as the raster given (IPL renders it anew from polygons).
 * Input       map: NULL, or nx * ny * nz values that receive the map; sink: NULL, or gets it. One of them at most.
 *             The object has voxels in the VOI.
 * Output      result, which must be reset: code_count by diameter; bin_count the same in half voxels;
 *             max_inside_vox the largest diameter among centres in the VOI.
 * Errors      TRB_ERR_DATA when the image has no background; TRB_ERR_UNSUPPORTED for a border other than
 *             TRB_BORDER_UNKNOWN, or an image whose diagonal exceeds IPL_DIAGONAL_MAX voxels; TRB_ERR_MEMORY.
 * Cost        A window of contact vectors (options->memory_bytes; without a limit 2 bytes a voxel, more for small
 *             images) and up to 64 slices more for each further thread; 8 bytes for each centre and 16 for each
 *             centre near a tile and thread. One sweep takes about 15 to 25 ns a voxel.
 */
TRB_NODISCARD trb_status trb_ipl_measure(const trb_mask *object, const trb_mask *voi,
                                         const trb_thickness_options *options, float *map, const trb_map_sink *sink,
                                         double scale, trb_thickness *result, trb_error *err);

#endif
