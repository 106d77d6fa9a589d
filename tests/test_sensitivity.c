/*
 * test_sensitivity.c - the settings of segmentation as text, what they resolve to on the real bone, and the metrics with the
 * threshold moved: each must be what an analysis with that threshold gives.
 */
#include "support/testing.h"

#include "trabecula/morphometry.h"
#include "trabecula/version.h"

struct setting {
    const char *key, *text;
};
#define END                                                                                                  \
    {                                                                                                        \
        NULL, NULL                                                                                           \
    }

static trb_settings settings_of(const struct setting *set)
{
    trb_settings settings = trb_settings_default();
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "19.5um", err));
    for (; set->key; set++)
        CHECK_OK(trb_settings_set(&settings, set->key, set->text, err));
    return settings;
}

/* A part of the bone: many analyses are made here. */
static const trb_volume *piece(void)
{
    static trb_volume *volume = NULL;
    const trb_box box = {{60, 60, 60}, {150, 140, 130}};
    if (!volume)
        CHECK_OK(trb_volume_crop(testing_bone(), &box, &volume, err));
    return volume;
}

static trb_record *analyze(const struct setting *set)
{
    const trb_settings settings = settings_of(set);
    trb_record *record = NULL;
    CHECK_OK(trb_analyze(piece(), NULL, &settings, false, NULL, &record, NULL, err));
    return record;
}

/* ---- text */

