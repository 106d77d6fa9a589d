/* canvas.c - see canvas.h. */
#include "present/canvas.h"

#include "core/new_file.h"

#include <errno.h>
#include <math.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_canvas_colour(cairo_t *page, trb_colour colour, double alpha)
{
    cairo_set_source_rgba(page, colour.red, colour.green, colour.blue, alpha);
}

/* The family "sans" is whatever the machine has; sizes are in pixels, so the layout does not depend on dpi. */
static PangoLayout *make_line(cairo_t *page, double size_px, bool bold, const char *text)
{
    PangoLayout *line = pango_cairo_create_layout(page);
    PangoFontDescription *font = pango_font_description_new();
    pango_font_description_set_family_static(font, "DejaVu Sans, sans");
    pango_font_description_set_absolute_size(font, size_px * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(line, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(line, TRUE);
    char *valid = g_utf8_make_valid(text, -1);
    pango_layout_set_text(line, valid, -1);
    g_free(valid);
    return line;
}

static void size_of_line(PangoLayout *line, double *width, double *height)
{
    PangoRectangle box;
    pango_layout_get_extents(line, NULL, &box);
    *width = (double)box.width / PANGO_SCALE;
    *height = (double)box.height / PANGO_SCALE;
}

double trb_canvas_text(cairo_t *page, double x, double y, trb_anchor anchor, double size_px, bool bold,
                       trb_colour colour, double most_width, const char *text)
{
    PangoLayout *line = make_line(page, size_px, bold, text);
    double width, height;
    size_of_line(line, &width, &height);
    if (most_width > 0 && width > most_width) {
        pango_layout_set_width(line, (int)(most_width * PANGO_SCALE));
        pango_layout_set_ellipsize(line, PANGO_ELLIPSIZE_END);
        size_of_line(line, &width, &height);
    }
    const double left = anchor == TRB_LEFT ? x : anchor == TRB_CENTRE ? x - width / 2 : x - width;
    trb_canvas_colour(page, colour, 1);
    cairo_move_to(page, floor(left + 0.5), y);
    pango_cairo_show_layout(page, line);
    cairo_new_path(page);
    g_object_unref(line);
    return width;
}

void trb_canvas_measure(cairo_t *page, double size_px, bool bold, const char *text, double *width, double *height)
{
    PangoLayout *line = make_line(page, size_px, bold, text);
    size_of_line(line, width, height);
    g_object_unref(line);
}

static cairo_status_t write_bytes(void *file, const unsigned char *bytes, unsigned count)
{
    return fwrite(bytes, 1, count, file) == count ? CAIRO_STATUS_SUCCESS : CAIRO_STATUS_WRITE_ERROR;
}

static trb_status write_to(const char *temporary, const char *path, cairo_surface_t *surface, trb_error *err)
{
    FILE *file = fopen(temporary, "wb");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(errno));
    const cairo_status_t drawn = cairo_surface_write_to_png_stream(surface, write_bytes, file);
    const int why = errno;
    const bool closed = fclose(file) == 0;
    if (drawn == CAIRO_STATUS_NO_MEMORY)
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    if (drawn != CAIRO_STATUS_SUCCESS || !closed)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(closed ? why : errno));
    return TRB_OK;
}

trb_status trb_canvas_write_png(const char *path, cairo_surface_t *surface, trb_error *err)
{
    const size_t room = strlen(path) + 64;
    char *temporary = malloc(room);
    if (!temporary)
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    trb_status status = trb_new_file_begin(path, true, temporary, room, err);
    if (!status) {
        status = write_to(temporary, path, surface, err);
        if (status)
            trb_new_file_abandon(temporary);
        else
            status = trb_new_file_commit(temporary, path, err);
    }
    free(temporary);
    return status;
}
