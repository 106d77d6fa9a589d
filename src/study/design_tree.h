/*
 * design_tree.h - the numbers of a statistic as a JSON object, written without a check at every line.
 *
 * A call that fails (no memory, a name that is not UTF-8) is remembered; trb_tree_finish() says so once. A number
 * that is not finite becomes null: NaN never enters a result.
 */
#ifndef TRB_DESIGN_TREE_H
#define TRB_DESIGN_TREE_H

#include "trabecula/status.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** A place in a tree. Copied by value; valid until trb_tree_finish(). */
typedef struct trb_tree {
    json_t *object; /* borrowed from its parent; NULL after a failure */
    bool *failed;   /* shared by the whole tree */
} trb_tree;

/** A new root; *failed is set to whether it could be made. */
trb_tree trb_tree_start(bool *failed);
/** An empty object below a place. */
trb_tree trb_tree_child(trb_tree at, const char *key);
/** The same; the key is formatted as by printf: "%s - %s". */
trb_tree trb_tree_childf(trb_tree at, const char *format, ...) TRB_PRINTF(2, 3);
void trb_tree_number(trb_tree at, const char *key, double value);
/** {F, df1, df2, p}: p of the upper tail is computed here. */
void trb_tree_f(trb_tree at, double f, double df1, double df2);
void trb_tree_count(trb_tree at, const char *key, size_t count);
void trb_tree_flag(trb_tree at, const char *key, bool flag);
void trb_tree_text(trb_tree at, const char *key, const char *text);
/** Why something is null: key `note`. */
void trb_tree_note(trb_tree at, const char *why);
/** An array of numbers. */
void trb_tree_numbers(trb_tree at, const char *key, const double *value, size_t n);
/** Hangs a finished tree below a place; the value is yours no longer. */
void trb_tree_take(trb_tree at, const char *key, json_t *value);
/**
 * Hands the root over in *out, or releases it and leaves NULL when anything failed or status is not TRB_OK (which
 * is then returned as it is).
 */
trb_status trb_tree_finish(trb_tree root, trb_status status, json_t **out, trb_error *err);

#endif
