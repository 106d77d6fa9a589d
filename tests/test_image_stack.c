/* test_image_stack.c - BMP and PNG slices, written byte for byte here; SkyScan folders; files that lie. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include <openjpeg.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

/* Numbers in the order of the format, at the end of the bytes. */
static void put(tiff_bytes *to, uint64_t value, size_t width)
{
    tiff_put(to, value, width);
}

static void put_zeros(tiff_bytes *to, size_t count)
{
    for (size_t i = 0; i < count; i++)
        put(to, 0, 1);
}

static void save(const tiff_bytes *bytes, const char *path)
{
    tiff_sample_bytes(path, bytes->bytes, bytes->used);
}

/* ---- BMP */

typedef struct bmp_sample {
    size_t nx, ny;
    unsigned bits, header; /* header: 12, 40 or 124 bytes */
    bool top_down;
    int table;             /* 0: grey 0, 1, 2, ...; 1: reversed; 2: colours; 3: half a table */
    bool colours;          /* 24 and 32 bits: one pixel is coloured */
} bmp_sample;

static unsigned grey_of(const bmp_sample *sample, size_t x, size_t y)
{
    const unsigned running = (unsigned)(x * 3 + y * 17 + x * y % 5) & 0xff;
    return sample->bits < 8 ? running & ((1U << sample->bits) - 1) : running;
}

static void bmp_make(const bmp_sample *sample, tiff_bytes *to)
{
    const unsigned entries = sample->bits > 8 ? 0 : sample->table == 3 ? 1U << (sample->bits - 1) : 1U << sample->bits;
    const size_t entry = sample->header == 12 ? 3 : 4, row = (sample->nx * sample->bits + 31) / 32 * 4;
    memset(to, 0, sizeof *to);
    put(to, 'B' | 'M' << 8, 2);
    put_zeros(to, 8);
    put(to, 14 + sample->header + entries * entry, 4);
    put(to, sample->header, 4);
    if (sample->header == 12) {
        put(to, sample->nx, 2);
        put(to, sample->ny, 2);
        put(to, 1, 2);
        put(to, sample->bits, 2);
    } else {
        put(to, sample->nx, 4);
        put(to, sample->top_down ? (uint64_t)-(int64_t)sample->ny & 0xffffffff : sample->ny, 4);
        put(to, 1, 2);
        put(to, sample->bits, 2);
        put_zeros(to, 16);
        put(to, sample->table == 3 ? entries : 0, 4);
        put_zeros(to, sample->header - 36);
    }
    const unsigned top = (1U << (sample->bits <= 8 ? sample->bits : 1)) - 1;
    for (unsigned i = 0; i < entries; i++) {
        const unsigned spread = i * 255 / top, grey = sample->table == 1 ? 255 - spread : spread;
        put(to, grey, 1);
        put(to, sample->table == 2 ? grey / 2 : grey, 1);
        put(to, grey, 1);
        put_zeros(to, entry - 3);
    }
    for (size_t line = 0; line < sample->ny; line++) {
        const size_t y = sample->top_down ? line : sample->ny - 1 - line, start = to->used;
        put_zeros(to, row);
        for (size_t x = 0; x < sample->nx; x++) {
            const unsigned grey = grey_of(sample, x, y);
            unsigned char *at = to->bytes + start + x * sample->bits / 8;
            if (sample->bits <= 8) {
                *at = (unsigned char)(*at | grey << (8 - sample->bits - x * sample->bits % 8));
            } else {
                at[0] = at[1] = at[2] = (unsigned char)grey;
                if (sample->bits == 32)
                    at[3] = (unsigned char)(x * 7); /* means nothing */
                if (sample->colours && x == 1 && y == 1)
                    at[2] = (unsigned char)(grey + 1);
            }
        }
    }
}

static void check_bmp(const bmp_sample *sample, const char *what)
{
    static tiff_bytes bytes;
    trb_volume *volume = tiff_sample_volume(TRB_U8, sample->nx, sample->ny, 1);
    for (size_t y = 0; y < sample->ny; y++)
        for (size_t x = 0; x < sample->nx; x++) {
            const unsigned grey = grey_of(sample, x, y), top = (1U << (sample->bits <= 8 ? sample->bits : 8)) - 1;
            const unsigned spread = grey * 255 / top;
            trb_volume_set(volume, x, y, 0, sample->table == 1 ? 255 - spread : spread);
        }
    bmp_make(sample, &bytes);
    save(&bytes, tiff_path("a.bmp"));
    tiff_check_reads(tiff_path("a.bmp"), volume, what);
    trb_volume_destroy(volume);
}

