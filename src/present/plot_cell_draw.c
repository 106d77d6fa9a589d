/* plot_cell_draw.c - a panel with all its places known, drawn. */
#include "present/plot_cell.h"

#include "present/plot_number.h"

#include <math.h>
#include <stdio.h>

/* What the drawing functions share: heights of values on the page. */
typedef struct pen {
    const trb_plot_cell *cell;
    trb_scene *scene;
    const trb_plot_look *look;
    const trb_plot_options *options;
    const trb_plot_frame *frame;
    double left, bottom; /* where the axes meet */
    double pitch;
} pen;

static double at_value(const pen *p, double value)
{
    return p->bottom - p->frame->data_height * trb_plot_axis_place(&p->cell->axis, value);
}

/* A part of the column's width, up to so many points on paper: two groups must not get doors for bars. */
static double wide(const pen *p, double part, double most)
{
    return fmin(part * p->pitch, most * p->look->unit);
}

static void draw_axis(const pen *p)
{
    const trb_plot_axis *axis = &p->cell->axis;
    const double unit = p->look->unit, line = p->look->line;
    trb_scene_line(p->scene, TRB_ROLE_AXIS, p->left, p->bottom + line / 2, p->left,
                   at_value(p, axis->high) - line / 2, line, TRB_INK);
    for (size_t i = 0; i < axis->n; i++) {
        const double y = at_value(p, trb_plot_axis_tick(axis, i));
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(axis, i, label, sizeof label);
        trb_scene_line(p->scene, TRB_ROLE_AXIS, p->left - 2 * unit, y, p->left, y, line, TRB_INK);
        trb_scene_text(p->scene, TRB_ROLE_TICK_LABEL, p->left - 3.5 * unit,
                       y + TRB_CAPITAL * p->look->text / 2, TRB_RIGHT, p->look->text, false, 0, TRB_INK,
                       label);
    }
    const bool through = axis->low < 0 && axis->high >= 0 && p->options->kind == TRB_PLOT_BAR;
    const double zero = through ? at_value(p, 0) : p->bottom;
    trb_scene_line(p->scene, TRB_ROLE_AXIS, p->left, zero, p->left + p->frame->plot_width, zero, line,
                   TRB_INK);
}

static void draw_title(const pen *p)
{
    char title[TRB_PLOT_TEXT], fitting[TRB_PLOT_TEXT];
    trb_plot_axis_title(p->cell->panel->title, p->cell->panel->unit, p->cell->axis.exponent, title,
                        sizeof title);
    const double size = p->look->text + 0.5 * p->look->unit;
    trb_plot_shorten(p->scene, size, false, 1.3 * p->frame->data_height, title, fitting, sizeof fitting);
    trb_scene_text(p->scene, TRB_ROLE_TITLE, p->left - p->frame->axis_room + 0.9 * size,
                   p->bottom - p->frame->data_height / 2, TRB_CENTRE, size, false, 90, TRB_INK, fitting);
}

static void draw_whisker(const pen *p, const trb_plot_column *column, double x, double cap)
{
    if (isnan(column->whisker_low))
        return;
    const double low = at_value(p, column->whisker_low), high = at_value(p, column->whisker_high);
    const double line = p->look->line;
    trb_scene_line(p->scene, TRB_ROLE_WHISKER, x, low, x, high, line, TRB_INK);
    trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - cap, low, x + cap, low, line, TRB_INK);
    trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - cap, high, x + cap, high, line, TRB_INK);
}

static void draw_points(const pen *p, const trb_plot_column *column, double x)
{
    for (size_t i = 0; p->cell->diameter > 0 && i < column->n; i++)
        trb_plot_marker(p->scene, p->look, column->colour, x + column->offset[i],
                        at_value(p, column->value[i]), p->cell->diameter);
}

static void draw_bar(const pen *p, const trb_plot_column *column, double x)
{
    const double half = wide(p, 0.36, 16), zero = at_value(p, 0);
    if (isfinite(column->group->mean)) {
        const double y = at_value(p, column->group->mean);
        trb_plot_bar(p->scene, p->look, column->colour, x - half, fmin(y, zero), 2 * half, fabs(zero - y));
    }
    draw_points(p, column, x);
    draw_whisker(p, column, x, wide(p, 0.16, 6));
}

static void draw_mean(const pen *p, const trb_plot_column *column, double x)
{
    draw_points(p, column, x);
    draw_whisker(p, column, x, wide(p, 0.14, 6));
    if (!isfinite(column->group->mean))
        return;
    const double y = at_value(p, column->group->mean), half = wide(p, 0.28, 12);
    trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - half, y, x + half, y, 2 * p->look->line, TRB_INK);
}

