/* test_itk_filters.c - the median and the histogram thresholds that come from ITK, and the test oracle itself. */
#include "support/testing.h"

#include "prepare/itk_filters.h"
#include "support/itk_oracle.h"

static const char *const rules[] = {"li",  "triangle", "isodata", "maxentropy", "huang",     "moments",
                                    "yen", "kittler",  "renyi",   "shanbhag",   "intermodes"};
enum { RULES = sizeof rules / sizeof *rules };

static void bone_histogram(uint64_t counts[256])
{
    memset(counts, 0, 256 * sizeof *counts);
    const uint8_t *v = testing_bone()->voxels;
    for (size_t i = 0; i < 8000000; i++)
        counts[v[i]]++;
}

static double threshold_of(const char *rule, const uint64_t *counts, size_t bins, double lowest, double width)
{
    double threshold = NAN;
    CHECK_OK(trb_itk_histogram_threshold(counts, bins, lowest, width, rule, &threshold, err));
    return threshold;
}

/* Two normal-like humps around 60 and 150: every rule but those made for one hump must cut between them. */
static void two_humps_are_separated(void **state)
{
    (void)state;
    uint64_t counts[256];
    for (int k = 0; k < 256; k++)
        counts[k] = (uint64_t)(1e6 * exp(-0.5 * (k - 60) * (k - 60) / 100.) + 5e5 * exp(-0.5 * (k - 150) * (k - 150) / 100.));
    for (int i = 0; i < RULES; i++) {
        const double t = threshold_of(rules[i], counts, 256, 0, 1);
        if (!(t > 61 && t < 150))
            fail_msg("%s: %g", rules[i], t);
        CHECK_CLOSE(floor(t), t, 0);
    }
    CHECK_CLOSE(106, threshold_of("isodata", counts, 256, 0, 1), 1); /* (60 + 150) / 2, then the next edge */
    CHECK_CLOSE(106, threshold_of("intermodes", counts, 256, 0, 1), 1);
}

/* The definition of isodata, written down: the first bin that is at least midway between the means of the two
 * classes that it makes. The upper class begins with the next bin. */
static void isodata_on_real_bone_meets_its_definition(void **state)
{
    (void)state;
    uint64_t counts[256];
    bone_histogram(counts);
    double n = 0, sum = 0, all = 0, total = 0;
    for (int k = 0; k < 256; k++) {
        total += (double)counts[k];
        all += k * (double)counts[k];
    }
    for (int k = 0; k < 256; k++) {
        n += (double)counts[k];
        sum += k * (double)counts[k];
        if (k >= (sum / n + (all - sum) / (total - n)) / 2) {
            CHECK_CLOSE(k + 1, threshold_of("isodata", counts, 256, 0, 1), 0);
            return;
        }
    }
    fail();
}

/* Li: the fixed point t = (m1 - m0) / (log m1 - log m0), to the rounding of the iteration. */
static void li_on_real_bone_is_a_fixed_point(void **state)
{
    (void)state;
    uint64_t counts[256];
    bone_histogram(counts);
    const double t = threshold_of("li", counts, 256, 0, 1);
    double n[2] = {0}, sum[2] = {0};
    for (int k = 0; k < 256; k++) {
        n[k >= t] += (double)counts[k];
        sum[k >= t] += k * (double)counts[k];
    }
    const double m0 = sum[0] / n[0], m1 = sum[1] / n[1];
    CHECK_CLOSE((m1 - m0) / (log(m1) - log(m0)), t - 1, 1);
}

static void a_threshold_moves_with_the_grey_scale(void **state)
{
    (void)state;
    uint64_t counts[256];
    bone_histogram(counts);
    for (int i = 0; i < RULES; i++) {
        const double t = threshold_of(rules[i], counts, 256, 0, 1);
        assert_in_range((uint64_t)t, 1, 255);
        CHECK_CLOSE(t - 1000, threshold_of(rules[i], counts, 256, -1000, 1), 0);
        CHECK_CLOSE(-2 + t * 0.125, threshold_of(rules[i], counts, 256, -2, 0.125), 0);
        if (strcmp(rules[i], "li") != 0) /* logarithms: zero matters */
            CHECK_CLOSE(t + 1000, threshold_of(rules[i], counts, 256, 1000, 1), 1);
    }
}

static void empty_bins_around_do_not_matter(void **state)
{
    (void)state;
    uint64_t counts[256], wide[1000] = {0};
    bone_histogram(counts);
    memcpy(wide + 300, counts, sizeof counts);
    for (int i = 0; i < RULES; i++)
        CHECK_CLOSE(threshold_of(rules[i], counts, 256, 0, 1), threshold_of(rules[i], wide, 1000, -300, 1), 1);
}