static void every_kind_of_grey_bmp_is_read(void **state)
{
    (void)state;
    static const unsigned bits[] = {1, 4, 8, 24, 32}, headers[] = {12, 40, 124};
    for (size_t nx = 1; nx <= 34; nx += 3)
        for (size_t b = 0; b < 5; b++)
            for (size_t h = 0; h < 3; h++)
                for (int top_down = 0; top_down <= (h > 0); top_down++)
                    for (int table = 0; table <= (bits[b] <= 8); table++) {
                        const bmp_sample sample = {nx, 5, bits[b], headers[h], top_down, table, false};
                        char what[100];
                        snprintf(what, sizeof what, "BMP %zu wide, %u bits, header %u, table %d", nx, bits[b], headers[h],
                                 table);
                        check_bmp(&sample, what);
                    }
}

static void check_bmp_refused(const bmp_sample *sample, size_t at, uint64_t value, size_t width, trb_status status,
                              const char *fragment)
{
    static tiff_bytes bytes;
    bmp_make(sample, &bytes);
    for (size_t i = 0; i < width; i++)
        bytes.bytes[at + i] = (unsigned char)(value >> (8 * i));
    if (!width && at)
        bytes.used = at;
    save(&bytes, tiff_path("hostile.bmp"));
    tiff_check_refused(tiff_path("hostile.bmp"), status, fragment);
}

static void bmp_files_that_lie_are_refused(void **state)
{
    (void)state;
    const bmp_sample plain = {9, 5, 8, 40, false, 0, false};
    check_bmp_refused(&plain, 30, 1, 4, TRB_ERR_UNSUPPORTED, "is a compressed BMP (method 1)");
    check_bmp_refused(&plain, 28, 16, 2, TRB_ERR_UNSUPPORTED, "has 16 bits a pixel");
    check_bmp_refused(&plain, 28, 0, 2, TRB_ERR_UNSUPPORTED, "has 0 bits a pixel");
    check_bmp_refused(&plain, 14, 39, 4, TRB_ERR_FORMAT, "has a BMP header of 39 bytes");
    check_bmp_refused(&plain, 14, 0xffffffff, 4, TRB_ERR_FORMAT, "has a BMP header of 4294967295 bytes");
    check_bmp_refused(&plain, 18, 0, 4, TRB_ERR_FORMAT, "claims 0 x 5 pixels");
    check_bmp_refused(&plain, 18, 0x80000000, 4, TRB_ERR_FORMAT, "claims -2147483648 x 5 pixels");
    check_bmp_refused(&plain, 22, 0x80000000, 4, TRB_ERR_FORMAT, "claims 9 x 2147483648 pixels");
    check_bmp_refused(&plain, 18, 1 << 20, 4, TRB_ERR_FORMAT, "more than the file holds");
    check_bmp_refused(&plain, 10, 0xfffffff0, 4, TRB_ERR_FORMAT, "more than the file holds");
    check_bmp_refused(&plain, 14 + 40 + 1024 + 40, 0, 0, TRB_ERR_FORMAT, "it is truncated");
    check_bmp_refused(&plain, 20, 0, 0, TRB_ERR_FORMAT, "ends too early");
    const bmp_sample table_of_colours = {9, 5, 8, 40, false, 2, false}, half = {9, 5, 4, 40, false, 3, false};
    check_bmp_refused(&table_of_colours, 0, 0, 0, TRB_ERR_UNSUPPORTED, "hostile.bmp: holds colours of its table");
    check_bmp_refused(&half, 0, 0, 0, TRB_ERR_FORMAT, "beyond its table of 8");
    for (unsigned bits = 24; bits <= 32; bits += 8) {
        const bmp_sample coloured = {9, 5, bits, 40, false, 0, true};
        check_bmp_refused(&coloured, 0, 0, 0, TRB_ERR_UNSUPPORTED, "hostile.bmp: holds colours; one grey value a pixel");
    }
}