static void every_text_is_read_and_written_alike(void **state)
{
    (void)state;
    static const char *const texts[][3] = {
        {"threshold", "multi-otsu:3", "multi-otsu:3,2"},
        {"threshold", "multi-otsu:4,1", "multi-otsu:4,1"},
        {"threshold", "hysteresis:300,450mgHA", "hysteresis:300mgHA/cm3,450mgHA/cm3"},
        {"threshold", "hysteresis:60.5,450HU", "hysteresis:60.5HU,450HU"},
        {"threshold", "hysteresis:60grey,450HU", "hysteresis:60grey,450HU"},
        {"threshold", "hysteresis:0.3,0.5 1/cm", "hysteresis:0.3 1/cm,0.5 1/cm"},
        {"threshold", "adaptive:mean,R=6vox", "adaptive:mean,R=6vox"},
        {"threshold", "adaptive:minmax,hi=450mgHA,R=120um,lo=190mgHA,offset=-5",
         "adaptive:minmax,R=0.12mm,offset=-5grey,lo=190mgHA/cm3,hi=450mgHA/cm3"},
        {"threshold", "0.5 1/cm", "0.5 1/cm"},
        {"threshold", "max-entropy", "maxentropy"},
        {"threshold", "renyi-entropy", "renyi"},
        {"threshold", "kittler-illingworth", "kittler"},
        {"filter", "laplace-hamming:0.45,0.3", "laplace-hamming:0.45,0.3"},
        {"filter", "gaussian-truncated:1.5,3", "gaussian-truncated:1.5,3"},
        {"sensitivity", "10%,5%", "5%,10%"},
        {"sensitivity", "2.5%", "2.5%"},
        {"sensitivity", "", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        trb_settings settings = trb_settings_default();
        char buffer[1100], again[1100];
        CHECK_OK(trb_settings_set(&settings, texts[i][0], texts[i][1], err));
        assert_string_equal(texts[i][2], trb_settings_text(&settings, texts[i][0], buffer, sizeof buffer));
        CHECK_OK(trb_settings_set(&settings, texts[i][0], buffer, err)); /* a record sets the same again */
        assert_string_equal(buffer, trb_settings_text(&settings, texts[i][0], again, sizeof again));
    }
}

static void bad_text_is_refused_and_the_setting_stays(void **state)
{
    (void)state;
    static const char *const bad[][3] = {
        {"threshold", "nonsense", "otsu, multi-otsu"},
        {"threshold", "hysteresis", "hysteresis:LOW,HIGH"},
        {"threshold", "hysteresis:5", "two thresholds"},
        {"threshold", "hysteresis:5,6,7", "two thresholds"},
        {"threshold", "hysteresis:7,6", "above the high one"},
        {"threshold", "hysteresis:5,6lightyears", "is no unit"},
        {"threshold", "multi-otsu:1", "2 to 8 classes"},
        {"threshold", "multi-otsu:3,3", "2 to 8 classes"},
        {"threshold", "multi-otsu:3x", "2 to 8 classes"},
        {"threshold", "adaptive:mean", "needs a radius"},
        {"threshold", "adaptive:median,R=3vox", "mean or minmax"},
        {"threshold", "adaptive:mean,R=3", "radius such as"},
        {"threshold", "adaptive:mean,R=0.5vox", "radius such as"},
        {"threshold", "adaptive:mean,R=3vox,R=4vox", "each once"},
        {"threshold", "adaptive:mean,R=3vox,lo=4,lo=4", "each once"},
        {"threshold", "adaptive:mean,R=3vox,low=4", "R=6vox"},
        {"threshold", "adaptive:mean,R=3vox,lo=", "number"},
        {"filter", "laplace-hamming:1,0.3", "laplace-hamming:EPSILON"},
        {"filter", "laplace-hamming:0.3", "median:R"},
        {"filter", "median:33", "median:R"},
        {"sensitivity", "5", "such as 5%,10%"},
        {"sensitivity", "0%", "such as"},
        {"sensitivity", "100%", "such as"},
        {"sensitivity", "5%,", "such as"},
        {"sensitivity", "5%,5%", "such as"},
        {"sensitivity", "1%,2%,3%,4%,5%,6%,7%,8%,9%", "at most 8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        trb_settings settings = trb_settings_default();
        trb_error error = {TRB_OK, ""};
        char before[1100], after[1100];
        trb_settings_text(&settings, bad[i][0], before, sizeof before);
        if (trb_settings_set(&settings, bad[i][0], bad[i][1], &error) != TRB_ERR_ARGUMENT)
            fail_msg("%s %s was taken", bad[i][0], bad[i][1]);
        if (!strstr(error.text, bad[i][2]))
            fail_msg("%s %s: the message '%s' does not say '%s'", bad[i][0], bad[i][1], error.text,
                     bad[i][2]);
        assert_string_equal(before, trb_settings_text(&settings, bad[i][0], after, sizeof after));
    }
}

/* ---- what they resolve to */

static double bv(const struct setting *set)
{
    trb_record *record = analyze(set);
    const double value = trb_record_metric(record, "BV/TV")->value;
    trb_record_destroy(record);
    return value;
}

static void levels_in_density_are_levels_in_grey(void **state)
{
    (void)state;
    /* density = 2 grey - 50: 60, 100 grey are 70, 150 mgHA/cm3; an offset of 10 mgHA/cm3 is 5 grey */
    const struct setting grey[] = {{"metrics", "BV/TV"}, {"threshold", "hysteresis:60,100"}, END};
    const struct setting density[] = {{"metrics", "BV/TV"},
                                      {"calibration", "slope=2,intercept=-50"},
                                      {"threshold", "hysteresis:70,150mgHA"},
                                      END};
    CHECK_CLOSE(bv(grey), bv(density), 0);
    const struct setting local_grey[] = {
        {"metrics", "BV/TV"}, {"threshold", "adaptive:mean,R=4vox,lo=60,hi=100,offset=5"}, END};
    const struct setting local_density[] = {
        {"metrics", "BV/TV"},
        {"calibration", "slope=2,intercept=-50"},
        {"threshold", "adaptive:mean,R=0.078mm,lo=70mgHA,hi=150mgHA,offset=10mgHA"},
        END};
    CHECK_CLOSE(bv(local_grey), bv(local_density), 0);
    const struct setting none[] = {
        {"metrics", "BV/TV"}, {"threshold", "adaptive:mean,R=4vox,lo=60,hi=100"}, END};
    assert_true(bv(none) > bv(local_grey)); /* the offset takes bone away */
}

static void the_record_says_what_was_resolved(void **state)
{
    (void)state;
    char *json = NULL;
    trb_record *record = analyze((struct setting[]){
        {"metrics", "BV/TV"}, {"threshold", "adaptive:minmax,R=0.117mm,lo=40,hi=120"}, END});
    assert_true(record->threshold.local && isnan(record->threshold.grey));
    assert_string_equal(
        "adaptive: (min + max) / 2 of a ball of radius 6 voxels, not below 40 grey, not above 120 grey",
        record->threshold.method);
    assert_non_null(strstr(record->methods_text, "by a local threshold (adaptive: (min + max) / 2"));
    assert_int_equal(0, record->n_warnings);
    CHECK_OK(trb_record_to_json(record, &json, err));
    json_t *root = json_loads(json, 0, NULL);
    assert_true(json_is_null(testing_at(root, "threshold|grey")));
    CHECK_CLOSE(6, testing_number(root, "threshold|radius_vox"), 1e-12);
    CHECK_CLOSE(120, testing_number(root, "threshold|highest_grey"), 0);
    assert_null(json_object_get(root, "sensitivity"));
    json_decref(root);
    free(json);
    trb_record_destroy(record);

    record = analyze((struct setting[]){{"metrics", "BV/TV"}, {"threshold", "adaptive:mean,R=4vox"}, END});
    assert_int_equal(1, record->n_warnings);
    assert_non_null(strstr(record->warnings[0], "no lower bound"));
    trb_record_destroy(record);

    record = analyze((struct setting[]){{"metrics", "BV/TV"}, {"threshold", "hysteresis:60,100"}, END});
    CHECK_CLOSE(60, record->threshold.grey, 0);
    CHECK_CLOSE(100, record->threshold.seed_grey, 0);
    assert_string_equal("hysteresis: low 60 grey, seeds from 100 grey, 26-connected",
                        record->threshold.method);
    trb_record_destroy(record);

    record = analyze((struct setting[]){{"metrics", "BV/TV"}, {"filter", "laplace-hamming:0,0.4"}, END});
    assert_non_null(
        strstr(record->methods_text, "Laplace-Hamming filter (epsilon 0, cut-off 0.4 cycles per voxel)"));
    trb_record_destroy(record);
}

static void a_grey_surface_needs_one_threshold(void **state)
{
    (void)state;
    const trb_settings settings =
        settings_of((struct setting[]){{"surface", "grey"}, {"threshold", "adaptive:mean,R=4vox"}, END});
    trb_error error = {TRB_OK, ""};
    trb_record *record = NULL;
    assert_int_equal(TRB_ERR_UNSUPPORTED,
                     trb_analyze(piece(), NULL, &settings, false, NULL, &record, NULL, &error));
    assert_non_null(strstr(error.text, "--surface crofton13"));
    assert_null(record);
}

/* ---- sensitivity */

/* Row k must have the metrics of an analysis with these settings, to the bit. */
static void check_row(const trb_record *record, size_t k, const struct setting *set)
{
    trb_record *other = analyze(set);
    assert_int_equal(record->n_metrics, other->n_metrics);
    for (size_t i = 0; i < record->n_metrics; i++) {
        const double a = record->sensitivity[k].values[i], b = other->metrics[i].value;
        const bool grey = strstr(record->metrics[i].info->key, ".grey") != NULL; /* which a local threshold does not have */
        if (a != b && !(isnan(a) && isnan(b)) && !(grey && record->threshold.local))
            fail_msg("%s at %g %%: %.17g, alone %.17g", record->metrics[i].info->key,
                     record->sensitivity[k].shift_percent, a, b);
        if (isfinite(a) && record->metrics[i].value != 0)
            CHECK_CLOSE(100 * (b - record->metrics[i].value) / fabs(record->metrics[i].value), trb_record_change(record, k, i),
                        1e-9); /* an Euler number below 0 that rises rises */
    }
    trb_record_destroy(other);
}

#define VOI                                                                                                  \
    {                                                                                                        \
        "voi", "box:10:80,10:70,8:60"                                                                        \
    }

static void a_moved_threshold_gives_what_that_threshold_gives(void **state)
{
    (void)state;
    trb_record *record =
        analyze((struct setting[]){VOI, {"threshold", "80grey"}, {"sensitivity", "10%,25%"}, END});
    static const double shifts[] = {-25, -10, 10, 25};
    static const char *const alone[] = {"60grey", "72grey", "88grey", "100grey"};
    assert_int_equal(4, record->n_sensitivity);
    for (size_t k = 0; k < 4; k++) {
        CHECK_CLOSE(shifts[k], record->sensitivity[k].shift_percent, 0);
        CHECK_CLOSE(atof(alone[k]), record->sensitivity[k].grey, 1e-12);
        check_row(record, k, (struct setting[]){VOI, {"threshold", alone[k]}, END});
    }
    /* the result itself is that without sensitivity */
    trb_record *plain = analyze((struct setting[]){VOI, {"threshold", "80grey"}, END});
    for (size_t i = 0; i < plain->n_metrics; i++)
        if (isfinite(plain->metrics[i].value))
            CHECK_CLOSE(plain->metrics[i].value, record->metrics[i].value, 0);
    trb_record_destroy(plain);
    for (size_t i = 0; i < record->n_metrics; i++) {
        const char *key = record->metrics[i].info->key;
        const bool fixed = strcmp(key, "TV") == 0 || strcmp(key, "Grey.TV") == 0 || strcmp(key, "BMD") == 0;
        if (fixed || strcmp(key, "BV") == 0)
            assert_int_equal(!fixed, trb_record_moves(record, i));
    }
    trb_record_destroy(record);
}

/* 80 grey are 110 mgHA/cm3 here; 10 % of that more are 121, which are 85.5 grey. */
static void with_a_calibration_the_density_moves(void **state)
{
    (void)state;
#define CAL {"calibration", "slope=2,intercept=-50"}
    trb_record *record =
        analyze((struct setting[]){VOI, CAL, {"threshold", "80grey"}, {"sensitivity", "10%"}, END});
    CHECK_CLOSE(85.5, record->sensitivity[1].grey, 1e-12);
    CHECK_CLOSE(121, record->sensitivity[1].calibrated, 1e-12);
    CHECK_CLOSE(99, record->sensitivity[0].calibrated, 1e-12);
    check_row(record, 1, (struct setting[]){VOI, CAL, {"threshold", "121mgHA"}, END});
    check_row(record, 0, (struct setting[]){VOI, CAL, {"threshold", "99mgHA"}, END});
    trb_record_destroy(record);
}

/* density = grey - 100: 80 grey are -20 mgHA/cm3, and 50 % less of that are -30. */
static void below_zero_lower_is_lower(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"metrics", "BV/TV"},
                                                    {"calibration", "slope=1,intercept=-100"},
                                                    {"threshold", "hysteresis:80,90"},
                                                    {"sensitivity", "50%"},
                                                    END});
    CHECK_CLOSE(70, record->sensitivity[0].grey, 1e-12);
    CHECK_CLOSE(85, record->sensitivity[0].seed_grey, 1e-12);
    CHECK_CLOSE(-30, record->sensitivity[0].calibrated, 1e-12);
    CHECK_CLOSE(90, record->sensitivity[1].grey, 1e-12);
    assert_true(trb_record_change(record, 0, 0) > 0 && trb_record_change(record, 1, 0) < 0);
    trb_record_destroy(record);
}

