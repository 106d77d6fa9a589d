/*
 * test_analyze.c - the whole path on real bone: settings in, record out, against testdata/lhdl-3155.expected.json.
 * The reference values were made by slow programs written for that purpose (lhdl-3155.expected.md).
 */
#include "support/testing.h"

#include "trabecula/morphometry.h"
#include "trabecula/version.h"

struct setting {
    const char *key, *text;
};

static trb_record *analyze(const struct setting *set)
{
    trb_settings settings = trb_settings_default();
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "19.5um", err));
    for (; set->key; set++)
        CHECK_OK(trb_settings_set(&settings, set->key, set->text, err));
    trb_record *record = NULL;
    CHECK_OK(trb_analyze(testing_bone(), NULL, &settings, false, NULL, &record, NULL, err));
    return record;
}

static double value(const trb_record *record, const char *key)
{
    const trb_metric *metric = trb_record_metric(record, key);
    if (!metric)
        fail_msg("no metric %s", key);
    return metric->value;
}

/* Expected number of a case by path. */
static double expected(const char *name, const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "cases|%s|%s", name, path);
    return testing_number(testing_expected(), full);
}

static void check_volumes(const trb_record *record, const char *name)
{
    CHECK_RELATIVE(expected(name, "volume|tv_mm3"), value(record, "TV"), 1e-9);
    CHECK_RELATIVE(expected(name, "volume|bv_mm3"), value(record, "BV"), 1e-9);
    CHECK_RELATIVE(100 * expected(name, "volume|bv_tv"), value(record, "BV/TV"), 1e-9);
}

static void check_thickness(const trb_record *record, const char *name, const char *rule, double tolerance)
{
    static const char *const phase[][2] = {{"Tb.Th", "tb_th"}, {"Tb.Sp", "tb_sp"}};
    for (int i = 0; i < 2; i++) {
        char key[32], path[64];
        static const char *const parts[][2] = {{"", "mean_mm"}, {".SD", "sd_mm"}, {".max", "max_mm"}};
        for (int p = 0; p < 3; p++) {
            snprintf(key, sizeof key, "%s%s", phase[i][0], parts[p][0]);
            snprintf(path, sizeof path, "%s|%s|%s", phase[i][1], rule, parts[p][1]);
            CHECK_RELATIVE(expected(name, path), value(record, key), tolerance);
        }
    }
}

#define RAW {"filter", "none"}, {"threshold", "64grey"}
#define ELLIPSE {"voi", "cylinder:100,100,80,60,20:180"}
#define END {NULL, NULL}

static void the_command_of_the_readme_gives_its_numbers(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){RAW, {"thickness", "exact"}, END});
    CHECK_CLOSE(59.319, value(record, "TV"), 5e-7);
    CHECK_CLOSE(22.780, value(record, "BV/TV"), 5e-4);
    CHECK_CLOSE(0.236070, value(record, "Tb.Th"), 5e-7);
    CHECK_CLOSE(0.702587, value(record, "Tb.Sp"), 5e-7);
    check_volumes(record, "case1_raw_gt63");
    check_thickness(record, "case1_raw_gt63", "exact", 1e-9);
    CHECK_RELATIVE(expected("case1_raw_gt63", "tb_n|ipl_direct|tb_n_per_mm"), value(record, "Tb.N"), 1e-9);
    CHECK_RELATIVE(expected("case1_raw_gt63", "tb_n|ipl_direct|tb_1n_sd_mm"), value(record, "Tb.1/N.SD"), 1e-9);
    CHECK_RELATIVE(expected("case1_raw_gt63", "tb_n|ratio_bvtv_over_tbth_per_mm|exact"), value(record, "Tb.N.ratio"), 1e-9);
    CHECK_RELATIVE(expected("case1_raw_gt63", "tb_n|plate_per_mm|crofton13"), value(record, "Tb.N.plate"), 1e-6);
    CHECK_RELATIVE(expected("case1_raw_gt63", "surface|crofton|bs13_density_mm2"), value(record, "BS"), 1e-6);
    trb_record_destroy(record);
}

