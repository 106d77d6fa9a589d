/* test_core.c - grids, volumes, masks, errors. */
#include "support/testing.h"

#include "trabecula/version.h"

static void the_fingerprint_does_not_depend_on_threads(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    const uint32_t all = trb_volume_crc32(bone);
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += 2) {
        trb_threads_set(threads);
        assert_int_equal(all, trb_volume_crc32(bone));
    }
    trb_threads_set(before);
}

static void the_real_bone_is_the_one_described(void **state)
{
    (void)state;
    assert_string_equal("d65d7edcfd91881d3f9f26c1e64fcc44a23067dd098ff684645236954e75f9ae",
                        testing_sha256(testing_bone()->voxels, 8000000));
}

static void a_complement_keeps_the_padding_empty(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 63, 64, 65, 128, 130};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
        trb_mask *mask = testing_random_mask(widths[i], 3, 2, 0.3, i), *other = NULL;
        CHECK_OK(trb_mask_complement(mask, &other, err));
        assert_int_equal(widths[i] * 6, trb_mask_count(mask) + trb_mask_count(other));
        assert_int_equal(0, trb_mask_count_and(mask, other));
        trb_mask_destroy(mask);
        trb_mask_destroy(other);
    }
}

static void a_grid_that_overflows_is_refused(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    const trb_grid huge = {(size_t)1 << 30, (size_t)1 << 30, 16, {1, 1, 1}, {0, 0, 0}};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_grid_check(&huge, &err));
    assert_non_null(strstr(err.text, "too large"));
}

static void nan_is_found_and_located(void **state)
{
    (void)state;
    const trb_grid grid = {5, 4, 3, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    for (size_t i = 0; i < 60; i++)
        ((float *)volume->voxels)[i] = 1;
    ((float *)volume->voxels)[2 * 20 + 3 * 5 + 4] = NAN;
    ((float *)volume->voxels)[59 - 1] = INFINITY;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_DATA, trb_volume_check_finite(volume, &err));
    assert_non_null(strstr(err.text, "2 voxels are NaN or infinite, the first at x=3 y=3 z=2"));
    trb_volume_destroy(volume);
}

static void a_crop_holds_the_right_voxels(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    const trb_box box = {{10, 20, 30}, {75, 27, 33}};
    trb_volume *part = NULL;
    CHECK_OK(trb_volume_crop(bone, &box, &part, err));
    assert_int_equal(65 * 7 * 3, trb_grid_voxels(&part->grid));
    CHECK_CLOSE(10 * 0.0195, part->grid.origin_mm[0], 1e-12);
    for (size_t i = 0; i < 7; i++)
        CHECK_CLOSE(trb_volume_get(bone, 10 + 9 * i, 20 + i, 32), trb_volume_get(part, 9 * i, i, 2), 0);
    trb_volume_destroy(part);
}

static void an_error_gathers_where_it_happened(void **state)
{
    (void)state;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_IO, trb_error_set(&err, TRB_ERR_IO, "file %d", 7));
    trb_error_within(&err, "slice %d of %d", 1, 2);
    assert_string_equal("slice 1 of 2: file 7", err.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_real_bone_is_the_one_described),
        cmocka_unit_test(the_fingerprint_does_not_depend_on_threads),
        cmocka_unit_test(a_complement_keeps_the_padding_empty),
        cmocka_unit_test(a_grid_that_overflows_is_refused),
        cmocka_unit_test(nan_is_found_and_located),
        cmocka_unit_test(a_crop_holds_the_right_voxels),
        cmocka_unit_test(an_error_gathers_where_it_happened),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
