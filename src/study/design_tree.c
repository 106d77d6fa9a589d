/* design_tree.c - JSON objects with one check at the end. */
#include "study/design_tree.h"

#include <Rmath.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

trb_tree trb_tree_start(bool *failed)
{
    const trb_tree root = {json_object(), failed};
    *failed = root.object == NULL;
    return root;
}

/* Jansson takes NULL places and values: it then releases the value and returns -1. */
void trb_tree_take(trb_tree at, const char *key, json_t *value)
{
    if (json_object_set_new(at.object, key, value))
        *at.failed = true;
}

trb_tree trb_tree_child(trb_tree at, const char *key)
{
    json_t *object = json_object();
    trb_tree_take(at, key, object);
    const trb_tree child = {*at.failed ? NULL : object, at.failed};
    return child;
}

trb_tree trb_tree_childf(trb_tree at, const char *format, ...)
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
    const trb_tree none = {NULL, at.failed};
    const trb_tree child = key ? trb_tree_child(at, key) : none;
    *at.failed = *at.failed || !key;
    free(key);
    return child;
}

void trb_tree_number(trb_tree at, const char *key, double value)
{
    trb_tree_take(at, key, isfinite(value) ? json_real(value) : json_null());
}

void trb_tree_f(trb_tree at, double f, double df1, double df2)
{
    trb_tree_number(at, "F", f);
    trb_tree_number(at, "df1", df1);
    trb_tree_number(at, "df2", df2);
    trb_tree_number(at, "p", pf(f, df1, df2, 0, 0));
}

void trb_tree_count(trb_tree at, const char *key, size_t count)
{
    trb_tree_take(at, key, json_integer((json_int_t)count));
}

void trb_tree_flag(trb_tree at, const char *key, bool flag)
{
    trb_tree_take(at, key, json_boolean(flag));
}

void trb_tree_text(trb_tree at, const char *key, const char *text)
{
    trb_tree_take(at, key, json_string(text));
}

void trb_tree_note(trb_tree at, const char *why)
{
    trb_tree_text(at, "note", why);
}

void trb_tree_numbers(trb_tree at, const char *key, const double *value, size_t n)
{
    json_t *array = json_array();
    for (size_t i = 0; i < n; i++)
        if (json_array_append_new(array, isfinite(value[i]) ? json_real(value[i]) : json_null()))
            *at.failed = true;
    trb_tree_take(at, key, array);
}

trb_status trb_tree_finish(trb_tree root, trb_status status, json_t **out, trb_error *err)
{
    *out = NULL;
    if (status || *root.failed) {
        json_decref(root.object);
        return status ? status
                      : trb_error_set(err, TRB_ERR_MEMORY, "no memory for the results, or a name that is not UTF-8");
    }
    *out = root.object;
    return TRB_OK;
}
