/*
 * cli_units.c - text to numbers, lengths, sizes, ranges.
 *
 * strtod() alone is too forgiving for numbers that end in papers: it takes leading spaces, hex, "nan", "inf",
 * and stops silently at the first letter. So the shape is checked here first, and strtod() only converts what
 * has the shape of a plain decimal number. The program never calls setlocale(), so its decimal sign is a dot.
 */
#include "cli.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_CHARS 64 /* longest number that we take; more digits than that carry nothing */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static size_t digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return n;
}

/* Length of the mantissa at the start of text ("-12.5", ".5", "3."), 0 when there is none. */
static size_t mantissa_length(const char *text)
{
    size_t n = text[0] == '-' || text[0] == '+';
    const size_t whole = digits(text + n);
    n += whole;
    if (text[n] == '.') {
        const size_t fraction = digits(text + n + 1);
        if (whole + fraction == 0)
            return 0;
        return n + 1 + fraction;
    }
    return whole ? n : 0;
}

/* Length of an exponent ("e-3", "E12"), 0 when there is none. */
static size_t exponent_length(const char *text)
{
    if (text[0] != 'e' && text[0] != 'E')
        return 0;
    const size_t sign = text[1] == '-' || text[1] == '+';
    const size_t n = digits(text + 1 + sign);
    return n ? 1 + sign + n : 0;
}

/*
 * The number at the start of text, times 10^shift, correctly rounded: the shift goes into the decimal
 * exponent, so "19.6" with shift -3 is the double nearest to 0.0196, as a person would expect.
 * Gives the number of characters used, 0 when there is no number, or none that fits.
 */
static size_t number_prefix(const char *text, int shift, double *out)
{
    const size_t mantissa = mantissa_length(text);
    const size_t exponent = mantissa ? exponent_length(text + mantissa) : 0;
    if (mantissa == 0 || mantissa > NUMBER_CHARS || exponent > 8)
        return 0;
    const long power = exponent ? strtol(text + mantissa + 1, NULL, 10) : 0;
    char decimal[NUMBER_CHARS + 32];
    memcpy(decimal, text, mantissa);
    snprintf(decimal + mantissa, sizeof decimal - mantissa, "e%ld", power + shift);
    errno = 0;
    const double value = strtod(decimal, NULL);
    if (errno || !isfinite(value)) /* 1e999, and 1e-999 as well: not what was meant */
        return 0;
    *out = value;
    return mantissa + exponent;
}

static const char *shown(const char *text)
{
    return text[0] ? text : "(empty)";
}

trb_status cli_parse_real(const char *text, double *out, trb_error *err)
{
    double value = 0;
    const size_t used = number_prefix(text, 0, &value);
    if (used == 0 || text[used] != '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a number%s", shown(text),
                             strchr(text, ',') ? " (the decimal sign is a dot)" : "");
    *out = value;
    return TRB_OK;
}

