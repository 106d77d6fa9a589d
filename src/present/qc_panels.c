/*
 * qc_panels.c - one plane as pixels: grey, bone tint, VOI outline.
 *
 * A pixel stands for a block of voxels: one voxel when the panel is larger than the plane (nearest, so that
 * voxels are seen as squares), the mean over all voxels it covers when it is smaller. The bone tint
 * follows the square root of the share of bone in the block: a strut much thinner than a pixel still shows.
 */
#include "present/qc_parts.h"

#include "core/memory.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

/* One plane in memory: grey values, and per voxel bit 0 bone, bit 1 VOI. */
typedef struct plane {
    size_t columns, rows;
    float *grey;
    uint8_t *marks;
} plane;

/* What a pixel sees of its block. */
typedef struct block {
    double grey, bone, voi; /* mean, share of bone, share of VOI */
} block;

void trb_plane_axes(trb_plane plane_kind, int *across, int *down, int *through)
{
    *across = plane_kind == TRB_PLANE_YZ ? 1 : 0;
    *down = plane_kind == TRB_PLANE_XY ? 1 : 2;
    *through = 3 - *across - *down;
}

void trb_plane_size(const trb_grid *grid, trb_plane plane_kind, size_t *columns, size_t *rows)
{
    const size_t size[3] = {grid->nx, grid->ny, grid->nz};
    int across, down, through;
    trb_plane_axes(plane_kind, &across, &down, &through);
    *columns = size[across];
    *rows = size[down];
}

static uint8_t marks_at(const trb_qc *qc, size_t x, size_t y, size_t z)
{
    const bool bone = qc->bone && trb_mask_get(qc->bone, x, y, z);
    const bool voi = !qc->voi || trb_mask_get(qc->voi, x, y, z);
    return (uint8_t)((bone ? 1 : 0) | (voi ? 2 : 0));
}

static void plane_clear(plane *p)
{
    free(p->grey);
    free(p->marks);
}

static trb_status plane_read(const trb_qc *qc, const trb_panel *panel, plane *p, trb_error *err)
{
    *p = (plane){0};
    trb_plane_size(&qc->volume->grid, panel->plane, &p->columns, &p->rows);
    const size_t pixels = p->columns * p->rows;
    p->grey = trb_alloc(pixels, sizeof *p->grey, "a plane for the picture", err);
    p->marks = trb_alloc(pixels, sizeof *p->marks, "a plane for the picture", err);
    if (!p->grey || !p->marks)
        return TRB_ERR_MEMORY;
    for (size_t j = 0; j < p->rows; j++) {
        const size_t y = panel->plane == TRB_PLANE_XY ? j : panel->at[1];
        const size_t z = panel->plane == TRB_PLANE_XY ? panel->at[2] : j;
        float *grey = p->grey + j * p->columns;
        uint8_t *marks = p->marks + j * p->columns;
        const trb_volume *cut = qc->cut[panel->plane];
        const size_t cut_y = panel->plane == TRB_PLANE_XZ ? 0 : y, cut_z = panel->plane == TRB_PLANE_XY ? 0 : z;
        if (panel->plane != TRB_PLANE_YZ)
            trb_volume_row_float(cut ? cut : qc->volume, cut ? cut_y : y, cut ? cut_z : z, grey);
        for (size_t i = 0; i < p->columns; i++)
            if (panel->plane == TRB_PLANE_YZ) {
                grey[i] = (float)trb_volume_get(cut ? cut : qc->volume, cut ? 0 : panel->at[0], i, z);
                marks[i] = marks_at(qc, panel->at[0], i, z);
            } else {
                marks[i] = marks_at(qc, i, y, z);
            }
    }
    return TRB_OK;
}

/* Voxels first <= v < end that pixel p of `pixels` stands for, of n voxels. */
static void block_range(size_t p, size_t pixels, size_t n, size_t *first, size_t *end)
{
    if (pixels >= n) {
        *first = (2 * p + 1) * n / (2 * pixels);
        *end = *first + 1;
        return;
    }
    *first = p * n / pixels;
    *end = ((p + 1) * n + pixels - 1) / pixels;
}

static block block_at(const plane *p, size_t i0, size_t i1, size_t j0, size_t j1)
{
    double grey = 0;
    size_t bone = 0, voi = 0;
    for (size_t j = j0; j < j1; j++)
        for (size_t i = i0; i < i1; i++) {
            const uint8_t marks = p->marks[j * p->columns + i];
            grey += (double)p->grey[j * p->columns + i];
            bone += marks & 1;
            voi += marks >> 1;
        }
    const double n = (double)((i1 - i0) * (j1 - j0));
    return (block){grey / n, (double)bone / n, (double)voi / n};
}

static double clamp01(double v)
{
    return v > 0 ? (v < 1 ? v : 1) : 0; /* NaN: 0 */
}

static uint32_t pack(double red, double green, double blue)
{
    return 0xff000000U | (uint32_t)(255 * clamp01(red) + 0.5) << 16 | (uint32_t)(255 * clamp01(green) + 0.5) << 8 |
           (uint32_t)(255 * clamp01(blue) + 0.5);
}

