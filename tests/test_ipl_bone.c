/* test_ipl_bone.c - the IPL rules on real bone: every count of the reference values. */
#include "support/testing.h"

#include "measure/ipl_steps.h"

#define EDGE 200

/* The smoothing of the reference values: three taps an axis in float32, the edge repeated. */
static void smooth_axis(float *v, size_t step, int truncate)
{
    const float side = 0x1.e975d2p-3F, middle = 0x1.0b4516p-1F;
    float line[EDGE + 2];
    for (size_t i = 0; i < (size_t)EDGE * EDGE * EDGE; i++) {
        if (i / step % EDGE)
            continue;
        for (size_t k = 0; k < EDGE; k++)
            line[k + 1] = v[i + k * step];
        line[0] = line[1];
        line[EDGE + 1] = line[EDGE];
        for (size_t k = 0; k < EDGE; k++) {
            const float ends = line[k] + line[k + 2], centre = middle * line[k + 1], ring = side * ends;
            v[i + k * step] = truncate ? truncf(centre + ring) : centre + ring;
        }
    }
}

static trb_mask *smoothed_bone(int truncate, float lower_bound)
{
    const trb_volume *bone = testing_bone();
    trb_volume *smooth = NULL;
    CHECK_OK(trb_volume_create(&bone->grid, TRB_F32, &smooth, err));
    float *v = smooth->voxels;
    for (size_t i = 0; i < (size_t)EDGE * EDGE * EDGE; i++)
        v[i] = ((const uint8_t *)bone->voxels)[i];
    smooth_axis(v, 1, truncate);
    smooth_axis(v, EDGE, truncate);
    smooth_axis(v, (size_t)EDGE * EDGE, truncate);
    trb_mask *mask = testing_mask(smooth, lower_bound);
    trb_volume_destroy(smooth);
    return mask;
}

/* A result against its entry in the expected values. */
static void check_result(const json_t *expected, const trb_thickness *result)
{
    const json_t *histogram = json_object_get(expected, "voxels_by_diameter");
    if (histogram) {
        uint64_t listed = 0;
        for (size_t i = 0; i < json_array_size(histogram); i++) {
            const json_t *pair = json_array_get(histogram, i);
            const size_t d = (size_t)json_integer_value(json_array_get(pair, 0));
            const uint64_t count = (uint64_t)json_integer_value(json_array_get(pair, 1));
            assert_true(d < result->n_codes);
            assert_int_equal(count, result->code_count[d]);
            listed += count;
        }
        assert_int_equal(listed, result->valued);
    }
    assert_int_equal((uint64_t)testing_number(expected, "n_values"), result->valued);
    CHECK_RELATIVE(testing_number(expected, "fraction_of_object"), (double)result->valued / (double)result->voxels,
                   1e-9);
    CHECK_RELATIVE(testing_number(expected, "mean_vox"), result->mean_vox, 1e-9);
    CHECK_RELATIVE(testing_number(expected, "sd_vox"), result->sd_vox, 1e-9);
    CHECK_RELATIVE(testing_number(expected, "max_vox"), result->max_vox, 1e-9);
    CHECK_RELATIVE(testing_number(expected, "mean_mm"), result->mean_vox * 0.0195, 1e-9);
    CHECK_RELATIVE(testing_number(expected, "sd_mm"), result->sd_vox * 0.0195, 1e-9);
}

