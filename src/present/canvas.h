/* canvas.h - a page to draw on: text in sans serif, colours, and a PNG that appears only complete. */
#ifndef TRB_CANVAS_H
#define TRB_CANVAS_H

#include "present/colour.h"
#include "trabecula/status.h"

#include <cairo.h>

void trb_canvas_colour(cairo_t *page, trb_colour colour, double alpha);

/**
 * One line of text with its top at y and x at its anchor. Bytes that are not UTF-8 are replaced; text wider than
 * most_width (0: any) ends in an ellipsis. Returns the width drawn.
 */
double trb_canvas_text(cairo_t *page, double x, double y, trb_anchor anchor, double size_px, bool bold,
                       trb_colour colour, double most_width, const char *text);

/** Width and height of the same line, not drawn. */
void trb_canvas_measure(cairo_t *page, double size_px, bool bold, const char *text, double *width, double *height);

/** Write the surface; an existing file is replaced. TRB_ERR_IO names the file. */
trb_status trb_canvas_write_png(const char *path, cairo_surface_t *surface, trb_error *err);

#endif