/* More voxels than an int holds: 4 * 10^12 here. */
static void counts_beyond_32_bits_give_the_same(void **state)
{
    (void)state;
    uint64_t counts[256], many[256];
    bone_histogram(counts);
    for (int k = 0; k < 256; k++)
        many[k] = counts[k] << 19;
    for (int i = 0; i < RULES; i++)
        CHECK_CLOSE(threshold_of(rules[i], counts, 256, 0, 1), threshold_of(rules[i], many, 256, 0, 1), 1);
}

/* The same image in 16 bits: 65281 bins, every 256th occupied, pooled by 16. */
static void sixteen_bits_give_the_same_within_a_pool(void **state)
{
    (void)state;
    uint64_t counts[256], *fine = calloc(65536, sizeof *fine);
    bone_histogram(counts);
    for (size_t k = 0; k < 65536; k++) /* spread evenly: a comb is another histogram */
        fine[k] = counts[k / 256] / 256;
    static const char *const smooth[] = {"li", "isodata", "moments", "maxentropy"};
    for (int i = 0; i < 4; i++)
        CHECK_CLOSE(threshold_of(smooth[i], counts, 256, 0, 1), threshold_of(smooth[i], fine, 65536, 0, 1) / 256, 2);
    free(fine);
}

/* Sparse and lopsided histograms make rules fail: with a status, not with a loop or a crash; and what they
 * answer leaves voxels on both sides. */
static void odd_histograms_end_in_an_answer_or_a_reason(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (int round = 0; round < 400; round++) {
        uint64_t counts[40] = {0};
        const int occupied = 2 + round % 7;
        for (int j = 0; j < occupied; j++) {
            random = random * 1664525U + 1013904223U;
            counts[(random >> 16) % 40] += 1 + (random >> 8) % (round % 3 ? 5 : 100000);
        }
        int first = 0, last = 39;
        while (!counts[first])
            first++;
        while (!counts[last])
            last--;
        for (int i = 0; i < RULES; i++) {
            double t = NAN;
            trb_error error = {TRB_OK, ""};
            const double lowest = round % 2 ? 0 : -7.5, width = round % 2 ? 1 : 0.25;
            const trb_status got = trb_itk_histogram_threshold(counts, 40, lowest, width, rules[i], &t, &error);
            if (got == TRB_OK) {
                const double bin = (t - lowest) / width;
                assert_true(bin > first && bin <= last && bin == floor(bin));
            } else {
                assert_int_equal(TRB_ERR_DATA, got);
                assert_true(error.text[0] && !strstr(error.text, "0x"));
            }
        }
    }
}

static void one_grey_value_or_a_wrong_name_is_refused(void **state)
{
    (void)state;
    uint64_t counts[4] = {0, 5, 0, 0};
    double t;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_DATA, trb_itk_histogram_threshold(counts, 4, 0, 1, "li", &t, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_histogram_threshold(counts, 4, 0, 1, "lee", &t, &error));
    assert_non_null(strstr(error.text, "intermodes"));
    for (int i = 0; i < RULES; i++)
        assert_non_null(strstr(error.text, rules[i]));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_histogram_threshold(counts, 4, 0, 0, "li", &t, &error));
}

/* The median by sorting, with the edge repeated. */
static double slow_median(const trb_volume *volume, int radius, size_t x, size_t y, size_t z)
{
    double values[125];
    int n = 0;
    const ptrdiff_t size[3] = {(ptrdiff_t)volume->grid.nx, (ptrdiff_t)volume->grid.ny, (ptrdiff_t)volume->grid.nz};
    for (int dz = -radius; dz <= radius; dz++)
        for (int dy = -radius; dy <= radius; dy++)
            for (int dx = -radius; dx <= radius; dx++) {
                ptrdiff_t at[3] = {(ptrdiff_t)x + dx, (ptrdiff_t)y + dy, (ptrdiff_t)z + dz};
                for (int axis = 0; axis < 3; axis++)
                    at[axis] = at[axis] < 0 ? 0 : at[axis] >= size[axis] ? size[axis] - 1 : at[axis];
                const double v = trb_volume_get(volume, (size_t)at[0], (size_t)at[1], (size_t)at[2]);
                int i = n++;
                for (; i > 0 && values[i - 1] > v; i--)
                    values[i] = values[i - 1];
                values[i] = v;
            }
    return values[n / 2];
}

