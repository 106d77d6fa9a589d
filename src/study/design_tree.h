/* design_tree.h - what the designs write into a tree of results beyond stat_node.h. */
#ifndef TRB_DESIGN_TREE_H
#define TRB_DESIGN_TREE_H

#include "study/stat_node.h"
#include "trabecula/status.h"

#include <jansson.h>
#include <stddef.h>

/** A new object; the key is formatted as by printf: "%s - %s". */
trb_node trb_node_childf(trb_node node, const char *format, ...) TRB_PRINTF(2, 3);

/** {F, df1, df2, p}: p of the upper tail is computed here. */
void trb_node_f(trb_node node, double f, double df1, double df2);

/** An array of numbers. */
void trb_node_reals(trb_node node, const char *key, const double *value, size_t n);

/** Hangs a finished value below a node; it is yours no longer. */
void trb_node_take(trb_node node, const char *key, json_t *value);

/**
 * Hands the root over in *out, or releases it and leaves NULL when anything failed or status is not TRB_OK
 * (which is then returned as it is).
 */
trb_status trb_node_finish(trb_node root, trb_status status, json_t **out, trb_error *err);

#endif
