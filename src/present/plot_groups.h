/* plot_groups.h - the shapes of a figure of groups, for tests to look at. */
#ifndef TRB_PLOT_GROUPS_H
#define TRB_PLOT_GROUPS_H

#include "present/plot_scene.h"
#include "trabecula/plot.h"

/** Input is checked; shapes and size are put into an empty scene. */
trb_status trb_plot_groups_scene(const trb_plot_panel *panel, size_t n_panels,
                                 const trb_plot_options *options, trb_scene *scene, trb_error *err);

#endif