static void every_rule_meets_the_reference_inside_an_irregular_voi(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *name;
        double tolerance;
    } rules[] = {{"exact", "exact", 1e-9}, {"exact-closed", "exact_closed", 1e-9}, {"fiji", "fiji", 1e-5},
                 {"ipl", "ipl_v3", 1e-9},  {"ipl-v1", "ipl_v1", 1e-9}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        trb_record *record = analyze((struct setting[]){RAW, ELLIPSE, {"thickness", rules[i].rule}, {"tbn", "ratio"}, END});
        check_volumes(record, "case3_raw_gt63_in_ellipse");
        check_thickness(record, "case3_raw_gt63_in_ellipse", rules[i].name, rules[i].tolerance);
        trb_record_destroy(record);
    }
    trb_record *record = analyze((struct setting[]){RAW, ELLIPSE, {"thickness", "exact"}, {"ball-centres", "voi"}, {"tbn", "direct"}, END});
    check_thickness(record, "case3_raw_gt63_in_ellipse", "exact_centres_in_voi", 1e-9);
    CHECK_RELATIVE(expected("case3_raw_gt63_in_ellipse", "tb_n|ipl_direct|tb_n_per_mm"), value(record, "Tb.N"), 1e-9);
    trb_record_destroy(record);
}

static void otsu_after_the_gaussian_finds_the_reference_threshold(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"thickness", "exact"}, END}); /* all other defaults */
    CHECK_CLOSE(83, record->threshold.grey, 0);
    check_volumes(record, "case2f_gauss_float_otsu");
    check_thickness(record, "case2f_gauss_float_otsu", "exact", 1e-9);
    trb_record_destroy(record);
}

static void the_scanco_profile_is_the_ipl_rules_with_the_truncated_gaussian(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"profile", "scanco"}, END});
    CHECK_CLOSE(82, record->threshold.grey, 0);
    check_volumes(record, "case2t_gauss_truncated_otsu");
    check_thickness(record, "case2t_gauss_truncated_otsu", "ipl_v3", 1e-9);
    CHECK_RELATIVE(expected("case2t_gauss_truncated_otsu", "tb_n|ipl_direct|tb_n_per_mm"), value(record, "Tb.N"), 1e-9);
    CHECK_RELATIVE(expected("case2t_gauss_truncated_otsu", "surface|marching_cubes_binary|lewiner|weighted_mm2"),
                   value(record, "BS"), 1e-6);
    trb_record_destroy(record);
}

static void the_bonej_profile_is_the_fiji_rule_with_the_ratio(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"profile", "bonej"}, ELLIPSE, {"threshold", "83grey"}, END});
    const char *name = "case3_gauss_float_otsu_in_ellipse";
    check_volumes(record, name);
    check_thickness(record, name, "fiji", 1e-5);
    CHECK_RELATIVE(expected(name, "tb_n|ratio_bvtv_over_tbth_per_mm|fiji"), value(record, "Tb.N"), 1e-5);
    CHECK_RELATIVE(expected(name, "surface|marching_cubes_binary|lorensen|weighted_mm2"), value(record, "BS"), 1e-6);
    trb_record_destroy(record);
}

static void every_surface_meets_the_reference(void **state)
{
    (void)state;
    static const struct {
        const char *rule, *path;
        double tolerance;
    } rules[] = {{"mc", "surface|marching_cubes_binary|lewiner|weighted_mm2", 1e-6},
                 {"mc-lorensen", "surface|marching_cubes_binary|lorensen|weighted_mm2", 1e-6},
                 {"crofton13", "surface|crofton|bs13_density_mm2", 1e-6},
                 {"crofton3", "surface|crofton|bs3_density_mm2", 1e-6},
                 {"grey", "surface|marching_cubes_grey|weighted_mm2", 1e-3}};
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
        const struct setting surface = {"surface", rules[i].rule}, only = {"metrics", "TV,BV,BS,BS/BV,BS/TV,Tb.N.plate"};
        trb_record *record = analyze((struct setting[]){RAW, surface, only, END});
        CHECK_RELATIVE(expected("case1_raw_gt63", rules[i].path), value(record, "BS"), rules[i].tolerance);
        CHECK_RELATIVE(value(record, "BS") / value(record, "BV"), value(record, "BS/BV"), 1e-12);
        trb_record_destroy(record);
        record = analyze((struct setting[]){RAW, ELLIPSE, surface, only, END});
        CHECK_RELATIVE(expected("case3_raw_gt63_in_ellipse", rules[i].path), value(record, "BS"), rules[i].tolerance);
        trb_record_destroy(record);
    }
}

