/* thickness.h - local thickness: Tb.Th of bone, Tb.Sp of marrow, and direct Tb.N. */
#ifndef TRABECULA_THICKNESS_H
#define TRABECULA_THICKNESS_H

#include "trabecula/distance.h"
#include "trabecula/surface_points.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The named conventions; reference texts: README "Conventions". */
typedef enum trb_thickness_rule {
    TRB_THICKNESS_EXACT,        /* open balls of radius EDT: |p - x| < EDT(x); T = 2 EDT */
    TRB_THICKNESS_EXACT_CLOSED, /* closed balls, kept on the object */
    TRB_THICKNESS_FIJI,         /* closed balls, then Fiji's surface clean-up and mask */
    TRB_THICKNESS_IPL,          /* Scanco IPL version 3: pinned whole-voxel diameters */
    TRB_THICKNESS_IPL_V1,       /* Scanco IPL version 1: floor(2 s + 1/2) */
    TRB_THICKNESS_SUBVOXEL      /* balls between the points where the grey values cross the threshold: real diameters */
} trb_thickness_rule;

/** "exact", "exact-closed", "fiji", "ipl", "ipl-v1", "subvoxel". */
TRB_API const char *trb_thickness_rule_name(trb_thickness_rule rule);

/** May balls centred outside the VOI cover voxels inside it? */
typedef enum trb_ball_centres { TRB_CENTRES_IMAGE, TRB_CENTRES_VOI } trb_ball_centres;

typedef struct trb_thickness_options {
    trb_thickness_rule rule;
    trb_ball_centres centres; /* ipl rules: their definition is TRB_CENTRES_VOI */
    trb_border border;
    size_t memory_bytes; /* about what may be taken besides the masks and a map; 0: enough for speed. Less than a
                            few planes cannot be had. Never changes a number */
    bool weighted; /* subvoxel: also weighted_mean_vox; about a tenth more time */
    const trb_surface_points *points; /* subvoxel: of the bone, for both phases; other rules: not looked at */
} trb_thickness_options;

/** Rule exact, centres image, border unknown, memory for speed, no points. */
TRB_API trb_thickness_options trb_thickness_options_default(void);

/**
 * The result over object voxels in the VOI. Lengths in voxels: multiply by the spacing.
 * code_count is an exact histogram: by squared radius r2 (exact, exact-closed: T = 2 sqrt(r2)) or by
 * diameter in voxels (ipl rules) or radius in 1/4096 voxel (subvoxel); NULL for fiji, whose values are means. bin_count is a histogram for
 * people, bins of half a voxel from 0.
 */
typedef struct trb_thickness {
    trb_thickness_rule rule;
    uint64_t voxels; /* object voxels in the VOI */
    uint64_t valued; /* of these, with a value: fewer only under the ipl rules */
    double mean_vox, sd_vox, max_vox; /* sd: population; NaN when valued == 0 */
    double weighted_mean_vox; /* when asked for: voxels beside the other phase count by their share of this one; else NaN */
    double max_inside_vox; /* largest ball (2 EDT) centred in the VOI: smaller than max_vox when balls from
                              outside decide the maximum */
    size_t n_codes;
    uint64_t *code_count;
    size_t n_bins;
    uint64_t *bin_count;
} trb_thickness;

TRB_API void trb_thickness_clear(trb_thickness *result);

/**
 * Measure local thickness of `object` (bone for Tb.Th, its complement for Tb.Sp).
 *
 * Convention  The object outside the VOI is context: balls see it, the result counts only the VOI.
 *             Under the subvoxel rule a voxel x is a centre unless one of its 26 neighbours y in the object has
 *             |x - y| + s(x) - s(y) <= 1/2, s being the distance to the nearest surface point. A centre has the largest ball that
 *             touches the surface where its nearest point is and holds no other part of it; middle and radius in steps of 1/4096
 *             voxel. T of a voxel is the largest diameter of the balls whose middle is within radius + 1/4 of it; where there is
 *             none, that of its own ball, or of the voxel behind it when that is larger.
 * Input       voi: NULL for the whole image. Voxels must be isotropic (the spacing itself is not used). The subvoxel rule
 *             needs options->points, made from the mask of the bone, whichever phase is the object.
 * Output      *result: init by this function; clear it. map: NULL, or receives a float32 volume (yours) with
 *             the thickness in mm (in voxels when the spacing is not known) on object voxels in the VOI,
 *             0 elsewhere.
 * Errors      TRB_ERR_DATA when there is no background at all (radius infinite); TRB_ERR_MEMORY.
 *             No object voxel in the VOI is no error: voxels == 0 and the means are NaN.
 * Threads     Uses all; same bits for any number and every SIMD path.
 * Source      Hildebrand & Rueegsegger 1997, J Microsc 185:67-75; Dougherty & Kunzelmann 2007. Subvoxel, growing balls: after
 *             the shrinking balls of Ma, Bae & Choi 2012, Vis Comput 28:7-19.
 */
TRB_API TRB_NODISCARD trb_status trb_thickness_measure(const trb_mask *object, const trb_mask *voi,
                                                       const trb_thickness_options *options,
                                                       trb_thickness *result, trb_volume **map,
                                                       trb_error *err);

/**
 * Gets planes z0 <= z < z0 + n of a map (nx * ny values each, borrowed), every plane once, in ascending order, on
 * the calling thread. An error ends the measuring and becomes its own.
 */
typedef struct trb_map_sink {
    trb_status (*planes)(void *user, size_t z0, size_t n, const float *values, trb_error *err);
    void *user;
} trb_map_sink;

/**
 * trb_thickness_measure() with a map that is never whole in memory: its planes go to the sink as they are finished.
 * Values and numbers are the same.
 *
 * Input       sink: NULL for no map.
 * Cost        A layer of up to 112 planes of the map (exact, fiji) or 64 (ipl, subvoxel), and what the measuring itself takes.
 */
TRB_API TRB_NODISCARD trb_status trb_thickness_stream(const trb_mask *object, const trb_mask *voi,
                                                      const trb_thickness_options *options, const trb_map_sink *sink,
                                                      trb_thickness *result, trb_error *err);

/**
 * Direct Tb.N by the IPL rule: the mid-axis (ridge, epsilon 0.9) of the whole bone is taken out of the image
 * and everything else is measured by the ipl rule inside the VOI. Tb.N = 1 / mean.
 *
 * Input       memory_bytes: as in trb_thickness_options.
 * Output      *result as above (mean in voxels); *mid_axis_voxels: size of the ridge in the image (may be NULL).
 */
TRB_API TRB_NODISCARD trb_status trb_tbn_direct_measure(const trb_mask *bone, const trb_mask *voi,
                                                        size_t memory_bytes, trb_thickness *result,
                                                        uint64_t *mid_axis_voxels, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
