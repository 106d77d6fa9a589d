/* voi_auto.h - the trabecular and cortical compartments of a long bone, found by two thresholds. */
#ifndef TRABECULA_VOI_AUTO_H
#define TRABECULA_VOI_AUTO_H

#include "trabecula/calibration.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Which part of the bone is the VOI. Cortical and trabecular are disjoint; together they are periosteal. */
typedef enum trb_compartment {
    TRB_COMPARTMENT_TRABECULAR, /* inside the endosteal surface */
    TRB_COMPARTMENT_CORTICAL,   /* between the two surfaces, with its pores */
    TRB_COMPARTMENT_PERIOSTEAL  /* all inside the periosteal surface */
} trb_compartment;

/** "trabecular", "cortical", "periosteal". Static text. */
TRB_API const char *trb_compartment_name(trb_compartment compartment);

/** Whose bones the lengths are made for. */
typedef enum trb_bone_preset {
    TRB_BONE_BY_VOXEL_SIZE, /* below 15 um a mouse, below 40 um a rat, else human; said in a warning */
    TRB_BONE_MOUSE,
    TRB_BONE_RAT,
    TRB_BONE_HUMAN
} trb_bone_preset;

/** "voxel-size", "mouse", "rat", "human". Static text. */
TRB_API const char *trb_bone_preset_name(trb_bone_preset preset);

/**
 * A threshold by value, or by a rule: "half" (the default), half-way between the median below Otsu's threshold and
 * the third quartile above it, so between soft tissue and compact bone; "otsu", "li", ...: see
 * trb_histogram_threshold().
 */
typedef struct trb_auto_threshold {
    bool by_value;
    double value;
    trb_grey_unit unit;
    char method[16];
} trb_auto_threshold;

/**
 * The two steps. A length of NaN is the preset's. All lengths in mm; 0 leaves a step out.
 *
 * Periosteal surface: grey smoothed by peri_smooth_mm, >= peri_threshold is bone; closed by a ball of radius
 * peri_close_mm; what cannot be reached from the sides of the image is inside.
 * Endosteal surface: grey smoothed by endo_smooth_mm, < endo_threshold is marrow, inside the periosteal surface;
 * opened by a ball of radius endo_open_mm (channels through the cortex and noise go), closed by a ball of radius
 * endo_close_mm (trabeculae go); islands are filled; opened by a ball of radius endo_round_mm (spikes into gaps and
 * pores of the cortex go); the largest part is the trabecular compartment.
 */
typedef struct trb_voi_auto {
    trb_compartment compartment;
    trb_bone_preset preset;
    trb_auto_threshold peri_threshold; /* a rule is computed on the whole image */
    double peri_smooth_mm;             /* sigma of a Gaussian */
    double peri_close_mm;
    trb_auto_threshold endo_threshold; /* a rule is computed inside the periosteal surface */
    double endo_smooth_mm;
    double endo_open_mm;
    double endo_close_mm;
    double endo_round_mm;
    double least_cortex_mm; /* the trabecular compartment stays this far away from the outside */
    bool all_bones;         /* not only the largest part above the periosteal threshold */
} trb_voi_auto;

/** Does the text of a VOI ask for compartments ("auto", "auto:...", "auto,...")? */
TRB_API bool trb_voi_is_auto(const char *text);

/**
 * From the text of an option:
 *
 *   auto[:trabecular|:cortical|:periosteal][,KEY=VALUE]...
 *
 * Convention  Keys: preset=mouse|rat|human; peri-threshold, endo-threshold = VALUE[UNIT] or a histogram rule;
 *             peri-smooth, peri-close, endo-smooth, endo-open, endo-close, endo-round, least-cortex = LENGTH
 *             with a unit (0 needs none); bones=largest|all. Lengths that are not given are the preset's, wherever it stands.
 * Output      *out: all fields are set.
 * Errors      TRB_ERR_ARGUMENT: says which word, and lists the choices.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_auto_parse(const char *text, trb_voi_auto *out, trb_error *err);

/**
 * Fill what the preset decides.
 *
 * Input       grid: its voxel size chooses the preset when none was named.
 * Errors      TRB_ERR_ARGUMENT when the voxel size is not known.
 */
TRB_API TRB_NODISCARD trb_status trb_voi_auto_resolve(trb_voi_auto *options, const trb_grid *grid,
                                                      trb_error *err);

/** The text of resolved options, which trb_voi_auto_parse() reads as the same. buffer: 400 bytes. Returns it. */
TRB_API const char *trb_voi_auto_text(const trb_voi_auto *options, char *buffer, size_t size);

/** The compartments of one bone. */
typedef struct trb_compartments {
    trb_mask *periosteal, *trabecular; /* trabecular lies in periosteal; the rest of it is cortical */
    double peri_grey, endo_grey;       /* what the thresholds came to */
    double
        sides; /* share of the image's four sides that is bone, 0..1. Above 0 the cross-section is not complete */
} trb_compartments;

TRB_API void trb_compartments_clear(trb_compartments *compartments);

/** The mask of one of them; the compartments are empty afterwards. Yours. */
TRB_API trb_mask *trb_compartments_take(trb_compartments *compartments, trb_compartment which);

/**
 * Find both surfaces of a long bone whose axis runs roughly along z (it may be cut by the first and the last slice,
 * not by the sides of the image).
 *
 * Convention  Balls are Euclidean on voxel centres: a voxel belongs to the dilated mask when a centre of the mask is
 *             at most the radius away. What lies beyond the first and last slice is unknown: it neither closes nor
 *             erodes. Beyond the sides lies the outside. Gaps of the cortex up to twice peri_close_mm are bridged,
 *             and belong to the cortex when they are narrower than twice endo_round_mm.
 * Input       calibration: for thresholds that are not in grey; NULL when there is none. options: resolved or not.
 * Output      *out: init by this function; clear it. Masks on the grid of the volume.
 * Errors      TRB_ERR_DATA when no voxel reaches the threshold, when the sides of the image are bone (soft tissue
 *             above the threshold), when there is no marrow space or no cortex: the text says which key helps.
 *             TRB_ERR_ARGUMENT for voxels that are no cubes (1 %), for a voxel size that is not known, those of
 *             trb_calibration_to_grey(); TRB_ERR_MEMORY.
 * Cost        Eight dilations (trb_mask_reach()) of the box around the bone, which hold the distances of some planes;
 *             five packed masks besides.
 * Threads     Uses all; same bits for any number.
 * Source      Buie, Campbell, Klinck, MacNeil & Boyd 2007, Bone 41:505-515, doi 10.1016/j.bone.2007.07.007: the two
 *             thresholds and the order of steps. On purpose different: balls by exact distances in mm and not boxes
 *             in voxels, in three dimensions; the closing of the marrow may pass through a cortex that is thinner
 *             than its radius, so that the cortex does not become as thick as the ball.
 */
TRB_API TRB_NODISCARD trb_status trb_compartments_find(const trb_volume *volume,
                                                       const trb_calibration *calibration,
                                                       const trb_voi_auto *options, trb_compartments *out,
                                                       trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
