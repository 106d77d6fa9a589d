/* qc_scale.c - the scale bar: a round length, in mm, um or voxels. */
#include "present/qc_parts.h"

#include <math.h>
#include <stdio.h>

double trb_round_length(double most)
{
    const double power = pow(10, floor(log10(most)));
    const double steps[] = {10, 5, 2, 1}; /* 10: log10 may round down at a power of ten */
    for (int i = 0; i < 4; i++)
        if (steps[i] * power <= most * (1 + 1e-12))
            return steps[i] * power;
    return power;
}

static double bar_length(double pixels_per_unit, double most_pixels)
{
    return trb_round_length(most_pixels / pixels_per_unit);
}

static void name_length(char *text, size_t size, double length, bool in_mm)
{
    if (!in_mm)
        snprintf(text, size, "%g voxel%s", length, length == 1 ? "" : "s");
    else if (length < 1)
        snprintf(text, size, "%g \xc2\xb5m", length * 1000);
    else
        snprintf(text, size, "%g mm", length);
}

void trb_qc_draw_scale(cairo_t *page, double x, double y, double pixels_per_unit, double most_pixels, bool in_mm,
                       trb_colour colour)
{
    char text[64];
    const double length = bar_length(pixels_per_unit, most_pixels);
    const double pixels = length * pixels_per_unit;
    name_length(text, sizeof text, length, in_mm);
    cairo_set_line_width(page, 3);
    trb_canvas_colour(page, colour, 1);
    cairo_move_to(page, x, y);
    cairo_line_to(page, x + pixels, y);
    cairo_stroke(page);
    cairo_set_line_width(page, 2);
    cairo_move_to(page, x + 1, y - 5);
    cairo_line_to(page, x + 1, y + 5);
    cairo_move_to(page, x + pixels - 1, y - 5);
    cairo_line_to(page, x + pixels - 1, y + 5);
    cairo_stroke(page);
    trb_canvas_text(page, x + pixels + 10, y - 10, TRB_LEFT, 16, false, colour, 0, text);
}

void trb_qc_draw_scale_in(cairo_t *page, trb_area area, double pixels_per_unit, bool in_mm)
{
    static const trb_colour white = {1, 1, 1};
    char text[64];
    double width, height;
    const double most = 0.35 * area.width;
    const double length = bar_length(pixels_per_unit, most);
    name_length(text, sizeof text, length, in_mm);
    trb_canvas_measure(page, 16, false, text, &width, &height);
    const double plate = length * pixels_per_unit + width + 34;
    if (plate + 16 > area.width || area.height < 80)
        return;
    const double x = area.x + 8, y = area.y + area.height - 42;
    cairo_set_source_rgba(page, 0, 0, 0, 0.7);
    cairo_rectangle(page, x, y, plate, 34);
    cairo_fill(page);
    trb_qc_draw_scale(page, x + 12, y + 17, pixels_per_unit, most, in_mm, white);
}
