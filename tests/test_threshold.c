/* test_threshold.c - grey to bits, and histograms. */
#include "oracle/prepare.h"
#include "support/testing.h"

#include "trabecula/threshold.h"
#include "trabecula/version.h"

#include <float.h>

static const trb_filter FLOAT_08 = {TRB_FILTER_GAUSSIAN, 0.8, 1};
static const trb_filter TRUNCATED_08 = {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1};
static const size_t SHAPE[][3] = {{1, 1, 1}, {63, 2, 2}, {64, 3, 1}, {65, 1, 4}, {130, 5, 3}, {1, 9, 9}};
#define SHAPES (sizeof SHAPE / sizeof *SHAPE)

/* The mask against "is this voxel, as double, at least the threshold". */
static void check_mask(const trb_volume *volume, const trb_filter *filter, double threshold)
{
    const trb_grid *grid = &volume->grid;
    float *smooth = filter ? oracle_gaussian(volume, filter) : NULL;
    for (int invert = 0; invert < 2; invert++) {
        trb_mask *mask = NULL;
        CHECK_OK(trb_threshold_apply(volume, filter, threshold, invert, &mask, err));
        size_t count = 0;
        for (size_t z = 0; z < grid->nz; z++)
            for (size_t y = 0; y < grid->ny; y++)
                for (size_t x = 0; x < grid->nx; x++) {
                    const double value = smooth ? (double)smooth[(z * grid->ny + y) * grid->nx + x]
                                                : trb_volume_get(volume, x, y, z);
                    const int expected = (value >= threshold) != invert;
                    count += (size_t)expected;
                    if (trb_mask_get(mask, x, y, z) != expected)
                        fail_msg("%s, threshold %.17g: voxel %zu %zu %zu of value %.17g is %d",
                                 trb_type_name(volume->type), threshold, x, y, z, value, !expected);
                }
        assert_int_equal(count, trb_mask_count(mask)); /* no bits behind the last voxel of a row */
        trb_mask_destroy(mask);
    }
    free(smooth);
}

static void every_type_is_compared_exactly(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++)
        for (int type = TRB_U8; type <= TRB_F64; type++) {
            trb_volume *volume =
                oracle_random_volume(SHAPE[s][0], SHAPE[s][1], SHAPE[s][2], (trb_type)type, s + 10);
            const double middle = trb_volume_get(volume, 0, 0, 0);
            const double threshold[] = {middle,        middle + 0.25, middle - 0.25, nextafter(middle, INFINITY),
                                        -1e300,        1e300,         -INFINITY,     INFINITY,
                                        (double)FLT_MAX, -0.0,        5e-324,        4294967295.0,
                                        4294967295.5,  -2147483648.0, -128.5,        255.5};
            for (size_t t = 0; t < sizeof threshold / sizeof *threshold; t++)
                check_mask(volume, NULL, threshold[t]);
            trb_volume_destroy(volume);
        }
}

static void the_ends_of_each_type_are_reached(void **state)
{
    (void)state;
    for (int type = TRB_U8; type <= TRB_I32; type++) {
        trb_volume *volume = oracle_random_volume(70, 2, 2, (trb_type)type, 3);
        double low, high;
        trb_type_range((trb_type)type, &low, &high);
        trb_volume_set(volume, 65, 1, 1, low);
        trb_volume_set(volume, 69, 1, 1, high);
        check_mask(volume, NULL, low);
        check_mask(volume, NULL, low + 0.5);
        check_mask(volume, NULL, high);
        check_mask(volume, NULL, high + 0.5);
        trb_volume_destroy(volume);
    }
}

static void smoothed_values_are_compared_in_float(void **state)
{
    (void)state;
    for (size_t s = 0; s < SHAPES; s++)
        for (int type = TRB_U8; type <= TRB_F64; type++) {
            trb_volume *volume =
                oracle_random_volume(SHAPE[s][0], SHAPE[s][1], SHAPE[s][2], (trb_type)type, s + 10);
            float *smooth = oracle_gaussian(volume, &FLOAT_08);
            const double there = (double)smooth[trb_grid_voxels(&volume->grid) / 2];
            check_mask(volume, &FLOAT_08, there); /* exactly at a value */
            check_mask(volume, &FLOAT_08, nextafter(there, INFINITY)); /* not a float: the next one up decides */
            check_mask(volume, &FLOAT_08, nextafter(there, -INFINITY));
            check_mask(volume, &TRUNCATED_08, floor(there));
            free(smooth);
            trb_volume_destroy(volume);
        }
}

