/* test_tiff_write.c - files that we write: read back by us, by libtiff alone, and as ImageJ reads them. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "io/tiff_write.h"
#include "trabecula/version.h"

#include <sys/stat.h>

static const trb_tiff_compression all_compressions[] = {TRB_TIFF_NONE, TRB_TIFF_DEFLATE, TRB_TIFF_LZW};

static trb_write_options options_with(trb_tiff_compression compression)
{
    trb_write_options options = trb_write_options_default();
    options.compression = compression;
    options.force = true;
    return options;
}

static void every_type_and_compression_comes_back(void **state)
{
    (void)state;
    for (int type = TRB_U8; type <= TRB_F64; type++)
        for (size_t c = 0; c < 3; c++)
            for (int big = 0; big < 2; big++) {
                char what[60];
                trb_volume *volume = tiff_sample_volume((trb_type)type, 33, 21, 5);
                const trb_write_options options = options_with(all_compressions[c]);
                const char *path = tiff_path("out-%d-%zu-%d.tif", type, c, big);
                CHECK_OK(trb_tiff_write(path, volume, NULL, &options, big ? TRB_TIFF_BIG : TRB_TIFF_CLASSIC, err));
                snprintf(what, sizeof what, "%s, compression %zu, big %d", trb_type_name((trb_type)type), c, big);
                tiff_check_reads(path, volume, what);
                trb_volume_destroy(volume);
            }
}

/* Nothing of our reader: libtiff finds each page by itself, with the tags that a stranger needs. */
static void libtiff_alone_reads_every_page(void **state)
{
    (void)state;
    for (int type = TRB_U8; type <= TRB_F64; type++)
        for (size_t c = 0; c < 3; c++) {
            static const int formats[] = {1, 2, 1, 2, 1, 2, 3, 3};
            trb_volume *volume = tiff_sample_volume((trb_type)type, 33, 21, 3);
            const trb_write_options options = options_with(all_compressions[c]);
            const size_t plane = 33 * 21 * trb_type_bytes((trb_type)type);
            CHECK_OK(trb_tiff_write(tiff_path("alone-%d-%zu.tif", type, c), volume, NULL, &options, (int)c == 1 ? TRB_TIFF_BIG : TRB_TIFF_BY_SIZE, err));
            TIFF *tiff = TIFFOpen(tiff_path("alone-%d-%zu.tif", type, c), "r");
            assert_non_null(tiff);
            for (unsigned page = 0; page < 3; page++) {
                unsigned char *bytes = calloc(1, plane);
                uint16_t bits = 0, format = 0, samples = 0;
                assert_int_equal(1, TIFFSetDirectory(tiff, page));
                TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
                TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
                TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &samples);
                assert_int_equal(8 * trb_type_bytes((trb_type)type), bits);
                assert_int_equal(formats[type], format);
                assert_int_equal(1, samples);
                assert_int_equal(plane, TIFFReadEncodedStrip(tiff, 0, bytes, (tmsize_t)plane));
                assert_memory_equal(trb_volume_row(volume, 0, page), bytes, plane);
                free(bytes);
            }
            assert_int_equal(1, TIFFLastDirectory(tiff));
            TIFFClose(tiff);
            trb_volume_destroy(volume);
        }
}

/* ImageJ takes the planes of an uncompressed stack from behind the first strip offset, without looking further. */
static void uncompressed_planes_are_contiguous(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U16, 7, 5, 6); /* odd sizes: padding would show */
    const trb_write_options options = options_with(TRB_TIFF_NONE);
    CHECK_OK(trb_volume_write(tiff_path("contiguous.tif"), volume, &options, err));
    TIFF *tiff = TIFFOpen(tiff_path("contiguous.tif"), "r");
    assert_non_null(tiff);
    const uint64_t first = TIFFGetStrileOffset(tiff, 0);
    for (unsigned page = 0; page < 6; page++) {
        assert_int_equal(1, TIFFSetDirectory(tiff, page));
        assert_int_equal(first + page * 70, TIFFGetStrileOffset(tiff, 0));
    }
    TIFFClose(tiff);
    trb_volume_destroy(volume);
}