static void density_follows_the_calibration(void **state)
{
    (void)state;
    const char *name = "case3_raw_gt63_in_ellipse";
    trb_record *record = analyze((struct setting[]){RAW, ELLIPSE, {"calibration", "slope=4.5,intercept=-120.25"},
                                                    {"metrics", "TV,BMD,TMD,TMD.peel1,BMC,Grey.TV,Grey.BV,Grey.Ma"}, END});
    CHECK_RELATIVE(expected(name, "grey|mean_tv"), value(record, "Grey.TV"), 1e-9);
    CHECK_RELATIVE(expected(name, "grey|mean_bone"), value(record, "Grey.BV"), 1e-9);
    CHECK_RELATIVE(expected(name, "grey|mean_marrow"), value(record, "Grey.Ma"), 1e-9);
    CHECK_RELATIVE(4.5 * expected(name, "grey|mean_tv") - 120.25, value(record, "BMD"), 1e-9);
    CHECK_RELATIVE(4.5 * expected(name, "grey|mean_bone") - 120.25, value(record, "TMD"), 1e-9);
    CHECK_RELATIVE(4.5 * expected(name, "grey|mean_bone_eroded6") - 120.25, value(record, "TMD.peel1"), 1e-9);
    CHECK_RELATIVE(value(record, "BMD") * value(record, "TV") / 1000, value(record, "BMC"), 1e-12);
    trb_record_destroy(record);
    record = analyze((struct setting[]){RAW, {"metrics", "BMD,TMD"}, END});
    assert_true(isnan(value(record, "BMD")));
    assert_non_null(strstr(trb_record_metric(record, "BMD")->reason, "--calibration"));
    trb_record_destroy(record);
}

static void a_threshold_in_density_is_the_same_as_its_grey_value(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"filter", "none"}, {"calibration", "slope=4.5,intercept=-120"},
                                                    {"threshold", "168mgHA"}, {"metrics", "BV"}, END});
    CHECK_CLOSE(64, record->threshold.grey, 1e-9);
    CHECK_CLOSE(168, record->threshold.calibrated, 1e-9);
    CHECK_RELATIVE(expected("case1_raw_gt63", "volume|bv_mm3"), value(record, "BV"), 1e-9);
    trb_record_destroy(record);
}

/* Everything in the record but the times and the number of threads. */
static char *comparable(const trb_record *record)
{
    char *text = NULL;
    CHECK_OK(trb_record_to_json(record, &text, err));
    json_t *root = json_loads(text, 0, NULL);
    free(text);
    assert_non_null(root);
    json_object_del(root, "timings_s");
    json_object_del(root, "threads");
    json_object_del(root, "peak_memory_bytes");
    text = json_dumps(root, JSON_REAL_PRECISION(17));
    json_decref(root);
    return text;
}

static void the_record_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    static const int threads[] = {1, 2, 5};
    char *first = NULL;
    const int before = trb_threads();
    for (int i = 0; i < 3; i++) {
        trb_threads_set(threads[i]);
        trb_record *record = analyze((struct setting[]){ELLIPSE, {"surface", "grey"}, {"thickness", i < 0 ? "ipl" : "fiji"}, END});
        char *text = comparable(record);
        if (first)
            assert_string_equal(first, text);
        else
            first = strdup(text);
        free(text);
        trb_record_destroy(record);
    }
    trb_threads_set(before);
    free(first);
}

