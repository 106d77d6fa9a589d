/* test_cortical_run.c - --region cortical from grey values to the record: which metrics, which values, which warnings. */
#include "support/testing.h"

#include "trabecula/morphometry.h"

#include <omp.h>

#define N 100
#define NZ 12
static const double PI = 3.14159265358979323846;
static const char VOI[] = "cylinder:50,50,40,40,0:12;minus:cylinder:50,50,28,28,0:12";

/* Bone of 200 in a tube of 40 and 28 voxels, 50 around it and inside, four canals of 3 x 3 pixels, a gap in slices below `gap`. */
static trb_volume *tube(size_t gap)
{
    const trb_grid grid = {N, N, NZ, {0.01, 0.01, 0.01}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (size_t z = 0; z < NZ; z++)
        for (size_t y = 0; y < N; y++)
            for (size_t x = 0; x < N; x++) {
                const double dx = (double)x - 50, dy = (double)y - 50, r2 = dx * dx + dy * dy;
                const bool canal = (fabs(fabs(dx) - 34) <= 1 && fabs(dy) <= 1) || (fabs(fabs(dy) - 34) <= 1 && fabs(dx) <= 1);
                const bool slit = z < gap && dx > 0 && dy > 5 && dy < 9;
                ((uint8_t *)volume->voxels)[(z * N + y) * N + x] = r2 <= 1600 && r2 > 784 && !canal && !slit ? 200 : 50;
            }
    return volume;
}

static trb_status analyze(const trb_volume *volume, const char *const (*set)[2], trb_record **record, trb_products *products, trb_error *error)
{
    trb_settings settings = trb_settings_default();
    trb_status status = TRB_OK;
    CHECK_OK(trb_settings_set(&settings, "filter", "none", err));
    CHECK_OK(trb_settings_set(&settings, "region", "cortical", err));
    CHECK_OK(trb_settings_set(&settings, "voi", VOI, err));
    for (; !status && (*set)[0]; set++)
        CHECK_OK(trb_settings_set(&settings, (*set)[0], (*set)[1], err));
    return trb_analyze(volume, NULL, &settings, false, NULL, record, products, error);
}

static double value(const trb_record *record, const char *key)
{
    const trb_metric *metric = trb_record_metric(record, key);
    if (!metric)
        fail_msg("no %s in the record", key);
    return metric->value;
}

static bool warned(const trb_record *record, const char *words)
{
    for (size_t i = 0; i < record->n_warnings; i++)
        if (strstr(record->warnings[i], words))
            return true;
    return false;
}

static void a_tube_is_measured_with_its_densities_and_pores(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"calibration", "slope=2,intercept=-100"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_products products;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, &products, &err), TRB_OK);
    const double area = value(record, "Ct.Ar"), pores = 4 * 9 * 1e-4;
    CHECK_RELATIVE(PI * (0.16 - 0.0784), area, 5e-3);
    CHECK_RELATIVE(area - pores, value(record, "Ct.B.Ar"), 1e-12);
    CHECK_RELATIVE(area * 0.12, value(record, "Ct.TV"), 1e-12);
    CHECK_RELATIVE((area - pores) * 0.12, value(record, "Ct.BV"), 1e-12);
    CHECK_RELATIVE(100 * pores / area, value(record, "Ct.Po"), 1e-12);
    CHECK_RELATIVE(100 * pores / area, value(record, "Ct.Po(cl)"), 1e-12);
    CHECK_CLOSE(4, value(record, "Ct.Po.N"), 0);
    CHECK_RELATIVE(4 / (area * 0.12), value(record, "Ct.Po.Dn"), 1e-12);
    CHECK_RELATIVE(9 * 12 * 1e-6, value(record, "Ct.Po.V"), 1e-12);
    CHECK_CLOSE(0.03, value(record, "Ct.Po.Dm"), 0.0101); /* a square of 3: the ball of 4 by the rule's bias */
    CHECK_RELATIVE(300, value(record, "Ct.TMD"), 1e-12);
    CHECK_RELATIVE(300, value(record, "Ct.TMD.peel1"), 1e-12);
    CHECK_RELATIVE(200, value(record, "Ct.Grey.BV"), 1e-12);
    CHECK_RELATIVE(200 - 150 * pores / area, value(record, "Ct.Grey.TV"), 1e-12);
    CHECK_RELATIVE(300 * (1 - pores / area), value(record, "Ct.vBMD"), 1e-12); /* the voids have density 0 */
    CHECK_RELATIVE(300 * (1 - pores / area) * area * 0.12 / 1000, value(record, "Ct.BMC"), 1e-12);
    CHECK_CLOSE(0.12, value(record, "Ct.Th"), 0.0101);
    CHECK_RELATIVE(0.12, value(record, "Ct.Th.model"), 0.01);
    CHECK_RELATIVE(value(record, "Imax") + value(record, "Imin"), value(record, "J"), 1e-12);
    CHECK_CLOSE(12, value(record, "Ct.Sl.N"), 0);
    assert_true(isnan(value(record, "Imax.angle"))); /* four canals at right angles: round */
    assert_string_equal(trb_record_metric(record, "Ct.Th")->method, "exact");
    /* Otsu of the cortex alone would have split noise; of all inside the contour it parts bone from marrow */
    assert_string_equal(record->threshold.method, "otsu inside the periosteal contour");
    assert_int_equal(products.cortical.n, 12);
    assert_true(record->n_distributions == 1 && strcmp(record->distributions[0].key, "Ct.Th") == 0);
    assert_non_null(strstr(record->methods_text, "The region was cortical"));
    assert_non_null(strstr(record->methods_text, "Ct.vBMD is the mean over Ct.TV"));
    assert_null(strstr(record->methods_text, "Tb.Th"));
    trb_products_clear(&products);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

