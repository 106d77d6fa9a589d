/* test_dicom.c - DICOM series written element by element: order, spacing, grey scale, and what is refused. */
#include "support/dicom_samples.h"
#include "support/itk_dicom.h"
#include "support/testing.h"
#include "support/tiff_samples.h"

#include <sys/stat.h>
#include <unistd.h>

enum { SLICES = 5 };

static void save(const dicom_sample *sample, const double *voxels, const char *path)
{
    scanco_bytes bytes = dicom_sample_make(sample, voxels);
    assert_true(scanco_save(&bytes, path));
    free(bytes.bytes);
}

/* A series of SLICES slices along z from 3 mm on in steps of 0.025 mm, under names in another order. */
static trb_volume *make_series(const char *folder, dicom_sample sample, trb_type type)
{
    trb_volume *volume = tiff_sample_volume(type, (size_t)sample.nx, (size_t)sample.ny, SLICES);
    double plane[1000];
    assert_int_equal(0, mkdir(tiff_path("%s", folder), 0700));
    for (size_t z = 0; z < SLICES; z++) {
        char position[60], instance[20];
        snprintf(position, sizeof position, "1\\2\\%.4f", 3 + 0.025 * (double)z);
        snprintf(instance, sizeof instance, "%zu", SLICES - z); /* against the order */
        sample.position = position;
        sample.instance = instance;
        for (size_t i = 0; i < (size_t)(sample.nx * sample.ny); i++) {
            const size_t x = i % (size_t)sample.nx, y = i / (size_t)sample.nx;
            double value = trb_volume_get(volume, x, y, z);
            if (sample.stored < sample.allocated) {
                value = fmod(fabs(value), (double)(1 << (sample.stored - 1)));
                trb_volume_set(volume, x, y, z, value);
            }
            plane[i] = value;
        }
        save(&sample, plane, tiff_path("%s/slice_%zu%s", folder, z * 3 % SLICES, z % 2 ? ".dcm" : "")); /* also without ending */
    }
    return volume;
}

static trb_scan *open_scan(const char *path)
{
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(path, NULL, &scan, err));
    return scan;
}

static void a_series_is_ordered_by_position(void **state)
{
    (void)state;
    static const struct {
        int allocated, stored, is_signed;
        trb_type type;
    } kinds[] = {{16, 16, 1, TRB_I16}, {16, 16, 0, TRB_U16}, {8, 8, 0, TRB_U8}, {8, 8, 1, TRB_I8}, {16, 12, 0, TRB_U16}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char folder[20];
        snprintf(folder, sizeof folder, "order%zu", i);
        dicom_sample sample = dicom_sample_default();
        sample.allocated = kinds[i].allocated;
        sample.stored = kinds[i].stored;
        sample.is_signed = kinds[i].is_signed;
        trb_volume *volume = make_series(folder, sample, kinds[i].type);
        tiff_check_reads(tiff_path("%s", folder), volume, folder);
        trb_scan *scan = open_scan(tiff_path("%s", folder));
        const trb_grid *grid = trb_scan_grid(scan);
        const double spacing[3] = {0.0195, 0.021, 0.025}, origin[3] = {1, 2, 3};
        for (int axis = 0; axis < 3; axis++) { /* columns, rows, positions: not the thickness of 9 */
            CHECK_CLOSE(spacing[axis], grid->spacing_mm[axis], 1e-12);
            CHECK_CLOSE(origin[axis], grid->origin_mm[axis], 0);
        }
        assert_string_equal("DICOM series, 5 files", trb_scan_facts(scan)->format);
        assert_string_equal("DICOM pixel spacing and positions", trb_scan_facts(scan)->spacing_source);
        assert_string_equal("", trb_scan_facts(scan)->warning);
        assert_false(trb_scan_facts(scan)->calibration.hounsfield.known); /* nothing is said of it */
        trb_scan_close(scan);
        trb_volume_destroy(volume);
    }
}