static void the_metrics_do_not_change_when_the_image_is_mirrored(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    trb_volume *mirrored = NULL;
    CHECK_OK(trb_volume_create(&bone->grid, TRB_U8, &mirrored, err));
    for (size_t z = 0; z < 200; z++)
        for (size_t y = 0; y < 200; y++)
            for (size_t x = 0; x < 200; x++)
                ((uint8_t *)mirrored->voxels)[(z * 200 + y) * 200 + x] =
                    ((const uint8_t *)bone->voxels)[((199 - z) * 200 + y) * 200 + 199 - x];
    trb_settings settings = trb_settings_default();
    CHECK_OK(trb_settings_set(&settings, "tbn", "ratio", err)); /* the ipl rule depends on its sweep's direction */
    trb_record *a = NULL, *b = NULL;
    CHECK_OK(trb_analyze(bone, NULL, &settings, false, NULL, &a, NULL, err));
    CHECK_OK(trb_analyze(mirrored, NULL, &settings, false, NULL, &b, NULL, err));
    for (size_t i = 0; i < a->n_metrics; i++)
        if (!isnan(a->metrics[i].value)) {
            /* which diagonal cuts a polygon that is not flat depends on the direction, and with it the mean normals */
            const bool mesh = strncmp(a->metrics[i].method, "mesh normals", 12) == 0;
            /* of equally near surface points the first counts, and in the mirror that is another */
            const bool first = strstr(a->metrics[i].method, "subvoxel") != NULL;
            CHECK_RELATIVE(a->metrics[i].value, b->metrics[i].value, mesh ? 1e-3 : first ? 3e-4 : 1e-12);
        }
    trb_record_destroy(a);
    trb_record_destroy(b);
    trb_volume_destroy(mirrored);
}

static void lengths_scale_with_the_voxel(void **state)
{
    (void)state;
    trb_record *a = analyze((struct setting[]){RAW, {"tbn", "ratio"}, END});
    trb_record *b = analyze((struct setting[]){RAW, {"tbn", "ratio"}, {"voxel-size", "39um"}, END});
    CHECK_RELATIVE(2 * value(a, "Tb.Th"), value(b, "Tb.Th"), 1e-12);
    CHECK_RELATIVE(8 * value(a, "TV"), value(b, "TV"), 1e-12);
    CHECK_RELATIVE(4 * value(a, "BS"), value(b, "BS"), 1e-12);
    CHECK_RELATIVE(value(a, "Tb.N") / 2, value(b, "Tb.N"), 1e-12);
    CHECK_RELATIVE(value(a, "BV/TV"), value(b, "BV/TV"), 1e-12);
    trb_record_destroy(a);
    trb_record_destroy(b);
}

static void nothing_to_measure_gives_reasons_and_never_zero(void **state)
{
    (void)state;
    trb_record *record = analyze((struct setting[]){{"filter", "none"}, {"threshold", "255.5grey"}, END});
    CHECK_CLOSE(0, value(record, "BV/TV"), 0);
    assert_true(isnan(value(record, "Tb.Th")));
    assert_string_equal("no bone in the VOI", trb_record_metric(record, "Tb.Th")->reason);
    assert_true(isnan(value(record, "Tb.Sp"))); /* marrow without any bone: infinite */
    assert_true(trb_record_metric(record, "Tb.Sp")->reason[0] != 0);
    assert_true(record->n_warnings >= 1);
    char *text = NULL;
    CHECK_OK(trb_record_to_json(record, &text, err));
    assert_null(strstr(text, "nan"));
    free(text);
    trb_record_destroy(record);

    record = analyze((struct setting[]){RAW, {"voi", "cylinder:100.5,100.5,0.2,0.2,20:180"}, END});
    for (size_t i = 0; i < record->n_metrics; i++) {
        assert_true(isnan(record->metrics[i].value));
        assert_true(record->metrics[i].reason[0] != 0);
    }
    trb_record_destroy(record);
}

static void voxels_that_are_not_cubes_are_refused_or_resampled(void **state)
{
    (void)state;
    trb_settings settings = trb_settings_default();
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "19.5um,19.5um,25um", err));
    CHECK_OK(trb_settings_set(&settings, "tbn", "ratio", err));
    trb_record *record = NULL;
    trb_error refused = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_analyze(testing_bone(), NULL, &settings, false, NULL, &record, NULL, &refused));
    assert_non_null(strstr(refused.text, "--resample isotropic"));
    CHECK_OK(trb_settings_set(&settings, "resample", "isotropic", err));
    CHECK_OK(trb_analyze(testing_bone(), NULL, &settings, false, NULL, &record, NULL, err));
    assert_int_equal(256, record->grid.nz); /* 200 * 25 / 19.5 = 256.4 */
    CHECK_CLOSE(0.0195, record->grid.spacing_mm[2], 1e-15);
    trb_record_destroy(record);
}

