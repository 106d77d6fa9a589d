/* test_gaussian.c - smoothing without a float copy of the volume. */
#include "oracle/prepare.h"
#include "support/itk_oracle.h"
#include "support/testing.h"

#include "trabecula/filter.h"

static const trb_filter FLOAT_08 = {TRB_FILTER_GAUSSIAN, 0.8, 1};
static const trb_filter TRUNCATED_08 = {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1};

/* All planes, asked for in pieces of `step` planes. free() it. */
static float *smooth(const trb_volume *volume, const trb_filter *filter, size_t step)
{
    const trb_grid *grid = &volume->grid;
    trb_smoother *smoother = NULL;
    float *out = malloc(trb_grid_voxels(grid) * sizeof *out);
    assert_non_null(out);
    CHECK_OK(trb_smoother_create(volume, filter, &smoother, err));
    for (size_t z = 0; z < grid->nz; z += step) {
        const size_t end = z + step < grid->nz ? z + step : grid->nz;
        CHECK_OK(trb_smoother_planes(smoother, z, end, out + z * grid->nx * grid->ny, err));
    }
    trb_smoother_destroy(smoother);
    return out;
}

static void an_impulse_spreads_into_the_products_of_the_taps(void **state)
{
    (void)state;
    const trb_grid grid = {7, 5, 9, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    memset(volume->voxels, 0, 7 * 5 * 9 * sizeof(float));
    trb_volume_set(volume, 3, 2, 4, 1);
    float *out = smooth(volume, &FLOAT_08, 9), w0, w1;
    const uint32_t hex0 = 0x3f05a28b, hex1 = 0x3e74bae9; /* the reference taps */
    memcpy(&w0, &hex0, 4);
    memcpy(&w1, &hex1, 4);
    for (int z = 0; z < 9; z++)
        for (int y = 0; y < 5; y++)
            for (int x = 0; x < 7; x++) {
                float expected = abs(x - 3) > 1 ? 0 : x == 3 ? w0 : w1;
                expected *= abs(y - 2) > 1 ? 0 : y == 2 ? w0 : w1;
                expected *= abs(z - 4) > 1 ? 0 : z == 4 ? w0 : w1;
                CHECK_CLOSE((double)expected, (double)out[(z * 5 + y) * 7 + x], 0);
            }
    free(out);
    trb_volume_destroy(volume);
}

static void the_real_bone_gives_the_reference_bits_both_ways(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    const json_t *expected = testing_at(testing_expected(), "preparation");
    float *out = smooth(bone, &FLOAT_08, 200);
    assert_string_equal(json_string_value(testing_at(expected, "float|smoothed_sha256")),
                        testing_sha256(out, 8000000 * sizeof *out));
    free(out);
    out = smooth(bone, &TRUNCATED_08, 200);
    uint8_t *whole = malloc(8000000);
    assert_non_null(whole);
    for (size_t i = 0; i < 8000000; i++) {
        whole[i] = (uint8_t)out[i];
        assert_true((float)whole[i] == out[i]);
    }
    assert_string_equal(json_string_value(testing_at(expected, "truncated|smoothed_sha256")),
                        testing_sha256(whole, 8000000));
    free(whole);
    free(out);
}

static void every_type_and_shape_equals_the_plain_version(void **state)
{
    (void)state;
    static const size_t shape[][3] = {{1, 1, 1},   {2, 1, 1},    {1, 7, 1},  {1, 1, 5},  {65, 3, 2},
                                      {33, 17, 9}, {130, 40, 3}, {17, 5, 70}};
    static const trb_filter filter[] = {
        {TRB_FILTER_GAUSSIAN, 0.8, 1},  {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1}, {TRB_FILTER_GAUSSIAN, 2.5, 5},
        {TRB_FILTER_GAUSSIAN, 11, 32}, {TRB_FILTER_GAUSSIAN_TRUNCATED, 1.2, 3}, {TRB_FILTER_GAUSSIAN, 0.01, 2}};
    for (size_t s = 0; s < sizeof shape / sizeof *shape; s++)
        for (int type = TRB_U8; type <= TRB_F64; type++)
            for (size_t f = 0; f < sizeof filter / sizeof *filter; f++) {
                trb_volume *volume =
                    oracle_random_volume(shape[s][0], shape[s][1], shape[s][2], (trb_type)type, s * 100 + f);
                float *expected = oracle_gaussian(volume, &filter[f]);
                float *out = smooth(volume, &filter[f], s % 2 ? 4 : 1000);
                for (size_t i = 0; i < trb_grid_voxels(&volume->grid); i++)
                    if (expected[i] != out[i])
                        fail_msg("shape %zu type %s filter %zu voxel %zu: %.9g, not %.9g", s,
                                 trb_type_name((trb_type)type), f, i, (double)out[i], (double)expected[i]);
                free(expected);
                free(out);
                trb_volume_destroy(volume);
            }
}

static void wide_images_are_cut_into_bands_without_a_trace(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(3000, 41, 7, TRB_I16, 5); /* bands of 8 rows for this support */
    const trb_filter filter = {TRB_FILTER_GAUSSIAN, 1.1, 2};
    float *expected = oracle_gaussian(volume, &filter), *out = smooth(volume, &filter, 3);
    assert_memory_equal(expected, out, trb_grid_voxels(&volume->grid) * sizeof *out);
    free(expected);
    free(out);
    trb_volume_destroy(volume);
}

static void itk_agrees_on_the_real_bone(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    const trb_box box = {{20, 30, 40}, {120, 110, 90}};
    trb_volume *part = NULL;
    CHECK_OK(trb_volume_crop(bone, &box, &part, err));
    const size_t n = trb_grid_voxels(&part->grid);
    const trb_filter filter = {TRB_FILTER_GAUSSIAN, 1.3, 3};
    float taps[7], sum = 0, *in = malloc(n * sizeof *in), *theirs = malloc(n * sizeof *theirs);
    assert_non_null(in);
    assert_non_null(theirs);
    for (int k = -3; k <= 3; k++)
        sum += taps[k + 3] = (float)exp(-k * k / (2 * 1.3 * 1.3));
    for (int k = 0; k < 7; k++)
        taps[k] /= sum;
    for (size_t y = 0; y < part->grid.ny * part->grid.nz; y++)
        trb_volume_row_float(part, y % part->grid.ny, y / part->grid.ny, in + y * part->grid.nx);
    oracle_itk_convolve(in, part->grid.nx, part->grid.ny, part->grid.nz, taps, 3, theirs);
    float *ours = smooth(part, &filter, 50);
    for (size_t i = 0; i < n; i++)
        CHECK_CLOSE((double)theirs[i], (double)ours[i], 2e-4); /* order of summation; values up to 255 */
    free(in);
    free(theirs);
    free(ours);
    trb_volume_destroy(part);
}

static void mirrored_images_smooth_to_mirrored_images(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(37, 11, 13, TRB_U16, 8), *mirror = NULL;
    CHECK_OK(trb_volume_create(&volume->grid, TRB_U16, &mirror, err));
    const size_t n = trb_grid_voxels(&volume->grid);
    for (size_t i = 0; i < n; i++)
        ((uint16_t *)mirror->voxels)[i] = ((uint16_t *)volume->voxels)[n - 1 - i];
    float *a = smooth(volume, &FLOAT_08, 13), *b = smooth(mirror, &FLOAT_08, 13);
    for (size_t i = 0; i < n; i++)
        assert_true(a[i] == b[n - 1 - i]);
    free(a);
    free(b);
    trb_volume_destroy(volume);
    trb_volume_destroy(mirror);
}

static void no_filter_hands_out_the_voxels(void **state)
{
    (void)state;
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    trb_volume *volume = oracle_random_volume(19, 3, 4, TRB_I16, 8);
    float *out = smooth(volume, &none, 3);
    for (size_t i = 0; i < 19 * 3 * 4; i++)
        assert_true(out[i] == (float)((int16_t *)volume->voxels)[i]);
    free(out);
    trb_volume_destroy(volume);
}

static void the_median_takes_the_middle_of_the_cube(void **state)
{
    (void)state;
    const trb_filter median = {TRB_FILTER_MEDIAN, 0, 1};
    trb_volume *volume = oracle_random_volume(11, 9, 6, TRB_I16, 3);
    const int16_t *v = volume->voxels;
    float *out = smooth(volume, &median, 4);
    for (int z = 0; z < 6; z++)
        for (int y = 0; y < 9; y++)
            for (int x = 0; x < 11; x++) {
                int below = 0, equal = 0;
                const float mine = out[(z * 9 + y) * 11 + x];
                for (int d = 0; d < 27; d++) {
                    const int u = x + d % 3 - 1, w = y + d / 3 % 3 - 1, t = z + d / 9 - 1;
                    const int cu = u < 0 ? 0 : u > 10 ? 10 : u, cw = w < 0 ? 0 : w > 8 ? 8 : w;
                    const int ct = t < 0 ? 0 : t > 5 ? 5 : t;
                    const float other = (float)v[(ct * 9 + cw) * 11 + cu];
                    below += other < mine;
                    equal += other == mine;
                }
                assert_true(below <= 13 && below + equal > 13);
            }
    free(out);
    trb_volume_destroy(volume);
}

static void check_refused(const trb_volume *volume, trb_filter filter, trb_status expected, const char *text)
{
    trb_error err = {TRB_OK, ""};
    trb_smoother *smoother = (trb_smoother *)1;
    assert_int_equal(expected, trb_smoother_create(volume, &filter, &smoother, &err));
    assert_null(smoother);
    if (!strstr(err.text, text))
        fail_msg("'%s' is not in '%s'", text, err.text);
}

static void impossible_filters_are_refused_with_the_reason(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(5, 4, 3, TRB_F64, 1);
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN, 0, 1}, TRB_ERR_ARGUMENT, "sigma of 0");
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN, -1, 1}, TRB_ERR_ARGUMENT, "sigma of -1");
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN, NAN, 1}, TRB_ERR_ARGUMENT, "sigma of");
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN, 1, 0}, TRB_ERR_ARGUMENT, "support of 0");
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN_TRUNCATED, 1, 33}, TRB_ERR_ARGUMENT, "1..32");
    check_refused(volume, (trb_filter){TRB_FILTER_MEDIAN, 0, 0}, TRB_ERR_ARGUMENT, "support of 0");
    trb_volume_set(volume, 4, 3, 2, 1e300);
    check_refused(volume, (trb_filter){TRB_FILTER_GAUSSIAN, 1, 1}, TRB_ERR_DATA, "1e+300");
    trb_volume_destroy(volume);
}