static void a_series_in_another_plane_is_ordered_along_its_normal(void **state)
{
    (void)state;
    assert_int_equal(0, mkdir(tiff_path("coronal"), 0700));
    trb_volume *volume = tiff_sample_volume(TRB_I16, 9, 6, SLICES);
    for (size_t z = 0; z < SLICES; z++) {
        dicom_sample sample = dicom_sample_default();
        char position[60];
        double plane[54];
        for (size_t i = 0; i < 54; i++)
            plane[i] = ((int16_t *)volume->voxels)[z * 54 + i];
        /* x cross -z is +y: the normal */
        snprintf(position, sizeof position, "5\\%.3f\\-7", -1 + 0.03 * (double)z);
        sample.orientation = "1\\0\\0\\0\\0\\-1";
        sample.position = position;
        save(&sample, plane, tiff_path("coronal/%zu.dcm", 9 - z));
    }
    tiff_check_reads(tiff_path("coronal"), volume, "coronal");
    trb_scan *scan = open_scan(tiff_path("coronal"));
    CHECK_CLOSE(0.03, trb_scan_grid(scan)->spacing_mm[2], 1e-12);
    CHECK_CLOSE(-1, trb_scan_grid(scan)->origin_mm[1], 0);
    trb_scan_close(scan);
    trb_volume_destroy(volume);
}

static void other_layouts_are_read(void **state)
{
    (void)state;
    for (int how = 0; how < 5; how++) { /* implicit, nested, both, compressed, compressed and nested */
        char folder[20];
        snprintf(folder, sizeof folder, "layout%d", how);
        dicom_sample sample = dicom_sample_default();
        sample.implicit = how == 0 || how == 2;
        sample.nested = how == 1 || how == 2 || how == 4;
        sample.rle = how >= 3;
        sample.allocated = sample.stored = sample.rle ? 8 : 16;
        sample.is_signed = !sample.rle;
        trb_volume *volume = make_series(folder, sample, sample.rle ? TRB_U8 : TRB_I16);
        tiff_check_reads(tiff_path("%s", folder), volume, folder);
        trb_volume_destroy(volume);
        /* cut anywhere, or with a byte that changed: an error or voxels, never a crash */
        double plane[54] = {0};
        scanco_bytes bytes = dicom_sample_make(&sample, plane);
        for (size_t at = 132; at < bytes.used; at += 3) {
            trb_volume *back = NULL;
            trb_error error = {TRB_OK, ""};
            scanco_bytes part = {bytes.bytes, at, 0};
            assert_true(scanco_save(&part, tiff_path("cut.dcm")));
            assert_true(trb_volume_read(tiff_path("cut.dcm"), NULL, NULL, NULL, &back, NULL, &error) != TRB_OK);
            bytes.bytes[at] ^= 0x55;
            assert_true(scanco_save(&bytes, tiff_path("changed.dcm")));
            bytes.bytes[at] ^= 0x55;
            if (trb_volume_read(tiff_path("changed.dcm"), NULL, NULL, NULL, &back, NULL, &error) == TRB_OK)
                trb_volume_destroy(back);
        }
        free(bytes.bytes);
    }
}

static void slices_that_itk_wrote_are_read(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_I16, 40, 33, SLICES);
    for (int compressed = 0; compressed < 2; compressed++) {
        const char *folder = compressed ? "itk-jpeg2000" : "itk";
        assert_int_equal(0, mkdir(tiff_path("%s", folder), 0700));
        for (size_t z = 0; z < SLICES; z++)
            assert_true(itk_write_dicom(tiff_path("%s/%zu.dcm", folder, z * 3 % SLICES), 40, 33, 0.03 * (double)z, compressed,
                                        (const int16_t *)volume->voxels + z * 40 * 33));
        tiff_check_reads(tiff_path("%s", folder), volume, folder);
        trb_scan *scan = open_scan(tiff_path("%s", folder));
        CHECK_CLOSE(0.02, trb_scan_grid(scan)->spacing_mm[0], 1e-9);
        CHECK_CLOSE(0.03, trb_scan_grid(scan)->spacing_mm[2], 1e-9);
        for (size_t i = 0; i < trb_scan_facts(scan)->n_facts; i++)
            if (strcmp(trb_scan_facts(scan)->facts[i].key, "transfer syntax") == 0)
                assert_int_equal(compressed, strstr(trb_scan_facts(scan)->facts[i].value, ".4.90") != NULL);
        trb_scan_close(scan);
    }
    trb_volume_destroy(volume);
}

