/* tiff_page.c - how a page is stored, and whether this program can use it. */
#include "io/tiff_page.h"

#include <stdio.h>
#include <string.h>

/* Tiles may stick out of a small image, but not by more than this. */
#define LARGEST_TILE_SIDE 16384

/* Compressions that this program reads. `most` bounds how far one byte can grow: a page that claims more than
 * its bytes can give is refused before memory is asked for it (0: no useful bound). */
static const struct {
    uint16_t code;
    const char *name;
    unsigned most;
} codecs[] = {
    {COMPRESSION_NONE, "none", 1},
    {COMPRESSION_CCITTRLE, "CCITT RLE", 0},
    {COMPRESSION_CCITTFAX3, "CCITT group 3", 0},
    {COMPRESSION_CCITTFAX4, "CCITT group 4", 0},
    {COMPRESSION_LZW, "LZW", 2800},
    {COMPRESSION_JPEG, "JPEG", 0},
    {COMPRESSION_ADOBE_DEFLATE, "Deflate", 1040},
    {COMPRESSION_DEFLATE, "Deflate (old code)", 1040},
    {COMPRESSION_PACKBITS, "PackBits", 64},
    {COMPRESSION_LZMA, "LZMA", 0},
    {COMPRESSION_ZSTD, "ZSTD", 0},
};

static int codec_index(uint16_t compression)
{
    for (size_t i = 0; i < sizeof codecs / sizeof *codecs; i++)
        if (codecs[i].code == compression)
            return (int)i;
    return -1;
}

const char *trb_tiff_compression_name(uint16_t compression, char buffer[32])
{
    const int index = codec_index(compression);
    if (index >= 0)
        return codecs[index].name;
    snprintf(buffer, 32, "number %u", compression);
    return buffer;
}

size_t trb_tiff_page_bytes(const trb_tiff_page *page)
{
    return page->width * page->height * trb_type_bytes(page->type);
}

static uint16_t tag16(TIFF *tiff, uint32_t tag, uint16_t otherwise)
{
    uint16_t value = otherwise;
    return TIFFGetFieldDefaulted(tiff, tag, &value) ? value : otherwise;
}

/* ---- what the voxels are */

static trb_status check_grey(TIFF *tiff, trb_tiff_page *page, trb_error *err)
{
    static const char advice[] = "one grey channel is needed: convert it (in Fiji: Image > Type > 8-bit or 16-bit)";
    const uint16_t samples = tag16(tiff, TIFFTAG_SAMPLESPERPIXEL, 1);
    const uint16_t photometric = tag16(tiff, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
    case PHOTOMETRIC_MINISBLACK: break;
    case PHOTOMETRIC_PALETTE:
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is a palette (indexed colour) image; %s", advice);
    case PHOTOMETRIC_RGB:
    case PHOTOMETRIC_YCBCR:
    case PHOTOMETRIC_SEPARATED:
    case PHOTOMETRIC_CIELAB:
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is a colour image of %u channels; %s", samples, advice);
    default:
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "is no grey image (photometric interpretation %u); %s",
                             photometric, advice);
    }
    if (samples != 1)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "has %u channels a pixel; %s", samples, advice);
    page->invert = photometric == PHOTOMETRIC_MINISWHITE;
    return TRB_OK;
}

/* The type that unsigned, signed and float samples of this width are delivered in. */
static bool delivered_type(unsigned bits, unsigned format, trb_type *type)
{
    const bool is_unsigned = format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID;
    if (is_unsigned && bits >= 1 && bits <= 16)
        *type = bits <= 8 ? TRB_U8 : TRB_U16;
    else if (is_unsigned && bits == 32)
        *type = TRB_U32;
    else if (format == SAMPLEFORMAT_INT && (bits == 8 || bits == 16 || bits == 32))
        *type = bits == 8 ? TRB_I8 : bits == 16 ? TRB_I16 : TRB_I32;
    else if (format == SAMPLEFORMAT_IEEEFP && (bits == 32 || bits == 64))
        *type = bits == 32 ? TRB_F32 : TRB_F64;
    else
        return false;
    return true;
}