static void draw_box(const pen *p, const trb_plot_column *column, double x)
{
    const trb_plot_group *group = column->group;
    const double half = wide(p, 0.30, 14);
    const bool box = isfinite(group->q1) && isfinite(group->q3);
    draw_whisker(p, column, x, wide(p, 0.14, 6));
    if (box) {
        const double top = at_value(p, group->q3);
        trb_plot_bar(p->scene, p->look, column->colour, x - half, top, 2 * half,
                     at_value(p, group->q1) - top);
    }
    draw_points(p, column, x);
    if (isfinite(group->median)) {
        const double y = at_value(p, group->median);
        trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - half, y, x + half, y, 2 * p->look->line, TRB_INK);
    }
}

/* The letters or stars of a group, above all that stands in its column. */
static void draw_mark(const pen *p, const trb_plot_column *column, double x)
{
    const char *mark = column->group->mark;
    if (!mark)
        return;
    const double foot = mark[0] == '*' ? -0.25 : TRB_DESCENT, size = p->look->text;
    const double y = at_value(p, column->high) - p->look->point / 2 - p->look->unit - foot * size;
    trb_scene_text(p->scene, TRB_ROLE_BRACKET_TEXT, x, y, TRB_CENTRE, size, false, 0, TRB_INK, mark);
}

static void draw_column(const pen *p, size_t i)
{
    const trb_plot_column *column = &p->cell->column[i];
    const double x = p->left + trb_plot_cell_centre(p->frame, p->cell->panel->n_groups, i);
    if (isnan(column->low)) {
        const double y = p->cell->axis.low < 0 && p->cell->axis.high > 0 ? at_value(p, 0) : p->bottom;
        const double size = fmin(p->look->small, p->pitch / 1.2);
        trb_scene_text(p->scene, TRB_ROLE_PLAIN, x, y - 2 * p->look->unit, TRB_CENTRE, size, false, 0,
                       TRB_FAINT, "n/a");
        return;
    }
    if (p->options->kind == TRB_PLOT_BAR)
        draw_bar(p, column, x);
    else if (p->options->kind == TRB_PLOT_BOX)
        draw_box(p, column, x);
    else
        draw_mean(p, column, x);
    draw_mark(p, column, x);
}

static void draw_bracket(const pen *p, const trb_bracket_place *place, double tick)
{
    const double y = p->bottom - place->height, x1 = p->left + place->x1, x2 = p->left + place->x2;
    const trb_corner corner[4] = {{x1, y + tick}, {x1, y}, {x2, y}, {x2, y + tick}};
    trb_scene_polygon(p->scene, TRB_ROLE_BRACKET, corner, 4, false, trb_paint_none(), trb_paint_of(TRB_INK),
                      0.8 * p->look->line);
    char text[TRB_PLOT_TEXT];
    trb_plot_p_text(place->p, p->options->stars, text, sizeof text);
    /* Stars hang at the top of their line of text: let them down. The p hangs below it: lift it. */
    const double size = trb_plot_bracket_text_size(p->look, text);
    const double rise = p->look->unit + (text[0] == '*' ? -0.33 : text[0] == 'p' ? TRB_DESCENT : 0) * size;
    trb_scene_text(p->scene, TRB_ROLE_BRACKET_TEXT, p->left + place->text_x, y - rise, TRB_CENTRE, size,
                   false, 0, TRB_INK, text);
}

static void draw_note(const pen *p)
{
    char text[TRB_PLOT_TEXT] = "";
    if (p->cell->diameter == 0 && p->cell->n_left_out)
        snprintf(text, sizeof text, "too many points to draw; %zu comparisons: see table",
                 p->cell->n_left_out);
    else if (p->cell->diameter == 0)
        snprintf(text, sizeof text, "too many points to draw");
    else if (p->cell->n_left_out)
        snprintf(text, sizeof text, "%zu comparisons: see table", p->cell->n_left_out);
    trb_scene_text(p->scene, TRB_ROLE_PLAIN, p->left + p->frame->plot_width / 2,
                   p->bottom - p->cell->top + p->look->small * TRB_CAPITAL, TRB_CENTRE, p->look->small, false,
                   0, TRB_FAINT, text);
}

void trb_plot_cell_draw(const trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                        const trb_plot_options *options, const trb_plot_frame *frame, double x, double y)
{
    const size_t n = cell->panel->n_groups;
    const pen p = {
        cell, scene, look, options, frame, x + frame->axis_room, y, frame->plot_width / (double)(n ? n : 1)};
    for (size_t i = 0; i < n; i++)
        draw_column(&p, i);
    draw_axis(&p);
    draw_title(&p);
    const double tick = 1.5 * look->unit;
    for (size_t i = 0; i < cell->n_brackets; i++)
        draw_bracket(&p, &cell->bracket[i], tick);
    draw_note(&p);
}
