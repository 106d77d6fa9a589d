/* test_tiff_spacing.c - what TIFF files say of voxel size and grey scale: ImageJ, OME, resolution tags. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "io/decimal_text.h"
#include "io/length_unit.h"
#include "io/tiff_imagej.h"

#include <fcntl.h>
#include <unistd.h>

/* Write a 5 x 4 x nz stack with this description and resolution, open it, and give back what was found. */
static trb_scan *open_stack(const char *description, double resolution, uint16_t unit, size_t nz)
{
    trb_volume *volume = tiff_sample_volume(TRB_U8, 5, 4, nz);
    tiff_layout layout = tiff_layout_plain();
    layout.description = description;
    layout.resolution = resolution;
    layout.resolution_unit = unit;
    tiff_sample_write(tiff_path("stack.tif"), volume, &layout);
    trb_volume_destroy(volume);
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(tiff_path("stack.tif"), NULL, &scan, err));
    return scan;
}

/* A negative z means: unknown on all axes. */
static void check_spacing(const char *description, double resolution, uint16_t unit, double xy, double z)
{
    trb_scan *scan = open_stack(description, resolution, unit, 3);
    const trb_grid *grid = trb_scan_grid(scan);
    const double expected[3] = {z < 0 ? 0 : xy, z < 0 ? 0 : xy, z < 0 ? 0 : z};
    for (int axis = 0; axis < 3; axis++)
        if (!(fabs(grid->spacing_mm[axis] - expected[axis]) <= 1e-7 * expected[axis])) /* libtiff writes floats */
            fail_msg("%s, %g per unit %u: axis %d is %.12g mm instead of %.12g", description, resolution, unit, axis,
                     grid->spacing_mm[axis], expected[axis]);
    assert_int_equal(z < 0, trb_scan_facts(scan)->spacing_source[0] == 0);
    trb_scan_close(scan);
}

#define IMAGEJ "ImageJ=1.54f\nimages=3\nslices=3\n"

static void every_spelling_of_a_unit_is_understood(void **state)
{
    (void)state;
    check_spacing(IMAGEJ "unit=micron\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=um\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=\\u00B5m\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=\xb5m\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=\xc2\xb5m\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=\xce\xbcm\nspacing=20\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=mm\nspacing=0.02\n", 100, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=cm\nspacing=0.002\n", 1000, RESUNIT_CENTIMETER, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=nm\nspacing=20000\n", 0.0001, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=inch\nspacing=0.001\n", 2540, RESUNIT_INCH, 0.010, 0.0254);
    check_spacing(IMAGEJ "unit=mm\nspacing=-0.02\n", 100, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=mm\r\nspacing=0.02\r\n", 100, RESUNIT_NONE, 0.010, 0.020);
    check_spacing(IMAGEJ "unit=micron\nzunit=mm\nspacing=0.02\n", 0.1, RESUNIT_NONE, 0.010, 0.020);
}

static void the_traps_of_the_resolution_unit_are_known(void **state)
{
    (void)state;
    /* the number counts in the named unit, whatever the tag says */
    check_spacing(IMAGEJ "unit=micron\nspacing=10\n", 0.1, RESUNIT_INCH, 0.010, 0.010);
    /* but cm together with um means per cm */
    check_spacing(IMAGEJ "unit=um\nspacing=10\n", 1000, RESUNIT_CENTIMETER, 0.010, 0.010);
    /* 72 and 96 dpi are what writers put in who know nothing */
    check_spacing(IMAGEJ "unit=inch\nspacing=0.1\n", 72, RESUNIT_INCH, 0, -1);
    check_spacing(NULL, 72, RESUNIT_INCH, 0, -1);
    check_spacing(NULL, 96, RESUNIT_INCH, 0, -1);
    check_spacing(IMAGEJ "unit=pixel\nspacing=1\n", 1, RESUNIT_NONE, 0, -1);
    check_spacing(IMAGEJ, 100, RESUNIT_NONE, 0, -1);
    check_spacing(IMAGEJ "unit=furlong\nspacing=2\n", 100, RESUNIT_NONE, 0, -1);
}

static void a_missing_slice_distance_is_one_unit_in_imagej_and_told(void **state)
{
    (void)state;
    check_spacing(IMAGEJ "unit=micron\n", 0.1, RESUNIT_NONE, 0.010, 0.001);
    trb_scan *scan = open_stack(IMAGEJ "unit=micron\n", 0.1, RESUNIT_NONE, 3);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "does not state the slice distance, which then means 1 um"));
    trb_scan_close(scan);
}

