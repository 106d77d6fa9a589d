/* test_distributions.c - bins on common grids, means of groups by hand, tables that are refused. */
#include "support/testing.h"

#include "study/compare_parts.h"
#include "study/distribution_grid.h"
#include "study/document_read.h"

/* ---- grids */

static trb_scan_distribution bins(double *from, double *to, double *count, size_t n, const char *unit)
{
    trb_scan_distribution d = {.sample = "s", .metric = "Tb.Th", .unit = unit, .n = n, .from = from, .to = to, .count = count};
    for (size_t i = 0; i < n; i++) {
        d.total += count[i];
        d.widest = fmax(d.widest, to[i] - from[i]);
    }
    return d;
}

static void halves_of_voxels_are_joined_and_nothing_is_assumed(void **state)
{
    (void)state;
    double from[] = {0, 0.005, 0.010, 0.015, 0.020}, to[] = {0.005, 0.010, 0.015, 0.020, 0.025}, count[] = {0, 1, 2, 3, 4};
    const trb_scan_distribution d = bins(from, to, count, 5, "mm"), *list[] = {&d};
    trb_bin_grid grid;
    CHECK_OK(trb_bin_grid_make(list, 1, &grid, err));
    CHECK_CLOSE(0, grid.start, 0);
    CHECK_CLOSE(0.010, grid.width, 1e-15);
    assert_int_equal(grid.n, 4); /* the last is empty */
    assert_false(grid.evened);
    double share[4] = {0};
    trb_bin_grid_add(&grid, &d, 100, share);
    CHECK_CLOSE(10, share[0], 1e-12);
    CHECK_CLOSE(50, share[1], 1e-12);
    CHECK_CLOSE(40, share[2], 1e-12);
    CHECK_CLOSE(0, share[3], 0);
}

static void other_voxels_share_by_overlap_and_lose_nothing(void **state)
{
    (void)state;
    double from_a[] = {0, 0.3, 0.6}, to_a[] = {0.3, 0.6, 0.9}, count_a[] = {0, 30, 60};
    double from_b[] = {0, 0.4, 0.8}, to_b[] = {0.4, 0.8, 1.2}, count_b[] = {1, 1, 2};
    const trb_scan_distribution a = bins(from_a, to_a, count_a, 3, "grey"), b = bins(from_b, to_b, count_b, 3, "grey"), *list[] = {&a, &b};
    trb_bin_grid grid;
    CHECK_OK(trb_bin_grid_make(list, 2, &grid, err));
    assert_true(grid.evened);
    CHECK_CLOSE(-0.4, grid.start, 1e-12); /* an empty one at both ends */
    CHECK_CLOSE(0.4, grid.width, 1e-12);
    assert_int_equal(grid.n, 5);
    double share[5] = {0};
    trb_bin_grid_add(&grid, &a, 90, share);
    CHECK_CLOSE(0, share[0], 0);
    CHECK_CLOSE(10, share[1], 1e-9); /* a third of the bin from 0.3 to 0.6 */
    CHECK_CLOSE(20 + 40, share[2], 1e-9);
    CHECK_CLOSE(20, share[3], 1e-9);
    double other[5] = {0};
    trb_bin_grid_add(&grid, &b, 1, other);
    CHECK_CLOSE(0.25, other[1], 1e-12);
    CHECK_CLOSE(0.25, other[2], 1e-12);
    CHECK_CLOSE(0.5, other[3], 1e-12);
}

/* Any bins on any grid: shares add up to the weight, and their mean moves by less than a width. */
static void random_bins_keep_their_mass_and_mean(void **state)
{
    (void)state;
    uint64_t seed = 7;
    for (int round = 0; round < 200; round++) {
        double from[40], to[40], count[40], mean = 0, total = 0, sum = 0, moved = 0;
        seed = seed * 6364136223846793005U + 1442695040888963407U;
        const double width = 0.003 + 0.01 * (double)(seed >> 40) / 16777216.0;
        for (int i = 0; i < 40; i++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            from[i] = width * i;
            to[i] = width * (i + 1);
            count[i] = (double)(seed >> 57);
            total += count[i];
            mean += count[i] * (from[i] + to[i]) / 2;
        }
        double wide_from[] = {0, 0.013}, wide_to[] = {0.013, 0.026}, wide_count[] = {1, 1};
        const trb_scan_distribution d = bins(from, to, count, 40, "mm"), w = bins(wide_from, wide_to, wide_count, 2, "mm"), *list[] = {&d, &w};
        trb_bin_grid grid;
        CHECK_OK(trb_bin_grid_make(list, 2, &grid, err));
        double *share = calloc(grid.n, sizeof *share);
        trb_bin_grid_add(&grid, &d, 100, share);
        for (size_t k = 0; k < grid.n; k++) {
            sum += share[k];
            moved += share[k] / 100 * (grid.start + ((double)k + 0.5) * grid.width);
        }
        CHECK_CLOSE(100, sum, 1e-9);
        CHECK_CLOSE(mean / total, moved, grid.width / 2);
        free(share);
    }
}

