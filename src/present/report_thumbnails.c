/* report_thumbnails.c - QC pictures of a batch, small enough to travel inside a page. */
#include "present/report_parts.h"
#include "study/document_read.h"

#include "core/memory.h"

#include <cairo.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 320.0
#define MOST 60 /* scans; a page of more would be heavy */

/* ---- base64 */

typedef struct bytes {
    unsigned char *data;
    size_t n, room;
    bool failed;
} bytes;

static cairo_status_t take(void *user, const unsigned char *data, unsigned int n)
{
    bytes *b = user;
    if (b->n + n > b->room) {
        const size_t room = (b->n + n) * 2;
        unsigned char *more = realloc(b->data, room);
        if (!more)
            return CAIRO_STATUS_NO_MEMORY;
        b->data = more;
        b->room = room;
    }
    memcpy(b->data + b->n, data, n);
    b->n += n;
    return CAIRO_STATUS_SUCCESS;
}

static char *base64(const unsigned char *data, size_t n)
{
    static const char DIGIT[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    char *text = malloc((n + 2) / 3 * 4 + 1), *to = text;
    for (size_t i = 0; text && i < n; i += 3) {
        const uint32_t word = (uint32_t)data[i] << 16 | (i + 1 < n ? (uint32_t)data[i + 1] << 8 : 0) | (i + 2 < n ? data[i + 2] : 0);
        *to++ = DIGIT[word >> 18];
        *to++ = DIGIT[word >> 12 & 63];
        *to++ = i + 1 < n ? DIGIT[word >> 6 & 63] : '=';
        *to++ = i + 2 < n ? DIGIT[word & 63] : '=';
    }
    if (text)
        *to = 0;
    return text;
}

/* ---- pictures */

/* A smaller copy of the picture as base64 of a PNG; NULL when there is no readable picture. */
static char *shrink(const char *path)
{
    char *text = NULL;
    cairo_surface_t *full = cairo_image_surface_create_from_png(path);
    const double width = cairo_image_surface_get_width(full), height = cairo_image_surface_get_height(full);
    if (cairo_surface_status(full) == CAIRO_STATUS_SUCCESS && width > 0) {
        const double scale = width > WIDTH ? WIDTH / width : 1;
        cairo_surface_t *small = cairo_image_surface_create(CAIRO_FORMAT_RGB24, (int)(width * scale), (int)(height * scale) + 1);
        cairo_t *cairo = cairo_create(small);
        cairo_set_source_rgb(cairo, 1, 1, 1);
        cairo_paint(cairo);
        cairo_scale(cairo, scale, scale);
        cairo_set_source_surface(cairo, full, 0, 0);
        cairo_pattern_set_filter(cairo_get_source(cairo), CAIRO_FILTER_BEST);
        cairo_paint(cairo);
        cairo_destroy(cairo);
        bytes png = {NULL, 0, 0, false};
        if (cairo_surface_write_to_png_stream(small, take, &png) == CAIRO_STATUS_SUCCESS)
            text = base64(png.data, png.n);
        free(png.data);
        cairo_surface_destroy(small);
    }
    cairo_surface_destroy(full);
    return text;
}

void trb_report_thumbnails_clear(trb_report_thumbnail *thumbnail, size_t n)
{
    for (size_t i = 0; thumbnail && i < n; i++) {
        free(thumbnail[i].sample);
        free(thumbnail[i].group);
        free(thumbnail[i].base64);
    }
    free(thumbnail);
}

static char *copy(const char *text)
{
    const size_t n = strlen(text) + 1;
    char *to = malloc(n);
    return to ? memcpy(to, text, n) : NULL;
}

/* One more picture; false when memory is short. An animal without a picture is no fault of the comparison. */
static bool add_picture(const char *folder, const char *scan, const json_t *animal, trb_report_thumbnail *thumbnail, size_t *n)
{
    char path[4096], name[512];
    const char *sample = trb_doc_text(animal, "sample");
    if (!*scan || strchr(scan, '/') || snprintf(path, sizeof path, "%s/%s/qc.png", folder, scan) >= (int)sizeof path)
        return true;
    char *picture = shrink(path);
    if (!picture)
        return true;
    snprintf(name, sizeof name, "%s%s%s", sample, strcmp(sample, scan) ? ": " : "", strcmp(sample, scan) ? scan : "");
    thumbnail[*n] = (trb_report_thumbnail){copy(name), copy(trb_doc_text(animal, "group")), picture};
    return thumbnail[*n].sample && thumbnail[(*n)++].group;
}

trb_status trb_report_thumbnails(const json_t *document, const char *folder, trb_report_thumbnail **thumbnail, size_t *n, trb_error *err)
{
    *n = 0;
    *thumbnail = trb_alloc_zero(MOST, sizeof **thumbnail, "pictures", err);
    if (!*thumbnail)
        return TRB_ERR_MEMORY;
    size_t i, k;
    const json_t *animal, *scan;
    bool room = true;
    json_array_foreach (json_object_get(document, "animals"), i, animal)
        json_array_foreach (json_object_get(animal, "scan_names"), k, scan)
            if (*n < MOST && room)
                room = add_picture(folder, json_string_value(scan), animal, *thumbnail, n);
    if (room)
        return TRB_OK;
    trb_report_thumbnails_clear(*thumbnail, MOST);
    *thumbnail = NULL;
    *n = 0;
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for the pictures");
}
