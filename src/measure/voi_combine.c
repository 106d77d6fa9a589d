/* voi_combine.c - one VOI from several, then its margins, then its slab. */
#include "trabecula/voi.h"
#include "trabecula/voi_auto.h"

#include "prepare/roi_set.h"
#include "prepare/voi_notes.h"
#include "prepare/voi_shapes.h"

#include <stdio.h>
#include <string.h>

#define AND ";and:"
#define MINUS ";minus:"
#define PART_BYTES 1024

static const char *min_of(const char *a, const char *b)
{
    return !a ? b : !b ? a : a < b ? a : b;
}

bool trb_voi_part(const char *text, size_t i, char *buffer, size_t size, bool *minus)
{
    *minus = false;
    const char *next = text;
    for (size_t k = 0;; k++) {
        const char *end = min_of(strstr(next, AND), strstr(next, MINUS));
        const size_t n = end ? (size_t)(end - next) : strlen(next);
        if (k == i) {
            if (n >= size)
                return false;
            memcpy(buffer, next, n);
            buffer[n] = 0;
            return true;
        }
        if (!end)
            return false;
        *minus = strncmp(end, MINUS, strlen(MINUS)) == 0;
        next = end + (*minus ? strlen(MINUS) : strlen(AND));
    }
}

static size_t count_parts(const char *text)
{
    size_t n = 1;
    for (const char *at = text; (at = strchr(at, ';')) != NULL; at++)
        n += strncmp(at, AND, strlen(AND)) == 0 || strncmp(at, MINUS, strlen(MINUS)) == 0;
    return n;
}

bool trb_voi_part_is_file(const char *part)
{
    return !trb_voi_is_shape(part) && !trb_voi_is_auto(part);
}

/* A mask file, and no regions of ImageJ. */
static bool is_mask_file(const char *part)
{
    return trb_voi_part_is_file(part) && !trb_roi_is_file(part);
}

bool trb_voi_wanted(const char *text, const trb_voi_rules *rules)
{
    return text[0] || rules->by_label || rules->erode.value > 0 || rules->dilate.value > 0 || rules->by_landmark;
}

/* The whole image, before it is cut. */
static trb_status whole(const trb_grid *grid, trb_mask **out, trb_error *err)
{
    const trb_box box = trb_grid_box(grid);
    return trb_voi_box(grid, &box, out, err);
}

/* What a builder of VOIs carries along. */
typedef struct context {
    const trb_voi_rules *rules;
    const trb_grid *grid;
    const trb_voi_frame *frame; /* NULL: the grid is all of the scan */
    const trb_voi_special *special;
    const trb_voi_notes *notes;
} context;

/* Columns lo[0] and on of a row, `words` of them. */
static void cut_row(const uint64_t *from, size_t from_words, size_t lo, uint64_t *to, size_t words)
{
    const size_t skip = lo >> 6, shift = lo & 63;
    for (size_t w = 0; w < words; w++) {
        const uint64_t low = skip + w < from_words ? from[skip + w] : 0, high = skip + w + 1 < from_words ? from[skip + w + 1] : 0;
        to[w] = shift ? low >> shift | high << (64 - shift) : low;
    }
}

/* A box of a mask. */
static trb_status cut_part(const trb_mask *from, const trb_box *box, const trb_grid *grid, trb_mask **out, trb_error *err)
{
    trb_status status = trb_mask_create(grid, out, err);
    if (status)
        return status;
    const uint64_t tail = trb_mask_tail(*out);
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            uint64_t *to = trb_mask_row(*out, y, z);
            cut_row(trb_mask_row(from, y + box->lo[1], z + box->lo[2]), from->words_per_row, box->lo[0], to, (*out)->words_per_row);
            to[(*out)->words_per_row - 1] &= tail;
        }
    return TRB_OK;
}

