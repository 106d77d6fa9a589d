/* threshold.h - grey (filtered on the fly) to mask; histogram thresholds inside the VOI. */
#ifndef TRABECULA_THRESHOLD_H
#define TRABECULA_THRESHOLD_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Histogram of the filtered grey values in the VOI: bin k counts lowest + k * width <= value < lowest +
 * (k + 1) * width.
 * 8- and 16-bit images: one bin of width 1 for every value of the type, lowest is its smallest value; smoothed
 * values count as floor(value), and those that rounding put outside the type in the end bins.
 * Other types: bins between the smallest and the largest filtered value in the VOI, at most 65536; the width is
 * a power of two (1 at least for integers) and the edges are multiples of it, so that value >= edge in float
 * arithmetic says exactly what the bins say.
 */
typedef struct trb_histogram {
    double lowest; /* lower edge of bin 0 */
    double width;
    size_t bins;
    uint64_t *counts; /* `bins` counts, yours; trb_histogram_clear() frees them */
    uint64_t total;
} trb_histogram;

TRB_API void trb_histogram_clear(trb_histogram *histogram);

/**
 * Count.
 *
 * Input       filter: NULL for none. voi: NULL for the whole image.
 * Output      *out: init by this function; clear it.
 * Errors      TRB_ERR_MEMORY; TRB_ERR_DATA for an empty VOI, and for NaN, infinity or values beyond 1e300 in it
 *             (says how many); TRB_ERR_ARGUMENT when the VOI has another size;
 *             those of trb_smoother_create().
 * Cost        One pass (two for types wider than 16 bit). The grey volume is not copied.
 * Threads     Uses all; same counts for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_histogram_measure(const trb_volume *volume, const trb_filter *filter,
                                                       const trb_mask *voi, trb_histogram *out,
                                                       trb_error *err);

/**
 * Otsu: the lower bound t that maximises the between-class variance of (value < t) and (value >= t).
 *
 * Convention  t is the lower edge of a bin; classes by bins; exact integer arithmetic; of equal maxima the
 *             smallest t. Bone is value >= t.
 * Errors      TRB_ERR_DATA when fewer than two bins are occupied; TRB_ERR_ARGUMENT beyond 2^44 voxels or 2^20
 *             bins.
 * Source      Otsu 1979, IEEE Trans SMC 9:62-66.
 */
TRB_API TRB_NODISCARD trb_status trb_otsu(const trb_histogram *histogram, double *threshold, trb_error *err);

/** The most classes of trb_multi_otsu(). */
#define TRB_MULTI_OTSU_MAX 8

/**
 * Otsu for several classes: the n_classes - 1 lower bounds that maximise the between-class variance.
 *
 * Convention  As trb_otsu(): lower edges of bins, ascending; each class is value >= its bound; of bounds that part
 *             the voxels alike the smallest. All bins count, none are pooled. Sums are double: of maxima that differ
 *             by less than 1e-13 either may be taken, always the same one.
 * Output      thresholds: n_classes - 1 values, the caller's.
 * Errors      TRB_ERR_ARGUMENT for fewer than 2 or more than TRB_MULTI_OTSU_MAX classes, 2^40 voxels or 2^20 bins;
 *             TRB_ERR_DATA when fewer bins are occupied than there are classes.
 * Cost        bins * log(bins) * classes: milliseconds for 65536 bins.
 * Source      Otsu 1979; Liao, Chen & Chung 2001, J Inf Sci Eng 17:713-727 (the same sum).
 */
TRB_API TRB_NODISCARD trb_status trb_multi_otsu(const trb_histogram *histogram, int n_classes, double *thresholds,
                                                trb_error *err);

/**
 * The other histogram thresholds, through ITK's calculators: "li", "triangle", "isodata", "maxentropy",
 * "huang", "moments", "yen", "kittler", "renyi", "shanbhag", "intermodes". (Settings also take max-entropy,
 * kittler-illingworth and renyi-entropy.)
 *
 * Output      *threshold: lower bound on a bin edge, so that it can be written down and used again.
 * Errors      TRB_ERR_ARGUMENT for an unknown name (lists the names); TRB_ERR_DATA when the rule fails.
 */
TRB_API TRB_NODISCARD trb_status trb_histogram_threshold(const trb_histogram *histogram, const char *name,
                                                         double *threshold, trb_error *err);

/**
 * value >= threshold -> 1. The comparison is exact, also for a fractional threshold: in the voxels' own type
 * without filter and after the median, in float32 after a Gaussian.
 *
 * Input       filter: NULL for none. invert: true means value < threshold is the object.
 * Output      *out: yours.
 * Errors      TRB_ERR_ARGUMENT when the threshold is NaN; TRB_ERR_MEMORY; those of trb_smoother_create().
 * Cost        One pass; the grey volume is not copied. Packs 64 voxels a word.
 * Threads     Uses all; same bits for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_threshold_apply(const trb_volume *volume, const trb_filter *filter,
                                                     double threshold, bool invert, trb_mask **out,
                                                     trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
