/* decimal_text.c - numbers in text files. */
#include "io/decimal_text.h"

#include <ctype.h>
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LONGEST_NUMBER 64

static const char *skip_blanks(const char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    return text;
}

bool trb_decimal_parse(const char *text, double *value)
{
    char copy[LONGEST_NUMBER];
    text = skip_blanks(text);
    size_t n = strcspn(text, " \t\r\n");
    if (n == 0 || n >= sizeof copy || *skip_blanks(text + n))
        return false;
    for (size_t i = 0; i < n; i++) { /* no hexadecimal, no "nan" */
        if (!strchr("0123456789+-.,eE", text[i]))
            return false;
        copy[i] = text[i] == ',' || text[i] == '.' ? *localeconv()->decimal_point : text[i];
    }
    copy[n] = 0;
    char *end;
    const double number = strtod(copy, &end);
    if (*end || !isfinite(number))
        return false;
    *value = number;
    return true;
}

bool trb_count_parse(const char *text, size_t *value)
{
    text = skip_blanks(text);
    if (!isdigit((unsigned char)*text))
        return false;
    char *end;
    errno = 0;
    const unsigned long long number = strtoull(text, &end, 10);
    if (errno || *skip_blanks(end) || number > SIZE_MAX)
        return false;
    *value = (size_t)number;
    return true;
}

void trb_decimal_format(double value, char *out, size_t bytes)
{
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(out, bytes, "%.*g", digits, value);
        if (strtod(out, NULL) == value)
            break;
    }
    char *point = strchr(out, *localeconv()->decimal_point);
    if (point)
        *point = '.';
}
