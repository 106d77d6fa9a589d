/*
 * test_voi_auto.c - compartments of synthetic long bones against the surfaces that the bones were made from, which the
 * code under test never sees.
 */
#include "support/testing.h"

#include "prepare/compartments.h"
#include "prepare/mask_frame.h"
#include "trabecula/distance.h"
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
    trb_mask *cortex = without(truth.periosteal, truth.trabecular),
             *other = without(found.periosteal, found.trabecular);
    const double of[3] = {dice(truth.trabecular, found.trabecular), dice(cortex, other),
                          dice(truth.periosteal, found.periosteal)};
    print_message("%-44s Dice trabecular %.4f cortical %.4f periosteal %.4f\n", name, of[0], of[1], of[2]);
    for (int i = 0; i < 3; i++)
        if (!(of[i] > LEAST_DICE))
            fail_msg("%s: Dice %.4f of the %s compartment", name, of[i],
                     trb_compartment_name((trb_compartment)i));
    assert_int_equal(trb_mask_count(found.trabecular),
                     trb_mask_count_and(found.trabecular, found.periosteal));
    trb_mask_destroy(cortex);
    trb_mask_destroy(other);
    trb_compartments_clear(&found);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
}

static void a_straight_bone_has_the_compartments_it_was_made_with(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(120, 0.02, 14, 5);
    check_bone("rat, straight", &bone, "auto,preset=rat");
    bone.image.noise_grey = bone.image.blur_vox = 0;
    check_bone("rat, straight, sharp", &bone, "auto,preset=rat");
    bone.image.seed = 7;
    bone.image.bv_tv = 0.35;
    check_bone("rat, straight, dense trabeculae", &bone, "auto,preset=rat");
    bone.image.bv_tv = 0.08;
    check_bone("rat, straight, few trabeculae", &bone, "auto,preset=rat");
}

static void an_oblique_bone_too(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(120, 0.02, 14, 5);
    bone.tilt_deg = 15;
    check_bone("rat, 15 degrees", &bone, "auto,preset=rat");
    bone.tilt_deg = -24;
    bone.cortex_vox = 10;
    check_bone("rat, -24 degrees", &bone, "auto,preset=rat");
}

static void a_noisy_bone_too(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(120, 0.02, 14, 5);
    bone.image.noise_grey = 35; /* a third of the contrast */
    check_bone("rat, noise 35 of 110", &bone, "auto,preset=rat");
    bone.tilt_deg = 12;
    bone.gap_vox = 6;
    check_bone("rat, noise 35, oblique, gap 6", &bone, "auto,preset=rat");
}

static void a_gap_in_the_cortex_is_bridged(void **state)
{
    (void)state;
    trb_phantom_bone bone = bone_of(120, 0.02, 14, 5);
    bone.gap_vox = 5;
    check_bone("rat, gap 5", &bone, "auto,preset=rat");
    bone.gap_vox = 10;
    check_bone("rat, gap 10", &bone, "auto,preset=rat");
    bone.gap_vox = 15;
    check_bone("rat, gap 15", &bone, "auto,preset=rat");
}

