/* test_skyscan.c - SkyScan/Bruker logs beside slices. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include <sys/stat.h>

#define SYSTEM_PART                                                                                                \
    "[System]\r\nScanner=Skyscan1172\r\nCamera Pixel Size (um)=   9.00\r\n[Acquisition]\r\nSource Voltage (kV)=  50\r\n" \
    "Image Pixel Size (um)=  12.00\r\nFilter=Al 0.5 mm\r\n"
#define LOG(reconstruction) SYSTEM_PART "[Reconstruction]\r\nProgram=NRecon\r\n" reconstruction

/* Slices name_0000.tif ... in a new folder, numbered in steps. */
static const char *make_slices(const char *name, trb_type type, unsigned step, const tiff_layout *layout)
{
    const tiff_layout plain = tiff_layout_plain();
    trb_volume *volume = tiff_sample_volume(type, 12, 9, 4);
    assert_int_equal(0, mkdir(tiff_path("%s", name), 0700));
    for (size_t z = 0; z < 4; z++)
        tiff_sample_write_slice(tiff_path("%s/m7__rec%08u.tif", name, 100 + step * (unsigned)z), volume, z,
                                layout ? layout : &plain);
    trb_volume_destroy(volume);
    return tiff_path("%s", name);
}

static trb_scan *open_scan(const char *path)
{
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(path, NULL, &scan, err));
    return scan;
}

static const char *fact(const trb_scan *scan, const char *key)
{
    const trb_scan_info *info = trb_scan_facts(scan);
    for (size_t i = 0; i < info->n_facts; i++)
        if (strcmp(info->facts[i].key, key) == 0)
            return info->facts[i].value;
    return "(not told)";
}

static void the_reconstructed_pixel_size_counts_and_not_the_cameras(void **state)
{
    (void)state;
    make_slices("plain", TRB_U8, 1, NULL);
    tiff_sample_text(tiff_path("plain/m7__rec.log"),
                     LOG("Pixel Size (um)=17.400\r\nSection to Section Step=1\r\nSections Count=4\r\n"));
    trb_scan *scan = open_scan(tiff_path("plain"));
    for (int axis = 0; axis < 3; axis++)
        CHECK_CLOSE(0.0174, trb_scan_grid(scan)->spacing_mm[axis], 0);
    assert_string_equal("m7__rec.log", trb_scan_facts(scan)->spacing_source);
    assert_string_equal("", trb_scan_facts(scan)->warning);
    assert_string_equal("Skyscan1172", fact(scan, "Scanner"));
    assert_string_equal("50", fact(scan, "Source Voltage (kV)"));
    assert_string_equal("Al 0.5 mm", fact(scan, "Filter"));
    assert_false(trb_scan_facts(scan)->calibration.attenuation.known);
    trb_scan_close(scan);
}

static void a_decimal_comma_and_any_encoding_are_read(void **state)
{
    (void)state;
    make_slices("comma", TRB_U8, 1, NULL);
    tiff_sample_text(tiff_path("comma/m7__rec.log"),
                     "[System]\nScanner=\xb5""CT f\xfcr M\xe4use\n[Reconstruction]\n Pixel Size (um) = 6,96 \n");
    trb_scan *scan = open_scan(tiff_path("comma"));
    CHECK_CLOSE(0.00696, trb_scan_grid(scan)->spacing_mm[2], 1e-15);
    assert_string_equal("\xc2\xb5""CT f\xc3\xbcr M\xc3\xa4use", fact(scan, "Scanner"));
    trb_scan_close(scan);
}

static void a_log_in_utf16_is_read(void **state)
{
    (void)state;
    make_slices("wide", TRB_U8, 1, NULL);
    static const char text[] = "[Reconstruction]\r\nPixel Size (um)=5\r\n";
    char wide[2 * sizeof text] = "\xff\xfe";
    for (size_t i = 0; i + 1 < sizeof text; i++)
        wide[2 + 2 * i] = text[i];
    tiff_sample_bytes(tiff_path("wide/m7__rec.log"), wide, 2 * sizeof text);
    trb_scan *scan = open_scan(tiff_path("wide"));
    CHECK_CLOSE(0.005, trb_scan_grid(scan)->spacing_mm[0], 0);
    trb_scan_close(scan);
}

