/* test_volume_io.c - choosing a format, final names that appear only complete, and the formats of ITK. */
#include "support/testing.h"
#include "support/tiff_samples.h"

#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static trb_volume *sample(void)
{
    trb_volume *volume = tiff_sample_volume(TRB_I16, 9, 8, 7);
    const double spacing_mm[3] = {0.01, 0.02, 0.03};
    memcpy(volume->grid.spacing_mm, spacing_mm, sizeof spacing_mm);
    return volume;
}

static size_t count_entries(const char *folder)
{
    size_t count = 0;
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    while (readdir(directory))
        count++;
    closedir(directory);
    return count - 2;
}

static void every_format_comes_back(void **state)
{
    (void)state;
    static const char *const names[] = {"a.tif", "a.tiff", "a.TIF", "a.mha", "a.nrrd", "a.nii", "a.nii.gz"};
    assert_int_equal(0, mkdir(tiff_path("formats"), 0700));
    trb_volume *volume = sample();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        for (int compress = 0; compress < 2; compress++) {
            trb_volume *back = NULL;
            trb_scan_info info;
            trb_write_options options = trb_write_options_default();
            options.compression = compress ? TRB_TIFF_DEFLATE : TRB_TIFF_NONE;
            options.force = true;
            const char *path = tiff_path("formats/%s", names[i]);
            CHECK_OK(trb_volume_write(path, volume, &options, err));
            tiff_check_reads(path, volume, names[i]);
            CHECK_OK(trb_volume_read(path, NULL, NULL, NULL, &back, &info, err));
            for (int axis = 0; axis < 3; axis++)
                CHECK_RELATIVE(volume->grid.spacing_mm[axis], back->grid.spacing_mm[axis], 1e-6); /* NIfTI: floats */
            assert_true(info.spacing_source[0] && info.format[0]);
            trb_scan_info_clear(&info);
            trb_volume_destroy(back);
        }
    trb_volume_destroy(volume);
}

static void a_box_of_any_format_is_the_crop(void **state)
{
    (void)state;
    static const char *const names[] = {"b.tif", "b.mha", "b.nii.gz"};
    const trb_box box = {{2, 1, 3}, {7, 8, 6}};
    trb_volume *volume = sample(), *expected = NULL;
    CHECK_OK(trb_volume_crop(volume, &box, &expected, err));
    for (size_t i = 0; i < 3; i++) {
        trb_volume *part = NULL;
        CHECK_OK(trb_volume_write(tiff_path("%s", names[i]), volume, NULL, err));
        CHECK_OK(trb_volume_read(tiff_path("%s", names[i]), NULL, &box, NULL, &part, NULL, err));
        assert_memory_equal(expected->voxels, part->voxels, 5 * 7 * 3 * 2);
        for (int axis = 0; axis < 3; axis++)
            CHECK_CLOSE(expected->grid.origin_mm[axis], part->grid.origin_mm[axis], 1e-6);
        trb_volume_destroy(part);
        trb_error error = {TRB_OK, ""};
        const trb_box beyond = {{0, 0, 0}, {9, 9, 7}};
        assert_int_equal(TRB_ERR_ARGUMENT,
                         trb_volume_read(tiff_path("%s", names[i]), NULL, &beyond, NULL, &part, NULL, &error));
        assert_non_null(strstr(error.text, "y 0:9 does not lie in 0:8"));
    }
    trb_volume_destroy(expected);
    trb_volume_destroy(volume);
}

static void a_tiff_is_a_tiff_whatever_its_name(void **state)
{
    (void)state;
    trb_volume *volume = sample();
    CHECK_OK(trb_volume_write(tiff_path("named.tif"), volume, NULL, err));
    assert_int_equal(0, rename(tiff_path("named.tif"), tiff_path("named.nii")));
    tiff_check_reads(tiff_path("named.nii"), volume, "TIFF named .nii");
    trb_volume_destroy(volume);
}

static void an_existing_file_is_kept_without_force(void **state)
{
    (void)state;
    trb_volume *volume = sample(), *other = tiff_sample_volume(TRB_U8, 3, 3, 3);
    trb_error error = {TRB_OK, ""};
    static const char *const names[] = {"kept.tif", "kept.mha", "kept.nii.gz"};
    for (size_t i = 0; i < 3; i++) {
        CHECK_OK(trb_volume_write(tiff_path("%s", names[i]), volume, NULL, err));
        assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("%s", names[i]), other, NULL, &error));
        assert_non_null(strstr(error.text, "exists already: choose another name or use --force"));
        tiff_check_reads(tiff_path("%s", names[i]), volume, "kept");
        trb_write_options options = trb_write_options_default();
        options.force = true;
        CHECK_OK(trb_volume_write(tiff_path("%s", names[i]), other, &options, err));
        tiff_check_reads(tiff_path("%s", names[i]), other, "replaced");
    }
    trb_volume_destroy(volume);
    trb_volume_destroy(other);
}

