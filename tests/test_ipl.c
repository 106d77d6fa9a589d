/* test_ipl.c - the IPL rules against geometry and against the oracle. */
#include "support/testing.h"

#include "measure/ipl_steps.h"
#include "oracle/ipl_oracle.h"
#include "trabecula/version.h"

static const trb_thickness_options IPL = {TRB_THICKNESS_IPL, TRB_CENTRES_VOI, TRB_BORDER_UNKNOWN, 0, false, NULL};

/* Map and every number of a result against the oracle. */
static void check_against_oracle(const trb_mask *object, const trb_mask *voi, trb_thickness_options options)
{
    ipl_oracle o = ipl_oracle_make(object, voi, options.rule == TRB_THICKNESS_IPL ? 3 : 1,
                                   options.centres == TRB_CENTRES_VOI);
    trb_thickness result;
    trb_volume *map = NULL;
    CHECK_OK(trb_thickness_measure(object, voi, &options, &result, &map, err));
    const size_t n = o.nx * o.ny * o.nz;
    uint64_t voxels = 0, valued = 0;
    double sum = 0, squares = 0, largest = 0;
    uint64_t *count = calloc(result.n_codes + 1, sizeof *count);
    assert_non_null(count);
    const double h = object->grid.spacing_mm[0];
    for (size_t i = 0; i < n; i++) {
        const size_t x = i % o.nx, y = i / o.nx % o.ny, z = i / o.nx / o.ny;
        const double t = o.thickness[i];
        const float shown = ((const float *)map->voxels)[i];
        if (shown != (float)t * (float)h)
            fail_msg("voxel %zu %zu %zu: oracle %g voxels, map %g mm", x, y, z, t, (double)shown);
        voxels += trb_mask_get(object, x, y, z) && (!voi || trb_mask_get(voi, x, y, z));
        valued += t > 0;
        sum += t;
        squares += t * t;
        largest = fmax(largest, t);
        assert_true(t < (double)result.n_codes);
        count[(size_t)t] += t > 0;
    }
    assert_int_equal(voxels, result.voxels);
    assert_int_equal(valued, result.valued);
    for (size_t d = 0; d < result.n_codes; d++) {
        assert_int_equal(count[d], result.code_count[d]);
        assert_int_equal(count[d], result.bin_count[2 * d]);
    }
    if (valued) {
        const double mean = sum / (double)valued;
        CHECK_RELATIVE(mean, result.mean_vox, 1e-12);
        CHECK_CLOSE(sqrt(fmax(squares / (double)valued - mean * mean, 0)), result.sd_vox, 1e-6);
        CHECK_CLOSE(largest, result.max_vox, 0);
    } else
        assert_true(isnan(result.mean_vox) && isnan(result.sd_vox) && isnan(result.max_vox));
    free(count);
    trb_thickness_clear(&result);
    trb_volume_destroy(map);
    ipl_oracle_free(&o);
}

static void check_both_rules(const trb_mask *object, const trb_mask *voi)
{
    trb_thickness_options options = IPL;
    check_against_oracle(object, voi, options);
    options.centres = TRB_CENTRES_IMAGE;
    check_against_oracle(object, voi, options);
    options.rule = TRB_THICKNESS_IPL_V1;
    check_against_oracle(object, voi, options);
}