static void check_bone_counts(const char *key, const trb_filter *filter)
{
    const json_t *expected = testing_at(testing_at(testing_expected(), "preparation"), key), *count;
    const char *threshold;
    size_t seen = 0;
    json_object_foreach((json_t *)(uintptr_t)testing_at(expected, "bone_voxels_at_other_thresholds"), threshold,
                        count)
    {
        trb_mask *mask = NULL;
        CHECK_OK(trb_threshold_apply(testing_bone(), filter, atof(threshold), false, &mask, err));
        assert_int_equal(json_integer_value(count), trb_mask_count(mask));
        trb_mask_destroy(mask);
        seen++;
    }
    assert_true(seen >= 5);
}

static void the_real_bone_has_the_voxels_of_the_reference(void **state)
{
    (void)state;
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) {
        trb_threads_set(threads);
        check_bone_counts("float", &FLOAT_08);
        check_bone_counts("truncated", &TRUNCATED_08);
    }
    trb_threads_set(before);
    trb_mask *above = NULL, *at = NULL;
    CHECK_OK(trb_threshold_apply(testing_bone(), &TRUNCATED_08, 82, false, &at, err));
    CHECK_OK(trb_threshold_apply(testing_bone(), &TRUNCATED_08, 82.000001, false, &above, err));
    CHECK_CLOSE(testing_number(testing_expected(), "preparation|truncated|n_exactly_at_threshold"),
                (double)(trb_mask_count(at) - trb_mask_count(above)), 0);
    trb_mask_destroy(at);
    trb_mask_destroy(above);
}

static void a_threshold_that_is_no_number_is_refused(void **state)
{
    (void)state;
    trb_error error = {TRB_OK, ""};
    trb_mask *mask = (trb_mask *)1;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_threshold_apply(testing_bone(), NULL, NAN, false, &mask, &error));
    assert_null(mask);
}

/* ---- histograms ---- */

static void check_bins(const char *path, const trb_filter *filter)
{
    const json_t *bins = testing_at(testing_expected(), path);
    trb_histogram h;
    CHECK_OK(trb_histogram_measure(testing_bone(), filter, NULL, &h, err));
    assert_int_equal(256, h.bins);
    CHECK_CLOSE(0, h.lowest, 0);
    CHECK_CLOSE(1, h.width, 0);
    assert_int_equal(8000000, h.total);
    assert_int_equal(256, json_array_size(bins));
    for (size_t k = 0; k < 256; k++)
        assert_int_equal(json_integer_value(json_array_get(bins, k)), h.counts[k]);
    trb_histogram_clear(&h);
    assert_null(h.counts);
}

static void the_real_bone_has_the_histograms_of_the_reference(void **state)
{
    (void)state;
    const int before = trb_threads();
    for (int threads = 1; threads <= 5; threads += threads == 1 ? 1 : 3) {
        trb_threads_set(threads);
        check_bins("input|histogram", NULL);
        check_bins("preparation|float|histogram_floor_bins", &FLOAT_08);
        check_bins("preparation|truncated|histogram_floor_bins", &TRUNCATED_08);
    }
    trb_threads_set(before);
}

/* Every voxel of the VOI lies between the edges of a bin: count anew from the definition. */
static void check_histogram(const trb_volume *volume, const trb_filter *filter, const trb_mask *voi)
{
    const size_t nx = volume->grid.nx, ny = volume->grid.ny, n = trb_grid_voxels(&volume->grid);
    float *smooth = filter ? oracle_gaussian(volume, filter) : NULL;
    trb_histogram h;
    CHECK_OK(trb_histogram_measure(volume, filter, voi, &h, err));
    uint64_t *counts = calloc(h.bins, sizeof *counts), total = 0;
    assert_non_null(counts);
    assert_true(h.bins <= 65536 && h.bins > 0 && h.width > 0);
    if (trb_type_is_integer(volume->type))
        assert_true(h.width >= 1 && h.lowest == floor(h.lowest));
    for (size_t i = 0; i < n; i++) {
        const size_t x = i % nx, y = i / nx % ny, z = i / nx / ny;
        if (voi && !trb_mask_get(voi, x, y, z))
            continue;
        const double value = smooth ? (double)smooth[i] : trb_volume_get(volume, x, y, z);
        size_t low = 0, high = h.bins; /* the last bin whose lower edge is not above the value */
        while (high - low > 1) {
            const size_t k = (low + high) / 2;
            if (h.lowest + (double)k * h.width <= value)
                low = k;
            else
                high = k;
        }
        counts[low]++;
        total++;
    }
    assert_int_equal(total, h.total);
    assert_memory_equal(counts, h.counts, h.bins * sizeof *counts);
    /* and the threshold at an edge keeps exactly the voxels of the bins above it */
    for (size_t k = h.bins / 3; k < h.bins; k += 1 + h.bins / 3) {
        uint64_t above = 0;
        trb_mask *mask = NULL;
        for (size_t j = k; j < h.bins; j++)
            above += h.counts[j];
        CHECK_OK(trb_threshold_apply(volume, filter, h.lowest + (double)k * h.width, false, &mask, err));
        assert_int_equal(above, trb_mask_count_and(mask, voi));
        trb_mask_destroy(mask);
    }
    free(counts);
    free(smooth);
    trb_histogram_clear(&h);
}

