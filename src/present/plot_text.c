/* plot_text.c - see plot_text.h. */
#include "present/plot_text.h"

#include <stdlib.h>
#include <string.h>

char *trb_plot_text_clean(const char *text)
{
    char *valid = g_utf8_make_valid(text, -1);
    char *mine = strdup(valid); /* so that free() releases it, whatever allocator GLib has */
    g_free(valid);
    if (!mine)
        return NULL;
    for (char *c = mine; *c; c++)
        if ((unsigned char)*c < 0x20 || *c == 0x7f)
            *c = ' ';
    return mine;
}

void trb_plot_text_settings(PangoContext *context)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(context, options);
    cairo_font_options_destroy(options);
    pango_context_set_round_glyph_positions(context, FALSE);
    /* The language of the machine would choose other fonts for shared characters. */
    pango_context_set_language(context, pango_language_from_string("en"));
    pango_context_set_base_dir(context, PANGO_DIRECTION_LTR);
}

PangoLayout *trb_plot_text_line(PangoContext *context, const char *family, double size, bool bold,
                                const char *text)
{
    PangoLayout *line = pango_layout_new(context);
    PangoFontDescription *font = pango_font_description_new();
    char *families = g_strconcat(family, ", " TRB_PLOT_FONT_REST, NULL);
    pango_font_description_set_family(font, families);
    g_free(families);
    pango_font_description_set_absolute_size(font, size * PANGO_SCALE);
    pango_font_description_set_weight(font, bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    pango_layout_set_font_description(line, font);
    pango_font_description_free(font);
    pango_layout_set_single_paragraph_mode(line, TRUE);
    pango_layout_set_text(line, text, -1);
    return line;
}
