/* test_tiff_read.c - every way of storing grey pages gives the same voxels. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "trabecula/version.h"

static void the_real_bone_has_its_voxels(void **state)
{
    (void)state;
    trb_volume *bone = NULL;
    trb_scan_info info;
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", NULL, NULL, NULL, &bone, &info, err));
    assert_int_equal(200, bone->grid.nx);
    assert_int_equal(200, bone->grid.ny);
    assert_int_equal(200, bone->grid.nz);
    assert_int_equal(TRB_U8, bone->type);
    assert_string_equal("d65d7edcfd91881d3f9f26c1e64fcc44a23067dd098ff684645236954e75f9ae",
                        testing_sha256(bone->voxels, 8000000));
    assert_false(trb_grid_has_spacing(&bone->grid)); /* the file holds none, and none is made up */
    assert_string_equal("", info.spacing_source);
    assert_string_equal("", info.warning);
    assert_int_equal(6803358, info.bytes_on_disk);
    assert_string_equal("TIFF, 200 slices", info.format);
    trb_scan_info_clear(&info);
    trb_volume_destroy(bone);
}

/* ---- type x byte order x strips or tiles x compression x predictor, against the volume they were made of */

static void check_layouts(trb_type type, uint16_t compression, uint16_t predictor, size_t n_blocks)
{
    static const char *const modes[] = {"wl", "wb8", "wb", "wl8"};
    static const struct {
        uint32_t tile, rows;
    } blocks[] = {{0, 0}, {16, 0}, {0, 5}, {32, 0}, {0, 1}};
    trb_volume *volume = tiff_sample_volume(type, 37, 29, 3);
    for (size_t m = 0; m < 4; m++)
        for (size_t b = 0; b < n_blocks; b++) {
            char what[200];
            tiff_layout layout = tiff_layout_plain();
            layout.mode = modes[m];
            layout.compression = compression;
            layout.predictor = predictor;
            layout.tile = blocks[b].tile;
            layout.rows = blocks[b].rows;
            if (predictor == 3 && layout.mode[1] == 'b')
                continue; /* libtiff reads these but writes them with the bytes reversed; see below */
            snprintf(what, sizeof what, "%s, compression %u, %s, tile %u, rows %u, predictor %u",
                     trb_type_name(type), compression, layout.mode, layout.tile, layout.rows, layout.predictor);
            const char *path = tiff_path("layout.tif");
            tiff_sample_write(path, volume, &layout);
            tiff_check_reads(path, volume, what);
        }
    trb_volume_destroy(volume);
}

static void every_type_layout_and_lossless_codec_reads_back(void **state)
{
    (void)state;
    static const struct {
        uint16_t code;
        bool predicts;
        size_t n_blocks; /* setting up the last two takes long */
    } codecs[] = {{COMPRESSION_NONE, false, 5},         {COMPRESSION_PACKBITS, false, 5},
                  {COMPRESSION_LZW, true, 5},           {COMPRESSION_ADOBE_DEFLATE, true, 3},
                  {COMPRESSION_DEFLATE, true, 1},       {COMPRESSION_ZSTD, true, 2},
                  {COMPRESSION_LZMA, true, 1}};
    for (size_t c = 0; c < sizeof codecs / sizeof *codecs; c++) {
        if (!TIFFIsCODECConfigured(codecs[c].code))
            continue;
        for (int type = TRB_U8; type <= TRB_F64; type++) {
            check_layouts((trb_type)type, codecs[c].code, 1, codecs[c].n_blocks);
            if (codecs[c].predicts)
                check_layouts((trb_type)type, codecs[c].code, trb_type_is_integer((trb_type)type) ? 2 : 3,
                              codecs[c].n_blocks);
        }
    }
}

/* The float predictor stores the most significant bytes first in either byte order: the compressed bytes of a
 * little-endian file are those of a big-endian one. */