static void every_type_is_counted_in_the_bins_that_it_says(void **state)
{
    (void)state;
    static const trb_filter wide = {TRB_FILTER_GAUSSIAN, 1.7, 3};
    for (size_t s = 0; s < SHAPES; s++)
        for (int type = TRB_U8; type <= TRB_F64; type++) {
            trb_volume *volume =
                oracle_random_volume(SHAPE[s][0], SHAPE[s][1], SHAPE[s][2], (trb_type)type, s + 90);
            trb_mask *voi = testing_random_mask(SHAPE[s][0], SHAPE[s][1], SHAPE[s][2], 0.4, s);
            trb_mask_set(voi, 0, 0, 0, 1);
            check_histogram(volume, NULL, NULL);
            check_histogram(volume, NULL, voi);
            check_histogram(volume, &wide, NULL);
            check_histogram(volume, &FLOAT_08, voi);
            check_histogram(volume, &TRUNCATED_08, voi);
            trb_mask_destroy(voi);
            trb_volume_destroy(volume);
        }
}

static void rows_longer_than_a_chunk_are_counted_whole(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(5000, 3, 2, TRB_U16, 4);
    trb_mask *voi = testing_random_mask(5000, 3, 2, 0.9, 4);
    for (size_t x = 0; x < 1300; x++)
        trb_mask_set(voi, x, 1, 1, 1); /* whole words, too */
    check_histogram(volume, NULL, NULL);
    check_histogram(volume, NULL, voi);
    check_histogram(volume, &FLOAT_08, voi);
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
}

/* Far from zero, close together, all alike: the bins must not be narrower than the numbers are apart. */
static void odd_ranges_of_floats_have_exact_bins(void **state)
{
    (void)state;
    static const double range[][2] = {{1e15, 1e15 + 3},  {-1, -1 + 1e-15}, {7, 7},           {0, 0},
                                      {-1e300, 1e300},   {0, 5e-324},      {-1e300, -1e-5}, {1e-300, 1e-299},
                                      {-1e-30, 1},       {0.1, 0.3},       {-32768, 32767}};
    for (size_t r = 0; r < sizeof range / sizeof *range; r++) {
        trb_volume *volume = oracle_random_volume(40, 4, 4, TRB_F64, r);
        double *v = volume->voxels;
        for (size_t i = 0; i < 640; i++) {
            const double t = (v[i] + 1000) / 2000;
            v[i] = range[r][0] * (1 - t) + range[r][1] * t;
        }
        v[0] = range[r][0];
        v[639] = range[r][1];
        check_histogram(volume, NULL, NULL);
        trb_volume_destroy(volume);
    }
}

/* Infinity once kept the search for a bin width going for ever; NaN has no bin either. Outside the VOI neither
 * matters, unless smoothing brings it in. */
static void values_without_a_bin_are_refused(void **state)
{
    (void)state;
    static const double odd[] = {INFINITY, -INFINITY, NAN, DBL_MAX};
    for (int type = TRB_F32; type <= TRB_F64; type++)
        for (size_t i = 0; i < (type == TRB_F64 ? 4 : 3); i++) {
            trb_volume *volume = oracle_random_volume(40, 4, 4, (trb_type)type, 7);
            trb_mask *voi = testing_random_mask(40, 4, 4, 1, 7);
            trb_error error = {TRB_OK, ""};
            trb_histogram h;
            trb_volume_set(volume, 11, 1, 1, odd[i]);
            trb_volume_set(volume, 12, 3, 3, odd[i]);
            assert_int_equal(TRB_ERR_DATA, trb_histogram_measure(volume, NULL, voi, &h, &error));
            assert_non_null(strstr(error.text, "2 voxels"));
            assert_null(h.counts);
            trb_mask_set(voi, 11, 1, 1, 0);
            assert_int_equal(TRB_ERR_DATA, trb_histogram_measure(volume, NULL, voi, &h, &error));
            assert_non_null(strstr(error.text, "1 voxels"));
            trb_mask_set(voi, 12, 3, 3, 0);
            check_histogram(volume, NULL, voi);
            assert_int_equal(TRB_ERR_DATA, trb_histogram_measure(volume, &FLOAT_08, voi, &h, &error));
            trb_mask_destroy(voi);
            trb_volume_destroy(volume);
        }
}

