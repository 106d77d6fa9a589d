/* tiff_samples.c - see tiff_samples.h. */
#include "support/tiff_samples.h"

#include "support/testing.h"

#include <sys/stat.h>

tiff_layout tiff_layout_plain(void)
{
    return (tiff_layout){.mode = "w",
                         .compression = COMPRESSION_NONE,
                         .predictor = 1,
                         .photometric = PHOTOMETRIC_MINISBLACK,
                         .planar = PLANARCONFIG_CONTIG,
                         .samples = 1};
}

trb_volume *tiff_sample_volume(trb_type type, size_t nx, size_t ny, size_t nz)
{
    trb_volume *volume = NULL;
    const trb_grid grid = {nx, ny, nz, {0.01, 0.01, 0.01}, {0, 0, 0}};
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++) {
                const double running = (double)(x + 7 * y + 31 * z + x * y % 5);
                double value = running;
                switch (type) {
                case TRB_U8: value = fmod(running, 256); break;
                case TRB_I8: value = fmod(running, 256) - 128; break;
                case TRB_U16: value = fmod(running * 257, 65536); break;
                case TRB_I16: value = fmod(running * 257, 65536) - 32768; break;
                case TRB_U32: value = fmod(running * 16843009, 4294967296.0); break;
                case TRB_I32: value = fmod(running * 16843009, 4294967296.0) - 2147483648.0; break;
                case TRB_F32: value = (float)((running - 100) / 7); break;
                case TRB_F64: value = (running - 100) / 7; break;
                }
                if (type == TRB_F32)
                    ((float *)volume->voxels)[(z * ny + y) * nx + x] = (float)value;
                else
                    trb_volume_set(volume, x, y, z, value);
            }
    return volume;
}

double tiff_sample_narrow(double value, unsigned bits)
{
    const double cut = fmod(value, (double)(1U << bits));
    return bits == 1 ? cut * 255 : cut;
}

static void set_tags(TIFF *tiff, const trb_volume *volume, size_t z, const tiff_layout *layout)
{
    static const int formats[] = {SAMPLEFORMAT_UINT, SAMPLEFORMAT_INT, SAMPLEFORMAT_UINT,   SAMPLEFORMAT_INT,
                                  SAMPLEFORMAT_UINT, SAMPLEFORMAT_INT, SAMPLEFORMAT_IEEEFP, SAMPLEFORMAT_IEEEFP};
    const unsigned bits = layout->bits ? layout->bits : (unsigned)(8 * trb_type_bytes(volume->type));
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, (uint32_t)volume->grid.nx);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, (uint32_t)volume->grid.ny);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, layout->samples);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT,
                 layout->sample_format ? layout->sample_format : formats[volume->type]);
    TIFFSetField(tiff, TIFFTAG_COMPRESSION, layout->compression);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, layout->photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, layout->planar);
    if (layout->fill_order)
        TIFFSetField(tiff, TIFFTAG_FILLORDER, layout->fill_order);
    if (layout->orientation)
        TIFFSetField(tiff, TIFFTAG_ORIENTATION, layout->orientation);
    if (layout->predictor > 1)
        TIFFSetField(tiff, TIFFTAG_PREDICTOR, layout->predictor);
    if (layout->compression == COMPRESSION_JPEG)
        TIFFSetField(tiff, TIFFTAG_JPEGQUALITY, 100);
    if (layout->tile) {
        TIFFSetField(tiff, TIFFTAG_TILEWIDTH, layout->tile);
        TIFFSetField(tiff, TIFFTAG_TILELENGTH, layout->tile);
    } else {
        TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, layout->rows ? layout->rows : (uint32_t)volume->grid.ny);
    }
    if (layout->resolution > 0) {
        TIFFSetField(tiff, TIFFTAG_XRESOLUTION, layout->resolution);
        TIFFSetField(tiff, TIFFTAG_YRESOLUTION, layout->resolution);
    }
    if (layout->resolution_unit)
        TIFFSetField(tiff, TIFFTAG_RESOLUTIONUNIT, layout->resolution_unit);
    if (layout->description && z == 0)
        TIFFSetField(tiff, TIFFTAG_IMAGEDESCRIPTION, layout->description);
}