static void plain_resolution_without_slice_distance_is_told_but_not_used(void **state)
{
    (void)state;
    trb_scan *scan = open_stack(NULL, 1000, RESUNIT_CENTIMETER, 3);
    assert_false(trb_grid_has_spacing(trb_scan_grid(scan)));
    assert_non_null(strstr(trb_scan_facts(scan)->warning,
                           "TIFF resolution gives a voxel size of 0.01 x 0.01 x ? mm only; give all three with "
                           "--voxel-size"));
    trb_scan_close(scan);
}

static void the_option_wins_and_a_conflict_is_told(void **state)
{
    (void)state;
    trb_scan_close(open_stack(IMAGEJ "unit=mm\nspacing=0.01\n", 100, RESUNIT_NONE, 3));
    trb_open_options options = trb_open_options_default();
    for (int i = 0; i < 2; i++) {
        trb_scan *scan = NULL;
        for (int axis = 0; axis < 3; axis++)
            options.spacing_mm[axis] = i ? 0.010005 : 0.0195;
        CHECK_OK(trb_scan_open(tiff_path("stack.tif"), &options, &scan, err));
        CHECK_CLOSE(options.spacing_mm[0], trb_scan_grid(scan)->spacing_mm[2], 0);
        assert_string_equal("--voxel-size", trb_scan_facts(scan)->spacing_source);
        if (i)
            assert_string_equal("", trb_scan_facts(scan)->warning); /* 0.05 %: the same size, rounded */
        else
            assert_non_null(strstr(trb_scan_facts(scan)->warning,
                                   "voxel size 0.0195 x 0.0195 x 0.0195 mm from --voxel-size is used, but ImageJ "
                                   "description says 0.01 x 0.01 x 0.01 mm"));
        trb_scan_close(scan);
    }
    trb_scan *scan = NULL; /* one axis alone: the others from the file */
    options = trb_open_options_default();
    options.spacing_mm[2] = 0.03;
    CHECK_OK(trb_scan_open(tiff_path("stack.tif"), &options, &scan, err));
    CHECK_CLOSE(0.01, trb_scan_grid(scan)->spacing_mm[0], 1e-9);
    CHECK_CLOSE(0.03, trb_scan_grid(scan)->spacing_mm[2], 0);
    assert_string_equal("--voxel-size and ImageJ description", trb_scan_facts(scan)->spacing_source);
    trb_scan_close(scan);
    options.spacing_mm[0] = -1;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_scan_open(tiff_path("stack.tif"), &options, &scan, NULL));
}

static void strange_sizes_are_questioned(void **state)
{
    (void)state;
    trb_scan *scan = open_stack(IMAGEJ "unit=mm\nspacing=10\n", 0.1, RESUNIT_NONE, 3);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "unusual for micro-CT: is the unit right?"));
    trb_scan_close(scan);
}

