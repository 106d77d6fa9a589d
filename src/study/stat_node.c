#include "study/stat_node.h"

#include <math.h>
#include <stdio.h>

static void put(trb_node node, const char *key, json_t *value)
{
    if (json_object_set_new(node.json, key, value)) /* fails on NULL, too */
        *node.failed = true;
}

trb_node trb_node_root(bool *failed)
{
    trb_node root = {json_object(), failed};
    if (!root.json)
        *failed = true;
    return root;
}

trb_node trb_node_child(trb_node node, const char *key)
{
    json_t *child = json_object();
    put(node, key, child);
    return (trb_node){json_object_get(node.json, key), node.failed};
}

void trb_node_real(trb_node node, const char *key, double value)
{
    put(node, key, isfinite(value) ? json_real(value) : json_null());
}

void trb_node_limits(trb_node node, const char *key, double lo, double hi)
{
    char name[64];
    snprintf(name, sizeof name, "%s_lo", key);
    trb_node_real(node, name, lo);
    snprintf(name, sizeof name, "%s_hi", key);
    trb_node_real(node, name, hi);
}

void trb_node_count(trb_node node, const char *key, size_t value)
{
    put(node, key, json_integer((json_int_t)value));
}

void trb_node_text(trb_node node, const char *key, const char *value)
{
    put(node, key, json_string(value));
}

void trb_node_flag(trb_node node, const char *key, bool value)
{
    put(node, key, json_boolean(value));
}

void trb_node_note(trb_node node, const char *text)
{
    trb_node_text(node, "note", text);
}

void trb_node_append(trb_node node, const char *key, const char *text)
{
    if (!json_object_get(node.json, key))
        put(node, key, json_array());
    if (json_array_append_new(json_object_get(node.json, key), json_string(text)))
        *node.failed = true;
}

double trb_node_number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : NAN;
}
