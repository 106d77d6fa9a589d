/* test_tiff_refused.c - what cannot be used or is damaged is refused in words, and nothing goes to stderr. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- images that are no grey volume */

static void write_odd(const char *path, uint16_t photometric, uint16_t samples, uint16_t bits, int format)
{
    TIFF *tiff = TIFFOpen(path, "w");
    assert_non_null(tiff);
    static uint16_t colours[3][256];
    unsigned char zeros[8 * 8 * 4 * 16] = {0};
    TIFFSetField(tiff, TIFFTAG_IMAGEWIDTH, 8);
    TIFFSetField(tiff, TIFFTAG_IMAGELENGTH, 8);
    TIFFSetField(tiff, TIFFTAG_BITSPERSAMPLE, bits);
    TIFFSetField(tiff, TIFFTAG_SAMPLESPERPIXEL, samples);
    TIFFSetField(tiff, TIFFTAG_SAMPLEFORMAT, format);
    TIFFSetField(tiff, TIFFTAG_PHOTOMETRIC, photometric);
    TIFFSetField(tiff, TIFFTAG_PLANARCONFIG, PLANARCONFIG_CONTIG);
    TIFFSetField(tiff, TIFFTAG_ROWSPERSTRIP, 8);
    if (photometric == PHOTOMETRIC_PALETTE)
        TIFFSetField(tiff, TIFFTAG_COLORMAP, colours[0], colours[1], colours[2]);
    assert_true(TIFFWriteEncodedStrip(tiff, 0, zeros, 8 * 8 * samples * bits / 8) > 0);
    TIFFClose(tiff);
}

static void images_that_are_not_grey_say_what_is_needed(void **state)
{
    (void)state;
    static const struct {
        uint16_t photometric, samples, bits;
        int format;
        const char *text;
    } odd[] = {
        {PHOTOMETRIC_RGB, 3, 8, SAMPLEFORMAT_UINT, "is a colour image of 3 channels; one grey channel is needed"},
        {PHOTOMETRIC_PALETTE, 1, 8, SAMPLEFORMAT_UINT, "is a palette (indexed colour) image; one grey channel"},
        {PHOTOMETRIC_MINISBLACK, 2, 16, SAMPLEFORMAT_UINT, "has 2 channels a pixel; one grey channel"},
        {PHOTOMETRIC_MINISBLACK, 1, 64, SAMPLEFORMAT_COMPLEXIEEEFP, "holds complex numbers; grey values are needed"},
        {PHOTOMETRIC_MINISBLACK, 1, 16, SAMPLEFORMAT_IEEEFP, "holds 16-bit floats; 8, 16 or 32-bit integers or 32"},
        {PHOTOMETRIC_MINISBLACK, 1, 64, SAMPLEFORMAT_UINT, "holds 64-bit integers; 8, 16 or 32-bit"},
        {PHOTOMETRIC_MINISBLACK, 1, 64, SAMPLEFORMAT_INT, "holds 64-bit signed integers; 8, 16"},
        {PHOTOMETRIC_MINISWHITE, 1, 32, SAMPLEFORMAT_IEEEFP, "says that white is zero, which has no meaning for float32"},
        {PHOTOMETRIC_MINISWHITE, 1, 16, SAMPLEFORMAT_INT, "says that white is zero, which has no meaning for int16"},
    };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        write_odd(tiff_path("odd.tif"), odd[i].photometric, odd[i].samples, odd[i].bits, odd[i].format);
        tiff_check_refused(tiff_path("odd.tif"), TRB_ERR_UNSUPPORTED, odd[i].text);
        tiff_check_refused(tiff_path("odd.tif"), TRB_ERR_UNSUPPORTED, "odd.tif: ");
    }
}