/* Put voxels x0.. of row (y, z) into `row` as the file wants them: whole samples, or packed bits. */
static void pack(const trb_volume *volume, size_t x0, size_t count, size_t y, size_t z, unsigned bits,
                 unsigned char *row)
{
    const size_t bytes = trb_type_bytes(volume->type);
    if (bits == 8 * bytes) {
        memcpy(row, (const char *)trb_volume_row(volume, y, z) + x0 * bytes, count * bytes);
        return;
    }
    memset(row, 0, (count * bits + 7) / 8);
    for (size_t x = 0; x < count; x++) {
        const unsigned value = (unsigned)fmod(trb_volume_get(volume, x0 + x, y, z), (double)(1U << bits));
        for (unsigned b = 0; b < bits; b++)
            if (value >> (bits - 1 - b) & 1) {
                const size_t at = x * bits + b;
                row[at / 8] = (unsigned char)(row[at / 8] | 0x80U >> at % 8);
            }
    }
}

static void write_page(TIFF *tiff, const trb_volume *volume, size_t z, const tiff_layout *layout)
{
    const size_t nx = volume->grid.nx, ny = volume->grid.ny, bytes = trb_type_bytes(volume->type);
    const unsigned bits = layout->bits ? layout->bits : (unsigned)(8 * bytes);
    set_tags(tiff, volume, z, layout);
    if (layout->tile) {
        const size_t side = layout->tile, row = (side * bits + 7) / 8;
        unsigned char *tile = calloc(side, row);
        for (size_t y0 = 0, index = 0; y0 < ny; y0 += side)
            for (size_t x0 = 0; x0 < nx; x0 += side, index++) {
                memset(tile, 0, side * row);
                for (size_t y = y0; y < ny && y < y0 + side; y++)
                    pack(volume, x0, nx - x0 < side ? nx - x0 : side, y, z, bits, tile + (y - y0) * row);
                assert_true(TIFFWriteEncodedTile(tiff, (uint32_t)index, tile, (tmsize_t)(side * row)) > 0);
            }
        free(tile);
    } else {
        unsigned char *row = calloc(nx * layout->samples, bytes);
        for (size_t y = 0; y < ny; y++) {
            pack(volume, 0, nx, y, z, bits, row);
            assert_int_equal(1, TIFFWriteScanline(tiff, row, (uint32_t)y, 0));
        }
        free(row);
    }
    assert_int_equal(1, TIFFWriteDirectory(tiff));
}

void tiff_sample_write(const char *path, const trb_volume *volume, const tiff_layout *layout)
{
    const TIFFErrorHandler before = TIFFSetWarningHandler(NULL); /* the old Deflate code is on purpose */
    TIFF *tiff = TIFFOpen(path, layout->mode);
    assert_non_null(tiff);
    for (size_t z = 0; z < volume->grid.nz; z++)
        write_page(tiff, volume, z, layout);
    TIFFClose(tiff);
    TIFFSetWarningHandler(before);
}

void tiff_sample_write_slice(const char *path, const trb_volume *volume, size_t z, const tiff_layout *layout)
{
    trb_volume slice = *volume;
    slice.grid.nz = 1;
    slice.voxels = (void *)(uintptr_t)trb_volume_row(volume, 0, z);
    tiff_sample_write(path, &slice, layout);
}

void tiff_sample_bytes(const char *path, const void *bytes, size_t count)
{
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(count, fwrite(bytes, 1, count, file));
    assert_int_equal(0, fclose(file));
}

void tiff_sample_text(const char *path, const char *text)
{
    tiff_sample_bytes(path, text, strlen(text));
}

void tiff_put(tiff_bytes *to, uint64_t value, size_t width)
{
    assert_true(to->used + width <= sizeof to->bytes);
    for (size_t i = 0; i < width; i++)
        to->bytes[to->used++] = (unsigned char)(value >> 8 * (to->big_endian ? width - 1 - i : i));
}

void tiff_put_header(tiff_bytes *to, bool big_endian, uint32_t directory)
{
    to->used = 0;
    to->big_endian = big_endian;
    tiff_put(to, big_endian ? 0x4d4d : 0x4949, 2);
    tiff_put(to, 42, 2);
    tiff_put(to, directory, 4);
}