/* mu [1/mm] = lowest + grey / 255 * (highest - lowest); the calibration is in 1/cm. */
static void the_conversion_to_grey_is_kept_in_1_per_cm(void **state)
{
    (void)state;
    static const struct {
        const char *folder, *log;
        trb_type type;
        double most;
    } cases[] = {
        {"cs8", LOG("Minimum for CS to Image Conversion=-0.0050\r\nMaximum for CS to Image Conversion=0.1000\r\n"),
         TRB_U8, 255},
        {"cs16", LOG("Minimum for CS to Image Conversion=-0.0050\r\nMaximum for CS to Image Conversion=0.1000\r\n"),
         TRB_U16, 65535},
        {"cs2008", LOG("Mininum for CS to Image Conversion=-0.0050\r\nMaximum for CS to Image Conversion=0.1000\r\n"),
         TRB_U16, 65535},
    };
    for (size_t i = 0; i < 3; i++) {
        make_slices(cases[i].folder, cases[i].type, 1, NULL);
        tiff_sample_text(tiff_path("%s/m7__rec.log", cases[i].folder), cases[i].log);
        trb_scan *scan = open_scan(tiff_path("%s", cases[i].folder));
        const trb_linear *line = &trb_scan_facts(scan)->calibration.attenuation;
        assert_true(line->known);
        CHECK_CLOSE(-0.05, line->intercept, 1e-15);
        CHECK_CLOSE(1.0, line->intercept + line->slope * cases[i].most, 1e-12);
        assert_string_equal("m7__rec.log", line->source);
        assert_string_equal("-0.0050", fact(scan, "Minimum for CS to Image Conversion"));
        assert_string_equal("0.1000", fact(scan, "Maximum for CS to Image Conversion"));
        trb_scan_close(scan);
    }
    make_slices("csfloat", TRB_F32, 1, NULL); /* not what the reconstruction wrote: nothing is claimed */
    tiff_sample_text(tiff_path("csfloat/m7__rec.log"), cases[0].log);
    trb_scan *scan = open_scan(tiff_path("csfloat"));
    assert_false(trb_scan_facts(scan)->calibration.attenuation.known);
    trb_scan_close(scan);
}

static void a_section_step_stretches_z_and_explains_the_numbers(void **state)
{
    (void)state;
    make_slices("step", TRB_U8, 3, NULL);
    tiff_check_refused(tiff_path("step"), TRB_ERR_DATA, "slice number 101 is missing");
    tiff_sample_text(tiff_path("step/m7__rec.log"), LOG("Pixel Size (um)=10\r\nSection to Section Step=3\r\n"));
    trb_scan *scan = open_scan(tiff_path("step"));
    CHECK_CLOSE(0.01, trb_scan_grid(scan)->spacing_mm[0], 0);
    CHECK_CLOSE(0.03, trb_scan_grid(scan)->spacing_mm[2], 1e-15);
    trb_scan_close(scan);
}

static void of_several_logs_the_one_named_like_the_slices_counts(void **state)
{
    (void)state;
    make_slices("logs", TRB_U8, 1, NULL);
    tiff_sample_text(tiff_path("logs/m7_.log"), SYSTEM_PART);                          /* of the projections */
    tiff_sample_text(tiff_path("logs/other_rec.log"), LOG("Pixel Size (um)=99\r\n")); /* of another scan */
    trb_scan *scan = open_scan(tiff_path("logs"));
    CHECK_CLOSE(0.099, trb_scan_grid(scan)->spacing_mm[0], 0); /* the only one of a reconstruction */
    trb_scan_close(scan);
    tiff_sample_text(tiff_path("logs/third_rec.log"), LOG("Pixel Size (um)=98\r\n"));
    scan = open_scan(tiff_path("logs"));
    assert_false(trb_grid_has_spacing(trb_scan_grid(scan)));
    assert_non_null(strstr(trb_scan_facts(scan)->warning,
                           "2 SkyScan logs lie beside the slices and none is named m7__rec.log: none is used"));
    trb_scan_close(scan);
    tiff_sample_text(tiff_path("logs/M7__rec.LOG"), LOG("Pixel Size (um)=12\r\n"));
    scan = open_scan(tiff_path("logs"));
    CHECK_CLOSE(0.012, trb_scan_grid(scan)->spacing_mm[0], 0);
    assert_string_equal("", trb_scan_facts(scan)->warning);
    trb_scan_close(scan);
}