static void all_levels_of_a_threshold_move(void **state)
{
    (void)state;
    trb_record *record =
        analyze((struct setting[]){VOI, {"threshold", "hysteresis:64,96"}, {"sensitivity", "12.5%"}, END});
    check_row(record, 0, (struct setting[]){VOI, {"threshold", "hysteresis:56,84"}, END});
    check_row(record, 1, (struct setting[]){VOI, {"threshold", "hysteresis:72,108"}, END});
    CHECK_CLOSE(108, record->sensitivity[1].seed_grey, 0);
    trb_record_destroy(record);
    /* where the window leaves no choice, a local threshold is a fixed one; SMI is of the mask in both (surface mc),
     * and so is the thickness */
    record = analyze((struct setting[]){
        VOI, {"surface", "mc"}, {"thickness", "exact"}, {"threshold", "adaptive:mean,R=2vox,lo=64,hi=64"}, {"sensitivity", "12.5%"}, END});
    check_row(record, 1, (struct setting[]){VOI, {"surface", "mc"}, {"thickness", "exact"}, {"threshold", "72grey"}, END});
    trb_record_destroy(record);
    /* and the image of Laplace-Hamming is made once, and used for all */
    record = analyze((struct setting[]){
        VOI, {"filter", "laplace-hamming:0.01,0.4"}, {"threshold", "64grey"}, {"sensitivity", "12.5%"}, END});
    check_row(record, 1,
              (struct setting[]){VOI, {"filter", "laplace-hamming:0.01,0.4"}, {"threshold", "72grey"}, END});
    trb_record_destroy(record);
}

