/* plot_look.c - see plot_look.h. */
#include "present/plot_look.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Okabe and Ito's colours, those that differ most in brightness first. */
static const trb_colour COLOUR[8] = {{0.000, 0.447, 0.698}, {0.835, 0.369, 0.000}, {0.902, 0.624, 0.000},
                                     {0.000, 0.620, 0.451}, {0.800, 0.475, 0.655}, {0.337, 0.706, 0.914},
                                     {0.941, 0.894, 0.259}, {0.200, 0.200, 0.200}};

typedef enum hatch { PLAIN, RISING, FALLING, CROSSED, LEVEL } hatch;

/* Without colour: greys far apart, hatches between. */
static const struct {
    double grey;
    hatch hatch;
} GREY[8] = {{1.0, PLAIN},   {0.50, PLAIN}, {1.0, RISING},  {0.80, PLAIN},
             {1.0, CROSSED}, {0.65, PLAIN}, {1.0, FALLING}, {1.0, LEVEL}};

trb_plot_options trb_plot_options_default(trb_plot_style style)
{
    const bool slide = style == TRB_PLOT_SLIDE;
    return (trb_plot_options){.style = style,
                              .width_mm = slide ? 254 : 174,
                              .spread = TRB_PLOT_SD,
                              .conf_level = 0.95,
                              .kind = TRB_PLOT_BAR,
                              .dpi = slide ? 150 : 300};
}

trb_status trb_plot_options_check(const trb_plot_options *options, trb_error *err)
{
    if (!(options->width_mm >= 40 && options->width_mm <= 1000))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a figure is 40 to 1000 mm wide, not %g",
                             options->width_mm);
    if (!(options->dpi >= 30 && options->dpi <= 1200))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the resolution is 30 to 1200 dpi, not %g", options->dpi);
    if ((unsigned)options->style > TRB_PLOT_MONO || (unsigned)options->spread > TRB_PLOT_CI ||
        (unsigned)options->kind > TRB_PLOT_BOX)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "no such style, spread or kind of figure");
    return TRB_OK;
}

trb_plot_look trb_plot_look_of(const trb_plot_options *options)
{
    const double unit = options->style == TRB_PLOT_SLIDE ? 2 : 1;
    return (trb_plot_look){.mono = options->style == TRB_PLOT_MONO,
                           .width = options->width_mm * 72 / 25.4,
                           .text = 7 * unit,
                           .small = 6 * unit,
                           .line = 0.6 * unit,
                           .thin = 0.35 * unit,
                           .point = 3.0 * unit,
                           .unit = unit};
}

trb_colour trb_plot_colour(const trb_plot_look *look, size_t index)
{
    static const double INK_GREY[4] = {0.10, 0.45, 0.60, 0.30};
    if (!look->mono)
        return COLOUR[index % 8];
    const double grey = INK_GREY[index % 4];
    return (trb_colour){grey, grey, grey};
}

trb_colour trb_plot_tint(const trb_plot_look *look, size_t index)
{
    const double keep = look->mono ? 0.35 : 0.45;
    const trb_colour strong = trb_plot_colour(look, index);
    return (trb_colour){1 - keep * (1 - strong.red), 1 - keep * (1 - strong.green),
                        1 - keep * (1 - strong.blue)};
}

double trb_plot_dash(const trb_plot_look *look, size_t index)
{
    static const double DASH[4] = {0, 3, 1.2, 6};
    return look->mono ? DASH[index % 4] * look->unit : 0;
}

/* Lines x + y = t of the box, or their mirror images; drawn one by one, so that no format needs a pattern
 * or a clip. */
static void slanted_lines(trb_scene *scene, const trb_plot_look *look, bool rising, double x, double y,
                          double width, double height)
{
    const double step = 3.2 * look->unit;
    for (double t = step / 2; t < width + height; t += step) {
        const double x1 = fmax(0, t - height), x2 = fmin(width, t);
        const double left = rising ? x + x1 : x + width - x1, right = rising ? x + x2 : x + width - x2;
        trb_scene_line(scene, TRB_ROLE_PLAIN, left, y + t - x1, right, y + t - x2, look->thin, TRB_INK);
    }
}

