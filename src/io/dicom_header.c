/* dicom_header.c - see dicom_header.h. */
#include "io/dicom_header.h"

#include "io/byte_order.h"
#include "io/decimal_text.h"
#include "io/dicom_bridge.h"
#include "io/dicom_elements.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define IMPLICIT_LITTLE "1.2.840.10008.1.2"
#define EXPLICIT_LITTLE "1.2.840.10008.1.2.1"
#define DEFLATED "1.2.840.10008.1.2.1.99"
#define EXPLICIT_BIG "1.2.840.10008.1.2.2"
#define PIXELS UINT32_C(0x7fe00010)
#define MOST_DIRECTIONS 6

enum { PREAMBLE = 128, MARK_END = 132, VALUE_BYTES = 256 };

/* What is found while walking, before it is made sense of. */
typedef struct dicom_found {
    int rows, columns, samples, allocated, stored, high, is_signed; /* -1: not there */
    char photometric[20];
    double frames;
    bool slope, intercept;
} dicom_found;

bool trb_dicom_recognise(const char *path)
{
    trb_input_file file;
    char mark[4] = "";
    if (trb_input_open(path, &file, NULL))
        return false;
    const bool is = !trb_input_read(&file, PREAMBLE, mark, sizeof mark, NULL) && memcmp(mark, "DICM", 4) == 0;
    trb_input_close(&file);
    return is;
}

/* ---- values */

/* The value as text without its padding; false when it is empty or too long for anything we ask for. */
static bool text_of(const trb_input_file *file, const trb_dicom_element *element, char text[VALUE_BYTES])
{
    text[0] = 0;
    if (element->length == 0 || element->length >= VALUE_BYTES ||
        trb_input_read(file, element->at, text, element->length, NULL))
        return false;
    text[element->length] = 0;
    for (size_t n = strlen(text); n && text[n - 1] == ' '; n--)
        text[n - 1] = 0;
    return text[0] != 0;
}

/* "1.5\-2\3e-1" as exactly `count` numbers. */
static bool decimals(char *text, double *values, size_t count)
{
    double parsed[MOST_DIRECTIONS];
    size_t n = 0;
    for (char *part = text, *next; part; part = next) {
        char *end = strchr(part, '\\');
        next = end ? end + 1 : NULL;
        if (end)
            *end = 0;
        if (n == count || !trb_decimal_parse(part, &parsed[n++]))
            return false;
    }
    if (n != count)
        return false;
    memcpy(values, parsed, count * sizeof *values);
    return true;
}

static bool decimals_of(const trb_input_file *file, const trb_dicom_element *element, double *values, size_t count)
{
    char text[VALUE_BYTES];
    return text_of(file, element, text) && decimals(text, values, count);
}

static int short_of(const trb_input_file *file, const trb_dicom_element *element)
{
    unsigned char bytes[2];
    return element->length == 2 && !trb_input_read(file, element->at, bytes, 2, NULL) ? trb_le16(bytes) : -1;
}

/* A private number may be text or binary, and its kind unknown: text when it reads as a number. */
static double private_number(const trb_input_file *file, const trb_dicom_element *element)
{
    double value = 0;
    unsigned char bytes[8];
    if (decimals_of(file, element, &value, 1))
        return value;
    if (element->length == 8 && !trb_input_read(file, element->at, bytes, 8, NULL)) {
        const uint64_t bits = trb_le64(bytes);
        memcpy(&value, &bits, sizeof value);
    }
    return isfinite(value) ? value : 0;
}

/* ---- elements */

static void take_number(const trb_input_file *file, const trb_dicom_element *element, dicom_found *found,
                        trb_dicom_slice *slice)
{
    char text[VALUE_BYTES];
    double six[MOST_DIRECTIONS];
    switch (element->tag) {
    case 0x00280002: found->samples = short_of(file, element); break;
    case 0x00280010: found->rows = short_of(file, element); break;
    case 0x00280011: found->columns = short_of(file, element); break;
    case 0x00280100: found->allocated = short_of(file, element); break;
    case 0x00280101: found->stored = short_of(file, element); break;
    case 0x00280102: found->high = short_of(file, element); break;
    case 0x00280103: found->is_signed = short_of(file, element) == 1; break;
    case 0x00280004:
        if (text_of(file, element, text))
            snprintf(found->photometric, sizeof found->photometric, "%.19s", text);
        break;
    case 0x00280008: (void)decimals_of(file, element, &found->frames, 1); break;
    case 0x00200032: slice->has_position = decimals_of(file, element, slice->position, 3); break;
    case 0x00200037:
        slice->has_orientation = decimals_of(file, element, six, 6);
        if (slice->has_orientation) {
            memcpy(slice->row, six, sizeof slice->row);
            memcpy(slice->column, six + 3, sizeof slice->column);
        }
        break;
    case 0x00280030: /* the distance of rows first */
        slice->has_spacing = decimals_of(file, element, six, 2) && six[0] > 0 && six[1] > 0;
        slice->spacing[0] = slice->has_spacing ? six[1] : 0;
        slice->spacing[1] = slice->has_spacing ? six[0] : 0;
        break;
    case 0x00281052: found->intercept = decimals_of(file, element, &slice->intercept, 1); break;
    case 0x00281053: found->slope = decimals_of(file, element, &slice->slope, 1); break;
    case 0x00291000: slice->mu_scaling = private_number(file, element); break;
    case 0x00291004: slice->density_slope = private_number(file, element); break;
    case 0x00291005: slice->density_intercept = private_number(file, element); break;
    default: break;
    }
}

