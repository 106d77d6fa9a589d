/*
 * tiff_decode.c - the voxels of one page.
 *
 * libtiff decodes strips and tiles into the byte order of this machine (plain Deflate is done here, because libtiff
 * does not look at the checksum). What is left: odd bit depths, white is
 * zero, ImageJ's signed values, orientation. Whole planes that lie uncompressed in one piece skip libtiff.
 *
 * libtiff and libjpeg go on after some kinds of damage with grey or white pixels and only a warning: any
 * warning while voxels are decoded is an error here.
 */
#include "io/tiff_inflate.h"
#include "io/tiff_page.h"

#include <string.h>

static uint16_t swap16(uint16_t v)
{
    return (uint16_t)(v >> 8 | v << 8);
}

static void swap_bytes(void *voxels, size_t count, size_t bytes)
{
    if (bytes == 2) {
        uint16_t *v = voxels;
        for (size_t i = 0; i < count; i++)
            v[i] = swap16(v[i]);
    } else if (bytes == 4) {
        uint32_t *v = voxels;
        for (size_t i = 0; i < count; i++)
            v[i] = __builtin_bswap32(v[i]);
    } else if (bytes == 8) {
        uint64_t *v = voxels;
        for (size_t i = 0; i < count; i++)
            v[i] = __builtin_bswap64(v[i]);
    }
}

/* ---- from stored samples to delivered voxels */

/* One row of samples of an odd width, most significant bit first. One bit becomes 0 or 255, as Fiji shows it. */
static void unpack_row(const unsigned char *packed, unsigned bits, size_t count, void *out)
{
    uint32_t window = 0;
    unsigned held = 0;
    for (size_t x = 0; x < count; x++) {
        while (held < bits) {
            window = window << 8 | *packed++;
            held += 8;
        }
        held -= bits;
        const uint32_t sample = window >> held & ((1U << bits) - 1);
        if (bits > 8)
            ((uint16_t *)out)[x] = (uint16_t)sample;
        else
            ((uint8_t *)out)[x] = (uint8_t)(bits == 1 ? sample * 255 : sample);
    }
}

static void invert_plane(const trb_tiff_page *page, void *plane)
{
    const size_t count = page->width * page->height;
    if (page->type == TRB_U8) {
        const uint8_t white = (uint8_t)(page->bits == 1 ? 255 : (1U << page->bits) - 1);
        uint8_t *v = plane;
        for (size_t i = 0; i < count; i++)
            v[i] = (uint8_t)(white - v[i]);
    } else if (page->type == TRB_U16) {
        const uint16_t white = (uint16_t)((1U << page->bits) - 1);
        uint16_t *v = plane;
        for (size_t i = 0; i < count; i++)
            v[i] = (uint16_t)(white - v[i]);
    } else {
        uint32_t *v = plane;
        for (size_t i = 0; i < count; i++)
            v[i] = UINT32_MAX - v[i];
    }
}

/* v - 32768 as int16 is the same as turning the top bit. */
static void make_signed(const trb_tiff_page *page, void *plane)
{
    uint16_t *v = plane;
    for (size_t i = 0; i < page->width * page->height; i++)
        v[i] ^= 0x8000U;
}

static void finish(const trb_tiff_page *page, void *plane)
{
    if (page->invert)
        invert_plane(page, plane);
    if (page->add_half)
        make_signed(page, plane);
}

/* ---- strips and tiles */

static trb_status block_failed(const trb_tiff_page *page, uint32_t block, const char *why, trb_error *err)
{
    char buffer[32];
    return trb_error_set(err, TRB_ERR_FORMAT, "truncated or corrupt data (%s %u, compression %s): %s",
                         page->tiled ? "tile" : "strip", block + 1,
                         trb_tiff_compression_name(page->compression, buffer), why);
}

static trb_status decode_with_libtiff(trb_tiff_file *file, const trb_tiff_page *page, uint32_t block, void *out,
                                      size_t bytes, trb_error *err)
{
    memset(&file->messages, 0, sizeof file->messages);
    const tmsize_t got = page->tiled ? TIFFReadEncodedTile(file->tiff, block, out, (tmsize_t)bytes)
                                     : TIFFReadEncodedStrip(file->tiff, block, out, (tmsize_t)bytes);
    if (got == (tmsize_t)bytes && !file->messages.error[0] && !file->messages.warning[0])
        return TRB_OK;
    return block_failed(page, block,
                        file->messages.error[0]     ? file->messages.error
                        : file->messages.warning[0] ? file->messages.warning
                                                    : "it ends too early",
                        err);
}

/* Decode one strip or tile; `bytes` is what it must give. Deflate streams must match their checksum, too. */
static trb_status decode_block(trb_tiff_file *file, const trb_tiff_page *page, uint32_t block, void *out,
                               size_t bytes, trb_error *err)
{
    const bool deflate = page->compression == COMPRESSION_ADOBE_DEFLATE || page->compression == COMPRESSION_DEFLATE;
    if (!deflate || page->reversed_bits)
        return decode_with_libtiff(file, page, block, out, bytes, err);
    const bool plain = page->predictor == 1; /* nothing is left for libtiff to undo */
    trb_error inner = {TRB_OK, ""};
    const trb_status status = trb_tiff_inflate(file, block, plain ? out : NULL, bytes, &inner);
    if (status)
        return block_failed(page, block, inner.text, err);
    if (!plain)
        return decode_with_libtiff(file, page, block, out, bytes, err);
    if (file->swapped && page->bits % 8 == 0)
        swap_bytes(out, bytes / (page->bits / 8), page->bits / 8);
    return TRB_OK;
}