static void one_rescaling_is_a_calibration(void **state)
{
    (void)state;
    static const struct {
        const char *type, *modality;
        int which; /* 1: HU, 2: density, 0: none */
    } kinds[] = {{"HU", "OT", 1}, {"", "CT", 1}, {"MGML", "CT", 2}, {"US", "CT", 0}, {"", "OT", 0}};
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char folder[20];
        snprintf(folder, sizeof folder, "rescale%zu", i);
        dicom_sample sample = dicom_sample_default();
        sample.slope = "0.25";
        sample.intercept = "-1000";
        sample.rescale_type = kinds[i].type;
        sample.modality = kinds[i].modality;
        trb_volume *volume = make_series(folder, sample, TRB_I16);
        tiff_check_reads(tiff_path("%s", folder), volume, "stored values"); /* as stored */
        trb_scan *scan = open_scan(tiff_path("%s", folder));
        const trb_calibration *calibration = &trb_scan_facts(scan)->calibration;
        assert_int_equal(kinds[i].which == 1, calibration->hounsfield.known);
        assert_int_equal(kinds[i].which == 2, calibration->density.known);
        if (kinds[i].which) {
            const trb_linear *line = kinds[i].which == 1 ? &calibration->hounsfield : &calibration->density;
            CHECK_CLOSE(0.25, line->slope, 0);
            CHECK_CLOSE(-1000, line->intercept, 0);
        }
        trb_scan_close(scan);
        trb_volume_destroy(volume);
    }
}

static void rescalings_that_differ_are_applied(void **state)
{
    (void)state;
    dicom_sample sample = dicom_sample_default();
    sample.slope = "0.25";
    sample.intercept = "-1000";
    trb_volume *volume = make_series("differ", sample, TRB_I16), *expected = tiff_sample_volume(TRB_F32, 9, 6, SLICES);
    for (size_t i = 0; i < 54 * SLICES; i++)
        ((float *)expected->voxels)[i] = (float)(0.25 * ((int16_t *)volume->voxels)[i] - 1000);
    double plane[54];
    for (size_t i = 0; i < 54; i++) { /* z = 2 with a slope of its own */
        plane[i] = ((int16_t *)volume->voxels)[2 * 54 + i];
        ((float *)expected->voxels)[2 * 54 + i] = (float)(0.5 * plane[i] - 1000);
    }
    sample.slope = "0.5";
    sample.position = "1\\2\\3.05";
    save(&sample, plane, tiff_path("differ/slice_1")); /* 2 * 3 % 5 */
    tiff_check_reads(tiff_path("differ"), expected, "rescaled");
    trb_scan *scan = open_scan(tiff_path("differ"));
    CHECK_CLOSE(1, trb_scan_facts(scan)->calibration.hounsfield.slope, 0);
    CHECK_CLOSE(0, trb_scan_facts(scan)->calibration.hounsfield.intercept, 0);
    trb_scan_close(scan);
    trb_volume_destroy(expected);
    trb_volume_destroy(volume);
}

static void scanco_elements_give_density_and_attenuation(void **state)
{
    (void)state;
    for (int is_signed = 0; is_signed < 2; is_signed++) {
        char folder[20];
        snprintf(folder, sizeof folder, "scanco%d", is_signed);
        dicom_sample sample = dicom_sample_default();
        sample.is_signed = is_signed;
        sample.mu_scaling = "8192";
        sample.density_slope = "1603.519";
        sample.density_intercept = "-391.209";
        trb_volume_destroy(make_series(folder, sample, is_signed ? TRB_I16 : TRB_U16));
        trb_scan *scan = open_scan(tiff_path("%s", folder));
        const trb_calibration *calibration = &trb_scan_facts(scan)->calibration;
        const double grey = is_signed ? 5000 : 5000 + 32768;
        CHECK_RELATIVE(1603.519 * 5000 / 8192 - 391.209, calibration->density.slope * grey + calibration->density.intercept,
                       1e-12);
        CHECK_RELATIVE(5000 / 8192.0, calibration->attenuation.slope * grey + calibration->attenuation.intercept, 1e-12);
        trb_scan_close(scan);
    }
}