static void far_lengths_have_two_voxels_a_bin(void **state)
{
    (void)state;
    double from[130], to[130], count[130];
    for (int i = 0; i < 130; i++) {
        from[i] = 0.01 * i;
        to[i] = 0.01 * (i + 1);
        count[i] = 1;
    }
    for (size_t n = 64; n <= 66; n += 2) { /* 32 and 33 voxels of 0.02 */
        const trb_scan_distribution d = bins(from, to, count, n, "mm"), *list[] = {&d};
        trb_bin_grid grid;
        CHECK_OK(trb_bin_grid_make(list, 1, &grid, err));
        CHECK_CLOSE(n == 64 ? 0.02 : 0.04, grid.width, 1e-9);
    }
}

/* ---- groups */

static const char *file(const char *name, const char *text)
{
    static char path[8][512];
    static int at;
    char *to = path[at++ % 8];
    snprintf(to, 512, "%s/%s", testing_scratch(), name);
    FILE *out = fopen(to, "wb");
    assert_non_null(out);
    fputs(text, out);
    fclose(out);
    return to;
}

/* Animals a (two scans), b, c in Sham; d, e in OVX. */
#define RESULTS "sample,animal,group,Tb.Th [mm]\na1,a,Sham,0.05\na2,a,Sham,0.06\nb1,b,Sham,0.05\nc1,c,Sham,0.07\nd1,d,OVX,0.03\ne1,e,OVX,0.04\n"
#define HEADER "sample,group,metric,unit,bin_from,bin_to,count\n"
#define TWO_BINS(sample, low, high) sample ",x,Tb.Th,mm,0,0.01," low "\n" sample ",x,Tb.Th,mm,0.01,0.02,0\n" sample ",x,Tb.Th,mm,0.02,0.03," high "\n"

static trb_comparison *compared(const char *results, const char *exclude, trb_cohort **scans, bool longitudinal)
{
    trb_cohort_options read = trb_cohort_options_default();
    trb_compare_options how = trb_compare_options_default();
    trb_cohort *cohort = NULL;
    trb_comparison *comparison = NULL;
    read.exclude = &exclude;
    read.n_exclude = exclude ? 1 : 0;
    how.longitudinal = longitudinal;
    CHECK_OK(trb_cohort_parse("results.csv", results, strlen(results), &read, &cohort, err));
    read.unit = TRB_COHORT_UNIT_SCAN;
    CHECK_OK(trb_cohort_parse("results.csv", results, strlen(results), &read, scans, err));
    CHECK_OK(trb_compare(cohort, &how, &comparison, err));
    trb_cohort_destroy(cohort);
    return comparison;
}

static const json_t *series(const trb_comparison *comparison, size_t i)
{
    return json_array_get(json_object_get(json_array_get(json_object_get(comparison->document, "distributions"), 0), "series"), i);
}

static double at(const json_t *object, const char *key, size_t i)
{
    return json_number_value(json_array_get(json_object_get(object, key), i));
}

static bool warned(const trb_comparison *comparison, const char *text)
{
    for (size_t i = 0; i < trb_comparison_warnings(comparison); i++)
        if (strstr(trb_comparison_warning(comparison, i), text))
            return true;
    return false;
}

static const char ALL[] = HEADER TWO_BINS("a1", "100", "0") TWO_BINS("a2", "1", "3") TWO_BINS("b1", "1", "1") TWO_BINS("c1", "0", "500")
    TWO_BINS("d1", "9", "1") TWO_BINS("e1", "7", "3") TWO_BINS("z9", "1", "1");

