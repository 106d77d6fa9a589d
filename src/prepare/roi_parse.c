/*
 * roi_parse.c - the layout of an ImageJ .roi, big endian: a header of 64 bytes, coordinates, a second header.
 * Every read goes through a reader that gives 0 and remembers when it was asked for bytes that are not there, so a
 * file that lies about its sizes ends as an error and never as an access.
 */
#include "prepare/roi_parse.h"

#include "core/memory.h"
#include "prepare/roi_curves.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { /* places in the header */
    AT_VERSION = 4, AT_TYPE = 6, AT_TOP = 8, AT_LEFT = 10, AT_BOTTOM = 12, AT_RIGHT = 14, AT_COUNT = 16,
    AT_FLOATS = 18, AT_SHAPE_SIZE = 36, AT_SUBTYPE = 48, AT_OPTIONS = 50, AT_ASPECT = 52, AT_ARC = 54,
    AT_POSITION = 56, AT_HEADER2 = 60, AT_COORDINATES = 64,
    H2_Z = 8, H2_T = 12, H2_NAME = 16, H2_NAME_LENGTH = 20, H2_SIZE = 24
};
enum { POLYGON, RECT, OVAL, LINE, FREELINE, POLYLINE, NO_ROI, FREEHAND, TRACED, ANGLE, POINT, TYPES };
enum { SUB_TEXT = 1, SUB_ARROW, SUB_ELLIPSE, SUB_IMAGE, SUB_ROTATED };
enum { OPTION_SPLINE = 1, OPTION_SUBPIXEL = 128 };

#define FARTHEST 1e6 /* pixels; no image is as large, and all sums below stay exact enough */

typedef struct reader {
    const uint8_t *bytes;
    size_t count;
    bool short_of; /* something behind the end was asked for */
} reader;

static uint32_t word(reader *r, size_t at, size_t bytes)
{
    if (at > r->count || r->count - at < bytes) {
        r->short_of = true;
        return 0;
    }
    uint32_t value = 0;
    for (size_t i = 0; i < bytes; i++)
        value = value << 8 | r->bytes[at + i];
    return value;
}

static int16_t short_at(reader *r, size_t at)
{
    const uint32_t value = word(r, at, 2);
    return (int16_t)(value < 0x8000 ? (int32_t)value : (int32_t)value - 0x10000);
}