static void random_masks_agree_with_the_oracle(void **state)
{
    (void)state;
    static const double densities[] = {0.05, 0.5, 0.9, 0.99, 0.999};
    static const size_t sizes[][3] = {{21, 14, 9}, {1, 7, 11}, {13, 1, 8}, {17, 12, 1}, {63, 5, 4},
                                      {64, 6, 3},  {65, 4, 6}, {130, 3, 5}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (size_t k = 0; k < sizeof densities / sizeof *densities; k++) {
            trb_mask *object = testing_random_mask(sizes[i][0], sizes[i][1], sizes[i][2], densities[k], 10 * i + k);
            trb_mask_set(object, sizes[i][0] / 2, sizes[i][1] / 2, sizes[i][2] / 3, 0); /* some background */
            trb_mask *voi = testing_random_mask(sizes[i][0], sizes[i][1], sizes[i][2], 0.7, 999 - i);
            check_both_rules(object, NULL);
            check_both_rules(object, voi);
            trb_mask_destroy(object);
            trb_mask_destroy(voi);
        }
}

/* A piece of the real bone, from raw grey values. */
static trb_mask *bone_piece(size_t x0, size_t y0, size_t z0, size_t nx, size_t ny, size_t nz, int marrow)
{
    trb_mask *piece = NULL;
    const trb_grid grid = {nx, ny, nz, {0.0195, 0.0195, 0.0195}, {0, 0, 0}};
    CHECK_OK(trb_mask_create(&grid, &piece, err));
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++)
                trb_mask_set(piece, x, y, z,
                             (trb_volume_get(testing_bone(), x0 + x, y0 + y, z0 + z) >= 64) != marrow);
    return piece;
}

static void pieces_of_bone_agree_with_the_oracle(void **state)
{
    (void)state;
    for (int marrow = 0; marrow < 2; marrow++) {
        trb_mask *piece = bone_piece(40, 110, 60, 31, 26, 22, marrow), *voi = NULL;
        CHECK_OK(trb_mask_create(&piece->grid, &voi, err));
        for (int z = 4; z < 19; z++)
            for (int y = 0; y < 26; y++)
                for (int x = 0; x < 31; x++)
                    trb_mask_set(voi, (size_t)x, (size_t)y, (size_t)z,
                                 (x - 15) * (x - 15) + 2 * (y - 12) * (y - 12) < 160);
        check_both_rules(piece, NULL);
        check_both_rules(piece, voi);
        trb_mask_destroy(piece);
        trb_mask_destroy(voi);
    }
}

/* One by one: in a painting a wrong diameter may hide below a larger ball. */
static void every_ball_has_the_diameter_of_the_oracle(void **state)
{
    (void)state;
    for (int kind = 0; kind < 4; kind++) {
        trb_mask *object = kind < 2 ? bone_piece(20, 100, 50, 90, 80, 60, kind)
                                    : testing_random_mask(60, 50, 40, kind == 2 ? 0.9 : 0.99, (uint64_t)kind);
        ipl_oracle o = ipl_oracle_make(object, NULL, 0, 1);
        ipl_field field;
        trb_mask *ridge = NULL;
        CHECK_OK(ipl_field_create(object, &field, err));
        CHECK_OK(ipl_ridge_create(&field, NULL, &ridge, err));
        for (int version = 1; version <= 3; version += 2) {
            ipl_balls balls;
            CHECK_OK(ipl_balls_create(&field, ridge, version, &balls, err));
            const size_t n = balls.first[object->grid.nz];
            assert_int_equal(trb_mask_count(ridge), n);
            for (size_t i = 0; i < n; i++) {
                const ipl_ball *ball = &balls.ball[i];
                assert_true(o.centre[(ball->z * o.ny + ball->y) * o.nx + ball->x]);
                CHECK_CLOSE(ipl_oracle_diameter(&o, ball->x, ball->y, ball->z, version), ball->d, 0);
            }
            ipl_balls_clear(&balls);
        }
        trb_mask_destroy(ridge);
        ipl_field_clear(&field);
        ipl_oracle_free(&o);
        trb_mask_destroy(object);
    }
}

