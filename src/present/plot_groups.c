/* plot_groups.c - panels in a grid; see plot.h. */
#include "present/plot_groups.h"

#include "core/memory.h"
#include "present/plot_key.h"
#include "present/plot_labels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A figure on its way from panels to shapes. */
typedef struct figure {
    const trb_plot_options *options;
    trb_plot_look look;
    trb_scene *scene;
    size_t n;
    trb_plot_cell *cell;
    size_t n_names;
    const char **name; /* of each colour */
    size_t columns, rows;
    double gap; /* between columns */
    trb_plot_frame frame;
    trb_plot_labels labels;
} figure;

static trb_status check_panel(const trb_plot_panel *panel, size_t number, trb_error *err)
{
    if (panel->n_groups == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "panel %zu of the figure has no group", number);
    for (size_t i = 0; i < panel->n_groups; i++)
        if (!panel->group[i].name || (panel->group[i].n > 0 && !panel->group[i].value))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "panel %zu: group %zu has no name or no values",
                                 number, i + 1);
    for (size_t i = 0; i < panel->n_brackets; i++)
        if (panel->bracket[i].a >= panel->n_groups || panel->bracket[i].b >= panel->n_groups)
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "panel %zu: bracket %zu joins groups that are not there", number, i + 1);
    return TRB_OK;
}

trb_status trb_plot_groups_check(const trb_plot_panel *panel, size_t n, const trb_plot_options *options,
                                 trb_error *err)
{
    if (n == 0 || !panel || !options)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a figure needs panels and options");
    trb_status status = trb_plot_options_check(options, err);
    for (size_t i = 0; i < n && !status; i++)
        status = check_panel(&panel[i], i + 1, err);
    return status;
}

/* Number of a name among those seen so far. Quadratic in distinct names, of which there are few. */
static size_t number_of(const char **seen, size_t *n_seen, const char *name)
{
    for (size_t i = 0; i < *n_seen; i++)
        if (strcmp(seen[i], name) == 0)
            return i;
    seen[*n_seen] = name;
    return (*n_seen)++;
}

static trb_status make_cells(figure *f, const trb_plot_panel *panel, trb_error *err)
{
    size_t names = 0, most = 0;
    for (size_t i = 0; i < f->n; i++) {
        names += panel[i].n_groups;
        most = panel[i].n_groups > most ? panel[i].n_groups : most;
    }
    f->name = trb_alloc(names, sizeof *f->name, "names of a figure", err);
    size_t *colour = trb_alloc(most, sizeof *colour, "colours of a figure", err);
    f->cell = trb_alloc_zero(f->n, sizeof *f->cell, "panels of a figure", err);
    trb_status status = f->name && colour && f->cell ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; i < f->n && !status; i++) {
        for (size_t k = 0; k < panel[i].n_groups; k++)
            colour[k] = number_of(f->name, &f->n_names, panel[i].group[k].name);
        status = trb_plot_cell_init(&f->cell[i], &panel[i], f->options, colour, err);
    }
    free(colour);
    return status;
}

/* As many columns as leave each group a finger's breadth; then evened out, so that 6 panels are 3 and 3,
 * not 4 and 2. */
static void choose_grid(figure *f)
{
    double axis_room = 0;
    size_t groups = 1;
    for (size_t i = 0; i < f->n; i++) {
        axis_room = fmax(axis_room, trb_plot_cell_axis_room(&f->cell[i], f->scene, &f->look));
        groups = f->cell[i].panel->n_groups > groups ? f->cell[i].panel->n_groups : groups;
    }
    const double pitch = (groups <= 6 ? 20 : 10) * f->look.unit;
    const double least = fmax(axis_room + (double)groups * pitch, 80 * f->look.unit);
    f->gap = 9 * f->look.unit;
    size_t columns = f->options->columns;
    if (columns == 0) {
        const double fit = floor((f->look.width + f->gap) / (least + f->gap));
        columns = fit < 1 ? 1 : fit > 4 ? 4 : (size_t)fit;
        columns = columns < f->n ? columns : f->n;
        const size_t rows = (f->n + columns - 1) / columns;
        columns = (f->n + rows - 1) / rows;
    }
    f->columns = columns;
    f->rows = (f->n + columns - 1) / columns;
    const double cell_width = (f->look.width - 2 * f->look.unit + f->gap) / (double)columns - f->gap;
    f->frame.axis_room = axis_room;
    f->frame.plot_width = cell_width - axis_room - 2 * f->look.unit;
    f->frame.data_height = fmin(fmax(0.85 * f->frame.plot_width, 72 * f->look.unit), 120 * f->look.unit);
}

