/* test_spread.c - peeling and the width of the density distribution, on volumes whose densities are known. */
#include "support/testing.h"

#include "trabecula/morphometry.h"

static trb_record *analyze(const trb_volume *volume, const char *const (*set)[2])
{
    trb_settings settings = trb_settings_default();
    trb_record *record = NULL;
    CHECK_OK(trb_settings_set(&settings, "voxel-size", "10um", err));
    CHECK_OK(trb_settings_set(&settings, "filter", "none", err));
    CHECK_OK(trb_settings_set(&settings, "metrics", "TV,TMD,TMD.peel1,TMD.peel2,TMD.SD,TMD.FWHM,MaD", err));
    for (; (*set)[0]; set++)
        CHECK_OK(trb_settings_set(&settings, (*set)[0], (*set)[1], err));
    CHECK_OK(trb_analyze(volume, NULL, &settings, false, NULL, &record, NULL, err));
    return record;
}

static double value(const trb_record *record, const char *key)
{
    return trb_record_metric(record, key)->value;
}

static trb_volume *make(size_t n, trb_type type)
{
    const trb_grid grid = {n, n, n, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    return volume;
}

/* A plate of 7 layers, 100 110 120 130 120 110 100 in marrow of 10. The image border does not peel. */
static void peeling_takes_a_layer_from_both_sides_of_a_plate(void **state)
{
    (void)state;
    trb_volume *volume = make(20, TRB_U8);
    for (size_t i = 0; i < 8000; i++) {
        const int z = (int)(i / 400) - 9;
        ((uint8_t *)volume->voxels)[i] = (uint8_t)(abs(z) <= 3 ? 130 - 10 * abs(z) : 10);
    }
    const char *const set[][2] = {{"threshold", "50grey"}, {"calibration", "slope=2,intercept=-5"}, {NULL, NULL}};
    trb_record *record = analyze(volume, set);
    CHECK_RELATIVE(2 * 790.0 / 7 - 5, value(record, "TMD"), 1e-12);
    CHECK_RELATIVE(2 * 590.0 / 5 - 5, value(record, "TMD.peel1"), 1e-12);
    CHECK_RELATIVE(2 * 370.0 / 3 - 5, value(record, "TMD.peel2"), 1e-12);
    CHECK_RELATIVE(2 * 10.0 - 5, value(record, "MaD"), 1e-12);
    const double mean = 790.0 / 7, squares = 2 * (100 * 100 + 110 * 110 + 120 * 120) + 130 * 130;
    CHECK_RELATIVE(2 * sqrt(squares / 7 - mean * mean), value(record, "TMD.SD"), 1e-12);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

/* Sums of twelve evenly spread numbers are nearly normal with SD 1: the width is 2.355 SD. */
static void a_normal_distribution_is_as_wide_as_it_must_be(void **state)
{
    (void)state;
    static const double SLOPES[2] = {0.5, -0.5};
    trb_volume *volume = make(64, TRB_U16);
    uint64_t seed = 42;
    for (size_t i = 0; i < 64 * 64 * 64; i++) {
        double sum = -6;
        for (int k = 0; k < 12; k++) {
            seed = seed * 6364136223846793005U + 1442695040888963407U;
            sum += (double)(seed >> 11) / 9007199254740992.0;
        }
        ((uint16_t *)volume->voxels)[i] = (uint16_t)lrint(20000 + 800 * sum);
    }
    for (int i = 0; i < 2; i++) {
        char calibration[64];
        snprintf(calibration, sizeof calibration, "slope=%g,intercept=7", SLOPES[i]);
        const char *const set[][2] = {{"threshold", "100grey"}, {"calibration", calibration}, {NULL, NULL}};
        trb_record *record = analyze(volume, set);
        CHECK_RELATIVE(400 * 2.3548, value(record, "TMD.FWHM"), 0.03);
        CHECK_RELATIVE(400, value(record, "TMD.SD"), 0.01);
        assert_true(isnan(value(record, "MaD"))); /* no marrow */
        assert_int_equal(record->n_distributions, 1);
        const trb_distribution *d = &record->distributions[0];
        assert_string_equal(d->key, "TMD.peel1");
        assert_string_equal(d->unit, i ? "grey" : "mgHA_cm3");
        uint64_t sum = 0;
        for (size_t b = 0; b < d->bins; b++)
            sum += d->counts[b];
        assert_int_equal(sum, 64 * 64 * 64);
        assert_true(d->bins <= 128 && d->width > 0);
        trb_record_destroy(record);
    }
    trb_volume_destroy(volume);
}

static void what_has_no_width_says_so(void **state)
{
    (void)state;
    trb_volume *volume = make(8, TRB_U8);
    memset(volume->voxels, 10, 512);
    ((uint8_t *)volume->voxels)[200] = 90; /* one voxel of bone: nothing left when peeled */
    const char *const set[][2] = {{"threshold", "50grey"}, {"calibration", "slope=1,intercept=0"}, {NULL, NULL}};
    trb_record *record = analyze(volume, set);
    assert_true(isnan(value(record, "TMD.peel2")) && isnan(value(record, "TMD.FWHM")));
    assert_string_equal(trb_record_metric(record, "TMD.FWHM")->reason, "no bone left after peeling");
    CHECK_CLOSE(0, value(record, "TMD.SD"), 0);
    trb_record_destroy(record);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(peeling_takes_a_layer_from_both_sides_of_a_plate),
        cmocka_unit_test(a_normal_distribution_is_as_wide_as_it_must_be),
        cmocka_unit_test(what_has_no_width_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