static void what_moves_by_more_than_ten_percent_is_warned_of(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){
        {"metrics", "TV,BV/TV,Tb.Th"}, {"threshold", "80grey"}, {"sensitivity", "2%,20%"}, END});
    const char *low = NULL, *high = NULL;
    assert_int_equal(2, record->n_warnings); /* not one for 2 % */
    for (size_t i = 0; i < 2; i++) {
        low = strstr(record->warnings[i], "20 % lower moves BV/TV +") ? record->warnings[i] : low;
        high = strstr(record->warnings[i], "20 % higher moves BV/TV -") ? record->warnings[i] : high;
    }
    assert_non_null(low);
    assert_non_null(high);
    assert_null(strstr(low, "TV +0"));
    trb_record_destroy(record);
    /* a threshold at the end of the scale leaves nothing to measure */
    record = analyze((struct setting[]){{"metrics", "BV/TV,Tb.Th"},
                                        {"filter", "none"},
                                        {"threshold", "150grey"},
                                        {"sensitivity", "80%"},
                                        END});
    assert_true(isnan(record->sensitivity[1].values[1]));
    high = NULL;
    for (size_t i = 0; i < record->n_warnings; i++)
        high = strstr(record->warnings[i], "some metrics without a value") ? record->warnings[i] : high;
    assert_non_null(high);
    trb_record_destroy(record);
}