/* Both sets of row steps, whatever the width, give the vectors and the centres of the oracle. */
static void every_row_step_gives_what_the_oracle_gives(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 2, 15, 16, 17, 31, 32, 33, 63, 64, 65, 127, 130};
    for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
        for (int k = 0; k < 4; k++) {
            static const double densities[] = {0.3, 0.8, 0.98, 0.9995};
            trb_mask *object = testing_random_mask(widths[i], 11, 9, densities[k], 7 * i + (size_t)k);
            trb_mask_set(object, widths[i] - 1, 5, 6, 0);
            ipl_oracle o = ipl_oracle_make(object, NULL, 0, 1);
            for (int plain = 0; plain < 2; plain++) {
                ipl_field field;
                setenv("TRABECULA_SIMD", plain ? "plain" : "avx2", 1);
                CHECK_OK(ipl_field_create(object, &field, err));
                for (size_t at = 0; at < widths[i] * 99; at++) {
                    int v[3];
                    ipl_field_get(&field, at % widths[i], at / widths[i] % 11, at / widths[i] / 11, v);
                    for (int axis = 0; axis < 3; axis++)
                        if ((double)v[axis] != o.contact[3 * at + (size_t)axis])
                            fail_msg("width %zu, density %g, plain %d, voxel %zu, axis %d: %g, got %d", widths[i],
                                     densities[k], plain, at, axis, o.contact[3 * at + (size_t)axis], v[axis]);
                }
                trb_mask *ridge = NULL;
                CHECK_OK(ipl_ridge_create(&field, NULL, &ridge, err));
                for (size_t at = 0; at < widths[i] * 99; at++)
                    if (trb_mask_get(ridge, at % widths[i], at / widths[i] % 11, at / widths[i] / 11) != o.centre[at])
                        fail_msg("width %zu, density %g, plain %d, voxel %zu: centre %d", widths[i], densities[k],
                                 plain, at, o.centre[at]);
                trb_mask_destroy(ridge);
                ipl_field_clear(&field);
            }
            ipl_oracle_free(&o);
            trb_mask_destroy(object);
        }
    unsetenv("TRABECULA_SIMD");
}

/* Tall enough to be cut into chunks; what each object needs of the rule that joins them is said beside it. */
static void chunks_swept_at_the_same_time_give_the_vectors_of_the_oracle(void **state)
{
    (void)state;
    const int before = trb_threads();
    for (int kind = 0; kind < 5; kind++) {
        const size_t nx = 19, ny = 13, nz = 219;
        static const double density[] = {0.6, 0.97, 2, 2, 2};
        trb_mask *object = testing_random_mask(nx, ny, nz, density[kind], (uint64_t)kind);
        if (kind == 2)
            trb_mask_set(object, 3, 4, 0, 0); /* does not settle in the first pass */
        if (kind == 3)
            trb_mask_set(object, 3, 4, nz - 1, 0); /* settles in the first pass, but not in the second */
        if (kind == 4)
            for (size_t z = 5; z < nz; z += 31)
                trb_mask_set(object, z % nx, z % ny, z, 0); /* settles slowly */
        ipl_oracle o = ipl_oracle_make(object, NULL, 0, 1);
        for (int threads = 1; threads <= 5; threads += threads == 3 ? 2 : 1) {
            trb_threads_set(threads);
            ipl_field field;
            CHECK_OK(ipl_field_create(object, &field, err));
            for (size_t at = 0; at < nx * ny * nz; at++) {
                int v[3];
                ipl_field_get(&field, at % nx, at / nx % ny, at / nx / ny, v);
                for (int axis = 0; axis < 3; axis++)
                    if ((double)v[axis] != o.contact[3 * at + (size_t)axis])
                        fail_msg("object %d, %d threads, voxel %zu, axis %d", kind, threads, at, axis);
            }
            ipl_field_clear(&field);
        }
        ipl_oracle_free(&o);
        trb_mask_destroy(object);
    }
    trb_threads_set(before);
}

