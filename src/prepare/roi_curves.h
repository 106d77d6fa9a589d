/* roi_curves.h - outlines that are not stored as points: turned ellipses and rectangles, paths with curves. */
#ifndef TRB_ROI_CURVES_H
#define TRB_ROI_CURVES_H

#include "prepare/roi_parse.h"

#define TRB_ELLIPSE_POINTS 72

/** ImageJ's turned ellipse is a polygon of 72 points. axis: x1, y1, x2, y2 of the long axis, ratio of the short one. */
void trb_roi_ellipse(const double axis[5], double *xy);

/** A rectangle about the line x1, y1 to x2, y2 (not equal), of a width. xy: 4 points. */
void trb_roi_rotated(const double axis[5], double *xy);

/**
 * A path of n numbers: 0 move x y, 1 line x y, 2 quadratic, 3 cubic curve, 4 close.
 *
 * Input       number: gives number i. roi: NULL to count only; else with room for what the first call counted.
 * Errors      TRB_ERR_FORMAT: cut short, an unknown code, a line before the first move.
 */
trb_status trb_roi_path(double (*number)(void *from, size_t i), void *from, size_t n, trb_roi *roi, size_t *points,
                        size_t *contours, trb_error *err);

#endif