static void ome_gives_size_and_unit(void **state)
{
    (void)state;
#define OME(attributes)                                                                                      \
    "<?xml version=\"1.0\"?><!-- Warning: <Pixels SizeC='3'> in a comment --><OME xmlns='x'><Image ID='Image:0'>" \
    "<Pixels ID='Pixels:0' SizeX='5' SizeY='4' SizeZ='3' SizeC='1' SizeT='1' " attributes                    \
    "><TiffData IFD='0' FirstZ='0' PlaneCount='3'/></Pixels></Image></OME>"
    check_spacing(OME("PhysicalSizeX='10' PhysicalSizeY='10' PhysicalSizeZ='20'"), 0, 0, 0.01, 0.02);
    check_spacing(OME("PhysicalSizeX='10.0' PhysicalSizeXUnit='\xc2\xb5m' PhysicalSizeY='0.01' "
                      "PhysicalSizeYUnit='mm' PhysicalSizeZ='20000' PhysicalSizeZUnit='nm'"),
                  0, 0, 0.01, 0.02);
    check_spacing(OME("PhysicalSizeX='10' PhysicalSizeXUnit='&#181;m' PhysicalSizeY='10' PhysicalSizeYUnit='&#xB5;m' "
                      "PhysicalSizeZ='0.002' PhysicalSizeZUnit='cm'"),
                  0, 0, 0.01, 0.02);
    check_spacing(OME("PhysicalSizeX='10' PhysicalSizeY='10'"), 0, 0, 0, -1);
    check_spacing(OME("PhysicalSizeX='1' PhysicalSizeXUnit='pixel' PhysicalSizeY='1' PhysicalSizeZ='1'"), 0, 0, 0, -1);
    check_spacing("<OME:OME><OME:Image><OME:Pixels SizeZ = \"3\" PhysicalSizeX = \"10\" PhysicalSizeY=\"10\"\n"
                  "PhysicalSizeZ=\"20\"/></OME:Image></OME:OME>",
                  0, 0, 0.01, 0.02);
    trb_scan *scan = open_stack(OME("PhysicalSizeX='10' PhysicalSizeY='10' PhysicalSizeZ='10'"), 500,
                                RESUNIT_CENTIMETER, 3);
    assert_string_equal("OME-XML", trb_scan_facts(scan)->spacing_source);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "from OME-XML is used, but TIFF resolution says 0.02 x 0.02 x ?"));
    trb_scan_close(scan);
}

static void rationals_are_read_to_the_last_digit(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 5, 4, 3), *back = NULL;
    for (int axis = 0; axis < 3; axis++)
        volume->grid.spacing_mm[axis] = 0.0195;
    trb_write_options options = trb_write_options_default();
    options.force = true;
    CHECK_OK(trb_volume_write(tiff_path("exact.tif"), volume, &options, err));
    CHECK_OK(trb_volume_read(tiff_path("exact.tif"), NULL, NULL, NULL, &back, NULL, err));
    for (int axis = 0; axis < 3; axis++)
        CHECK_CLOSE(0.0195, back->grid.spacing_mm[axis], 0);
    trb_volume_destroy(volume);
    trb_volume_destroy(back);
}

/* ---- one directory, many images */

static void imagej_stacks_with_one_directory_are_read(void **state)
{
    (void)state;
    for (int big_endian = 0; big_endian < 2; big_endian++)
        for (unsigned bits = 8; bits <= 32; bits *= 2) {
            tiff_bytes own;
            char what[60];
            const trb_type type = bits == 8 ? TRB_U8 : bits == 16 ? TRB_U16 : TRB_U32;
            const trb_grid grid = {6, 5, 7, {0, 0, 0}, {0, 0, 0}};
            trb_volume *expected = NULL;
            CHECK_OK(trb_volume_create(&grid, type, &expected, err));
            for (size_t i = 0; i < 210; i++)
                trb_volume_set(expected, i % 6, i / 6 % 5, i / 30, (double)i);
            tiff_one_directory(&own, big_endian, 6, 5, bits, 7, "ImageJ=1.53t\nimages=7\nslices=7\nloop=false\n");
            tiff_sample_bytes(tiff_path("one.tif"), own.bytes, own.used);
            snprintf(what, sizeof what, "%u bit, %s", bits, big_endian ? "big-endian" : "little-endian");
            tiff_check_reads(tiff_path("one.tif"), expected, what);
            tiff_sample_bytes(tiff_path("one.tif"), own.bytes, own.used - 1);
            tiff_check_refused(tiff_path("one.tif"), TRB_ERR_FORMAT,
                               "is truncated: the ImageJ description speaks of 7 images, the file holds bytes for 6");
            trb_volume_destroy(expected);
        }
}