static void scans_are_averaged_to_animals_and_animals_to_groups(void **state)
{
    (void)state;
    const char *path = file("distributions.csv", ALL);
    trb_cohort *scans = NULL;
    trb_comparison *comparison = compared(RESULTS, NULL, &scans, false);
    CHECK_OK(trb_comparison_distributions(comparison, scans, true, false, &path, 1, err));
    const json_t *sham = series(comparison, 0), *ovx = series(comparison, 1);
    assert_string_equal(trb_doc_text(sham, "name"), "Sham");
    assert_int_equal(json_integer_value(json_object_get(sham, "n")), 3);
    /* a: (100 + 25) / 2 = 62.5; b: 50; c: 0 % in the first voxel */
    CHECK_CLOSE((62.5 + 50 + 0) / 3, at(sham, "mean", 0), 1e-12);
    CHECK_CLOSE(100 - 37.5, at(sham, "mean", 1), 1e-12);
    CHECK_CLOSE(sqrt((25.0 * 25 + 12.5 * 12.5 + 37.5 * 37.5) / 2), at(sham, "sd", 0), 1e-12);
    CHECK_CLOSE(80, at(ovx, "mean", 0), 1e-12);
    CHECK_CLOSE(sqrt(200), at(ovx, "sd", 0), 1e-12);
    CHECK_RELATIVE(12.706204736432095 * 10, at(ovx, "ci_half", 0), 1e-9); /* t(0.975, 1) SEM */
    assert_non_null(strstr(trb_doc_text(comparison->document, "methods_text"), "described, not tested"));
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);

    /* An animal that is excluded takes no part here either; rows in another order give the same bits. */
    comparison = compared(RESULTS, "c=lost", &scans, false);
    CHECK_OK(trb_comparison_distributions(comparison, scans, true, false, &path, 1, err));
    assert_int_equal(json_integer_value(json_object_get(series(comparison, 0), "n")), 2);
    CHECK_CLOSE(56.25, at(series(comparison, 0), "mean", 0), 1e-12);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);
    testing_scratch_remove();
}

static void percentiles_are_those_of_the_scans(void **state)
{
    (void)state;
    const char *path = file("distributions.csv", ALL);
    file("percentiles.csv", "sample,group,metric,unit,p5,p10,p25,p50,p75,p90,p95,method\n"
                            "a1,Sham,Tb.Th,mm,1,1,1,1,1,1,1,exact\na2,Sham,Tb.Th,mm,1,1,1,3,1,1,1,exact\nb1,Sham,Tb.Th,mm,1,1,1,5,1,1,1,exact\n"
                            "c1,Sham,Tb.Th,mm,1,1,1,,1,1,1,exact\n");
    trb_cohort *scans = NULL;
    trb_comparison *comparison = compared(RESULTS, NULL, &scans, false);
    CHECK_OK(trb_comparison_distributions(comparison, scans, true, false, &path, 1, err));
    const json_t *rows = json_object_get(json_array_get(json_object_get(comparison->document, "distributions"), 0), "percentiles");
    assert_int_equal(json_array_size(rows), 7); /* OVX has none */
    const json_t *median = json_array_get(rows, 3);
    CHECK_CLOSE(50, trb_doc_number(median, "percentile"), 0);
    CHECK_CLOSE(3.5, trb_doc_number(median, "mean"), 1e-12); /* of (1 + 3) / 2 and 5; c has none */
    CHECK_CLOSE(2, trb_doc_number(median, "n"), 0);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);
    testing_scratch_remove();
}

static void times_have_lines_of_their_own(void **state)
{
    (void)state;
    static const char RESULT[] = "sample,animal,group,week,Tb.Th [mm]\na4,a,Sham,4,0.05\na0,a,Sham,0,0.06\nb0,b,Sham,0,0.05\nb4,b,Sham,4,0.04\n"
                                 "d0,d,OVX,0,0.03\nd4,d,OVX,4,0.05\ne0,e,OVX,0,0.04\ne4,e,OVX,4,0.03\n";
    static const char TABLE[] = HEADER TWO_BINS("a0", "1", "0") TWO_BINS("a4", "1", "1") TWO_BINS("b0", "1", "0") TWO_BINS("b4", "0", "1")
        TWO_BINS("d0", "1", "0") TWO_BINS("d4", "1", "0") TWO_BINS("e0", "0", "1") TWO_BINS("e4", "0", "1");
    const char *path = file("distributions.csv", TABLE);
    trb_cohort *scans = NULL;
    trb_comparison *comparison = compared(RESULT, NULL, &scans, true);
    CHECK_OK(trb_comparison_distributions(comparison, scans, true, false, &path, 1, err));
    assert_string_equal(trb_doc_text(series(comparison, 0), "time"), "0");
    assert_string_equal(trb_doc_text(series(comparison, 1), "time"), "4");
    assert_string_equal(trb_doc_text(series(comparison, 1), "group"), "Sham");
    CHECK_CLOSE(100, at(series(comparison, 0), "mean", 0), 1e-12);
    CHECK_CLOSE(25, at(series(comparison, 1), "mean", 0), 1e-12);
    assert_int_equal(json_integer_value(json_object_get(series(comparison, 1), "n")), 2);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);
    testing_scratch_remove();
}

