/*
 * tiff_ome.c - the few attributes of OME-XML that a grey volume needs.
 * Source: OME-TIFF specification, Pixels element (PhysicalSizeX with PhysicalSizeXUnit, default micrometre).
 * No XML parser: elements are found by name, attributes within the tag, comments and the rest are passed over.
 */
#include "io/tiff_ome.h"

#include "io/decimal_text.h"
#include "io/length_unit.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* The next start tag with this local name (any prefix); returns the text after the name, NULL at the end. */
static const char *next_element(const char *at, const char *name)
{
    const size_t n = strlen(name);
    while ((at = strchr(at, '<')) != NULL) {
        at++;
        if (strncmp(at, "!--", 3) == 0) {
            const char *end = strstr(at, "-->");
            if (!end)
                return NULL;
            at = end;
            continue;
        }
        const char *local = at;
        while (isalnum((unsigned char)*local) || *local == '-' || *local == '_')
            local++;
        local = *local == ':' ? local + 1 : at;
        if (strncmp(local, name, n) == 0 && (isspace((unsigned char)local[n]) || local[n] == '>' || local[n] == '/'))
            return local + n;
    }
    return NULL;
}

/* One character reference such as &#181; or &#xB5;: its byte in Latin-1, 0 when there is none. */
static char reference(const char *text, size_t *length)
{
    if (strncmp(text, "&#", 2) != 0)
        return 0;
    const bool hex = text[2] == 'x' || text[2] == 'X';
    char *end;
    const unsigned long code = strtoul(text + (hex ? 3 : 2), &end, hex ? 16 : 10);
    if (*end != ';' || (code > 0xff && code != 0x3bc) || code == 0)
        return 0;
    *length = (size_t)(end + 1 - text);
    return (char)(code == 0x3bc ? 0xb5 : code); /* Greek mu and micro sign mean the same */
}

/* Copy an attribute value of the tag whose inside starts at `tag`. */
static bool attribute(const char *tag, const char *name, char *out, size_t bytes)
{
    const size_t n = strlen(name);
    for (const char *at = tag; *at && *at != '>';) {
        while (isspace((unsigned char)*at) || *at == '/')
            at++;
        const char *key = at;
        while (*at && *at != '=' && *at != '>' && !isspace((unsigned char)*at))
            at++;
        const size_t key_length = (size_t)(at - key);
        while (isspace((unsigned char)*at))
            at++;
        if (*at != '=') {
            if (key_length == 0)
                break;
            continue;
        }
        at++;
        while (isspace((unsigned char)*at))
            at++;
        const char quote = *at;
        if (quote != '"' && quote != '\'')
            return false;
        const char *value = ++at;
        at = strchr(at, quote);
        if (!at)
            return false;
        if (key_length == n && strncmp(key, name, n) == 0) {
            size_t used = 0;
            for (size_t skip = 1; value < at && used + 1 < bytes; value += skip) {
                skip = 1;
                const char decoded = reference(value, &skip);
                out[used++] = decoded ? decoded : *value;
            }
            out[used] = 0;
            return true;
        }
        at++;
    }
    return false;
}

static size_t count_attribute(const char *tag, const char *name, size_t otherwise)
{
    char text[32];
    size_t count;
    return attribute(tag, name, text, sizeof text) && trb_count_parse(text, &count) ? count : otherwise;
}

static double length_attribute(const char *tag, const char *name, const char *unit_name)
{
    char text[64], unit[32];
    double value;
    if (!attribute(tag, name, text, sizeof text) || !trb_decimal_parse(text, &value) || value <= 0)
        return 0;
    return trb_length_in_mm(value, attribute(tag, unit_name, unit, sizeof unit) ? trb_length_unit_mm(unit) : 1e-3);
}

/* Slices are pages in order unless a TiffData element says otherwise. */
static bool order_differs(const char *description)
{
    for (const char *tag = description; (tag = next_element(tag, "TiffData")) != NULL;) {
        const size_t page = count_attribute(tag, "IFD", 0);
        if (count_attribute(tag, "FirstZ", page) != page)
            return true;
    }
    return false;
}

bool trb_ome_parse(const char *description, trb_ome *out)
{
    const char *tag = description ? next_element(description, "Pixels") : NULL;
    if (!tag || !next_element(description, "OME"))
        return false;
    *out = (trb_ome){0};
    out->size_z = count_attribute(tag, "SizeZ", 1);
    out->size_c = count_attribute(tag, "SizeC", 1);
    out->size_t_ = count_attribute(tag, "SizeT", 1);
    out->spacing_mm[0] = length_attribute(tag, "PhysicalSizeX", "PhysicalSizeXUnit");
    out->spacing_mm[1] = length_attribute(tag, "PhysicalSizeY", "PhysicalSizeYUnit");
    out->spacing_mm[2] = length_attribute(tag, "PhysicalSizeZ", "PhysicalSizeZUnit");
    out->other_order = order_differs(description);
    for (; tag; tag = next_element(tag, "Pixels"))
        out->images++;
    return true;
}
