/* rods_page.h - the halves of the calibration picture. */
#ifndef TRB_RODS_PAGE_H
#define TRB_RODS_PAGE_H

#include "present/canvas.h"
#include "present/qc_parts.h"
#include "trabecula/rods.h"

/** The middle plane in `area` (which it may not fill), the rods and their cores outlined and numbered. */
trb_status trb_rods_draw_image(cairo_t *page, const trb_volume *volume, const trb_rods *rods, trb_area area,
                               trb_error *err);

/** The line with the rods on it in `area`, the residuals in `below`; both have their labels outside, left and below. */
void trb_rods_draw_line(cairo_t *page, const trb_rods *rods, const trb_rods_line *line, trb_area area, trb_area below);

#endif
