/* plot_key.c - see plot_key.h. */
#include "present/plot_key.h"

#include "present/plot_number.h"

double trb_plot_heading(trb_scene *scene, const trb_plot_look *look, const char *title, double y)
{
    if (!title || !*title)
        return y;
    char fitting[512];
    const double size = look->text + look->unit;
    trb_plot_shorten(scene, size, true, look->width - 4 * look->unit, title, fitting, sizeof fitting);
    trb_scene_text(scene, TRB_ROLE_TITLE, 2 * look->unit, y + size, TRB_LEFT, size, true, 0, TRB_INK,
                   fitting);
    return y + 2 * size;
}

void trb_plot_letter(trb_scene *scene, const trb_plot_look *look, size_t panel, double x, double y)
{
    if (panel >= 26)
        return;
    const char letter[2] = {(char)('A' + panel), 0};
    trb_scene_text(scene, TRB_ROLE_PLAIN, x, y, TRB_LEFT, look->text + 2 * look->unit, true, 0, TRB_INK,
                   letter);
}

/* From x to x + width, at the height of the middle of the text. */
static void draw_sign(trb_scene *scene, const trb_plot_look *look, trb_key_sign sign, size_t colour, double x,
                      double y, double width)
{
    if (sign == TRB_KEY_BAR) {
        const double height = 0.85 * look->text;
        trb_plot_bar(scene, look, colour, x, y - height / 2, width, height);
        return;
    }
    if (sign != TRB_KEY_MARKER) {
        trb_scene_line(scene, TRB_ROLE_PLAIN, x, y, x + width, y, 2 * look->line,
                       trb_plot_colour(look, colour));
        trb_scene_dash(scene, trb_plot_dash(look, colour));
    }
    if (sign != TRB_KEY_LINE)
        trb_plot_marker(scene, look, colour, x + width / 2, y, 1.25 * look->point);
}

double trb_plot_key(trb_scene *scene, const trb_plot_look *look, trb_key_sign sign, const char *const *name,
                    const size_t *colour, size_t n, double y)
{
    const double unit = look->unit, edge = 2 * unit;
    const double sign_width =
        sign == TRB_KEY_MARKER ? 1.25 * look->point : (sign == TRB_KEY_BAR ? 10 : 18) * unit;
    double x = edge;
    for (size_t i = 0; i < n; i++) {
        char fitting[TRB_PLOT_TEXT];
        trb_plot_shorten(scene, look->text, false, look->width - 40 * unit, name[i], fitting, sizeof fitting);
        const double width = sign_width + 3 * unit + trb_scene_text_width(scene, look->text, false, fitting);
        if (x > edge && x + width > look->width - edge) {
            x = edge;
            y += 1.4 * look->text;
        }
        draw_sign(scene, look, sign, colour ? colour[i] : i, x, y + look->text / 2, sign_width);
        trb_scene_text(scene, TRB_ROLE_GROUP_LABEL, x + sign_width + 3 * unit,
                       y + (1 + TRB_CAPITAL) * look->text / 2, TRB_LEFT, look->text, false, 0, TRB_INK,
                       fitting);
        x += width + 12 * unit;
    }
    return y + 1.8 * look->text;
}
