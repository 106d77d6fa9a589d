/*
 * tiff_imagej.c - ImageJ's description.
 * Format: first line "ImageJ=<version>", then key=value lines; values may hold Java escapes such as \u00B5.
 */
#include "io/tiff_imagej.h"

#include "io/decimal_text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MARK "ImageJ="
#define UNIT_BYTES sizeof((trb_imagej){0}.unit)
#define LONGEST_VALUE 96 /* longer ones are notes, not numbers or units */

/* One line: does it start with "key="? Then *value is what follows. */
static bool has_key(const char *line, const char *key, const char **value)
{
    const size_t n = strlen(key);
    if (strncmp(line, key, n) != 0 || line[n] != '=')
        return false;
    *value = line + n + 1;
    return true;
}

/* A name of a unit; a longer text is none. */
static void take_unit(const char *line, const char *key, char out[UNIT_BYTES])
{
    const char *value;
    if (has_key(line, key, &value) && strlen(value) < UNIT_BYTES)
        memcpy(out, value, strlen(value) + 1);
}

static void take_count(const char *line, const char *key, size_t *out)
{
    const char *value;
    size_t count;
    if (has_key(line, key, &value) && trb_count_parse(value, &count) && count > 0)
        *out = count;
}

static bool take_number(const char *line, const char *key, double *out)
{
    const char *value;
    return has_key(line, key, &value) && trb_decimal_parse(value, out);
}

/* Coefficients seen so far: a line needs both, and no curve. */
typedef struct terms_seen {
    bool straight, c0, c1;
} terms_seen;

static void take_line(const char *line, trb_imagej *out, terms_seen *seen)
{
    double function;
    take_count(line, "images", &out->images);
    take_count(line, "channels", &out->channels);
    take_count(line, "slices", &out->slices);
    take_count(line, "frames", &out->frames);
    take_unit(line, "unit", out->unit);
    take_unit(line, "yunit", out->yunit);
    take_unit(line, "zunit", out->zunit);
    take_unit(line, "vunit", out->vunit);
    if (take_number(line, "spacing", &out->spacing))
        out->has_spacing = true;
    take_number(line, "xorigin", &out->origin[0]);
    take_number(line, "yorigin", &out->origin[1]);
    take_number(line, "zorigin", &out->origin[2]);
    if (take_number(line, "cf", &function)) {
        out->calibrated = true;
        seen->straight = function == 0;
    }
    seen->c0 |= take_number(line, "c0", &out->c0);
    seen->c1 |= take_number(line, "c1", &out->c1);
}

bool trb_imagej_parse(const char *description, trb_imagej *out)
{
    if (!description || strncmp(description, MARK, strlen(MARK)) != 0)
        return false;
    *out = (trb_imagej){.images = 1, .channels = 1, .slices = 1, .frames = 1, .spacing = 1};
    terms_seen seen = {false, false, false};
    for (const char *at = description; *at;) {
        char line[LONGEST_VALUE];
        const size_t n = strcspn(at, "\r\n");
        if (n < sizeof line) {
            memcpy(line, at, n);
            line[n] = 0;
            take_line(line, out, &seen);
        }
        at += n;
        at += strspn(at, "\r\n");
    }
    out->linear = seen.straight && seen.c0 && seen.c1;
    out->spacing = fabs(out->spacing);
    if (out->spacing == 0) { /* no distance at all: not stated */
        out->has_spacing = false;
        out->spacing = 1;
    }
    if (description[strlen(MARK)] == '\n') /* a mark without version: ImageJ itself does not count images then */
        out->images = 1;
    return true;
}

bool trb_imagej_signed16(const trb_imagej *imagej)
{
    return imagej->linear && imagej->c0 == -32768 && imagej->c1 == 1;
}
