/* plot_labels.c - see plot_labels.h. */
#include "present/plot_labels.h"

#include "present/plot_number.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MOST_LINES = 3 };
#define LEADING 1.12 /* from line to line, in sizes */
#define RADIANS (3.14159265358979323846 / 180)

/* A name in lines. Breaks come after spaces, '+', '/', '_' and '-'. */
typedef struct lines {
    size_t n;
    char text[MOST_LINES][TRB_PLOT_TEXT];
    bool fits;
} lines;

static bool breaks_after(char c)
{
    return c != 0 && strchr(" +/_-", c) != NULL;
}

/* The longest start of text, ending at a break, that is no wider than `most`; 0 when there is none. */
static size_t longest_start(trb_scene *scene, double size, double most, const char *text)
{
    char part[TRB_PLOT_TEXT];
    size_t best = 0;
    const size_t n = strlen(text);
    for (size_t i = 1; i <= n && i < sizeof part; i++) {
        if (i < n && !breaks_after(text[i - 1]))
            continue;
        memcpy(part, text, i);
        part[i] = 0;
        while (i > 1 && part[strlen(part) - 1] == ' ')
            part[strlen(part) - 1] = 0;
        if (trb_scene_text_width(scene, size, false, part) <= most)
            best = i;
    }
    return best;
}

static lines break_name(trb_scene *scene, double size, double most, const char *name)
{
    lines out = {0, {{0}}, true};
    while (*name == ' ')
        name++;
    while (*name) {
        const size_t n = out.n < MOST_LINES ? longest_start(scene, size, most, name) : 0;
        if (n == 0) {
            out.fits = false;
            return out;
        }
        snprintf(out.text[out.n++], TRB_PLOT_TEXT, "%.*s", (int)n, name);
        name += n;
        while (*name == ' ')
            name++;
    }
    return out;
}

static void count_text(const trb_plot_column *column, char *out, size_t bytes)
{
    snprintf(out, bytes, "n = %zu", column->n);
}

/* "OVX+EV (8)" on one line, short enough. */
static void one_line(const trb_plot_labels *labels, trb_scene *scene, const trb_plot_column *column,
                     char *out)
{
    char count[40], name[TRB_PLOT_TEXT - 40];
    snprintf(count, sizeof count, " (%zu)", column->n);
    const double room = labels->most_width - trb_scene_text_width(scene, labels->size, false, count);
    trb_plot_shorten(scene, labels->size, false, room, column->group->name, name, sizeof name);
    snprintf(out, TRB_PLOT_TEXT, "%s%s", name, count);
}

/* Lines of the tallest name; 0 when one does not fit. */
static size_t flat_lines(const trb_plot_cell *cell, size_t n_cells, trb_scene *scene,
                         const trb_plot_look *look, const trb_plot_frame *frame)
{
    size_t most = 1;
    for (size_t c = 0; c < n_cells; c++) {
        const double pitch = frame->plot_width / (double)cell[c].panel->n_groups;
        for (size_t i = 0; i < cell[c].panel->n_groups; i++) {
            const trb_plot_column *column = &cell[c].column[i];
            char count[40];
            count_text(column, count, sizeof count);
            const double room = pitch - 2 * look->unit;
            const lines name = break_name(scene, look->text, room, column->group->name);
            if (!name.fits || trb_scene_text_width(scene, look->small, false, count) > room)
                return 0;
            most = name.n > most ? name.n : most;
        }
    }
    return most;
}

/* Over all cells: the widest label on one line, and the least distance of columns. */
static void widest_label(const trb_plot_labels *labels, const trb_plot_cell *cell, size_t n_cells,
                         trb_scene *scene, const trb_plot_frame *frame, double *widest, double *pitch)
{
    *widest = 0;
    *pitch = frame->plot_width;
    for (size_t c = 0; c < n_cells; c++) {
        *pitch = fmin(*pitch, frame->plot_width / (double)cell[c].panel->n_groups);
        for (size_t i = 0; i < cell[c].panel->n_groups; i++) {
            char text[TRB_PLOT_TEXT];
            one_line(labels, scene, &cell[c].column[i], text);
            *widest = fmax(*widest, trb_scene_text_width(scene, labels->size, false, text));
        }
    }
}

static void choose_upright(trb_plot_labels *labels, const trb_plot_look *look, double pitch)
{
    const double least = 4.5 * look->unit;
    labels->way = TRB_LABEL_UPRIGHT;
    labels->angle_deg = 90;
    labels->size = fmin(look->text, fmax(least, pitch / 1.05));
    while ((double)labels->every * pitch < 1.02 * labels->size)
        labels->every++;
}

