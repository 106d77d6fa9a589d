/* rods_image.c - the middle plane of a phantom with its rods. */
#include "present/rods_page.h"

#include "core/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define TURN 6.283185307179586

static int ascending(const void *a, const void *b)
{
    const float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

/* Black and white: the 0.5 % and 99.8 % values of the plane. */
static trb_status window_of(const float *plane, size_t n, trb_window *window, trb_error *err)
{
    float *sorted = trb_alloc(n, sizeof *sorted, "the picture", err);
    if (!sorted)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        sorted[i] = plane[i];
    qsort(sorted, n, sizeof *sorted, ascending);
    window->black = (double)sorted[(size_t)(0.005 * (double)(n - 1))];
    window->white = (double)sorted[(size_t)(0.998 * (double)(n - 1))];
    if (!(window->white > window->black))
        window->white = window->black + 1;
    free(sorted);
    return TRB_OK;
}

/* First and last voxel under pixel i of n, for `size` voxels. */
static void covered(size_t i, size_t n, size_t size, size_t *lo, size_t *hi)
{
    *lo = i * size / n;
    *hi = (i + 1) * size / n;
    if (*hi <= *lo)
        *hi = *lo + 1;
}

static uint32_t pixel_of(const float *plane, size_t nx, const size_t x[2], const size_t y[2], trb_window window)
{
    double sum = 0;
    for (size_t v = y[0]; v < y[1]; v++)
        for (size_t u = x[0]; u < x[1]; u++)
            sum += (double)plane[v * nx + u];
    const double mean = sum / (double)((x[1] - x[0]) * (y[1] - y[0]));
    const double shade = fmin(1, fmax(0, (mean - window.black) / (window.white - window.black)));
    const uint32_t byte = (uint32_t)(255 * shade + 0.5);
    return byte << 16 | byte << 8 | byte;
}

static trb_status paint_plane(cairo_t *page, const float *plane, size_t nx, size_t ny, trb_window window, trb_area area,
                              trb_error *err)
{
    const size_t w = (size_t)area.width, h = (size_t)area.height;
    cairo_surface_t *image = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)w, (int)h);
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS) {
        cairo_surface_destroy(image);
        return trb_error_set(err, TRB_ERR_MEMORY, "the picture: out of memory");
    }
    cairo_surface_flush(image);
    unsigned char *bytes = cairo_image_surface_get_data(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image);
    for (size_t j = 0; j < h; j++) {
        uint32_t *row = (uint32_t *)(void *)(bytes + j * stride);
        for (size_t i = 0; i < w; i++) {
            size_t x[2], y[2];
            covered(i, w, nx, &x[0], &x[1]);
            covered(j, h, ny, &y[0], &y[1]);
            row[i] = pixel_of(plane, nx, x, y, window);
        }
    }
    cairo_surface_mark_dirty(image);
    cairo_set_source_surface(page, image, area.x, area.y);
    cairo_paint(page);
    cairo_surface_destroy(image);
    return TRB_OK;
}

static void circle(cairo_t *page, double x, double y, double radius, trb_colour colour, double width)
{
    cairo_new_path(page);
    cairo_arc(page, x, y, radius, 0, TURN);
    cairo_set_line_width(page, width + 2);
    cairo_set_source_rgba(page, 0, 0, 0, 0.55); /* so that it shows on white as on black */
    cairo_stroke_preserve(page);
    cairo_set_line_width(page, width);
    trb_canvas_colour(page, colour, 1);
    cairo_stroke(page);
}

static void draw_rod(cairo_t *page, const trb_rod *rod, size_t number, double z, double scale, trb_area area)
{
    char text[24];
    const double x = area.x + 0.5 * scale + (rod->x + rod->lean_x * (z - rod->middle)) * scale;
    const double y = area.y + 0.5 * scale + (rod->y + rod->lean_y * (z - rod->middle)) * scale;
    circle(page, x, y, rod->radius_vox * scale, TRB_SKY, 2);
    circle(page, x, y, rod->core_radius_vox * scale, TRB_ORANGE, 2);
    snprintf(text, sizeof text, "%zu", number);
    const double size = fmin(26, fmax(13, rod->core_radius_vox * scale));
    cairo_new_path(page);
    cairo_arc(page, x, y, 0.78 * size, 0, TURN);
    cairo_set_source_rgba(page, 1, 1, 1, 0.85);
    cairo_fill(page);
    double width, height;
    trb_canvas_measure(page, size, true, text, &width, &height);
    trb_canvas_text(page, x, y - height / 2, TRB_CENTRE, size, true, TRB_INK, 0, text);
}

trb_status trb_rods_draw_image(cairo_t *page, const trb_volume *volume, const trb_rods *rods, trb_area area,
                               trb_error *err)
{
    const trb_grid *g = &volume->grid;
    const size_t middle = g->nz / 2;
    const double scale = fmin(area.width / (double)g->nx, area.height / (double)g->ny);
    trb_window window;
    float *plane = trb_alloc(trb_size_multiply(g->nx, g->ny), sizeof *plane, "the picture", err);
    if (!plane)
        return TRB_ERR_MEMORY;
    for (size_t y = 0; y < g->ny; y++)
        trb_volume_row_float(volume, y, middle, plane + y * g->nx);
    area.width = fmax(1, floor((double)g->nx * scale));
    area.height = fmax(1, floor((double)g->ny * scale));
    trb_status status = window_of(plane, g->nx * g->ny, &window, err);
    if (!status)
        status = paint_plane(page, plane, g->nx, g->ny, window, area, err);
    free(plane);
    if (status)
        return status;
    cairo_save(page);
    cairo_rectangle(page, area.x, area.y, area.width, area.height);
    cairo_clip(page);
    for (size_t i = 0; i < rods->n; i++)
        draw_rod(page, &rods->rod[i], i + 1, (double)middle, scale, area);
    cairo_restore(page);
    if (trb_grid_has_spacing(g))
        trb_qc_draw_scale_in(page, area, scale / g->spacing_mm[0], true);
    else
        trb_qc_draw_scale_in(page, area, scale, false);
    return TRB_OK;
}
