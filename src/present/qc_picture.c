/*
 * qc_picture.c - the page: title, three planes as they are, the same with what was called bone, and the histogram.
 *
 * The raw row and the tinted row have the same window and scale, so that the eye can check the threshold by looking
 * from one to the other. All panels share one scale. The page is 1600 pixels wide; its height follows the planes.
 * For volumes much longer along z than wide, the two rows stand beside each other instead.
 */
#include "present/qc_parts.h"

#include <math.h>
#include <stdio.h>

enum { PAGE_WIDTH = 1600, MARGIN = 48, GAP = 36, LABEL = 34, HEADER = 118, HISTOGRAM = 330, MOST_IMAGES = 1300 };

static const trb_plane PLANES[3] = {TRB_PLANE_XY, TRB_PLANE_XZ, TRB_PLANE_YZ};

typedef struct layout {
    double pixels_per_unit; /* unit: mm, or voxel when the spacing is not known */
    bool in_mm, side_by_side;
    double width[3], height[3]; /* of the panels, pixels */
    double row_height, images_height, page_height;
} layout;

/* Extent of the image along each axis, in the layout's unit. */
static void extents(const trb_grid *grid, bool in_mm, double extent[3])
{
    const size_t size[3] = {grid->nx, grid->ny, grid->nz};
    for (int axis = 0; axis < 3; axis++)
        extent[axis] = (double)size[axis] * (in_mm ? grid->spacing_mm[axis] : 1);
}

/* The largest common scale with which the panels fit into 3 columns and 2 rows, or 6 columns and 1 row. */
static double scale_for(const double extent[3], bool side_by_side)
{
    const double across = 2 * extent[0] + extent[1], tallest = fmax(extent[1], extent[2]);
    const int sets = side_by_side ? 2 : 1, rows = side_by_side ? 1 : 2;
    const double room_x = PAGE_WIDTH - 2 * MARGIN - (3 * sets - 1) * GAP;
    const double room_y = (double)MOST_IMAGES / rows - LABEL - GAP;
    return fmin(room_x / (sets * across), room_y / tallest);
}

static layout make_layout(const trb_grid *grid)
{
    layout l = {.in_mm = trb_grid_has_spacing(grid)};
    double extent[3];
    extents(grid, l.in_mm, extent);
    const double stacked = scale_for(extent, false), beside = scale_for(extent, true);
    l.side_by_side = beside > stacked * 1.15;
    l.pixels_per_unit = l.side_by_side ? beside : stacked;
    for (int i = 0; i < 3; i++) {
        int across, down, through;
        trb_plane_axes(PLANES[i], &across, &down, &through);
        /* A plane one voxel thin in a long volume still gets a pixel or two. */
        l.width[i] = fmax(2, floor(extent[across] * l.pixels_per_unit + 0.5));
        l.height[i] = fmax(2, floor(extent[down] * l.pixels_per_unit + 0.5));
        l.row_height = fmax(l.row_height, l.height[i]);
    }
    l.images_height = (l.side_by_side ? 1 : 2) * (l.row_height + LABEL + GAP);
    l.page_height = HEADER + l.images_height + HISTOGRAM + MARGIN;
    return l;
}

static void draw_header(cairo_t *page, const trb_qc *qc)
{
    const trb_grid *g = &qc->volume->grid;
    char size[200];
    const double width = PAGE_WIDTH - 2 * MARGIN;
    trb_canvas_text(page, MARGIN, 28, TRB_LEFT, 32, true, TRB_INK, width - 420, qc->title ? qc->title : "");
    trb_canvas_text(page, MARGIN, 72, TRB_LEFT, 19, false, TRB_FAINT, width, qc->subtitle ? qc->subtitle : "");
    snprintf(size, sizeof size, "%zu \xc3\x97 %zu \xc3\x97 %zu voxels, %s", g->nx, g->ny, g->nz,
             trb_type_name(qc->volume->type));
    trb_canvas_text(page, PAGE_WIDTH - MARGIN, 30, TRB_RIGHT, 16, false, TRB_FAINT, 400, size);
    const double *s = g->spacing_mm;
    if (!trb_grid_has_spacing(g))
        snprintf(size, sizeof size, "voxel size not known");
    else if (s[0] == s[1] && s[1] == s[2])
        snprintf(size, sizeof size, "voxel %.6g \xc2\xb5m", 1000 * s[0]);
    else
        snprintf(size, sizeof size, "voxel %.5g \xc3\x97 %.5g \xc3\x97 %.5g \xc2\xb5m", 1000 * s[0], 1000 * s[1], 1000 * s[2]);
    trb_canvas_text(page, PAGE_WIDTH - MARGIN, 52, TRB_RIGHT, 16, false, TRB_FAINT, 400, size);
}

static void label_panel(cairo_t *page, const trb_qc *qc, const trb_panel *panel, double room)
{
    static const char *const names[] = {"xy", "xz", "yz"};
    const size_t size[3] = {qc->volume->grid.nx, qc->volume->grid.ny, qc->volume->grid.nz};
    int across, down, through;
    trb_plane_axes(panel->plane, &across, &down, &through);
    char text[96];
    if (panel->overlay)
        snprintf(text, sizeof text, "%s   %s tinted", names[panel->plane], panel->voi_alone ? "VOI" : "bone");
    else
        snprintf(text, sizeof text, "%s   %c = %zu of 0\xe2\x80\xa6%zu", names[panel->plane], "xyz"[through],
                 panel->at[through], size[through] - 1);
    trb_canvas_text(page, panel->area.x, panel->area.y - 31, TRB_LEFT, 17, true, TRB_INK, room, text);
}

