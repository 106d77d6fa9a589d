/* plot_lines_draw.c - one chart of lines: bands, animals, means, axes. */
#include "present/plot_lines.h"

#include "present/plot_number.h"

#include <math.h>
#include <stdlib.h>

typedef struct pen {
    const trb_lines_place *place;
    trb_scene *scene;
    const trb_plot_look *look;
} pen;

static double at_x(const pen *p, double x)
{
    return p->place->left + p->place->width * trb_plot_axis_place(&p->place->x, x);
}

static double at_y(const pen *p, double y)
{
    return p->place->bottom - p->place->height * trb_plot_axis_place(&p->place->y, y);
}

/* Groups stand a little apart, so that their whiskers do not hide each other. */
static double aside(const pen *p, size_t series)
{
    if (p->place->way == TRB_LINES_DISTRIBUTION)
        return 0;
    return ((double)series - ((double)p->place->chart->n_series - 1) / 2) * 1.8 * p->look->unit;
}

/* Runs of known values become lines; a lone value between unknown ones becomes a dot. */
static void draw_runs(const pen *p, const double *x, const double *y, size_t n, double shift, double width,
                      trb_colour colour, double dash)
{
    trb_corner *corner = malloc((n + 1) * sizeof *corner);
    if (!corner) {
        p->scene->failed = true;
        return;
    }
    size_t run = 0;
    for (size_t i = 0; i <= n; i++) {
        if (i < n && isfinite(x[i]) && isfinite(y[i])) {
            corner[run++] = (trb_corner){at_x(p, x[i]) + shift, at_y(p, y[i])};
            continue;
        }
        trb_scene_polygon(p->scene, TRB_ROLE_WHISKER, corner, run, false, trb_paint_none(),
                          trb_paint_of(colour), width);
        if (run > 1)
            trb_scene_dash(p->scene, dash);
        else if (run == 1)
            trb_scene_circle(p->scene, TRB_ROLE_PLAIN, corner[0].x, corner[0].y, width, trb_paint_of(colour),
                             trb_paint_none(), 0);
        run = 0;
    }
    free(corner);
}

/* The band over one run of known bounds: along the low side, back along the high one. */
static void draw_band(const pen *p, const trb_plot_series *series, trb_colour colour)
{
    trb_corner *corner = malloc(2 * (series->n + 1) * sizeof *corner);
    if (!corner) {
        p->scene->failed = true;
        return;
    }
    size_t from = 0;
    for (size_t i = 0; i <= series->n; i++) {
        if (i < series->n && isfinite(series->low[i]) && isfinite(series->high[i]))
            continue;
        size_t n = 0;
        for (size_t k = from; k < i; k++)
            corner[n++] = (trb_corner){at_x(p, series->x[k]), at_y(p, series->low[k])};
        for (size_t k = i; k-- > from;)
            corner[n++] = (trb_corner){at_x(p, series->x[k]), at_y(p, series->high[k])};
        trb_paint paint = trb_paint_of(colour);
        paint.alpha = 0.22;
        if (n > 2)
            trb_scene_polygon(p->scene, TRB_ROLE_BAR, corner, n, true, paint, trb_paint_none(), 0);
        from = i + 1;
    }
    free(corner);
}

static void draw_whiskers(const pen *p, const trb_plot_series *series, double shift, trb_colour colour)
{
    const double cap = 1.6 * p->look->unit, line = p->look->line;
    for (size_t i = 0; i < series->n; i++) {
        if (!isfinite(series->low[i]) || !isfinite(series->high[i]))
            continue;
        const double x = at_x(p, series->x[i]) + shift, low = at_y(p, series->low[i]),
                     high = at_y(p, series->high[i]);
        trb_scene_line(p->scene, TRB_ROLE_WHISKER, x, low, x, high, line, colour);
        trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - cap, low, x + cap, low, line, colour);
        trb_scene_line(p->scene, TRB_ROLE_WHISKER, x - cap, high, x + cap, high, line, colour);
    }
}

static void draw_animals(const pen *p, size_t s)
{
    const trb_plot_series *series = &p->place->chart->series[s];
    const trb_colour pale = trb_plot_tint(p->look, p->place->colour[s]);
    for (size_t i = 0; i < series->n_traces; i++)
        draw_runs(p, series->trace[i].x, series->trace[i].y, series->trace[i].n, aside(p, s), p->look->thin,
                  pale, 0);
}

