/*
 * dicom_elements.c - see dicom_elements.h. Source: DICOM PS3.5 chapter 7 and annex A.
 *
 * Our own walk, not GDCM's: its builds may hold assertions that end the process on a damaged file.
 */
#include "io/dicom_elements.h"

#include "io/byte_order.h"

#include <inttypes.h>
#include <string.h>

#define MOST_STEPS 200000 /* elements before the pixels; real files have hundreds */

enum { ITEM = (int)0xe000, ITEM_END = (int)0xe00d, SEQUENCE_END = (int)0xe0dd, DELIMITERS = (int)0xfffe };
#define PIXELS UINT32_C(0x7fe00010)

static trb_status damaged(const char *what, uint64_t at, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_FORMAT, "%s at byte %" PRIu64 ": it is damaged or truncated", what, at);
}

/* Kinds whose length has 32 bits behind two empty bytes. */
static bool has_long_length(const unsigned char kind[2])
{
    static const char kinds[][3] = {"OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (memcmp(kind, kinds[i], 2) == 0)
            return true;
    return false;
}

/* Tag, length and place of the element at walk->at. *unknown: its kind is UN, so that what is inside is implicit. */
static trb_status read_head(const trb_dicom_walk *walk, trb_dicom_element *element, bool *unknown, trb_error *err)
{
    unsigned char head[12];
    trb_status status = trb_input_read(walk->file, walk->at, head, 8, err);
    if (status)
        return status;
    const uint32_t group = trb_le16(head);
    element->tag = group << 16 | trb_le16(head + 2);
    element->at = walk->at + 8;
    *unknown = false;
    if (walk->implicit || group == DELIMITERS) {
        element->length = trb_le32(head + 4);
    } else if (has_long_length(head + 4)) {
        status = trb_input_read(walk->file, walk->at + 8, head + 8, 4, err);
        element->length = status ? 0 : trb_le32(head + 8);
        element->at = walk->at + 12;
        *unknown = memcmp(head + 4, "UN", 2) == 0;
    } else {
        element->length = trb_le16(head + 6);
    }
    return status;
}

static void go_deeper(trb_dicom_walk *walk, bool unknown)
{
    walk->depth++;
    if (unknown && !walk->implicit) {
        walk->implicit = true;
        walk->implicit_depth = walk->depth;
    }
}

static trb_status come_back(trb_dicom_walk *walk, trb_error *err)
{
    if (walk->depth == 0)
        return damaged("a delimiter without a beginning", walk->at, err);
    if (walk->depth == walk->implicit_depth) {
        walk->implicit = false;
        walk->implicit_depth = 0;
    }
    walk->depth--;
    return TRB_OK;
}

trb_status trb_dicom_next(trb_dicom_walk *walk, trb_dicom_element *element, bool *more, trb_error *err)
{
    *more = true;
    while (walk->at < walk->file->bytes) {
        bool unknown;
        const uint64_t start = walk->at;
        trb_status status = read_head(walk, element, &unknown, err);
        if (status)
            return status;
        if (walk->steps++ > MOST_STEPS)
            return damaged("too many elements", start, err);
        if (element->tag == PIXELS && walk->depth == 0)
            return TRB_OK;
        const uint32_t group = element->tag >> 16, number = element->tag & 0xffff;
        walk->at = element->at;
        if (group == DELIMITERS && (number == ITEM_END || number == SEQUENCE_END)) {
            status = come_back(walk, err);
            if (status)
                return status;
            continue;
        }
        if (element->length == TRB_DICOM_UNDEFINED) { /* a sequence, or an item in one */
            go_deeper(walk, unknown);
            continue;
        }
        if (element->length > walk->file->bytes - element->at)
            return damaged("an element that leaves the file", start, err);
        walk->at += element->length;
        if (walk->depth == 0 && group != DELIMITERS)
            return TRB_OK;
    }
    *more = false;
    return walk->depth ? damaged("a sequence without end", walk->at, err) : TRB_OK;
}

trb_status trb_dicom_check_fragments(const trb_input_file *file, uint64_t at, trb_error *err)
{
    unsigned char head[8];
    for (size_t fragments = 0; fragments < MOST_STEPS; fragments++) {
        const trb_status status = trb_input_read(file, at, head, sizeof head, err);
        if (status)
            return status;
        const uint32_t group = trb_le16(head), number = trb_le16(head + 2), length = trb_le32(head + 4);
        at += 8;
        if (group == DELIMITERS && number == SEQUENCE_END && fragments >= 2) /* an offset table and one fragment at least */
            return TRB_OK;
        if (group != DELIMITERS || number != ITEM || length > file->bytes - at)
            break;
        at += length;
    }
    return damaged("compressed pixels that are no fragments", at, err);
}
