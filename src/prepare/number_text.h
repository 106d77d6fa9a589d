/* number_text.h - numbers from text, strictly, with a decimal point in every locale. */
#ifndef TRB_NUMBER_TEXT_H
#define TRB_NUMBER_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * A decimal number at the start of text ("12", "-0.5", "1e-3"); *end is behind it. False when there is none
 * or it does not fit. No leading space, no hexadecimal, no "inf" or "nan".
 */
bool trb_text_real(const char *text, const char **end, double *value);

/** A whole number of digits only; the same rules. */
bool trb_text_index(const char *text, const char **end, size_t *value);

#endif