static void thin_and_thick_cortices_stay_as_thick_as_they_are(void **state)
{
    (void)state;
    static const double cortex[] = {8, 11, 18, 24};
    for (size_t i = 0; i < 4; i++) {
        char name[60];
        trb_phantom_bone bone = bone_of(120, 0.02, cortex[i], 5);
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
        {"human, 82 um, cortex 0.7 mm", "auto,preset=human", 0.082, 0.70, 0.28},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trb_phantom_bone bone = bone_of(128, cases[i].h_mm, cases[i].cortex_mm / cases[i].h_mm,
                                        cases[i].trabecula_mm / cases[i].h_mm);
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

/* ---- the surfaces themselves ---- */

/* An empty box in a solid block with smooth walls: closings return flat walls exactly. */
static void flat_walls_return_exactly(void **state)
{
    (void)state;
    const trb_grid grid = {90, 84, 40, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_volume *volume = NULL;
    trb_compartments found;
    trb_voi_auto how;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    size_t inside = 0, marrow = 0;
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++) {
                const bool bone = x >= 10 && x < 80 && y >= 12 && y < 75;
                const bool space = x >= 13 && x < 76 && y >= 16 && y < 72;
                const bool rod = x >= 40 && x < 45 && y >= 30 && y < 34; /* a trabecula along z */
                inside += bone;
                marrow += space;
                ((uint8_t *)volume->voxels)[(z * grid.ny + y) * grid.nx + x] =
                    bone && (!space || rod) ? 200 : 20;
            }
    CHECK_OK(trb_voi_auto_parse("auto,preset=rat,peri-smooth=0,endo-smooth=0,endo-round=0,endo-open=0,"
                                "peri-threshold=100grey,endo-threshold=100grey",
                                &how, err));
    CHECK_OK(trb_compartments_find(volume, NULL, &how, &found, err));
    assert_int_equal(inside, trb_mask_count(found.periosteal));
    assert_int_equal(marrow, trb_mask_count(found.trabecular));
    assert_int_equal(1, trb_mask_get(found.trabecular, 13, 16, 0));
    assert_int_equal(1, trb_mask_get(found.trabecular, 42, 32, 39)); /* the trabecula is inside */
    assert_int_equal(0, trb_mask_get(found.trabecular, 12, 30, 20));
    CHECK_CLOSE(100, found.peri_grey, 0);
    /* A least cortex of 5 voxels moves the walls that are 3 and 4 away from the outside: no centre within 5. */
    trb_compartments_clear(&found);
    how.least_cortex_mm = 0.1;
    CHECK_OK(trb_compartments_find(volume, NULL, &how, &found, err));
    assert_int_equal((75 - 15) * (70 - 17) * grid.nz, trb_mask_count(found.trabecular));
    trb_compartments_clear(&found);
    trb_volume_destroy(volume);
}

/* The bone leans against the side of the image: what lies beyond is outside, so the cortex keeps its thickness. */
static void a_bone_at_the_side_of_the_image_keeps_its_cortex(void **state)
{
    (void)state;
    const trb_grid grid = {70, 70, 20, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_volume *volume = NULL;
    trb_compartments found;
    trb_voi_auto how;
    CHECK_OK(trb_volume_create(&grid, TRB_U8, &volume, err));
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++) {
                const bool bone = x < 60 && y >= 10 && y < 60, space = x >= 4 && x < 56 && y >= 14 && y < 56;
                ((uint8_t *)volume->voxels)[(z * grid.ny + y) * grid.nx + x] = bone && !space ? 200 : 20;
            }
    CHECK_OK(trb_voi_auto_parse("auto:cortical,preset=rat,peri-smooth=0,endo-smooth=0,endo-round=0,"
                                "peri-threshold=100grey,endo-threshold=100grey",
                                &how, err));
    assert_int_equal(TRB_COMPARTMENT_CORTICAL, how.compartment);
    CHECK_OK(trb_compartments_find(volume, NULL, &how, &found, err));
    trb_mask *cortex = trb_compartments_take(&found, how.compartment);
    assert_null(found.periosteal);
    assert_null(found.trabecular);
    assert_int_equal((60 * 50 - 52 * 42) * grid.nz, trb_mask_count(cortex));
    assert_int_equal(1, trb_mask_get(cortex, 3, 30, 10));
    assert_int_equal(0, trb_mask_get(cortex, 4, 30, 10));
    trb_mask_destroy(cortex);
    trb_volume_destroy(volume);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    const trb_phantom_bone bone = bone_of(96, 0.02, 10, 5);
    const int before = trb_threads();
    trb_compartments found[2];
    uint32_t crc[2];
    for (int i = 0; i < 2; i++) {
        trb_volume *volume = NULL;
        trb_phantom_bone_truth truth;
        trb_voi_auto how;
        trb_threads_set(i ? 5 : 1);
        CHECK_OK(trb_phantom_bone_create(&bone, &volume, &truth, err));
        CHECK_OK(trb_voi_auto_parse("auto,preset=rat", &how, err));
        CHECK_OK(trb_compartments_find(volume, NULL, &how, &found[i], err));
        crc[i] = trb_volume_crc32(volume);
        trb_phantom_bone_truth_clear(&truth);
        trb_volume_destroy(volume);
    }
    trb_threads_set(before);
    assert_int_equal(crc[0], crc[1]);
    const size_t bytes = found[0].trabecular->words_per_row * 96 * 96 * sizeof(uint64_t);
    assert_memory_equal(found[0].trabecular->bits, found[1].trabecular->bits, bytes);
    assert_memory_equal(found[0].periosteal->bits, found[1].periosteal->bits, bytes);
    for (int i = 0; i < 2; i++)
        trb_compartments_clear(&found[i]);
}

/* The planes of a scan, some at a time, give what the whole volume gives. */
static void slabs_of_a_scan_change_nothing(void **state)
{
    (void)state;
    const trb_phantom_bone bone = bone_of(80, 0.02, 9, 4);
    const trb_write_options write = trb_write_options_default();
    const trb_open_options open = trb_open_options_default();
    trb_volume *volume = NULL;
    trb_phantom_bone_truth truth;
    trb_scan *scan = NULL;
    trb_compartments whole, parts;
    trb_voi_auto how;
    char path[600];
    snprintf(path, sizeof path, "%s/bone.tif", testing_scratch());
    CHECK_OK(trb_phantom_bone_create(&bone, &volume, &truth, err));
    CHECK_OK(trb_volume_write(path, volume, &write, err));
    CHECK_OK(trb_scan_open(path, &open, &scan, err));
    CHECK_OK(trb_voi_auto_parse("auto,preset=rat", &how, err));
    CHECK_OK(trb_compartments_find(volume, NULL, &how, &whole, err));
    const trb_box box = trb_grid_box(trb_scan_grid(scan));
    trb_grey_source source = trb_grey_of_scan(scan, &box, 7);
    CHECK_OK(trb_grey_compartments(&source, NULL, &how, &parts, err));
    const size_t bytes = whole.trabecular->words_per_row * 80 * 80 * sizeof(uint64_t);
    assert_memory_equal(whole.trabecular->bits, parts.trabecular->bits, bytes);
    assert_memory_equal(whole.periosteal->bits, parts.periosteal->bits, bytes);
    CHECK_CLOSE(whole.endo_grey, parts.endo_grey, 0);
    trb_grey_clear(&source);
    trb_scan_close(scan);
    trb_compartments_clear(&whole);
    trb_compartments_clear(&parts);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
    testing_scratch_remove();
}

/* ---- balls and frames ---- */

static bool near(const trb_mask *source, size_t x, size_t y, size_t z, double radius)
{
    const trb_grid *g = &source->grid;
    for (size_t k = 0; k < g->nz; k++)
        for (size_t j = 0; j < g->ny; j++)
            for (size_t i = 0; i < g->nx; i++) {
                const double dx = (double)i - (double)x, dy = (double)j - (double)y,
                             dz = (double)k - (double)z;
                if (trb_mask_get(source, i, j, k) && dx * dx + dy * dy + dz * dz <= radius * radius + 1e-6)
                    return true;
            }
    return false;
}

static void a_ball_reaches_what_is_no_farther_than_its_radius(void **state)
{
    (void)state;
    static const double radius[] = {0, 0.9, 1, 1.5, 2.9999999999, 4.2, 200};
    trb_mask *source = testing_random_mask(23, 11, 19, 0.002, 5);
    for (size_t r = 0; r < sizeof radius / sizeof *radius; r++) {
        trb_mask *out = NULL;
        CHECK_OK(trb_mask_reach(source, radius[r], &out, err));
        for (size_t z = 0; z < 19; z++)
            for (size_t y = 0; y < 11; y++)
                for (size_t x = 0; x < 23; x++)
                    if (trb_mask_get(out, x, y, z) != near(source, x, y, z, radius[r]))
                        fail_msg("radius %g: voxel %zu %zu %zu", radius[r], x, y, z);
        trb_mask_destroy(out);
    }
    trb_mask_destroy(source);
    trb_mask *none = testing_random_mask(5, 6, 7, 0, 1), *out = NULL;
    CHECK_OK(trb_mask_reach(none, 3, &out, err));
    assert_int_equal(0, trb_mask_count(out));
    trb_mask_destroy(out);
    trb_mask_destroy(none);
    trb_mask *full = testing_random_mask(5, 6, 7, 1.1, 1);
    CHECK_OK(trb_mask_reach(full, 3, &out, err));
    assert_int_equal(5 * 6 * 7, trb_mask_count(out));
    trb_mask_destroy(out);
    trb_mask_destroy(full);
}

/* More planes than are held at a time, empty regions wider than 16 bits of distance, a radius beyond them. */
static void few_planes_at_a_time_and_long_distances_are_exact(void **state)
{
    (void)state;
    const trb_grid grid = {500, 9, 75, {1, 1, 1}, {0, 0, 0}};
    static const double radius[] = {5, 33.5, 180, 181, 300, 4094};
    trb_mask *source = NULL, *out = NULL;
    CHECK_OK(trb_mask_create(&grid, &source, err));
    trb_mask_set(source, 30, 2, 40, 1);
    trb_mask_set(source, 33, 6, 3, 1);
    for (size_t r = 0; r < sizeof radius / sizeof *radius; r++) {
        CHECK_OK(trb_mask_reach(source, radius[r], &out, err));
        for (size_t z = 0; z < 75; z++)
            for (size_t y = 0; y < 9; y++)
                for (size_t x = 0; x < 500; x++) {
                    const double a = hypot(hypot((double)x - 30, (double)y - 2), (double)z - 40);
                    const double b = hypot(hypot((double)x - 33, (double)y - 6), (double)z - 3);
                    if (trb_mask_get(out, x, y, z) != (fmin(a, b) <= radius[r] + 1e-9))
                        fail_msg("radius %g: voxel %zu %zu %zu", radius[r], x, y, z);
                }
        trb_mask_destroy(out);
    }
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_mask_reach(source, NAN, &out, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_mask_reach(source, 5000, &out, &error));
    assert_null(out);
    trb_mask_destroy(source);
}

static void a_frame_moves_masks_there_and_back(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(150, 20, 12, 0.3, 9);
    const trb_box box = {{3, 5, 0}, {140, 17, 12}};
    for (size_t margin = 0; margin < 140; margin = 2 * margin + 3) {
        trb_frame frame;
        trb_mask *inside = NULL, *back = NULL;
        CHECK_OK(trb_frame_make(&mask->grid, &box, margin, &frame, err));
        CHECK_OK(trb_frame_enter(&frame, mask, &inside, err));
        CHECK_OK(trb_frame_leave(&frame, inside, &back, err));
        assert_int_equal(14, inside->grid.nz);
        for (size_t z = 0; z < 12; z++)
            for (size_t y = 0; y < 20; y++)
                for (size_t x = 0; x < 150; x++) {
                    const bool held =
                        x + margin >= 3 && x < 140 + margin && y + margin >= 5 && y < 17 + margin;
                    assert_int_equal(held && trb_mask_get(mask, x, y, z), trb_mask_get(back, x, y, z));
                    if (held)
                        assert_int_equal(trb_mask_get(mask, x, y, z),
                                         trb_mask_get(inside, x + margin - 3, y + margin - 5, z + 1));
                }
        assert_int_equal(trb_mask_count(inside), trb_mask_count(back)); /* nothing in pads and caps */
        trb_mask_destroy(inside);
        trb_mask_destroy(back);
    }
    trb_mask_destroy(mask);
}

/* ---- errors ---- */

static void refused(const trb_volume *volume, const char *text, trb_status expected, const char *part)
{
    trb_voi_auto how;
    trb_compartments found;
    trb_error error = {TRB_OK, ""};
    CHECK_OK(trb_voi_auto_parse(text, &how, err));
    const trb_status status = trb_compartments_find(volume, NULL, &how, &found, &error);
    if (status != expected || !strstr(error.text, part))
        fail_msg("'%s': %s, '%s' is not in '%s'", text, trb_status_name(status), part, error.text);
    assert_null(found.periosteal);
    assert_null(found.trabecular);
}

static void what_cannot_be_found_is_said_with_a_remedy(void **state)
{
    (void)state;
    const trb_phantom_bone bone = bone_of(64, 0.02, 8, 4);
    trb_volume *volume = NULL;
    trb_phantom_bone_truth truth;
    CHECK_OK(trb_phantom_bone_create(&bone, &volume, &truth, err));
    refused(volume, "auto,peri-threshold=255grey", TRB_ERR_DATA, "lower it with peri-threshold");
    refused(volume, "auto,peri-threshold=20grey", TRB_ERR_DATA, "the sides of the image are above");
    refused(volume, "auto,endo-threshold=5grey", TRB_ERR_DATA, "raise endo-threshold");
    refused(volume, "auto,endo-threshold=250grey,endo-smooth=0", TRB_ERR_DATA, "there is no cortex");
    refused(volume, "auto,least-cortex=2mm", TRB_ERR_DATA, "least-cortex (now 2 mm)");
    refused(volume, "auto,peri-threshold=450mgHA", TRB_ERR_ARGUMENT, "needs a calibration");
    volume->grid.spacing_mm[2] = 0.05;
    refused(volume, "auto,preset=rat", TRB_ERR_ARGUMENT, "cubic voxels");
    volume->grid.spacing_mm[2] = 0;
    refused(volume, "auto,preset=rat", TRB_ERR_ARGUMENT, "voxel size");
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
}

/* Trabecular bone from wall to wall is no bone with a cortex: the result says so. */
static void bone_at_the_sides_of_the_image_is_told(void **state)
{
    (void)state;
    trb_voi_auto how;
    trb_compartments found;
    CHECK_OK(trb_voi_auto_parse("auto,preset=rat", &how, err));
    CHECK_OK(trb_compartments_find(testing_bone(), NULL, &how, &found, err));
    assert_true(found.sides > 0.1);
    trb_compartments_clear(&found);
}

/* ---- text ---- */

static void text_is_read_strictly_and_written_as_read(void **state)
{
    (void)state;
    static const char *const good[] = {
        "auto",
        "auto:cortical",
        "auto:periosteal,preset=mouse",
        "auto,preset=human,endo-close=0.35mm",
        "auto,endo-close=350um,preset=human,bones=all,peri-threshold=450mgHA,endo-threshold=320 mgHA/cm3",
        "auto:trabecular,least-cortex=0,peri-threshold=li,endo-threshold=85.5grey"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        trb_voi_auto first, second;
        char text[420], again[420];
        assert_true(trb_voi_is_auto(good[i]));
        CHECK_OK(trb_voi_auto_parse(good[i], &first, err));
        CHECK_OK(trb_voi_auto_parse(trb_voi_auto_text(&first, text, sizeof text), &second, err));
        assert_string_equal(text, trb_voi_auto_text(&second, again, sizeof again));
        assert_int_equal(first.compartment, second.compartment);
        assert_true(isnan(first.endo_close_mm) ? isnan(second.endo_close_mm)
                                               : first.endo_close_mm == second.endo_close_mm);
    }
    trb_voi_auto how;
    CHECK_OK(trb_voi_auto_parse("auto,endo-close=350um,preset=human", &how, err));
    CHECK_CLOSE(0.35, how.endo_close_mm, 0); /* the preset comes behind, and does not undo it */
    CHECK_CLOSE(0.6, how.peri_close_mm, 0);
    static const char *const bad[][2] = {
        {"auto:", "compartment '' is not one of trabecular, cortical, periosteal"},
        {"auto:cortex", "not one of trabecular, cortical, periosteal"},
        {"auto,preset=dog", "preset 'dog' is not one of mouse, rat, human"},
        {"auto,endo-close=0.3", "write 0.15mm or 150um"},
        {"auto,endo-close=-1mm", "0 to 10mm"},
        {"auto,endo-close=12abc", "endo-close '12abc'"},
        {"auto,peri-threshold=ottsu", "'ottsu' is not one of half, otsu"},
        {"auto,peri-threshold=300foo", "is no unit"},
        {"auto,closing=1mm", "'closing' is not one of preset, bones, peri-threshold"},
        {"auto,rat", "'rat' is not KEY=VALUE"},
        {"auto,,preset=rat", "'' is not KEY=VALUE"},
        {"auto,bones=some", "not one of largest, all"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        trb_error error = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_ARGUMENT, trb_voi_auto_parse(bad[i][0], &how, &error));
        if (!strstr(error.text, bad[i][1]))
            fail_msg("'%s': '%s' is not in '%s'", bad[i][0], bad[i][1], error.text);
    }
    assert_false(trb_voi_is_auto("automatic.tif"));
    assert_false(trb_voi_is_auto("box:0:1,0:1,0:1"));
}

/* ---- the phantom itself ---- */

static void the_shell_is_as_thick_as_it_was_asked_for(void **state)
{
    (void)state;
    trb_phantom_bone bone = trb_phantom_bone_default();
    bone.image.size_vox = 128;
    bone.radius_vox[0] = 50;
    bone.radius_vox[1] = 50;
    bone.cortex_vox = 10;
    bone.image.bv_tv = 0.05;
    trb_volume *volume = NULL;
    trb_phantom_bone_truth truth;
    CHECK_OK(trb_phantom_bone_create(&bone, &volume, &truth, err));
    const double pi = 3.14159265358979323846;
    CHECK_RELATIVE(pi * 50 * 50 * 128, (double)trb_mask_count(truth.periosteal), 0.002);
    CHECK_RELATIVE(pi * 40 * 40 * 128, (double)trb_mask_count(truth.trabecular), 0.002);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
    /* An ellipse: the parallel curve at distance t holds pi a b - t L + pi t^2; L by Ramanujan. Tilted by 20 degrees
     * a slice is cut at b / cos. */
    const double a = 52, b = 34, t = 9, h = (a - b) * (a - b) / ((a + b) * (a + b));
    const double perimeter = pi * (a + b) * (1 + 3 * h / (10 + sqrt(4 - 3 * h)));
    bone.radius_vox[0] = a;
    bone.radius_vox[1] = b;
    bone.cortex_vox = t;
    bone.tilt_deg = 20;
    CHECK_OK(trb_phantom_bone_create(&bone, &volume, &truth, err));
    const double length = 128 / cos(20 * pi / 180);
    CHECK_RELATIVE(pi * a * b * length, (double)trb_mask_count(truth.periosteal), 0.002);
    CHECK_RELATIVE((pi * a * b - t * perimeter + pi * t * t) * length,
                   (double)trb_mask_count(truth.trabecular), 0.003);
    trb_phantom_bone_truth_clear(&truth);
    trb_volume_destroy(volume);
}

static void a_bone_that_does_not_fit_is_refused(void **state)
{
    (void)state;
    const struct {
        double radius, cortex, tilt, gap, outside;
        const char *part;
    } cases[] = {{90, 12, 0, 0, 0, "leaves the image"},  {60, 12, 40, 0, 0, "tilt 40"},
                 {60, 0.5, 0, 0, 0, "cortex of 0.5"},    {60, 70, 0, 0, 0, "cortex of 70"},
                 {60, 12, 0, -1, 0, "gap of -1"},        {60, 12, 0, 0, 300, "outside grey 300"},
                 {60, 12, 30, 0, 0, "leaves the image"}, {60, 12, 0, NAN, 0, "gap of"},
                 {60, NAN, 0, 0, 0, "cortex of"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trb_phantom_bone bone = trb_phantom_bone_default();
        bone.radius_vox[0] = bone.radius_vox[1] = cases[i].radius;
        bone.cortex_vox = cases[i].cortex;
        bone.tilt_deg = cases[i].tilt;
        bone.gap_vox = cases[i].gap;
        bone.outside_grey = cases[i].outside;
        trb_volume *volume = NULL;
        trb_phantom_bone_truth truth;
        trb_error error = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_ARGUMENT, trb_phantom_bone_create(&bone, &volume, &truth, &error));
        assert_null(volume);
        if (!strstr(error.text, cases[i].part))
            fail_msg("case %zu: '%s' is not in '%s'", i, cases[i].part, error.text);
    }
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
        cmocka_unit_test(flat_walls_return_exactly),
        cmocka_unit_test(a_bone_at_the_side_of_the_image_keeps_its_cortex),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(slabs_of_a_scan_change_nothing),
        cmocka_unit_test(a_ball_reaches_what_is_no_farther_than_its_radius),
        cmocka_unit_test(few_planes_at_a_time_and_long_distances_are_exact),
        cmocka_unit_test(a_frame_moves_masks_there_and_back),
        cmocka_unit_test(what_cannot_be_found_is_said_with_a_remedy),
        cmocka_unit_test(bone_at_the_sides_of_the_image_is_told),
        cmocka_unit_test(text_is_read_strictly_and_written_as_read),
        cmocka_unit_test(the_shell_is_as_thick_as_it_was_asked_for),
        cmocka_unit_test(a_bone_that_does_not_fit_is_refused),
        cmocka_unit_test(soft_tissue_may_be_brighter_or_darker_than_marrow),
    };
    return cmocka_run_group_tests_name("voi_auto", tests, NULL, NULL);
}
