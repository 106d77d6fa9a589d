/* test_multi_otsu.c - Otsu for several classes, and every named rule, against slow formulas and ITK itself. */
#include "support/itk_thresholds.h"
#include "support/testing.h"

#include "trabecula/threshold.h"

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    return *state >> 33;
}

/* Between-class variance, but for what no border changes: sum over classes of S^2 / n. -1 when a class is empty. */
static double gain(const uint64_t *counts, size_t bins, const size_t *bound, int classes)
{
    double sum = 0;
    for (int c = 0; c < classes; c++) {
        const size_t from = c ? bound[c - 1] : 0, to = c < classes - 1 ? bound[c] : bins;
        double n = 0, s = 0;
        for (size_t k = from; k < to; k++) {
            n += (double)counts[k];
            s += (double)counts[k] * (double)k;
        }
        if (n == 0)
            return -1;
        sum += s * s / n;
    }
    return sum;
}

static double best_of_all(const uint64_t *counts, size_t bins, size_t *bound, int depth, int classes,
                          size_t from)
{
    if (depth == classes - 1)
        return gain(counts, bins, bound, classes);
    double best = -1;
    for (size_t t = from; t < bins; t++) {
        bound[depth] = t;
        best = fmax(best, best_of_all(counts, bins, bound, depth + 1, classes, t + 1));
    }
    return best;
}

static void borders_of(const uint64_t *counts, size_t bins, int classes, size_t *bound)
{
    uint64_t copy[512];
    double thresholds[TRB_MULTI_OTSU_MAX];
    memcpy(copy, counts, bins * sizeof *copy);
    const trb_histogram h = {0, 1, bins, copy, 0};
    CHECK_OK(trb_multi_otsu(&h, classes, thresholds, err));
    for (int i = 0; i < classes - 1; i++) {
        assert_true(thresholds[i] == floor(thresholds[i]) && thresholds[i] >= 1 &&
                    thresholds[i] < (double)bins);
        assert_true(i == 0 || thresholds[i] > thresholds[i - 1]);
        bound[i] = (size_t)thresholds[i];
    }
}

static void no_other_borders_are_better(void **state)
{
    (void)state;
    uint64_t seed = 3, counts[20];
    size_t mine[8], other[8];
    int tried = 0;
    for (int round = 0; round < 400; round++) {
        const size_t bins = 5 + next_random(&seed) % 12;
        const int classes = 2 + (int)(next_random(&seed) % 4);
        int occupied = 0;
        for (size_t k = 0; k < bins; k++) {
            counts[k] = next_random(&seed) % 3 ? next_random(&seed) % 100 : 0;
            occupied += counts[k] > 0;
        }
        if (occupied < classes)
            continue;
        borders_of(counts, bins, classes, mine);
        const double best = best_of_all(counts, bins, other, 0, classes, 1);
        CHECK_RELATIVE(best, gain(counts, bins, mine, classes), 1e-12);
        for (int i = 0; i < classes - 1;
             i++) /* the smallest bound that parts them so: the bin below is occupied */
            assert_true(counts[mine[i] - 1] > 0);
        tried++;
    }
    assert_true(tried > 300);
}

static void bone_histogram(uint64_t *counts)
{
    const trb_volume *bone = testing_bone();
    memset(counts, 0, 256 * sizeof *counts);
    for (size_t i = 0; i < trb_grid_voxels(&bone->grid); i++)
        counts[((const uint8_t *)bone->voxels)[i]]++;
}

/* Three and four classes of the real bone: ITK tries all borders. */
static void the_real_bone_has_the_borders_of_itk(void **state)
{
    (void)state;
    uint64_t counts[256];
    bone_histogram(counts);
    for (int classes = 2; classes <= 4; classes++) {
        size_t mine[8], last[8];
        borders_of(counts, 256, classes, mine);
        oracle_itk_multi_otsu(counts, 256, classes, last);
        for (int i = 0; i < classes - 1; i++)
            assert_int_equal(last[i] + 1, mine[i]);
    }
}

static void two_classes_are_otsu(void **state)
{
    (void)state;
    uint64_t counts[256];
    size_t bound;
    double otsu;
    bone_histogram(counts);
    borders_of(counts, 256, 2, &bound);
    const trb_histogram h = {0, 1, 256, counts, 0};
    CHECK_OK(trb_otsu(&h, &otsu, err));
    CHECK_CLOSE(otsu, (double)bound, 0);
}

