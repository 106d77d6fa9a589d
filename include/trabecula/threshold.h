/* threshold.h - grey (filtered on the fly) to mask; histogram thresholds inside the VOI. */
#ifndef TRABECULA_THRESHOLD_H
#define TRABECULA_THRESHOLD_H

#include "trabecula/filter.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Histogram of the filtered grey values in the VOI.
 * Integer types: bin k counts floor(value) == lowest + k, width 1 (exact for 8 and 16 bit; for 32-bit types
 * and float types 65536 bins between the smallest and the largest value, width says how wide).
 */
typedef struct trb_histogram {
    double lowest; /* lower edge of bin 0 */
    double width;
    size_t bins;
    uint64_t *counts; /* yours; trb_histogram_clear() frees it */
    uint64_t total;
} trb_histogram;

TRB_API void trb_histogram_clear(trb_histogram *histogram);

/**
 * Count.
 *
 * Input       voi: NULL for the whole image.
 * Output      *out: init by this function; clear it.
 * Errors      TRB_ERR_MEMORY; TRB_ERR_DATA for an empty VOI.
 * Threads     Uses all; same counts for any number.
 */
TRB_API TRB_NODISCARD trb_status trb_histogram_measure(const trb_volume *volume, const trb_filter *filter,
                                                       const trb_mask *voi, trb_histogram *out,
                                                       trb_error *err);

/**
 * Otsu: the lower bound t that maximises the between-class variance of (value < t) and (value >= t).
 *
 * Convention  t is the lower edge of a bin; classes by bins; exact integer arithmetic (128 bit); of equal
 *             maxima the smallest t. Bone is value >= t.
 * Errors      TRB_ERR_DATA when fewer than two bins are occupied.
 * Source      Otsu 1979, IEEE Trans SMC 9:62-66.
 */
TRB_API TRB_NODISCARD trb_status trb_otsu(const trb_histogram *histogram, double *threshold, trb_error *err);

/**
 * The other histogram thresholds, through ITK's calculators: "li", "triangle", "isodata", "maxentropy",
 * "huang", "moments", "yen", "kittler", "renyi", "shanbhag", "intermodes".
 *
 * Output      *threshold: lower bound on a bin edge, so that it can be written down and used again.
 * Errors      TRB_ERR_ARGUMENT for an unknown name (lists the names); TRB_ERR_DATA when the rule fails.
 */
TRB_API TRB_NODISCARD trb_status trb_histogram_threshold(const trb_histogram *histogram, const char *name,
                                                         double *threshold, trb_error *err);

/**
 * value >= threshold -> 1. The comparison is exact: native type when there is no filter, float32 otherwise.
 *
 * Input       invert: 1 means value < threshold is the object.
 * Output      *out: yours.
 * Cost        One pass; the grey volume is not copied. Packs 64 voxels a word.
 */
TRB_API TRB_NODISCARD trb_status trb_threshold_apply(const trb_volume *volume, const trb_filter *filter,
                                                     double threshold, bool invert, trb_mask **out,
                                                     trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
