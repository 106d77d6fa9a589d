/* phantom_rods.h - the scan of a density phantom whose calibration is known. */
#ifndef TRABECULA_PHANTOM_RODS_H
#define TRABECULA_PHANTOM_RODS_H

#include "trabecula/rods.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Rods on a circle around the middle of the image. Start from trb_phantom_rods_default(). Lengths in voxels. */
typedef struct trb_phantom_rods {
    size_t size_vox, planes; /* edge of the image, slices */
    double spacing_mm;       /* written into the volume */
    trb_type type;           /* TRB_U8 or TRB_U16 */
    size_t n;
    double density_mg_ccm[TRB_RODS_MOST];
    double radius_vox;  /* 0: what the circle has room for */
    double lean_deg;    /* all rods lean along x by this angle */
    double grey_at_0, grey_at_1000; /* of 0 and 1000 mgHA/cm3: the truth */
    double background_grey;
    double blur_vox, noise_grey; /* sigma of a Gaussian point spread, and of noise */
    uint64_t seed;
} trb_phantom_rods;

/** 0, 200, 400, 600 and 800 mgHA/cm3 in uint16; density = 0.1 grey - 300; 200 x 200 x 60 voxels of 0.02 mm. */
TRB_API trb_phantom_rods trb_phantom_rods_default(void);

/**
 * Make the scan.
 *
 * Convention  A voxel of the wall has the grey of its covered share, counted on 8 x 8 points. Then blur, noise, and
 *             rounding and clamping to the type.
 * Output      *out: yours. rods: where they are (may be NULL).
 * Errors      TRB_ERR_ARGUMENT names what cannot be; TRB_ERR_MEMORY.
 * Threads     Same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_phantom_rods_create(const trb_phantom_rods *options, trb_volume **out,
                                                         trb_rods *rods, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
