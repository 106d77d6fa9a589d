/* test_surface_grey.c - the surface of grey values, and all surfaces of the analytic phantoms. */
#include "support/testing.h"

#include "measure/marching_cubes.h"
#include "trabecula/phantom.h"
#include "trabecula/surface.h"
#include "trabecula/version.h"

static const double H = 0.0195;
static const trb_filter NONE = {TRB_FILTER_NONE, 0, 0};

static const char *const CASES[5] = {"case1_raw_gt63", "case2f_gauss_float_otsu", "case2t_gauss_truncated_otsu",
                                     "case3_raw_gt63_in_ellipse", "case3_gauss_float_otsu_in_ellipse"};

static void the_grey_surface_is_the_expected_one(void **state)
{
    (void)state;
    static const trb_filter FILTERS[5] = {{TRB_FILTER_NONE, 0, 0},
                                          {TRB_FILTER_GAUSSIAN, 0.8, 1},
                                          {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1},
                                          {TRB_FILTER_NONE, 0, 0},
                                          {TRB_FILTER_GAUSSIAN, 0.8, 1}};
    trb_mask *ellipse = testing_ellipse_voi();
    for (int which = 0; which < 5; which++) {
        char path[256];
        snprintf(path, sizeof path, "cases|%s|surface|marching_cubes_grey", CASES[which]);
        const json_t *expected = testing_at(testing_expected(), path);
        double area = 0;
        CHECK_OK(trb_surface_grey(testing_bone(), &FILTERS[which], testing_number(expected, "level"),
                                  which >= 3 ? ellipse : NULL, &area, err));
        CHECK_RELATIVE(testing_number(expected, "weighted_mm2"), area * H * H, 1e-3);
    }
    trb_mask_destroy(ellipse);
}

static trb_volume *float_volume(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    return volume;
}