static void a_big_endian_file_with_the_float_predictor_reads_back(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_F32, 20, 10, 1);
    tiff_layout layout = tiff_layout_plain();
    layout.compression = COMPRESSION_ADOBE_DEFLATE;
    layout.predictor = 3;
    layout.mode = "wl";
    tiff_sample_write(tiff_path("little.tif"), volume, &layout);
    unsigned char strip[4096];
    TIFF *from = TIFFOpen(tiff_path("little.tif"), "r");
    assert_non_null(from);
    const tmsize_t bytes = TIFFReadRawStrip(from, 0, strip, sizeof strip);
    assert_true(bytes > 0);
    TIFFClose(from);
    TIFF *to = TIFFOpen(tiff_path("big.tif"), "wb");
    assert_non_null(to);
    TIFFSetField(to, TIFFTAG_IMAGEWIDTH, 20);
    TIFFSetField(to, TIFFTAG_IMAGELENGTH, 10);
    TIFFSetField(to, TIFFTAG_BITSPERSAMPLE, 32);
    TIFFSetField(to, TIFFTAG_SAMPLESPERPIXEL, 1);
    TIFFSetField(to, TIFFTAG_SAMPLEFORMAT, SAMPLEFORMAT_IEEEFP);
    TIFFSetField(to, TIFFTAG_COMPRESSION, COMPRESSION_ADOBE_DEFLATE);
    TIFFSetField(to, TIFFTAG_PREDICTOR, 3);
    TIFFSetField(to, TIFFTAG_PHOTOMETRIC, PHOTOMETRIC_MINISBLACK);
    TIFFSetField(to, TIFFTAG_ROWSPERSTRIP, 10);
    assert_int_equal(bytes, TIFFWriteRawStrip(to, 0, strip, bytes));
    TIFFClose(to);
    tiff_check_reads(tiff_path("big.tif"), volume, "big-endian, predictor 3");
    trb_volume_destroy(volume);
}

/* ---- bit depths */

static void odd_bit_depths_become_bytes_or_words(void **state)
{
    (void)state;
    static const unsigned depths[] = {1, 2, 4, 6, 10, 12, 14};
    static const uint16_t codecs[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_PACKBITS};
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++)
        for (size_t c = 0; c < 3; c++)
            for (uint32_t tile = 0; tile <= 16; tile += 16) {
                char what[100];
                const trb_type type = depths[d] > 8 ? TRB_U16 : TRB_U8;
                trb_volume *volume = tiff_sample_volume(type, 35, 21, 2), *expected = tiff_sample_volume(type, 35, 21, 2);
                for (size_t z = 0; z < 2; z++)
                    for (size_t y = 0; y < 21; y++)
                        for (size_t x = 0; x < 35; x++)
                            trb_volume_set(expected, x, y, z,
                                           tiff_sample_narrow(trb_volume_get(volume, x, y, z), depths[d]));
                tiff_layout layout = tiff_layout_plain();
                layout.bits = (uint16_t)depths[d];
                layout.compression = codecs[c];
                layout.tile = tile;
                layout.mode = c == 1 ? "wb" : "wl";
                tiff_sample_write(tiff_path("bits.tif"), volume, &layout);
                snprintf(what, sizeof what, "%u bit, compression %u, tile %u", depths[d], codecs[c], tile);
                tiff_check_reads(tiff_path("bits.tif"), expected, what);
                trb_volume_destroy(volume);
                trb_volume_destroy(expected);
            }
}

static void fax_codecs_give_black_and_white(void **state)
{
    (void)state;
    static const uint16_t codecs[] = {COMPRESSION_CCITTRLE, COMPRESSION_CCITTFAX3, COMPRESSION_CCITTFAX4};
    trb_volume *volume = tiff_sample_volume(TRB_U8, 75, 33, 2), *expected = tiff_sample_volume(TRB_U8, 75, 33, 2);
    for (size_t i = 0; i < 75 * 33 * 2; i++) /* stored 1 is black, which is 0 */
        ((uint8_t *)expected->voxels)[i] = ((uint8_t *)volume->voxels)[i] & 1 ? 0 : 255;
    for (size_t c = 0; c < 3; c++)
        for (uint16_t order = FILLORDER_MSB2LSB; order <= FILLORDER_LSB2MSB; order++) {
            char what[60];
            tiff_layout layout = tiff_layout_plain();
            layout.bits = 1;
            layout.compression = codecs[c];
            layout.photometric = PHOTOMETRIC_MINISWHITE;
            layout.fill_order = order;
            tiff_sample_write(tiff_path("fax.tif"), volume, &layout);
            snprintf(what, sizeof what, "fax codec %u, fill order %u", codecs[c], order);
            tiff_check_reads(tiff_path("fax.tif"), expected, what);
        }
    trb_volume_destroy(volume);
    trb_volume_destroy(expected);
}