static void channels_and_time_points_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *description, *text;
    } cases[] = {
        {"ImageJ=1.54f\nimages=4\nchannels=2\nslices=2\nhyperstack=true\n", "holds 2 channels and 1 time point"},
        {"ImageJ=1.54f\nimages=4\nframes=4\n", "holds 1 channel and 4 time points"},
        {"<OME><Image><Pixels SizeX='5' SizeY='4' SizeZ='1' SizeC='4' SizeT='1'/></Image></OME>", "holds 4 channels"},
        {"<OME><Image><Pixels SizeZ='1' SizeT='4'/></Image></OME>", "4 time points"},
        {"<OME><Image><Pixels SizeZ='4'/></Image><Image><Pixels SizeZ='1'/></Image></OME>", "describes 2 images"},
        {"<OME><Image><Pixels SizeZ='4'><TiffData IFD='0' FirstZ='3'/></Pixels></Image></OME>", "another order"},
        {"<OME><Image><Pixels SizeZ='9'/></Image></OME>", "speaks of 9 slices, 4 are there"},
    };
    trb_volume *volume = tiff_sample_volume(TRB_U8, 5, 4, 4);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tiff_layout layout = tiff_layout_plain();
        layout.description = cases[i].description;
        tiff_sample_write(tiff_path("hyper.tif"), volume, &layout);
        tiff_check_refused(tiff_path("hyper.tif"), i == 6 ? TRB_ERR_FORMAT : TRB_ERR_UNSUPPORTED, cases[i].text);
    }
    trb_volume_destroy(volume);
}