/* Bone outside the VOI is context and gets a fainter tint. A tint keeps some of the grey, so that one sees what
 * was called bone. */
static uint32_t colour_of(block b, const trb_panel *panel)
{
    const double range = panel->window.white - panel->window.black;
    const double grey = clamp01((b.grey - panel->window.black) / (range > 0 ? range : 1));
    const double bone = sqrt(b.bone) * (0.2 + 0.4 * b.voi);
    const double tint = !panel->overlay ? 0 : panel->voi_alone ? 0.35 * b.voi : bone;
    const trb_colour colour = panel->voi_alone ? TRB_SKY : TRB_ORANGE;
    const double light = 0.35 + 0.65 * grey;
    return pack(grey + tint * (colour.red * light - grey), grey + tint * (colour.green * light - grey),
                grey + tint * (colour.blue * light - grey));
}

/* A line two pixels wide just inside the VOI, drawn where a neighbour within two pixels is outside. Panels without
 * a VOI, or with all of their plane inside, have none. */
static void draw_outline(const uint8_t *inside, size_t width, size_t height, uint32_t *pixels, size_t stride)
{
    const uint32_t colour = pack(TRB_SKY.red, TRB_SKY.green, TRB_SKY.blue);
    for (size_t j = 0; j < height; j++)
        for (size_t i = 0; i < width; i++) {
            if (!inside[j * width + i])
                continue;
            bool edge = false;
            for (size_t d = 1; d <= 2; d++)
                edge = edge || (i >= d && !inside[j * width + i - d]) || (i + d < width && !inside[j * width + i + d]) ||
                       (j >= d && !inside[(j - d) * width + i]) || (j + d < height && !inside[(j + d) * width + i]);
            if (edge)
                pixels[j * stride + i] = colour;
        }
}

static trb_status paint(const trb_qc *qc, const trb_panel *panel, cairo_surface_t *image, trb_error *err)
{
    const size_t width = (size_t)cairo_image_surface_get_width(image);
    const size_t height = (size_t)cairo_image_surface_get_height(image);
    const size_t stride = (size_t)cairo_image_surface_get_stride(image) / sizeof(uint32_t);
    uint32_t *pixels = (uint32_t *)(void *)cairo_image_surface_get_data(image); /* cairo aligns rows to 4 bytes */
    plane p;
    uint8_t *inside = trb_alloc(width * height, 1, "a panel of the picture", err);
    trb_status status = plane_read(qc, panel, &p, err);
    if (!inside)
        status = TRB_ERR_MEMORY;
    for (size_t j = 0; j < height && !status; j++) {
        size_t j0, j1;
        block_range(j, height, p.rows, &j0, &j1);
        for (size_t i = 0; i < width; i++) {
            size_t i0, i1;
            block_range(i, width, p.columns, &i0, &i1);
            const block b = block_at(&p, i0, i1, j0, j1);
            pixels[j * stride + i] = colour_of(b, panel);
            inside[j * width + i] = b.voi >= 0.5;
        }
    }
    if (!status && qc->voi)
        draw_outline(inside, width, height, pixels, stride);
    plane_clear(&p);
    free(inside);
    return status;
}

/* Small marks outside the frame where the two other planes cut this one. */
static void draw_ticks(cairo_t *page, const trb_qc *qc, const trb_panel *panel)
{
    const size_t size[3] = {qc->volume->grid.nx, qc->volume->grid.ny, qc->volume->grid.nz};
    int across, down, through;
    trb_plane_axes(panel->plane, &across, &down, &through);
    const trb_area a = panel->area;
    const double x = a.x + ((double)panel->at[across] + 0.5) / (double)size[across] * a.width;
    const double y = a.y + ((double)panel->at[down] + 0.5) / (double)size[down] * a.height;
    trb_canvas_colour(page, TRB_FAINT, 1);
    cairo_set_line_width(page, 1.5);
    cairo_move_to(page, x, a.y - 7);
    cairo_line_to(page, x, a.y - 2);
    cairo_move_to(page, x, a.y + a.height + 2);
    cairo_line_to(page, x, a.y + a.height + 7);
    cairo_move_to(page, a.x - 7, y);
    cairo_line_to(page, a.x - 2, y);
    cairo_move_to(page, a.x + a.width + 2, y);
    cairo_line_to(page, a.x + a.width + 7, y);
    cairo_stroke(page);
}

trb_status trb_qc_draw_panel(cairo_t *page, const trb_qc *qc, const trb_panel *panel, trb_error *err)
{
    cairo_surface_t *image =
        cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)panel->area.width, (int)panel->area.height);
    trb_status status = TRB_OK;
    if (cairo_surface_status(image) != CAIRO_STATUS_SUCCESS)
        status = trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a panel of the picture");
    if (!status) {
        cairo_surface_flush(image);
        status = paint(qc, panel, image, err);
        cairo_surface_mark_dirty(image);
    }
    if (!status) {
        cairo_set_source_surface(page, image, panel->area.x, panel->area.y);
        cairo_pattern_set_filter(cairo_get_source(page), CAIRO_FILTER_NEAREST);
        cairo_paint(page);
        draw_ticks(page, qc, panel);
    }
    cairo_surface_destroy(image);
    return status;
}