static void the_description_is_what_imagej_expects(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_F32, 7, 5, 6);
    const double spacing_mm[3] = {0.0195, 0.02, 0.034};
    memcpy(volume->grid.spacing_mm, spacing_mm, sizeof spacing_mm);
    trb_write_options options = options_with(TRB_TIFF_NONE);
    options.description = "quantity=Tb.Th\nquantity_unit=mm";
    CHECK_OK(trb_volume_write(tiff_path("described.tif"), volume, &options, err));
    TIFF *tiff = TIFFOpen(tiff_path("described.tif"), "r");
    const char *text = NULL;
    float x = 0, y = 0;
    uint16_t unit = 0;
    assert_int_equal(1, TIFFGetField(tiff, TIFFTAG_IMAGEDESCRIPTION, &text));
    assert_int_equal(1, TIFFGetField(tiff, TIFFTAG_XRESOLUTION, &x));
    assert_int_equal(1, TIFFGetField(tiff, TIFFTAG_YRESOLUTION, &y));
    assert_int_equal(1, TIFFGetField(tiff, TIFFTAG_RESOLUTIONUNIT, &unit));
    double lowest, highest;
    char expected[400], low[32], high[32];
    trb_volume_range(volume, &lowest, &highest);
    snprintf(low, sizeof low, "%.15g", lowest), snprintf(high, sizeof high, "%.15g", highest);
    snprintf(expected, sizeof expected, "ImageJ=1.54f\nimages=6\nslices=6\nunit=mm\nspacing=0.034\nloop=false\nmin=%.6s", low);
    assert_memory_equal(expected, text, strlen(expected));
    assert_non_null(strstr(text, "\nmax="));
    assert_non_null(strstr(text, "\nquantity=Tb.Th\nquantity_unit=mm\n"));
    CHECK_CLOSE(1 / 0.0195, x, 1e-5);
    CHECK_CLOSE(50, y, 0);
    assert_int_equal(RESUNIT_NONE, unit);
    TIFFClose(tiff);
    trb_volume_destroy(volume);
}

static void spacing_and_origin_come_back(void **state)
{
    (void)state;
    static const double sizes[] = {0.0195, 0.001, 0.0123456789, 1.0 / 3, 0.00696, 0.0174, 2.5, 6.499999e-3, 0.082};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        trb_volume *volume = tiff_sample_volume(TRB_U8, 4, 3, 2), *back = NULL;
        for (int axis = 0; axis < 3; axis++) {
            volume->grid.spacing_mm[axis] = sizes[i] * (1 + 0.25 * axis);
            volume->grid.origin_mm[axis] = (axis + 1) * 7 * sizes[i];
        }
        const trb_write_options options = options_with(i % 2 ? TRB_TIFF_DEFLATE : TRB_TIFF_NONE);
        CHECK_OK(trb_volume_write(tiff_path("spacing.tif"), volume, &options, err));
        CHECK_OK(trb_volume_read(tiff_path("spacing.tif"), NULL, NULL, NULL, &back, NULL, err));
        for (int axis = 0; axis < 3; axis++) {
            CHECK_RELATIVE(volume->grid.spacing_mm[axis], back->grid.spacing_mm[axis], 1e-9);
            CHECK_RELATIVE(volume->grid.origin_mm[axis], back->grid.origin_mm[axis], 1e-9);
        }
        trb_volume_destroy(volume);
        trb_volume_destroy(back);
    }
}

static void an_unknown_spacing_stays_unknown(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 4, 3, 2), *back = NULL;
    memset(volume->grid.spacing_mm, 0, sizeof volume->grid.spacing_mm);
    const trb_write_options options = options_with(TRB_TIFF_NONE);
    CHECK_OK(trb_volume_write(tiff_path("unknown.tif"), volume, &options, err));
    CHECK_OK(trb_volume_read(tiff_path("unknown.tif"), NULL, NULL, NULL, &back, NULL, err));
    assert_false(trb_grid_has_spacing(&back->grid));
    trb_volume_destroy(volume);
    trb_volume_destroy(back);
}

static void fractions_are_the_simplest_that_fit(void **state)
{
    (void)state;
    uint32_t over = 0, under = 0;
    assert_true(trb_tiff_fraction(0.0195, &over, &under));
    assert_int_equal(39, over);
    assert_int_equal(2000, under);
    assert_true(trb_tiff_fraction(1.0, &over, &under) && over == 1 && under == 1);
    assert_true(trb_tiff_fraction(1.0 / 3, &over, &under) && over == 1 && under == 3);
    for (double value = 1e-6; value < 1e6; value *= 1.37) {
        assert_true(trb_tiff_fraction(value, &over, &under));
        CHECK_RELATIVE(value, (double)over / (double)under, 1e-9);
    }
    assert_false(trb_tiff_fraction(0, &over, &under) || trb_tiff_fraction(-1, &over, &under) ||
                 trb_tiff_fraction(1e-30, &over, &under) || trb_tiff_fraction(1e30, &over, &under) ||
                 trb_tiff_fraction(NAN, &over, &under));
}

