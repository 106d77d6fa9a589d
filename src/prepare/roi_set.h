/* roi_set.h - the regions of a .roi or RoiSet.zip file. */
#ifndef TRB_ROI_SET_H
#define TRB_ROI_SET_H

#include "prepare/roi_parse.h"

#include <stdbool.h>

typedef struct trb_roi_set {
    size_t n;
    trb_roi *rois;
    size_t n_points;   /* of all of them */
    size_t n_skipped;  /* entries of a zip that have no area (lines, points) */
    char skipped[160]; /* the first of them and why */
} trb_roi_set;

/** Does the file begin as a region or a zip does? Anything that cannot be opened is neither. */
bool trb_roi_is_file(const char *path);

/**
 * Read all regions of a file. In a zip, names that do not end in .roi are left alone.
 *
 * Output      *set: filled on TRB_OK, with at least one region; trb_roi_set_clear() empties it in any case.
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT for a damaged file, TRB_ERR_UNSUPPORTED for one without any area or beyond the
 *             limits (20000 entries, 8 MiB each, 64 MiB together when unpacked); TRB_ERR_MEMORY. Names the region.
 */
trb_status trb_roi_set_read(const char *path, trb_roi_set *set, trb_error *err);
void trb_roi_set_clear(trb_roi_set *set);

#endif
