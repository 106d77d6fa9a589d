/* test_thickness.c - local thickness against brute force on small shapes, and its corner cases. */
#include "support/testing.h"

#include "core/simd.h"
#include "measure/thickness_fast.h"
#include "oracle/thickness_oracle.h"
#include "support/shapes.h"
#include "trabecula/thickness.h"
#include "trabecula/version.h"

/* Map and histogram must equal the oracle's, voxel by voxel and code by code. The spacing is 1. */
static void check_against(const uint32_t *codes, const trb_mask *voi, const trb_thickness *result,
                          const trb_volume *map, const char *what)
{
    const trb_grid *grid = &map->grid;
    uint64_t valued = 0, counted = 0;
    uint64_t *histogram = calloc(result->n_codes + 1, sizeof *histogram);
    assert_non_null(histogram);
    for (size_t i = 0; i < trb_grid_voxels(grid); i++) {
        const size_t x = i % grid->nx, y = i / grid->nx % grid->ny, z = i / grid->nx / grid->ny;
        const uint32_t code = !voi || trb_mask_get(voi, x, y, z) ? codes[i] : 0;
        const float expected = (float)(2 * sqrt(code)), got = ((float *)map->voxels)[i];
        if (got != expected)
            fail_msg("%s: voxel %zu %zu %zu has %.9g, the oracle %.9g", what, x, y, z, (double)got,
                     (double)expected);
        if (code) {
            valued++;
            assert_true(code < result->n_codes);
            histogram[code]++;
        }
    }
    assert_int_equal(result->voxels, valued);
    for (size_t c = 0; c < result->n_codes; c++) {
        if (histogram[c] != result->code_count[c])
            fail_msg("%s: r2 = %zu has %zu voxels, the oracle %zu", what, c, (size_t)result->code_count[c],
                     (size_t)histogram[c]);
        counted += result->code_count[c];
    }
    assert_int_equal(counted, valued);
    free(histogram);
}

/* Every SIMD path that this processor has, with one thread and with two. */
static void check_on_every_path(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options,
                                const uint32_t *codes, const char *what)
{
    static const char *const PATHS[] = {"plain", "avx2", "avx512"};
    const int before = trb_threads();
    for (int path = 0; path < 3; path++) {
        char where[300];
        trb_thickness result;
        trb_volume *map = NULL;
        const int threads = 1 + path % 2;
        testing_simd(path);
        if (strcmp(trb_simd_path(), PATHS[path]) != 0) /* not on this processor */
            continue;
        trb_threads_set(threads);
        snprintf(where, sizeof where, "%s, %s, %d threads", what, PATHS[path], threads);
        CHECK_OK(trb_thickness_measure(object, voi, options, &result, &map, err));
        check_against(codes, voi, &result, map, where);
        trb_volume_destroy(map);
        trb_thickness_clear(&result);
    }
    testing_simd(-1);
    trb_threads_set(before);
}

static void compare_with_oracle(const trb_mask *object, const trb_mask *voi, const char *name)
{
    const size_t voxels = trb_grid_voxels(&object->grid);
    for (int border = 0; border < 2; border++) {
        if (border == TRB_BORDER_UNKNOWN && trb_mask_count(object) == voxels)
            continue;
        uint32_t *d2 = oracle_distance(object, (trb_border)border);
        for (int closed = 0; closed < 2; closed++)
            for (int centres = 0; centres < (voi ? 2 : 1); centres++) {
                char what[200];
                snprintf(what, sizeof what, "%s, %s, border %d, centres %d", name, closed ? "closed" : "open",
                         border, centres);
                trb_thickness_options options = trb_thickness_options_default();
                options.rule = closed ? TRB_THICKNESS_EXACT_CLOSED : TRB_THICKNESS_EXACT;
                options.border = (trb_border)border;
                options.centres = (trb_ball_centres)centres;
                uint32_t *codes = oracle_thickness(object, d2, closed, centres == TRB_CENTRES_VOI ? voi : NULL);
                check_on_every_path(object, voi, &options, codes, what);
                free(codes);
            }
        free(d2);
    }
}