static void the_log_wins_over_the_tiff_and_the_conflict_is_told(void **state)
{
    (void)state;
    tiff_layout layout = tiff_layout_plain();
    layout.description = "ImageJ=1.54f\nunit=mm\nspacing=0.02\n";
    layout.resolution = 50;
    layout.resolution_unit = RESUNIT_NONE;
    make_slices("conflict", TRB_U8, 1, &layout);
    tiff_sample_text(tiff_path("conflict/m7__rec.log"), LOG("Pixel Size (um)=17.4\r\n"));
    trb_scan *scan = open_scan(tiff_path("conflict"));
    CHECK_CLOSE(0.0174, trb_scan_grid(scan)->spacing_mm[0], 0);
    assert_non_null(strstr(trb_scan_facts(scan)->warning,
                           "voxel size 0.0174 x 0.0174 x 0.0174 mm from m7__rec.log is used, but ImageJ description says "
                           "0.02 x 0.02 x 0.02 mm"));
    trb_scan_close(scan);
}

static void reduced_slices_are_noticed(void **state)
{
    (void)state;
    make_slices("reduced", TRB_U8, 1, NULL);
    tiff_sample_text(tiff_path("reduced/m7__rec.log"), LOG("Pixel Size (um)=10\r\nResult Image Width (pixels)=24\r\n"
                                                           "Result Image Height (pixels)=18\r\n"));
    trb_scan *scan = open_scan(tiff_path("reduced"));
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "describes slices of 24 x 18 pixels, these have 12 x 9: if they "
                                                          "were scaled, the pixel size is 20 um and not 10 um"));
    trb_scan_close(scan);
    tiff_sample_text(tiff_path("reduced/m7__rec.log"), LOG("Pixel Size (um)=10\r\nResult Image Width (pixels)=24\r\n"
                                                           "Result Image Height (pixels)=24\r\n"));
    scan = open_scan(tiff_path("reduced")); /* cropped: the pixel size holds */
    assert_string_equal("", trb_scan_facts(scan)->warning);
    trb_scan_close(scan);
}

static void a_log_beside_one_file_counts_by_its_name(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U16, 12, 9, 4);
    const tiff_layout plain = tiff_layout_plain();
    tiff_sample_write(tiff_path("single.tif"), volume, &plain);
    trb_volume_destroy(volume);
    trb_scan *scan = open_scan(tiff_path("single.tif"));
    assert_false(trb_grid_has_spacing(trb_scan_grid(scan)));
    trb_scan_close(scan);
    tiff_sample_text(tiff_path("single.log"), LOG("Pixel Size (um)=8\r\nMinimum for CS to Image Conversion=0\r\n"
                                                  "Maximum for CS to Image Conversion=0.2\r\n"));
    scan = open_scan(tiff_path("single.tif"));
    CHECK_CLOSE(0.008, trb_scan_grid(scan)->spacing_mm[2], 0);
    assert_true(trb_scan_facts(scan)->calibration.attenuation.known);
    trb_scan_close(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_reconstructed_pixel_size_counts_and_not_the_cameras),
        cmocka_unit_test(a_decimal_comma_and_any_encoding_are_read),
        cmocka_unit_test(a_log_in_utf16_is_read),
        cmocka_unit_test(the_conversion_to_grey_is_kept_in_1_per_cm),
        cmocka_unit_test(a_section_step_stretches_z_and_explains_the_numbers),
        cmocka_unit_test(of_several_logs_the_one_named_like_the_slices_counts),
        cmocka_unit_test(the_log_wins_over_the_tiff_and_the_conflict_is_told),
        cmocka_unit_test(reduced_slices_are_noticed),
        cmocka_unit_test(a_log_beside_one_file_counts_by_its_name),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