static trb_status check_type(TIFF *tiff, trb_tiff_page *page, trb_error *err)
{
    const unsigned format = tag16(tiff, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_UINT);
    page->bits = tag16(tiff, TIFFTAG_BITSPERSAMPLE, 1);
    if (format == SAMPLEFORMAT_COMPLEXINT || format == SAMPLEFORMAT_COMPLEXIEEEFP)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "holds complex numbers; grey values are needed: export the magnitude");
    if (!delivered_type(page->bits, format, &page->type))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "holds %u-bit %s; 8, 16 or 32-bit integers or 32 or 64-bit floats are needed: "
                             "export it as one of these",
                             page->bits,
                             format == SAMPLEFORMAT_IEEEFP ? "floats"
                             : format == SAMPLEFORMAT_INT  ? "signed integers"
                                                           : "integers");
    double lowest, highest;
    trb_type_range(page->type, &lowest, &highest);
    if (page->invert && lowest < 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "says that white is zero, which has no meaning for %s voxels: export it as "
                             "\"black is zero\"",
                             trb_type_name(page->type));
    return TRB_OK;
}

static trb_status check_codec(TIFF *tiff, trb_tiff_page *page, trb_error *err)
{
    char buffer[32];
    page->compression = tag16(tiff, TIFFTAG_COMPRESSION, COMPRESSION_NONE);
    page->predictor = 1;
    page->reversed_bits = tag16(tiff, TIFFTAG_FILLORDER, FILLORDER_MSB2LSB) != FILLORDER_MSB2LSB;
    if (codec_index(page->compression) < 0)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "is compressed with method %u, which this program does not read: save it "
                             "uncompressed or with Deflate or LZW",
                             page->compression);
    if (!TIFFIsCODECConfigured(page->compression))
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "is compressed with %s, which the libtiff of this system does not know: save it "
                             "uncompressed or with Deflate or LZW",
                             trb_tiff_compression_name(page->compression, buffer));
    if (page->compression == COMPRESSION_LZW || page->compression == COMPRESSION_ADOBE_DEFLATE ||
        page->compression == COMPRESSION_DEFLATE || page->compression == COMPRESSION_LZMA ||
        page->compression == COMPRESSION_ZSTD)
        page->predictor = tag16(tiff, TIFFTAG_PREDICTOR, 1);
    return TRB_OK;
}

/* ---- where the bytes are */

static trb_status check_size(TIFF *tiff, trb_tiff_page *page, trb_error *err)
{
    uint32_t width = 0, height = 0;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    if (width == 0 || height == 0)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims a size of %u x %u pixels", width, height);
    if (trb_size_multiply(trb_size_multiply(width, height), 8) == 0 || width > INT32_MAX || height > INT32_MAX)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims an impossible size of %u x %u pixels", width, height);
    page->width = width;
    page->height = height;
    return TRB_OK;
}

static trb_status check_blocks(TIFF *tiff, trb_tiff_page *page, trb_error *err)
{
    uint32_t width = (uint32_t)page->width, height = 0;
    page->tiled = TIFFIsTiled(tiff);
    if (page->tiled) {
        TIFFGetField(tiff, TIFFTAG_TILEWIDTH, &width);
        TIFFGetField(tiff, TIFFTAG_TILELENGTH, &height);
        if (width == 0 || height == 0 || (width > page->width && width > LARGEST_TILE_SIDE) ||
            (height > page->height && height > LARGEST_TILE_SIDE))
            return trb_error_set(err, TRB_ERR_FORMAT, "claims tiles of %u x %u for an image of %zu x %zu pixels",
                                 width, height, page->width, page->height);
    } else {
        TIFFGetFieldDefaulted(tiff, TIFFTAG_ROWSPERSTRIP, &height);
        if (height == 0 || height > page->height)
            height = (uint32_t)page->height;
    }
    page->block_width = width;
    page->block_height = height;
    page->block_bytes = trb_size_multiply(((size_t)width * page->bits + 7) / 8, height);
    const uint64_t by_libtiff = page->tiled ? TIFFTileSize64(tiff) : TIFFVStripSize64(tiff, height);
    if (page->block_bytes == 0 || page->block_bytes != by_libtiff)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims an impossible strip or tile size");
    return TRB_OK;
}