static void doubts_are_told(void **state)
{
    (void)state;
    static const char MIXED[] = HEADER TWO_BINS("a1", "1", "0") TWO_BINS("b1", "1", "1") "d1,x,Tb.Th,mm,0,0.02,1\nd1,x,Tb.Th,mm,0.02,0.04,1\n"
                                       "a1,x,TMD,grey,1,2,1\nb1,x,TMD,mgHA/cm3,1,2,1\n";
    const char *path = file("distributions.csv", MIXED);
    trb_cohort *scans = NULL;
    trb_comparison *comparison = compared(RESULTS, NULL, &scans, false);
    CHECK_OK(trb_comparison_distributions(comparison, scans, true, false, &path, 1, err));
    assert_true(warned(comparison, "3 of 6 scans have no distribution of Tb.Th (a2, ...)"));
    assert_true(warned(comparison, "different voxels"));
    assert_true(warned(comparison, "TMD are in grey (a1) and in mgHA/cm3 (b1): they are not averaged"));
    assert_int_equal(json_array_size(json_object_get(comparison->document, "distributions")), 1);
    trb_comparison_destroy(comparison);
    trb_cohort_destroy(scans);
    testing_scratch_remove();
}

static void other_tables_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *message;
        trb_status status;
    } cases[] = {
        {"sample,metric,unit,from,to,n\na1,Tb.Th,mm,0,1,1\n", "has no column bin_from", TRB_ERR_FORMAT},
        {HEADER "a1,x,Tb.Th,mm,0,0.01,many\n", "row 2, column 7 (count): 'many' is no number", TRB_ERR_FORMAT},
        {HEADER "a1,x,Tb.Th,mm,0,0.01,1\na1,x,Tb.Th,mm,0.005,0.02,1\n", "row 3 (a1, Tb.Th): the bin begins before", TRB_ERR_DATA},
        {HEADER "a1,x,Tb.Th,mm,0.01,0.01,1\n", "bin_to must be greater", TRB_ERR_DATA},
        {HEADER "a1,x,Tb.Th,mm,0,0.01,-1\n", "negative", TRB_ERR_DATA},
        {HEADER "a1,x,Tb.Th,mm,0,0.01,1\na1,x,Tb.Th,um,0.01,0.02,1\n", "the unit is another", TRB_ERR_DATA},
        {HEADER TWO_BINS("a1", "1", "1") TWO_BINS("b1", "1", "1") TWO_BINS("a1", "1", "1"), "row 8: Tb.Th of a1 stands in", TRB_ERR_DATA},
        {HEADER TWO_BINS("other", "1", "1"), "no distribution of a scan of the cohort", TRB_ERR_DATA},
        {HEADER "a1,x,Tb.Th,mm,0,0.000001,1\na1,x,Tb.Th,mm,1,1.000001,1\n", "too many", TRB_ERR_DATA},
        {HEADER TWO_BINS("a1", "0", "0"), "no distribution of a scan of the cohort", TRB_ERR_DATA},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *path = file("distributions.csv", cases[i].text);
        trb_cohort *scans = NULL;
        trb_comparison *comparison = compared(RESULTS, NULL, &scans, false);
        trb_error err = {TRB_OK, ""};
        assert_int_equal(cases[i].status, trb_comparison_distributions(comparison, scans, true, false, &path, 1, &err));
        if (!strstr(err.text, cases[i].message))
            fail_msg("'%s' does not say '%s'", err.text, cases[i].message);
        assert_null(json_object_get(comparison->document, "distributions"));
        trb_comparison_destroy(comparison);
        trb_cohort_destroy(scans);
    }
    testing_scratch_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halves_of_voxels_are_joined_and_nothing_is_assumed),
        cmocka_unit_test(other_voxels_share_by_overlap_and_lose_nothing),
        cmocka_unit_test(random_bins_keep_their_mass_and_mean),
        cmocka_unit_test(far_lengths_have_two_voxels_a_bin),
        cmocka_unit_test(scans_are_averaged_to_animals_and_animals_to_groups),
        cmocka_unit_test(percentiles_are_those_of_the_scans),
        cmocka_unit_test(times_have_lines_of_their_own),
        cmocka_unit_test(doubts_are_told),
        cmocka_unit_test(other_tables_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