static void reversed_bit_order_is_undone(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 33, 9, 1), *expected = tiff_sample_volume(TRB_U8, 33, 9, 1);
    for (size_t i = 0; i < 33 * 9; i++)
        ((uint8_t *)expected->voxels)[i] = ((uint8_t *)volume->voxels)[i] & 1 ? 255 : 0;
    tiff_layout layout = tiff_layout_plain();
    layout.fill_order = FILLORDER_LSB2MSB;
    tiff_sample_write(tiff_path("fill8.tif"), volume, &layout);
    tiff_check_reads(tiff_path("fill8.tif"), volume, "8 bit, fill order 2");
    layout.bits = 1;
    tiff_sample_write(tiff_path("fill1.tif"), volume, &layout);
    tiff_check_reads(tiff_path("fill1.tif"), expected, "1 bit, fill order 2");
    trb_volume_destroy(volume);
    trb_volume_destroy(expected);
}

static void jpeg_is_read_within_its_loss(void **state)
{
    (void)state;
    if (!TIFFIsCODECConfigured(COMPRESSION_JPEG))
        skip();
    const trb_grid grid = {64, 48, 2, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL, *back = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (size_t z = 0; z < 2; z++)
        for (size_t y = 0; y < 48; y++)
            for (size_t x = 0; x < 64; x++)
                trb_volume_set(volume, x, y, z, (double)(2 * x + y + 20 * z));
    for (uint32_t tile = 0; tile <= 16; tile += 16) {
        tiff_layout layout = tiff_layout_plain();
        layout.compression = COMPRESSION_JPEG;
        layout.rows = 16;
        layout.tile = tile;
        tiff_sample_write(tiff_path("jpeg.tif"), volume, &layout);
        CHECK_OK(trb_volume_read(tiff_path("jpeg.tif"), NULL, NULL, NULL, &back, NULL, err));
        for (size_t i = 0; i < 64 * 48 * 2; i++)
            CHECK_CLOSE(((uint8_t *)volume->voxels)[i], ((uint8_t *)back->voxels)[i], 3);
        trb_volume_destroy(back);
    }
    trb_volume_destroy(volume);
}

/* ---- photometric, orientation, planes */

static void white_is_zero_is_inverted(void **state)
{
    (void)state;
    static const trb_type types[] = {TRB_U8, TRB_U16, TRB_U32};
    for (size_t t = 0; t < 3; t++)
        for (uint16_t compression = COMPRESSION_NONE; compression <= COMPRESSION_LZW; compression += 4) {
            double lowest, highest;
            trb_type_range(types[t], &lowest, &highest);
            trb_volume *volume = tiff_sample_volume(types[t], 11, 9, 2), *expected = tiff_sample_volume(types[t], 11, 9, 2);
            for (size_t i = 0; i < 2 * 9; i++)
                for (size_t x = 0; x < 11; x++)
                    trb_volume_set(expected, x, i % 9, i / 9, highest - trb_volume_get(volume, x, i % 9, i / 9));
            tiff_layout layout = tiff_layout_plain();
            layout.photometric = PHOTOMETRIC_MINISWHITE;
            layout.compression = compression;
            layout.mode = "wb";
            tiff_sample_write(tiff_path("white.tif"), volume, &layout);
            tiff_check_reads(tiff_path("white.tif"), expected, trb_type_name(types[t]));
            trb_volume_destroy(volume);
            trb_volume_destroy(expected);
        }
}

static void four_bits_white_is_zero_is_inverted_within_four_bits(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 13, 5, 1), *expected = tiff_sample_volume(TRB_U8, 13, 5, 1);
    for (size_t i = 0; i < 65; i++)
        ((uint8_t *)expected->voxels)[i] = (uint8_t)(15 - ((uint8_t *)volume->voxels)[i] % 16);
    tiff_layout layout = tiff_layout_plain();
    layout.photometric = PHOTOMETRIC_MINISWHITE;
    layout.bits = 4;
    tiff_sample_write(tiff_path("white4.tif"), volume, &layout);
    tiff_check_reads(tiff_path("white4.tif"), expected, "4 bit, white is zero");
    trb_volume_destroy(volume);
    trb_volume_destroy(expected);
}

