/* rods_picture.c - the page of a calibration: plane with rods, line, residuals, what to doubt. */
#include "present/rods_page.h"

#include <math.h>
#include <stdio.h>

enum { PAGE_WIDTH = 1600, MARGIN = 48, HEADER = 118, IMAGE = 720, LINE_HEIGHT = 430, RESIDUALS = 150, ROW = 26 };

static void draw_header(cairo_t *page, const char *title, const char *subtitle)
{
    trb_canvas_text(page, MARGIN, 28, TRB_LEFT, 32, true, TRB_INK, PAGE_WIDTH - 2 * MARGIN, title ? title : "");
    trb_canvas_text(page, MARGIN, 74, TRB_LEFT, 19, false, TRB_FAINT, PAGE_WIDTH - 2 * MARGIN, subtitle ? subtitle : "");
}

static double key(cairo_t *page, double x, double y, trb_colour colour, const char *text)
{
    trb_canvas_colour(page, colour, 1);
    cairo_rectangle(page, x, y + 9, 22, 4);
    cairo_fill(page);
    return x + 32 + trb_canvas_text(page, x + 32, y, TRB_LEFT, 16, false, TRB_INK, 0, text) + 28;
}

/* The line in words, then what to doubt. */
static double draw_words(cairo_t *page, const trb_rods_line *line, double x, double y)
{
    char text[240];
    const double room = PAGE_WIDTH - MARGIN - x;
    snprintf(text, sizeof text, "density = %.6g \xc2\xb7 %s %s %.6g mgHA/cm\xc2\xb3", line->slope,
             line->unit == TRB_UNIT_GREY ? "grey" : trb_grey_unit_name(line->unit), line->intercept < 0 ? "\xe2\x88\x92" : "+",
             fabs(line->intercept));
    trb_canvas_text(page, x, y, TRB_LEFT, 20, true, TRB_INK, room, text);
    if (line->freedom)
        snprintf(text, sizeof text, "R\xc2\xb2 %.8f, slope \xc2\xb1 %.3g, intercept \xc2\xb1 %.3g, residual SD %.3g mgHA/cm\xc2\xb3, %zu rods",
                 line->r2, line->slope_se, line->intercept_se, line->residual_sd, line->n);
    else
        snprintf(text, sizeof text, "two rods: no degrees of freedom, so no errors");
    trb_canvas_text(page, x, y + 32, TRB_LEFT, 16, false, TRB_FAINT, room, text);
    return y + 66;
}

static double warnings_height(const trb_rods_line *line)
{
    return line->n_warnings ? 20 + ROW * (double)line->n_warnings : 0;
}

static trb_status draw_page(cairo_t *page, const trb_volume *volume, const trb_rods *rods, const trb_rods_line *line,
                            const char *title, const char *subtitle, trb_error *err)
{
    cairo_set_source_rgb(page, 1, 1, 1);
    cairo_paint(page);
    draw_header(page, title, subtitle);
    trb_status status = trb_rods_draw_image(page, volume, rods, (trb_area){MARGIN, HEADER, IMAGE, IMAGE}, err);
    const double left = MARGIN + IMAGE + 130, width = PAGE_WIDTH - MARGIN - left;
    trb_rods_draw_line(page, rods, line, (trb_area){left, HEADER + 30, width, LINE_HEIGHT},
                       (trb_area){left, HEADER + 30 + LINE_HEIGHT + 62, width, RESIDUALS});
    char middle[80];
    snprintf(middle, sizeof middle, "plane z = %zu of 0\xe2\x80\xa6%zu", volume->grid.nz / 2, volume->grid.nz - 1);
    const double below = HEADER + IMAGE + 24;
    double x = key(page, MARGIN, below, TRB_SKY, "rod");
    x = key(page, x, below, TRB_ORANGE, "core that is measured");
    trb_canvas_text(page, x, below, TRB_LEFT, 16, false, TRB_FAINT, 0, middle);
    draw_words(page, line, left - 70, below);
    for (size_t i = 0; i < line->n_warnings; i++)
        trb_canvas_text(page, MARGIN, below + 76 + ROW * (double)i, TRB_LEFT, 16, false, TRB_VERMILLION, PAGE_WIDTH - 2 * MARGIN,
                        line->warning[i]);
    return status;
}

trb_status trb_rods_write_png(const char *path, const trb_volume *volume, const trb_rods *rods, const trb_rods_line *line,
                              const char *title, const char *subtitle, trb_error *err)
{
    const double height = HEADER + IMAGE + 24 + 66 + warnings_height(line) + 24;
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_WIDTH, (int)ceil(height));
    cairo_t *page = cairo_create(surface);
    trb_status status = TRB_OK;
    if (cairo_status(page) != CAIRO_STATUS_SUCCESS)
        status = trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    if (!status)
        status = draw_page(page, volume, rods, line, title, subtitle, err);
    if (!status && cairo_status(page) != CAIRO_STATUS_SUCCESS)
        status = trb_error_set(err, TRB_ERR_MEMORY, "%s: drawing failed: %s", path, cairo_status_to_string(cairo_status(page)));
    cairo_destroy(page);
    if (!status)
        status = trb_canvas_write_png(path, surface, err);
    cairo_surface_destroy(surface);
    return status;
}