/* The table of the definitions: a plate of n voxels across any axis is n by version 3, but 2 for n = 1. */
static void a_plate_has_the_thickness_of_the_table(void **state)
{
    (void)state;
    static const double by_v3[] = {0, 2, 2, 3, 4, 5, 6}, by_v1[] = {0, 1, 1, 3, 3, 5, 5};
    for (int axis = 0; axis < 3; axis++)
        for (size_t n = 1; n <= 6; n++) {
            trb_mask *plate = NULL;
            const trb_grid grid = {23, 24, 25, {0, 0, 0}, {0, 0, 0}};
            CHECK_OK(trb_mask_create(&grid, &plate, err));
            for (size_t z = 0; z < 25; z++)
                for (size_t y = 0; y < 24; y++)
                    for (size_t x = 0; x < 23; x++) {
                        const size_t across[3] = {x, y, z};
                        trb_mask_set(plate, x, y, z, across[axis] >= 8 && across[axis] < 8 + n);
                    }
            trb_thickness_options options = IPL;
            for (int version = 1; version <= 3; version += 2) {
                options.rule = version == 3 ? TRB_THICKNESS_IPL : TRB_THICKNESS_IPL_V1;
                trb_thickness result;
                trb_volume *map = NULL;
                CHECK_OK(trb_thickness_measure(plate, NULL, &options, &result, &map, err));
                const double expected = version == 3 ? by_v3[n] : by_v1[n];
                CHECK_CLOSE(expected, result.mean_vox, 0);
                CHECK_CLOSE(0, result.sd_vox, 0);
                CHECK_CLOSE(expected, result.max_vox, 0);
                CHECK_CLOSE(expected, result.max_inside_vox, 0);
                /* no spacing: the map is in voxels */
                const size_t in[3] = {axis == 0 ? 8 : 11, axis == 1 ? 8 : 11, axis == 2 ? 8 : 11};
                CHECK_CLOSE(expected, trb_volume_get(map, in[0], in[1], in[2]), 0);
                CHECK_CLOSE(0, trb_volume_get(map, 1, 1, 1), 0);
                trb_thickness_clear(&result);
                trb_volume_destroy(map);
            }
            trb_mask_destroy(plate);
        }
}

/* Axes P apart, the plates themselves n thick: P - 1 or P - 2 is left between the mid-axes. */
static void direct_tb_n_of_plates_is_the_gap_between_their_axes(void **state)
{
    (void)state;
    for (size_t n = 3; n <= 4; n++) {
        const size_t period = 12;
        trb_mask *plates = NULL, *voi = NULL;
        const trb_grid grid = {20, 21, 3 * period, {0, 0, 0}, {0, 0, 0}};
        CHECK_OK(trb_mask_create(&grid, &plates, err));
        CHECK_OK(trb_mask_create(&grid, &voi, err));
        for (size_t z = 0; z < 3 * period; z++)
            for (size_t y = 0; y < 21; y++)
                for (size_t x = 0; x < 20; x++) {
                    trb_mask_set(plates, x, y, z, z % period >= 4 && z % period < 4 + n);
                    trb_mask_set(voi, x, y, z, z >= 6 && z < 6 + 2 * period - 1);
                }
        trb_thickness result;
        uint64_t axis = 0;
        CHECK_OK(trb_tbn_direct_measure(plates, voi, 0, &result, &axis, err));
        assert_int_equal(axis, 3 * (n == 3 ? 1 : 2) * 20 * 21);
        CHECK_CLOSE(n == 3 ? 11 : 10, result.mean_vox, 0);
        CHECK_CLOSE(0, result.sd_vox, 0);
        trb_thickness_clear(&result);
        trb_mask_destroy(plates);
        trb_mask_destroy(voi);
    }
}

static void the_number_of_threads_changes_nothing(void **state)
{
    (void)state;
    trb_mask *piece = bone_piece(20, 30, 40, 97, 81, 70, 1);
    const int before = trb_threads();
    char first[65] = "";
    uint64_t valued = 0;
    static const int threads[] = {1, 2, 5};
    for (size_t i = 0; i < 3; i++) {
        trb_threads_set(threads[i]);
        trb_thickness result;
        trb_volume *map = NULL;
        CHECK_OK(trb_thickness_measure(piece, NULL, &IPL, &result, &map, err));
        const char *hash = testing_sha256(map->voxels, 97 * 81 * 70 * sizeof(float));
        if (i == 0) {
            strcpy(first, hash);
            valued = result.valued;
        }
        assert_string_equal(first, hash);
        assert_int_equal(valued, result.valued);
        trb_thickness_clear(&result);
        trb_volume_destroy(map);
    }
    trb_threads_set(before);
    trb_mask_destroy(piece);
}

