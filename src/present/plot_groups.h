/* plot_groups.h - the shapes of a figure of groups, for tests to look at. */
#ifndef TRB_PLOT_GROUPS_H
#define TRB_PLOT_GROUPS_H

#include "present/plot_scene.h"
#include "trabecula/plot.h"

/** Input is checked; shapes and size are put into an empty scene. */
trb_status trb_plot_groups_scene(const trb_plot_panel *panel, size_t n_panels,
                                 const trb_plot_options *options, trb_scene *scene, trb_error *err);

/** TRB_ERR_ARGUMENT says what cannot be drawn. */
trb_status trb_plot_groups_check(const trb_plot_panel *panel, size_t n, const trb_plot_options *options,
                                 trb_error *err);

/** Is a bracket drawn, as far as its p and the options go? */
bool trb_plot_bracket_shown(const trb_plot_bracket *bracket, const trb_plot_options *options);

#endif