/* ---- PNG */

typedef struct png_sample {
    size_t nx, ny;
    unsigned bits, colour; /* colour: 0 grey, 2 RGB, 3 table, 4 grey and alpha, 6 RGB and alpha */
    bool coloured, clear, reversed;
} png_sample;

static void put_be(tiff_bytes *to, uint32_t value)
{
    for (int shift = 24; shift >= 0; shift -= 8)
        put(to, value >> shift & 0xff, 1);
}

static void put_chunk(tiff_bytes *to, const char *name, const unsigned char *data, size_t count)
{
    put_be(to, (uint32_t)count);
    const size_t start = to->used;
    for (size_t i = 0; i < 4; i++)
        put(to, (unsigned char)name[i], 1);
    for (size_t i = 0; i < count; i++)
        put(to, data[i], 1);
    put_be(to, (uint32_t)crc32(0, to->bytes + start, (uInt)(count + 4)));
}

static unsigned png_grey(const png_sample *sample, size_t x, size_t y)
{
    const unsigned running = (unsigned)(x * 257 + y * 1031 + x * y % 5);
    return running & ((1U << sample->bits) - 1);
}

static void png_make(const png_sample *sample, tiff_bytes *to)
{
    static unsigned char raw[1 << 16], packed[1 << 16];
    static const unsigned channels_of[7] = {1, 0, 3, 1, 2, 0, 4};
    const unsigned channels = channels_of[sample->colour], each = sample->bits > 8 ? 2 : 1;
    size_t used = 0;
    memset(to, 0, sizeof *to);
    for (size_t i = 0; i < 8; i++)
        put(to, (unsigned char)"\x89PNG\r\n\x1a\n"[i], 1);
    unsigned char header[13] = {0, 0, 0, (unsigned char)sample->nx, 0, 0, 0, (unsigned char)sample->ny,
                                (unsigned char)sample->bits, (unsigned char)sample->colour, 0, 0, 0};
    put_chunk(to, "IHDR", header, sizeof header);
    put_chunk(to, "gAMA", (const unsigned char *)"\0\0\xb1\x8f", 4); /* a gamma that must not be applied */
    if (sample->colour == 3) {
        unsigned char table[768];
        const unsigned entries = 1U << sample->bits;
        for (unsigned i = 0; i < entries; i++)
            for (unsigned c = 0; c < 3; c++)
                table[3 * i + c] = (unsigned char)(sample->reversed ? entries - 1 - i : i + (sample->coloured && c == 1));
        put_chunk(to, "PLTE", table, entries * 3);
    }
    memset(raw, 0, sizeof raw);
    for (size_t y = 0; y < sample->ny; y++) {
        raw[used++] = 0; /* no filter */
        const size_t start = used;
        for (size_t x = 0; x < sample->nx; x++) {
            const unsigned grey = png_grey(sample, x, y);
            if (sample->bits < 8) {
                unsigned char *at = raw + start + x * sample->bits / 8;
                *at = (unsigned char)(*at | grey << (8 - sample->bits - x * sample->bits % 8));
                continue;
            }
            for (unsigned c = 0; c < channels; c++) {
                const bool alpha = channels % 2 == 0 && c == channels - 1;
                unsigned value = alpha ? (1U << sample->bits) - 1 : grey;
                value -= alpha && sample->clear && x == 1;
                value ^= !alpha && sample->coloured && c == 2 && y == 1;
                if (each == 2)
                    raw[used++] = (unsigned char)(value >> 8);
                raw[used++] = (unsigned char)value;
            }
        }
        if (sample->bits < 8)
            used = start + (sample->nx * sample->bits + 7) / 8;
    }
    uLongf length = sizeof packed;
    assert_int_equal(Z_OK, compress(packed, &length, raw, (uLong)used));
    put_chunk(to, "IDAT", packed, (size_t)length);
    put_chunk(to, "IEND", NULL, 0);
}