static void planes_outside_the_volume_are_refused(void **state)
{
    (void)state;
    trb_volume *volume = oracle_random_volume(5, 4, 3, TRB_U8, 1);
    trb_smoother *smoother = NULL;
    float out[5 * 4 * 3];
    trb_error error = {TRB_OK, ""};
    CHECK_OK(trb_smoother_create(volume, &FLOAT_08, &smoother, err));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_smoother_planes(smoother, 1, 4, out, &error));
    assert_non_null(strstr(error.text, "0:3"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_smoother_planes(smoother, 2, 1, out, &error));
    CHECK_OK(trb_smoother_planes(smoother, 2, 2, out, err));
    trb_smoother_destroy(smoother);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_impulse_spreads_into_the_products_of_the_taps),
        cmocka_unit_test(the_real_bone_gives_the_reference_bits_both_ways),
        cmocka_unit_test(every_type_and_shape_equals_the_plain_version),
        cmocka_unit_test(wide_images_are_cut_into_bands_without_a_trace),
        cmocka_unit_test(itk_agrees_on_the_real_bone),
        cmocka_unit_test(mirrored_images_smooth_to_mirrored_images),
        cmocka_unit_test(no_filter_hands_out_the_voxels),
        cmocka_unit_test(the_median_takes_the_middle_of_the_cube),
        cmocka_unit_test(impossible_filters_are_refused_with_the_reason),
        cmocka_unit_test(planes_outside_the_volume_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
