/* qc_parts.h - the parts of the quality-control picture, and what they share. */
#ifndef TRB_QC_PARTS_H
#define TRB_QC_PARTS_H

#include "present/canvas.h"
#include "trabecula/picture.h"

/** A rectangle on the page, in pixels. */
typedef struct trb_area {
    double x, y, width, height;
} trb_area;

/** The grey values drawn as black and white. */
typedef struct trb_window {
    double black, white;
} trb_window;

/** The planes: xy (rows are y), xz and yz (rows are z). */
typedef enum trb_plane { TRB_PLANE_XY, TRB_PLANE_XZ, TRB_PLANE_YZ } trb_plane;

/** How one plane is drawn. */
typedef struct trb_panel {
    trb_plane plane;
    size_t at[3];      /* x, y, z where the three planes cross */
    bool overlay;      /* with the bone tinted; the VOI outline is always drawn */
    bool voi_alone;    /* no bone is known: the VOI is tinted instead */
    trb_window window;
    trb_area area;
} trb_panel;

/** Columns and rows of a plane, in voxels, and the axes (0 x, 1 y, 2 z) that they run along. */
void trb_plane_size(const trb_grid *grid, trb_plane plane, size_t *columns, size_t *rows);
void trb_plane_axes(trb_plane plane, int *across, int *down, int *through);

/** Draw the pixels of a panel with frame and ticks where the other planes cut. TRB_ERR_MEMORY. */
trb_status trb_qc_draw_panel(cairo_t *page, const trb_qc *qc, const trb_panel *panel, trb_error *err);

/** Length of a scale bar: the largest of 1, 2, 5 times a power of ten that is at most `most` (in mm or voxels). */
double trb_round_length(double most);

/** A scale bar with its left end at (x, y), for pixels_per_unit pixels a mm (or a voxel when in_mm is false). */
void trb_qc_draw_scale(cairo_t *page, double x, double y, double pixels_per_unit, double most_pixels, bool in_mm,
                       trb_colour colour);

/** The same in white on a dark plate, in the lower left corner of an area that has room for it; else nothing. */
void trb_qc_draw_scale_in(cairo_t *page, trb_area area, double pixels_per_unit, bool in_mm);

/** The histogram with the threshold. */
void trb_qc_draw_histogram(cairo_t *page, const trb_qc *qc, trb_area area);

/** The window from the histogram: its 0.5 % and 99.8 % values; from the range of the volume when there is none. */
trb_window trb_qc_window(const trb_qc *qc);

#endif