static trb_volume *png_expected(const png_sample *sample, size_t slices)
{
    trb_volume *volume = tiff_sample_volume(sample->bits == 16 ? TRB_U16 : TRB_U8, sample->nx, sample->ny, slices);
    for (size_t z = 0; z < slices; z++)
        for (size_t y = 0; y < sample->ny; y++)
            for (size_t x = 0; x < sample->nx; x++) {
                const unsigned grey = png_grey(sample, x, y), top = (1U << sample->bits) - 1;
                const unsigned spread = sample->colour == 0 && sample->bits < 8 ? grey * 255 / top : grey;
                trb_volume_set(volume, x, y, z, sample->reversed ? top - grey : spread);
            }
    return volume;
}

static void every_kind_of_grey_png_is_read(void **state)
{
    (void)state;
    static tiff_bytes bytes;
    static const unsigned kinds[][2] = {{1, 0}, {2, 0}, {4, 0}, {8, 0}, {16, 0}, {8, 2},  {16, 2},
                                        {1, 3}, {4, 3}, {8, 3}, {8, 4}, {16, 4}, {8, 6}, {16, 6}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (size_t nx = 1; nx < 20; nx += 6)
            for (int reversed = 0; reversed <= (kinds[i][1] == 3); reversed++) {
                const png_sample sample = {nx, 7, kinds[i][0], kinds[i][1], false, false, reversed};
                char what[100];
                snprintf(what, sizeof what, "PNG %zu wide, %u bits, colour type %u", nx, kinds[i][0], kinds[i][1]);
                trb_volume *volume = png_expected(&sample, 1);
                png_make(&sample, &bytes);
                save(&bytes, tiff_path("a.png"));
                tiff_check_reads(tiff_path("a.png"), volume, what);
                trb_volume_destroy(volume);
            }
}

static void check_png_refused(const png_sample *sample, size_t at, int value, trb_status status, const char *fragment)
{
    static tiff_bytes bytes;
    png_make(sample, &bytes);
    if (value >= 0)
        bytes.bytes[at] = (unsigned char)value;
    else if (at)
        bytes.used = at;
    save(&bytes, tiff_path("hostile.png"));
    tiff_check_refused(tiff_path("hostile.png"), status, fragment);
}

static void png_files_that_lie_are_refused(void **state)
{
    (void)state;
    static tiff_bytes bytes;
    const png_sample plain = {9, 7, 8, 0, false, false, false};
    png_make(&plain, &bytes);
    check_png_refused(&plain, bytes.used - 30, 0x55, TRB_ERR_FORMAT, "hostile.png: is a damaged PNG");
    check_png_refused(&plain, bytes.used - 14, -1, TRB_ERR_FORMAT, "is a damaged PNG"); /* IDAT is cut */
    check_png_refused(&plain, 20, -1, TRB_ERR_FORMAT, "is a damaged PNG (the file ends too early)");
    check_png_refused(&plain, 19, 0x40, TRB_ERR_FORMAT, "is a damaged PNG"); /* the checksum of the header */
    /* a size that the checksum confirms */
    png_make(&plain, &bytes);
    memcpy(bytes.bytes + 16, "\0\xff\xff\xff\0\xff\xff\xff", 8);
    const uint32_t crc = (uint32_t)crc32(0, bytes.bytes + 12, 17);
    for (int i = 0; i < 4; i++)
        bytes.bytes[29 + i] = (unsigned char)(crc >> (24 - 8 * i));
    save(&bytes, tiff_path("huge.png"));
    tiff_check_refused(tiff_path("huge.png"), TRB_ERR_FORMAT, "more than its bytes can ever hold");
    const png_sample coloured = {9, 7, 8, 2, true, false, false}, table = {9, 7, 8, 3, true, false, false},
                     clear = {9, 7, 8, 4, false, true, false}, clear16 = {9, 7, 16, 6, false, true, false};
    check_png_refused(&coloured, 0, -1, TRB_ERR_UNSUPPORTED, "hostile.png: holds colours");
    check_png_refused(&table, 0, -1, TRB_ERR_UNSUPPORTED, "holds colours");
    check_png_refused(&clear, 0, -1, TRB_ERR_UNSUPPORTED, "holds transparent pixels");
    check_png_refused(&clear16, 0, -1, TRB_ERR_UNSUPPORTED, "holds transparent pixels");
}

/* ---- JPEG 2000 */

/* Lossless, by OpenJPEG's encoder. */
static void save_jp2(const char *path, size_t nx, size_t ny, unsigned bits, unsigned components, bool coloured, bool bare)
{
    opj_cparameters_t parameters;
    opj_image_cmptparm_t one[3];
    memset(one, 0, sizeof one);
    for (unsigned c = 0; c < 3; c++) {
        one[c].dx = one[c].dy = 1;
        one[c].w = (OPJ_UINT32)nx;
        one[c].h = (OPJ_UINT32)ny;
        one[c].prec = bits;
    }
    opj_image_t *image = opj_image_create(components, one, components == 3 ? OPJ_CLRSPC_SRGB : OPJ_CLRSPC_GRAY);
    assert_non_null(image);
    image->x1 = (OPJ_UINT32)nx;
    image->y1 = (OPJ_UINT32)ny;
    const png_sample values = {nx, ny, bits, 0, false, false, false};
    for (unsigned c = 0; c < components; c++)
        for (size_t i = 0; i < nx * ny; i++)
            image->comps[c].data[i] = (OPJ_INT32)(png_grey(&values, i % nx, i / nx) ^ (unsigned)(coloured && c == 1 && i == 5));
    opj_set_default_encoder_parameters(&parameters);
    parameters.tcp_numlayers = 1;
    parameters.cp_disto_alloc = 1;
    parameters.numresolution = 2;
    opj_codec_t *codec = opj_create_compress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
    assert_true(opj_setup_encoder(codec, &parameters, image));
    opj_stream_t *stream = opj_stream_create_default_file_stream(path, OPJ_FALSE);
    assert_true(opj_start_compress(codec, image, stream) && opj_encode(codec, stream) && opj_end_compress(codec, stream));
    opj_stream_destroy(stream);
    opj_destroy_codec(codec);
    opj_image_destroy(image);
}

static void jpeg_2000_slices_are_read(void **state)
{
    (void)state;
    static const unsigned kinds[][2] = {{1, 1}, {8, 1}, {12, 1}, {16, 1}, {8, 3}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        for (int bare = 0; bare < 2; bare++) {
            char folder[20];
            snprintf(folder, sizeof folder, "jp2-%zu-%d", i, bare);
            assert_int_equal(0, mkdir(tiff_path("%s", folder), 0700));
            for (int z = 0; z < 3; z++)
                save_jp2(tiff_path("%s/m_rec%04d.%s", folder, z, bare ? "j2k" : "jp2"), 37, 21, kinds[i][0], kinds[i][1], false,
                         bare);
            trb_volume *volume = tiff_sample_volume(kinds[i][0] > 8 ? TRB_U16 : TRB_U8, 37, 21, 3);
            const png_sample values = {37, 21, kinds[i][0], 0, false, false, false};
            for (size_t k = 0; k < 37 * 21 * 3; k++) {
                const unsigned grey = png_grey(&values, k % 37, k / 37 % 21);
                trb_volume_set(volume, k % 37, k / 37 % 21, k / (37 * 21), kinds[i][0] == 1 ? grey * 255 : grey);
            }
            tiff_check_reads(tiff_path("%s", folder), volume, folder);
            trb_volume_destroy(volume);
        }
}

static void jpeg_2000_files_that_lie_are_refused(void **state)
{
    (void)state;
    struct stat facts;
    save_jp2(tiff_path("coloured.jp2"), 37, 21, 8, 3, true, false);
    tiff_check_refused(tiff_path("coloured.jp2"), TRB_ERR_UNSUPPORTED, "coloured.jp2: holds colours");
    save_jp2(tiff_path("two.jp2"), 37, 21, 8, 2, false, false);
    tiff_check_refused(tiff_path("two.jp2"), TRB_ERR_UNSUPPORTED, "has 2 values a pixel");
    save_jp2(tiff_path("cut.jp2"), 37, 21, 8, 1, false, false);
    assert_int_equal(0, stat(tiff_path("cut.jp2"), &facts));
    for (off_t at = facts.st_size - 20; at > 12; at -= 9) {
        assert_int_equal(0, truncate(tiff_path("cut.jp2"), at));
        tiff_check_refused(tiff_path("cut.jp2"), TRB_ERR_FORMAT, "cut.jp2: is a damaged or truncated JPEG 2000 file");
    }
    static unsigned char bytes[20000];
    save_jp2(tiff_path("huge.j2k"), 37, 21, 8, 1, false, true);
    FILE *file = fopen(tiff_path("huge.j2k"), "r+b");
    const size_t count = fread(bytes, 1, sizeof bytes, file);
    memcpy(bytes + 8, "\0\x0f\xff\xff\0\x0f\xff\xff", 8); /* SIZ: width and height; and those of the tile */
    memcpy(bytes + 24, "\0\x0f\xff\xff\0\x0f\xff\xff", 8);
    rewind(file);
    assert_int_equal(count, fwrite(bytes, 1, count, file));
    assert_int_equal(0, fclose(file));
    tiff_check_refused(tiff_path("huge.j2k"), TRB_ERR_FORMAT, "huge.j2k: ");
}

/* ---- folders */

static void save_png(const png_sample *sample, const char *path)
{
    static tiff_bytes bytes;
    png_make(sample, &bytes);
    save(&bytes, path);
}

#define LOG                                                                                                            \
    "[System]\nScanner=Skyscan1172\n[Reconstruction]\nPixel Size (um)=7.5\nSection to Section Step=1\n"                \
    "Minimum for CS to Image Conversion=0.01\nMaximum for CS to Image Conversion=0.11\n"

static void a_skyscan_folder_is_read_with_its_log(void **state)
{
    (void)state;
    const png_sample sample = {9, 7, 8, 0, false, false, false}, preview = {3, 3, 8, 0, false, false, false};
    assert_int_equal(0, mkdir(tiff_path("m7"), 0700));
    for (int i = 0; i < 12; i++)
        save_png(&sample, tiff_path("m7/m7__rec%08d.png", 98 + i));
    save_png(&preview, tiff_path("m7/m7__rec_spr.png"));
    save_png(&preview, tiff_path("m7/m7__rec_voi_0000.png"));
    tiff_sample_text(tiff_path("m7/m7__rec.log"), LOG);
    trb_volume *volume = png_expected(&sample, 12);
    tiff_check_reads(tiff_path("m7"), volume, "PNG folder");
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(tiff_path("m7"), NULL, &scan, err));
    const trb_scan_info *info = trb_scan_facts(scan);
    assert_string_equal("PNG folder, 12 files", info->format);
    assert_string_equal("m7__rec.log", info->spacing_source);
    for (int axis = 0; axis < 3; axis++)
        CHECK_CLOSE(0.0075, trb_scan_grid(scan)->spacing_mm[axis], 1e-18);
    CHECK_RELATIVE(10 * 0.1 / 255, info->calibration.attenuation.slope, 1e-12);
    CHECK_CLOSE(0.1, info->calibration.attenuation.intercept, 1e-15);
    /* planes on demand, and a box */
    uint8_t plane[63];
    CHECK_OK(trb_scan_read(scan, 5, 6, plane, NULL, err));
    assert_memory_equal((char *)volume->voxels + 5 * 63, plane, 63);
    trb_scan_close(scan);
    /* a missing slice, a wider one, another type, a damaged one */
    assert_int_equal(0, unlink(tiff_path("m7/m7__rec00000103.png")));
    tiff_check_refused(tiff_path("m7"), TRB_ERR_DATA, "slice number 103 is missing");
    const png_sample wide = {10, 7, 8, 0, false, false, false}, deep = {9, 7, 16, 0, false, false, false};
    save_png(&wide, tiff_path("m7/m7__rec00000103.png"));
    tiff_check_refused(tiff_path("m7"), TRB_ERR_DATA, "m7__rec00000103.png: is 10 x 7 pixels");
    save_png(&deep, tiff_path("m7/m7__rec00000103.png"));
    tiff_check_refused(tiff_path("m7"), TRB_ERR_DATA, "m7__rec00000103.png: is 16-bit grey");
    for (int i = 103; i < 106; i += 2) {
        save_png(&sample, tiff_path("m7/m7__rec%08d.png", i));
        assert_int_equal(0, truncate(tiff_path("m7/m7__rec%08d.png", i), 90));
    }
    tiff_check_refused(tiff_path("m7"), TRB_ERR_FORMAT, "m7__rec00000103.png: is a damaged PNG"); /* the first of two */
    trb_volume_destroy(volume);
}

static void a_section_step_explains_numbers_and_sets_the_spacing(void **state)
{
    (void)state;
    const png_sample sample = {9, 7, 8, 0, false, false, false};
    assert_int_equal(0, mkdir(tiff_path("step"), 0700));
    for (int i = 0; i < 4; i++)
        save_png(&sample, tiff_path("step/s_rec%04d.png", 10 + 3 * i));
    tiff_check_refused(tiff_path("step"), TRB_ERR_DATA, "missing");
    tiff_sample_text(tiff_path("step/s_rec.log"), "[Reconstruction]\nPixel Size (um)=7.5\nSection to Section Step=3\n");
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(tiff_path("step"), NULL, &scan, err));
    CHECK_CLOSE(0.0075, trb_scan_grid(scan)->spacing_mm[0], 1e-18);
    CHECK_CLOSE(0.0225, trb_scan_grid(scan)->spacing_mm[2], 1e-17);
    trb_scan_close(scan);
}

