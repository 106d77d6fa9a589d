/* test_otsu.c - Otsu's threshold in exact integers, and the named rules. */
#include "oracle/prepare.h"
#include "support/testing.h"

#include "trabecula/threshold.h"
#include "trabecula/version.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

static double otsu_of(double lowest, double width, size_t bins, uint64_t *counts)
{
    const trb_histogram h = {lowest, width, bins, counts, 0};
    double threshold = NAN;
    CHECK_OK(trb_otsu(&h, &threshold, err));
    return threshold;
}

static void random_histograms_are_split_where_whole_numbers_say(void **state)
{
    (void)state;
    uint64_t seed = 7, counts[200];
    for (int round = 0; round < 3000; round++) {
        const size_t bins = 2 + next_random(&seed) % 60;
        size_t occupied = 0;
        for (size_t k = 0; k < bins; k++) {
            counts[k] = next_random(&seed) % 3 ? 0 : next_random(&seed) % 50; /* gaps give ties */
            occupied += counts[k] > 0;
        }
        if (occupied < 2)
            continue;
        CHECK_CLOSE((double)oracle_otsu(counts, bins), otsu_of(0, 1, bins, counts), 0);
    }
}

static void of_equal_maxima_the_smallest_is_taken(void **state)
{
    (void)state;
    uint64_t two[10] = {0, 0, 5, 0, 0, 0, 0, 5, 0, 0}; /* any t in 3..7 splits alike */
    CHECK_CLOSE(3, otsu_of(0, 1, 10, two), 0);
    uint64_t three[5] = {4, 0, 4, 0, 4}; /* symmetric: 1, 2 | 3, 4 */
    CHECK_CLOSE(1, otsu_of(0, 1, 5, three), 0);
}

static void the_threshold_is_a_bin_edge_in_grey_values(void **state)
{
    (void)state;
    uint64_t counts[8] = {9, 3, 0, 0, 0, 2, 8, 1};
    const double k = otsu_of(0, 1, 8, counts);
    CHECK_CLOSE(-32768 + k, otsu_of(-32768, 1, 8, counts), 0);
    CHECK_CLOSE(-1.5 + k * 0.0625, otsu_of(-1.5, 0.0625, 8, counts), 0);
}

/* 16-bit histograms of 10^12 voxels: sums of 2^60 and squares beyond 128 bits. Two classes whose best split is
 * known, with a single voxel that tips the balance. */
static void enormous_counts_are_still_exact(void **state)
{
    (void)state;
    const size_t bins = 65536;
    uint64_t *counts = calloc(bins, sizeof *counts);
    assert_non_null(counts);
    counts[0] = counts[65535] = (uint64_t)1 << 40;
    counts[32767] = 1; /* nearer to the lower class by one half: t = 32768 */
    CHECK_CLOSE(32768, otsu_of(0, 1, bins, counts), 0);
    counts[32767] = 0;
    counts[32768] = 1; /* nearer to the upper class: the smallest t that puts it there */
    CHECK_CLOSE(1, otsu_of(0, 1, bins, counts), 0);
    free(counts);
}

static void no_other_split_of_random_16_bit_data_is_better(void **state)
{
    (void)state;
    uint64_t seed = 99, *counts = calloc(65536, sizeof *counts);
    assert_non_null(counts);
    for (int i = 0; i < 100000; i++)
        counts[20000 + next_random(&seed) % 9000 + (i % 3 ? 0 : next_random(&seed) % 20000)] += 1 + (uint64_t)i;
    const size_t t = (size_t)otsu_of(0, 1, 65536, counts);
    const double best = oracle_between(counts, 65536, t);
    assert_true(best > 0);
    for (size_t other = 20000; other < 49000; other += 23)
        assert_true(oracle_between(counts, 65536, other) <= best * (1 + 1e-12));
    assert_true(oracle_between(counts, 65536, t - 1) <= best * (1 + 1e-15));
    assert_true(oracle_between(counts, 65536, t + 1) <= best * (1 + 1e-15));
    free(counts);
}

static void negative_16_bit_images_have_negative_thresholds(void **state)
{
    (void)state;
    const trb_grid grid = {40, 3, 2, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_I16, &volume, err));
    for (size_t i = 0; i < 240; i++)
        ((int16_t *)volume->voxels)[i] = (int16_t)(i % 4 ? -30000 + (int)(i % 7) : -29000 - (int)(i % 5));
    trb_histogram h;
    double threshold;
    CHECK_OK(trb_histogram_measure(volume, NULL, NULL, &h, err));
    CHECK_OK(trb_otsu(&h, &threshold, err));
    CHECK_CLOSE(-29993, threshold, 0); /* just above the lower class, which ends at -29994 */
    trb_histogram_clear(&h);
    trb_volume_destroy(volume);
}