static void an_unknown_compression_is_named(void **state)
{
    (void)state;
    tiff_bytes own;
    tiff_put_header(&own, false, 8);
    tiff_put(&own, 8, 2);
    tiff_put_entry(&own, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 4);
    tiff_put_entry(&own, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 4);
    tiff_put_entry(&own, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8);
    tiff_put_entry(&own, TIFFTAG_COMPRESSION, TIFF_SHORT, 1, 34712); /* JPEG 2000 */
    tiff_put_entry(&own, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
    tiff_put_entry(&own, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 8);
    tiff_put_entry(&own, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, 4);
    tiff_put_entry(&own, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 16);
    tiff_put(&own, 0, 4);
    tiff_sample_bytes(tiff_path("codec.tif"), own.bytes, own.used);
    tiff_check_refused(tiff_path("codec.tif"), TRB_ERR_UNSUPPORTED, "is compressed with method 34712");
}

/* ---- damage */

static void files_that_are_no_tiff_say_so(void **state)
{
    (void)state;
    tiff_check_refused(tiff_path("absent.tif"), TRB_ERR_IO, "absent.tif: No such file");
    tiff_sample_text(tiff_path("empty.tif"), "");
    tiff_check_refused(tiff_path("empty.tif"), TRB_ERR_FORMAT, "is empty (0 bytes)");
    tiff_sample_text(tiff_path("text.tif"), "this is a letter");
    tiff_check_refused(tiff_path("text.tif"), TRB_ERR_FORMAT, "is no TIFF file");
    tiff_sample_text(tiff_path("letter.txt"), "this is a letter");
    tiff_check_refused(tiff_path("letter.txt"), TRB_ERR_UNSUPPORTED, "is in no format that is read: give a folder");
    tiff_sample_bytes(tiff_path("short.tif"), "II*\0\1", 5);
    tiff_check_refused(tiff_path("short.tif"), TRB_ERR_FORMAT, "short.tif: ");
    tiff_sample_bytes(tiff_path("none.tif"), "II*\0\0\0\0\0", 8);
    tiff_check_refused(tiff_path("none.tif"), TRB_ERR_FORMAT, "holds no image: its writer did not finish");
    tiff_sample_bytes(tiff_path("beyond.tif"), "II*\0\xff\0\0\0", 8);
    tiff_check_refused(tiff_path("beyond.tif"), TRB_ERR_FORMAT, "page 1: its directory should be at byte 255 of 8");
}

/* Byte for byte: page 2 names page 1 as the next one. */
static void a_circle_of_pages_is_found(void **state)
{
    (void)state;
    tiff_bytes own;
    const uint32_t first = 8, length = 2 + 8 * 12 + 4, data = first + 3 * length;
    for (uint32_t back = 0; back < 3; back++) {
        tiff_put_header(&own, true, first);
        for (uint32_t page = 0; page < 3; page++) {
            tiff_put(&own, 8, 2);
            tiff_put_entry(&own, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 4);
            tiff_put_entry(&own, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 4);
            tiff_put_entry(&own, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8);
            tiff_put_entry(&own, TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_NONE);
            tiff_put_entry(&own, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
            tiff_put_entry(&own, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, data);
            tiff_put_entry(&own, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, 4);
            tiff_put_entry(&own, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 16);
            tiff_put(&own, page < 2 ? first + (page + 1) * length : first + back * length, 4);
        }
        for (int i = 0; i < 16; i++)
            tiff_put(&own, 7, 1);
        char text[80];
        snprintf(text, sizeof text, "runs in a circle: page 3 is followed by page %u again", back + 1);
        tiff_sample_bytes(tiff_path("circle.tif"), own.bytes, own.used);
        tiff_check_refused(tiff_path("circle.tif"), TRB_ERR_FORMAT, text);
    }
}

static void a_file_cut_anywhere_is_an_error_and_no_crash(void **state)
{
    (void)state;
    static const uint16_t codecs[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS,
                                      COMPRESSION_JPEG};
    trb_volume *volume = tiff_sample_volume(TRB_U8, 32, 32, 3);
    for (size_t c = 0; c < 5; c++) {
        tiff_layout layout = tiff_layout_plain();
        layout.compression = codecs[c];
        layout.tile = c % 2 ? 16 : 0;
        layout.rows = 16;
        tiff_sample_write(tiff_path("whole.tif"), volume, &layout);
        static char bytes[1 << 16];
        FILE *file = fopen(tiff_path("whole.tif"), "rb");
        const size_t count = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        assert_true(count > 100 && count < sizeof bytes);
        for (size_t kept = 0; kept < count - 8; kept += 1 + count / 60) {
            trb_volume *back = NULL;
            trb_error err = {TRB_OK, ""};
            tiff_sample_bytes(tiff_path("cut.tif"), bytes, kept);
            const trb_status status = trb_volume_read(tiff_path("cut.tif"), NULL, NULL, NULL, &back, NULL, &err);
            if (status != TRB_ERR_FORMAT || !strstr(err.text, "cut.tif"))
                fail_msg("codec %u cut at %zu of %zu: %s: %s", codecs[c], kept, count, trb_status_name(status), err.text);
        }
    }
    trb_volume_destroy(volume);
}

static void changed_bytes_never_crash(void **state)
{
    (void)state;
    static const uint16_t codecs[] = {COMPRESSION_NONE, COMPRESSION_LZW, COMPRESSION_ADOBE_DEFLATE, COMPRESSION_PACKBITS,
                                      COMPRESSION_JPEG};
    trb_volume *volume = tiff_sample_volume(TRB_U8, 24, 24, 2);
    uint64_t random = 1;
    size_t refused = 0;
    for (size_t c = 0; c < 5; c++) {
        tiff_layout layout = tiff_layout_plain();
        layout.compression = codecs[c];
        layout.rows = 8;
        layout.description = "ImageJ=1.54f\nimages=2\nslices=2\nunit=um\nspacing=3\n";
        tiff_sample_write(tiff_path("good.tif"), volume, &layout);
        static unsigned char bytes[1 << 16], changed[1 << 16];
        FILE *file = fopen(tiff_path("good.tif"), "rb");
        const size_t count = fread(bytes, 1, sizeof bytes, file);
        fclose(file);
        for (int turn = 0; turn < 150; turn++) {
            memcpy(changed, bytes, count);
            for (int i = 0; i < 3; i++) {
                random = random * 6364136223846793005U + 1442695040888963407U;
                changed[(random >> 20) % count] = (unsigned char)(random >> 56);
            }
            tiff_sample_bytes(tiff_path("changed.tif"), changed, count);
            trb_volume *back = NULL;
            trb_open_options options = trb_open_options_default();
            options.memory_limit_bytes = 1 << 24;
            refused += trb_volume_read(tiff_path("changed.tif"), &options, NULL, NULL, &back, NULL, NULL) != TRB_OK;
            trb_volume_destroy(back);
        }
    }
    trb_volume_destroy(volume);
    assert_true(refused > 100);
}

/* ---- sizes that cannot be, before any memory is asked for */

static void absurd_sizes_are_refused(void **state)
{
    (void)state;
    static const struct {
        uint32_t nx, ny, bits;
        const char *text;
    } cases[] = {
        {0xffffffff, 0xffffffff, 8, "absurd.tif: "},
        {0, 4, 8, "absurd.tif: "},
        {1000000, 1000000, 16, "is truncated"},
        {0x7fffffff, 2, 8, "is truncated"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        tiff_bytes own;
        tiff_put_header(&own, false, 8);
        tiff_put(&own, 8, 2);
        tiff_put_entry(&own, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, cases[i].nx);
        tiff_put_entry(&own, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, cases[i].ny);
        tiff_put_entry(&own, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, cases[i].bits);
        tiff_put_entry(&own, TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_NONE);
        tiff_put_entry(&own, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
        tiff_put_entry(&own, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 8);
        tiff_put_entry(&own, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, cases[i].ny);
        tiff_put_entry(&own, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 16);
        tiff_put(&own, 0, 4);
        tiff_sample_bytes(tiff_path("absurd.tif"), own.bytes, own.used);
        tiff_check_refused(tiff_path("absurd.tif"), TRB_ERR_FORMAT, cases[i].text);
    }
}

static void a_compressed_page_cannot_claim_more_than_its_bytes_can_give(void **state)
{
    (void)state;
    tiff_bytes own;
    tiff_put_header(&own, false, 8);
    tiff_put(&own, 8, 2);
    tiff_put_entry(&own, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, 100000);
    tiff_put_entry(&own, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, 100000);
    tiff_put_entry(&own, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 16);
    tiff_put_entry(&own, TIFFTAG_COMPRESSION, TIFF_SHORT, 1, COMPRESSION_ADOBE_DEFLATE);
    tiff_put_entry(&own, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
    tiff_put_entry(&own, TIFFTAG_STRIPOFFSETS, TIFF_LONG, 1, 8);
    tiff_put_entry(&own, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, 100000);
    tiff_put_entry(&own, TIFFTAG_STRIPBYTECOUNTS, TIFF_LONG, 1, 80);
    tiff_put(&own, 0, 4);
    tiff_sample_bytes(tiff_path("bomb.tif"), own.bytes, own.used);
    tiff_check_refused(tiff_path("bomb.tif"), TRB_ERR_FORMAT, "more than its 80 bytes can hold");
}

static void more_than_the_memory_limit_is_refused_with_advice(void **state)
{
    (void)state;
    trb_volume *bone = NULL;
    trb_error error = {TRB_OK, ""};
    trb_open_options options = trb_open_options_default();
    options.memory_limit_bytes = 7999999;
    assert_int_equal(TRB_ERR_MEMORY,
                     trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", &options, NULL, NULL, &bone, NULL, &error));
    assert_non_null(strstr(error.text, "200 x 200 x 200 voxels of uint8 need 0.007 GiB, the limit is 0.007 GiB: read a "
                                     "part (--slices, --crop) or raise --memory-limit"));
    options.memory_limit_bytes = 8000000;
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/lhdl-3155.tif", &options, NULL, NULL, &bone, NULL, err));
    trb_volume_destroy(bone);
}

static void pages_that_differ_are_named(void **state)
{
    (void)state;
    trb_volume *a = tiff_sample_volume(TRB_U8, 8, 6, 1), *b = tiff_sample_volume(TRB_U8, 9, 6, 1);
    trb_volume *c = tiff_sample_volume(TRB_U16, 8, 6, 1);
    const trb_volume *other[] = {b, c};
    static const char *const texts[] = {"page 2 of 2: is 9 x 6 pixels, the first page is 8 x 6",
                                        "page 2 of 2: holds uint16 voxels, the first page holds uint8"};
    for (int i = 0; i < 2; i++) {
        tiff_layout layout = tiff_layout_plain();
        tiff_sample_write(tiff_path("mixed.tif"), a, &layout);
        layout.mode = "a";
        tiff_sample_write(tiff_path("mixed.tif"), other[i], &layout);
        tiff_check_refused(tiff_path("mixed.tif"), TRB_ERR_DATA, texts[i]);
    }
    trb_volume_destroy(a);
    trb_volume_destroy(b);
    trb_volume_destroy(c);
}

static void not_a_number_is_counted_and_located(void **state)
{
    (void)state;
    for (int type = TRB_F32; type <= TRB_F64; type++) {
        trb_volume *volume = tiff_sample_volume((trb_type)type, 9, 8, 7);
        const size_t at[] = {(3 * 8 + 2) * 9 + 5, (3 * 8 + 2) * 9 + 6, (6 * 8 + 1) * 9};
        for (size_t i = 0; i < 3; i++)
            if (type == TRB_F32)
                ((float *)volume->voxels)[at[i]] = i == 1 ? -INFINITY : NAN;
            else
                ((double *)volume->voxels)[at[i]] = i == 1 ? -INFINITY : NAN;
        tiff_layout layout = tiff_layout_plain();
        tiff_sample_write(tiff_path("nan.tif"), volume, &layout);
        tiff_check_refused(tiff_path("nan.tif"), TRB_ERR_DATA,
                           "3 voxels are NaN or infinite, the first at x=5 y=2 z=3 (from 0; ");
        const trb_box box = {{4, 1, 2}, {9, 8, 5}}; /* positions are those of the scan, not of the box */
        trb_volume *part = NULL;
        trb_error err = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_DATA, trb_volume_read(tiff_path("nan.tif"), NULL, &box, NULL, &part, NULL, &err));
        assert_non_null(strstr(err.text, "2 voxels are NaN or infinite, the first at x=5 y=2 z=3"));
        trb_volume_destroy(volume);
    }
}

static void nothing_goes_to_stderr(void **state)
{
    (void)state;
    fflush(stderr);
    const int before = dup(STDERR_FILENO);
    const char *path = tiff_path("stderr.txt");
    const int caught = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(before >= 0 && caught >= 0);
    dup2(caught, STDERR_FILENO);
    changed_bytes_never_crash(NULL);
    dup2(before, STDERR_FILENO);
    close(before);
    struct stat facts;
    assert_int_equal(0, fstat(caught, &facts));
    close(caught);
    assert_int_equal(0, facts.st_size);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(images_that_are_not_grey_say_what_is_needed),
        cmocka_unit_test(channels_and_time_points_are_refused),
        cmocka_unit_test(an_unknown_compression_is_named),
        cmocka_unit_test(files_that_are_no_tiff_say_so),
        cmocka_unit_test(a_circle_of_pages_is_found),
        cmocka_unit_test(a_file_cut_anywhere_is_an_error_and_no_crash),
        cmocka_unit_test(changed_bytes_never_crash),
        cmocka_unit_test(absurd_sizes_are_refused),
        cmocka_unit_test(a_compressed_page_cannot_claim_more_than_its_bytes_can_give),
        cmocka_unit_test(more_than_the_memory_limit_is_refused_with_advice),
        cmocka_unit_test(pages_that_differ_are_named),
        cmocka_unit_test(not_a_number_is_counted_and_located),
        cmocka_unit_test(nothing_goes_to_stderr),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
