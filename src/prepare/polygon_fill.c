/*
 * polygon_fill.c - even-odd filling by toggling.
 * Each edge toggles, in every row whose centre line it crosses, all pixels whose centres lie to its right. A pixel that
 * was toggled an odd number of times is inside. Only the first toggled pixel of each is written down, in one bit a
 * pixel; a running exclusive-or along the row does the rest. So the order of edges does not matter, and no outline,
 * however hostile, needs more memory than the plane.
 */
#include "prepare/polygon_fill.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

__extension__ typedef __int128 i128;

#define MOST_CROSSINGS (1ULL << 30)

typedef struct canvas {
    size_t nx, ny, words;
    uint64_t *toggles; /* ny rows of words */
    uint64_t crossings;
} canvas;

/* The first row whose centre line lies strictly below y: row + 1/2 > y. floor() is exact, so are its halves. */
static double first_row_after(double y)
{
    const double row = floor(y);
    return row + 0.5 > y ? row : row + 1;
}

/* Rows with upper < row + 1/2 <= lower: a centre line through a vertex counts for the edge above it alone. */
static bool add_edge(canvas *c, double x1, double y1, double x2, double y2)
{
    if (y1 == y2)
        return true;
    const double first = fmax(first_row_after(fmin(y1, y2)), 0);
    const double end = fmin(first_row_after(fmax(y1, y2)), (double)c->ny);
    if (!(first < end))
        return true;
    c->crossings += (uint64_t)(end - first);
    if (c->crossings > MOST_CROSSINGS)
        return false;
    for (size_t row = (size_t)first; row < (size_t)end; row++) {
        const double x = x1 + ((double)row + 0.5 - y1) * (x2 - x1) / (y2 - y1);
        const double pixel = fmax(first_row_after(x), 0);
        if (pixel < (double)c->nx)
            c->toggles[row * c->words + ((size_t)pixel >> 6)] ^= (uint64_t)1 << ((size_t)pixel & 63);
    }
    return true;
}

static bool add_contours(canvas *c, const trb_roi *roi)
{
    size_t begin = 0;
    for (size_t k = 0; k < roi->n_contours; k++) {
        const size_t end = roi->ends[k];
        for (size_t i = begin; i < end; i++) {
            const size_t next = i + 1 < end ? i + 1 : begin;
            const double *from = roi->xy + 2 * i, *to = roi->xy + 2 * next;
            if (!add_edge(c, from[0], from[1], to[0], to[1]))
                return false;
        }
        begin = end;
    }
    return true;
}

/* Bit x of the result is the exclusive-or of bits 0 to x. */
static uint64_t running_xor(uint64_t word)
{
    for (int step = 1; step < 64; step *= 2)
        word ^= word << step;
    return word;
}

static void paint(const canvas *c, trb_mask *mask, size_t z)
{
    const uint64_t tail = trb_mask_tail(mask);
    for (size_t y = 0; y < c->ny; y++) {
        uint64_t *row = trb_mask_row(mask, y, z), inside = 0;
        for (size_t w = 0; w < c->words; w++) {
            const uint64_t word = running_xor(c->toggles[y * c->words + w]) ^ inside;
            inside = word >> 63 ? ~(uint64_t)0 : 0;
            row[w] |= w + 1 < c->words ? word : word & tail;
        }
    }
}

/* The box has whole numbers: ((2x + 1 - l - r) / w)^2 + ((2y + 1 - t - b) / h)^2 <= 1, decided in integers. */
static void fill_oval(const trb_roi *roi, trb_mask *mask, size_t z)
{
    const int64_t l = (int64_t)roi->left, r = (int64_t)roi->right, t = (int64_t)roi->top, b = (int64_t)roi->bottom;
    const int64_t w2 = (r - l) * (r - l), h2 = (b - t) * (b - t); /* below 2^34 each: the header has 16 bits */
    const int64_t nx = (int64_t)mask->grid.nx, ny = (int64_t)mask->grid.ny;
    for (int64_t y = t > 0 ? t : 0; y < b && y < ny; y++)
        for (int64_t x = l > 0 ? l : 0; x < r && x < nx; x++) {
            const int64_t dx = 2 * x + 1 - l - r, dy = 2 * y + 1 - t - b;
            if ((i128)(dx * dx) * h2 + (i128)(dy * dy) * w2 <= (i128)w2 * h2)
                trb_mask_set(mask, (size_t)x, (size_t)y, z, 1);
        }
}

trb_status trb_roi_fill(const trb_roi *roi, trb_mask *mask, size_t z, trb_error *err)
{
    if (roi->oval) {
        fill_oval(roi, mask, z);
        return TRB_OK;
    }
    canvas c = {mask->grid.nx, mask->grid.ny, mask->words_per_row, NULL, 0};
    c.toggles = trb_alloc_zero(c.ny * c.words, sizeof *c.toggles, "a plane to fill an outline in", err);
    if (!c.toggles)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    if (add_contours(&c, roi))
        paint(&c, mask, z);
    else
        status = trb_error_set(err, TRB_ERR_UNSUPPORTED, "its outline crosses too many rows (more than 2^30)");
    free(c.toggles);
    return status;
}