/* Bone of two greys: a rule that looked at cortex alone would part one from the other. */
static void a_rule_for_the_threshold_parts_bone_from_marrow(void **state)
{
    (void)state;
    static const char *const set[][2] = {{NULL, NULL}};
    trb_volume *volume = tube(0);
    uint8_t *grey = volume->voxels;
    for (size_t i = 0; i < N * N * NZ; i++)
        if (grey[i] == 200 && i % 2)
            grey[i] = 170;
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, NULL, &err), TRB_OK);
    CHECK_CLOSE(value(record, "Ct.Ar") - 4 * 9 * 1e-4, value(record, "Ct.B.Ar"), 1e-12);
    assert_true(record->threshold.grey < 170);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

/* Bars that turn from 170 over 180, which is 0, to 14 degrees: the mean axis is near 2, and not near 92. */
static void axes_are_averaged_as_axes(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"voi", "cylinder:50,50,45,45,0:12"}, {"threshold", "100grey"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    for (size_t z = 0; z < NZ; z++) {
        const double turn = (170 + 24 * (double)z / (NZ - 1)) * PI / 180;
        for (size_t y = 0; y < N; y++)
            for (size_t x = 0; x < N; x++) {
                const double u = ((double)x - 50) * cos(turn) + ((double)y - 50) * sin(turn), v = ((double)y - 50) * cos(turn) - ((double)x - 50) * sin(turn);
                ((uint8_t *)volume->voxels)[(z * N + y) * N + x] = fabs(u) < 40 && fabs(v) < 15 ? 200 : 50;
            }
    }
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, NULL, &err), TRB_OK);
    CHECK_CLOSE(2, value(record, "Imax.angle"), 0.5);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void every_region_has_its_own_metrics(void **state)
{
    (void)state;
    static const char *const cortical[][2] = {{NULL, NULL}}, *const trabecular[][2] = {{"region", "trabecular"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *records[2] = {NULL, NULL};
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, cortical, &records[0], NULL, &err), TRB_OK);
    assert_int_equal(analyze(volume, trabecular, &records[1], NULL, &err), TRB_OK);
    for (size_t i = 0; i < records[0]->n_stages; i++) /* nothing is measured in vain */
        assert_true(strncmp(records[0]->stages[i].name, "Tb.", 3) != 0 && strcmp(records[0]->stages[i].name, "DA") != 0);
    for (size_t i = 0; i < records[0]->n_metrics; i++) {
        const char *key = records[0]->metrics[i].info->key;
        if (trb_record_metric(records[1], key))
            fail_msg("%s is measured in both regions", key);
        assert_true(strncmp(key, "Tb.", 3) != 0 && strcmp(key, "BV/TV") != 0);
    }
    assert_non_null(trb_record_metric(records[1], "Tb.Th"));
    assert_null(trb_record_metric(records[1], "Ct.Ar"));
    trb_record_destroy(records[0]);
    trb_record_destroy(records[1]);
    trb_volume_destroy(volume);
}

