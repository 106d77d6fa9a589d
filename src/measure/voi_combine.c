/* voi_combine.c - one VOI from several, then its margins, then its slab. */
#include "trabecula/voi.h"

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

static bool is_special(const char *part)
{
    return strcmp(part, "auto") == 0 || strncmp(part, "auto:", 5) == 0;
}

bool trb_voi_part_is_file(const char *part)
{
    return !trb_voi_is_shape(part) && !is_special(part);
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

static trb_status make_part(const char *part, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_special *special,
                            const trb_voi_notes *notes, trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (!part[0])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "VOI: a part is empty; several are joined as A;and:B;minus:C");
    if (special && is_special(part))
        return special->make(special->user, part, grid, out, err);
    return trb_voi_one(part, rules, grid, notes, out, err);
}

static void join(trb_mask *mask, trb_mask *part, bool minus)
{
    if (minus)
        trb_mask_invert(part);
    trb_mask_and(mask, part);
}

static trb_status combine(const char *text, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_special *special,
                          const trb_voi_notes *notes, trb_mask **out, trb_error *err)
{
    char buffer[PART_BYTES];
    bool minus, file = false;
    if (!text[0])
        return whole(grid, out, err);
    trb_status status = TRB_OK;
    size_t i = 0;
    for (; !status && trb_voi_part(text, i, buffer, sizeof buffer, &minus); i++) {
        trb_mask *part = NULL;
        file = file || trb_voi_part_is_file(buffer);
        status = make_part(buffer, rules, grid, special, notes, &part, err);
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
    if (!status && rules->by_label && !file)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "voi-label names a value in a mask file, and the VOI names no file");
    return status;
}

static trb_status cut_slab(const trb_voi_rules *rules, trb_mask *mask, const trb_voi_notes *notes, trb_error *err)
{
    size_t first, end;
    trb_status status = trb_voi_slab(rules, &mask->grid, &first, &end, err);
    if (status)
        return status;
    const size_t plane = mask->grid.ny * mask->words_per_row * sizeof *mask->bits;
    memset(mask->bits, 0, first * plane);
    if (end < mask->grid.nz)
        memset(trb_mask_row(mask, 0, end), 0, (mask->grid.nz - end) * plane);
    trb_voi_note(notes, "slab from the landmark: slices %zu:%zu (the end not included), %.6g mm high", first, end,
                 (double)(end - first) * mask->grid.spacing_mm[2]);
    return TRB_OK;
}

trb_status trb_voi_build(const char *text, const trb_voi_rules *rules, const trb_grid *grid, const trb_voi_special *special,
                         const trb_voi_notes *notes, trb_mask **out, trb_error *err)
{
    *out = NULL;
    trb_status status = trb_voi_rules_check(rules, err);
    if (status || !trb_voi_wanted(text, rules))
        return status;
    if (rules->by_label && !text[0])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-label names a value in a mask file: give the file as --voi");
    status = combine(text, rules, grid, special, notes, out, err);
    if (!status)
        status = trb_voi_erode(*out, &rules->erode, err);
    if (!status)
        status = trb_voi_dilate(*out, &rules->dilate, err);
    if (!status && rules->by_landmark)
        status = cut_slab(rules, *out, notes, err);
    if (status) {
        trb_mask_destroy(*out);
        *out = NULL;
    }
    return status;
}