static void the_tables_have_every_metric_at_every_shift(void **state)
{
    (void)state;
    char *csv = NULL, *json = NULL;
    trb_record *record = analyze(
        (struct setting[]){{"metrics", "TV,BV/TV"}, {"threshold", "80grey"}, {"sensitivity", "25%"}, END});
    CHECK_OK(trb_record_set_text(&record->sample, "m,7", err));
    CHECK_OK(trb_record_sensitivity_csv(record, &csv, err));
    static const char *const lines[] = {
        "sample,group,metric,unit,shift [%],threshold [grey],threshold [mgHA/cm3],value,change [%]\n",
        "\n\"m,7\",,TV,mm^3,-25,60,,3.737", "\n\"m,7\",,BV/TV,%,0,80,,", "\n\"m,7\",,BV/TV,%,25,100,,"};
    for (size_t i = 0; i < 4; i++)
        if (!strstr(csv, lines[i]))
            fail_msg("the table has no '%s':\n%s", lines[i], csv);
    size_t n = 0;
    for (const char *p = csv; *p; p++)
        n += *p == '\n';
    assert_int_equal(1 + 2 * 3, n);
    CHECK_OK(trb_record_to_json(record, &json, err));
    json_t *root = json_loads(json, 0, NULL);
    const json_t *rows = testing_at(root, "sensitivity|rows");
    assert_int_equal(2, json_array_size(rows));
    assert_string_equal("grey value", json_string_value(testing_at(root, "sensitivity|shift_of")));
    const json_t *row = json_array_get(rows, 0);
    CHECK_CLOSE(record->sensitivity[0].values[1], testing_number(row, "metrics|BV/TV|value"), 0);
    CHECK_CLOSE(trb_record_change(record, 0, 1), testing_number(row, "metrics|BV/TV|change_percent"), 0);
    json_decref(root);
    free(json);
    free(csv);
    trb_record_destroy(record);
}

static bool stop_in_the_middle(void *user, const char *stage, double done)
{
    double *last = user;
    assert_true(done >= *last - 1e-12 && done <= 1); /* never backwards */
    *last = done;
    return done < 0.5 || strncmp(stage, "sensitivity", 11) != 0;
}

static void progress_goes_on_and_can_be_stopped(void **state)
{
    (void)state;
    double last = 0;
    const trb_progress progress = {.report = stop_in_the_middle, .user = &last};
    const trb_settings settings = settings_of((struct setting[]){VOI, {"sensitivity", "5%"}, END});
    trb_record *record = NULL;
    assert_int_equal(TRB_ERR_CANCELLED,
                     trb_analyze(piece(), NULL, &settings, false, &progress, &record, NULL, NULL));
    assert_null(record);
    assert_true(last >= 0.5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_text_is_read_and_written_alike),
        cmocka_unit_test(bad_text_is_refused_and_the_setting_stays),
        cmocka_unit_test(levels_in_density_are_levels_in_grey),
        cmocka_unit_test(the_record_says_what_was_resolved),
        cmocka_unit_test(a_grey_surface_needs_one_threshold),
        cmocka_unit_test(a_moved_threshold_gives_what_that_threshold_gives),
        cmocka_unit_test(with_a_calibration_the_density_moves),
        cmocka_unit_test(below_zero_lower_is_lower),
        cmocka_unit_test(all_levels_of_a_threshold_move),
        cmocka_unit_test(what_moves_by_more_than_ten_percent_is_warned_of),
        cmocka_unit_test(the_tables_have_every_metric_at_every_shift),
        cmocka_unit_test(progress_goes_on_and_can_be_stopped),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    trb_volume_destroy((trb_volume *)(uintptr_t)piece());
    return failed;
}