static void every_shape_phase_border_and_ball_rule_equals_brute_force(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name), *other = NULL;
        CHECK_OK(trb_mask_complement(mask, &other, err));
        compare_with_oracle(mask, NULL, name);
        compare_with_oracle(other, NULL, name);
        trb_mask_destroy(mask);
        trb_mask_destroy(other);
    }
}

static void inside_a_voi_balls_come_from_the_image_or_from_the_voi_as_asked(void **state)
{
    (void)state;
    for (int i = 0; i < shapes_count(); i += 3) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name), *other = NULL;
        trb_mask *voi = testing_random_mask(mask->grid.nx, mask->grid.ny, mask->grid.nz, 0.4, 77);
        CHECK_OK(trb_mask_complement(mask, &other, err));
        compare_with_oracle(mask, voi, name);
        compare_with_oracle(other, voi, name);
        trb_mask_destroy(mask);
        trb_mask_destroy(other);
        trb_mask_destroy(voi);
    }
}

static void without_object_voxels_the_means_are_nan_and_nothing_is_counted(void **state)
{
    (void)state;
    trb_mask *empty = testing_random_mask(65, 4, 3, -1.0, 1), *full = testing_random_mask(65, 4, 3, 2.0, 1);
    for (int rule = TRB_THICKNESS_EXACT; rule <= TRB_THICKNESS_FIJI; rule++) {
        trb_thickness_options options = trb_thickness_options_default();
        options.rule = (trb_thickness_rule)rule;
        trb_thickness result;
        trb_volume *map = NULL;
        CHECK_OK(trb_thickness_measure(empty, NULL, &options, &result, &map, err));
        assert_int_equal(result.voxels, 0);
        assert_int_equal(result.valued, 0);
        assert_true(isnan(result.mean_vox) && isnan(result.sd_vox) && isnan(result.max_vox));
        CHECK_CLOSE(0, trb_volume_get(map, 64, 3, 2), 0);
        trb_volume_destroy(map);
        trb_thickness_clear(&result);
        /* An empty VOI comes before an infinite radius. */
        CHECK_OK(trb_thickness_measure(full, empty, &options, &result, NULL, err));
        assert_int_equal(result.voxels, 0);
        trb_thickness_clear(&result);
    }
    trb_mask_destroy(empty);
    trb_mask_destroy(full);
}

static void an_image_of_object_only_is_refused(void **state)
{
    (void)state;
    trb_mask *full = testing_random_mask(65, 4, 3, 2.0, 1);
    trb_thickness_options options = trb_thickness_options_default();
    trb_thickness result;
    trb_volume *map = NULL;
    trb_error err;
    assert_int_equal(trb_thickness_measure(full, NULL, &options, &result, &map, &err), TRB_ERR_DATA);
    assert_null(map);
    assert_null(result.code_count);
    trb_mask_destroy(full);
}

static void unequal_voxels_and_foreign_vois_are_refused(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(20, 5, 4, 0.5, 1), *small = testing_random_mask(19, 5, 4, 0.5, 1);
    trb_thickness_options options = trb_thickness_options_default();
    trb_thickness result;
    trb_error err;
    assert_int_equal(trb_thickness_measure(mask, small, &options, &result, NULL, &err), TRB_ERR_ARGUMENT);
    mask->grid.spacing_mm[2] = 1.5;
    assert_int_equal(trb_thickness_measure(mask, NULL, &options, &result, NULL, &err), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(err.text, "resample"));
    trb_mask_destroy(mask);
    trb_mask_destroy(small);
}