static double float_at(reader *r, size_t at)
{
    const uint32_t bits = word(r, at, 4);
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

/* Sizes and places are positive int32; anything else is 0. */
static size_t size_at(reader *r, size_t at)
{
    const uint32_t value = word(r, at, 4);
    return value <= INT32_MAX ? value : 0;
}

void trb_roi_clear(trb_roi *roi)
{
    free(roi->xy);
    free(roi->ends);
    memset(roi, 0, sizeof *roi);
}

/* ---- name and slice */

static const char *file_stem(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

/* 0012-0234-0345: slice, y, x, at least three digits each. Two numbers are y and x of an image of one slice. */
static size_t slice_of_name(const char *name)
{
    size_t slice = 0;
    for (int group = 0; group < 3; group++) {
        int digits = 0;
        for (; isdigit((unsigned char)*name); name++, digits++)
            if (group == 0 && digits < 7)
                slice = slice * 10 + (size_t)(*name - '0');
        if (digits < 3 || digits > 7 || (group < 2 && *name++ != '-'))
            return 0;
    }
    return *name == 0 || *name == '-' || *name == '.' ? slice : 0;
}

/* UTF-16; what is not plain becomes a question mark: the name is for messages. */
static void read_name(reader *r, size_t at, size_t length, trb_roi *roi)
{
    if (length == 0 || length > 4096 || at > r->count || r->count - at < 2 * length)
        return;
    const size_t n = length < sizeof roi->name - 1 ? length : sizeof roi->name - 1;
    for (size_t i = 0; i < n; i++) {
        const uint32_t c = word(r, at + 2 * i, 2);
        roi->name[i] = c >= 0x20 && c < 0x7f ? (char)c : '?';
    }
    roi->name[n] = 0;
}

static void read_place(reader *r, const char *file_name, trb_roi *roi)
{
    const char *stem = file_stem(file_name);
    snprintf(roi->name, sizeof roi->name, "%.*s", (int)strcspn(stem, "."), stem);
    const size_t header2 = size_at(r, AT_HEADER2);
    if (header2 >= AT_COORDINATES && header2 <= r->count && r->count - header2 >= H2_SIZE) {
        const size_t z = size_at(r, header2 + H2_Z), t = size_at(r, header2 + H2_T);
        roi->slice = z <= 1 && t > 1 ? t : z;
        read_name(r, size_at(r, header2 + H2_NAME), size_at(r, header2 + H2_NAME_LENGTH), roi);
    }
    if (roi->slice == 0)
        roi->slice = size_at(r, AT_POSITION);
    if (roi->slice == 0)
        roi->slice = slice_of_name(stem);
    if (roi->slice == 0)
        roi->slice = slice_of_name(roi->name);
}

/* ---- coordinates */

static trb_status points_for(trb_roi *roi, size_t points, size_t contours, trb_error *err)
{
    roi->xy = trb_alloc(points, 2 * sizeof *roi->xy, "the points of a region", err);
    roi->ends = roi->xy ? trb_alloc(contours, sizeof *roi->ends, "the contours of a region", err) : NULL;
    if (!roi->ends)
        return TRB_ERR_MEMORY;
    roi->n_points = points;
    roi->n_contours = contours;
    roi->ends[contours - 1] = points;
    return TRB_OK;
}

static trb_status read_polygon(reader *r, bool subpixel, trb_roi *roi, trb_error *err)
{
    size_t n = word(r, AT_COUNT, 2);
    if (n == 0)
        n = size_at(r, AT_FLOATS); /* more than 65535 points */
    const size_t bytes = subpixel ? 12 : 4; /* shorts come first in any case */
    if (n < 3)
        return trb_error_set(err, TRB_ERR_FORMAT, "a polygon of %zu points encloses nothing", n);
    if (n > (r->count - AT_COORDINATES) / bytes)
        return trb_error_set(err, TRB_ERR_FORMAT, "it is cut short: %zu points do not fit into its %zu bytes", n, r->count);
    trb_status status = points_for(roi, n, 1, err);
    if (status)
        return status;
    const double left = short_at(r, AT_LEFT), top = short_at(r, AT_TOP);
    const size_t floats = AT_COORDINATES + 4 * n;
    for (size_t i = 0; i < n; i++)
        if (subpixel) {
            roi->xy[2 * i] = float_at(r, floats + 4 * i);
            roi->xy[2 * i + 1] = float_at(r, floats + 4 * (n + i));
        } else { /* negative offsets are written for none, and ImageJ reads them as 0 */
            const int16_t x = short_at(r, AT_COORDINATES + 2 * i), y = short_at(r, AT_COORDINATES + 2 * (n + i));
            roi->xy[2 * i] = left + (x > 0 ? x : 0);
            roi->xy[2 * i + 1] = top + (y > 0 ? y : 0);
        }
    return TRB_OK;
}

/* Sub-pixel boxes have whole-pixel bounds in the header, and those are what ImageJ measures. */
static trb_status read_box(reader *r, bool oval, trb_roi *roi, trb_error *err)
{
    const double l = short_at(r, AT_LEFT), t = short_at(r, AT_TOP), ri = short_at(r, AT_RIGHT), b = short_at(r, AT_BOTTOM);
    if (!(ri > l) || !(b > t))
        return trb_error_set(err, TRB_ERR_FORMAT, "its box %g,%g to %g,%g holds nothing", l, t, ri, b);
    roi->oval = oval;
    roi->left = l, roi->top = t, roi->right = ri, roi->bottom = b;
    if (oval)
        return TRB_OK;
    const int16_t arc = short_at(r, AT_ARC);
    if (arc > 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "a rectangle with round corners: in ImageJ, give it corners of 0 (Edit > Selection > Properties) or "
                             "make a mask of it (Edit > Selection > Create Mask)");
    const double corners[8] = {l, t, ri, t, ri, b, l, b};
    trb_status status = points_for(roi, 4, 1, err);
    if (!status)
        memcpy(roi->xy, corners, sizeof corners);
    return status;
}

static trb_status read_turned(reader *r, int subtype, trb_roi *roi, trb_error *err)
{
    double v[5];
    for (size_t i = 0; i < 4; i++)
        v[i] = float_at(r, AT_FLOATS + 4 * i);
    v[4] = float_at(r, AT_ASPECT);
    for (int i = 0; i < 5; i++)
        if (!(fabs(v[i]) <= FARTHEST))
            return trb_error_set(err, TRB_ERR_FORMAT, "a number of it is %g", v[i]);
    const size_t n = subtype == SUB_ELLIPSE ? TRB_ELLIPSE_POINTS : 4;
    trb_status status = points_for(roi, n, 1, err);
    if (status)
        return status;
    if (subtype == SUB_ELLIPSE)
        trb_roi_ellipse(v, roi->xy);
    else if (v[0] == v[2] && v[1] == v[3])
        return trb_error_set(err, TRB_ERR_FORMAT, "a rotated rectangle without length");
    else
        trb_roi_rotated(v, roi->xy);
    return TRB_OK;
}

static double shape_float(void *from, size_t i)
{
    return float_at(from, AT_COORDINATES + 4 * i);
}

static trb_status read_composite(reader *r, size_t floats, trb_roi *roi, trb_error *err)
{
    if (floats > (r->count - AT_COORDINATES) / 4)
        return trb_error_set(err, TRB_ERR_FORMAT, "it is cut short: %zu numbers do not fit into its %zu bytes", floats, r->count);
    size_t points = 0, contours = 0;
    trb_status status = trb_roi_path(shape_float, r, floats, NULL, &points, &contours, err);
    if (!status && points < 3)
        status = trb_error_set(err, TRB_ERR_FORMAT, "its outline encloses nothing");
    if (!status)
        status = points_for(roi, points, contours, err);
    return status ? status : trb_roi_path(shape_float, r, floats, roi, &points, &contours, err);
}

/* ---- all together */

static trb_status not_an_area(int type, int subtype, trb_error *err)
{
    static const char *const names[TYPES] = {"polygon", "rectangle", "oval", "line", "freehand line", "segmented line",
                                             "empty region", "freehand", "traced", "angle", "point"};
    const char *name = subtype == SUB_TEXT ? "text" : subtype == SUB_IMAGE ? "image" : subtype == SUB_ARROW ? "arrow" : names[type];
    return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                         "%s %s is no area: a VOI needs polygons, freehand or traced outlines, rectangles, ovals or compositions "
                         "of them", strchr("aeio", name[0]) ? "an" : "a", name);
}

/* The box that holds it, which also shows numbers that cannot be. */
static trb_status find_box(trb_roi *roi, trb_error *err)
{
    if (roi->oval)
        return TRB_OK;
    roi->left = roi->top = INFINITY;
    roi->right = roi->bottom = -INFINITY;
    for (size_t i = 0; i < roi->n_points; i++) {
        const double x = roi->xy[2 * i], y = roi->xy[2 * i + 1];
        if (!(fabs(x) <= FARTHEST) || !(fabs(y) <= FARTHEST))
            return trb_error_set(err, TRB_ERR_FORMAT, "point %zu lies at %g,%g", i + 1, x, y);
        roi->left = fmin(roi->left, x), roi->right = fmax(roi->right, x);
        roi->top = fmin(roi->top, y), roi->bottom = fmax(roi->bottom, y);
    }
    return TRB_OK;
}

static trb_status read_shape(reader *r, trb_roi *roi, trb_error *err)
{
    const int type = (int)word(r, AT_TYPE, 1), subtype = (int)word(r, AT_SUBTYPE, 2);
    const unsigned options = word(r, AT_OPTIONS, 2);
    const size_t shape = size_at(r, AT_SHAPE_SIZE);
    const bool subpixel = (options & OPTION_SUBPIXEL) != 0 && word(r, AT_VERSION, 2) >= 222;
    if (type >= TYPES)
        return trb_error_set(err, TRB_ERR_FORMAT, "its type %d is none of ImageJ's", type);
    if (shape > 0 && type == RECT && subtype != SUB_TEXT && subtype != SUB_IMAGE)
        return read_composite(r, shape, roi, err);
    if (subtype == SUB_TEXT || subtype == SUB_IMAGE)
        return not_an_area(type, subtype, err);
    if (type == RECT || type == OVAL)
        return read_box(r, type == OVAL, roi, err);
    if (type == FREEHAND && (subtype == SUB_ELLIPSE || subtype == SUB_ROTATED))
        return read_turned(r, subtype, roi, err);
    if (type != POLYGON && type != FREEHAND && type != TRACED)
        return not_an_area(type, subtype, err);
    if (options & OPTION_SPLINE)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "it is a spline through its points, which ImageJ computes: make a polygon of it there (Edit > "
                             "Selection > Interpolate) and save that");
    return read_polygon(r, subpixel, roi, err);
}

trb_status trb_roi_parse(const uint8_t *bytes, size_t count, const char *file_name, trb_roi *roi, trb_error *err)
{
    reader r = {bytes, count, false};
    memset(roi, 0, sizeof *roi);
    if (count < 4 || memcmp(bytes, "Iout", 4) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "it does not begin with \"Iout\" as regions of ImageJ do");
    if (count < AT_COORDINATES)
        return trb_error_set(err, TRB_ERR_FORMAT, "it is cut short: a header has 64 bytes, the file %zu", count);
    read_place(&r, file_name, roi);
    trb_status status = read_shape(&r, roi, err);
    if (!status && r.short_of)
        status = trb_error_set(err, TRB_ERR_FORMAT, "it is cut short");
    if (!status)
        status = find_box(roi, err);
    if (status)
        trb_roi_clear(roi);
    return status;
}
