/* plot_cairo.c - a scene on a cairo page, and as PDF and PNG files. */
#include "present/plot_scene.h"

#include "core/new_file.h"
#include "present/canvas.h"
#include "present/plot_text.h"
#include "trabecula/record.h"

#include <cairo-pdf.h>
#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <zlib.h>

static void paint_shape(cairo_t *page, const trb_shape *shape)
{
    if (shape->fill.on) {
        trb_canvas_colour(page, shape->fill.colour, shape->fill.alpha);
        cairo_fill_preserve(page);
    }
    if (shape->stroke.on) {
        trb_canvas_colour(page, shape->stroke.colour, 1);
        cairo_set_line_width(page, shape->line_width);
        cairo_set_dash(page, &shape->dash, shape->dash > 0 ? 1 : 0, 0);
        cairo_stroke_preserve(page);
    }
    cairo_new_path(page);
}

static void draw_text(cairo_t *page, PangoContext *context, const char *family, const trb_shape *shape)
{
    PangoLayout *line = trb_plot_text_line(context, family, shape->size, shape->bold, shape->text);
    PangoRectangle box;
    pango_layout_get_extents(line, NULL, &box);
    const double width = (double)box.width / PANGO_SCALE;
    const double left = shape->anchor == TRB_LEFT ? 0 : shape->anchor == TRB_CENTRE ? -width / 2 : -width;
    cairo_save(page);
    cairo_translate(page, shape->x, shape->y);
    cairo_rotate(page, -shape->angle_deg * 3.14159265358979323846 / 180);
    cairo_move_to(page, left, 0);
    trb_canvas_colour(page, shape->fill.colour, 1);
    pango_cairo_show_layout_line(page, pango_layout_get_line_readonly(line, 0));
    cairo_restore(page);
    cairo_new_path(page);
    g_object_unref(line);
}

static void draw_shape(const trb_scene *scene, cairo_t *page, PangoContext *context, const trb_shape *shape)
{
    if (shape->kind == TRB_SHAPE_TEXT) {
        draw_text(page, context, scene->font, shape);
        return;
    }
    if (shape->kind == TRB_SHAPE_CIRCLE) {
        const double inside = shape->stroke.on ? shape->radius - shape->line_width / 2 : shape->radius;
        cairo_arc(page, shape->x, shape->y, inside, 0, 2 * 3.14159265358979323846);
    } else {
        for (size_t i = 0; i < shape->n; i++)
            cairo_line_to(page, scene->corner[shape->first + i].x, scene->corner[shape->first + i].y);
        if (shape->kind == TRB_SHAPE_POLYGON)
            cairo_close_path(page);
    }
    paint_shape(page, shape);
}

static void draw_scene(const trb_scene *scene, cairo_t *page)
{
    PangoContext *context = pango_cairo_create_context(page);
    trb_plot_text_settings(context);
    trb_canvas_colour(page, (trb_colour){1, 1, 1}, 1);
    cairo_paint(page);
    for (size_t i = 0; i < scene->n_shapes; i++)
        draw_shape(scene, page, context, &scene->shape[i]);
    g_object_unref(context);
}

/* ---- bytes of a file, gathered before anything is written */
typedef struct byte_list {
    unsigned char *byte;
    size_t n, room;
} byte_list;

static cairo_status_t gather(void *list, const unsigned char *bytes, unsigned count)
{
    byte_list *to = list;
    if (to->n + count > to->room) {
        const size_t room = 2 * (to->n + count);
        unsigned char *longer = realloc(to->byte, room);
        if (!longer)
            return CAIRO_STATUS_NO_MEMORY;
        to->byte = longer;
        to->room = room;
    }
    memcpy(to->byte + to->n, bytes, count);
    to->n += count;
    return CAIRO_STATUS_SUCCESS;
}