static void borders_are_bin_edges_in_grey_and_errors_say_why(void **state)
{
    (void)state;
    uint64_t counts[8] = {5, 0, 0, 7, 0, 0, 0, 2};
    double t[8];
    trb_histogram h = {-2, 0.25, 8, counts, 0};
    CHECK_OK(trb_multi_otsu(&h, 3, t, err));
    CHECK_CLOSE(-2 + 1 * 0.25, t[0], 0);
    CHECK_CLOSE(-2 + 4 * 0.25, t[1], 0);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_DATA, trb_multi_otsu(&h, 4, t, &error));
    assert_non_null(strstr(error.text, "at least 4 different grey values"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_multi_otsu(&h, 1, t, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_multi_otsu(&h, 9, t, &error));
}

/* ---- the named rules */

static const char *const RULES[] = {"li",  "triangle", "isodata", "maxentropy", "huang",     "moments",
                                    "yen", "kittler",  "renyi",   "shanbhag",   "intermodes"};
enum { N_RULES = sizeof RULES / sizeof *RULES };

static double named(const char *rule, uint64_t *counts, size_t bins)
{
    double threshold = NAN;
    const trb_histogram h = {0, 1, bins, counts, 0};
    CHECK_OK(trb_histogram_threshold(&h, rule, &threshold, err));
    return threshold;
}

/* Two humps on a floor: every rule has an answer. Bin 0 and the last bin are occupied, so that ITK sees the same. */
static void two_humps(uint64_t *counts, double at, double width)
{
    for (int k = 0; k < 256; k++)
        counts[k] = 3 + (uint64_t)(9000 * exp(-0.5 * pow((k - 60) / 14.0, 2)) +
                                   4000 * exp(-0.5 * pow((k - at) / width, 2)));
}

static void every_rule_is_that_of_itk(void **state)
{
    (void)state;
    uint64_t counts[256];
    for (int i = 0; i < N_RULES; i++) {
        bone_histogram(counts);
        if (strcmp(RULES[i], "intermodes") != 0) /* its long tail has no second hump */
            CHECK_CLOSE((double)oracle_itk_threshold(RULES[i], counts, 256) + 1, named(RULES[i], counts, 256),
                        0);
        for (int k = 0; k < 3; k++) {
            two_humps(counts, 150 + 20 * k, 12 + 6 * k);
            CHECK_CLOSE((double)oracle_itk_threshold(RULES[i], counts, 256) + 1, named(RULES[i], counts, 256),
                        0);
        }
    }
}

/* Kapur, Sahoo & Wong 1985: the sum of the entropies of both classes is largest. */
static double entropy(const uint64_t *counts, int from, int to)
{
    double n = 0, h = 0;
    for (int k = from; k < to; k++)
        n += (double)counts[k];
    for (int k = from; k < to; k++)
        h -= counts[k] ? (double)counts[k] / n * log((double)counts[k] / n) : 0;
    return h;
}

static void max_entropy_is_the_largest_entropy(void **state)
{
    (void)state;
    uint64_t counts[256];
    two_humps(counts, 170, 15);
    int best = 1;
    for (int t = 1; t < 256; t++)
        if (entropy(counts, 0, t) + entropy(counts, t, 256) >
            entropy(counts, 0, best) + entropy(counts, best, 256))
            best = t;
    CHECK_CLOSE(best, named("maxentropy", counts, 256), 0);
}

/* Kittler & Illingworth 1986: their criterion is least; ITK walks there from the mean. */
static double illingworth(const uint64_t *counts, int t)
{
    double j = 1;
    for (int side = 0; side < 2; side++) {
        double n = 0, s = 0, q = 0, all = 0;
        for (int k = 0; k < 256; k++) {
            all += (double)counts[k];
            if ((k >= t) == side) {
                n += (double)counts[k];
                s += (double)counts[k] * k;
                q += (double)counts[k] * k * k;
            }
        }
        const double p = n / all, variance = q / n - s / n * (s / n);
        j += 2 * (p * log(sqrt(variance)) - p * log(p));
    }
    return j;
}

static void kittler_illingworth_is_a_least_error(void **state)
{
    (void)state;
    uint64_t counts[256];
    two_humps(counts, 170, 15);
    const int t = (int)named("kittler", counts, 256);
    int best = 10;
    for (int k = 10; k < 245; k++)
        best = illingworth(counts, k) < illingworth(counts, best) ? k : best;
    CHECK_CLOSE(best, t, 2); /* the iteration stops within two bins of the minimum */
}

/* Ridler & Calvard 1978: the first grey value that is not below the middle of the means of those up to it and those
 * above it; it is the last of the lower class. */
static double middle_of_means(const uint64_t *counts, int last)
{
    double n[2] = {0, 0}, s[2] = {0, 0};
    for (int k = 0; k < 256; k++) {
        n[k > last] += (double)counts[k];
        s[k > last] += (double)counts[k] * k;
    }
    return (s[0] / n[0] + s[1] / n[1]) / 2;
}

static void isodata_lies_between_the_means(void **state)
{
    (void)state;
    uint64_t counts[256];
    for (int i = 0; i < 5; i++) {
        two_humps(counts, 130 + 20 * i, 15);
        int last = 0;
        while (last < middle_of_means(counts, last))
            last++;
        CHECK_CLOSE(last + 1, named("isodata", counts, 256), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_other_borders_are_better),
        cmocka_unit_test(the_real_bone_has_the_borders_of_itk),
        cmocka_unit_test(two_classes_are_otsu),
        cmocka_unit_test(borders_are_bin_edges_in_grey_and_errors_say_why),
        cmocka_unit_test(every_rule_is_that_of_itk),
        cmocka_unit_test(max_entropy_is_the_largest_entropy),
        cmocka_unit_test(kittler_illingworth_is_a_least_error),
        cmocka_unit_test(isodata_lies_between_the_means),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
