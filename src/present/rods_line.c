/* rods_line.c - density over value, and what the line leaves over. */
#include "present/plot_axis.h"
#include "present/rods_page.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define TURN 6.283185307179586
enum { TICK = 6, LABEL = 15 };

typedef struct frame {
    trb_area area;
    trb_plot_axis x, y;
} frame;

static double at_x(const frame *f, double value)
{
    return f->area.x + trb_plot_axis_place(&f->x, value) * f->area.width;
}

static double at_y(const frame *f, double value)
{
    return f->area.y + (1 - trb_plot_axis_place(&f->y, value)) * f->area.height;
}

static void stroke(cairo_t *page, double x0, double y0, double x1, double y1, double width, trb_colour colour)
{
    cairo_new_path(page);
    cairo_move_to(page, x0, y0);
    cairo_line_to(page, x1, y1);
    cairo_set_line_width(page, width);
    trb_canvas_colour(page, colour, 1);
    cairo_stroke(page);
}

/* "1/cm (x 10^-2)" where the labels are powers of ten smaller. */
static void title_of(const trb_plot_axis *axis, const char *name, char *out, size_t size)
{
    if (axis->exponent)
        snprintf(out, size, "%s (\xc3\x97 1e%d)", name, axis->exponent);
    else
        snprintf(out, size, "%s", name);
}

static void draw_axes(cairo_t *page, const frame *f, const char *x_title, const char *y_title, bool labels)
{
    char text[96];
    const trb_area *a = &f->area;
    const double bottom = a->y + a->height;
    for (size_t i = 0; i < f->y.n; i++) {
        const double y = at_y(f, trb_plot_axis_tick(&f->y, i));
        stroke(page, a->x, y, a->x + a->width, y, 1, TRB_RULE);
        trb_plot_axis_label(&f->y, i, text, sizeof text);
        trb_canvas_text(page, a->x - 10, y - 10, TRB_RIGHT, LABEL, false, TRB_INK, 0, text);
    }
    for (size_t i = 0; i < f->x.n; i++) {
        const double x = at_x(f, trb_plot_axis_tick(&f->x, i));
        stroke(page, x, bottom, x, bottom + TICK, 1.5, TRB_INK);
        trb_plot_axis_label(&f->x, i, text, sizeof text);
        if (labels)
            trb_canvas_text(page, x, bottom + 9, TRB_CENTRE, LABEL, false, TRB_INK, 0, text);
    }
    stroke(page, a->x, a->y, a->x, bottom, 1.5, TRB_INK);
    stroke(page, a->x, bottom, a->x + a->width, bottom, 1.5, TRB_INK);
    title_of(&f->y, y_title, text, sizeof text);
    trb_canvas_text(page, a->x - 70, a->y - 32, TRB_LEFT, 16, true, TRB_INK, 0, text);
    title_of(&f->x, x_title, text, sizeof text);
    if (labels)
        trb_canvas_text(page, a->x + a->width, bottom + 32, TRB_RIGHT, 16, true, TRB_INK, 0, text);
}

static void dot(cairo_t *page, double x, double y, size_t number, bool numbered)
{
    char text[24];
    cairo_new_path(page);
    cairo_arc(page, x, y, 6, 0, TURN);
    trb_canvas_colour(page, TRB_ORANGE, 1);
    cairo_fill_preserve(page);
    cairo_set_line_width(page, 1.5);
    trb_canvas_colour(page, TRB_INK, 1);
    cairo_stroke(page);
    snprintf(text, sizeof text, "%zu", number);
    if (numbered)
        trb_canvas_text(page, x - 10, y - 26, TRB_RIGHT, LABEL, true, TRB_INK, 0, text);
}

/* The part of the line inside the frame. */
static void draw_fit(cairo_t *page, const frame *f, const trb_rods_line *line)
{
    cairo_save(page);
    cairo_rectangle(page, f->area.x, f->area.y, f->area.width, f->area.height);
    cairo_clip(page);
    stroke(page, at_x(f, f->x.low), at_y(f, line->slope * f->x.low + line->intercept), at_x(f, f->x.high),
           at_y(f, line->slope * f->x.high + line->intercept), 2, TRB_SKY);
    cairo_restore(page);
}

void trb_rods_draw_line(cairo_t *page, const trb_rods *rods, const trb_rods_line *line, trb_area area, trb_area below)
{
    double x[2] = {INFINITY, -INFINITY}, y[2] = {INFINITY, -INFINITY}, off = 0;
    char x_title[64], none[] = "";
    for (size_t i = 0; i < rods->n; i++) {
        const trb_rod *rod = &rods->rod[i];
        x[0] = fmin(x[0], rod->value);
        x[1] = fmax(x[1], rod->value);
        y[0] = fmin(y[0], rod->density_mg_ccm);
        y[1] = fmax(y[1], rod->density_mg_ccm);
        off = fmax(off, fabs(rod->residual_mg_ccm));
    }
    const double span = x[1] - x[0];
    if (!(off > 1e-9 * (y[1] - y[0])))
        off = 0.001 * (y[1] - y[0]); /* two rods, or a perfect line: rounding is not worth an axis */
    frame f = {area, trb_plot_axis_cover(x[0] - 0.05 * span, x[1] + 0.05 * span, 8), trb_plot_axis_cover(fmin(0, y[0]), y[1], 7)};
    frame r = {below, f.x, trb_plot_axis_cover(-1.15 * off, 1.15 * off, 4)};
    snprintf(x_title, sizeof x_title, "%s", line->unit == TRB_UNIT_GREY ? "grey value" : line->unit == TRB_UNIT_HU ? "HU" : "attenuation, 1/cm");
    draw_axes(page, &f, none, "density, mgHA/cm\xc2\xb3", false);
    draw_fit(page, &f, line);
    draw_axes(page, &r, x_title, "line minus rod, mgHA/cm\xc2\xb3", true);
    stroke(page, below.x, at_y(&r, 0), below.x + below.width, at_y(&r, 0), 2, TRB_SKY);
    for (size_t i = 0; i < rods->n; i++) {
        const trb_rod *rod = &rods->rod[i];
        const double px = at_x(&f, rod->value), py = at_y(&r, rod->residual_mg_ccm);
        dot(page, px, at_y(&f, rod->density_mg_ccm), i + 1, true);
        stroke(page, px, at_y(&r, 0), px, py, 2, TRB_ORANGE);
        dot(page, px, py, i + 1, false);
    }
}
