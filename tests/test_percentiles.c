/* test_percentiles.c - percentiles of thickness: counts whose percentiles are known, plates, and what the record keeps. */
#include "support/testing.h"

#include "record/run.h"

/* Percentile p of the values themselves, laid out one by one and sorted: the definition. */
static double laid_out(const double *value, const uint64_t *count, size_t n, double percent)
{
    double all[4096];
    size_t total = 0;
    for (size_t i = 0; i < n; i++)
        for (uint64_t k = 0; k < count[i]; k++)
            all[total++] = value[i];
    const size_t rank = (size_t)ceil(percent * (double)total / 100);
    return all[rank > 0 ? rank - 1 : 0];
}

static void exact_counts_give_a_thickness_that_occurs(void **state)
{
    (void)state;
    uint64_t count[] = {0, 3, 0, 0, 7, 10, 0, 0, 1, 0, 0, 79};
    const size_t n = sizeof count / sizeof *count;
    double as_r2[16], as_diameter[16];
    for (size_t c = 0; c < n; c++) {
        as_r2[c] = 2 * sqrt((double)c);
        as_diameter[c] = (double)c;
    }
    const trb_thickness exact = {.rule = TRB_THICKNESS_EXACT, .n_codes = n, .code_count = count};
    const trb_thickness ipl = {.rule = TRB_THICKNESS_IPL, .n_codes = n, .code_count = count};
    for (int p = 1; p <= 100; p++) {
        CHECK_CLOSE(laid_out(as_r2, count, n, p), trb_run_percentile_vox(&exact, p), 0);
        CHECK_CLOSE(laid_out(as_diameter, count, n, p), trb_run_percentile_vox(&ipl, p), 0);
    }
    CHECK_CLOSE(2, trb_run_percentile_vox(&exact, 3), 0); /* 3 of 100 voxels: reached, not passed */
    CHECK_CLOSE(4, trb_run_percentile_vox(&exact, 3.01), 0);
}

static void bins_rise_evenly(void **state)
{
    (void)state;
    uint64_t bins[] = {0, 0, 0, 0, 50, 0, 50}; /* from 2 to 2.5 and from 3 to 3.5 voxels */
    const trb_thickness fiji = {.rule = TRB_THICKNESS_FIJI, .n_bins = 7, .bin_count = bins};
    CHECK_CLOSE(2.05, trb_run_percentile_vox(&fiji, 5), 1e-12);
    CHECK_CLOSE(2.25, trb_run_percentile_vox(&fiji, 25), 1e-12);
    CHECK_CLOSE(2.5, trb_run_percentile_vox(&fiji, 50), 1e-12);
    CHECK_CLOSE(3.4, trb_run_percentile_vox(&fiji, 90), 1e-12);
    const trb_thickness nothing = {.rule = TRB_THICKNESS_EXACT};
    assert_true(isnan(trb_run_percentile_vox(&nothing, 50)));
}

/* Plates of 3 and 8 layers, 7 and 10 apart: open balls give 4 and 8, the marrow 8 and 10. */
static trb_volume *plates(void)
{
    static const int BONE[32] = {[2] = 1, [3] = 1, [4] = 1, [12] = 1, [13] = 1, [14] = 1, [15] = 1,
                                 [16] = 1, [17] = 1, [18] = 1, [19] = 1, [30] = 1, [31] = 1};
    const trb_grid grid = {12, 12, 32, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (size_t i = 0; i < 12 * 12 * 32; i++)
        ((uint8_t *)volume->voxels)[i] = BONE[i / 144] ? 200 : 10;
    return volume;
}

static trb_record *analyze(const trb_volume *volume, const char *rule, const char *metrics)
{
    trb_settings settings = trb_settings_default();
    trb_record *record = NULL;
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "10um", err));
    CHECK_OK(trb_settings_set(&settings, "filter", "none", err));
    CHECK_OK(trb_settings_set(&settings, "threshold", "100grey", err));
    CHECK_OK(trb_settings_set(&settings, "voi", "box:0:12,0:12,2:30", err));
    CHECK_OK(trb_settings_set(&settings, "metrics", metrics, err));
    CHECK_OK(trb_settings_set(&settings, "thickness", rule, err));
    CHECK_OK(trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, err));
    return record;
}