static void hatching(trb_scene *scene, const trb_plot_look *look, hatch kind, double x, double y,
                     double width, double height)
{
    if (kind == RISING || kind == CROSSED)
        slanted_lines(scene, look, true, x, y, width, height);
    if (kind == FALLING || kind == CROSSED)
        slanted_lines(scene, look, false, x, y, width, height);
    for (double at = 1.2 * look->unit; kind == LEVEL && at < height; at += 2.4 * look->unit)
        trb_scene_line(scene, TRB_ROLE_PLAIN, x, y + height - at, x + width, y + height - at, look->thin,
                       TRB_INK);
}

void trb_plot_bar(trb_scene *scene, const trb_plot_look *look, size_t index, double x, double y, double width,
                  double height)
{
    if (!look->mono) {
        trb_scene_rect(scene, TRB_ROLE_BAR, x, y, width, height, trb_paint_of(trb_plot_tint(look, index)),
                       trb_paint_of(trb_plot_colour(look, index)), look->line);
        return;
    }
    const double grey = GREY[index % 8].grey;
    trb_scene_rect(scene, TRB_ROLE_BAR, x, y, width, height, trb_paint_of((trb_colour){grey, grey, grey}),
                   trb_paint_none(), 0);
    hatching(scene, look, GREY[index % 8].hatch, x, y, width, height);
    trb_scene_rect(scene, TRB_ROLE_PLAIN, x, y, width, height, trb_paint_none(), trb_paint_of(TRB_INK),
                   look->line);
}

/* Corners of a marker in a circle of radius 1; shape 0 is the circle itself. */
static const trb_corner SHAPE[4][4] = {
    {{-0.7071, -0.7071}, {0.7071, -0.7071}, {0.7071, 0.7071}, {-0.7071, 0.7071}},
    {{0, -1}, {0.8660, 0.5}, {-0.8660, 0.5}, {0, -1}},
    {{0, -1}, {1, 0}, {0, 1}, {-1, 0}},
    {{0, 1}, {0.8660, -0.5}, {-0.8660, -0.5}, {0, 1}}};
static const size_t SHAPE_CORNERS[4] = {4, 3, 4, 3};

void trb_plot_marker(trb_scene *scene, const trb_plot_look *look, size_t index, double x, double y,
                     double diameter)
{
    const double thin = fmin(look->thin, diameter / 6), radius = diameter / 2;
    const size_t shape = look->mono ? index % 5 : 0;
    const trb_colour white = {1, 1, 1};
    trb_paint fill = trb_paint_of(trb_plot_colour(look, index));
    if (look->mono)
        fill = trb_paint_of(index % 10 < 5 ? white : TRB_INK);
    if (shape == 0) {
        trb_scene_circle(scene, TRB_ROLE_POINT, x, y, radius, fill, trb_paint_of(TRB_INK), thin);
        return;
    }
    trb_corner corner[4];
    const size_t n = SHAPE_CORNERS[shape - 1];
    for (size_t i = 0; i < n; i++) {
        corner[i].x = x + (radius - thin / 2) * SHAPE[shape - 1][i].x;
        corner[i].y = y + (radius - thin / 2) * SHAPE[shape - 1][i].y;
    }
    trb_scene_polygon(scene, TRB_ROLE_POINT, corner, n, true, fill, trb_paint_of(TRB_INK), thin);
    if (!scene->failed) {
        trb_shape *last = &scene->shape[scene->n_shapes - 1];
        last->x = x;
        last->y = y;
        last->radius = radius;
    }
}

/* Bytes of the text that begins `keep` characters before its end. */
static const char *last_characters(const char *text, size_t keep)
{
    const char *at = text + strlen(text);
    while (keep > 0 && at > text) {
        at--;
        if (((unsigned char)*at & 0xc0) != 0x80)
            keep--;
    }
    return at;
}

static size_t characters(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += ((unsigned char)*text & 0xc0) != 0x80;
    return n;
}

/* The middle goes: names of groups often begin alike, and end in what tells them apart. */
void trb_plot_shorten(trb_scene *scene, double size, bool bold, double most_width, const char *text,
                      char *out, size_t bytes)
{
    snprintf(out, bytes, "%s", text);
    const size_t n = characters(text);
    for (size_t keep = n; keep > 2 && trb_scene_text_width(scene, size, bold, out) > most_width; keep--) {
        const size_t at_end = keep / 2, at_start = keep - at_end - 1;
        const char *end = last_characters(text, at_end);
        const char *start_end = last_characters(text, n - at_start);
        snprintf(out, bytes, "%.*s…%s", (int)(start_end - text), text, end);
    }
}
