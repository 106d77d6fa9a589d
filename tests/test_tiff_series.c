/* test_tiff_series.c - folders of numbered slices. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include "trabecula/version.h"

#include <sys/stat.h>

static trb_volume *volume; /* 30 slices that all differ */

static int make_volume(void **state)
{
    (void)state;
    volume = tiff_sample_volume(TRB_U8, 12, 9, 30);
    return 0;
}

static int drop_volume(void **state)
{
    (void)state;
    trb_volume_destroy(volume);
    return 0;
}

/* A folder of its own; slice z under the name that the format makes of numbers[z]. */
static const char *make_folder(const char *name, const char *format, const unsigned *numbers, size_t count,
                               const tiff_layout *layout)
{
    const tiff_layout plain = tiff_layout_plain();
    char folder[1000];
    snprintf(folder, sizeof folder, "%s", tiff_path("%s", name));
    assert_int_equal(0, mkdir(folder, 0700));
    for (size_t z = 0; z < count; z++) {
        char file[200], path[1300];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(file, sizeof file, format, numbers ? numbers[z] : (unsigned)z);
#pragma GCC diagnostic pop
        snprintf(path, sizeof path, "%s/%s", folder, file);
        tiff_sample_write_slice(path, volume, z, layout ? layout : &plain);
    }
    return tiff_path("%s", name);
}

static trb_volume *first_slices(size_t count)
{
    trb_volume *part = NULL;
    const trb_box box = {{0, 0, 0}, {12, 9, count}};
    CHECK_OK(trb_volume_crop(volume, &box, &part, err));
    return part;
}

static void check_folder(const char *folder, size_t count)
{
    trb_volume *expected = first_slices(count);
    tiff_check_reads(folder, expected, folder);
    trb_volume_destroy(expected);
}

static void slices_are_ordered_by_number_and_not_by_text(void **state)
{
    (void)state;
    check_folder(make_folder("plain", "slice_%u.tif", NULL, 30, NULL), 30); /* 2 before 10 */
    check_folder(make_folder("padded", "m07_rec%08u.tif", NULL, 30, NULL), 30);
    check_folder(make_folder("bare", "%u.tiff", NULL, 12, NULL), 12);
    check_folder(make_folder("upper", "A%03u.TIF", NULL, 12, NULL), 12);
    static const unsigned late[] = {98, 99, 100, 101};
    check_folder(make_folder("late", "s%u.tif", late, 4, NULL), 4);
    check_folder(make_folder("suffix", "s%u_8bit.tif", NULL, 12, NULL), 12); /* the 8 is the same everywhere */
    check_folder(make_folder("two", "mouse7_%04u_ch00.tif", NULL, 12, NULL), 12);
    check_folder(make_folder("long", "s%030u.tif", NULL, 3, NULL), 3);
}

static void the_facts_count_files_and_bytes(void **state)
{
    (void)state;
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(make_folder("facts", "s%u.tif", NULL, 12, NULL), NULL, &scan, err));
    const trb_scan_info *info = trb_scan_facts(scan);
    assert_string_equal("TIFF folder, 12 files", info->format);
    assert_int_equal(12, info->files);
    struct stat one;
    assert_int_equal(0, stat(tiff_path("facts/s3.tif"), &one));
    assert_int_equal(12 * one.st_size, info->bytes_on_disk);
    assert_string_equal("", info->warning);
    trb_scan_close(scan);
}

static void what_is_no_slice_is_left_aside(void **state)
{
    (void)state;
    const char *folder = make_folder("mixed", "m7__rec%04u.tif", NULL, 10, NULL);
    const tiff_layout plain = tiff_layout_plain();
    tiff_sample_text(tiff_path("mixed/notes.txt"), "a note");
    tiff_sample_text(tiff_path("mixed/Thumbs.db"), "x");
    tiff_sample_text(tiff_path("mixed/m7__rec_spr.bmp"), "x");
    tiff_sample_text(tiff_path("mixed/._m7__rec0001.tif"), "x");
    tiff_sample_write_slice(tiff_path("mixed/m7__rec_spr.tif"), volume, 20, &plain);
    tiff_sample_write_slice(tiff_path("mixed/thumbnail.tif"), volume, 20, &plain);
    tiff_sample_write_slice(tiff_path("mixed/m7__rec_VOI_.tif"), volume, 20, &plain);
    assert_int_equal(0, mkdir(tiff_path("mixed/m7__rec0099.tif.d"), 0700));
    check_folder(folder, 10);
}