static void a_bmp_folder_is_read_and_two_kinds_are_refused(void **state)
{
    (void)state;
    static tiff_bytes bytes;
    const bmp_sample sample = {9, 5, 8, 40, false, 0, false}, reversed = {9, 5, 8, 40, false, 1, false};
    const png_sample other = {9, 5, 8, 0, false, false, false};
    assert_int_equal(0, mkdir(tiff_path("b"), 0700));
    trb_volume *volume = tiff_sample_volume(TRB_U8, 9, 5, 4);
    for (size_t z = 0; z < 4; z++) {
        bmp_make(&sample, &bytes);
        for (size_t y = 0; y < 5; y++)
            for (size_t x = 0; x < 9; x++) { /* z in one pixel: the order of files shows */
                const bool here = x == 2 && y == 1;
                trb_volume_set(volume, x, y, z, here ? 200 + (double)z : grey_of(&sample, x, y));
                if (here)
                    bytes.bytes[14 + 40 + 1024 + (4 - y) * 12 + x] = (unsigned char)(200 + z);
            }
        save(&bytes, tiff_path("b/b_rec%04zu.bmp", 8 + z));
    }
    tiff_check_reads(tiff_path("b"), volume, "BMP folder");
    trb_volume_destroy(volume);
    save_png(&other, tiff_path("b/b_rec0001.png"));
    tiff_check_refused(tiff_path("b"), TRB_ERR_DATA, "4 BMP files and 1 PNG files");
    assert_int_equal(0, unlink(tiff_path("b/b_rec0001.png")));
    /* with a table that turns grey values round, the log's attenuation no longer holds */
    tiff_sample_text(tiff_path("b/b_rec.log"), LOG);
    for (int turned = 0; turned < 2; turned++) {
        trb_scan *scan = NULL;
        bmp_make(turned ? &reversed : &sample, &bytes);
        for (int z = 0; z < 4; z++)
            save(&bytes, tiff_path("b/b_rec%04d.bmp", 8 + z));
        CHECK_OK(trb_scan_open(tiff_path("b"), NULL, &scan, err));
        assert_int_equal(!turned, trb_scan_facts(scan)->calibration.attenuation.known);
        assert_int_equal(turned, strstr(trb_scan_facts(scan)->warning, "colour table") != NULL);
        trb_scan_close(scan);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_of_grey_bmp_is_read),
        cmocka_unit_test(bmp_files_that_lie_are_refused),
        cmocka_unit_test(every_kind_of_grey_png_is_read),
        cmocka_unit_test(png_files_that_lie_are_refused),
        cmocka_unit_test(jpeg_2000_slices_are_read),
        cmocka_unit_test(jpeg_2000_files_that_lie_are_refused),
        cmocka_unit_test(a_skyscan_folder_is_read_with_its_log),
        cmocka_unit_test(a_section_step_explains_numbers_and_sets_the_spacing),
        cmocka_unit_test(a_bmp_folder_is_read_and_two_kinds_are_refused),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
