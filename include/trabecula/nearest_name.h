/* nearest_name.h - "did you mean": the nearest name to a mistyped one. */
#ifndef TRABECULA_NEAREST_NAME_H
#define TRABECULA_NEAREST_NAME_H

#include "trabecula/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * The candidate that is nearest to a text, in ASCII without regard to case.
 *
 * Convention  A slip is a letter too many, too few, another, or two neighbours exchanged; one is allowed for every three letters of
 *             the text, and one at least. The beginning of a longer name, three letters or more, comes behind one slip and before
 *             two. Of equals the first.
 * Output      One of the candidates, or NULL: none is near, or the text is empty or has more than 95 letters.
 * Threads     Reentrant.
 */
TRB_API const char *trb_nearest_name(const char *text, const char *const *candidates, size_t n);

#ifdef __cplusplus
}
#endif
#endif