/* Bytes that one block needs when it is not compressed: the last strip may be shorter. */
static uint64_t plain_bytes(const trb_tiff_page *page, uint64_t block)
{
    if (page->tiled)
        return page->block_bytes;
    const uint64_t first = block * page->block_height;
    const uint64_t rows = first + page->block_height > page->height ? page->height - first : page->block_height;
    return rows * (((uint64_t)page->width * page->bits + 7) / 8);
}

/* Do all blocks lie in the file, can they hold what is claimed, and do they follow each other without a gap? */
static trb_status check_data(const trb_tiff_file *file, trb_tiff_page *page, trb_error *err)
{
    TIFF *tiff = file->tiff;
    const uint64_t blocks = page->tiled ? TIFFNumberOfTiles(tiff) : TIFFNumberOfStrips(tiff);
    const bool plain = page->compression == COMPRESSION_NONE;
    const char *const kind = page->tiled ? "tile" : "strip";
    bool in_one_piece = plain && !page->tiled && page->bits % 8 == 0 && !page->reversed_bits;
    uint64_t first = 0, stored = 0, expected = 0;
    for (uint64_t i = 0; i < blocks; i++) {
        const uint64_t offset = TIFFGetStrileOffset(tiff, (uint32_t)i);
        const uint64_t count = plain ? plain_bytes(page, i) : TIFFGetStrileByteCount(tiff, (uint32_t)i);
        if (offset == 0 || offset > file->bytes || count > file->bytes - offset)
            return trb_error_set(err, TRB_ERR_FORMAT,
                                 "is truncated: %s %llu of %llu should end at byte %llu, the file has %llu: copy or "
                                 "export it again",
                                 kind, (unsigned long long)i + 1, (unsigned long long)blocks,
                                 (unsigned long long)(offset + count), (unsigned long long)file->bytes);
        first = i == 0 ? offset : first;
        in_one_piece = in_one_piece && offset == first + stored;
        stored += count;
        expected += plain_bytes(page, i);
    }
    const unsigned most = codecs[codec_index(page->compression)].most;
    if (most && expected / most > stored)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "claims %zu x %zu pixels, more than its %llu bytes can hold: the file is damaged",
                             page->width, page->height, (unsigned long long)stored);
    page->raw = in_one_piece ? first : 0;
    return TRB_OK;
}

trb_status trb_tiff_page_layout(const trb_tiff_file *file, trb_tiff_page *page, trb_error *err)
{
    TIFF *tiff = file->tiff;
    uint32_t kind = 0;
    memset(page, 0, sizeof *page);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SUBFILETYPE, &kind);
    page->skip = (kind & (FILETYPE_REDUCEDIMAGE | FILETYPE_MASK)) != 0;
    if (page->skip)
        return TRB_OK;
    page->orientation = tag16(tiff, TIFFTAG_ORIENTATION, ORIENTATION_TOPLEFT);
    if (page->orientation < 1 || page->orientation > 8)
        page->orientation = ORIENTATION_TOPLEFT; /* as every reader does: 0 is a common mistake of writers */
    trb_status status = check_grey(tiff, page, err);
    if (!status)
        status = check_type(tiff, page, err);
    if (!status)
        status = check_codec(tiff, page, err);
    if (!status)
        status = check_size(tiff, page, err);
    if (!status)
        status = check_blocks(tiff, page, err);
    if (!status)
        status = check_data(file, page, err);
    return status;
}
