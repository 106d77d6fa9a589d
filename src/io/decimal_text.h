/* decimal_text.h - numbers in text files: a dot or a comma, whatever the locale of this process says. */
#ifndef TRB_DECIMAL_TEXT_H
#define TRB_DECIMAL_TEXT_H

#include <stdbool.h>
#include <stddef.h>

/**
 * A number with nothing but blanks around it. "1.5", "1,5" (some scanners write their locale's comma) and
 * "1e-3" are numbers; "12abc", "", "nan" and "inf" are not. *value is left alone when it is no number.
 */
bool trb_decimal_parse(const char *text, double *value);

/** A whole number, 0 or more, with nothing but blanks around it. False also when it does not fit. */
bool trb_count_parse(const char *text, size_t *value);

/** The shortest text that reads back as the same double, always with a dot. */
void trb_decimal_format(double value, char *out, size_t bytes);

#endif
