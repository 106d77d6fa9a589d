/* plot_forest_draw.c - rows, intervals and the axis of a forest plot. */
#include "present/plot_forest.h"

#include "present/plot_number.h"

#include <math.h>
#include <stdio.h>

typedef struct pen {
    const trb_plot_forest *forest;
    trb_scene *scene;
    const trb_plot_look *look;
    const trb_forest_frame *frame;
} pen;

static double at_value(const pen *p, double value)
{
    const double place = trb_plot_axis_place(&p->frame->axis, value);
    return p->frame->left + (p->frame->right - p->frame->left) * place;
}

static void text(const pen *p, double x, double middle, trb_anchor anchor, bool bold, const char *words)
{
    trb_scene_text(p->scene, TRB_ROLE_PLAIN, x, middle + TRB_CAPITAL * p->look->text / 2, anchor,
                   p->look->text, bold, 0, TRB_INK, words);
}

static bool known(const trb_plot_interval *interval)
{
    return interval->low <= interval->high; /* false for NaN */
}

/* One arm of an interval: to its bound, or to the edge and an arrow head. */
static void draw_arm(const pen *p, double from, double bound, double y, double width, trb_colour colour)
{
    const trb_plot_axis *axis = &p->frame->axis;
    const bool low = bound<axis->low, high = bound> axis->high;
    const double head = 2.2 * p->look->unit;
    const double x = low ? p->frame->left : high ? p->frame->right : at_value(p, bound);
    const double end = low ? x + head : high ? x - head : x;
    trb_scene_line(p->scene, TRB_ROLE_WHISKER, from, y, end, y, width, colour);
    if (!low && !high)
        return;
    const trb_corner corner[3] = {{x, y}, {end, y - 0.7 * head}, {end, y + 0.7 * head}};
    trb_scene_polygon(p->scene, TRB_ROLE_WHISKER, corner, 3, true, trb_paint_of(colour), trb_paint_none(), 0);
}

/* Pooled: as wide as its interval, clipped at the edges. */
static void draw_diamond(const pen *p, const trb_plot_interval *interval, double y)
{
    const double high = 0.42 * p->frame->line, x = at_value(p, interval->estimate);
    const double from = fmax(at_value(p, interval->low), p->frame->left);
    const double to = fmin(at_value(p, interval->high), p->frame->right);
    const trb_corner corner[4] = {{from, y}, {x, y - high}, {to, y}, {x, y + high}};
    const trb_colour colour = trb_plot_colour(p->look, 0);
    trb_scene_polygon(p->scene, TRB_ROLE_BAR, corner, 4, true, trb_paint_of(colour), trb_paint_of(TRB_INK),
                      p->look->thin);
}

static void draw_square(const pen *p, double weight, double x, double y)
{
    const double side =
        fmax(0.85 * p->look->text * sqrt(weight / p->frame->most_weight), 1.2 * p->look->unit);
    trb_scene_rect(p->scene, TRB_ROLE_POINT, x - side / 2, y - side / 2, side, side,
                   trb_paint_of(trb_plot_tint(p->look, 0)), trb_paint_of(TRB_INK), p->look->thin);
}

size_t trb_forest_colour(const trb_plot_forest *forest, size_t series)
{
    return forest->colour ? forest->colour[series] : series;
}

static void draw_interval(const pen *p, const trb_plot_forest_row *row, size_t series, double y)
{
    const trb_plot_interval *interval = &row->interval[series];
    const bool estimate = isfinite(interval->estimate), bounds = known(interval);
    const size_t number = trb_forest_colour(p->forest, series);
    const trb_colour colour = p->forest->n_series > 1 ? trb_plot_colour(p->look, number) : TRB_INK;
    if (row->kind == TRB_PLOT_ROW_SUMMARY && estimate && bounds) {
        draw_diamond(p, interval, y);
        return;
    }
    const double x = estimate ? at_value(p, interval->estimate) : NAN;
    if (bounds && (estimate || row->kind == TRB_PLOT_ROW_PREDICTION)) {
        const double middle =
            fmin(fmax((interval->low + interval->high) / 2, p->frame->axis.low), p->frame->axis.high);
        const double from = estimate ? x : at_value(p, isnan(middle) ? p->frame->axis.low : middle);
        draw_arm(p, from, interval->low, y, 1.5 * p->look->line, colour);
        draw_arm(p, from, interval->high, y, 1.5 * p->look->line, colour);
    }
    if (!estimate || row->kind == TRB_PLOT_ROW_PREDICTION)
        return;
    if (interval->weight > 0)
        draw_square(p, interval->weight, x, y);
    else
        trb_plot_marker(p->scene, p->look, number, x, y, 1.25 * p->look->point);
}

void trb_forest_number(const trb_plot_forest *forest, const trb_plot_forest_row *row,
                       const trb_plot_interval *interval, int decimals, char *out, size_t bytes)
{
    const double all[3] = {interval->estimate, interval->low, interval->high};
    char number[3][64];
    for (int i = 0; i < 3; i++)
        trb_plot_fixed(all[i], decimals, "−", number[i], sizeof number[i]);
    const char *unit = forest->value_unit ? forest->value_unit : "", *space = *unit ? " " : "";
    const bool alone = row->kind == TRB_PLOT_ROW_PREDICTION;
    if (isnan(interval->estimate) && !alone)
        snprintf(out, bytes, "n/a");
    else if (!known(interval))
        snprintf(out, bytes, "%s [n/a]%s%s", alone ? "" : number[0], space, unit);
    else
        snprintf(out, bytes, "%s%s[%s, %s]%s%s", alone ? "" : number[0], alone ? "" : " ", number[1],
                 number[2], space, unit);
}