/* A VOI that is given in the scan, on the part. A mask file may be one of the part. */
static trb_status make_in_scan(const char *part, const context *c, trb_mask **out, trb_error *err)
{
    trb_grid scan = c->frame->scan;
    trb_mask *whole_mask = NULL;
    memcpy(scan.spacing_mm, c->grid->spacing_mm, sizeof scan.spacing_mm);
    trb_status status = trb_voi_one(part, c->rules, &scan, c->notes, &whole_mask, err);
    if (!status)
        status = cut_part(whole_mask, &c->frame->part, c->grid, out, err);
    else if (status == TRB_ERR_ARGUMENT && is_mask_file(part) &&
             trb_voi_one(part, c->rules, c->grid, c->notes, out, NULL) == TRB_OK)
        status = TRB_OK;
    trb_mask_destroy(whole_mask);
    return status;
}

static trb_status make_part(const char *part, const context *c, trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (!part[0])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "VOI: a part is empty; several are joined as A;and:B;minus:C");
    if (c->special && trb_voi_is_auto(part))
        return c->special->make(c->special->user, part, c->grid, out, err);
    return c->frame ? make_in_scan(part, c, out, err) : trb_voi_one(part, c->rules, c->grid, c->notes, out, err);
}

static void join(trb_mask *mask, trb_mask *part, bool minus)
{
    if (minus)
        trb_mask_invert(part);
    trb_mask_and(mask, part);
}

static trb_status combine(const char *text, const context *c, trb_mask **out, trb_error *err)
{
    char buffer[PART_BYTES];
    bool minus, file = false;
    if (!text[0])
        return whole(c->grid, out, err);
    trb_status status = TRB_OK;
    size_t i = 0;
    for (; !status && trb_voi_part(text, i, buffer, sizeof buffer, &minus); i++) {
        trb_mask *part = NULL;
        file = file || trb_voi_part_is_file(buffer);
        status = make_part(buffer, c, &part, err);
        if (!status && i == 0) {
            *out = part;
            continue;
        }
        if (!status)
            join(*out, part, minus);
        trb_mask_destroy(part);
    }
    if (!status && i < count_parts(text))
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "VOI: a part has more than %d characters", PART_BYTES - 1);
    if (!status && c->rules->by_label && !file)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "voi-label names a value in a mask file, and the VOI names no file");
    return status;
}

static trb_status cut_slab(const context *c, trb_mask *mask, trb_error *err)
{
    trb_grid scan = c->frame ? c->frame->scan : *c->grid;
    const size_t from = c->frame ? c->frame->part.lo[2] : 0, to = from + c->grid->nz;
    size_t first, end;
    memcpy(scan.spacing_mm, c->grid->spacing_mm, sizeof scan.spacing_mm);
    trb_status status = trb_voi_slab(c->rules, &scan, &first, &end, err);
    if (status)
        return status;
    if (first < from || end > to)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the slab of slices %zu:%zu from the landmark does not lie in the slices %zu:%zu "
                             "that are measured", first, end, from, to);
    const size_t plane = mask->grid.ny * mask->words_per_row * sizeof *mask->bits;
    memset(mask->bits, 0, (first - from) * plane);
    if (end < to)
        memset(trb_mask_row(mask, 0, end - from), 0, (to - end) * plane);
    trb_voi_note(c->notes, "slab from the landmark: slices %zu:%zu (the end not included), %.6g mm high", first, end,
                 (double)(end - first) * scan.spacing_mm[2]);
    return TRB_OK;
}

trb_status trb_voi_build(const char *text, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_frame *frame,
                         const trb_voi_special *special, const trb_voi_notes *notes, trb_mask **out, trb_error *err)
{
    const bool all = !frame || trb_grid_same_size(&frame->scan, grid);
    const context c = {rules, grid, all ? NULL : frame, special, notes};
    *out = NULL;
    trb_status status = trb_voi_rules_check(rules, err);
    if (status || !trb_voi_wanted(text, rules))
        return status;
    if (rules->by_label && !text[0])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-label names a value in a mask file: give the file as --voi");
    status = combine(text, &c, out, err);
    if (!status)
        status = trb_voi_erode(*out, &rules->erode, err);
    if (!status)
        status = trb_voi_dilate(*out, &rules->dilate, err);
    if (!status && rules->by_landmark)
        status = cut_slab(&c, *out, err);
    if (status) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    return status;
}