/* Where the stored voxel (column c, row r) of a w x h page belongs, by the words of the TIFF specification. */
static void upright(unsigned orientation, size_t c, size_t r, size_t w, size_t h, size_t *x, size_t *y)
{
    switch (orientation) {
    case 1: *x = c, *y = r; break;                 /* row 0 is the top, column 0 the left side */
    case 2: *x = w - 1 - c, *y = r; break;         /* top, right */
    case 3: *x = w - 1 - c, *y = h - 1 - r; break; /* bottom, right */
    case 4: *x = c, *y = h - 1 - r; break;         /* bottom, left */
    case 5: *x = r, *y = c; break;                 /* row 0 is the left side, column 0 the top */
    case 6: *x = h - 1 - r, *y = c; break;         /* right, top */
    case 7: *x = h - 1 - r, *y = w - 1 - c; break; /* right, bottom */
    default: *x = r, *y = w - 1 - c; break;        /* left, bottom */
    }
}

static void all_orientations_are_turned_upright(void **state)
{
    (void)state;
    const size_t w = 7, h = 5;
    for (unsigned orientation = 1; orientation <= 8; orientation++)
        for (int type = TRB_U8; type <= TRB_F64; type++) {
            trb_volume *volume = tiff_sample_volume((trb_type)type, w, h, 2), *expected = NULL;
            const trb_grid grid = {orientation > 4 ? h : w, orientation > 4 ? w : h, 2, {0, 0, 0}, {0, 0, 0}};
            CHECK_OK(trb_volume_create(&grid, (trb_type)type, &expected, err));
            const size_t bytes = trb_type_bytes((trb_type)type);
            for (size_t z = 0; z < 2; z++)
                for (size_t r = 0; r < h; r++)
                    for (size_t c = 0; c < w; c++) {
                        size_t x, y;
                        upright(orientation, c, r, w, h, &x, &y);
                        memcpy((char *)expected->voxels + ((z * grid.ny + y) * grid.nx + x) * bytes,
                               (const char *)trb_volume_row(volume, r, z) + c * bytes, bytes);
                    }
            char what[60];
            tiff_layout layout = tiff_layout_plain();
            layout.orientation = (uint16_t)orientation;
            layout.compression = type % 2 ? COMPRESSION_LZW : COMPRESSION_NONE;
            tiff_sample_write(tiff_path("orientation.tif"), volume, &layout);
            snprintf(what, sizeof what, "orientation %u, %s", orientation, trb_type_name((trb_type)type));
            tiff_check_reads(tiff_path("orientation.tif"), expected, what);
            trb_volume_destroy(volume);
            trb_volume_destroy(expected);
        }
}

static void separate_planes_of_one_sample_are_the_same_as_chunky(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U16, 12, 8, 2);
    tiff_layout layout = tiff_layout_plain();
    layout.planar = PLANARCONFIG_SEPARATE;
    tiff_sample_write(tiff_path("planar.tif"), volume, &layout);
    tiff_check_reads(tiff_path("planar.tif"), volume, "planar configuration 2");
    trb_volume_destroy(volume);
}

static void thumbnails_are_no_slices(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 16, 8, 2);
    TIFF *tiff = TIFFOpen(tiff_path("thumb.tif"), "w");
    assert_non_null(tiff);
    for (int page = 0; page < 4; page++) { /* slice, thumbnail, slice, mask */
        const bool slice = page % 2 == 0;
        TIFFSetField(tiff, TIFFTAG_SUBFILETYPE, slice ? 0 : page == 1 ? FILETYPE_REDUCEDIMAGE : FILETYPE_MASK);
        TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, slice ? 16 : 4);
        TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, slice ? 8 : 2);
        TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, 8);
        TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, slice ? 1 : 3);
        TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, slice ? PHOTOMETRIC_MINISBLACK : PHOTOMETRIC_RGB);
        TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
        char *row = (char *)volume->voxels + page / 2 * 128;
        assert_true(TIFFWriteEncodedStrip(tiff, 0, row, slice ? 128 : 24) > 0);
        assert_int_equal(1, TIFFWriteDirectory(tiff));
    }
    TIFFClose(tiff);
    tiff_check_reads(tiff_path("thumb.tif"), volume, "with thumbnail and mask");
    trb_volume_destroy(volume);
}