static void white_is_lowest_is_turned_round(void **state)
{
    (void)state;
    dicom_sample sample = dicom_sample_default();
    sample.photometric = "MONOCHROME1";
    sample.is_signed = 0;
    sample.stored = 12;
    sample.slope = "2";
    sample.intercept = "0";
    trb_volume *volume = make_series("white", sample, TRB_U16);
    for (size_t i = 0; i < 54 * SLICES; i++)
        ((uint16_t *)volume->voxels)[i] = (uint16_t)(4095 - ((uint16_t *)volume->voxels)[i]);
    tiff_check_reads(tiff_path("white"), volume, "MONOCHROME1");
    trb_scan *scan = open_scan(tiff_path("white"));
    assert_false(trb_scan_facts(scan)->calibration.hounsfield.known);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "MONOCHROME1"));
    trb_scan_close(scan);
    trb_volume_destroy(volume);
}

/* A good series in which one file is replaced. */
static void check_refused(const char *name, dicom_sample other, trb_status status, const char *fragment)
{
    double plane[1000] = {0};
    trb_volume_destroy(make_series(name, dicom_sample_default(), TRB_I16));
    save(&other, plane, tiff_path("%s/slice_1", name));
    tiff_check_refused(tiff_path("%s", name), status, fragment);
}

static void what_does_not_belong_together_is_refused(void **state)
{
    (void)state;
    dicom_sample other = dicom_sample_default(), good = other;
    good.position = other.position = "1\\2\\3.05"; /* that of slice_1 */
    other.series = "1.2.3.5";
    check_refused("mixed", other, TRB_ERR_DATA, "slice_1 differ in their series");
    other = good, other.nx = 10;
    check_refused("size", other, TRB_ERR_DATA, "differ in their size");
    other = good, other.stored = 12;
    check_refused("bits", other, TRB_ERR_DATA, "differ in their type of voxels");
    other = good, other.orientation = "1\\0\\0\\0\\0\\1";
    check_refused("tilted", other, TRB_ERR_DATA, "differ in their orientation");
    other = good, other.pixel_spacing = "0.021\\0.021";
    check_refused("pixels", other, TRB_ERR_DATA, "differ in their pixel spacing");
    other = good, other.position = "1\\2\\3.075";
    check_refused("twice", other, TRB_ERR_DATA, "lie at the same position");
    other = good, other.position = "";
    check_refused("nowhere", other, TRB_ERR_DATA, "slice_1 does not say where its slice lies");
    other = good, other.position = "1\\2";
    check_refused("partly", other, TRB_ERR_DATA, "slice_1 does not say where its slice lies");
    trb_volume_destroy(make_series("gap", dicom_sample_default(), TRB_I16));
    assert_int_equal(0, unlink(tiff_path("gap/slice_1")));
    tiff_check_refused(tiff_path("gap"), TRB_ERR_DATA, "slices are missing between them");
    trb_open_options options = trb_open_options_default();
    options.allow_gaps = true;
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(tiff_path("gap"), &options, &scan, err));
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "slices are missing at 1 places"));
    CHECK_CLOSE(0.025, trb_scan_grid(scan)->spacing_mm[2], 1e-12); /* not stretched by the gap */
    trb_scan_close(scan);
}