static void a_missing_number_is_named(void **state)
{
    (void)state;
    static const unsigned gap[] = {7, 8, 9, 12, 13, 15};
    const char *folder = make_folder("gap", "s%03u.tif", gap, 6, NULL);
    tiff_check_refused(folder, TRB_ERR_DATA,
                       "slice number 10 is missing between s009.tif and s012.tif (3 missing in all): copy the missing "
                       "files, or use --allow-gaps");
    trb_open_options options = trb_open_options_default();
    options.allow_gaps = true;
    for (int axis = 0; axis < 3; axis++)
        options.spacing_mm[axis] = 0.02;
    trb_volume *back = NULL;
    trb_scan_info info;
    CHECK_OK(trb_volume_read(folder, &options, NULL, NULL, &back, &info, err));
    assert_int_equal(6, back->grid.nz);
    CHECK_CLOSE(0.02, back->grid.spacing_mm[2], 0); /* spacing is not changed silently */
    assert_non_null(strstr(info.warning, "3 slices are missing (the first is number 10) and were left out"));
    trb_scan_info_clear(&info);
    trb_volume_destroy(back);
}

static void the_same_number_twice_is_refused(void **state)
{
    (void)state;
    const char *folder = make_folder("twice", "s%02u.tif", NULL, 10, NULL);
    const tiff_layout plain = tiff_layout_plain();
    tiff_sample_write_slice(tiff_path("twice/s4.tif"), volume, 20, &plain);
    tiff_check_refused(folder, TRB_ERR_DATA, "slice number 4 is there twice: s04.tif and s4.tif");
}

static void two_series_in_one_folder_are_listed(void **state)
{
    (void)state;
    const char *folder = make_folder("series", "left_%02u.tif", NULL, 4, NULL);
    const tiff_layout plain = tiff_layout_plain();
    tiff_sample_write_slice(tiff_path("series/right_00.tif"), volume, 20, &plain);
    tiff_sample_write_slice(tiff_path("series/right_01.tif"), volume, 21, &plain);
    tiff_check_refused(folder, TRB_ERR_DATA,
                       "holds 2 different series of TIFF files: left_00.tif to left_03.tif (4 files); right_00.tif to "
                       "right_01.tif (2 files). Put each scan in a folder of its own");
    tiff_sample_write_slice(tiff_path("series/mask.tif"), volume, 21, &plain);
    tiff_check_refused(folder, TRB_ERR_DATA, "holds 3 different series");
    tiff_check_refused(folder, TRB_ERR_DATA, "; mask.tif. Put");
}

static void folders_without_slices_say_what_is_there(void **state)
{
    (void)state;
    assert_int_equal(0, mkdir(tiff_path("none"), 0700));
    tiff_check_refused(tiff_path("none"), TRB_ERR_DATA, "none holds no TIFF files");
    tiff_sample_text(tiff_path("none/s__rec0001.jpg"), "x");
    tiff_sample_text(tiff_path("none/s__rec0002.jpg"), "x");
    tiff_check_refused(tiff_path("none"), TRB_ERR_DATA,
                       "holds no TIFF slices but 2 .jpg files, which are not read: export the slices as TIFF");
}

static void a_folder_around_one_stack_is_that_stack(void **state)
{
    (void)state;
    assert_int_equal(0, mkdir(tiff_path("around"), 0700));
    const tiff_layout plain = tiff_layout_plain();
    tiff_sample_write(tiff_path("around/stack.tif"), volume, &plain);
    check_folder(tiff_path("around"), 30);
}

