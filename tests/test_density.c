/* test_density.c - grey statistics of regions, and the erosion that keeps partial volume out of TMD. */
#include "support/testing.h"

#include "oracle/density_oracle.h"
#include "trabecula/version.h"

/* The values of one case of the real bone; voi may be NULL. */
static void check_case(const char *name, const trb_mask *voi)
{
    const trb_volume *grey = testing_bone();
    trb_mask *bone = testing_mask(grey, 64), *marrow = NULL;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    char key[128];
    snprintf(key, sizeof key, "cases|%s|grey", name);
    const json_t *expected = testing_at(testing_expected(), key);
    trb_grey_stats s;
    if (voi) {
        CHECK_OK(trb_grey_measure(grey, voi, NULL, &s, err));
        assert_int_equal(2408480, s.voxels);
    } else {
        CHECK_OK(trb_grey_measure(grey, NULL, NULL, &s, err));
        assert_int_equal(8000000, s.voxels);
    }
    CHECK_RELATIVE(testing_number(expected, "mean_tv"), s.mean, 1e-9);
    CHECK_OK(trb_grey_measure(grey, bone, voi, &s, err));
    CHECK_RELATIVE(testing_number(expected, "mean_bone"), s.mean, 1e-9);
    CHECK_RELATIVE(testing_number(expected, "sd_bone"), s.sd, 1e-9);
    CHECK_CLOSE(64, s.lowest, 0);
    CHECK_OK(trb_grey_measure(grey, voi, marrow, &s, err));
    CHECK_RELATIVE(testing_number(expected, "mean_marrow"), s.mean, 1e-9);
    CHECK_CLOSE(63, s.highest, 0);
    static const int neighbours[] = {6, 26};
    for (int i = 0; i < 2; i++) {
        trb_mask *core = NULL;
        CHECK_OK(trb_mask_erode(bone, neighbours[i], &core, err));
        CHECK_OK(trb_grey_measure(grey, core, voi, &s, err));
        snprintf(key, sizeof key, "n_eroded%d", neighbours[i]);
        CHECK_CLOSE(testing_number(expected, key), (double)s.voxels, 0);
        snprintf(key, sizeof key, "mean_bone_eroded%d", neighbours[i]);
        CHECK_RELATIVE(testing_number(expected, key), s.mean, 1e-9);
        trb_mask_destroy(core);
    }
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
}

static void real_bone_has_the_expected_grey_values(void **state)
{
    (void)state;
    const int before = trb_threads();
    trb_mask *voi = testing_ellipse_voi();
    static const int threads[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        trb_threads_set(threads[i]);
        check_case("case1_raw_gt63", NULL);
        check_case("case3_raw_gt63_in_ellipse", voi);
    }
    trb_threads_set(before);
    trb_mask_destroy(voi);
}

/* Noise over the whole range of each type, one voxel at either end of it. */
static trb_volume *noise(trb_type type, size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    double lowest, highest;
    trb_type_range(type, &lowest, &highest);
    uint32_t state = 12345;
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++) {
                state = state * 1664525U + 1013904223U;
                const double part = (double)state / 4294967295.0;
                trb_volume_set(volume, x, y, z, lowest + part * (highest - lowest));
            }
    trb_volume_set(volume, 0, 0, 0, lowest);
    trb_volume_set(volume, nx - 1, ny - 1, nz - 1, highest);
    return volume;
}

static void check_same(const trb_grey_stats *expected, const trb_grey_stats *s)
{
    assert_int_equal(expected->voxels, s->voxels);
    CHECK_CLOSE(expected->lowest, s->lowest, 0);
    CHECK_CLOSE(expected->highest, s->highest, 0);
    CHECK_CLOSE(expected->mean, s->mean, 1e-13 * (expected->highest - expected->lowest));
    CHECK_RELATIVE(expected->sd, s->sd, 1e-12);
}

static void every_type_agrees_with_plain_sums(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 63, 64, 65, 130};
    for (trb_type type = TRB_U8; type <= TRB_F64; type++)
        for (size_t i = 0; i < sizeof widths / sizeof *widths; i++) {
            trb_volume *volume = noise(type, widths[i], 11, 9);
            trb_mask *a = testing_random_mask(widths[i], 11, 9, 0.7, i + 1);
            trb_mask *b = testing_random_mask(widths[i], 11, 9, 0.5, i + 9);
            const trb_mask *pairs[][2] = {{NULL, NULL}, {a, NULL}, {NULL, b}, {a, b}};
            for (int k = 0; k < 4; k++) {
                trb_grey_stats s;
                const trb_grey_stats expected = oracle_grey(volume, pairs[k][0], pairs[k][1]);
                CHECK_OK(trb_grey_measure(volume, pairs[k][0], pairs[k][1], &s, err));
                check_same(&expected, &s);
            }
            trb_volume_destroy(volume);
            trb_mask_destroy(a);
            trb_mask_destroy(b);
        }
}