/* Geometry: an infinite plate of n voxels measures n (even) or n + 1 (odd) by the open rule. */
static void plates_measure_their_even_thickness(void **state)
{
    (void)state;
    for (size_t n = 1; n <= 8; n++) {
        const trb_grid grid = {40, 40, 20, {0.5, 0.5, 0.5}, {0, 0, 0}};
        trb_mask *plate = NULL;
        CHECK_OK(trb_mask_create(&grid, &plate, err));
        for (size_t z = 5; z < 5 + n; z++)
            for (size_t y = 0; y < 40; y++)
                plate->bits[z * 40 + y] = trb_mask_tail(plate);
        trb_thickness_options options = trb_thickness_options_default();
        trb_thickness result;
        trb_volume *map = NULL;
        CHECK_OK(trb_thickness_measure(plate, NULL, &options, &result, &map, err));
        const double expected = (double)(n + n % 2);
        CHECK_RELATIVE(expected, result.mean_vox, 1e-14);
        CHECK_CLOSE(0, result.sd_vox, 1e-14);
        CHECK_CLOSE(expected, result.max_vox, 0);
        CHECK_CLOSE(expected, result.max_inside_vox, 0);
        CHECK_CLOSE(0.5 * expected, trb_volume_get(map, 20, 20, 5), 0); /* mm */
        assert_int_equal(result.bin_count[(size_t)(2 * expected)], 1600 * n);
        trb_volume_destroy(map);
        trb_thickness_clear(&result);
        trb_mask_destroy(plate);
    }
}

static void the_largest_ball_inside_is_told_apart_from_balls_that_reach_in(void **state)
{
    (void)state;
    const trb_grid grid = {60, 40, 40, {1, 1, 1}, {0, 0, 0}};
    trb_mask *ball = NULL, *voi = NULL;
    CHECK_OK(trb_mask_create(&grid, &ball, err));
    CHECK_OK(trb_mask_create(&grid, &voi, err));
    for (int z = 0; z < 40; z++)
        for (int y = 0; y < 40; y++)
            for (int x = 0; x < 60; x++) {
                trb_mask_set(ball, (size_t)x, (size_t)y, (size_t)z,
                             (x - 20) * (x - 20) + (y - 20) * (y - 20) + (z - 20) * (z - 20) < 225);
                trb_mask_set(voi, (size_t)x, (size_t)y, (size_t)z, x >= 25);
            }
    trb_thickness_options options = trb_thickness_options_default();
    trb_thickness result;
    CHECK_OK(trb_thickness_measure(ball, voi, &options, &result, NULL, err));
    CHECK_CLOSE(30, result.max_vox, 0);
    CHECK_CLOSE(20, result.max_inside_vox, 0.5);
    const double from_image = result.mean_vox;
    trb_thickness_clear(&result);
    options.centres = TRB_CENTRES_VOI;
    CHECK_OK(trb_thickness_measure(ball, voi, &options, &result, NULL, err));
    CHECK_CLOSE(result.max_inside_vox, result.max_vox, 0);
    assert_true(result.mean_vox < from_image);
    trb_thickness_clear(&result);
    trb_mask_destroy(ball);
    trb_mask_destroy(voi);
}

static void bits_do_not_depend_on_the_thread_count(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(130, 41, 47, 0.999, 9);
    const int before = trb_threads(), threads[] = {1, 2, 5};
    for (int rule = TRB_THICKNESS_EXACT; rule <= TRB_THICKNESS_FIJI; rule++) {
        char first[65] = "";
        double mean = 0, sd = 0;
        for (int i = 0; i < 3; i++) {
            trb_threads_set(threads[i]);
            trb_thickness_options options = trb_thickness_options_default();
            options.rule = (trb_thickness_rule)rule;
            trb_thickness result;
            trb_volume *map = NULL;
            CHECK_OK(trb_thickness_measure(mask, NULL, &options, &result, &map, err));
            const char *hash = testing_sha256(map->voxels, trb_grid_voxels(&map->grid) * 4);
            if (i) {
                assert_string_equal(first, hash);
                assert_true(mean == result.mean_vox && sd == result.sd_vox);
            }
            strcpy(first, hash);
            mean = result.mean_vox;
            sd = result.sd_vox;
            trb_volume_destroy(map);
            trb_thickness_clear(&result);
        }
    }
    trb_threads_set(before);
    trb_mask_destroy(mask);
}

/* The whole-ball painter is compared with brute force through radii that only it can serve, and serves as
 * oracle where brute force is too slow. */
