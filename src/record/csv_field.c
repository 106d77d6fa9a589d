/* csv_field.c - one cell of a table. UTF-8, comma, dot; numbers round-trip. */
#include "record/csv_field.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Quote a field when it holds a comma, a quote or a line break. */
void trb_csv_put(FILE *out, const char *field)
{
    if (!field)
        return;
    if (!field[strcspn(field, ",\"\r\n")]) {
        fputs(field, out);
        return;
    }
    fputc('"', out);
    for (; *field; field++) {
        if (*field == '"')
            fputc('"', out);
        fputc(*field, out);
    }
    fputc('"', out);
}

void trb_csv_put_number(FILE *out, double value)
{
    char buffer[40];
    if (!isfinite(value))
        return; /* an empty field is a missing value */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            break;
    }
    fputs(buffer, out);
}