/* One voxel alone in the VOI is not a number: then there is not even a range. */
static void a_voi_of_nan_alone_is_refused(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(3, 3, 3, TRB_F32, 7);
    trb_mask *voi = testing_random_mask(3, 3, 3, 0, 7);
    trb_error error = {TRB_OK, ""};
    trb_histogram h;
    trb_volume_set(volume, 1, 1, 1, NAN);
    trb_mask_set(voi, 1, 1, 1, 1);
    assert_int_equal(TRB_ERR_DATA, trb_histogram_measure(volume, NULL, voi, &h, &error));
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
}

static void voxels_outside_the_voi_do_not_stretch_the_bins(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(40, 4, 4, TRB_F32, 7);
    trb_mask *voi = testing_random_mask(40, 4, 4, 0.5, 7);
    trb_mask_set(voi, 11, 1, 1, 0);
    trb_volume_set(volume, 11, 1, 1, 1e30);
    trb_histogram h;
    CHECK_OK(trb_histogram_measure(volume, NULL, voi, &h, err));
    assert_true(h.lowest >= -1001 && h.lowest + (double)h.bins * h.width <= 1001);
    trb_histogram_clear(&h);
    trb_mask_destroy(voi);
    trb_volume_destroy(volume);
}

static void an_empty_or_foreign_voi_is_refused(void **state)
{
    (void)state;
    trb_error error = {TRB_OK, ""};
    trb_histogram h;
    trb_mask *empty = testing_random_mask(200, 200, 200, 0, 1), *small = testing_random_mask(20, 20, 20, 1, 1);
    assert_int_equal(TRB_ERR_DATA, trb_histogram_measure(testing_bone(), NULL, empty, &h, &error));
    assert_non_null(strstr(error.text, "empty"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_histogram_measure(testing_bone(), NULL, small, &h, &error));
    assert_non_null(strstr(error.text, "20 x 20 x 20"));
    trb_mask_destroy(empty);
    trb_mask_destroy(small);
}

static void the_median_goes_into_threshold_and_histogram(void **state)
{
    (void)state;
    static const trb_filter median = {TRB_FILTER_MEDIAN, 0, 1};
    trb_volume *volume = oracle_random_volume(66, 7, 9, TRB_U16, 7), *filtered = NULL;
    trb_smoother *smoother = NULL;
    float *out = malloc(66 * 7 * 9 * sizeof *out);
    assert_non_null(out);
    CHECK_OK(trb_smoother_create(volume, &median, &smoother, err));
    CHECK_OK(trb_smoother_planes(smoother, 0, 9, out, err));
    CHECK_OK(trb_volume_create(&volume->grid, TRB_U16, &filtered, err));
    for (size_t i = 0; i < 66 * 7 * 9; i++)
        ((uint16_t *)filtered->voxels)[i] = (uint16_t)out[i];
    trb_mask *a = NULL, *b = NULL;
    CHECK_OK(trb_threshold_apply(volume, &median, 33000, false, &a, err));
    CHECK_OK(trb_threshold_apply(filtered, NULL, 33000, false, &b, err));
    assert_memory_equal(a->bits, b->bits, a->words_per_row * 7 * 9 * sizeof *a->bits);
    trb_histogram ha, hb;
    CHECK_OK(trb_histogram_measure(volume, &median, NULL, &ha, err));
    CHECK_OK(trb_histogram_measure(filtered, NULL, NULL, &hb, err));
    assert_memory_equal(ha.counts, hb.counts, 65536 * sizeof *ha.counts);
    trb_histogram_clear(&ha);
    trb_histogram_clear(&hb);
    trb_mask_destroy(a);
    trb_mask_destroy(b);
    free(out);
    trb_smoother_destroy(smoother);
    trb_volume_destroy(volume);
    trb_volume_destroy(filtered);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_type_is_compared_exactly),
        cmocka_unit_test(the_ends_of_each_type_are_reached),
        cmocka_unit_test(smoothed_values_are_compared_in_float),
        cmocka_unit_test(the_real_bone_has_the_voxels_of_the_reference),
        cmocka_unit_test(a_threshold_that_is_no_number_is_refused),
        cmocka_unit_test(the_real_bone_has_the_histograms_of_the_reference),
        cmocka_unit_test(every_type_is_counted_in_the_bins_that_it_says),
        cmocka_unit_test(rows_longer_than_a_chunk_are_counted_whole),
        cmocka_unit_test(odd_ranges_of_floats_have_exact_bins),
        cmocka_unit_test(values_without_a_bin_are_refused),
        cmocka_unit_test(a_voi_of_nan_alone_is_refused),
        cmocka_unit_test(voxels_outside_the_voi_do_not_stretch_the_bins),
        cmocka_unit_test(an_empty_or_foreign_voi_is_refused),
        cmocka_unit_test(the_median_goes_into_threshold_and_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