static void take_text(const trb_input_file *file, const trb_dicom_element *element, trb_dicom_slice *slice)
{
    char *to = NULL, text[VALUE_BYTES];
    switch (element->tag) {
    case 0x00020010: to = slice->transfer_syntax; break;
    case 0x00080020: to = slice->date; break;
    case 0x00080060: to = slice->modality; break;
    case 0x00080070: to = slice->manufacturer; break;
    case 0x0008103e: to = slice->description; break;
    case 0x00081090: to = slice->model; break;
    case 0x00180050: to = slice->slice_thickness; break;
    case 0x00180060: to = slice->kvp; break;
    case 0x0020000e: to = slice->series; break;
    case 0x00281054: to = slice->rescale_type; break;
    default: break;
    }
    if (to && text_of(file, element, text))
        snprintf(to, sizeof slice->series, "%.71s", text);
}

/* The group that comes first and is always explicit; *at: where the rest begins. */
static trb_status read_meta(const trb_input_file *file, trb_dicom_slice *slice, uint64_t *at, trb_error *err)
{
    trb_dicom_walk walk = {.file = file, .at = MARK_END};
    char mark[4] = "";
    trb_status status = TRB_OK;
    if (trb_input_read(file, PREAMBLE, mark, sizeof mark, NULL) || memcmp(mark, "DICM", 4) != 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "is no DICOM file: the mark DICM is not at byte 128");
    for (bool more = true; !status;) {
        trb_dicom_element element;
        unsigned char group[2];
        *at = walk.at;
        if (trb_input_read(file, walk.at, group, 2, NULL) || trb_le16(group) != 2)
            break;
        status = trb_dicom_next(&walk, &element, &more, err);
        if (!status && more)
            take_text(file, &element, slice);
    }
    return status;
}

static trb_status read_elements(const trb_input_file *file, uint64_t at, dicom_found *found, trb_dicom_slice *slice,
                                trb_dicom_element *pixels, trb_error *err)
{
    trb_dicom_walk walk = {.file = file, .at = at, .implicit = strcmp(slice->transfer_syntax, IMPLICIT_LITTLE) == 0};
    for (;;) {
        bool more;
        const trb_status status = trb_dicom_next(&walk, pixels, &more, err);
        if (status)
            return status;
        if (!more) {
            pixels->tag = 0;
            return TRB_OK;
        }
        if (pixels->tag == PIXELS)
            return TRB_OK;
        take_number(file, pixels, found, slice);
        take_text(file, pixels, slice);
    }
}

/* ---- sense */

static trb_status check_type(const dicom_found *found, trb_dicom_slice *slice, trb_error *err)
{
    switch (found->allocated) {
    case 8: slice->type = found->is_signed > 0 ? TRB_I8 : TRB_U8; break;
    case 16: slice->type = found->is_signed > 0 ? TRB_I16 : TRB_U16; break;
    case 32: slice->type = found->is_signed > 0 ? TRB_I32 : TRB_U32; break;
    default:
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "has %d bits a voxel; 8, 16 or 32 are read", found->allocated);
    }
    if (found->stored < 1 || found->stored > found->allocated || (found->high >= 0 && found->high != found->stored - 1))
        return trb_error_set(err, TRB_ERR_FORMAT, "uses %d bits of %d, the highest being %d", found->stored,
                             found->allocated, found->high);
    slice->bits = (unsigned)found->stored;
    return TRB_OK;
}

