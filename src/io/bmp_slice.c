/*
 * bmp_slice.c - BMP slices: uncompressed with 1, 4, 8, 24 or 32 bits a pixel.
 * Rows are padded to 4 bytes and stand from bottom to top unless the height is negative. Up to 8 bits, pixels are numbers
 * of colours in a table behind the header.
 */
#include "core/memory.h"
#include "io/byte_order.h"
#include "io/slice_image.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_HEADER = 14, CORE_HEADER = 12, INFO_HEADER = 40, LONGEST_HEADER = 256, COLOURS = 256 };
enum { COLOURED = -1, BEYOND = -2 };
#define LARGEST_SIDE (1 << 26)

typedef struct bmp_header {
    uint64_t pixels_at, table_at, row_bytes;
    int64_t nx, ny;
    bool top_down;
    unsigned bits, colour_bytes, colours;
    int16_t grey[COLOURS]; /* of a number in the table, COLOURED or BEYOND */
} bmp_header;

static trb_status read_fixed(const trb_input_file *file, bmp_header *bmp, trb_error *err)
{
    unsigned char bytes[FILE_HEADER + INFO_HEADER] = {0};
    trb_status status = trb_input_read(file, 0, bytes, FILE_HEADER + CORE_HEADER, err);
    if (status)
        return status;
    if (bytes[0] != 'B' || bytes[1] != 'M')
        return trb_error_set(err, TRB_ERR_FORMAT, "does not begin as a BMP file");
    const unsigned char *info = bytes + FILE_HEADER;
    const uint32_t size = trb_le32(info);
    uint32_t compression = 0, used = 0;
    bmp->pixels_at = trb_le32(bytes + 10);
    if (size == CORE_HEADER) {
        bmp->nx = trb_le16(info + 4);
        bmp->ny = trb_le16(info + 6);
        bmp->bits = trb_le16(info + 10);
        bmp->colour_bytes = 3;
    } else {
        if (size < INFO_HEADER || size > LONGEST_HEADER)
            return trb_error_set(err, TRB_ERR_FORMAT, "has a BMP header of %" PRIu32 " bytes", size);
        status = trb_input_read(file, FILE_HEADER, bytes + FILE_HEADER, INFO_HEADER, err);
        bmp->nx = trb_le32s(info + 4);
        bmp->ny = trb_le32s(info + 8);
        bmp->bits = trb_le16(info + 14);
        compression = trb_le32(info + 16);
        used = trb_le32(info + 32);
        bmp->colour_bytes = 4;
    }
    if (!status && compression != 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "is a compressed BMP (method %" PRIu32 "); export it without compression", compression);
    bmp->table_at = FILE_HEADER + size;
    const unsigned most = bmp->bits <= 8 ? 1U << bmp->bits : 0;
    bmp->colours = used && used < most ? used : most;
    return status;
}

static trb_status check_sizes(const trb_input_file *file, bmp_header *bmp, trb_error *err)
{
    const unsigned bits = bmp->bits;
    if (bits != 1 && bits != 4 && bits != 8 && bits != 24 && bits != 32)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "has %u bits a pixel; BMP slices with 1, 4, 8, 24 or 32 are read",
                             bits);
    bmp->top_down = bmp->ny < 0;
    bmp->ny = bmp->ny < 0 ? -bmp->ny : bmp->ny;
    if (bmp->nx < 1 || bmp->ny < 1 || bmp->nx > LARGEST_SIDE || bmp->ny > LARGEST_SIDE)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %" PRId64 " x %" PRId64 " pixels", bmp->nx, bmp->ny);
    bmp->row_bytes = ((uint64_t)bmp->nx * bits + 31) / 32 * 4;
    const uint64_t need = bmp->row_bytes * (uint64_t)bmp->ny;
    if (bmp->pixels_at > file->bytes || need > file->bytes - bmp->pixels_at)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "claims %" PRId64 " x %" PRId64 " pixels at byte %" PRIu64
                             ", more than the file holds: it is truncated; copy or export it again",
                             bmp->nx, bmp->ny, bmp->pixels_at);
    return TRB_OK;
}