static void float_sums_have_the_same_bits_for_any_threads(void **state)
{
    (void)state;
    trb_volume *volume = noise(TRB_F32, 70, 50, 23);
    trb_mask *mask = testing_random_mask(70, 50, 23, 0.5, 3);
    const int before = trb_threads();
    trb_grey_stats first;
    static const int threads[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        trb_grey_stats s;
        trb_threads_set(threads[i]);
        CHECK_OK(trb_grey_measure(volume, mask, NULL, &s, err));
        if (i == 0)
            first = s;
        assert_memory_equal(&first, &s, sizeof s);
    }
    trb_threads_set(before);
    trb_volume_destroy(volume);
    trb_mask_destroy(mask);
}

/* The largest values of 32 bits: their squares cancel to a small SD. */
static void a_small_spread_on_large_values_is_exact(void **state)
{
    (void)state;
    static const trb_type types[] = {TRB_U32, TRB_I32};
    for (int k = 0; k < 2; k++) {
        trb_volume *volume = noise(types[k], 64, 64, 4);
        double lowest, highest;
        trb_type_range(types[k], &lowest, &highest);
        for (size_t z = 0; z < 4; z++)
            for (size_t y = 0; y < 64; y++)
                for (size_t x = 0; x < 64; x++)
                    trb_volume_set(volume, x, y, z, highest - (double)(x % 2));
        trb_grey_stats s;
        CHECK_OK(trb_grey_measure(volume, NULL, NULL, &s, err));
        CHECK_CLOSE(highest - 0.5, s.mean, 0);
        CHECK_CLOSE(0.5, s.sd, 0);
        trb_volume_destroy(volume);
    }
}

static void an_empty_region_has_no_mean(void **state)
{
    (void)state;
    trb_volume *volume = noise(TRB_U8, 5, 4, 3);
    trb_mask *mask = testing_random_mask(5, 4, 3, 0, 1), *other = testing_random_mask(5, 4, 2, 1, 1);
    trb_grey_stats s;
    CHECK_OK(trb_grey_measure(volume, mask, NULL, &s, err));
    assert_int_equal(0, s.voxels);
    assert_true(isnan(s.mean) && isnan(s.sd) && isnan(s.lowest) && isnan(s.highest));
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_grey_measure(volume, other, NULL, &s, &err));
    trb_volume_destroy(volume);
    trb_mask_destroy(mask);
    trb_mask_destroy(other);
}

static void erosion_agrees_voxel_by_voxel(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1}, {2, 1, 1}, {63, 5, 4}, {64, 5, 4}, {65, 1, 7}, {129, 6, 1}, {200, 4, 3}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int box = 0; box < 2; box++) {
            const size_t *n = sizes[i];
            trb_mask *mask = testing_random_mask(n[0], n[1], n[2], 0.93, i + 4), *eroded = NULL;
            CHECK_OK(trb_mask_erode(mask, box ? 26 : 6, &eroded, err));
            size_t count = 0;
            for (size_t z = 0; z < n[2]; z++)
                for (size_t y = 0; y < n[1]; y++)
                    for (size_t x = 0; x < n[0]; x++) {
                        const int expected = oracle_survives_erosion(mask, box ? 26 : 6, x, y, z);
                        assert_int_equal(expected, trb_mask_get(eroded, x, y, z));
                        count += (size_t)expected;
                    }
            assert_int_equal(count, trb_mask_count(eroded)); /* nothing in the padding */
            trb_mask_destroy(mask);
            trb_mask_destroy(eroded);
        }
    trb_mask *mask = testing_random_mask(5, 5, 5, 1, 1), *eroded = NULL;
    CHECK_OK(trb_mask_erode(mask, 26, &eroded, err));
    assert_int_equal(125, trb_mask_count(eroded)); /* the image border does not erode */
    trb_mask_destroy(eroded);
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_mask_erode(mask, 18, &eroded, &err));
    assert_null(eroded);
    trb_mask_destroy(mask);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_bone_has_the_expected_grey_values),
        cmocka_unit_test(every_type_agrees_with_plain_sums),
        cmocka_unit_test(float_sums_have_the_same_bits_for_any_threads),
        cmocka_unit_test(a_small_spread_on_large_values_is_exact),
        cmocka_unit_test(an_empty_region_has_no_mean),
        cmocka_unit_test(erosion_agrees_voxel_by_voxel),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