static void an_open_cortex_and_an_empty_voi_have_reasons(void **state)
{
    (void)state;
    static const char *const plain[][2] = {{"voi", "cylinder:50,50,40,40,0:12;minus:cylinder:50,50,28,28,0:12;minus:box:50:100,55:59,0:12"},
                                           {NULL, NULL}},
                             *const empty[][2] = {{"voi", "box:0:5,0:5,0:5;minus:box:0:5,0:5,0:5"}, {NULL, NULL}};
    trb_volume *volume = tube(12);
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, plain, &record, NULL, &err), TRB_OK);
    assert_true(isnan(value(record, "Ma.Ar")) && isnan(value(record, "Ct.Th.model")) && value(record, "Ct.Ar") > 0);
    assert_string_equal(trb_record_metric(record, "Tt.Ar")->reason, "the cortex is closed in no slice");
    assert_true(warned(record, "not closed in 12 of 12 slices") && warned(record, "has only the cortex to split"));
    trb_record_destroy(record);
    assert_int_equal(analyze(volume, empty, &record, NULL, &err), TRB_OK);
    for (size_t i = 0; i < record->n_metrics; i++) {
        assert_true(isnan(record->metrics[i].value));
        if (strcmp(record->metrics[i].info->key, "Ct.Ar") == 0)
            assert_string_equal(record->metrics[i].reason, "the VOI is empty");
    }
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void what_misleads_is_warned_of(void **state)
{
    (void)state;
    static const char *const torn[][2] = {
        {"voi", "cylinder:50,50,40,40,0:12;minus:cylinder:50,50,28,28,0:6;minus:cylinder:50,50,12,12,6:12"}, {NULL, NULL}};
    static const char *const wide[][2] = {{"voxel-size", "20um"}, {NULL, NULL}}, *const high[][2] = {{"threshold", "201grey"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, wide, &record, NULL, &err), TRB_OK);
    assert_true(warned(record, "voxels of 20 um do not resolve") && !warned(record, "jumps") && !warned(record, "oblique"));
    trb_record_destroy(record);
    assert_int_equal(analyze(volume, high, &record, NULL, &err), TRB_OK);
    assert_true(warned(record, "no bone in the compartment"));
    assert_true(isnan(value(record, "Imax")) && isnan(value(record, "Ct.Po.Dm")));
    CHECK_CLOSE(100, value(record, "Ct.Po"), 1e-12);
    trb_record_destroy(record);
    assert_int_equal(analyze(volume, torn, &record, NULL, &err), TRB_OK);
    assert_true(warned(record, "at 1 place (slice 6 the first)"));
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void a_mask_of_bone_as_voi_is_filled_and_that_is_told(void **state)
{
    (void)state;
    static const char *const pierced[][2] = {{"voi", "cylinder:50,50,40,40,0:12;minus:cylinder:50,50,28,28,0:12;minus:box:80:88,46:54,0:12"},
                                             {NULL, NULL}},
                             *const plain[][2] = {{NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *a = NULL, *b = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, pierced, &a, NULL, &err), TRB_OK);
    assert_int_equal(analyze(volume, plain, &b, NULL, &err), TRB_OK);
    assert_true(warned(a, "the largest of 64 pixels") && !warned(b, "were filled"));
    for (size_t i = 0; i < a->n_metrics; i++)
        if (!isnan(b->metrics[i].value))
            CHECK_CLOSE(b->metrics[i].value, a->metrics[i].value, 0);
    trb_record_destroy(a);
    trb_record_destroy(b);
    trb_volume_destroy(volume);
}

static void a_moved_threshold_moves_bone_and_not_the_compartment(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"threshold", "195grey"}, {"sensitivity", "5%"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, NULL, &err), TRB_OK);
    assert_int_equal(record->n_sensitivity, 2);
    for (size_t i = 0; i < record->n_metrics; i++) {
        const char *key = record->metrics[i].info->key;
        if (strcmp(key, "Ct.Th") == 0 || strcmp(key, "Tt.Ar") == 0)
            CHECK_CLOSE(record->metrics[i].value, record->sensitivity[1].values[i], 0);
        if (strcmp(key, "Ct.BV") == 0)
            CHECK_CLOSE(0, record->sensitivity[1].values[i], 0);
    }
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void only_what_is_asked_for_is_measured(void **state)
{
    (void)state;
    static const char *const set[][2] = {{"metrics", "Tt.Ar,Ct.Po"}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_products products;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, &products, &err), TRB_OK);
    assert_int_equal(record->n_metrics, 2);
    assert_true(products.cortical.th.voxels == 0 && products.cortical.pores.count == 0 && isnan(products.cortical.slice[0].ct_th));
    trb_products_clear(&products);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void the_map_of_thickness_is_that_of_the_metric(void **state)
{
    (void)state;
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_products products;
    trb_settings settings = trb_settings_default();
    CHECK_OK(trb_settings_set(&settings, "region", "cortical", err));
    CHECK_OK(trb_settings_set(&settings, "voi", "cylinder:50,50,40,40,3:9;minus:cylinder:50,50,28,28,0:12", err));
    CHECK_OK(trb_analyze(volume, NULL, &settings, true, NULL, &record, &products, err));
    assert_non_null(products.tb_th);
    assert_null(products.tb_sp);
    double sum = 0;
    size_t n = 0;
    for (size_t z = 0; z < NZ; z++)
        for (size_t y = 0; y < N; y++)
            for (size_t x = 0; x < N; x++) {
                const double t = (double)((const float *)products.tb_th->voxels)[(z * N + y) * N + x];
                assert_int_equal(t > 0, trb_mask_get(products.voi, x, y, z));
                sum += t;
                n += t > 0;
            }
    CHECK_RELATIVE(value(record, "Ct.Th"), sum / (double)n, 1e-6);
    assert_int_equal(products.cortical.slice[0].z, 3);
    trb_products_clear(&products);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

static void expect_refused(const char *key, const char *text, const char *words)
{
    const char *const set[][2] = {{key, text}, {NULL, NULL}};
    trb_volume *volume = tube(0);
    trb_record *record = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(analyze(volume, set, &record, NULL, &err), TRB_ERR_ARGUMENT);
    if (!strstr(err.text, words))
        fail_msg("'%s' does not say '%s'", err.text, words);
    assert_null(record);
    trb_volume_destroy(volume);
}

static void what_cannot_be_says_what_would_help(void **state)
{
    (void)state;
    expect_refused("voi", "", "--voi auto:cortical finds it");
    expect_refused("voi", "auto,preset=rat", "the VOI is the trabecular one: --voi auto:cortical");
    expect_refused("voi", "auto:periosteal", "the VOI is the periosteal one");
    expect_refused("metrics", "Ct.Th,Tb.Th", "Tb.Th is not measured with --region cortical");
}

static void threads_change_no_digit_of_the_record(void **state)
{
    (void)state;
    static const char *const set[][2] = {{NULL, NULL}};
    const int was = omp_get_max_threads();
    trb_volume *volume = tube(3);
    trb_record *records[3] = {NULL, NULL, NULL};
    trb_error err = {TRB_OK, ""};
    for (int i = 0; i < 3; i++) {
        omp_set_num_threads(i + 1);
        assert_int_equal(analyze(volume, set, &records[i], NULL, &err), TRB_OK);
        for (size_t m = 0; m < records[i]->n_metrics; m++)
            assert_memory_equal(&records[0]->metrics[m].value, &records[i]->metrics[m].value, sizeof(double));
    }
    omp_set_num_threads(was);
    for (int i = 0; i < 3; i++)
        trb_record_destroy(records[i]);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tube_is_measured_with_its_densities_and_pores),
        cmocka_unit_test(a_rule_for_the_threshold_parts_bone_from_marrow),
        cmocka_unit_test(axes_are_averaged_as_axes),
        cmocka_unit_test(every_region_has_its_own_metrics),
        cmocka_unit_test(an_open_cortex_and_an_empty_voi_have_reasons),
        cmocka_unit_test(what_misleads_is_warned_of),
        cmocka_unit_test(a_mask_of_bone_as_voi_is_filled_and_that_is_told),
        cmocka_unit_test(a_moved_threshold_moves_bone_and_not_the_compartment),
        cmocka_unit_test(only_what_is_asked_for_is_measured),
        cmocka_unit_test(the_map_of_thickness_is_that_of_the_metric),
        cmocka_unit_test(what_cannot_be_says_what_would_help),
        cmocka_unit_test(threads_change_no_digit_of_the_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
