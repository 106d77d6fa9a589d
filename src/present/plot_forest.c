/* plot_forest.c - the layout of a forest plot; plot_forest_draw.c draws it. */
#include "present/plot_forest.h"

#include "core/memory.h"
#include "present/plot_key.h"
#include "present/plot_number.h"

#include <math.h>
#include <stdlib.h>

static trb_status check(const trb_plot_forest *forest, const trb_plot_options *options, trb_error *err)
{
    if (!forest || !options || forest->n_rows == 0 || forest->n_series == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a forest plot needs rows, series and options");
    if (forest->n_series > 1 && !forest->series)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the series of a forest plot need names");
    for (size_t i = 0; i < forest->n_rows; i++)
        if (!forest->row[i].label || !forest->row[i].interval)
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "row %zu of the forest plot has no label or no interval", i + 1);
    return trb_plot_options_check(options, err);
}

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* What the intervals span. */
typedef struct span {
    double estimate_low, estimate_high; /* with the reference */
    double low, high;                   /* with all finite bounds */
    double typical;                     /* median distance of a finite bound from its estimate */
} span;

static void grow(double *low, double *high, double value)
{
    if (!isfinite(value))
        return;
    *low = fmin(*low, value);
    *high = fmax(*high, value);
}

/* `arm` has room for two numbers an interval. */
static span measure(const trb_plot_forest *forest, double *arm)
{
    span s = {NAN, NAN, NAN, NAN, 0};
    size_t n = 0;
    grow(&s.estimate_low, &s.estimate_high, forest->reference);
    for (size_t i = 0; i < forest->n_rows * forest->n_series; i++) {
        const trb_plot_interval *at = &forest->row[i / forest->n_series].interval[i % forest->n_series];
        grow(&s.estimate_low, &s.estimate_high, at->estimate);
        if (!(at->low <= at->high))
            continue;
        grow(&s.low, &s.high, at->low);
        grow(&s.low, &s.high, at->high);
        if (isfinite(at->estimate) && isfinite(at->low))
            arm[n++] = fabs(at->estimate - at->low);
        if (isfinite(at->estimate) && isfinite(at->high))
            arm[n++] = fabs(at->high - at->estimate);
    }
    qsort(arm, n, sizeof *arm, ascending);
    s.typical = n ? arm[n / 2] : 0;
    return s;
}

/* The axis holds all estimates, and their bounds unless those are far out: one interval of +-500 % must not
 * squeeze ten of +-10 % into a line. */
static trb_status choose_axis(const trb_plot_forest *forest, size_t most_steps, trb_plot_axis *axis,
                              trb_error *err)
{
    double *arm = trb_alloc(forest->n_rows * forest->n_series, 2 * sizeof *arm, "intervals of a figure", err);
    if (!arm)
        return TRB_ERR_MEMORY;
    const span s = measure(forest, arm);
    free(arm);
    const double range = s.estimate_high - s.estimate_low, far = fmax(0.5 * range, 4 * s.typical);
    double low = fmax(s.low, s.estimate_low - far), high = fmin(s.high, s.estimate_high + far);
    grow(&low, &high, s.estimate_low);
    grow(&low, &high, s.estimate_high);
    const double margin = 0.03 * (high - low);
    *axis = trb_plot_axis_within(low - margin, high + margin, most_steps);
    return TRB_OK;
}

static void sum_weights(const trb_plot_forest *forest, trb_forest_frame *frame)
{
    for (size_t i = 0; i < forest->n_rows; i++) {
        const double weight = forest->row[i].interval[0].weight;
        if (forest->row[i].kind != TRB_PLOT_ROW_PLAIN || !(weight > 0) || !isfinite(weight))
            continue;
        frame->weights = forest->n_series == 1;
        frame->most_weight = fmax(frame->most_weight, weight);
        frame->sum_weight += weight;
    }
}

/* Alike for all numbers of the figure: three digits for the one in the middle. */
static void choose_decimals(const trb_plot_forest *forest, trb_forest_frame *frame)
{
    size_t count[5] = {0}, all = 0;
    for (size_t i = 0; i < forest->n_rows * forest->n_series; i++) {
        const trb_plot_interval *at = &forest->row[i / forest->n_series].interval[i % forest->n_series];
        double greatest = 0;
        const double number[3] = {at->estimate, at->low, at->high};
        for (int k = 0; k < 3; k++)
            greatest = isfinite(number[k]) ? fmax(greatest, fabs(number[k])) : greatest;
        if (greatest > 0) {
            count[trb_plot_decimals(greatest)]++;
            all++;
        }
    }
    size_t below = 0;
    for (frame->decimals = 0; frame->decimals < 4; frame->decimals++) {
        below += count[frame->decimals];
        if (2 * below >= all)
            break;
    }
}

