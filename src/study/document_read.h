/* document_read.h - reading the result trees of the statistics: what is missing is NaN or "", never a crash. */
#ifndef TRB_DOCUMENT_READ_H
#define TRB_DOCUMENT_READ_H

#include <jansson.h>

/** The node below these keys, up to NULL: trb_doc_at(tree, "pairs", "OVX - Sham", NULL). NULL when there is none. */
json_t *trb_doc_at(const json_t *root, ...);

/** A number of an object; NaN when it is missing or null. */
double trb_doc_number(const json_t *object, const char *key);

/** A text of an object; "" when it is missing. Borrowed. */
const char *trb_doc_text(const json_t *object, const char *key);

/** A real, or null for NaN and infinities. */
json_t *trb_doc_real(double value);

#endif