static void an_image_without_background_is_refused(void **state)
{
    (void)state;
    trb_mask *full = testing_random_mask(70, 3, 2, 2, 1);
    trb_thickness result;
    trb_volume *map = NULL;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_DATA, trb_thickness_measure(full, NULL, &IPL, &result, &map, &err));
    assert_non_null(strstr(err.text, "without background"));
    assert_null(map);
    assert_null(result.code_count);
    assert_int_equal(TRB_ERR_DATA, trb_tbn_direct_measure(full, NULL, 0, &result, NULL, &err));
    trb_mask *none = testing_random_mask(70, 3, 2, -1, 1);
    assert_int_equal(TRB_ERR_DATA, trb_tbn_direct_measure(none, NULL, 0, &result, NULL, &err));
    assert_non_null(strstr(err.text, "no bone"));
    trb_mask_destroy(full);
    trb_mask_destroy(none);
}

static void other_borders_and_other_grids_are_refused(void **state)
{
    (void)state;
    trb_mask *mask = testing_random_mask(9, 8, 7, 0.5, 1), *other = testing_random_mask(9, 8, 6, 0.5, 1);
    trb_thickness_options options = IPL;
    trb_thickness result;
    trb_error err = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_thickness_measure(mask, other, &options, &result, NULL, &err));
    options.border = TRB_BORDER_BACKGROUND;
    assert_int_equal(TRB_ERR_UNSUPPORTED, trb_thickness_measure(mask, NULL, &options, &result, NULL, &err));
    trb_mask *needle = testing_random_mask(1, 1, 12000, 0.5, 1);
    assert_int_equal(TRB_ERR_UNSUPPORTED, trb_thickness_measure(needle, NULL, &IPL, &result, NULL, &err));
    trb_mask_destroy(mask);
    trb_mask_destroy(other);
    trb_mask_destroy(needle);
}

static void no_object_in_the_voi_is_no_error(void **state)
{
    (void)state;
    trb_mask *object = testing_random_mask(20, 10, 10, -1, 1), *voi = testing_random_mask(20, 10, 10, -1, 1);
    trb_mask_set(object, 3, 4, 5, 1);
    trb_mask_set(voi, 9, 9, 9, 1);
    trb_thickness result;
    trb_volume *map = NULL;
    CHECK_OK(trb_thickness_measure(object, voi, &IPL, &result, &map, err));
    assert_int_equal(0, result.voxels);
    assert_int_equal(0, result.valued);
    assert_true(isnan(result.mean_vox) && isnan(result.sd_vox) && isnan(result.max_vox));
    CHECK_CLOSE(0, trb_volume_get(map, 3, 4, 5), 0);
    trb_thickness_clear(&result);
    trb_volume_destroy(map);
    trb_mask_destroy(object);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plate_has_the_thickness_of_the_table),
        cmocka_unit_test(direct_tb_n_of_plates_is_the_gap_between_their_axes),
        cmocka_unit_test(every_row_step_gives_what_the_oracle_gives),
        cmocka_unit_test(every_ball_has_the_diameter_of_the_oracle),
        cmocka_unit_test(chunks_swept_at_the_same_time_give_the_vectors_of_the_oracle),
        cmocka_unit_test(random_masks_agree_with_the_oracle),
        cmocka_unit_test(pieces_of_bone_agree_with_the_oracle),
        cmocka_unit_test(the_number_of_threads_changes_nothing),
        cmocka_unit_test(an_image_without_background_is_refused),
        cmocka_unit_test(other_borders_and_other_grids_are_refused),
        cmocka_unit_test(no_object_in_the_voi_is_no_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
