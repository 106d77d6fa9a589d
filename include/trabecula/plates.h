/* plates.h - plates and rods of trabecular bone, told apart by its surface skeleton. */
#ifndef TRABECULA_PLATES_H
#define TRABECULA_PLATES_H

#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct trb_plates_options {
    double aspect; /* a section about this many times as wide as thick is a plate, a narrower one a rod; above 1 */
} trb_plates_options;

/** Aspect 2. */
TRB_API trb_plates_options trb_plates_options_default(void);

/** What the bone in the VOI is made of. Lengths in voxels. */
typedef struct trb_plates {
    uint64_t plate_voxels, rod_voxels; /* of bone */
    uint64_t plates, rods;
    double rod_length_mean; /* along voxel centres to the junctions at its ends; NaN without rods */
    uint64_t rod_rod, plate_rod, plate_plate; /* junctions */
} trb_plates;

/**
 * Tell plates from rods.
 *
 * Convention  The whole bone is thinned to a surface skeleton, in order of distance. What stays a sheet while
 *             (aspect - 1) T / 2 voxels are eaten from its rims, T the thickness, is of a plate; at least one voxel,
 *             so that plates of up to 3 voxels must be about 4 voxels wider than thick. All else is of rods. A sheet
 *             of fewer voxels than (T / 2)^2 is of a rod, and a line that ends on a plate and is shorter than it is
 *             thick is of that plate. Each bone voxel takes the class of what it was thinned to.
 *             Plates end where three sheets meet; rods where three lines meet and at plates. Each is counted in whole
 *             where its voxel nearest to its centre lies, and a junction where its first voxel lies, so that VOIs side by side add up.
 *             Junctions: of rods, groups of touching voxels with three and more neighbours on lines; of the others,
 *             pairs of a plate and a rod (or junction of rods), and of two plates, that touch.
 *             Measured on strips in 39 directions, rods turn into plates at 1.4 to 3.4 times the thickness (aspect 2),
 *             in the mean at 2.1 to 2.4; in mirrored and turned images of real bone the share of plates moves by up
 *             to 2 % of the bone.
 * Input       voi may be NULL.
 * Output      *plate_bone: NULL, or receives the bone voxels of plates (in the whole image), yours.
 * Errors      TRB_ERR_ARGUMENT for a VOI of another size or aspect not above 1; TRB_ERR_DATA when there is no marrow at all; TRB_ERR_MEMORY.
 * Cost        trb_plates_bytes(); about 0.4 us a bone voxel and thread.
 * Threads     Uses all. Same bits for any number.
 * Source      Saha & Chaudhuri 1996, Comput Vis Image Underst 63:418-429; Liu et al. 2008, J Bone Miner Res 23:223-235
 *             (the metrics). The thinning is another one: Bertrand & Couprie 2014, Pattern Recognit Lett 47:22-28.
 */
TRB_API TRB_NODISCARD trb_status trb_plates_measure(const trb_mask *bone, const trb_mask *voi,
                                                    const trb_plates_options *options, trb_plates *out,
                                                    trb_mask **plate_bone, trb_error *err);

/** A uint8 volume: bone of rods 1, of plates 2, marrow 0. Yours. Errors: TRB_ERR_ARGUMENT for masks of two sizes, TRB_ERR_MEMORY. */
TRB_API TRB_NODISCARD trb_status trb_plates_to_volume(const trb_mask *bone, const trb_mask *plate_bone, trb_volume **out,
                                                      trb_error *err);

/** Bytes that trb_plates_measure() takes, from above, the result included; for bone that fills up to half of the image. */
TRB_API double trb_plates_bytes(const trb_grid *grid);

#ifdef __cplusplus
}
#endif
#endif