static double otsu_of_bone(const trb_filter *filter, const trb_mask *voi)
{
    trb_histogram h;
    double threshold = NAN;
    CHECK_OK(trb_histogram_measure(testing_bone(), filter, voi, &h, err));
    CHECK_OK(trb_otsu(&h, &threshold, err));
    trb_histogram_clear(&h);
    return threshold;
}

static double first_of(const char *path)
{
    return json_number_value(json_array_get(testing_at(testing_expected(), path), 0));
}

static void the_real_bone_has_the_thresholds_of_the_reference(void **state)
{
    (void)state;
    const trb_filter smooth = {TRB_FILTER_GAUSSIAN, 0.8, 1}, truncated = {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1};
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) {
        trb_threads_set(threads);
        CHECK_CLOSE(first_of("preparation|otsu_raw"), otsu_of_bone(NULL, NULL), 0);
        CHECK_CLOSE(first_of("preparation|float|otsu_lower_bound"), otsu_of_bone(&smooth, NULL), 0);
        CHECK_CLOSE(first_of("preparation|truncated|otsu_lower_bound"), otsu_of_bone(&truncated, NULL), 0);
    }
    trb_threads_set(before);
}

static void the_voi_alone_decides(void **state)
{
    (void)state;
    trb_mask *voi = testing_ellipse_voi();
    const trb_volume *bone = testing_bone();
    uint64_t counts[256] = {0};
    for (size_t i = 0; i < 8000000; i++)
        counts[((const uint8_t *)bone->voxels)[i]] +=
            (uint64_t)trb_mask_get(voi, i % 200, i / 200 % 200, i / 40000);
    CHECK_CLOSE(otsu_of(0, 1, 256, counts), otsu_of_bone(NULL, voi), 0);
    trb_mask_destroy(voi);
}

static void check_refused(trb_histogram h, trb_status expected, const char *text)
{
    trb_error error = {TRB_OK, ""};
    double threshold;
    assert_int_equal(expected, trb_otsu(&h, &threshold, &error));
    if (!strstr(error.text, text))
        fail_msg("'%s' is not in '%s'", text, error.text);
}

static void one_grey_value_cannot_be_split(void **state)
{
    (void)state;
    uint64_t counts[3] = {0, 0, 0};
    check_refused((trb_histogram){0, 1, 3, counts, 0}, TRB_ERR_DATA, "there are none");
    counts[1] = 77;
    check_refused((trb_histogram){0, 1, 3, counts, 77}, TRB_ERR_DATA, "there is one");
    counts[2] = (uint64_t)1 << 44;
    check_refused((trb_histogram){0, 1, 3, counts, 77}, TRB_ERR_ARGUMENT, "2^44");
}

static void the_named_rules_give_a_bin_edge_between_the_classes(void **state)
{
    (void)state;
    static const char *const name[] = {"li", "triangle", "isodata", "maxentropy", "huang", "moments", "yen"};
    trb_histogram h;
    double threshold;
    CHECK_OK(trb_histogram_measure(testing_bone(), NULL, NULL, &h, err));
    for (size_t i = 0; i < sizeof name / sizeof *name; i++) {
        CHECK_OK(trb_histogram_threshold(&h, name[i], &threshold, err));
        assert_true(threshold > 0 && threshold < 255 && threshold == floor(threshold));
    }
    CHECK_OK(trb_histogram_threshold(&h, "isodata", &threshold, err));
    CHECK_CLOSE(85, threshold, 1); /* the same fixed point as Otsu's, up to a bin */
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_histogram_threshold(&h, "median", &threshold, &error));
    assert_non_null(strstr(error.text, "triangle"));
    trb_histogram_clear(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_histograms_are_split_where_whole_numbers_say),
        cmocka_unit_test(of_equal_maxima_the_smallest_is_taken),
        cmocka_unit_test(the_threshold_is_a_bin_edge_in_grey_values),
        cmocka_unit_test(enormous_counts_are_still_exact),
        cmocka_unit_test(no_other_split_of_random_16_bit_data_is_better),
        cmocka_unit_test(negative_16_bit_images_have_negative_thresholds),
        cmocka_unit_test(the_real_bone_has_the_thresholds_of_the_reference),
        cmocka_unit_test(the_voi_alone_decides),
        cmocka_unit_test(one_grey_value_cannot_be_split),
        cmocka_unit_test(the_named_rules_give_a_bin_edge_between_the_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