static trb_status read_table(const trb_input_file *file, bmp_header *bmp, trb_error *err)
{
    unsigned char table[COLOURS * 4];
    for (int i = 0; i < COLOURS; i++)
        bmp->grey[i] = BEYOND;
    const trb_status status = trb_input_read(file, bmp->table_at, table, bmp->colours * bmp->colour_bytes, err);
    for (unsigned i = 0; !status && i < bmp->colours; i++) {
        const unsigned char *colour = table + i * bmp->colour_bytes;
        bmp->grey[i] = (int16_t)(colour[0] == colour[1] && colour[0] == colour[2] ? colour[0] : COLOURED);
    }
    return status;
}

static trb_status read_header(const trb_input_file *file, bmp_header *bmp, trb_slice_image *image, trb_error *err)
{
    trb_status status = read_fixed(file, bmp, err);
    if (!status)
        status = check_sizes(file, bmp, err);
    if (!status)
        status = read_table(file, bmp, err);
    if (status)
        return status;
    *image = (trb_slice_image){.nx = (size_t)bmp->nx, .ny = (size_t)bmp->ny, .type = TRB_U8, .bits = bmp->bits};
    for (unsigned i = 0; bmp->bits == 8 && i < bmp->colours; i++)
        image->mapped = image->mapped || bmp->grey[i] != (int)i;
    image->stored = bmp->bits > 8    ? "RGB"
                    : bmp->bits < 8  ? bmp->bits == 1 ? "1 bit" : "4-bit"
                    : image->mapped ? "8-bit with a colour table"
                                    : "8-bit grey";
    return TRB_OK;
}

trb_status trb_bmp_header(const trb_input_file *file, trb_slice_image *image, trb_error *err)
{
    bmp_header bmp = {0};
    return read_header(file, &bmp, image, err);
}

static trb_status table_row(const bmp_header *bmp, const unsigned char *row, uint8_t *to, trb_error *err)
{
    const unsigned bits = (unsigned)bmp->bits, each = 8 / bits, mask = (1U << bits) - 1;
    int lowest = 0;
    for (size_t x = 0; x < (size_t)bmp->nx; x++) {
        const unsigned shift = (each - 1 - (unsigned)(x % each)) * bits;
        const int grey = bmp->grey[row[x / each] >> shift & mask];
        lowest = grey < lowest ? grey : lowest;
        to[x] = (uint8_t)grey;
    }
    if (lowest == BEYOND)
        return trb_error_set(err, TRB_ERR_FORMAT, "holds numbers of colours beyond its table of %u: it is damaged",
                             bmp->colours);
    if (lowest == COLOURED)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "holds colours of its table that are no grey; one grey value a pixel is needed: export it as "
                             "grey");
    return TRB_OK;
}

/* The fourth byte of 32 bits means nothing in an uncompressed BMP. */
static trb_status colour_row(const bmp_header *bmp, unsigned char *row, uint8_t *to, trb_error *err)
{
    const unsigned each = bmp->bits / 8;
    for (size_t x = 0; each == 4 && x < (size_t)bmp->nx; x++)
        memmove(row + 3 * x, row + 4 * x, 3);
    return trb_slice_row_to_grey(row, (size_t)bmp->nx, 3, TRB_U8, to, err);
}

trb_status trb_bmp_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err)
{
    bmp_header bmp = {0};
    trb_slice_image now;
    trb_status status = read_header(file, &bmp, &now, err);
    if (!status)
        status = trb_slice_check_unchanged(&now, image, err);
    if (status)
        return status;
    const size_t ny = (size_t)bmp.ny, row_bytes = (size_t)bmp.row_bytes;
    unsigned char *rows = trb_alloc(ny, row_bytes, "a slice", err);
    if (!rows)
        return TRB_ERR_MEMORY;
    status = trb_input_read(file, bmp.pixels_at, rows, ny * row_bytes, err);
    for (size_t y = 0; !status && y < ny; y++) {
        unsigned char *row = rows + (bmp.top_down ? y : ny - 1 - y) * row_bytes;
        uint8_t *to = (uint8_t *)pixels + y * (size_t)bmp.nx;
        status = bmp.bits <= 8 ? table_row(&bmp, row, to, err) : colour_row(&bmp, row, to, err);
    }
    free(rows);
    return status;
}
