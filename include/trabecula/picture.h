/* picture.h - the quality-control picture of one scan. */
#ifndef TRABECULA_PICTURE_H
#define TRABECULA_PICTURE_H

#include "trabecula/threshold.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What qc.png shows. All pointers are borrowed; voi may be NULL (whole image). */
typedef struct trb_qc {
    const trb_volume *volume;       /* grey, un-smoothed */
    const trb_mask *bone;
    const trb_mask *voi;
    const trb_histogram *histogram; /* the one the threshold was taken from */
    double threshold;               /* grey */
    const char *threshold_text;     /* "otsu in the VOI" */
    const char *title;              /* sample name */
    const char *subtitle;           /* "BV/TV 22.8 %, Tb.Th 0.236 mm" */
} trb_qc;

/**
 * Three mid-planes of the VOI's bounding box with the bone outline, the VOI outline, a scale bar, and the
 * histogram with the threshold.
 *
 * Errors      TRB_ERR_IO; the final name appears only complete.
 */
TRB_API TRB_NODISCARD trb_status trb_qc_write_png(const char *path, const trb_qc *qc, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