/* Labels left, numbers right, the axis between them gets the rest. */
static void choose_columns(const trb_plot_forest *forest, trb_scene *scene, const trb_plot_look *look,
                           trb_forest_frame *frame)
{
    const double unit = look->unit;
    double labels = 0, numbers = forest->value_title
                                     ? trb_scene_text_width(scene, look->text, true, forest->value_title)
                                     : 0;
    for (size_t i = 0; i < forest->n_rows; i++) {
        const trb_plot_forest_row *row = &forest->row[i];
        const bool bold = row->kind == TRB_PLOT_ROW_SUMMARY;
        labels = fmax(labels, trb_scene_text_width(scene, look->text, bold, row->label));
        for (size_t s = 0; s < forest->n_series; s++) {
            char number[TRB_PLOT_TEXT];
            trb_forest_number(forest, row, &row->interval[s], frame->decimals, number, sizeof number);
            numbers = fmax(numbers, trb_scene_text_width(scene, look->text, bold, number));
        }
    }
    const double weights =
        frame->weights ? trb_scene_text_width(scene, look->text, true, "Weight") + 7 * unit : 0;
    frame->label_x = 2 * unit;
    frame->label_width = fmin(labels, 0.32 * look->width);
    frame->weight_x = look->width - 2 * unit;
    frame->number_x = frame->weight_x - weights;
    frame->left = frame->label_x + frame->label_width + 8 * unit;
    frame->right = frame->number_x - numbers - 8 * unit;
    frame->line = 1.35 * look->text;
    frame->row = frame->line * (double)forest->n_series + (forest->n_series > 1 ? 0.7 : 0.25) * look->text;
}

static double draw_heads(const trb_plot_forest *forest, trb_scene *scene, const trb_plot_look *look,
                         const trb_forest_frame *frame, const trb_plot_options *options, double y)
{
    y = trb_plot_heading(scene, look, options->title, y);
    if (forest->n_series > 1)
        y = trb_plot_key(scene, look, TRB_KEY_MARKER, forest->series, forest->colour, forest->n_series, y);
    if (!forest->value_title && !frame->weights)
        return y;
    y += look->text;
    trb_scene_text(scene, TRB_ROLE_TITLE, frame->number_x, y, TRB_RIGHT, look->text, true, 0, TRB_INK,
                   forest->value_title);
    if (frame->weights)
        trb_scene_text(scene, TRB_ROLE_TITLE, frame->weight_x, y, TRB_RIGHT, look->text, true, 0, TRB_INK,
                       "Weight");
    return y + 0.5 * look->text;
}

trb_status trb_plot_forest_scene(const trb_plot_forest *forest, const trb_plot_options *options,
                                 trb_scene *scene, trb_error *err)
{
    trb_status status = check(forest, options, err);
    if (status)
        return status;
    const trb_plot_look look = trb_plot_look_of(options);
    trb_forest_frame frame = {0};
    sum_weights(forest, &frame);
    choose_decimals(forest, &frame);
    choose_columns(forest, scene, &look, &frame);
    const double axis_width = frame.right - frame.left;
    if (axis_width < 30 * look.unit)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "labels and numbers leave no room for the axis in %g mm",
                             options->width_mm);
    const size_t steps = (size_t)fmin(fmax(axis_width / (20 * look.unit), 2), 8);
    status = choose_axis(forest, steps, &frame.axis, err);
    if (status)
        return status;
    const double top = draw_heads(forest, scene, &look, &frame, options, 3 * look.unit);
    const double bottom = trb_forest_draw(forest, scene, &look, &frame, top);
    scene->width = look.width;
    scene->height = ceil(bottom + 3 * look.unit);
    return TRB_OK;
}

trb_status trb_plot_forest_write(const trb_plot_forest *forest, const trb_plot_options *options,
                                 const char *path, trb_error *err)
{
    trb_status status = trb_scene_check_path(path, err);
    if (status)
        return status;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    status = trb_plot_forest_scene(forest, options, &scene, err);
    if (!status)
        status = trb_scene_write(&scene, options->title, options->dpi, path, err);
    trb_scene_clear(&scene);
    return status;
}

trb_status trb_plot_forest_svg(const trb_plot_forest *forest, const trb_plot_options *options, char **text,
                               trb_error *err)
{
    *text = NULL;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    trb_status status = trb_plot_forest_scene(forest, options, &scene, err);
    if (!status)
        status = trb_scene_svg(&scene, options->title, false, text, err);
    trb_scene_clear(&scene);
    return status;
}
