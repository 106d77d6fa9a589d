/*
 * stat_node.h - writing the tree of results.
 *
 * A node is an object of the tree and the tree's one failure flag. Functions that compute put their numbers
 * into a node and return nothing; whoever began the tree looks at the flag once, at its end. A number that is
 * not finite becomes null: JSON knows no NaN, and a reader must never take one for a result.
 */
#ifndef TRB_STAT_NODE_H
#define TRB_STAT_NODE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** Borrowed: the tree owns the object. failed is set when memory ran out; json may then be NULL. */
typedef struct trb_node {
    json_t *json;
    bool *failed;
} trb_node;

/** A new root; the caller owns root.json. */
trb_node trb_node_root(bool *failed);

/** A new object below `key`. */
trb_node trb_node_child(trb_node node, const char *key);

/** Not finite: null. */
void trb_node_real(trb_node node, const char *key, double value);
/** key_lo and key_hi in one call: "ci" puts "ci_lo" and "ci_hi". */
void trb_node_limits(trb_node node, const char *key, double lo, double hi);
void trb_node_count(trb_node node, const char *key, size_t value);
void trb_node_text(trb_node node, const char *key, const char *value);
void trb_node_flag(trb_node node, const char *key, bool value);

/** Why something beside it is null or missing: key "note". */
void trb_node_note(trb_node node, const char *text);

/** Add a text to the array below `key`, which is made when it is not there. */
void trb_node_append(trb_node node, const char *key, const char *text);

/** The number below object > key, NaN when there is none. */
double trb_node_number(const json_t *object, const char *key);

#endif
