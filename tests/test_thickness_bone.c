/* test_thickness_bone.c - local thickness of the real bone against the published reference values. */
#include "support/testing.h"

#include "trabecula/thickness.h"

/* Histogram by squared radius equal, mean, SD and maximum to the last digits. */
static void check_case(const json_t *expected, const trb_thickness *result)
{
    const json_t *pairs = json_object_get(expected, "voxels_by_r2");
    assert_int_equal(result->voxels, (uint64_t)testing_number(expected, "n_values"));
    assert_int_equal(result->valued, result->voxels);
    if (pairs) {
        uint64_t counted = 0;
        for (size_t i = 0; i < json_array_size(pairs); i++) {
            const json_t *pair = json_array_get(pairs, i);
            const size_t r2 = (size_t)json_integer_value(json_array_get(pair, 0));
            assert_true(r2 < result->n_codes);
            assert_int_equal(result->code_count[r2], json_integer_value(json_array_get(pair, 1)));
            counted += result->code_count[r2];
        }
        assert_int_equal(counted, result->voxels);
    }
    const double tolerance = result->rule == TRB_THICKNESS_FIJI ? 1e-5 : 1e-9;
    CHECK_RELATIVE(testing_number(expected, "mean_vox"), result->mean_vox, tolerance);
    CHECK_RELATIVE(testing_number(expected, "sd_vox"), result->sd_vox, tolerance);
    CHECK_RELATIVE(testing_number(expected, "max_vox"), result->max_vox, tolerance);
}

static void check_phase(const trb_mask *object, const trb_mask *voi, const char *at)
{
    static const struct {
        const char *name;
        trb_thickness_rule rule;
        trb_ball_centres centres;
    } RULES[] = {{"exact", TRB_THICKNESS_EXACT, TRB_CENTRES_IMAGE},
                 {"exact_closed", TRB_THICKNESS_EXACT_CLOSED, TRB_CENTRES_IMAGE},
                 {"exact_centres_in_voi", TRB_THICKNESS_EXACT, TRB_CENTRES_VOI},
                 {"fiji", TRB_THICKNESS_FIJI, TRB_CENTRES_IMAGE}};
    for (int i = 0; i < 4; i++) {
        const json_t *expected = json_object_get(testing_at(testing_expected(), at), RULES[i].name);
        if (!expected) /* centres_in_voi exists for the VOI cases only */
            continue;
        trb_thickness_options options = trb_thickness_options_default();
        options.rule = RULES[i].rule;
        options.centres = RULES[i].centres;
        trb_thickness result;
        CHECK_OK(trb_thickness_measure(object, voi, &options, &result, NULL, err));
        check_case(expected, &result);
        trb_thickness_clear(&result);
    }
}

/* Three float32 taps a pass, x then y then z, edge repeated; truncated to integers after each when asked. */
static trb_mask *smoothed_bone(bool truncated, double threshold)
{
    static float grey[2][200 * 200 * 200];
    const float sum = 1.0F + 2.0F * (float)exp(-1.0 / (2 * 0.8 * 0.8));
    const float w0 = 1.0F / sum, w1 = (float)exp(-1.0 / (2 * 0.8 * 0.8)) / sum;
    const int steps[3] = {1, 200, 40000};
    for (size_t i = 0; i < 8000000; i++)
        grey[0][i] = ((const uint8_t *)testing_bone()->voxels)[i];
    for (int axis = 0; axis < 3; axis++) {
        const float *from = grey[axis & 1];
        float *to = grey[!(axis & 1)];
        for (int i = 0; i < 8000000; i++) {
            const int at = i / steps[axis] % 200;
            const float left = from[at > 0 ? i - steps[axis] : i], right = from[at < 199 ? i + steps[axis] : i];
            const float value = w0 * from[i] + w1 * (left + right);
            to[i] = truncated ? truncf(value) : value;
        }
    }
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&testing_bone()->grid, &mask, err));
    for (size_t i = 0; i < 8000000; i++)
        if ((double)grey[1][i] >= threshold)
            trb_mask_set(mask, i % 200, i / 200 % 200, i / 40000, 1);
    return mask;
}

static void check_bone_and_marrow(trb_mask *bone, const trb_mask *voi, const char *name)
{
    char at[200];
    trb_mask *marrow = NULL;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    snprintf(at, sizeof at, "cases|%s|tb_th", name);
    check_phase(bone, voi, at);
    snprintf(at, sizeof at, "cases|%s|tb_sp", name);
    check_phase(marrow, voi, at);
    trb_mask_destroy(marrow);
}

static void raw_bone_meets_the_reference_values(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64);
    check_bone_and_marrow(bone, NULL, "case1_raw_gt63");
    trb_mask_destroy(bone);
}

static void raw_bone_in_the_ellipse_meets_the_reference_values(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    check_bone_and_marrow(bone, voi, "case3_raw_gt63_in_ellipse");
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void smoothed_bone_meets_the_reference_values(void **state)
{
    (void)state;
    trb_mask *bone = smoothed_bone(false, 83), *voi = testing_ellipse_voi();
    assert_int_equal(trb_mask_count(bone), 1514415);
    check_bone_and_marrow(bone, NULL, "case2f_gauss_float_otsu");
    check_bone_and_marrow(bone, voi, "case3_gauss_float_otsu_in_ellipse");
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void truncated_bone_meets_the_reference_values(void **state)
{
    (void)state;
    trb_mask *bone = smoothed_bone(true, 82);
    assert_int_equal(trb_mask_count(bone), 1515305);
    check_bone_and_marrow(bone, NULL, "case2t_gauss_truncated_otsu");
    trb_mask_destroy(bone);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(raw_bone_meets_the_reference_values),
        cmocka_unit_test(raw_bone_in_the_ellipse_meets_the_reference_values),
        cmocka_unit_test(smoothed_bone_meets_the_reference_values),
        cmocka_unit_test(truncated_bone_meets_the_reference_values),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
