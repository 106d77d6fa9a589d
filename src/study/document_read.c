/* document_read.c - reading the result trees of the statistics. */
#include "study/document_read.h"

#include <math.h>
#include <stdarg.h>

json_t *trb_doc_at(const json_t *root, ...)
{
    va_list keys;
    va_start(keys, root);
    json_t *node = (json_t *)root;
    for (const char *key; node && (key = va_arg(keys, const char *));)
        node = json_object_get(node, key);
    va_end(keys);
    return node;
}

double trb_doc_number(const json_t *object, const char *key)
{
    const json_t *node = json_object_get(object, key);
    return json_is_number(node) ? json_number_value(node) : NAN;
}

const char *trb_doc_text(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

json_t *trb_doc_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}