static void slices_that_differ_are_named(void **state)
{
    (void)state;
    const char *folder = make_folder("differ", "s%02u.tif", NULL, 10, NULL);
    trb_volume *other = tiff_sample_volume(TRB_U8, 13, 9, 2), *words = tiff_sample_volume(TRB_U16, 12, 9, 1);
    tiff_layout layout = tiff_layout_plain();
    tiff_sample_write_slice(tiff_path("differ/s06.tif"), other, 0, &layout);
    tiff_check_refused(folder, TRB_ERR_DATA, "differ/s06.tif: is 13 x 9 pixels, ");
    tiff_check_refused(folder, TRB_ERR_DATA, "s00.tif is 12 x 9: all slices must have one size");
    tiff_sample_write_slice(tiff_path("differ/s06.tif"), words, 0, &layout);
    tiff_check_refused(folder, TRB_ERR_DATA, "differ/s06.tif: holds uint16 voxels, ");
    tiff_sample_write(tiff_path("differ/s06.tif"), other, &layout);
    tiff_check_refused(folder, TRB_ERR_DATA, "differ/s06.tif: page 1 of 2: is 13 x 9 pixels");
    trb_volume *pair = tiff_sample_volume(TRB_U8, 12, 9, 2);
    tiff_sample_write(tiff_path("differ/s06.tif"), pair, &layout);
    tiff_check_refused(folder, TRB_ERR_DATA, "differ/s06.tif: holds 2 pages: in a folder of slices each file holds one");
    layout.resolution = 500;
    layout.resolution_unit = RESUNIT_CENTIMETER;
    tiff_sample_write_slice(tiff_path("differ/s06.tif"), volume, 6, &layout);
    check_folder(folder, 10); /* the others state no resolution: nothing differs */
    layout.resolution = 501;
    tiff_sample_write_slice(tiff_path("differ/s00.tif"), volume, 0, &layout);
    tiff_check_refused(folder, TRB_ERR_DATA, "differ/s06.tif: states 0.002 x 0.002 units a pixel (cm), ");
    tiff_sample_text(tiff_path("differ/s06.tif"), "II*");
    tiff_check_refused(folder, TRB_ERR_FORMAT, "differ/s06.tif: ");
    trb_volume_destroy(other);
    trb_volume_destroy(words);
    trb_volume_destroy(pair);
}

static void a_damaged_slice_is_named(void **state)
{
    (void)state;
    tiff_layout layout = tiff_layout_plain();
    layout.compression = COMPRESSION_ADOBE_DEFLATE;
    const char *folder = make_folder("broken", "s%02u.tif", NULL, 10, &layout);
    FILE *file = fopen(tiff_path("broken/s07.tif"), "r+b");
    assert_non_null(file);
    assert_int_equal(0, fseek(file, 10, SEEK_SET));
    assert_int_equal(6, fwrite("\xff\xff\xff\xff\xff\xff", 1, 6, file));
    fclose(file);
    tiff_check_refused(folder, TRB_ERR_FORMAT, "broken/s07.tif: truncated or corrupt data (strip 1, compression Deflate)");
}

static void folders_do_not_depend_on_threads(void **state)
{
    (void)state;
    const char *folder = make_folder("threads", "s%u.tif", NULL, 30, NULL);
    const int before = trb_threads();
    static const int counts[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        trb_threads_set(counts[i]);
        check_folder(folder, 30);
    }
    trb_threads_set(before);
}

static void imagej_slices_with_pixel_size_only_have_no_slice_distance(void **state)
{
    (void)state;
    tiff_layout layout = tiff_layout_plain();
    layout.description = "ImageJ=1.54f\nunit=mm\n";
    layout.resolution = 100;
    layout.resolution_unit = RESUNIT_NONE;
    trb_scan *scan = NULL;
    CHECK_OK(trb_scan_open(make_folder("slices", "s%u.tif", NULL, 5, &layout), NULL, &scan, err));
    assert_false(trb_grid_has_spacing(trb_scan_grid(scan)));
    assert_non_null(strstr(trb_scan_facts(scan)->warning, "ImageJ description gives a voxel size of 0.01 x 0.01 x ? mm"));
    trb_scan_close(scan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slices_are_ordered_by_number_and_not_by_text),
        cmocka_unit_test(the_facts_count_files_and_bytes),
        cmocka_unit_test(what_is_no_slice_is_left_aside),
        cmocka_unit_test(a_missing_number_is_named),
        cmocka_unit_test(the_same_number_twice_is_refused),
        cmocka_unit_test(two_series_in_one_folder_are_listed),
        cmocka_unit_test(folders_without_slices_say_what_is_there),
        cmocka_unit_test(a_folder_around_one_stack_is_that_stack),
        cmocka_unit_test(slices_that_differ_are_named),
        cmocka_unit_test(a_damaged_slice_is_named),
        cmocka_unit_test(folders_do_not_depend_on_threads),
        cmocka_unit_test(imagej_slices_with_pixel_size_only_have_no_slice_distance),
    };
    const int failed = cmocka_run_group_tests(tests, make_volume, drop_volume);
    testing_scratch_remove();
    return failed;
}