static void a_description_that_is_not_imagejs_counts_no_images(void **state)
{
    (void)state;
    tiff_bytes own;
    trb_scan *scan = NULL;
    tiff_one_directory(&own, true, 6, 5, 8, 7, "ImageJ=\nimages=7\n");
    tiff_sample_bytes(tiff_path("one.tif"), own.bytes, own.used);
    CHECK_OK(trb_scan_open(tiff_path("one.tif"), NULL, &scan, err));
    assert_int_equal(1, trb_scan_grid(scan)->nz);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "this is one slice: give the folder"));
    trb_scan_close(scan);
    tiff_one_directory(&own, true, 6, 5, 8, 1, "images=7\n");
    tiff_sample_bytes(tiff_path("one.tif"), own.bytes, own.used);
    CHECK_OK(trb_scan_open(tiff_path("one.tif"), NULL, &scan, err));
    assert_int_equal(1, trb_scan_grid(scan)->nz);
    trb_scan_close(scan);
}

/* A sparse file of more than 4 GB, as ImageJ writes it: one directory, the planes go on to the end. */
static void an_imagej_stack_beyond_4_gb_is_read_to_its_end(void **state)
{
    (void)state;
    tiff_bytes own;
    const uint32_t planes = 70;
    const size_t side = 6000, plane = side * side * 2;
    char description[80];
    snprintf(description, sizeof description, "ImageJ=1.53t\nimages=%u\nslices=%u\nunit=micron\nspacing=10\n", planes,
             planes);
    /* the header of a small file, its sizes corrected: six entries before are fixed in place */
    const uint32_t data = tiff_one_directory(&own, true, 6, 5, 16, 1, description);
    const uint32_t sizes[3][2] = {{10 + 8, 6000}, {22 + 8, 6000}, {10 + 12 * 7 + 8, 6000}};
    const size_t used = own.used;
    for (int i = 0; i < 3; i++) {
        own.used = sizes[i][0];
        tiff_put(&own, sizes[i][1], 4);
    }
    own.used = 10 + 12 * 8 + 8;
    tiff_put(&own, plane, 4);
    own.used = used;
    const char *path = tiff_path("huge.tif");
    tiff_sample_bytes(path, own.bytes, data);
    const uint64_t bytes = data + (uint64_t)planes * plane;
    assert_true(bytes > (uint64_t)5e9);
    const int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    static const unsigned char marks[4] = {0x12, 0x34, 0xab, 0xcd}; /* the last two voxels, big-endian */
    if (ftruncate(fd, (off_t)bytes) != 0 || pwrite(fd, marks, 4, (off_t)bytes - 4) != 4) {
        close(fd);
        unlink(path);
        skip();
    }
    close(fd);
    trb_scan *scan = NULL;
    uint16_t *voxels = malloc(plane);
    assert_non_null(voxels);
    CHECK_OK(trb_scan_open(path, NULL, &scan, err));
    assert_int_equal(planes, trb_scan_grid(scan)->nz);
    assert_int_equal(bytes, trb_scan_facts(scan)->bytes_on_disk);
    assert_string_equal("ImageJ TIFF, 70 slices in one directory", trb_scan_facts(scan)->format);
    CHECK_OK(trb_scan_read(scan, planes - 1, planes, voxels, NULL, err));
    assert_int_equal(0x1234, voxels[side * side - 2]);
    assert_int_equal(0xabcd, voxels[side * side - 1]);
    assert_int_equal(0, voxels[side * side - 3]);
    free(voxels);
    trb_scan_close(scan);
    unlink(path);
}

static void lost_pages_are_noticed(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U8, 5, 4, 3);
    tiff_layout layout = tiff_layout_plain();
    layout.description = "ImageJ=1.54f\nimages=9\nslices=9\n";
    tiff_sample_write(tiff_path("lost.tif"), volume, &layout);
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(tiff_path("lost.tif"), NULL, &scan, err));
    assert_int_equal(3, trb_scan_grid(scan)->nz);
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "speaks of 9 images, the file holds 3"));
    trb_scan_close(scan);
    trb_volume *one = tiff_sample_volume(TRB_U8, 5, 4, 1);
    layout.compression = COMPRESSION_LZW;
    tiff_sample_write(tiff_path("lost.tif"), one, &layout);
    tiff_check_refused(tiff_path("lost.tif"), TRB_ERR_FORMAT, "speaks of 9 images, but only one compressed page is there");
    trb_volume_destroy(volume);
    trb_volume_destroy(one);
}

/* ---- grey scale */