void tiff_put_entry(tiff_bytes *to, unsigned tag, unsigned type, uint32_t count, uint32_t value)
{
    tiff_put(to, tag, 2);
    tiff_put(to, type, 2);
    tiff_put(to, count, 4);
    if (type == TIFF_SHORT && count == 1) {
        tiff_put(to, value, 2);
        tiff_put(to, 0, 2);
    } else {
        tiff_put(to, value, 4);
    }
}

uint32_t tiff_one_directory(tiff_bytes *to, bool big_endian, uint32_t nx, uint32_t ny, unsigned bits, uint32_t planes,
                            const char *description)
{
    const uint32_t text = 8 + 2 + 9 * 12 + 4, length = (uint32_t)strlen(description) + 1;
    const uint32_t data = (text + length + 15) / 16 * 16;
    tiff_put_header(to, big_endian, 8);
    tiff_put(to, 9, 2);
    tiff_put_entry(to, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, nx);
    tiff_put_entry(to, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, ny);
    tiff_put_entry(to, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, bits);
    tiff_put_entry(to, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
    tiff_put_entry(to, TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, length, text);
    tiff_put_entry(to, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, data);
    tiff_put_entry(to, TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, 1);
    tiff_put_entry(to, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, ny);
    tiff_put_entry(to, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, nx * ny * bits / 8);
    tiff_put(to, 0, 4);
    memcpy(to->bytes + to->used, description, length);
    to->used += length;
    while (to->used < data)
        tiff_put(to, 0, 1);
    for (uint32_t i = 0; i < nx * ny * planes; i++)
        tiff_put(to, i, bits / 8);
    return data;
}

void tiff_check_reads(const char *path, const trb_volume *expected, const char *what)
{
    trb_volume *actual = NULL;
    trb_error err = {TRB_OK, ""};
    if (trb_volume_read(path, NULL, NULL, NULL, &actual, NULL, &err) != TRB_OK)
        fail_msg("%s: %s", what, err.text);
    if (!trb_grid_same_size(&expected->grid, &actual->grid) || expected->type != actual->type)
        fail_msg("%s: %zu x %zu x %zu %s became %zu x %zu x %zu %s", what, expected->grid.nx, expected->grid.ny,
                 expected->grid.nz, trb_type_name(expected->type), actual->grid.nx, actual->grid.ny, actual->grid.nz,
                 trb_type_name(actual->type));
    const size_t bytes = trb_grid_voxels(&expected->grid) * trb_type_bytes(expected->type);
    const bool same = memcmp(expected->voxels, actual->voxels, bytes) == 0;
    for (size_t z = 0; z < expected->grid.nz && !same; z++) /* find the first one that differs */
        for (size_t y = 0; y < expected->grid.ny; y++)
            for (size_t x = 0; x < expected->grid.nx; x++)
                if (trb_volume_get(expected, x, y, z) != trb_volume_get(actual, x, y, z))
                    fail_msg("%s: voxel (%zu, %zu, %zu) should be %.17g and is %.17g", what, x, y, z,
                             trb_volume_get(expected, x, y, z), trb_volume_get(actual, x, y, z));
    trb_volume_destroy(actual);
}

void tiff_check_refused(const char *path, trb_status status, const char *fragment)
{
    trb_volume *volume = NULL;
    trb_error err = {TRB_OK, ""};
    const trb_status actual = trb_volume_read(path, NULL, NULL, NULL, &volume, NULL, &err);
    if (volume)
        fail_msg("%s: expected '%s' with \"%s\", and was read", path, trb_status_name(status), fragment);
    if (actual != status || !strstr(err.text, fragment))
        fail_msg("%s: expected '%s' with \"%s\", got '%s': %s", path, trb_status_name(status), fragment,
                 trb_status_name(actual), err.text);
    assert_int_equal(status, err.status);
}

const char *tiff_path(const char *format, ...)
{
    static char paths[32][5000];
    static unsigned turn;
    char name[800];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    char *path = paths[turn++ % 32];
    snprintf(path, sizeof paths[0], "%s/%s", testing_scratch(), name);
    return path;
}
