/* plot_text.h - lines of text by pango, measured and drawn alike in every format. */
#ifndef TRB_PLOT_TEXT_H
#define TRB_PLOT_TEXT_H

#include <pango/pangocairo.h>
#include <stdbool.h>

/** Families in order of preference; the first three share their widths. */
#define TRB_PLOT_FONT "Liberation Sans"
#define TRB_PLOT_FONT_REST "Liberation Sans, Arial, Helvetica, DejaVu Sans, sans"

/** Valid UTF-8 on one line: bad bytes replaced, control characters made spaces. NULL without memory;
 * free(). */
char *trb_plot_text_clean(const char *text);

/** No hinting, and sizes in points: widths then do not depend on the resolution. */
void trb_plot_text_settings(PangoContext *context);

/** One line; g_object_unref(). */
PangoLayout *trb_plot_text_line(PangoContext *context, const char *family, double size, bool bold,
                                const char *text);

#endif