static void big_endian(unsigned char *to, uint32_t value)
{
    for (int i = 0; i < 4; i++)
        to[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* The resolution, so that programs place the picture in its print size: chunk pHYs behind IHDR (PNG
 * specification). */
static cairo_status_t insert_resolution(byte_list *png, double dpi)
{
    enum { AFTER_HEADER = 33, CHUNK = 21 };
    const unsigned char room[CHUNK] = {0};
    const cairo_status_t status = gather(png, room, CHUNK);
    if (status)
        return status;
    unsigned char *chunk = png->byte + AFTER_HEADER;
    memmove(chunk + CHUNK, chunk, png->n - CHUNK - AFTER_HEADER);
    const uint32_t per_metre = (uint32_t)lround(dpi / 0.0254);
    big_endian(chunk, 9);
    memcpy(chunk + 4, "pHYs", 4);
    big_endian(chunk + 8, per_metre);
    big_endian(chunk + 12, per_metre);
    chunk[16] = 1; /* per metre */
    big_endian(chunk + 17, (uint32_t)crc32(0, chunk + 4, 13));
    return CAIRO_STATUS_SUCCESS;
}

static cairo_status_t draw_on(cairo_surface_t *surface, const trb_scene *scene, double scale)
{
    cairo_t *page = cairo_create(surface);
    cairo_scale(page, scale, scale);
    draw_scene(scene, page);
    const cairo_status_t status = cairo_status(page);
    cairo_destroy(page);
    return status;
}

static cairo_status_t make_png(const trb_scene *scene, double dpi, byte_list *out)
{
    const double scale = dpi / 72;
    cairo_surface_t *surface = cairo_image_surface_create(
        CAIRO_FORMAT_RGB24, (int)lround(scene->width * scale), (int)lround(scene->height * scale));
    cairo_status_t status = draw_on(surface, scene, scale);
    if (!status)
        status = cairo_surface_write_to_png_stream(surface, gather, out);
    cairo_surface_destroy(surface);
    return status ? status : insert_resolution(out, dpi);
}

/* An empty date leaves it out: the same figure must be the same file tomorrow. */
static cairo_status_t make_pdf(const trb_scene *scene, const char *title, byte_list *out)
{
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(gather, out, scene->width, scene->height);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, "");
    char *clean = title && *title ? trb_plot_text_clean(title) : NULL;
    if (clean)
        cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, clean);
    free(clean);
    cairo_status_t status = draw_on(surface, scene, 1);
    cairo_surface_finish(surface);
    if (!status)
        status = cairo_surface_status(surface);
    cairo_surface_destroy(surface);
    return status;
}

static trb_status write_bytes(const char *path, const unsigned char *bytes, size_t n, trb_error *err)
{
    char temporary[4096];
    trb_status status = trb_new_file_begin(path, true, temporary, sizeof temporary, err);
    if (status)
        return status;
    FILE *out = fopen(temporary, "wb");
    bool good = out && fwrite(bytes, 1, n, out) == n;
    if (out && fclose(out) != 0)
        good = false;
    if (!good) {
        const int why = errno;
        trb_new_file_abandon(temporary);
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be written: %s", path, strerror(why));
    }
    return trb_new_file_commit(temporary, path, err);
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcasecmp(path + n - m, ending) == 0;
}

trb_status trb_scene_check_path(const char *path, trb_error *err)
{
    if (path && (ends_in(path, ".svg") || ends_in(path, ".pdf") || ends_in(path, ".png")))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: a figure's name must end in .svg, .pdf or .png",
                         path ? path : "(no name)");
}

static trb_status write_svg(const trb_scene *scene, const char *title, const char *path, trb_error *err)
{
    char *text = NULL;
    trb_status status = trb_scene_svg(scene, title, true, &text, err);
    if (!status)
        status = trb_text_write(path, text, true, err);
    free(text);
    return status;
}

trb_status trb_scene_write(const trb_scene *scene, const char *title, double dpi, const char *path,
                           trb_error *err)
{
    trb_status status = trb_scene_check_path(path, err);
    if (status)
        return status;
    if (scene->failed)
        return trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    if (ends_in(path, ".svg"))
        return write_svg(scene, title, path, err);
    byte_list bytes = {NULL, 0, 0};
    const bool pdf = ends_in(path, ".pdf");
    const cairo_status_t drawn = pdf ? make_pdf(scene, title, &bytes) : make_png(scene, dpi, &bytes);
    if (drawn == CAIRO_STATUS_NO_MEMORY)
        status = trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    else if (drawn == CAIRO_STATUS_INVALID_SIZE)
        status = trb_error_set(err, TRB_ERR_ARGUMENT,
                               "%s: too many pixels; choose a lower resolution or fewer panels", path);
    else if (drawn)
        status =
            trb_error_set(err, TRB_ERR_IO, "%s cannot be drawn: %s", path, cairo_status_to_string(drawn));
    else
        status = write_bytes(path, bytes.byte, bytes.n, err);
    free(bytes.byte);
    return status;
}