trb_plot_labels trb_plot_labels_choose(const trb_plot_cell *cell, size_t n_cells, size_t n_names,
                                       trb_scene *scene, const trb_plot_look *look,
                                       const trb_plot_frame *frame)
{
    trb_plot_labels labels = {TRB_LABEL_FLAT, look->text, 0, 110 * look->unit, 1, 0};
    const size_t n_lines = flat_lines(cell, n_cells, scene, look, frame);
    if (n_lines > 0) {
        labels.height =
            2 * look->unit + (double)n_lines * LEADING * look->text + LEADING * look->small + look->unit;
        return labels;
    }
    double widest, pitch;
    widest_label(&labels, cell, n_cells, scene, frame, &widest, &pitch);
    labels.way = TRB_LABEL_SLANTED;
    for (labels.angle_deg = 45; labels.angle_deg < 75; labels.angle_deg += 15) {
        /* The first label reaches left, under the axis; neighbours are this far apart across the text. */
        const double reach = widest * cos(labels.angle_deg * RADIANS);
        const bool room = reach <= frame->axis_room + pitch / 2;
        if (room && pitch * sin(labels.angle_deg * RADIANS) >= 1.05 * labels.size)
            break;
    }
    if (labels.angle_deg >= 75 && n_names <= TRB_LABEL_MOST_IN_KEY) {
        labels.way = TRB_LABEL_KEY;
        labels.height = 2 * look->unit + LEADING * look->small + look->unit;
        return labels;
    }
    if (labels.angle_deg >= 75) {
        choose_upright(&labels, look, pitch);
        widest_label(&labels, cell, n_cells, scene, frame, &widest, &pitch);
    }
    labels.height = 4 * look->unit + widest * sin(labels.angle_deg * RADIANS) + labels.size * 0.8;
    return labels;
}

static void draw_flat(const trb_plot_column *column, trb_scene *scene, const trb_plot_look *look, double room,
                      size_t most_lines, double x, double y)
{
    const lines name = break_name(scene, look->text, room, column->group->name);
    for (size_t i = 0; i < name.n; i++)
        trb_scene_text(scene, TRB_ROLE_GROUP_LABEL, x, y + (double)i * LEADING * look->text, TRB_CENTRE,
                       look->text, false, 0, TRB_INK, name.text[i]);
    char count[40];
    count_text(column, count, sizeof count);
    const double below = y + ((double)most_lines - 1) * LEADING * look->text + LEADING * look->small;
    trb_scene_text(scene, TRB_ROLE_GROUP_LABEL, x, below, TRB_CENTRE, look->small, false, 0, TRB_FAINT,
                   count);
}

/* "n = 8", or "8" where columns are narrow. */
static void draw_count(const trb_plot_column *column, trb_scene *scene, const trb_plot_look *look,
                       double room, double x, double y)
{
    char count[40];
    count_text(column, count, sizeof count);
    const bool wide = trb_scene_text_width(scene, look->small, false, count) <= room;
    trb_scene_text(scene, TRB_ROLE_GROUP_LABEL, x, y, TRB_CENTRE, look->small, false, 0, TRB_FAINT,
                   wide ? count : strrchr(count, ' ') + 1);
}

void trb_plot_labels_draw(const trb_plot_labels *labels, const trb_plot_cell *cell, trb_scene *scene,
                          const trb_plot_look *look, const trb_plot_frame *frame, double left, double bottom)
{
    const size_t n = cell->panel->n_groups, most_lines = flat_lines(cell, 1, scene, look, frame);
    for (size_t i = 0; i < n; i += labels->every) {
        const double x = left + trb_plot_cell_centre(frame, n, i);
        if (labels->way == TRB_LABEL_FLAT) {
            draw_flat(&cell->column[i], scene, look, frame->plot_width / (double)n - 2 * look->unit,
                      most_lines, x, bottom + 2 * look->unit + 0.85 * look->text);
            continue;
        }
        if (labels->way == TRB_LABEL_KEY) {
            draw_count(&cell->column[i], scene, look, frame->plot_width / (double)n - look->unit, x,
                       bottom + 2 * look->unit + 0.85 * look->small);
            continue;
        }
        char text[TRB_PLOT_TEXT];
        one_line(labels, scene, &cell->column[i], text);
        /* The end of the text stands under the column: half a capital beside its baseline. */
        const double half = TRB_CAPITAL * labels->size / 2;
        trb_scene_text(scene, TRB_ROLE_GROUP_LABEL, x + half * sin(labels->angle_deg * RADIANS),
                       bottom + 3 * look->unit + half * cos(labels->angle_deg * RADIANS), TRB_RIGHT,
                       labels->size, false, labels->angle_deg, TRB_INK, text);
    }
}