static trb_volume *ramp(size_t n, double gx, double gy, double gz)
{
    trb_volume *volume = float_volume(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_volume_set(volume, x, y, z, gx * (double)x + gy * (double)y + gz * (double)z);
    return volume;
}

static double grey_area(const trb_volume *volume, double level, const trb_mask *voi)
{
    double area = -1;
    CHECK_OK(trb_surface_grey(volume, &NONE, level, voi, &area, err));
    return area;
}

/* Interpolation is exact on a ramp: the area is that of the plane inside the cube of voxel centres. */
static void a_plane_has_its_exact_area_at_any_tilt(void **state)
{
    (void)state;
    trb_volume *steep = ramp(21, 4, 3, 0), *flat = ramp(21, 0, 0, -2), *corner = ramp(21, 1, 2, 4);
    CHECK_CLOSE(20 * 20 * 5 / 4.0, grey_area(steep, 75.3, NULL), 1e-9); /* from y = 0 to y = 20 */
    CHECK_CLOSE(20 * 20, grey_area(flat, -13.7, NULL), 1e-5);
    CHECK_CLOSE(20 * 20, grey_area(flat, -14, NULL), 1e-9); /* through voxel centres */
    CHECK_CLOSE(17 * 17 * sqrt(21) / (2 * 1 * 2 * 4), grey_area(corner, 17, NULL), 1e-4); /* a triangle */
    trb_volume_destroy(steep);
    trb_volume_destroy(flat);
    trb_volume_destroy(corner);
}

static void a_ball_has_the_area_of_a_sphere(void **state)
{
    (void)state;
    trb_volume *ball = float_volume(45, 45, 45);
    for (size_t z = 0; z < 45; z++)
        for (size_t y = 0; y < 45; y++)
            for (size_t x = 0; x < 45; x++)
                trb_volume_set(ball, x, y, z,
                               100 - sqrt(pow((double)x - 22.3, 2) + pow((double)y - 21.8, 2) + pow((double)z - 22.1, 2)));
    CHECK_RELATIVE(4 * acos(-1) * 18 * 18, grey_area(ball, 100 - 18, NULL), 2e-3);
    trb_volume_destroy(ball);
}

/* Ties of the saddle join the bone; so a mask taken as grey values has the polygons of its codes. */
static void with_values_zero_and_one_it_is_the_constructed_surface_of_the_mask(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(66, 20, 19, 0.4, 3), *voi = testing_random_mask(66, 20, 19, 0.8, 4);
    trb_volume *volume = NULL;
    CHECK_OK(trb_mask_to_volume(bone, 1, &volume, err));
    trb_surface_counts counts;
    CHECK_OK(trb_surface_count(bone, voi, &counts, err));
    double expected = 0;
    for (unsigned code = 0; code < 256; code++) {
        trb_cell_polygons polygons;
        trb_cell_triangles triangles;
        trb_cell_cut(code, TRB_JOIN_BONE, &polygons);
        trb_cell_triangulate(&polygons, TRB_LARGEST_AREA, &triangles);
        expected += (double)counts.eighths[code] / 8 * trb_cell_midpoint_area(&triangles);
    }
    CHECK_RELATIVE(expected, grey_area(volume, 0.5, voi), 1e-12);
    trb_volume_destroy(volume);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/*
 * Noise: every code and every ambiguous face, away from ties. A polygon that two ways of cutting give the same
 * area at the middles of the edges is not cut in the mirrored way, hence the tolerance; deciding ambiguous faces
 * for the wrong phase changes it by more.
 */
static void turning_mirroring_or_negating_the_image_keeps_the_area(void **state)
{
    (void)state;
    trb_mask *noise = testing_random_mask(64 * 9, 31, 17, 0.5, 8);
    trb_volume *image = float_volume(9, 31, 17), *mirror = float_volume(9, 31, 17), *turned = float_volume(17, 9, 31),
               *negative = float_volume(9, 31, 17);
    for (size_t z = 0; z < 17; z++)
        for (size_t y = 0; y < 31; y++)
            for (size_t x = 0; x < 9; x++) {
                const double value = (double)(trb_mask_row(noise, y, z)[x] >> 40) - 8388608.5;
                trb_volume_set(image, x, y, z, value);
                trb_volume_set(mirror, 8 - x, y, z, value);
                trb_volume_set(turned, z, x, y, value);
                trb_volume_set(negative, x, y, z, -value);
            }
    const double area = grey_area(image, 1000.25, NULL);
    assert_true(area > 8 * 30 * 16);
    CHECK_RELATIVE(area, grey_area(mirror, 1000.25, NULL), 5e-4);
    CHECK_RELATIVE(area, grey_area(turned, 1000.25, NULL), 5e-4);
    CHECK_RELATIVE(area, grey_area(negative, -1000.25, NULL), 1e-12);
    trb_volume_destroy(image);
    trb_volume_destroy(mirror);
    trb_volume_destroy(turned);
    trb_volume_destroy(negative);
    trb_mask_destroy(noise);
}

static void the_wall_of_the_voi_is_no_surface_and_parts_add_up(void **state)
{
    (void)state;
    const trb_volume *bone = testing_bone();
    trb_mask *voi = testing_ellipse_voi(), *rest = NULL;
    CHECK_OK(trb_mask_complement(voi, &rest, err));
    const double whole = grey_area(bone, 63.5, NULL);
    CHECK_RELATIVE(whole, grey_area(bone, 63.5, voi) + grey_area(bone, 63.5, rest), 1e-12);
    assert_true(grey_area(bone, 500, voi) == 0);
    assert_true(grey_area(bone, -500, voi) == 0);
    trb_mask_destroy(voi);
    trb_mask_destroy(rest);
}

static void threads_do_not_change_a_bit(void **state)
{
    (void)state;
    const trb_filter smooth = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    const int before = trb_threads();
    double first = 0, area = 0;
    trb_threads_set(1);
    CHECK_OK(trb_surface_grey(testing_bone(), &smooth, 83, NULL, &first, err));
    for (int threads = 2; threads <= 5; threads += 3) {
        trb_threads_set(threads);
        CHECK_OK(trb_surface_grey(testing_bone(), &smooth, 83, NULL, &area, err));
        assert_memory_equal(&first, &area, sizeof area);
    }
    trb_threads_set(before);
}

static void the_smallest_volumes_have_no_cells(void **state)
{
    (void)state;
    trb_volume *row = float_volume(9, 1, 1), *cell = float_volume(2, 2, 2);
    for (size_t x = 0; x < 9; x++)
        trb_volume_set(row, x, 0, 0, (double)x);
    assert_true(grey_area(row, 4.5, NULL) == 0);
    for (size_t i = 0; i < 8; i++)
        trb_volume_set(cell, i & 1, i >> 1 & 1, i >> 2, i == 0);
    CHECK_CLOSE(sqrt(3) / 8, grey_area(cell, 0.5, NULL), 1e-9);
    trb_mask *voi = NULL;
    CHECK_OK(trb_mask_create(&cell->grid, &voi, err));
    assert_true(grey_area(cell, 0.5, voi) == 0);
    trb_mask_set(voi, 1, 1, 1, 1);
    CHECK_CLOSE(sqrt(3) / 64, grey_area(cell, 0.5, voi), 1e-9);
    trb_error err = {TRB_OK, ""};
    double area = 1;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_surface_grey(cell, &NONE, NAN, NULL, &area, &err));
    assert_true(isnan(area));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_surface_grey(row, &NONE, 1, voi, &area, &err));
    assert_non_null(strstr(err.text, "same grid"));
    trb_volume_destroy(row);
    trb_volume_destroy(cell);
    trb_mask_destroy(voi);
}

