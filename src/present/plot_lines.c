/* plot_lines.c - charts of lines in a grid; plot_lines_draw.c draws one. */
#include "present/plot_lines.h"

#include "core/memory.h"
#include "present/plot_key.h"
#include "present/plot_number.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct figure {
    const trb_plot_options *options;
    trb_plot_look look;
    trb_scene *scene;
    size_t n;
    trb_lines_place *place;
    size_t n_colours, *colour; /* of all series of all charts, one after the other */
    const char **name;         /* of each colour */
    size_t n_names;
} figure;

static trb_status check(const trb_plot_chart *chart, size_t n, const trb_plot_options *options,
                        trb_error *err)
{
    if (n == 0 || !chart || !options)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a figure needs charts and options");
    for (size_t i = 0; i < n; i++)
        for (size_t s = 0; s < chart[i].n_series; s++) {
            const trb_plot_series *series = &chart[i].series[s];
            bool good = series->name && (series->n == 0 || (series->x && series->mean));
            for (size_t t = 0; t < series->n_traces && good; t++)
                good = series->trace[t].n == 0 || (series->trace[t].x && series->trace[t].y);
            if (!good)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "chart %zu: series %zu has no name or no values",
                                     i + 1, s + 1);
        }
    return trb_plot_options_check(options, err);
}

/* One number a name, in the order in which names are met. */
static trb_status choose_colours(figure *f, const trb_plot_chart *chart, trb_error *err)
{
    for (size_t i = 0; i < f->n; i++)
        f->n_colours += chart[i].n_series;
    f->colour = trb_alloc(f->n_colours + 1, sizeof *f->colour, "colours of a figure", err);
    f->name = trb_alloc(f->n_colours + 1, sizeof *f->name, "names of a figure", err);
    if (!f->colour || !f->name)
        return TRB_ERR_MEMORY;
    size_t at = 0;
    for (size_t i = 0; i < f->n; i++)
        for (size_t s = 0; s < chart[i].n_series; s++) {
            size_t k = 0;
            while (k < f->n_names && strcmp(f->name[k], chart[i].series[s].name) != 0)
                k++;
            if (k == f->n_names)
                f->name[f->n_names++] = chart[i].series[s].name;
            f->colour[at++] = k;
        }
    return TRB_OK;
}

typedef struct span {
    double low, high;
} span;

static void grow(span *s, const double *value, size_t n)
{
    for (size_t i = 0; value && i < n; i++)
        if (isfinite(value[i])) {
            s->low = fmin(s->low, value[i]);
            s->high = fmax(s->high, value[i]);
        }
}

static void choose_axes(trb_lines_place *place)
{
    span x = {NAN, NAN}, y = {NAN, NAN};
    for (size_t s = 0; s < place->chart->n_series; s++) {
        const trb_plot_series *series = &place->chart->series[s];
        grow(&x, series->x, series->n);
        grow(&y, series->mean, series->n);
        grow(&y, series->low, series->n);
        grow(&y, series->high, series->n);
        for (size_t t = 0; t < series->n_traces; t++) {
            grow(&x, series->trace[t].x, series->trace[t].n);
            grow(&y, series->trace[t].y, series->trace[t].n);
        }
    }
    const double zero = 0;
    if (place->way == TRB_LINES_DISTRIBUTION || (y.low > 0 && y.low < 0.35 * y.high))
        grow(&y, &zero, 1);
    const double margin = place->way == TRB_LINES_TIME ? 0.06 * (x.high - x.low) : 0;
    place->x = trb_plot_axis_within(x.low - margin, x.high + margin, 7);
    place->y = trb_plot_axis_cover(y.low, y.high, 5);
}

static double axis_room(const trb_lines_place *place, trb_scene *scene, const trb_plot_look *look)
{
    double widest = 0;
    for (size_t i = 0; i < place->y.n; i++) {
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(&place->y, i, label, sizeof label);
        widest = fmax(widest, trb_scene_text_width(scene, look->text, false, label));
    }
    return 1.2 * look->text + widest + 5.5 * look->unit;
}

/* Width of the label at the right end. */
static double last_label(const trb_lines_place *place, trb_scene *scene, const trb_plot_look *look)
{
    char label[TRB_PLOT_TEXT];
    if (place->x.n == 0)
        return 0;
    trb_plot_axis_label(&place->x, place->x.n - 1, label, sizeof label);
    return trb_scene_text_width(scene, look->text, false, label);
}

/* Columns of at least 110 points, evened out over the rows. */
static size_t choose_columns(const figure *f)
{
    size_t columns = f->options->columns;
    if (columns > 0)
        return columns;
    const double fit = floor(f->look.width / (110 * f->look.unit));
    columns = fit < 1 ? 1 : fit > 4 ? 4 : (size_t)fit;
    columns = columns < f->n ? columns : f->n;
    const size_t rows = (f->n + columns - 1) / columns;
    return (f->n + rows - 1) / rows;
}