static void imagejs_signed_voxels_come_as_int16(void **state)
{
    (void)state;
    static const char description[] = IMAGEJ "cf=0\nc0=-32768.0\nc1=1.0\nvunit=Gray Value\n";
    trb_volume *stored = tiff_sample_volume(TRB_U16, 40, 30, 3), *expected = tiff_sample_volume(TRB_I16, 40, 30, 3);
    for (size_t i = 0; i < 3600; i++)
        ((int16_t *)expected->voxels)[i] = (int16_t)(((uint16_t *)stored->voxels)[i] - 32768);
    for (uint16_t compression = COMPRESSION_NONE; compression <= COMPRESSION_LZW; compression += 4) {
        tiff_layout layout = tiff_layout_plain();
        layout.description = description;
        layout.compression = compression;
        layout.mode = "wb";
        tiff_sample_write(tiff_path("signed.tif"), stored, &layout);
        tiff_check_reads(tiff_path("signed.tif"), expected, "signed 16 bit of ImageJ");
    }
    trb_volume_destroy(stored);
    trb_volume_destroy(expected);
}

static void files_of_imagej_itself_are_read_right(void **state)
{
    (void)state;
    static const int16_t expected[6] = {-32768, -32767, -1, 0, 32767, 7232};
    trb_volume *volume = NULL;
    trb_scan_info info;
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/imagej-signed16.tif", NULL, NULL, NULL, &volume, &info, err));
    assert_int_equal(TRB_I16, volume->type);
    assert_int_equal(3, volume->grid.nz);
    for (size_t z = 0; z < 3; z++)
        assert_memory_equal(expected, trb_volume_row(volume, 0, z), sizeof expected);
    for (int axis = 0; axis < 2; axis++) /* ImageJ keeps pixels per um to six decimals: 0.057471 */
        CHECK_CLOSE(1 / 57.471, volume->grid.spacing_mm[axis], 1e-15);
    CHECK_CLOSE(0.02, volume->grid.spacing_mm[2], 1e-12);
    assert_string_equal("ImageJ description", info.spacing_source);
    trb_scan_info_clear(&info);
    trb_volume_destroy(volume);
    static const float real[4] = {1.5F, -2, 3, 4};
    CHECK_OK(trb_volume_read(TRB_TESTDATA "/imagej-micron.tif", NULL, NULL, NULL, &volume, &info, err));
    assert_memory_equal(real, volume->voxels, sizeof real);
    assert_non_null(strstr(info.warning, "gives a voxel size of 0.008 x 0.008 x ? mm only"));
    trb_scan_info_clear(&info);
    trb_volume_destroy(volume);
}

static void other_calibrations_are_told_and_not_applied(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_U16, 5, 4, 3), *back = NULL;
    tiff_layout layout = tiff_layout_plain();
    layout.description = IMAGEJ "cf=0\nc0=-1000.5\nc1=0.25\nvunit=HU\n";
    tiff_sample_write(tiff_path("hu.tif"), volume, &layout);
    trb_scan_info info;
    CHECK_OK(trb_volume_read(tiff_path("hu.tif"), NULL, NULL, NULL, &back, &info, err));
    assert_memory_equal(volume->voxels, back->voxels, 120);
    assert_true(info.calibration.hounsfield.known);
    assert_false(info.calibration.density.known || info.calibration.attenuation.known);
    CHECK_CLOSE(0.25, info.calibration.hounsfield.slope, 0);
    CHECK_CLOSE(-1000.5, info.calibration.hounsfield.intercept, 0);
    assert_string_equal("ImageJ description", info.calibration.hounsfield.source);
    bool told = false;
    for (size_t i = 0; i < info.n_facts; i++)
        told = told || (strcmp(info.facts[i].key, "calibration") == 0 &&
                        strcmp(info.facts[i].value, "HU = -1000.5 + 0.25 * stored value") == 0);
    assert_true(told);
    trb_scan_info_clear(&info);
    trb_volume_destroy(back);
    layout.description = IMAGEJ "cf=0\nc0=-32768\nc1=1\nvunit=mg HA/ccm\n"; /* signed and already calibrated */
    tiff_sample_write(tiff_path("hu.tif"), volume, &layout);
    CHECK_OK(trb_volume_read(tiff_path("hu.tif"), NULL, NULL, NULL, &back, &info, err));
    assert_int_equal(TRB_I16, back->type);
    CHECK_CLOSE(1, info.calibration.density.slope, 0);
    CHECK_CLOSE(0, info.calibration.density.intercept, 0);
    trb_scan_info_clear(&info);
    trb_volume_destroy(back);
    layout.description = IMAGEJ "cf=3\nc0=1\nc1=2\nc2=3\nvunit=HU\n";
    tiff_sample_write(tiff_path("hu.tif"), volume, &layout);
    CHECK_OK(trb_volume_read(tiff_path("hu.tif"), NULL, NULL, NULL, &back, &info, err));
    assert_false(info.calibration.hounsfield.known);
    assert_non_null(strstr(info.warning, "calibration that is no straight line"));
    trb_scan_info_clear(&info);
    trb_volume_destroy(back);
    trb_volume_destroy(volume);
}