/* Copy the part of a decoded block that lies in the image; (x0, y0) is its corner. */
static void copy_block(const trb_tiff_page *page, const unsigned char *block, size_t x0, size_t y0, void *plane)
{
    const size_t bytes = trb_type_bytes(page->type);
    const size_t block_row = (page->block_width * page->bits + 7) / 8;
    const size_t columns = page->width - x0 < page->block_width ? page->width - x0 : page->block_width;
    const size_t rows = page->height - y0 < page->block_height ? page->height - y0 : page->block_height;
    for (size_t y = 0; y < rows; y++) {
        const unsigned char *from = block + y * block_row;
        unsigned char *to = (unsigned char *)plane + ((y0 + y) * page->width + x0) * bytes;
        if (page->bits == 8 * bytes)
            memcpy(to, from, columns * bytes);
        else
            unpack_row(from, page->bits, columns, to);
    }
}

static trb_status decode_tiles(trb_tiff_file *file, const trb_tiff_page *page, void *block, void *plane,
                               trb_error *err)
{
    uint32_t tile = 0;
    for (size_t y = 0; y < page->height; y += page->block_height)
        for (size_t x = 0; x < page->width; x += page->block_width, tile++) {
            const trb_status status = decode_block(file, page, tile, block, page->block_bytes, err);
            if (status)
                return status;
            copy_block(page, block, x, y, plane);
        }
    return TRB_OK;
}

static trb_status decode_strips(trb_tiff_file *file, const trb_tiff_page *page, void *block, void *plane,
                                trb_error *err)
{
    const size_t row = (page->width * page->bits + 7) / 8;
    const bool direct = page->bits % 8 == 0;
    uint32_t strip = 0;
    for (size_t y = 0; y < page->height; y += page->block_height, strip++) {
        const size_t rows = page->height - y < page->block_height ? page->height - y : page->block_height;
        void *to = direct ? (char *)plane + y * row : block;
        const trb_status status = decode_block(file, page, strip, to, rows * row, err);
        if (status)
            return status;
        if (!direct)
            copy_block(page, block, 0, y, plane);
    }
    return TRB_OK;
}

trb_status trb_tiff_page_decode(trb_tiff_file *file, const trb_tiff_page *page, void *block, void *plane,
                                trb_error *err)
{
    const trb_status status = page->tiled ? decode_tiles(file, page, block, plane, err)
                                          : decode_strips(file, page, block, plane, err);
    if (!status)
        finish(page, plane);
    return status;
}

trb_status trb_tiff_page_read_raw(const trb_tiff_file *file, const trb_tiff_page *page, size_t plane_number,
                                  void *plane, trb_error *err)
{
    const size_t bytes = trb_tiff_page_bytes(page);
    if (!trb_tiff_read_at(file, page->raw + (uint64_t)plane_number * bytes, plane, bytes))
        return trb_error_set(err, TRB_ERR_FORMAT, "truncated: its %zu bytes cannot all be read", bytes);
    if (file->swapped)
        swap_bytes(plane, page->width * page->height, trb_type_bytes(page->type));
    finish(page, plane);
    return TRB_OK;
}

/* ---- orientation and cropping */

/* Steps through the stored plane for one step to the right and one step down of the delivered one. */
static void steps(const trb_tiff_page *page, ptrdiff_t *start, ptrdiff_t *right, ptrdiff_t *down)
{
    const ptrdiff_t w = (ptrdiff_t)page->width, h = (ptrdiff_t)page->height;
    const bool transposed = page->orientation >= ORIENTATION_LEFTTOP;
    bool last_column = false, last_row = false; /* does the delivered first voxel come from there? */
    switch (page->orientation) {
    case ORIENTATION_TOPRIGHT:
    case ORIENTATION_LEFTBOT: last_column = true; break;
    case ORIENTATION_BOTRIGHT:
    case ORIENTATION_RIGHTBOT: last_column = last_row = true; break;
    case ORIENTATION_BOTLEFT:
    case ORIENTATION_RIGHTTOP: last_row = true; break;
    default: break;
    }
    const ptrdiff_t along = last_column ? -1 : 1, across = last_row ? -w : w;
    *start = (last_column ? w - 1 : 0) + (last_row ? (h - 1) * w : 0);
    *right = transposed ? across : along;
    *down = transposed ? along : across;
}

#define PLACE(T)                                                                                        \
    do {                                                                                                \
        const T *from = plane;                                                                          \
        T *to = dst;                                                                                    \
        for (size_t y = box->lo[1]; y < box->hi[1]; y++)                                                \
            for (size_t x = box->lo[0]; x < box->hi[0]; x++)                                            \
                *to++ = from[start + (ptrdiff_t)x * right + (ptrdiff_t)y * down];                       \
    } while (0)

void trb_tiff_page_place(const trb_tiff_page *page, const void *plane, const trb_box *box, void *dst)
{
    ptrdiff_t start, right, down;
    steps(page, &start, &right, &down);
    switch (trb_type_bytes(page->type)) {
    case 1: PLACE(uint8_t); break;
    case 2: PLACE(uint16_t); break;
    case 4: PLACE(uint32_t); break;
    default: PLACE(uint64_t); break;
    }
}