/* ---- threads, parts, progress */

static void voxels_do_not_depend_on_threads(void **state)
{
    (void)state;
    const int before = trb_threads();
    const uint32_t expected = trb_volume_crc32(testing_bone());
    static const int counts[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        trb_volume *bone = NULL;
        trb_threads_set(counts[i]);
        CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", NULL, NULL, NULL, &bone, NULL, err));
        assert_int_equal(expected, trb_volume_crc32(bone));
        trb_volume_destroy(bone);
    }
    trb_threads_set(before);
}

static void the_first_damaged_page_is_named_whatever_the_threads(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U16, 300, 200, 40);
    tiff_layout layout = tiff_layout_plain();
    layout.compression = COMPRESSION_ADOBE_DEFLATE;
    tiff_sample_write(tiff_path("damaged.tif"), volume, &layout);
    trb_volume_destroy(volume);
    static const unsigned pages[] = {13, 14, 15, 16, 17, 18}; /* from 0 */
    for (size_t i = 0; i < 6; i++) {
        TIFF *tiff = TIFFOpen(tiff_path("damaged.tif"), "r");
        assert_int_equal(1, TIFFSetDirectory(tiff, pages[i]));
        /* the first one fails at once, those behind it only at their end: later, in another thread */
        const uint64_t offset = TIFFGetStrileOffset(tiff, 0) + (i ? TIFFGetStrileByteCount(tiff, 0) - 200 : 2);
        TIFFClose(tiff);
        FILE *file = fopen(tiff_path("damaged.tif"), "r+b");
        assert_int_equal(0, fseek(file, (long)offset, SEEK_SET));
        assert_int_equal(8, fwrite("\xff\xff\xff\xff\xff\xff\xff\xff", 1, 8, file));
        fclose(file);
    }
    const int before = trb_threads();
    char first[sizeof((trb_error){0}.text)] = "";
    for (int threads = 1; threads <= 5; threads += 2) {
        trb_volume *back = NULL;
        trb_error err = {TRB_OK, ""};
        trb_threads_set(threads);
        assert_int_equal(TRB_ERR_FORMAT, trb_volume_read(tiff_path("damaged.tif"), NULL, NULL, NULL, &back, NULL, &err));
        assert_non_null(strstr(err.text, "damaged.tif, page 14 of 40: truncated or corrupt data"));
        if (threads == 1)
            memcpy(first, err.text, sizeof first);
        assert_string_equal(first, err.text);
    }
    trb_threads_set(before);
}

/* Each bit of a Deflate stream is guarded by its checksum, with and without predictor: none may change unnoticed. */
static void no_changed_bit_of_a_deflate_page_goes_unnoticed(void **state)
{
    (void)state;
    for (uint16_t predictor = 1; predictor <= 2; predictor++) {
        trb_volume *volume = tiff_sample_volume(TRB_U16, 60, 40, 1);
        tiff_layout layout = tiff_layout_plain();
        layout.compression = COMPRESSION_ADOBE_DEFLATE;
        layout.predictor = predictor;
        layout.tile = predictor == 1 ? 0 : 64;
        tiff_sample_write(tiff_path("bits.tif"), volume, &layout);
        trb_volume_destroy(volume);
        TIFF *tiff = TIFFOpen(tiff_path("bits.tif"), "r");
        const uint64_t first = TIFFGetStrileOffset(tiff, 0), count = TIFFGetStrileByteCount(tiff, 0);
        TIFFClose(tiff);
        static unsigned char bytes[1 << 16];
        FILE *file = fopen(tiff_path("bits.tif"), "rb");
        const size_t size = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        for (uint64_t i = 2; i < count; i += 1 + count / 100) {
            bytes[first + i] ^= (unsigned char)(1U << i % 8);
            tiff_sample_bytes(tiff_path("changed.tif"), bytes, size);
            tiff_check_refused(tiff_path("changed.tif"), TRB_ERR_FORMAT, "truncated or corrupt data");
            bytes[first + i] ^= (unsigned char)(1U << i % 8);
        }
    }
}