/* Draw the three planes of one set (raw or tinted) from (x, y). */
static trb_status draw_set(cairo_t *page, const trb_qc *qc, const layout *l, trb_window window, bool overlay, double x,
                           double y, double room, trb_error *err)
{
    trb_panel panel = {.overlay = overlay, .voi_alone = !qc->bone && qc->voi, .window = window};
    trb_mask_middle(&qc->volume->grid, qc->voi, panel.at);
    trb_status status = TRB_OK;
    /* What the panels leave of the room is shared between them. */
    const double slack = fmax(0, (room - l->width[0] - l->width[1] - l->width[2] - 2 * GAP) / 2);
    for (int i = 0; i < 3 && !status; i++) {
        panel.plane = PLANES[i];
        panel.area = (trb_area){floor(x), y + LABEL, l->width[i], l->height[i]};
        status = trb_qc_draw_panel(page, qc, &panel, err);
        if (i == 0 && !status)
            trb_qc_draw_scale_in(page, panel.area, l->pixels_per_unit, l->in_mm);
        const double pitch = l->width[i] + GAP + fmin(slack, 260);
        label_panel(page, qc, &panel, pitch - 12);
        x += pitch;
    }
    return status;
}

static double key_line(cairo_t *page, double x, double y, trb_colour colour, double alpha, bool line, const char *text)
{
    if (line) {
        trb_canvas_colour(page, colour, alpha);
        cairo_rectangle(page, x, y + 9, 22, 3);
    } else { /* on a mid grey, as in the panels */
        cairo_set_source_rgb(page, 0.5, 0.5, 0.5);
        cairo_rectangle(page, x, y + 2, 22, 16);
        cairo_fill(page);
        trb_canvas_colour(page, colour, alpha);
        cairo_rectangle(page, x, y + 2, 22, 16);
    }
    cairo_fill(page);
    trb_canvas_text(page, x + 32, y - 1, TRB_LEFT, 16, false, TRB_INK, 0, text);
    return y + 29;
}

static void draw_key(cairo_t *page, const trb_qc *qc, const layout *l, trb_window window, double x, double y)
{
    char text[128];
    trb_qc_draw_scale(page, x, y + 10, l->pixels_per_unit, 240, l->in_mm, TRB_INK);
    y += 40;
    if (!qc->bone && qc->voi)
        y = key_line(page, x, y, TRB_SKY, 0.5, false, "the VOI");
    else
        y = key_line(page, x, y, TRB_ORANGE, 0.8, false, qc->voi ? "bone in the VOI (measured)" : "bone");
    if (qc->voi && qc->bone)
        y = key_line(page, x, y, TRB_ORANGE, 0.3, false, "bone outside the VOI (context)");
    if (qc->voi)
        y = key_line(page, x, y, TRB_SKY, 1, true, "outline of the VOI");
    snprintf(text, sizeof text, "black %.5g, white %.5g%s", window.black, window.white,
             qc->histogram ? " (0.5 % and 99.8 %)" : "");
    trb_canvas_text(page, x, y + 6, TRB_LEFT, 15, false, TRB_FAINT, 0, text);
    trb_canvas_text(page, x, y + 29, TRB_LEFT, 15, false, TRB_FAINT, 0, "all planes have this scale; ticks: where they cut");
    trb_canvas_text(page, x, y + 52, TRB_LEFT, 15, false, TRB_FAINT, 0, "z grows downwards in xz and yz");
}

static trb_status draw_page(cairo_t *page, const trb_qc *qc, const layout *l, trb_error *err)
{
    cairo_set_source_rgb(page, 1, 1, 1);
    cairo_paint(page);
    draw_header(page, qc);
    const trb_window window = trb_qc_window(qc);
    const double room = l->side_by_side ? (PAGE_WIDTH - 2 * MARGIN - GAP) / 2.0 : PAGE_WIDTH - 2 * MARGIN;
    trb_status status = draw_set(page, qc, l, window, false, MARGIN, HEADER, room, err);
    if (!status && l->side_by_side)
        status = draw_set(page, qc, l, window, true, MARGIN + room + GAP, HEADER, room, err);
    else if (!status)
        status = draw_set(page, qc, l, window, true, MARGIN, HEADER + l->row_height + LABEL + GAP, room, err);
    const double below = HEADER + l->images_height + 6, key_width = 400;
    trb_qc_draw_histogram(page, qc,
                          (trb_area){MARGIN, below, PAGE_WIDTH - 2 * MARGIN - key_width - 2 * GAP, HISTOGRAM});
    draw_key(page, qc, l, window, PAGE_WIDTH - MARGIN - key_width, below + 34);
    return status;
}

trb_status trb_qc_write_png(const char *path, const trb_qc *qc, trb_error *err)
{
    if ((qc->bone && !trb_grid_same_size(&qc->bone->grid, &qc->volume->grid)) ||
        (qc->voi && !trb_grid_same_size(&qc->voi->grid, &qc->volume->grid)))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: a mask has another size than the image", path);
    const layout l = make_layout(&qc->volume->grid);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, PAGE_WIDTH, (int)ceil(l.page_height));
    cairo_t *page = cairo_create(surface);
    trb_status status = TRB_OK;
    if (cairo_status(page) != CAIRO_STATUS_SUCCESS)
        status = trb_error_set(err, TRB_ERR_MEMORY, "%s: out of memory", path);
    if (!status)
        status = draw_page(page, qc, &l, err);
    if (!status && cairo_status(page) != CAIRO_STATUS_SUCCESS)
        status = trb_error_set(err, TRB_ERR_MEMORY, "%s: drawing failed: %s", path, cairo_status_to_string(cairo_status(page)));
    cairo_destroy(page);
    if (!status)
        status = trb_canvas_write_png(path, surface, err);
    cairo_surface_destroy(surface);
    return status;
}