static void draw_weight(const pen *p, const trb_plot_forest_row *row, double y)
{
    if (!p->frame->weights || row->kind != TRB_PLOT_ROW_PLAIN || !(row->interval[0].weight > 0))
        return;
    char number[64], percent[80];
    trb_plot_fixed(100 * row->interval[0].weight / p->frame->sum_weight, 1, "−", number, sizeof number);
    snprintf(percent, sizeof percent, "%s %%", number);
    text(p, p->frame->weight_x, y, TRB_RIGHT, false, percent);
}

static void draw_row(const pen *p, size_t i, double top)
{
    const trb_plot_forest_row *row = &p->forest->row[i];
    const trb_forest_frame *frame = p->frame;
    const bool bold = row->kind == TRB_PLOT_ROW_SUMMARY;
    char label[TRB_PLOT_TEXT];
    trb_plot_shorten(p->scene, p->look->text, bold, frame->label_width, row->label, label, sizeof label);
    text(p, frame->label_x, top + frame->row / 2, TRB_LEFT, bold, label);
    const double first = top + (frame->row - frame->line * (double)p->forest->n_series) / 2 + frame->line / 2;
    for (size_t s = 0; s < p->forest->n_series; s++) {
        const double y = first + frame->line * (double)s;
        draw_interval(p, row, s, y);
        char number[TRB_PLOT_TEXT];
        trb_forest_number(p->forest, row, &row->interval[s], frame->decimals, number, sizeof number);
        text(p, frame->number_x, y, TRB_RIGHT, bold, number);
    }
    draw_weight(p, row, first);
}

static void draw_ticks(const pen *p, double y)
{
    const trb_plot_axis *axis = &p->frame->axis;
    const trb_plot_look *look = p->look;
    trb_scene_line(p->scene, TRB_ROLE_AXIS, p->frame->left, y, p->frame->right, y, look->line, TRB_INK);
    for (size_t i = 0; i < axis->n; i++) {
        const double x = at_value(p, trb_plot_axis_tick(axis, i));
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(axis, i, label, sizeof label);
        trb_scene_line(p->scene, TRB_ROLE_AXIS, x, y, x, y + 2 * look->unit, look->line, TRB_INK);
        trb_scene_text(p->scene, TRB_ROLE_TICK_LABEL, x, y + 3 * look->unit + 0.8 * look->text, TRB_CENTRE,
                       look->text, false, 0, TRB_INK, label);
    }
}

/* "← favours OVX | favours EV →", each on its side of the reference. */
static double draw_sides(const pen *p, double y)
{
    const trb_plot_forest *forest = p->forest;
    if ((!forest->low_side && !forest->high_side) || !isfinite(forest->reference))
        return y;
    const double x = at_value(p, forest->reference), gap = 4 * p->look->unit, size = p->look->small;
    char words[TRB_PLOT_TEXT + 8];
    if (forest->low_side) {
        snprintf(words, sizeof words, "← %.*s", TRB_PLOT_TEXT, forest->low_side);
        trb_scene_text(p->scene, TRB_ROLE_PLAIN, x - gap, y + size, TRB_RIGHT, size, false, 0, TRB_INK,
                       words);
    }
    if (forest->high_side) {
        snprintf(words, sizeof words, "%.*s →", TRB_PLOT_TEXT, forest->high_side);
        trb_scene_text(p->scene, TRB_ROLE_PLAIN, x + gap, y + size, TRB_LEFT, size, false, 0, TRB_INK, words);
    }
    return y + 1.3 * size;
}

double trb_forest_draw(const trb_plot_forest *forest, trb_scene *scene, const trb_plot_look *look,
                       const trb_forest_frame *frame, double y)
{
    const pen p = {forest, scene, look, frame};
    const trb_colour band = {0.955, 0.955, 0.96};
    const double bottom = y + frame->row * (double)forest->n_rows;
    for (size_t i = 1; i < forest->n_rows; i += 2)
        trb_scene_rect(scene, TRB_ROLE_PLAIN, 0, y + frame->row * (double)i, look->width, frame->row,
                       trb_paint_of(band), trb_paint_none(), 0);
    if (isfinite(forest->reference)) {
        const double x = at_value(&p, forest->reference);
        trb_scene_line(scene, TRB_ROLE_AXIS, x, y, x, bottom, look->line, TRB_FAINT);
        trb_scene_dash(scene, 2.5 * look->unit);
    }
    for (size_t i = 0; i < forest->n_rows; i++)
        draw_row(&p, i, y + frame->row * (double)i);
    draw_ticks(&p, bottom);
    y = draw_sides(&p, bottom + 4.5 * look->unit + look->text);
    if (!forest->axis)
        return y;
    char title[TRB_PLOT_TEXT], fitting[TRB_PLOT_TEXT];
    trb_plot_axis_title(forest->axis, "", frame->axis.exponent, title, sizeof title);
    const double middle = (frame->left + frame->right) / 2;
    const double room = 2 * fmin(middle, look->width - middle) - 2 * look->unit;
    trb_plot_shorten(scene, look->text, false, room, title, fitting, sizeof fitting);
    trb_scene_text(scene, TRB_ROLE_TITLE, middle, y + 1.1 * look->text, TRB_CENTRE, look->text, false, 0,
                   TRB_INK, fitting);
    return y + 1.4 * look->text;
}