static void what_is_no_grey_slice_is_refused(void **state)
{
    (void)state;
    dicom_sample other = dicom_sample_default(), good = other;
    good.position = "1\\2\\3.05";
    other = good, other.photometric = "RGB", other.samples = 3, other.allocated = 8, other.stored = 8, other.is_signed = 0;
    check_refused("rgb", other, TRB_ERR_UNSUPPORTED, "slice_1: is RGB with 3 values a pixel");
    other = good, other.frames = "4";
    check_refused("frames", other, TRB_ERR_UNSUPPORTED, "slice_1: holds 4 frames");
    other = good, other.nx = 0;
    check_refused("none", other, TRB_ERR_FORMAT, "slice_1: claims 0 x 6 pixels");
    other = good, other.stored = 17;
    check_refused("stored", other, TRB_ERR_FORMAT, "slice_1: uses 17 bits of 16, the highest being 16");
    other = good, other.allocated = 24;
    check_refused("allocated", other, TRB_ERR_UNSUPPORTED, "slice_1: has 24 bits a voxel");
    other = good, other.no_pixels = true;
    check_refused("empty", other, TRB_ERR_FORMAT, "slice_1: holds no pixels");
    /* a header that claims more than the file holds */
    static const double plane[54];
    scanco_bytes bytes = dicom_sample_make(&good, plane);
    trb_volume_destroy(make_series("short", dicom_sample_default(), TRB_I16));
    bytes.used -= 20;
    assert_true(scanco_save(&bytes, tiff_path("short/slice_1")));
    tiff_check_refused(tiff_path("short"), TRB_ERR_FORMAT, "slice_1: claims 9 x 6 pixels, more than the file holds");
    for (size_t cut = 140; cut < bytes.used; cut += 7) { /* anywhere: an error with the name, never a crash */
        scanco_bytes part = {bytes.bytes, cut, 0};
        assert_true(scanco_save(&part, tiff_path("cut.dcm")));
        trb_volume *volume = NULL;
        trb_error error = {TRB_OK, ""};
        assert_true(trb_volume_read(tiff_path("cut.dcm"), NULL, NULL, NULL, &volume, NULL, &error) != TRB_OK);
        assert_non_null(strstr(error.text, "cut.dcm"));
    }
    free(bytes.bytes);
    tiff_sample_text(tiff_path("text.dcm"), "not an image");
    tiff_check_refused(tiff_path("text.dcm"), TRB_ERR_FORMAT, "text.dcm: is no DICOM file");
    assert_int_equal(0, mkdir(tiff_path("text"), 0700));
    tiff_sample_text(tiff_path("text/a.dcm"), "");
    tiff_check_refused(tiff_path("text"), TRB_ERR_FORMAT, "a.dcm: is no DICOM file");
}

static void sizes_beyond_the_file_are_refused_before_they_are_allocated(void **state)
{
    (void)state;
    static const double plane[54];
    dicom_sample sample = dicom_sample_default();
    scanco_bytes bytes = dicom_sample_make(&sample, plane);
    for (size_t i = 0; i + 10 < bytes.used; i++) /* rows and columns, (0028,0010) and (0028,0011) US */
        if (bytes.bytes[i] == 0x28 && bytes.bytes[i + 1] == 0 && (bytes.bytes[i + 2] & 0xfe) == 0x10 &&
            bytes.bytes[i + 3] == 0 && bytes.bytes[i + 4] == 'U')
            scanco_set_number(&bytes, i + 8, 65535, 2);
    assert_true(scanco_save(&bytes, tiff_path("huge.dcm")));
    free(bytes.bytes);
    tiff_check_refused(tiff_path("huge.dcm"), TRB_ERR_FORMAT, "claims 65535 x 65535 pixels, more than the file holds");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_is_ordered_by_position),
        cmocka_unit_test(a_series_in_another_plane_is_ordered_along_its_normal),
        cmocka_unit_test(other_layouts_are_read),
        cmocka_unit_test(slices_that_itk_wrote_are_read),
        cmocka_unit_test(one_rescaling_is_a_calibration),
        cmocka_unit_test(rescalings_that_differ_are_applied),
        cmocka_unit_test(scanco_elements_give_density_and_attenuation),
        cmocka_unit_test(white_is_lowest_is_turned_round),
        cmocka_unit_test(what_does_not_belong_together_is_refused),
        cmocka_unit_test(what_is_no_grey_slice_is_refused),
        cmocka_unit_test(sizes_beyond_the_file_are_refused_before_they_are_allocated),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