static void check_against_whole_balls(const trb_mask *object, const trb_mask *voi, bool closed, bool centres_voi,
                                      trb_border border, bool narrow_serves)
{
    const size_t bytes = trb_grid_voxels(&object->grid) * sizeof(float);
    trb_mask *wanted = NULL;
    CHECK_OK(trb_mask_copy(object, &wanted, err));
    if (voi)
        trb_mask_and(wanted, voi);
    trb_paint_job job = {.object = object, .voi = voi, .wanted = wanted, .border = border, .closed = closed,
                         .centres_voi = centres_voi, .map = malloc(bytes), .scale = 1.0};
    trb_paint_result slow, fast;
    assert_non_null(job.map);
    CHECK_OK(trb_thickness_paint_plain(&job, &slow, err));
    float *expected = job.map;
    job.map = malloc(bytes);
    assert_non_null(job.map);
    for (int i = 0; i < 6; i++) {
        const int path = i / 2, wide = i % 2;
        bool proven = false;
        testing_simd(path);
        if (path == 2 && strcmp(trb_simd_path(), "avx512") != 0)
            break;
        memset(job.map, 0xff, bytes);
        CHECK_OK(trb_thickness_paint_fast(&job, wide, &fast, &proven, err));
        assert_int_equal(proven, wide || narrow_serves);
        if (!proven)
            continue;
        assert_memory_equal(job.map, expected, bytes);
        assert_int_equal(fast.largest_inside, slow.largest_inside);
        for (size_t r2 = 0; r2 < fast.n_codes || r2 < slow.n_codes; r2++)
            assert_int_equal(r2 < fast.n_codes ? fast.code_count[r2] : 0,
                             r2 < slow.n_codes ? slow.code_count[r2] : 0);
        free(fast.code_count);
    }
    testing_simd(-1);
    free(slow.code_count);
    free(job.map);
    free(expected);
    trb_mask_destroy(wanted);
}

static void full_size_bone_and_marrow_equal_the_whole_ball_painter(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *marrow = NULL, *voi = testing_ellipse_voi();
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    check_against_whole_balls(bone, NULL, true, false, TRB_BORDER_BACKGROUND, true);
#ifndef __SANITIZE_ADDRESS__ /* the instrumented program takes minutes for all three */
    check_against_whole_balls(bone, voi, false, true, TRB_BORDER_UNKNOWN, true);
    check_against_whole_balls(marrow, voi, true, false, TRB_BORDER_UNKNOWN, true);
#endif
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
    trb_mask_destroy(voi);
}

/* One background voxel in a long thin box makes every radius up to its length: below and above the list cuts
 * (50, 80), the tile side (64, 96), signed bytes (127) and the end of 16 bits (176). */
static void radii_around_every_table_limit_equal_the_whole_ball_painter(void **state)
{
    (void)state;
    static const size_t LENGTHS[] = {49, 65, 97, 129, 174, 190};
    for (int i = 0; i < 6; i++)
        for (int axis = 0; axis < 3; axis++) {
            size_t n[3] = {9, 8, 10};
            n[axis] = LENGTHS[i];
            trb_mask *mask = testing_random_mask(n[0], n[1], n[2], 2.0, 1);
            trb_mask_set(mask, 0, 1, 2, 0);
            check_against_whole_balls(mask, NULL, axis == 1, false, TRB_BORDER_UNKNOWN, LENGTHS[i] < 180);
            trb_mask_destroy(mask);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_phase_border_and_ball_rule_equals_brute_force),
        cmocka_unit_test(inside_a_voi_balls_come_from_the_image_or_from_the_voi_as_asked),
        cmocka_unit_test(without_object_voxels_the_means_are_nan_and_nothing_is_counted),
        cmocka_unit_test(an_image_of_object_only_is_refused),
        cmocka_unit_test(unequal_voxels_and_foreign_vois_are_refused),
        cmocka_unit_test(plates_measure_their_even_thickness),
        cmocka_unit_test(the_largest_ball_inside_is_told_apart_from_balls_that_reach_in),
        cmocka_unit_test(full_size_bone_and_marrow_equal_the_whole_ball_painter),
        cmocka_unit_test(radii_around_every_table_limit_equal_the_whole_ball_painter),
        cmocka_unit_test(bits_do_not_depend_on_the_thread_count),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