trb_status cli_parse_integer(const char *text, int64_t *out, trb_error *err)
{
    const size_t sign = text[0] == '-' || text[0] == '+';
    const size_t n = digits(text + sign);
    if (n == 0 || text[sign + n] != '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a whole number", shown(text));
    errno = 0;
    const long long value = strtoll(text, NULL, 10);
    if (errno)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is too large", text);
    *out = value;
    return TRB_OK;
}

/* An index without sign. Gives the characters used, 0 when there is none or it is too large. */
static size_t index_prefix(const char *text, size_t *out)
{
    const size_t n = digits(text);
    if (n == 0)
        return 0;
    errno = 0;
    const unsigned long long value = strtoull(text, NULL, 10);
    if (errno || value >= SIZE_MAX)
        return 0;
    *out = (size_t)value;
    return n;
}

struct length_unit {
    const char *name;
    int power; /* of ten, to mm */
};

/* Micro is written in three ways: u, the micro sign U+00B5, the Greek letter U+03BC. */
static const struct length_unit LENGTH_UNITS[] = {
    {"nm", -6}, {"um", -3}, {"\xc2\xb5m", -3}, {"\xce\xbcm", -3}, {"mm", 0}, {"cm", 1},
};

/* One length at the start of text, up to `end` (a comma or the end). */
static trb_status length_between(const char *text, size_t length, unsigned flags, cli_length *out,
                                 trb_error *err)
{
    char part[NUMBER_CHARS + 16];
    const char *allowed =
        flags & CLI_VOXELS ? "such as 19.5um, 0.0195mm or 2vox" : "such as 19.5um or 0.0195mm";
    if (length == 0 || length >= sizeof part)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a length %s", shown(text), allowed);
    memcpy(part, text, length);
    part[length] = '\0';
    double value = 0;
    const size_t used = number_prefix(part, 0, &value);
    if (used == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a length %s", part, allowed);
    const char *unit = part + used;
    if (unit[0] == '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has no unit; write a length %s", part, allowed);
    out->unit = CLI_MM;
    bool known = false;
    if ((flags & CLI_VOXELS) && strcmp(unit, "vox") == 0) {
        out->unit = CLI_VOX;
        known = true;
    }
    for (size_t i = 0; i < CLI_COUNT(LENGTH_UNITS) && !known; i++) {
        if (strcmp(unit, LENGTH_UNITS[i].name) == 0) {
            known = true;
            if (number_prefix(part, LENGTH_UNITS[i].power, &value) == 0)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a length that can be", part);
        }
    }
    if (!known)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has the unknown unit '%s'; write a length %s", part,
                             unit, allowed);
    if (value < 0 || (value == 0 && !(flags & CLI_ZERO)))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' must be %s 0", part,
                             flags & CLI_ZERO ? "at least" : "larger than");
    out->value = value;
    return TRB_OK;
}

trb_status cli_parse_length(const char *text, unsigned flags, cli_length *out, trb_error *err)
{
    cli_length length;
    const trb_status status = length_between(text, strlen(text), flags, &length, err);
    if (!status)
        *out = length;
    return status;
}

trb_status cli_parse_lengths(const char *text, unsigned flags, cli_lengths *out, trb_error *err)
{
    double mm[3] = {0, 0, 0};
    size_t n = 0;
    for (const char *at = text;; n++) {
        const size_t length = strcspn(at, ",");
        if (n == 3)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has more than three lengths", text);
        cli_length one;
        const trb_status status = length_between(at, length, flags & ~(unsigned)CLI_VOXELS, &one, err);
        if (status)
            return status;
        mm[n] = one.value;
        if (at[length] == '\0')
            break;
        at += length + 1;
    }
    if (n == 1)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has two lengths; give one for all axes, or x,y,z",
                             text);
    for (size_t axis = 0; axis < 3; axis++)
        out->mm[axis] = n == 0 ? mm[0] : mm[axis];
    return TRB_OK;
}

struct size_unit {
    const char *name;
    double bytes;
};

static const struct size_unit SIZE_UNITS[] = {
    {"B", 1},        {"kB", 1e3},     {"KB", 1e3},   {"MB", 1e6},
    {"GB", 1e9},     {"TB", 1e12},    {"KiB", 1024}, {"MiB", 1024.0 * 1024},
    {"GiB", 0x1p30}, {"TiB", 0x1p40},
};

trb_status cli_parse_size(const char *text, uint64_t *out, trb_error *err)
{
    double value = 0;
    const size_t used = number_prefix(text, 0, &value);
    if (used == 0 || value < 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a size such as 8GiB or 500MB", shown(text));
    for (size_t i = 0; i < CLI_COUNT(SIZE_UNITS); i++) {
        if (strcmp(text + used, SIZE_UNITS[i].name) == 0) {
            const double bytes = floor(value * SIZE_UNITS[i].bytes);
            if (bytes >= 0x1p62 || bytes < 1)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is too %s", text,
                                     bytes < 1 ? "small" : "large");
            *out = (uint64_t)bytes;
            return TRB_OK;
        }
    }
    if (text[used] == '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has no unit; write a size such as 8GiB or 500MB",
                             text);
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "'%s' has the unknown unit '%s'; use B, kB, MB, GB, TB, KiB, MiB, "
                         "GiB or TiB",
                         text, text + used);
}

/* "A:B", "A:", ":B" or ":" at the start of text; gives the characters used, 0 when it has another shape. */
static size_t range_prefix(const char *text, cli_range *out)
{
    cli_range range = {0, SIZE_MAX};
    size_t n = 0;
    if (is_digit(text[0])) {
        n = index_prefix(text, &range.lo);
        if (n == 0)
            return 0;
    }
    if (text[n] != ':')
        return 0;
    n++;
    if (is_digit(text[n])) {
        const size_t used = index_prefix(text + n, &range.hi);
        if (used == 0)
            return 0;
        n += used;
    }
    *out = range;
    return n;
}