static void draw_mean(const pen *p, size_t s)
{
    const trb_plot_series *series = &p->place->chart->series[s];
    const size_t number = p->place->colour[s];
    const trb_colour colour = trb_plot_colour(p->look, number);
    const double shift = aside(p, s);
    const bool time = p->place->way == TRB_LINES_TIME;
    if (time && series->low && series->high)
        draw_whiskers(p, series, shift, colour);
    draw_runs(p, series->x, series->mean, series->n, shift, 2 * p->look->line, colour,
              trb_plot_dash(p->look, number));
    for (size_t i = 0; time && i < series->n; i++)
        if (isfinite(series->mean[i]))
            trb_plot_marker(p->scene, p->look, number, at_x(p, series->x[i]) + shift,
                            at_y(p, series->mean[i]), 1.2 * p->look->point);
}

static void draw_y_axis(const pen *p)
{
    const trb_lines_place *place = p->place;
    const trb_plot_look *look = p->look;
    trb_scene_line(p->scene, TRB_ROLE_AXIS, place->left, place->bottom + look->line / 2, place->left,
                   place->bottom - place->height - look->line / 2, look->line, TRB_INK);
    for (size_t i = 0; i < place->y.n; i++) {
        const double y = at_y(p, trb_plot_axis_tick(&place->y, i));
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(&place->y, i, label, sizeof label);
        trb_scene_line(p->scene, TRB_ROLE_AXIS, place->left - 2 * look->unit, y, place->left, y, look->line,
                       TRB_INK);
        trb_scene_text(p->scene, TRB_ROLE_TICK_LABEL, place->left - 3.5 * look->unit,
                       y + TRB_CAPITAL * look->text / 2, TRB_RIGHT, look->text, false, 0, TRB_INK, label);
    }
    char title[TRB_PLOT_TEXT], fitting[TRB_PLOT_TEXT];
    const double size = look->text + 0.5 * look->unit;
    trb_plot_axis_title(place->chart->title, place->chart->unit, place->y.exponent, title, sizeof title);
    trb_plot_shorten(p->scene, size, false, 1.25 * place->height, title, fitting, sizeof fitting);
    trb_scene_text(p->scene, TRB_ROLE_TITLE, place->left - place->axis_room + 0.9 * size,
                   place->bottom - place->height / 2, TRB_CENTRE, size, false, 90, TRB_INK, fitting);
}

static void draw_x_axis(const pen *p)
{
    const trb_lines_place *place = p->place;
    const trb_plot_look *look = p->look;
    trb_scene_line(p->scene, TRB_ROLE_AXIS, place->left, place->bottom, place->left + place->width,
                   place->bottom, look->line, TRB_INK);
    for (size_t i = 0; i < place->x.n; i++) {
        const double x = at_x(p, trb_plot_axis_tick(&place->x, i));
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(&place->x, i, label, sizeof label);
        trb_scene_line(p->scene, TRB_ROLE_AXIS, x, place->bottom, x, place->bottom + 2 * look->unit,
                       look->line, TRB_INK);
        trb_scene_text(p->scene, TRB_ROLE_TICK_LABEL, x, place->bottom + 3 * look->unit + 0.85 * look->text,
                       TRB_CENTRE, look->text, false, 0, TRB_INK, label);
    }
    char title[TRB_PLOT_TEXT], fitting[TRB_PLOT_TEXT];
    const double size = look->text + 0.5 * look->unit;
    trb_plot_axis_title(place->chart->x_title, place->chart->x_unit, place->x.exponent, title, sizeof title);
    trb_plot_shorten(p->scene, size, false, place->width + place->axis_room, title, fitting, sizeof fitting);
    trb_scene_text(p->scene, TRB_ROLE_TITLE, place->left + place->width / 2,
                   place->bottom + 4 * look->unit + 2.1 * look->text, TRB_CENTRE, size, false, 0, TRB_INK,
                   fitting);
}

void trb_plot_lines_draw(const trb_lines_place *place, trb_scene *scene, const trb_plot_look *look)
{
    const pen p = {place, scene, look};
    const size_t n = place->chart->n_series;
    for (size_t s = 0; s < n; s++) {
        const trb_plot_series *series = &place->chart->series[s];
        if (place->way == TRB_LINES_DISTRIBUTION && series->low && series->high)
            draw_band(&p, series, trb_plot_colour(look, place->colour[s]));
        draw_animals(&p, s);
    }
    for (size_t s = 0; s < n; s++)
        draw_mean(&p, s);
    draw_y_axis(&p);
    draw_x_axis(&p);
}
