/*
 * plot_scene.h - a drawing as a list of shapes, and the list as SVG, PDF or PNG.
 *
 * Layout code adds shapes; a renderer walks them. So one drawing code serves every format, and tests can
 * look at the geometry itself. PDF and PNG go through cairo and pango. SVG is written here: cairo would
 * turn text into outlines with numbered ids, which nobody can edit in a drawing program, search or hear,
 * and which clash when a page holds two figures.
 *
 * Lengths are in points (1/72 inch), y down. Failure to get memory is kept in the scene and reported once, by
 * trb_scene_write() or trb_scene_svg().
 */
#ifndef TRB_PLOT_SCENE_H
#define TRB_PLOT_SCENE_H

#include "present/colour.h"
#include "trabecula/status.h"

#include <stdbool.h>
#include <stddef.h>

typedef enum trb_shape_kind {
    TRB_SHAPE_LINE,
    TRB_SHAPE_POLYGON,
    TRB_SHAPE_CIRCLE,
    TRB_SHAPE_TEXT
} trb_shape_kind;

/** What a shape stands for: tests ask for it, and nothing else does. */
typedef enum trb_role {
    TRB_ROLE_PLAIN,
    TRB_ROLE_AXIS,
    TRB_ROLE_TICK_LABEL,
    TRB_ROLE_BAR,
    TRB_ROLE_WHISKER,
    TRB_ROLE_POINT, /* x, y is the centre, radius the half of its diameter with the outline */
    TRB_ROLE_BRACKET,
    TRB_ROLE_BRACKET_TEXT,
    TRB_ROLE_GROUP_LABEL,
    TRB_ROLE_TITLE
} trb_role;

typedef struct trb_paint {
    bool on;
    trb_colour colour;
    double alpha; /* 1: nothing shines through */
} trb_paint;

typedef struct trb_shape {
    trb_shape_kind kind;
    trb_role role;
    trb_paint fill, stroke;
    double line_width, dash; /* dash 0: solid */
    size_t first, n;         /* LINE, POLYGON: corners in scene.corner */
    double x, y;             /* CIRCLE: centre; TEXT: where the anchor of the baseline lies */
    double radius;           /* CIRCLE; for a POINT of any kind also its half diameter */
    double size, angle_deg;  /* TEXT; anticlockwise, about x, y */
    bool bold;
    trb_anchor anchor;
    char *text; /* owned; valid UTF-8 without control characters */
} trb_shape;

typedef struct trb_corner {
    double x, y;
} trb_corner;

typedef struct trb_scene {
    double width, height;
    const char *font; /* family */
    size_t n_shapes, room_shapes;
    trb_shape *shape;
    size_t n_corners, room_corners;
    trb_corner *corner;
    void *text_context; /* PangoContext that measures */
    bool failed;
} trb_scene;

/** font: NULL for the default. The string must outlive the scene. */
void trb_scene_init(trb_scene *scene, const char *font);
void trb_scene_clear(trb_scene *scene);

trb_paint trb_paint_none(void);
trb_paint trb_paint_of(trb_colour colour);

void trb_scene_line(trb_scene *scene, trb_role role, double x1, double y1, double x2, double y2,
                    double line_width, trb_colour colour);
/** n corners joined; closed when it has a fill or `closed`. */
void trb_scene_polygon(trb_scene *scene, trb_role role, const trb_corner *corner, size_t n, bool closed,
                       trb_paint fill, trb_paint stroke, double line_width);
void trb_scene_rect(trb_scene *scene, trb_role role, double x, double y, double width, double height,
                    trb_paint fill, trb_paint stroke, double line_width);
void trb_scene_circle(trb_scene *scene, trb_role role, double x, double y, double radius, trb_paint fill,
                      trb_paint stroke, double line_width);
void trb_scene_text(trb_scene *scene, trb_role role, double x, double y, trb_anchor anchor, double size,
                    bool bold, double angle_deg, trb_colour colour, const char *text);

/** The last shape added gets this dash (and gap) length. */
void trb_scene_dash(trb_scene *scene, double dash);

/** Width of a line of text as it will be drawn. */
double trb_scene_text_width(trb_scene *scene, double size, bool bold, const char *text);

/** Height of capitals and digits, and how far letters reach below the line, as fractions of the size. */
#define TRB_CAPITAL 0.72
#define TRB_DESCENT 0.21

/** title: what a screen reader says; may be NULL. *text is the caller's. */
trb_status trb_scene_svg(const trb_scene *scene, const char *title, bool declaration, char **text,
                         trb_error *err);

/** By the ending of path: .svg, .pdf, .png. */
trb_status trb_scene_write(const trb_scene *scene, const char *title, double dpi, const char *path,
                           trb_error *err);

/** TRB_ERR_ARGUMENT unless path has one of the endings. */
trb_status trb_scene_check_path(const char *path, trb_error *err);

#endif
