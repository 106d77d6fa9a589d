/* plot_cell.c - what a panel holds and where it stands; plot_cell_draw.c draws it. */
#include "present/plot_cell.h"

#include "core/memory.h"
#include "present/plot_groups.h"
#include "present/plot_number.h"
#include "present/plot_swarm.h"

#include <math.h>
#include <stdlib.h>

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* low and high grow to hold the value, if it is a number. */
static void reach(double *low, double *high, double value)
{
    if (!isfinite(value))
        return;
    *low = fmin(*low, value); /* fmin and fmax take the number when the other is NaN */
    *high = fmax(*high, value);
}

static void set_whisker(trb_plot_column *column, const trb_plot_options *options)
{
    const trb_plot_group *group = column->group;
    double low = NAN, high = NAN;
    if (options->kind == TRB_PLOT_BOX) {
        low = column->n ? column->value[0] : NAN;
        high = column->n ? column->value[column->n - 1] : NAN;
    } else if (options->spread == TRB_PLOT_CI) {
        low = group->ci_lo;
        high = group->ci_hi;
    } else {
        const double half = options->spread == TRB_PLOT_SD ? group->sd : group->sem;
        low = group->mean - half;
        high = group->mean + half;
    }
    const bool good = isfinite(low) && isfinite(high);
    column->whisker_low = good ? low : NAN;
    column->whisker_high = good ? high : NAN;
}

static void set_extent(trb_plot_column *column, const trb_plot_options *options)
{
    column->low = column->high = NAN;
    if (column->n) {
        reach(&column->low, &column->high, column->value[0]);
        reach(&column->low, &column->high, column->value[column->n - 1]);
    }
    reach(&column->low, &column->high, column->whisker_low);
    reach(&column->low, &column->high, column->whisker_high);
    if (options->kind == TRB_PLOT_BOX) {
        reach(&column->low, &column->high, column->group->q1);
        reach(&column->low, &column->high, column->group->q3);
        reach(&column->low, &column->high, column->group->median);
    } else {
        reach(&column->low, &column->high, column->group->mean);
        if (options->kind == TRB_PLOT_BAR && !isnan(column->low))
            reach(&column->low, &column->high, 0);
    }
}

static trb_status fill_column(trb_plot_column *column, const trb_plot_group *group, size_t colour,
                              const trb_plot_options *options, trb_error *err)
{
    column->group = group;
    column->colour = colour;
    column->value = trb_alloc(group->n + 1, sizeof(double), "values of a figure", err);
    column->offset = trb_alloc(group->n + 1, sizeof(double), "points of a figure", err);
    if (!column->value || !column->offset)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < group->n; i++)
        if (isfinite(group->value[i]))
            column->value[column->n++] = group->value[i];
    qsort(column->value, column->n, sizeof(double), ascending);
    set_whisker(column, options);
    set_extent(column, options);
    return TRB_OK;
}

static void choose_axis(trb_plot_cell *cell)
{
    double low = NAN, high = NAN;
    for (size_t i = 0; i < cell->panel->n_groups; i++) {
        reach(&low, &high, cell->column[i].low);
        reach(&low, &high, cell->column[i].high);
    }
    /* Bars reach to zero, since their length is what the eye compares. Others do when it costs little. */
    const bool near = low > 0 && low < 0.35 * high;
    if (near)
        reach(&low, &high, 0);
    cell->axis = trb_plot_axis_cover(low, high, 5);
}

trb_status trb_plot_cell_init(trb_plot_cell *cell, const trb_plot_panel *panel,
                              const trb_plot_options *options, const size_t *colour, trb_error *err)
{
    *cell = (trb_plot_cell){.panel = panel};
    cell->column = trb_alloc_zero(panel->n_groups + 1, sizeof *cell->column, "groups of a figure", err);
    cell->bracket = trb_alloc_zero(panel->n_brackets + 1, sizeof *cell->bracket, "brackets of a figure", err);
    if (!cell->column || !cell->bracket)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < panel->n_groups; i++) {
        const trb_status status = fill_column(&cell->column[i], &panel->group[i], colour[i], options, err);
        if (status)
            return status;
    }
    choose_axis(cell);
    return TRB_OK;
}

void trb_plot_cell_clear(trb_plot_cell *cell)
{
    for (size_t i = 0; cell->column && i < cell->panel->n_groups; i++) {
        free(cell->column[i].value);
        free(cell->column[i].offset);
    }
    free(cell->column);
    free(cell->bracket);
    *cell = (trb_plot_cell){0};
}

double trb_plot_cell_axis_room(const trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look)
{
    double widest = 0;
    for (size_t i = 0; i < cell->axis.n; i++) {
        char label[TRB_PLOT_TEXT];
        trb_plot_axis_label(&cell->axis, i, label, sizeof label);
        widest = fmax(widest, trb_scene_text_width(scene, look->text, false, label));
    }
    return 1.2 * look->text + 1.5 * look->unit + widest + 4 * look->unit;
}

double trb_plot_cell_centre(const trb_plot_frame *frame, size_t n_columns, size_t i)
{
    return frame->plot_width * ((double)i + 0.5) / (double)n_columns;
}