static double row_top(const figure *f, size_t row)
{
    double top = 0;
    for (size_t i = row * f->columns; i < f->n && i < (row + 1) * f->columns; i++)
        top = fmax(top, f->cell[i].top);
    return top;
}

static void draw_rows(figure *f)
{
    const trb_plot_look *look = &f->look;
    const double cell_width = f->frame.axis_room + f->frame.plot_width + 2 * look->unit;
    double y = trb_plot_heading(f->scene, look, f->options->title, 3 * look->unit);
    if (f->labels.way == TRB_LABEL_KEY)
        y = trb_plot_key(f->scene, look, f->options->kind == TRB_PLOT_POINTS ? TRB_KEY_MARKER : TRB_KEY_BAR,
                         f->name, NULL, f->n_names, y);
    for (size_t row = 0; row < f->rows; row++) {
        const double above = f->options->letters
                                 ? fmax(row_top(f, row), f->frame.data_height + look->text * 1.6)
                                 : row_top(f, row);
        const double bottom = y + above;
        for (size_t i = row * f->columns; i < f->n && i < (row + 1) * f->columns; i++) {
            const double x = look->unit + (double)(i % f->columns) * (cell_width + f->gap);
            trb_plot_cell_draw(&f->cell[i], f->scene, look, f->options, &f->frame, x, bottom);
            trb_plot_labels_draw(&f->labels, &f->cell[i], f->scene, look, &f->frame, x + f->frame.axis_room,
                                 bottom);
            if (f->options->letters)
                trb_plot_letter(f->scene, look, i, x, y + look->text);
        }
        y = bottom + f->labels.height + (row + 1 < f->rows ? 9 * look->unit : 0);
    }
    f->scene->width = look->width;
    f->scene->height = ceil(y + 2 * look->unit);
}

trb_status trb_plot_groups_scene(const trb_plot_panel *panel, size_t n_panels,
                                 const trb_plot_options *options, trb_scene *scene, trb_error *err)
{
    trb_status status = trb_plot_groups_check(panel, n_panels, options, err);
    if (status)
        return status;
    figure f = {.options = options, .look = trb_plot_look_of(options), .scene = scene, .n = n_panels};
    status = make_cells(&f, panel, err);
    if (!status) {
        choose_grid(&f);
        if (f.frame.plot_width < 20 * f.look.unit)
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "%zu columns of panels do not fit %g mm", f.columns,
                                   options->width_mm);
    }
    for (size_t i = 0; i < n_panels && !status; i++)
        status = trb_plot_cell_place(&f.cell[i], scene, &f.look, options, &f.frame, err);
    if (!status) {
        f.labels = trb_plot_labels_choose(f.cell, n_panels, f.n_names, scene, &f.look, &f.frame);
        draw_rows(&f);
    }
    for (size_t i = 0; f.cell && i < n_panels; i++)
        if (f.cell[i].panel)
            trb_plot_cell_clear(&f.cell[i]);
    free(f.cell);
    free(f.name);
    return status;
}

trb_status trb_plot_groups_write(const trb_plot_panel *panel, size_t n_panels,
                                 const trb_plot_options *options, const char *path, trb_error *err)
{
    trb_status status = trb_scene_check_path(path, err);
    if (status)
        return status;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    status = trb_plot_groups_scene(panel, n_panels, options, &scene, err);
    if (!status)
        status = trb_scene_write(&scene, options->title, options->dpi, path, err);
    trb_scene_clear(&scene);
    return status;
}

trb_status trb_plot_groups_svg(const trb_plot_panel *panel, size_t n_panels, const trb_plot_options *options,
                               char **text, trb_error *err)
{
    *text = NULL;
    trb_scene scene;
    trb_scene_init(&scene, options ? options->font : NULL);
    trb_status status = trb_plot_groups_scene(panel, n_panels, options, &scene, err);
    if (!status)
        status = trb_scene_svg(&scene, options->title, false, text, err);
    trb_scene_clear(&scene);
    return status;
}