static double value(const trb_record *record, const char *key)
{
    const trb_metric *metric = trb_record_metric(record, key);
    assert_non_null(metric);
    return metric->value;
}

static void plates_of_two_kinds_have_their_percentiles_in_record_and_json(void **state)
{
    (void)state;
    trb_volume *volume = plates();
    trb_record *record = analyze(volume, "exact", "Tb.Th.p10,Tb.Th.median,Tb.Th.p90,Tb.Sp.p10,Tb.Sp.median,Tb.Sp.p90");
    CHECK_RELATIVE(0.04, value(record, "Tb.Th.p10"), 1e-12); /* 3 layers of 11 are thin */
    CHECK_RELATIVE(0.08, value(record, "Tb.Th.median"), 1e-12);
    CHECK_RELATIVE(0.08, value(record, "Tb.Th.p90"), 1e-12);
    CHECK_RELATIVE(0.08, value(record, "Tb.Sp.p10"), 1e-12); /* 7 of 17 are narrow */
    CHECK_RELATIVE(0.10, value(record, "Tb.Sp.median"), 1e-12);
    assert_string_equal(trb_record_metric(record, "Tb.Th.median")->method, "exact");
    assert_int_equal(record->n_distributions, 2);
    const trb_distribution *d = &record->distributions[0];
    assert_string_equal(d->key, "Tb.Th");
    CHECK_RELATIVE(0.04, d->percentile[2], 1e-12); /* p25 */
    CHECK_RELATIVE(0.08, d->percentile[3], 1e-12);
    char *text = NULL;
    CHECK_OK(trb_record_to_json(record, &text, err));
    json_t *root = json_loads(text, 0, NULL);
    CHECK_RELATIVE(0.04, testing_number(root, "distributions|Tb.Th|percentiles|p25"), 1e-12);
    CHECK_RELATIVE(0.10, testing_number(root, "distributions|Tb.Sp|percentiles|p95"), 1e-12);
    assert_true(strncmp(json_string_value(testing_at(root, "distributions|Tb.Sp|percentiles|method")), "exact", 5) == 0);
    json_decref(root);
    free(text);
    trb_record_destroy(record);

    record = analyze(volume, "fiji", "Tb.Th.median,Tb.Th");
    assert_string_equal(trb_record_metric(record, "Tb.Th.median")->method, "fiji, from bins");
    assert_non_null(strstr(record->distributions[0].percentile_method, "bins"));
    trb_record_destroy(record);

    record = analyze(volume, "ipl", "Tb.Th.median,Tb.Th");
    assert_string_equal(trb_record_metric(record, "Tb.Th.median")->method, "ipl, centres in VOI");
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void no_bone_has_a_reason(void **state)
{
    (void)state;
    const trb_grid grid = {8, 8, 8, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    memset(volume->voxels, 10, 512);
    trb_settings settings = trb_settings_default();
    trb_record *record = NULL;
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "10um", err));
    CHECK_OK(trb_settings_set(&settings, "threshold", "100grey", err));
    CHECK_OK(trb_settings_set(&settings, "metrics", "Tb.Th.median", err));
    CHECK_OK(trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, err));
    assert_true(isnan(value(record, "Tb.Th.median")));
    assert_string_equal(trb_record_metric(record, "Tb.Th.median")->reason, "no bone in the VOI");
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(exact_counts_give_a_thickness_that_occurs),
        cmocka_unit_test(bins_rise_evenly),
        cmocka_unit_test(plates_of_two_kinds_have_their_percentiles_in_record_and_json),
        cmocka_unit_test(no_bone_has_a_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