static void a_box_is_the_crop_of_the_whole(void **state)
{
    (void)state;
    const trb_box box = {{10, 20, 30}, {75, 27, 33}};
    trb_open_options options = trb_open_options_default();
    options.spacing_mm[0] = options.spacing_mm[1] = options.spacing_mm[2] = 0.0195;
    trb_volume *part = NULL, *expected = NULL;
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", &options, &box, NULL, &part, NULL, err));
    CHECK_OK(trb_volume_crop(testing_bone(), &box, &expected, err));
    assert_memory_equal(expected->voxels, part->voxels, 65 * 7 * 3);
    for (int axis = 0; axis < 3; axis++)
        CHECK_CLOSE(expected->grid.origin_mm[axis], part->grid.origin_mm[axis], 1e-12);
    trb_volume_destroy(part);
    trb_volume_destroy(expected);
}

static void planes_are_read_one_range_at_a_time(void **state)
{
    (void)state;
    trb_scan *scan = NULL;
    uint8_t *planes = malloc(3 * 40000);
    CHECK_OK(trb_scan_open(TRB_TESTDATA "/lhdl-3155.tif", NULL, &scan, err));
    assert_int_equal(200, trb_scan_grid(scan)->nz);
    assert_int_equal(TRB_U8, trb_scan_type(scan));
    CHECK_OK(trb_scan_read(scan, 197, 200, planes, NULL, err));
    assert_memory_equal(trb_volume_row(testing_bone(), 0, 197), planes, 3 * 40000);
    CHECK_OK(trb_scan_read(scan, 5, 6, planes, NULL, err));
    assert_memory_equal(trb_volume_row(testing_bone(), 0, 5), planes, 40000);
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_scan_read(scan, 199, 201, planes, NULL, &err));
    assert_non_null(strstr(err.text, "z 199:201 does not lie in 0:200"));
    free(planes);
    trb_scan_close(scan);
}

typedef struct watcher {
    double last, stop_at;
    int calls;
} watcher;

static bool watch(void *user, const char *stage, double done)
{
    watcher *own = user;
    assert_string_equal("reading", stage);
    assert_true(done >= own->last && done <= 1);
    own->last = done;
    own->calls++;
    return done < own->stop_at;
}

static void progress_rises_and_can_stop_the_reading(void **state)
{
    (void)state;
    trb_volume *bone = NULL;
    watcher own = {0, 2, 0};
    const trb_progress progress = {watch, &own};
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", NULL, NULL, &progress, &bone, NULL, err));
    assert_true(own.calls > 2 && own.last == 1);
    trb_volume_destroy(bone);
    own = (watcher){0, 0.3, 0};
    assert_int_equal(TRB_ERR_CANCELLED,
                     trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", NULL, NULL, &progress, &bone, NULL, NULL));
    assert_null(bone);
    assert_true(own.last >= 0.3 && own.last < 0.9);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_bone_has_its_voxels),
        cmocka_unit_test(every_type_layout_and_lossless_codec_reads_back),
        cmocka_unit_test(a_big_endian_file_with_the_float_predictor_reads_back),
        cmocka_unit_test(odd_bit_depths_become_bytes_or_words),
        cmocka_unit_test(fax_codecs_give_black_and_white),
        cmocka_unit_test(reversed_bit_order_is_undone),
        cmocka_unit_test(jpeg_is_read_within_its_loss),
        cmocka_unit_test(white_is_zero_is_inverted),
        cmocka_unit_test(four_bits_white_is_zero_is_inverted_within_four_bits),
        cmocka_unit_test(all_orientations_are_turned_upright),
        cmocka_unit_test(separate_planes_of_one_sample_are_the_same_as_chunky),
        cmocka_unit_test(thumbnails_are_no_slices),
        cmocka_unit_test(voxels_do_not_depend_on_threads),
        cmocka_unit_test(the_first_damaged_page_is_named_whatever_the_threads),
        cmocka_unit_test(no_changed_bit_of_a_deflate_page_goes_unnoticed),
        cmocka_unit_test(a_box_is_the_crop_of_the_whole),
        cmocka_unit_test(planes_are_read_one_range_at_a_time),
        cmocka_unit_test(progress_rises_and_can_stop_the_reading),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
