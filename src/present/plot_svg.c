/* plot_svg.c - a scene as SVG text: text stays text, and there are no ids, so that one page may hold many
 * figures. */
#include "present/plot_scene.h"

#include "present/plot_number.h"
#include "present/plot_text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The text so far. stream: open_memstream, which grows and reports failure when it is closed. */
typedef struct svg {
    FILE *out;
    const trb_scene *scene;
} svg;

/* A length in points with the fewest digits, to a thousandth (a third of a micrometre in print). */
static void number(svg *s, const char *before, double value, const char *after)
{
    char text[40];
    trb_plot_fixed(value, 3, "-", text, sizeof text);
    if (strchr(text, '.')) {
        size_t end = strlen(text);
        while (text[end - 1] == '0')
            end--;
        if (text[end - 1] == '.')
            end--;
        text[end] = 0;
    }
    fprintf(s->out, "%s%s%s", before, text, after);
}

static void escaped(svg *s, const char *text)
{
    for (const char *c = text; *c; c++) {
        switch (*c) {
        case '&': fputs("&amp;", s->out); break;
        case '<': fputs("&lt;", s->out); break;
        case '>': fputs("&gt;", s->out); break;
        case '"': fputs("&quot;", s->out); break;
        default: fputc(*c, s->out);
        }
    }
}

static int channel(double value)
{
    return (int)lround(255 * value);
}

static void colour(svg *s, const char *what, trb_paint paint)
{
    if (paint.on)
        fprintf(s->out, " %s=\"#%02x%02x%02x\"", what, channel(paint.colour.red), channel(paint.colour.green),
                channel(paint.colour.blue));
    else
        fprintf(s->out, " %s=\"none\"", what);
}

static void paints(svg *s, const trb_shape *shape)
{
    colour(s, "fill", shape->fill);
    if (shape->fill.on && shape->fill.alpha < 1)
        number(s, " fill-opacity=\"", shape->fill.alpha, "\"");
    if (!shape->stroke.on)
        return;
    colour(s, "stroke", shape->stroke);
    number(s, " stroke-width=\"", shape->line_width, "\"");
    if (shape->dash > 0)
        number(s, " stroke-dasharray=\"", shape->dash, "\"");
}

static void outline(svg *s, const trb_shape *shape)
{
    fputs("<path d=\"", s->out);
    for (size_t i = 0; i < shape->n; i++) {
        const trb_corner at = s->scene->corner[shape->first + i];
        number(s, i == 0 ? "M" : "L", at.x, " ");
        number(s, "", at.y, "");
    }
    fputs(shape->kind == TRB_SHAPE_POLYGON ? "Z\"" : "\"", s->out);
    paints(s, shape);
    fputs("/>\n", s->out);
}

static void circle(svg *s, const trb_shape *shape)
{
    const double inside = shape->stroke.on ? shape->radius - shape->line_width / 2 : shape->radius;
    number(s, "<circle cx=\"", shape->x, "\"");
    number(s, " cy=\"", shape->y, "\"");
    number(s, " r=\"", inside, "\"");
    paints(s, shape);
    fputs("/>\n", s->out);
}

static void words(svg *s, const trb_shape *shape)
{
    static const char *const ANCHOR[3] = {"start", "middle", "end"};
    number(s, "<text x=\"", shape->x, "\"");
    number(s, " y=\"", shape->y, "\"");
    number(s, " font-size=\"", shape->size, "\"");
    if (shape->bold)
        fputs(" font-weight=\"bold\"", s->out);
    if (shape->anchor != TRB_LEFT)
        fprintf(s->out, " text-anchor=\"%s\"", ANCHOR[shape->anchor]);
    if (shape->angle_deg != 0) {
        number(s, " transform=\"rotate(", -shape->angle_deg, " ");
        number(s, "", shape->x, " ");
        number(s, "", shape->y, ")\"");
    }
    colour(s, "fill", shape->fill);
    fputc('>', s->out);
    escaped(s, shape->text);
    fputs("</text>\n", s->out);
}

static void head(svg *s, const char *title, bool declaration)
{
    if (declaration)
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n", s->out);
    fputs("<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\"", s->out);
    number(s, " width=\"", s->scene->width * 25.4 / 72, "mm\"");
    number(s, " height=\"", s->scene->height * 25.4 / 72, "mm\"");
    number(s, " viewBox=\"0 0 ", s->scene->width, "");
    number(s, " ", s->scene->height, "\"");
    if (!declaration) /* in a page: never wider than the screen */
        fputs(" style=\"max-width:100%;height:auto\"", s->out);
    fputs(" font-family=\"", s->out);
    char *family = trb_plot_text_clean(s->scene->font);
    if (family && strcmp(family, TRB_PLOT_FONT) != 0) {
        escaped(s, family);
        fputs(", ", s->out);
    }
    free(family);
    fputs("Liberation Sans, Arial, Helvetica, sans-serif\" stroke-linejoin=\"miter\">\n", s->out);
    if (title && *title) {
        char *clean = trb_plot_text_clean(title);
        fputs("<title>", s->out);
        escaped(s, clean ? clean : "");
        fputs("</title>\n", s->out);
        free(clean);
    }
    number(s, "<rect width=\"", s->scene->width, "\"");
    number(s, " height=\"", s->scene->height, "\" fill=\"#fff\"/>\n");
}

trb_status trb_scene_svg(const trb_scene *scene, const char *title, bool declaration, char **text,
                         trb_error *err)
{
    *text = NULL;
    char *bytes = NULL;
    size_t size = 0;
    svg s = {scene->failed ? NULL : open_memstream(&bytes, &size), scene};
    if (!s.out)
        return trb_error_set(err, TRB_ERR_MEMORY, "figure: out of memory");
    head(&s, title, declaration);
    for (size_t i = 0; i < scene->n_shapes; i++) {
        const trb_shape *shape = &scene->shape[i];
        if (shape->kind == TRB_SHAPE_CIRCLE)
            circle(&s, shape);
        else if (shape->kind == TRB_SHAPE_TEXT)
            words(&s, shape);
        else
            outline(&s, shape);
    }
    fputs("</svg>\n", s.out);
    const bool complete = !ferror(s.out);
    if (fclose(s.out) != 0 || !complete) {
        free(bytes);
        return trb_error_set(err, TRB_ERR_MEMORY, "figure: out of memory");
    }
    *text = bytes;
    return TRB_OK;
}