/* Version 3 through the public door; the ridge and version 1 step by step, which saves a sweep. */
static void check_thickness(const trb_mask *object, const trb_mask *voi, const json_t *expected)
{
    const trb_thickness_options options = {TRB_THICKNESS_IPL, TRB_CENTRES_VOI, TRB_BORDER_UNKNOWN, 0, false, NULL};
    trb_thickness result;
    CHECK_OK(trb_thickness_measure(object, voi, &options, &result, NULL, err));
    check_result(testing_at(expected, "ipl_v3"), &result);
    trb_thickness_clear(&result);

    ipl_field field;
    ipl_balls balls;
    trb_mask *ridge = NULL;
    CHECK_OK(ipl_field_create(object, &field, err));
    CHECK_OK(ipl_ridge_create(&field, voi, &ridge, err));
    assert_int_equal((size_t)testing_number(expected, "ipl_v3|ridge_voxels_in_voi"), trb_mask_count(ridge));
    CHECK_OK(ipl_balls_create(&field, ridge, 1, &balls, err));
    uint64_t *count = calloc((size_t)balls.largest + 1, sizeof *count), valued = 0, sum = 0;
    assert_non_null(count);
    CHECK_OK(ipl_paint(&balls, object, voi, NULL, NULL, 1, count, err));
    for (unsigned d = 1; d <= balls.largest; d++) {
        valued += count[d];
        sum += d * count[d];
    }
    assert_int_equal((uint64_t)testing_number(expected, "ipl_v1|n_values"), valued);
    CHECK_RELATIVE(testing_number(expected, "ipl_v1|mean_vox"), (double)sum / (double)valued, 1e-9);
    free(count);
    trb_mask_destroy(ridge);
    ipl_balls_clear(&balls);
    ipl_field_clear(&field);
}

/* Tb.Th, Tb.Sp and direct Tb.N of one case. */
static void check_case(const char *name, const trb_mask *bone, const trb_mask *voi)
{
    const json_t *expected = testing_at(testing_at(testing_expected(), "cases"), name);
    trb_mask *marrow = NULL;
    assert_int_equal((size_t)testing_number(expected, "volume|bv_voxels"), trb_mask_count_and(bone, voi));
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    check_thickness(bone, voi, testing_at(expected, "tb_th"));
    check_thickness(marrow, voi, testing_at(expected, "tb_sp"));

    trb_thickness result;
    uint64_t axis = 0;
    CHECK_OK(trb_tbn_direct_measure(bone, voi, 0, &result, &axis, err));
    const json_t *number = testing_at(expected, "tb_n|ipl_direct");
    check_result(number, &result);
    assert_int_equal((uint64_t)testing_number(number, "mid_axis_voxels"), axis);
    CHECK_RELATIVE(testing_number(number, "tb_n_per_mm"), 1 / (result.mean_vox * 0.0195), 1e-9);
    CHECK_RELATIVE(testing_number(number, "tb_1n_sd_mm"), result.sd_vox * 0.0195, 1e-9);
    trb_thickness_clear(&result);
    trb_mask_destroy(marrow);
}

static void raw_bone_meets_its_reference(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64);
    check_case("case1_raw_gt63", bone, NULL);
    trb_mask_destroy(bone);
}

static void smoothed_bone_meets_its_reference(void **state)
{
    (void)state;
    trb_mask *bone = smoothed_bone(0, 83);
    check_case("case2f_gauss_float_otsu", bone, NULL);
    trb_mask_destroy(bone);
}

static void bone_smoothed_with_truncation_meets_its_reference(void **state)
{
    (void)state;
    trb_mask *bone = smoothed_bone(1, 82);
    check_case("case2t_gauss_truncated_otsu", bone, NULL);
    trb_mask_destroy(bone);
}

static void raw_bone_in_the_ellipse_meets_its_reference(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    check_case("case3_raw_gt63_in_ellipse", bone, voi);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void smoothed_bone_in_the_ellipse_meets_its_reference(void **state)
{
    (void)state;
    trb_mask *bone = smoothed_bone(0, 83), *voi = testing_ellipse_voi();
    check_case("case3_gauss_float_otsu_in_ellipse", bone, voi);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_bone_meets_its_reference),
        cmocka_unit_test(smoothed_bone_meets_its_reference),
        cmocka_unit_test(bone_smoothed_with_truncation_meets_its_reference),
        cmocka_unit_test(raw_bone_in_the_ellipse_meets_its_reference),
        cmocka_unit_test(smoothed_bone_in_the_ellipse_meets_its_reference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
