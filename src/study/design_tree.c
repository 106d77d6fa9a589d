/* design_tree.c - formatted keys, tests of F, and the end of a tree. */
#include "study/design_tree.h"

#include <Rmath.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

trb_node trb_node_childf(trb_node node, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    const int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *key = length < 0 ? NULL : malloc((size_t)length + 1);
    if (key)
        vsnprintf(key, (size_t)length + 1, format, again);
    va_end(again);
    const trb_node none = {NULL, node.failed};
    const trb_node child = key ? trb_node_child(node, key) : none;
    *node.failed = *node.failed || !key;
    free(key);
    return child;
}

void trb_node_f(trb_node node, double f, double df1, double df2)
{
    trb_node_real(node, "F", f);
    trb_node_real(node, "df1", df1);
    trb_node_real(node, "df2", df2);
    trb_node_real(node, "p", pf(f, df1, df2, 0, 0));
}

void trb_node_take(trb_node node, const char *key, json_t *value)
{
    if (json_object_set_new(node.json, key, value)) /* releases the value when it fails; fails on NULL, too */
        *node.failed = true;
}

void trb_node_reals(trb_node node, const char *key, const double *value, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, isfinite(value[i]) ? json_real(value[i]) : json_null()))
            *node.failed = true;
    trb_node_take(node, key, array);
}

trb_status trb_node_finish(trb_node root, trb_status status, json_t **out, trb_error *err)
{
    *out = NULL;
    if (status || *root.failed) {
        json_decref(root.json);
        return status ? status
                      : trb_error_set(err, TRB_ERR_MEMORY,
                                      "no memory for the results, or a name that is not UTF-8");
    }
    *out = root.json;
    return TRB_OK;
}