static void nothing_is_left_behind(void **state)
{
    (void)state;
    assert_int_equal(0, mkdir(tiff_path("clean"), 0700));
    trb_volume *volume = sample();
    trb_error error = {TRB_OK, ""};
    CHECK_OK(trb_volume_write(tiff_path("clean/a.tif"), volume, NULL, err));
    CHECK_OK(trb_volume_write(tiff_path("clean/a.mha"), volume, NULL, err));
    assert_int_equal(2, count_entries(tiff_path("clean")));
    volume->grid.spacing_mm[0] = 1e-30; /* fails after the hidden folder was made */
    assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("clean/b.tif"), volume, NULL, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("clean/c.xyz"), volume, NULL, &error));
    assert_non_null(strstr(error.text, "the ending does not name a format; use .tif, .mha"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("clean/c.mhd"), volume, NULL, &error));
    assert_non_null(strstr(error.text, "use .mha or .nrrd, which hold the same in one file"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_volume_write(tiff_path("clean"), volume, NULL, &error));
    assert_int_equal(TRB_ERR_IO, trb_volume_write(tiff_path("absent/a.tif"), volume, NULL, &error));
    assert_non_null(strstr(error.text, "a.tif cannot be made in "));
    assert_int_equal(2, count_entries(tiff_path("clean")));
    trb_volume_destroy(volume);
}

/* A limit on the size of files stands for a full disk. */
static void a_full_disk_is_an_error_and_leaves_the_old_file(void **state)
{
    (void)state;
    struct rlimit before;
    assert_int_equal(0, getrlimit(RLIMIT_FSIZE, &before));
    void (*old_handler)(int) = signal(SIGXFSZ, SIG_IGN);
    trb_volume *volume = sample();
    assert_int_equal(0, mkdir(tiff_path("full"), 0700));
    CHECK_OK(trb_volume_write(tiff_path("full/a.tif"), volume, NULL, err));
    const struct rlimit small = {20000, before.rlim_max};
    for (int compress = 0; compress < 2; compress++) {
        trb_error error = {TRB_OK, ""};
        trb_write_options options = trb_write_options_default();
        options.force = true;
        options.compression = compress ? TRB_TIFF_LZW : TRB_TIFF_NONE;
        assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
        const trb_status status = trb_volume_write(tiff_path("full/a.tif"), testing_bone(), &options, &error);
        assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
        assert_int_equal(TRB_ERR_IO, status);
        assert_non_null(strstr(error.text, "full/a.tif: cannot be written: File too large"));
        assert_null(strstr(error.text, ".trabecula-"));
    }
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &small));
    trb_error itk = {TRB_OK, ""};
    const trb_status status = trb_volume_write(tiff_path("full/b.nrrd"), testing_bone(), NULL, &itk);
    assert_int_equal(0, setrlimit(RLIMIT_FSIZE, &before));
    assert_int_equal(TRB_ERR_IO, status);
    assert_non_null(strstr(itk.text, "full/b.nrrd"));
    assert_null(strstr(itk.text, ".trabecula-"));
    signal(SIGXFSZ, old_handler);
    tiff_check_reads(tiff_path("full/a.tif"), volume, "the old file");
    assert_int_equal(1, count_entries(tiff_path("full")));
    trb_volume_destroy(volume);
}

static void a_name_without_folder_is_written_here(void **state)
{
    (void)state;
    char here[4096];
    assert_non_null(getcwd(here, sizeof here));
    assert_int_equal(0, mkdir(tiff_path("here"), 0700));
    assert_int_equal(0, chdir(tiff_path("here")));
    trb_volume *volume = sample();
    CHECK_OK(trb_volume_write("plain.tif", volume, NULL, err));
    tiff_check_reads("plain.tif", volume, "relative name");
    trb_volume_destroy(volume);
    assert_int_equal(1, count_entries("."));
    assert_int_equal(0, chdir(here));
}

static void a_mask_of_another_format_is_0_and_255(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(20, 10, 5, 0.5, 3);
    trb_volume *expected = NULL;
    CHECK_OK(trb_mask_to_volume(mask, 255, &expected, err));
    CHECK_OK(trb_mask_write(tiff_path("mask.nrrd"), mask, NULL, err));
    tiff_check_reads(tiff_path("mask.nrrd"), expected, "mask as NRRD");
    trb_volume_destroy(expected);
    trb_mask_destroy(mask);
}

static void not_a_number_is_refused_in_every_format(void **state)
{
    (void)state;
    trb_volume *volume = tiff_sample_volume(TRB_F32, 6, 5, 4);
    ((float *)volume->voxels)[(2 * 5 + 3) * 6 + 1] = NAN;
    CHECK_OK(trb_volume_write(tiff_path("nan.mha"), volume, NULL, err));
    tiff_check_refused(tiff_path("nan.mha"), TRB_ERR_DATA, "1 voxel is NaN or infinite, the first at x=1 y=3 z=2");
    CHECK_OK(trb_volume_write(tiff_path("nan.tif"), volume, NULL, err));
    tiff_check_refused(tiff_path("nan.tif"), TRB_ERR_DATA, "1 voxel is NaN or infinite, the first at x=1 y=3 z=2");
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_comes_back),
        cmocka_unit_test(a_box_of_any_format_is_the_crop),
        cmocka_unit_test(a_tiff_is_a_tiff_whatever_its_name),
        cmocka_unit_test(an_existing_file_is_kept_without_force),
        cmocka_unit_test(nothing_is_left_behind),
        cmocka_unit_test(a_full_disk_is_an_error_and_leaves_the_old_file),
        cmocka_unit_test(a_name_without_folder_is_written_here),
        cmocka_unit_test(a_mask_of_another_format_is_0_and_255),
        cmocka_unit_test(not_a_number_is_refused_in_every_format),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    testing_scratch_remove();
    return failed;
}