static trb_status empty_range(const char *text, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is empty: A:B means A <= i < B, counted from 0", text);
}

trb_status cli_parse_range(const char *text, cli_range *out, trb_error *err)
{
    cli_range range;
    const size_t used = range_prefix(text, &range);
    if (used == 0 || text[used] != '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "'%s' is not a range such as 20:180 (A <= i < B, counted from 0)", shown(text));
    if (range.lo >= range.hi)
        return empty_range(text, err);
    *out = range;
    return TRB_OK;
}

trb_status cli_parse_box(const char *text, trb_box *out, trb_error *err)
{
    trb_box box;
    const char *at = text;
    for (size_t axis = 0; axis < 3; axis++) {
        cli_range range;
        const size_t used = range_prefix(at, &range);
        if (used == 0 || at[used] != (axis < 2 ? ',' : '\0'))
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "'%s' is not a box such as 10:90,10:90,20:180 (x0:x1,y0:y1,z0:z1, counted "
                                 "from 0, the end not included)",
                                 shown(text));
        if (range.lo >= range.hi)
            return empty_range(text, err);
        box.lo[axis] = range.lo;
        box.hi[axis] = range.hi;
        at += used + 1;
    }
    *out = box;
    return TRB_OK;
}

trb_status cli_parse_reals(const char *text, cli_reals *out, trb_error *err)
{
    cli_reals range = {0, 0};
    const size_t first = number_prefix(text, 0, &range.lo);
    const size_t second = first && text[first] == ':' ? number_prefix(text + first + 1, 0, &range.hi) : 0;
    if (second == 0 || text[first + 1 + second] != '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is not a range such as 0.5:2", shown(text));
    if (!(range.lo <= range.hi))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s': the first number is larger than the second", text);
    *out = range;
    return TRB_OK;
}

trb_status cli_parse_flag(const char *text, bool *out, trb_error *err)
{
    static const char *const yes[] = {"yes", "true", "on", "1"}, *const no[] = {"no", "false", "off", "0"};
    for (size_t i = 0; i < CLI_COUNT(yes); i++) {
        if (strcmp(text, yes[i]) == 0 || strcmp(text, no[i]) == 0) {
            *out = strcmp(text, yes[i]) == 0;
            return TRB_OK;
        }
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is neither yes nor no", shown(text));
}

trb_status cli_parse_choice(const char *text, const char *const *choices, int *out, trb_error *err)
{
    char list[700] = "";
    size_t n = 0;
    for (; choices[n]; n++) {
        if (strcmp(text, choices[n]) == 0) {
            *out = (int)n;
            return TRB_OK;
        }
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", n ? ", " : "", choices[n]);
    }
    const char *near = trb_nearest_name(text, choices, n);
    if (near)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "unknown '%s', did you mean '%s'? One of: %s",
                             shown(text), near, list);
    return trb_error_set(err, TRB_ERR_ARGUMENT, "unknown '%s'; one of: %s", shown(text), list);
}

trb_status cli_range_close(const cli_range *range, size_t size, const char *what, cli_range *out,
                           trb_error *err)
{
    const size_t hi = range->hi == SIZE_MAX || range->hi == 0 ? size : range->hi;
    if (hi > size || range->lo >= hi)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s %zu:%zu do not fit: the scan has 0:%zu", what,
                             range->lo, hi, size);
    *out = (cli_range){range->lo, hi};
    return TRB_OK;
}

trb_status cli_box_close(const trb_box *box, const trb_grid *grid, trb_box *out, trb_error *err)
{
    static const char *const names[3] = {"columns (x)", "rows (y)", "slices (z)"};
    const size_t sizes[3] = {grid->nx, grid->ny, grid->nz};
    trb_box closed = *box;
    for (size_t axis = 0; axis < 3; axis++) {
        const cli_range range = {box->lo[axis], box->hi[axis]};
        cli_range part = range;
        const trb_status status = cli_range_close(&range, sizes[axis], names[axis], &part, err);
        if (status)
            return status;
        closed.lo[axis] = part.lo;
        closed.hi[axis] = part.hi;
    }
    *out = closed;
    return TRB_OK;
}