/* ---- small parts */

static void numbers_are_read_whole_or_not_at_all(void **state)
{
    (void)state;
    double value = -7;
    assert_true(trb_decimal_parse(" 1.5\r", &value) && value == 1.5);
    assert_true(trb_decimal_parse("1,5", &value) && value == 1.5);
    assert_true(trb_decimal_parse("-3e-2", &value) && value == -0.03);
    static const char *const bad[] = {"", " ", "12abc", "nan", "inf", "1 2", "0x10", "1e999", "1.2.3", "--1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        value = -7;
        if (trb_decimal_parse(bad[i], &value) || value != -7)
            fail_msg("\"%s\" was taken for a number", bad[i]);
    }
    size_t count = 7;
    assert_true(trb_count_parse(" 12 ", &count) && count == 12);
    assert_false(trb_count_parse("-1", &count) || trb_count_parse("1.5", &count) || trb_count_parse("", &count) ||
                 trb_count_parse("99999999999999999999999", &count));
    char text[32];
    trb_decimal_format(0.0195, text, sizeof text);
    assert_string_equal("0.0195", text);
    trb_decimal_format(1.0 / 3, text, sizeof text);
    CHECK_CLOSE(1.0 / 3, strtod(text, NULL), 0);
}

static void text_of_any_encoding_becomes_utf8(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        {"19 \xb5m", "19 \xc2\xb5m"}, {"19 \xc2\xb5m", "19 \xc2\xb5m"}, {"\xff\xfe", "\xc3\xbf\xc3\xbe"}, {"\xe4\xbd", "\xc3\xa4\xc2\xbd"}};
    for (size_t i = 0; i < 4; i++) {
        char out[32];
        trb_text_to_utf8(cases[i][0], strlen(cases[i][0]), out, sizeof out);
        assert_string_equal(cases[i][1], out);
    }
    char small[4];
    trb_text_to_utf8("ab\xb5", 3, small, sizeof small); /* no half characters */
    assert_string_equal("ab", small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_spelling_of_a_unit_is_understood),
        cmocka_unit_test(the_traps_of_the_resolution_unit_are_known),
        cmocka_unit_test(a_missing_slice_distance_is_one_unit_in_imagej_and_told),
        cmocka_unit_test(plain_resolution_without_slice_distance_is_told_but_not_used),
        cmocka_unit_test(the_option_wins_and_a_conflict_is_told),
        cmocka_unit_test(strange_sizes_are_questioned),
        cmocka_unit_test(ome_gives_size_and_unit),
        cmocka_unit_test(rationals_are_read_to_the_last_digit),
        cmocka_unit_test(imagej_stacks_with_one_directory_are_read),
        cmocka_unit_test(a_description_that_is_not_imagejs_counts_no_images),
        cmocka_unit_test(an_imagej_stack_beyond_4_gb_is_read_to_its_end),
        cmocka_unit_test(lost_pages_are_noticed),
        cmocka_unit_test(imagejs_signed_voxels_come_as_int16),
        cmocka_unit_test(files_of_imagej_itself_are_read_right),
        cmocka_unit_test(other_calibrations_are_told_and_not_applied),
        cmocka_unit_test(numbers_are_read_whole_or_not_at_all),
        cmocka_unit_test(text_of_any_encoding_becomes_utf8),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