static trb_status place_charts(figure *f, size_t columns, trb_error *err)
{
    const trb_plot_look *look = &f->look;
    double room = 0;
    for (size_t i = 0; i < f->n; i++)
        room = fmax(room, axis_room(&f->place[i], f->scene, look));
    const double gap = 9 * look->unit, cell = (look->width - 2 * look->unit + gap) / (double)columns - gap;
    double beyond = 4 * look->unit; /* the last tick label reaches beyond the axis */
    for (size_t i = 0; i < f->n; i++)
        beyond = fmax(beyond, last_label(&f->place[i], f->scene, look) / 2);
    const double width = cell - room - beyond;
    if (width < 20 * look->unit)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%zu columns of charts do not fit %g mm", columns,
                             f->options->width_mm);
    const double height = fmin(fmax(0.7 * width, 72 * look->unit), 120 * look->unit);
    double y = trb_plot_heading(f->scene, look, f->options->title, 3 * look->unit);
    if (f->n_names > 1)
        y = trb_plot_key(f->scene, look,
                         f->place[0].way == TRB_LINES_TIME ? TRB_KEY_LINE_AND_MARKER : TRB_KEY_LINE, f->name,
                         NULL, f->n_names, y);
    y += f->options->letters ? 1.2 * look->text : 0.5 * look->text;
    for (size_t i = 0; i < f->n; i++) {
        trb_lines_place *place = &f->place[i];
        const double x = look->unit + (double)(i % columns) * (cell + gap);
        const double top = y + (double)(i / columns) * (height + 4.2 * look->text + 12 * look->unit);
        place->left = x + room;
        place->bottom = top + height;
        place->width = width;
        place->height = height;
        place->axis_room = room;
        trb_plot_lines_draw(place, f->scene, look);
        if (f->options->letters)
            trb_plot_letter(f->scene, look, i, x, top - 0.3 * look->text);
    }
    f->scene->width = look->width;
    f->scene->height = ceil(f->place[f->n - 1].bottom + 2.8 * look->text + 5 * look->unit);
    return TRB_OK;
}

trb_status trb_plot_lines_scene(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                                trb_lines_way way, trb_scene *scene, trb_error *err)
{
    trb_status status = check(chart, n_charts, options, err);
    if (status)
        return status;
    figure f = {.options = options, .look = trb_plot_look_of(options), .scene = scene, .n = n_charts};
    f.place = trb_alloc_zero(n_charts, sizeof *f.place, "charts of a figure", err);
    status = f.place ? choose_colours(&f, chart, err) : TRB_ERR_MEMORY;
    size_t first = 0;
    for (size_t i = 0; i < n_charts && !status; i++) {
        f.place[i].chart = &chart[i];
        f.place[i].way = way;
        f.place[i].colour = f.colour + first;
        first += chart[i].n_series;
        choose_axes(&f.place[i]);
    }
    if (!status)
        status = place_charts(&f, choose_columns(&f), err);
    free(f.place);
    free(f.colour);
    free(f.name);
    return status;
}

static trb_status write_lines(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                              trb_lines_way way, const char *path, trb_error *err)
{
    trb_status status = trb_scene_check_path(path, err);
    if (status)
        return status;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    status = trb_plot_lines_scene(chart, n_charts, options, way, &scene, err);
    if (!status)
        status = trb_scene_write(&scene, options->title, options->dpi, path, err);
    trb_scene_clear(&scene);
    return status;
}

static trb_status lines_svg(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                            trb_lines_way way, char **text, trb_error *err)
{
    *text = NULL;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    trb_status status = trb_plot_lines_scene(chart, n_charts, options, way, &scene, err);
    if (!status)
        status = trb_scene_svg(&scene, options->title, false, text, err);
    trb_scene_clear(&scene);
    return status;
}

trb_status trb_plot_time_write(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                               const char *path, trb_error *err)
{
    return write_lines(chart, n_charts, options, TRB_LINES_TIME, path, err);
}

trb_status trb_plot_time_svg(const trb_plot_chart *chart, size_t n_charts, const trb_plot_options *options,
                             char **text, trb_error *err)
{
    return lines_svg(chart, n_charts, options, TRB_LINES_TIME, text, err);
}

trb_status trb_plot_distribution_write(const trb_plot_chart *chart, size_t n_charts,
                                       const trb_plot_options *options, const char *path, trb_error *err)
{
    return write_lines(chart, n_charts, options, TRB_LINES_DISTRIBUTION, path, err);
}

trb_status trb_plot_distribution_svg(const trb_plot_chart *chart, size_t n_charts,
                                     const trb_plot_options *options, char **text, trb_error *err)
{
    return lines_svg(chart, n_charts, options, TRB_LINES_DISTRIBUTION, text, err);
}