static void check_phantom(const char *key, const json_t *expected)
{
    char shape[16];
    trb_phantom_options options;
    double thickness;
    unsigned placement;
    assert_int_equal(3, sscanf(key, "%15[^/]/%lf/%u", shape, &thickness, &placement));
    trb_phantom_kind kind;
    assert_true(trb_phantom_kind_find(shape, &kind));
    options = trb_phantom_options_default(kind);
    options.thickness_vox = thickness;
    options.placement = placement;
    trb_volume *volume = NULL;
    trb_phantom_truth truth;
    CHECK_OK(trb_phantom_create(&options, &volume, &truth, err));
    trb_mask *bone = testing_mask(volume, 128), *voi = NULL;
    CHECK_OK(trb_mask_create(&volume->grid, &voi, err));
    for (size_t z = truth.voi.lo[2]; z < truth.voi.hi[2]; z++)
        for (size_t y = truth.voi.lo[1]; y < truth.voi.hi[1]; y++)
            for (size_t x = truth.voi.lo[0]; x < truth.voi.hi[0]; x++)
                trb_mask_set(voi, x, y, z, 1);
    trb_surface_counts counts;
    CHECK_OK(trb_surface_count(bone, voi, &counts, err));
    CHECK_RELATIVE(testing_number(expected, "bs|mc_lewiner"), trb_surface_marching_cubes(&counts, TRB_SURFACE_LEWINER),
                   1e-7);
    CHECK_RELATIVE(testing_number(expected, "bs|mc_lorensen"),
                   trb_surface_marching_cubes(&counts, TRB_SURFACE_LORENSEN), 1e-7);
    CHECK_RELATIVE(testing_number(expected, "bs|mc_bone_joined"),
                   trb_surface_marching_cubes(&counts, TRB_SURFACE_BONE_JOINED), 1e-9);
    CHECK_RELATIVE(testing_number(expected, "bs|crofton13"), trb_surface_crofton(&counts, 13), 1e-8);
    CHECK_RELATIVE(testing_number(expected, "bs|crofton3"), trb_surface_crofton(&counts, 3), 1e-9);
    if (thickness >= 4)
        CHECK_RELATIVE(testing_number(expected, "bs|mc_grey"), grey_area(volume, 127.5, voi), 1e-3);
    trb_volume_destroy(volume);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/* Every shape; the small ones, because making the others takes longer than this test should. */
static void phantoms_have_the_listed_surfaces(void **state)
{
    (void)state;
    const char *key;
    json_t *one;
    int checked = 0;
    json_object_foreach((json_t *)(uintptr_t)testing_at(testing_phantoms(), "phantoms"), key, one)
    {
        if (testing_number(one, "grid_edge") > 48)
            continue;
        check_phantom(key, one);
        checked++;
    }
    print_message("%d phantoms checked\n", checked);
    assert_true(checked > 40);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plane_has_its_exact_area_at_any_tilt),
        cmocka_unit_test(a_ball_has_the_area_of_a_sphere),
        cmocka_unit_test(with_values_zero_and_one_it_is_the_constructed_surface_of_the_mask),
        cmocka_unit_test(turning_mirroring_or_negating_the_image_keeps_the_area),
        cmocka_unit_test(the_wall_of_the_voi_is_no_surface_and_parts_add_up),
        cmocka_unit_test(threads_do_not_change_a_bit),
        cmocka_unit_test(the_smallest_volumes_have_no_cells),
        cmocka_unit_test(the_grey_surface_is_the_expected_one),
        cmocka_unit_test(phantoms_have_the_listed_surfaces),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