static void the_median_agrees_with_sorting(void **state)
{
    (void)state;
    const trb_grid grid = {13, 9, 7, {1, 1, 1}, {0, 0, 0}};
    for (trb_type type = TRB_U8; type <= TRB_F64; type++)
        for (int radius = 1; radius <= 2; radius++) {
            trb_volume *volume = NULL, *whole = NULL;
            CHECK_OK(trb_volume_create(&grid, type, &volume, err));
            CHECK_OK(trb_volume_create(&grid, type, &whole, err));
            uint32_t random = 5;
            for (size_t i = 0; i < 13 * 9 * 7; i++) {
                random = random * 1664525U + 1013904223U;
                trb_volume_set(volume, i % 13, i / 13 % 9, i / 117, (double)(random >> 25) - 60);
            }
            CHECK_OK(trb_itk_median_planes(volume, radius, 0, 7, whole->voxels, err));
            for (size_t i = 0; i < 13 * 9 * 7; i++)
                CHECK_CLOSE(slow_median(volume, radius, i % 13, i / 13 % 9, i / 117),
                            trb_volume_get(whole, i % 13, i / 13 % 9, i / 117), 0);
            double planes[2 * 117];
            CHECK_OK(trb_itk_median_planes(volume, radius, 3, 5, planes, err)); /* however the planes are cut */
            assert_memory_equal(trb_volume_row(whole, 0, 3), planes, 2 * 117 * trb_type_bytes(type));
            trb_error error = {TRB_OK, ""};
            assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_median_planes(volume, 0, 0, 7, planes, &error));
            assert_int_equal(TRB_ERR_ARGUMENT, trb_itk_median_planes(volume, 1, 3, 8, planes, &error));
            trb_volume_destroy(volume);
            trb_volume_destroy(whole);
        }
}

static void threads_may_share_a_volume(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    uint8_t *one = malloc(6 * 40000), *many = malloc(6 * 40000);
    CHECK_OK(trb_itk_median_planes(bone, 1, 50, 56, one, err));
    int failed = 0;
#pragma omp parallel for num_threads(5) schedule(dynamic, 1) reduction(+ : failed)
    for (int z = 0; z < 6; z++)
        failed += trb_itk_median_planes(bone, 1, (size_t)(50 + z), (size_t)(51 + z), many + z * 40000, NULL) != TRB_OK;
    assert_int_equal(0, failed);
    assert_memory_equal(one, many, 6 * 40000);
    free(one);
    free(many);
}

/* The oracle must be right itself: small cases by hand. */
static void the_oracle_is_right_on_small_cases(void **state)
{
    (void)state;
    /* A 5 x 4 x 3 block with one clear voxel at (1, 1, 1): squared distances by the definition. */
    uint8_t mask[60];
    float squares[60];
    memset(mask, 1, sizeof mask);
    mask[20 + 5 + 1] = 0;
    oracle_itk_distance_squared(mask, 5, 4, 3, squares);
    for (int i = 0; i < 60; i++) {
        const int dx = i % 5 - 1, dy = i / 5 % 4 - 1, dz = i / 20 - 1;
        CHECK_CLOSE(dx * dx + dy * dy + dz * dz, squares[i], 0);
    }
    /* Two voxels that touch at a corner. */
    uint8_t pair[27] = {0};
    uint32_t labels[27];
    pair[0] = pair[13] = 1;
    assert_int_equal(2, oracle_itk_components(pair, 3, 3, 3, 6, NULL));
    assert_int_equal(1, oracle_itk_components(pair, 3, 3, 3, 26, labels));
    assert_int_equal(1, labels[0]);
    assert_int_equal(1, labels[13]);
    assert_int_equal(0, labels[1]);
    /* An impulse at a corner of the image: edges repeated, so it counts once more. */
    static const float taps[3] = {0.25f, 0.5f, 0.25f};
    float in[27] = {0}, out[27];
    in[0] = 64;
    oracle_itk_convolve(in, 3, 3, 3, taps, 1, out);
    CHECK_CLOSE(64 * 0.75 * 0.75 * 0.75, out[0], 0);
    CHECK_CLOSE(64 * 0.25 * 0.25 * 0.75, out[1 + 3], 0);
    CHECK_CLOSE(0, out[26], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_humps_are_separated),
        cmocka_unit_test(isodata_on_real_bone_meets_its_definition),
        cmocka_unit_test(li_on_real_bone_is_a_fixed_point),
        cmocka_unit_test(a_threshold_moves_with_the_grey_scale),
        cmocka_unit_test(empty_bins_around_do_not_matter),
        cmocka_unit_test(counts_beyond_32_bits_give_the_same),
        cmocka_unit_test(sixteen_bits_give_the_same_within_a_pool),
        cmocka_unit_test(odd_histograms_end_in_an_answer_or_a_reason),
        cmocka_unit_test(one_grey_value_or_a_wrong_name_is_refused),
        cmocka_unit_test(the_median_agrees_with_sorting),
        cmocka_unit_test(threads_may_share_a_volume),
        cmocka_unit_test(the_oracle_is_right_on_small_cases),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