static trb_status check_image(const dicom_found *found, trb_dicom_slice *slice, trb_error *err)
{
    if (found->rows < 0 && found->columns < 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is a DICOM file without an image");
    if (found->rows < 1 || found->columns < 1)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %d x %d pixels", found->columns, found->rows);
    slice->white_is_lowest = strcmp(found->photometric, "MONOCHROME1") == 0;
    if ((found->samples >= 0 && found->samples != 1) ||
        (!slice->white_is_lowest && strcmp(found->photometric, "MONOCHROME2") != 0))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is %s with %d values a pixel; one grey value is needed",
                             found->photometric[0] ? found->photometric : "of no known kind", found->samples);
    if (found->frames > 1)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "holds %.0f frames; a file a slice is needed: export the series as single-frame DICOM",
                             found->frames);
    slice->nx = (size_t)found->columns;
    slice->ny = (size_t)found->rows;
    slice->has_rescale = found->slope && found->intercept && slice->slope != 0;
    if (!slice->has_rescale) {
        slice->slope = 1;
        slice->intercept = 0;
    }
    return check_type(found, slice, err);
}

static trb_status check_syntax(const trb_dicom_slice *slice, trb_error *err)
{
    if (!slice->transfer_syntax[0])
        return trb_error_set(err, TRB_ERR_FORMAT, "names no transfer syntax: it is damaged");
    if (strcmp(slice->transfer_syntax, EXPLICIT_BIG) == 0 || strcmp(slice->transfer_syntax, DEFLATED) == 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "is big-endian or deflated as a whole (%s), which is not read: export it uncompressed",
                             slice->transfer_syntax);
    return TRB_OK;
}

static trb_status check_pixels(const trb_input_file *file, const trb_dicom_element *pixels, trb_dicom_slice *slice,
                               trb_error *err)
{
    const uint64_t need = (uint64_t)slice->nx * slice->ny * trb_type_bytes(slice->type);
    if (pixels->tag != PIXELS)
        return trb_error_set(err, TRB_ERR_FORMAT, "holds no pixels: it is truncated, or no image");
    slice->pixels_at = pixels->at;
    slice->compressed = pixels->length == TRB_DICOM_UNDEFINED;
    if (slice->compressed)
        return trb_dicom_check_fragments(file, pixels->at, err);
    if (need > pixels->length || pixels->length > file->bytes - pixels->at)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu pixels, more than the file holds: it is truncated",
                             slice->nx, slice->ny);
    return TRB_OK;
}

static trb_status read_header(const trb_input_file *file, trb_dicom_slice *slice, trb_error *err)
{
    dicom_found found = {-1, -1, -1, -1, -1, -1, -1, "", 1, false, false};
    trb_dicom_element pixels = {0, 0, 0};
    uint64_t at = 0;
    slice->bytes = file->bytes;
    trb_status status = read_meta(file, slice, &at, err);
    if (!status)
        status = check_syntax(slice, err);
    if (!status)
        status = read_elements(file, at, &found, slice, &pixels, err);
    if (!status)
        status = check_image(&found, slice, err);
    return status ? status : check_pixels(file, &pixels, slice, err);
}

trb_status trb_dicom_header(const char *path, trb_dicom_slice *slice, trb_error *err)
{
    trb_input_file file;
    memset(slice, 0, sizeof *slice);
    trb_status status = trb_input_open(path, &file, err);
    if (!status)
        status = read_header(&file, slice, err);
    trb_input_close(&file);
    if (status)
        trb_error_within(err, "%s", path);
    return status;
}

/* ---- pixels */

/* Little-endian values of which `bits` are used; the others may hold anything. */
static void take_values(const trb_dicom_slice *slice, unsigned char *values, size_t count)
{
    const size_t each = trb_type_bytes(slice->type);
    const bool is_signed = slice->type == TRB_I8 || slice->type == TRB_I16 || slice->type == TRB_I32;
    const uint32_t mask = slice->bits == 32 ? UINT32_MAX : (UINT32_C(1) << slice->bits) - 1;
    const uint32_t sign = is_signed ? UINT32_C(1) << (slice->bits - 1) : 0;
    for (size_t i = 0; i < count; i++, values += each) {
        uint32_t value = each == 1 ? values[0] : each == 2 ? trb_le16(values) : trb_le32(values);
        value &= mask;
        if (value & sign)
            value |= ~mask;
        const uint8_t one = (uint8_t)value;
        const uint16_t two = (uint16_t)value;
        memcpy(values, each == 1 ? (const void *)&one : each == 2 ? (const void *)&two : (const void *)&value, each);
    }
}

trb_status trb_dicom_pixels(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err)
{
    if (slice->compressed)
        return trb_dicom_decode(path, slice, stored, err);
    const size_t count = slice->nx * slice->ny;
    trb_input_file file;
    trb_status status = trb_input_open(path, &file, err);
    if (!status)
        status = trb_input_read(&file, slice->pixels_at, stored, count * trb_type_bytes(slice->type), err);
    trb_input_close(&file);
    if (status)
        trb_error_within(err, "%s", path);
    else
        take_values(slice, stored, count);
    return status;
}
