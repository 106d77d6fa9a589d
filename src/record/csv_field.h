/* csv_field.h - one cell of a table. */
#ifndef TRB_CSV_FIELD_H
#define TRB_CSV_FIELD_H

#include <stdio.h>

/** Text, quoted when it holds a comma, a quote or a line break; NULL: an empty cell. */
void trb_csv_put(FILE *out, const char *field);

/** The shortest text that reads back as the same double; an empty cell when it is not finite. */
void trb_csv_put_number(FILE *out, double value);

#endif
