/* plot_key.h - what stands around panels: heading, panel letters, key of the series. */
#ifndef TRB_PLOT_KEY_H
#define TRB_PLOT_KEY_H

#include "present/plot_look.h"

/** The title of the figure, from y down; nothing for NULL or "". Returns where it ends. */
double trb_plot_heading(trb_scene *scene, const trb_plot_look *look, const char *title, double y);

/** A, B, ... with the baseline at y; nothing from the 27th panel on. */
void trb_plot_letter(trb_scene *scene, const trb_plot_look *look, size_t panel, double x, double y);

typedef enum trb_key_sign { TRB_KEY_MARKER, TRB_KEY_BAR, TRB_KEY_LINE, TRB_KEY_LINE_AND_MARKER } trb_key_sign;

/** Sign and name of each series, as many in a line as fit. colour may be NULL: 0, 1, 2. Returns where it
 * ends. */
double trb_plot_key(trb_scene *scene, const trb_plot_look *look, trb_key_sign sign, const char *const *name,
                    const size_t *colour, size_t n, double y);

#endif
