/* picture.h - the quality-control picture of one scan. */
#ifndef TRABECULA_PICTURE_H
#define TRABECULA_PICTURE_H

#include "trabecula/threshold.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What qc.png shows. All pointers are borrowed; zero-initialised fields are left out of the picture. */
typedef struct trb_qc {
    const trb_volume *volume;       /* grey, un-smoothed; its spacing may be unknown (then the bar is in voxels) */
    const trb_volume *cut[3];       /* the planes xy, xz and yz through trb_mask_middle() of the VOI; NULL: taken from the
                                       volume, whose voxels are not looked at otherwise */
    const trb_mask *bone;           /* NULL: the VOI is tinted instead */
    const trb_mask *voi;            /* NULL: whole image */
    const trb_histogram *histogram; /* the one the threshold was taken from; may be NULL */
    const char *histogram_of;       /* "inside the periosteal contour"; NULL: the VOI, or the image without one */
    double threshold;               /* grey; NaN: none or a local one, then the histogram may be that of the image */
    bool invert;                    /* bone is value < threshold */
    const char *threshold_text;     /* "otsu in the VOI" */
    const char *title;              /* sample name; any bytes, shown on one line, cut when too long */
    const char *subtitle;           /* "BV/TV 22.8 %, Tb.Th 0.236 mm" */
} trb_qc;

/**
 * A PNG, 1600 pixels wide: the three planes through the middle of the VOI's bounding box as they are, the same with
 * bone tinted (stronger inside the VOI), the VOI outline, scale bars, and the histogram with the threshold.
 *
 * Convention  All panels have one scale and show the whole image plane; x points right and y down, z points down in
 *             xz and yz. Grey runs from the 0.5 % to the 99.8 % value of the histogram. Planes larger than their
 *             panel are averaged. Colours are from Okabe and Ito's palette, for any kind of colour vision.
 * Errors      TRB_ERR_ARGUMENT when a mask has another size; TRB_ERR_IO; TRB_ERR_MEMORY. An existing file is
 *             replaced; the final name appears only complete.
 * Cost        Reads three planes; half a second and about 20 MB.
 * Threads     Reentrant. Uses the calling thread.
 */
TRB_API TRB_NODISCARD trb_status trb_qc_write_png(const char *path, const trb_qc *qc, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