static void a_mask_is_written_as_0_and_255(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(70, 13, 9, 0.4, 5);
    mask->grid.spacing_mm[0] = mask->grid.spacing_mm[1] = mask->grid.spacing_mm[2] = 0.01;
    trb_volume *expected = NULL;
    CHECK_OK(trb_mask_to_volume(mask, 255, &expected, err));
    for (size_t c = 0; c < 3; c++) {
        const trb_write_options options = options_with(all_compressions[c]);
        CHECK_OK(trb_mask_write(tiff_path("mask.tif"), mask, &options, err));
        tiff_check_reads(tiff_path("mask.tif"), expected, "mask");
    }
    trb_volume_destroy(expected);
    trb_mask_destroy(mask);
}

static void the_bytes_do_not_depend_on_threads(void **state)
{
    (void)state;
    const int before = trb_threads();
    for (size_t c = 1; c < 3; c++) {
        char first[100] = "";
        for (int threads = 1; threads <= 5; threads += 2) {
            static unsigned char bytes[12 << 20];
            trb_threads_set(threads);
            const trb_write_options options = options_with(all_compressions[c]);
            CHECK_OK(trb_volume_write(tiff_path("bone.tif"), testing_bone(), &options, err));
            FILE *file = fopen(tiff_path("bone.tif"), "rb");
            const size_t count = fread(bytes, 1, sizeof bytes, file);
            fclose(file);
            assert_true(count < sizeof bytes && count > 1000);
            if (threads == 1)
                snprintf(first, sizeof first, "%s", testing_sha256(bytes, count));
            assert_string_equal(first, testing_sha256(bytes, count));
        }
        tiff_check_reads(tiff_path("bone.tif"), testing_bone(), "real bone");
    }
    trb_threads_set(before);
}

/* Lengths around each change of the code width and around the table's end, and data that do not compress. */
static void lzw_of_any_length_is_decoded_by_libtiff(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {1,   2,    3,    100,  253,  254,  255,  256,   257,   509,   510,  511,
                                       766, 1021, 1022, 1023, 1024, 2045, 2046, 2047, 3836,  3837,  3838, 3839,
                                       3840, 4093, 4094, 4095, 4096, 8000, 70000};
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
        for (int kind = 0; kind < 3; kind++) { /* all new pairs, all the same, noise */
            const trb_grid grid = {lengths[i], 1, 1, {0, 0, 0}, {0, 0, 0}};
            trb_volume *volume = NULL;
            char what[60];
            CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
            uint32_t random = 1;
            for (size_t k = 0; k < lengths[i]; k++) {
                random = random * 1664525U + 1013904223U;
                ((uint8_t *)volume->voxels)[k] = (uint8_t)(kind == 0 ? k * (1 + k / 256) : kind == 1 ? 7 : random >> 24);
            }
            unsigned char *out = malloc(trb_tiff_lzw_bound(lengths[i]));
            assert_true(trb_tiff_lzw_encode(volume->voxels, lengths[i], out) <= trb_tiff_lzw_bound(lengths[i]));
            free(out);
            const trb_write_options options = options_with(TRB_TIFF_LZW);
            CHECK_OK(trb_volume_write(tiff_path("lzw.tif"), volume, &options, err));
            snprintf(what, sizeof what, "LZW of %u bytes, kind %d", lengths[i], kind);
            tiff_check_reads(tiff_path("lzw.tif"), volume, what);
            trb_volume_destroy(volume);
        }
}

static void what_tiff_cannot_hold_is_refused(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 4, 3, 2);
    trb_error error = {TRB_OK, ""};
    volume->grid.spacing_mm[0] = 1e-30;
    const trb_write_options options = options_with(TRB_TIFF_NONE);
    assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("tiny.tif"), volume, &options, &error));
    assert_non_null(strstr(error.text, "TIFF cannot hold a voxel size of 1e-30 mm"));
    struct stat facts;
    assert_int_not_equal(0, stat(tiff_path("tiny.tif"), &facts));
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_and_compression_comes_back),
        cmocka_unit_test(libtiff_alone_reads_every_page),
        cmocka_unit_test(uncompressed_planes_are_contiguous),
        cmocka_unit_test(the_description_is_what_imagej_expects),
        cmocka_unit_test(spacing_and_origin_come_back),
        cmocka_unit_test(an_unknown_spacing_stays_unknown),
        cmocka_unit_test(fractions_are_the_simplest_that_fit),
        cmocka_unit_test(a_mask_is_written_as_0_and_255),
        cmocka_unit_test(the_bytes_do_not_depend_on_threads),
        cmocka_unit_test(lzw_of_any_length_is_decoded_by_libtiff),
        cmocka_unit_test(what_tiff_cannot_hold_is_refused),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
