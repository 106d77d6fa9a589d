/* segment.h - segmentations that look at more than one grey value: hysteresis, local thresholds, Laplace-Hamming. */
#ifndef TRABECULA_SEGMENT_H
#define TRABECULA_SEGMENT_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Hysteresis: the 26-connected parts of value >= low that hold a voxel of value >= high. It keeps thin struts, dimmed
 * by partial volume, where they hang on bone that is certain, and drops specks of the same grey.
 *
 * Convention  Both bounds are inclusive and compared as trb_threshold_apply() does. Parts are those of the whole image
 *             (bone outside a VOI is context). invert: bone is dark; the parts of value < high that hold a voxel of
 *             value < low.
 * Input       filter: NULL for none. low <= high.
 * Output      *out: yours.
 * Errors      TRB_ERR_ARGUMENT when low > high or one is NaN; those of trb_threshold_apply() and trb_parts_measure().
 * Cost        Two passes over the grey values, one labelling; a second mask, 16 bytes a run of voxels.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_hysteresis_apply(const trb_volume *volume, const trb_filter *filter,
                                                      double low, double high, bool invert, trb_mask **out,
                                                      trb_error *err);

typedef enum trb_adaptive_rule {
    TRB_ADAPTIVE_MEAN,  /* mean of the ball */
    TRB_ADAPTIVE_MINMAX /* (smallest + largest) / 2 of the ball, as CTAn's adaptive "mean of min and max" */
} trb_adaptive_rule;

/** The largest radius of a local threshold. */
#define TRB_ADAPTIVE_RADIUS_MAX 64

/** A local threshold. Start from trb_adaptive_default(). */
typedef struct trb_adaptive {
    trb_adaptive_rule rule;
    double radius_vox;  /* 1 to TRB_ADAPTIVE_RADIUS_MAX; voxels with dx^2 + dy^2 + dz^2 <= radius^2 */
    double offset_grey; /* added to what the rule gives */
    double low_grey;    /* below it nothing is bone; -infinity: no such bound */
    double high_grey;   /* from it on everything is bone; +infinity: no such bound */
    double shift;       /* 0; a local threshold t becomes t + shift * |t - zero_grey|, for sensitivity */
    double zero_grey;   /* 0 */
} trb_adaptive;

TRB_API trb_adaptive trb_adaptive_default(trb_adaptive_rule rule, double radius_vox);

/**
 * Local threshold: t(x) = rule over the ball around x, plus offset; kept within low..high; bone is value >= t(x).
 * So what is darker than low is marrow and what is at least high is bone, whatever surrounds it.
 *
 * Convention  On the filtered values as float32. The ball is cut at the image border: only voxels that exist count.
 *             A mean is the exact integer sum of the values in steps of 2^-k (k as large as 60 bits allow; at least
 *             2^-20 of the largest value), divided once: it does not depend on the order of voxels, so mirrored
 *             images give mirrored masks. In flat grey value == t: without low, noise decides there.
 * Input       filter: NULL for none. invert: bone is value < t.
 * Output      *out: yours.
 * Errors      TRB_ERR_ARGUMENT for a radius outside its range, low > high or NaN; TRB_ERR_DATA for NaN or infinite
 *             voxels; TRB_ERR_MEMORY.
 * Cost        About pi R^2 row operations a row (mean), five times that for minmax. 4 bytes a voxel (mean: 12) of a
 *             slab of 4 R planes or so. Volumes in memory are not copied; the slabs of a scan are read with R more planes
 *             on either side.
 * Threads     Uses all; same bits for any number and any slab.
 * Source      Bonelab's and IPL's adaptive threshold clamp a local mean in this way; CTAn: adaptive, mean of min and
 *             max values.
 */
TRB_API TRB_NODISCARD trb_status trb_adaptive_apply(const trb_volume *volume, const trb_filter *filter,
                                                    const trb_adaptive *how, bool invert, trb_mask **out,
                                                    trb_error *err);

/** H(k) = [(1 - eps) + eps |k|^2] / (1 - eps) * w(|k|), see trb_laplace_hamming_create(). */
typedef struct trb_laplace_hamming {
    double epsilon; /* 0 <= epsilon < 1; IPL scripts use 0.45 or 0.5 */
    double cutoff;  /* cycles per voxel, 0 < cutoff <= 1; IPL scripts use 0.3 or 0.4 */
} trb_laplace_hamming;

/** H at frequencies in cycles per voxel of cubes of edge el_mm. */
TRB_API double trb_laplace_hamming_gain(const trb_laplace_hamming *filter, double el_mm, double kx, double ky,
                                        double kz);

/**
 * Laplace-Hamming filter: the image and its Laplacian, mixed, behind a low-pass; sharpens what the scanner blurred.
 *
 * Convention  w(|k|) = 0.54 + 0.46 cos(pi |k| / c) up to |k| = c = cutoff / el, 0 beyond; k in cycles per mm. IPL's
 *             H has the constant (2 pi)^2 (1 - eps) besides, which it takes out again by its norm_max; here H(0) = 1,
 *             so that even grey keeps its value and thresholds stay in grey. Outside the image it is mirrored (the
 *             edge voxel repeated), which makes the transform one of cosines; IPL repeats the image periodically after
 *             padding.
 * Input       Spacing known; its x axis is the edge of the cubes.
 * Output      *out: float32 on the same grid, yours.
 * Errors      TRB_ERR_ARGUMENT for epsilon or cutoff outside their range or unknown spacing; TRB_ERR_DATA for voxels
 *             beyond 1e30, NaN or infinity; TRB_ERR_MEMORY.
 * Cost        Six passes of transforms along lines (GSL, any length). Memory: the output, and some lines a thread. All
 *             of the image is needed: it cannot be done in slabs.
 * Threads     Uses all; same bits for any number.
 * Source      definitions: Laplace-Hamming as in IPL's fft_laplace_hamming (XtremeCT I), as far as it is public.
 */
TRB_API TRB_NODISCARD trb_status trb_laplace_hamming_create(const trb_volume *volume,
                                                            const trb_laplace_hamming *filter,
                                                            trb_volume **out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
