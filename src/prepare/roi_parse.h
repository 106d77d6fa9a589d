/* roi_parse.h - ImageJ regions of interest: from the bytes of one .roi to outlines in pixels. */
#ifndef TRB_ROI_PARSE_H
#define TRB_ROI_PARSE_H

#include "trabecula/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * One region. Coordinates are ImageJ's: pixel (x, y) covers x to x + 1 and y to y + 1, its centre lies at one half.
 * An oval is its bounding box; everything else is a set of closed contours, filled by the even-odd rule.
 */
typedef struct trb_roi {
    char name[96]; /* for messages: what ImageJ calls it, else the name of its file */
    size_t slice;  /* from 1; 0: of no slice, hence of all */
    bool oval;
    double left, top, right, bottom; /* of the box that holds it */
    size_t n_points, n_contours;
    double *xy;   /* 2 * n_points */
    size_t *ends; /* contour i ends before point ends[i] */
} trb_roi;

/**
 * Read one region.
 *
 * Convention  The slice is z of the second header, else the position, else the first number of a name such as
 *             0012-0234-0345, else none. In a stack that ImageJ takes for a series in time (z is 1, t is not) it is t.
 * Input       bytes: all of the file; nothing is trusted. file_name: with or without folders and ending.
 * Output      *roi: filled on TRB_OK only; trb_roi_clear() empties it.
 * Errors      TRB_ERR_FORMAT for what is cut short or no region; TRB_ERR_UNSUPPORTED for lines, points, text, images
 *             and splines, which have no area of their own or one that ImageJ computes; TRB_ERR_MEMORY.
 */
trb_status trb_roi_parse(const uint8_t *bytes, size_t count, const char *file_name, trb_roi *roi, trb_error *err);
void trb_roi_clear(trb_roi *roi);

#endif
