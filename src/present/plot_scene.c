/* plot_scene.c - the list of shapes; see plot_scene.h. */
#include "present/plot_scene.h"

#include "present/plot_text.h"

#include <pango/pangocairo.h>
#include <stdlib.h>
#include <string.h>

void trb_scene_init(trb_scene *scene, const char *font)
{
    *scene = (trb_scene){.font = font && *font ? font : TRB_PLOT_FONT};
    PangoContext *context = pango_font_map_create_context(pango_cairo_font_map_get_default());
    trb_plot_text_settings(context);
    scene->text_context = context;
}

void trb_scene_clear(trb_scene *scene)
{
    for (size_t i = 0; i < scene->n_shapes; i++)
        free(scene->shape[i].text);
    free(scene->shape);
    free(scene->corner);
    if (scene->text_context)
        g_object_unref(scene->text_context);
    *scene = (trb_scene){0};
}

trb_paint trb_paint_none(void)
{
    return (trb_paint){false, {0, 0, 0}, 0};
}

trb_paint trb_paint_of(trb_colour colour)
{
    return (trb_paint){true, colour, 1};
}

/* A longer array, or false. Doubling from 64; sizes stay far from overflow, since each element was added by
 * a call. */
static bool make_room(void **array, size_t *room, size_t need, size_t size)
{
    if (need <= *room)
        return true;
    const size_t more = need > 2 * *room ? need + 64 : 2 * *room;
    void *longer = realloc(*array, more * size);
    if (!longer)
        return false;
    *array = longer;
    *room = more;
    return true;
}

static trb_shape *add(trb_scene *scene, trb_shape_kind kind, trb_role role)
{
    void *array = scene->shape;
    if (scene->failed || !make_room(&array, &scene->room_shapes, scene->n_shapes + 1, sizeof *scene->shape)) {
        scene->failed = true;
        return NULL;
    }
    scene->shape = array;
    trb_shape *shape = &scene->shape[scene->n_shapes++];
    *shape = (trb_shape){.kind = kind, .role = role};
    return shape;
}

static bool add_corners(trb_scene *scene, trb_shape *shape, const trb_corner *corner, size_t n)
{
    void *array = scene->corner;
    if (!make_room(&array, &scene->room_corners, scene->n_corners + n, sizeof *scene->corner)) {
        scene->failed = true;
        scene->n_shapes--;
        return false;
    }
    scene->corner = array;
    memcpy(scene->corner + scene->n_corners, corner, n * sizeof *corner);
    shape->first = scene->n_corners;
    shape->n = n;
    scene->n_corners += n;
    return true;
}

void trb_scene_line(trb_scene *scene, trb_role role, double x1, double y1, double x2, double y2,
                    double line_width, trb_colour colour)
{
    const trb_corner ends[2] = {{x1, y1}, {x2, y2}};
    trb_scene_polygon(scene, role, ends, 2, false, trb_paint_none(), trb_paint_of(colour), line_width);
}

void trb_scene_polygon(trb_scene *scene, trb_role role, const trb_corner *corner, size_t n, bool closed,
                       trb_paint fill, trb_paint stroke, double line_width)
{
    if (n < 2)
        return;
    trb_shape *shape = add(scene, closed || fill.on ? TRB_SHAPE_POLYGON : TRB_SHAPE_LINE, role);
    if (!shape || !add_corners(scene, shape, corner, n))
        return;
    shape->fill = fill;
    shape->stroke = stroke;
    shape->line_width = line_width;
}

void trb_scene_rect(trb_scene *scene, trb_role role, double x, double y, double width, double height,
                    trb_paint fill, trb_paint stroke, double line_width)
{
    const trb_corner corner[4] = {{x, y}, {x + width, y}, {x + width, y + height}, {x, y + height}};
    trb_scene_polygon(scene, role, corner, 4, true, fill, stroke, line_width);
}

void trb_scene_circle(trb_scene *scene, trb_role role, double x, double y, double radius, trb_paint fill,
                      trb_paint stroke, double line_width)
{
    trb_shape *shape = add(scene, TRB_SHAPE_CIRCLE, role);
    if (!shape)
        return;
    shape->x = x;
    shape->y = y;
    shape->radius = radius;
    shape->fill = fill;
    shape->stroke = stroke;
    shape->line_width = line_width;
}

void trb_scene_text(trb_scene *scene, trb_role role, double x, double y, trb_anchor anchor, double size,
                    bool bold, double angle_deg, trb_colour colour, const char *text)
{
    if (!text || !*text)
        return;
    trb_shape *shape = add(scene, TRB_SHAPE_TEXT, role);
    if (!shape)
        return;
    shape->text = trb_plot_text_clean(text);
    if (!shape->text) {
        scene->failed = true;
        scene->n_shapes--;
        return;
    }
    shape->x = x;
    shape->y = y;
    shape->anchor = anchor;
    shape->size = size;
    shape->bold = bold;
    shape->angle_deg = angle_deg;
    shape->fill = trb_paint_of(colour);
}

void trb_scene_dash(trb_scene *scene, double dash)
{
    if (!scene->failed && scene->n_shapes > 0)
        scene->shape[scene->n_shapes - 1].dash = dash;
}

double trb_scene_text_width(trb_scene *scene, double size, bool bold, const char *text)
{
    char *clean = trb_plot_text_clean(text);
    if (!clean) {
        scene->failed = true;
        return 0;
    }
    PangoLayout *line = trb_plot_text_line(scene->text_context, scene->font, size, bold, clean);
    PangoRectangle box;
    pango_layout_get_extents(line, NULL, &box);
    g_object_unref(line);
    free(clean);
    return (double)box.width / PANGO_SCALE;
}
