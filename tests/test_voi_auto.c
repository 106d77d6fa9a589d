/*
 * test_voi_auto.c - compartments of synthetic long bones against the surfaces that the bones were made from, which the
 * code under test never sees.
 */
#include "support/testing.h"

#include "prepare/mask_frame.h"
#include "prepare/mask_reach.h"
#include "trabecula/phantom_bone.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"
#include "trabecula/voi_auto.h"

#define LEAST_DICE 0.97

/* ---- bones ---- */

/* What a scanner sees of a bone: marrow 60, bone 170 grey, blurred and noisy. */
static trb_phantom_bone bone_of(size_t edge, double h_mm, double cortex_vox, double trabecula_vox)
{
    trb_phantom_bone bone = trb_phantom_bone_default();
    bone.image.size_vox = edge;
    bone.image.spacing_mm = h_mm;
    bone.image.thickness_vox = trabecula_vox;
    bone.image.marrow_grey = 60;
    bone.image.bone_grey = 170;
    bone.image.blur_vox = 0.7;
    bone.image.noise_grey = 10;
    bone.outside_grey = 60;
    bone.cortex_vox = cortex_vox;
    return bone;
}

static double dice(const trb_mask *a, const trb_mask *b)
{
    return 2 * (double)trb_mask_count_and(a, b) / (double)(trb_mask_count(a) + trb_mask_count(b));
}

static trb_mask *without(const trb_mask *all, const trb_mask *part)
{
    trb_mask *rest = NULL;
    CHECK_OK(trb_mask_complement(part, &rest, err));
    trb_mask_and(rest, all);
    return rest;
}

static void check_bone(const char *name, const trb_phantom_bone *options, const char *text)
{
    trb_volume *volume = NULL;
    trb_phantom_bone_truth truth;
    trb_voi_auto how;
    trb_compartments found;
    CHECK_OK(trb_phantom_bone_create(options, &volume, &truth, err));
    CHECK_OK(trb_voi_auto_parse(text, &how, err));
    CHECK_OK(trb_compartments_find(volume, NULL, &how, &found, err));
    trb_mask *cortex = without(truth.periosteal, truth.trabecular), *other = without(found.periosteal, found.trabecular);
    const double of[3] = {dice(truth.trabecular, found.trabecular), dice(cortex, other),
                          dice(truth.periosteal, found.periosteal)};
    print_message("%-44s Dice trabecular %.4f cortical %.4f periosteal %.4f\n", name, of[0], of[1], of[2]);
    for (int i = 0; i < 3; i++)
        if (!(of[i] > LEAST_DICE))
            fail_msg("%s: Dice %.4f of the %s compartment", name, of[i], trb_compartment_name((trb_compartment)i));
    assert_int_equal(trb_mask_count(found.trabecular), trb_mask_count_and(found.trabecular, found.periosteal));
    trb_mask_destroy(cortex);
    trb_mask_destroy(other);
    trb_compartments_clear(&found);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
}

static void a_straight_bone_has_the_compartments_it_was_made_with(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(144, 0.02, 14, 5);
    check_bone("rat, straight", &bone, "auto,preset=rat");
    bone.image.noise_grey = bone.image.blur_vox = 0;
    check_bone("rat, straight, sharp", &bone, "auto,preset=rat");
    bone.image.seed = 7;
    bone.image.bv_tv = 0.35;
    check_bone("rat, straight, dense trabeculae", &bone, "auto,preset=rat");
    bone.image.bv_tv = 0.05;
    check_bone("rat, straight, few trabeculae", &bone, "auto,preset=rat");
}

static void an_oblique_bone_too(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(144, 0.02, 14, 5);
    bone.tilt_deg = 15;
    check_bone("rat, 15 degrees", &bone, "auto,preset=rat");
    bone.tilt_deg = -24;
    bone.cortex_vox = 10;
    check_bone("rat, -24 degrees", &bone, "auto,preset=rat");
}

static void a_noisy_bone_too(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(144, 0.02, 14, 5);
    bone.image.noise_grey = 35; /* a third of the contrast */
    check_bone("rat, noise 35 of 110", &bone, "auto,preset=rat");
    bone.tilt_deg = 12;
    bone.gap_vox = 6;
    check_bone("rat, noise 35, oblique, gap 6", &bone, "auto,preset=rat");
}

static void a_gap_in_the_cortex_is_bridged(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(144, 0.02, 14, 5);
    bone.gap_vox = 5;
    check_bone("rat, gap 5", &bone, "auto,preset=rat");
    bone.gap_vox = 10;
    check_bone("rat, gap 10", &bone, "auto,preset=rat");
    bone.gap_vox = 18;
    check_bone("rat, gap 18", &bone, "auto,preset=rat");
}

static void thin_and_thick_cortices_stay_as_thick_as_they_are(void **state)
{
    (void)state;
    static const double cortex[] = {5, 8, 20, 28};
    for (size_t i = 0; i < 4; i++) {
        char name[60];
        trb_phantom_bone bone = bone_of(144, 0.02, cortex[i], 5);
        snprintf(name, sizeof name, "rat, cortex %g", cortex[i]);
        check_bone(name, &bone, "auto,preset=rat");
    }
}

static void each_preset_at_its_voxel_size(void **state)
{
    (void)state;
    static const struct {
        const char *name, *text;
        double h_mm, cortex_mm, trabecula_mm;
    } cases[] = {
        {"mouse, 10 um, cortex 0.15 mm", "auto,preset=mouse", 0.010, 0.15, 0.05},
        {"mouse, 10 um, cortex 0.08 mm", "auto,preset=mouse", 0.010, 0.08, 0.05},
        {"mouse, 7 um by voxel size", "auto", 0.007, 0.10, 0.04},
        {"rat, 20 um", "auto", 0.020, 0.30, 0.10},
        {"human, 61 um", "auto,preset=human", 0.061, 0.80, 0.24},
        {"human, 82 um", "auto", 0.082, 1.00, 0.28},
        {"human, 82 um, cortex 0.5 mm", "auto,preset=human", 0.082, 0.50, 0.28},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trb_phantom_bone bone =
            bone_of(128, cases[i].h_mm, cases[i].cortex_mm / cases[i].h_mm, cases[i].trabecula_mm / cases[i].h_mm);
        bone.tilt_deg = 8;
        bone.image.seed = 3 + i;
        check_bone(cases[i].name, &bone, cases[i].text);
    }
}

static void soft_tissue_may_be_brighter_or_darker_than_marrow(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(128, 0.02, 12, 5);
    bone.outside_grey = 80;
    check_bone("muscle around", &bone, "auto,preset=rat");
    bone.outside_grey = 20;
    check_bone("air around", &bone, "auto,preset=rat");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_straight_bone_has_the_compartments_it_was_made_with),
        cmocka_unit_test(an_oblique_bone_too),
        cmocka_unit_test(a_noisy_bone_too),
        cmocka_unit_test(a_gap_in_the_cortex_is_bridged),
        cmocka_unit_test(thin_and_thick_cortices_stay_as_thick_as_they_are),
        cmocka_unit_test(each_preset_at_its_voxel_size),
        cmocka_unit_test(soft_tissue_may_be_brighter_or_darker_than_marrow),
    };
    return cmocka_run_group_tests_name("voi_auto", tests, NULL, NULL);
}