/* All groups of the panel with points of this size. Offsets are in the columns when it fits. */
static trb_status try_size(trb_plot_cell *cell, const trb_plot_frame *frame, double diameter, double *height,
                           bool *fits, trb_error *err)
{
    const double half_width = 0.47 * frame->plot_width / (double)cell->panel->n_groups;
    /* A little air, more than the rounding of coordinates in SVG. */
    const double apart = 1.04 * diameter;
    *fits = true;
    for (size_t i = 0; i < cell->panel->n_groups && *fits; i++) {
        trb_plot_column *column = &cell->column[i];
        for (size_t k = 0; k < column->n; k++)
            height[k] = frame->data_height * trb_plot_axis_place(&cell->axis, column->value[k]);
        const trb_status status =
            trb_plot_swarm(height, column->n, apart, half_width, column->offset, fits, err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_status place_points(trb_plot_cell *cell, const trb_plot_look *look, const trb_plot_frame *frame,
                               trb_error *err)
{
    size_t most = 0;
    for (size_t i = 0; i < cell->panel->n_groups; i++)
        most = cell->column[i].n > most ? cell->column[i].n : most;
    double *height = trb_alloc(most + 1, sizeof *height, "points of a figure", err);
    if (!height)
        return TRB_ERR_MEMORY;
    const double least = 0.2 * 72 / 25.4; /* points (of length) that are 0.2 mm */
    trb_status status = TRB_OK;
    bool fits = false;
    for (cell->diameter = look->point; cell->diameter >= least; cell->diameter *= 0.9) {
        status = try_size(cell, frame, cell->diameter, height, &fits, err);
        if (status || fits)
            break;
    }
    if (!fits)
        cell->diameter = 0;
    free(height);
    return status;
}

bool trb_plot_bracket_shown(const trb_plot_bracket *bracket, const trb_plot_options *options)
{
    return !isnan(bracket->p) && bracket->a != bracket->b && (options->show_ns || bracket->p < 0.05);
}

double trb_plot_bracket_text_size(const trb_plot_look *look, const char *text)
{
    return text[0] == '*' ? look->text + 1.5 * look->unit : look->small;
}

double trb_plot_mark_height(const trb_plot_look *look)
{
    return look->text * (TRB_CAPITAL + TRB_DESCENT) + 1.5 * look->unit;
}

static void list_brackets(trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                          const trb_plot_options *options)
{
    cell->n_brackets = 0;
    for (size_t i = 0; i < cell->panel->n_brackets; i++) {
        const trb_plot_bracket *from = &cell->panel->bracket[i];
        if (!trb_plot_bracket_shown(from, options))
            continue;
        char text[TRB_PLOT_TEXT];
        trb_plot_p_text(from->p, options->stars, text, sizeof text);
        trb_bracket_place *to = &cell->bracket[cell->n_brackets++];
        to->a = from->a < from->b ? from->a : from->b;
        to->b = from->a < from->b ? from->b : from->a;
        to->p = from->p;
        to->text_width = trb_scene_text_width(scene, trb_plot_bracket_text_size(look, text), false, text);
    }
    cell->n_left_out = cell->n_brackets > TRB_PLOT_MOST_BRACKETS ? cell->n_brackets : 0;
    if (cell->n_left_out)
        cell->n_brackets = 0;
}

static trb_bracket_sizes bracket_sizes(const trb_plot_look *look, const trb_plot_options *options,
                                       const trb_plot_frame *frame, double pitch)
{
    const double letters = !options->stars ? TRB_CAPITAL + TRB_DESCENT : options->show_ns ? 0.62 : 0.55;
    return (trb_bracket_sizes){.gap = 2 * look->unit,
                               .tick = 1.5 * look->unit,
                               .text_height = letters * look->small + 1.2 * look->unit,
                               .inset = fmin(1.5 * look->unit, pitch / 8),
                               .left = -frame->axis_room + 1.2 * look->text + 4 * look->unit,
                               .right = frame->plot_width + 3 * look->unit};
}

static trb_status place_brackets(trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                                 const trb_plot_options *options, const trb_plot_frame *frame, trb_error *err)
{
    const size_t n = cell->panel->n_groups;
    trb_bracket_column *column = trb_alloc(n + 1, sizeof *column, "brackets of a figure", err);
    if (!column)
        return TRB_ERR_MEMORY;
    const double pitch = frame->plot_width / (double)(n ? n : 1);
    for (size_t i = 0; i < n; i++) {
        const double top = isnan(cell->column[i].high) ? cell->axis.low : cell->column[i].high;
        column[i].centre = trb_plot_cell_centre(frame, n, i);
        column[i].half_width = pitch / 2;
        column[i].top = frame->data_height * trb_plot_axis_place(&cell->axis, top) + look->point / 2;
    }
    double least = frame->data_height + look->text * TRB_CAPITAL / 2;
    for (size_t i = 0; i < n; i++)
        if (cell->column[i].group->mark) {
            column[i].top += trb_plot_mark_height(look);
            least = fmax(least, column[i].top);
        }
    list_brackets(cell, scene, look, options);
    const trb_bracket_sizes sizes = bracket_sizes(look, options, frame, pitch);
    trb_plot_brackets_stack(cell->bracket, cell->n_brackets, column, n, &sizes);
    cell->top = trb_plot_brackets_top(cell->bracket, cell->n_brackets, &sizes, least);
    if (cell->n_left_out || cell->diameter == 0)
        cell->top += 1.3 * look->small;
    free(column);
    return TRB_OK;
}

trb_status trb_plot_cell_place(trb_plot_cell *cell, trb_scene *scene, const trb_plot_look *look,
                               const trb_plot_options *options, const trb_plot_frame *frame, trb_error *err)
{
    trb_status status = place_points(cell, look, frame, err);
    if (!status)
        status = place_brackets(cell, scene, look, options, frame, err);
    return status;
}
