/* number_text.c - strict numbers. */
#include "prepare/number_text.h"

#include <locale.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_digits(const char *p)
{
    return p + strspn(p, "0123456789");
}

/* The end of the number that starts at text by our own grammar, or NULL. */
static const char *end_of_real(const char *text)
{
    const char *p = text + (*text == '+' || *text == '-');
    const char *whole = p;
    p = skip_digits(p);
    size_t digits = (size_t)(p - whole);
    if (*p == '.') {
        const char *fraction = ++p;
        p = skip_digits(p);
        digits += (size_t)(p - fraction);
    }
    if (digits == 0)
        return NULL;
    if (*p == 'e' || *p == 'E') {
        const char *power = p + 1 + (p[1] == '+' || p[1] == '-');
        if (skip_digits(power) > power)
            p = skip_digits(power);
    }
    return p;
}

/* strtod() in the C locale, for this thread only: a program that uses a comma as decimal point stays as it is. */
static bool convert(const char *digits, double *value)
{
    const locale_t plain = newlocale(LC_NUMERIC_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0)
        return false;
    const locale_t before = uselocale(plain);
    *value = strtod(digits, NULL);
    uselocale(before);
    freelocale(plain);
    return isfinite(*value);
}

bool trb_text_real(const char *text, const char **end, double *value)
{
    char digits[64];
    const char *stop = end_of_real(text);
    if (!stop || (size_t)(stop - text) >= sizeof digits)
        return false;
    memcpy(digits, text, (size_t)(stop - text));
    digits[stop - text] = 0;
    *end = stop;
    return convert(digits, value);
}

bool trb_text_index(const char *text, const char **end, size_t *value)
{
    const char *stop = skip_digits(text);
    size_t sum = 0;
    if (stop == text)
        return false;
    for (const char *p = text; p < stop; p++) {
        const size_t digit = (size_t)(*p - '0');
        if (sum > (PTRDIFF_MAX - digit) / 10)
            return false;
        sum = sum * 10 + digit;
    }
    *end = stop;
    *value = sum;
    return true;
}