static void settings_survive_the_way_through_text(void **state)
{
    (void)state;
    trb_settings a = trb_settings_default();
    static const struct setting given[] = {{"profile", "scanco"}, {"voxel-size", "0.0195mm,0.0195mm,0.02mm"}, {"threshold", "475permille"},
                                           {"filter", "gaussian:1.25,2"}, {"crop", "1:20,2:30,3:40"}, {"despeckle", "12"},
                                           {"surface", "grey"}, {"voi", "box:0:9,0:9,0:9"}, {"invert", "true"}, END};
    for (const struct setting *s = given; s->key; s++)
        CHECK_OK(trb_settings_set(&a, s->key, s->text, err));
    trb_settings b = trb_settings_default();
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    char text[1100], again[1100];
    for (size_t i = 0; i < rows; i++)
        if (trb_settings_text(&a, table[i].key, text, sizeof text)[0])
            CHECK_OK(trb_settings_set(&b, table[i].key, text, err));
    for (size_t i = 0; i < rows; i++)
        assert_string_equal(trb_settings_text(&a, table[i].key, text, sizeof text),
                            trb_settings_text(&b, table[i].key, again, sizeof again));
    assert_string_equal("ipl", trb_settings_text(&b, "thickness", text, sizeof text));
    CHECK_CLOSE(0.0195, b.voxel_size_mm[0], 0);
}

static void a_setting_that_does_not_parse_is_refused(void **state)
{
    (void)state;
    static const struct setting bad[] = {
        {"voxel-size", "19.5"}, {"voxel-size", "12abc"}, {"voxel-size", "-1um"}, {"voxel-size", "0um"}, {"voxel-size", "1um,2um"},
        {"filter", "gaussian"}, {"filter", "gaussian:0,1"}, {"filter", "gaussian:0.8,0"}, {"filter", "gaussian:0.8,1x"}, {"filter", "median:"},
        {"threshold", "ostu"}, {"threshold", "64groy"}, {"threshold", "nan"}, {"threshold", ""}, {"slices", "5:5"}, {"slices", "5"},
        {"crop", "0:1,0:1"}, {"crop", "0:1,0:1,0:1,"}, {"despeckle", "-3"}, {"despeckle", "3.5"}, {"thickness", "best"}, {"nonsense", "1"},
        {"invert", "maybe"}, END};
    for (const struct setting *s = bad; s->key; s++) {
        trb_settings settings = trb_settings_default(), before = settings;
        trb_error err = {TRB_OK, ""};
        if (trb_settings_set(&settings, s->key, s->text, &err) != TRB_ERR_ARGUMENT)
            fail_msg("%s=%s was accepted", s->key, s->text);
        assert_true(err.text[0] != 0);
        settings.chosen = before.chosen;
        assert_memory_equal(&before, &settings, sizeof before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(settings_survive_the_way_through_text),
        cmocka_unit_test(a_setting_that_does_not_parse_is_refused),
        cmocka_unit_test(the_command_of_the_readme_gives_its_numbers),
        cmocka_unit_test(every_rule_meets_the_reference_inside_an_irregular_voi),
        cmocka_unit_test(otsu_after_the_gaussian_finds_the_reference_threshold),
        cmocka_unit_test(the_scanco_profile_is_the_ipl_rules_with_the_truncated_gaussian),
        cmocka_unit_test(the_bonej_profile_is_the_fiji_rule_with_the_ratio),
        cmocka_unit_test(every_surface_meets_the_reference),
        cmocka_unit_test(density_follows_the_calibration),
        cmocka_unit_test(a_threshold_in_density_is_the_same_as_its_grey_value),
        cmocka_unit_test(the_record_has_the_same_bits_for_any_number_of_threads),
        cmocka_unit_test(the_metrics_do_not_change_when_the_image_is_mirrored),
        cmocka_unit_test(lengths_scale_with_the_voxel),
        cmocka_unit_test(nothing_to_measure_gives_reasons_and_never_zero),
        cmocka_unit_test(voxels_that_are_not_cubes_are_refused_or_resampled),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
