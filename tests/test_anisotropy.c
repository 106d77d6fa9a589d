/* test_anisotropy.c - mean intercept lengths against lines that are walked, known structures, and the reference. */
#include "support/testing.h"

#include "measure/fabric_fit.h"
#include "measure/mil.h"
#include "support/shapes.h"
#include "trabecula/anisotropy.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"

static trb_fabric measure(const trb_mask *bone, const trb_mask *voi, trb_da_rule rule, double step)
{
    trb_da_options options = trb_da_options_default();
    trb_fabric fabric;
    options.rule = rule;
    options.step_vox = step;
    CHECK_OK(trb_anisotropy_measure(bone, voi, 0.02, &options, &fabric, err));
    return fabric;
}

static double cosine(const double a[3], const double b[3])
{
    return fabs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
}

/* Bone where f > 0. */
static trb_mask *make(size_t n, double (*f)(const double p[3]))
{
    const trb_grid grid = {n, n, n, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double p[3] = {(double)x, (double)y, (double)z};
                trb_mask_set(mask, x, y, z, f(p) > 0);
            }
    return mask;
}

/* ---- counts of pairs */
static void check_pairs(const trb_mask *bone, const trb_mask *voi)
{
    trb_pair_count counts[] = {{0, 0, 0, 0, 0}, {1, 0, 0, 0, 0},  {3, -2, 1, 0, 0}, {-3, 2, 2, 0, 0},
                               {-1, 0, 3, 0, 0}, {0, -17, 0, 0, 0}, {31, 1, 0, 0, 0}, {-32, -1, 4, 0, 0}};
    const size_t n = sizeof counts / sizeof *counts;
    const int size[3] = {(int)bone->grid.nx, (int)bone->grid.ny, (int)bone->grid.nz};
    CHECK_OK(trb_pair_counts(bone, voi, n, counts, err));
    for (size_t i = 0; i < n; i++) {
        uint64_t pairs = 0, changes = 0;
        for (int z = 0; z < size[2]; z++)
            for (int y = 0; y < size[1]; y++)
                for (int x = 0; x < size[0]; x++) {
                    const int ox = x + counts[i].dx, oy = y + counts[i].dy, oz = z + counts[i].dz;
                    if (ox < 0 || oy < 0 || oz < 0 || ox >= size[0] || oy >= size[1] || oz >= size[2])
                        continue;
#define AT(mask, a, b, c) trb_mask_get(mask, (size_t)(a), (size_t)(b), (size_t)(c))
                    if (voi && !(AT(voi, x, y, z) && AT(voi, ox, oy, oz)))
                        continue;
                    pairs++;
                    changes += AT(bone, x, y, z) != AT(bone, ox, oy, oz);
#undef AT
                }
        assert_int_equal(counts[i].pairs, pairs);
        assert_int_equal(counts[i].changes, changes);
    }
}

static void pairs_equal_those_counted_one_by_one(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{1, 1, 1}, {63, 5, 4}, {64, 20, 6}, {65, 4, 9}, {130, 25, 7}, {300, 7, 5}, {20, 1, 9}};
    for (int path = 0; path < 2; path++) {
        testing_simd(path);
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            const size_t *s = sizes[i];
            trb_mask *bone = testing_random_mask(s[0], s[1], s[2], 0.4, 7 + i);
            trb_mask *voi = testing_random_mask(s[0], s[1], s[2], i % 2 ? 0.03 : 0.8, 70 + i);
            check_pairs(bone, NULL);
            check_pairs(bone, voi);
            trb_mask_destroy(bone);
            trb_mask_destroy(voi);
        }
    }
    testing_simd(-1);
}

/* ---- lines */

/* Walk lines along v from 10^3 places in every voxel: with step * v in tenths they stand for all places alike. */
static double walked(const trb_mask *bone, const double step_v[3], double step)
{
    const size_t size[3] = {bone->grid.nx, bone->grid.ny, bone->grid.nz};
    double length = 0, changes = 0;
    for (size_t z = 0; z < size[2]; z++)
        for (size_t y = 0; y < size[1]; y++)
            for (size_t x = 0; x < size[0]; x++)
                for (int place = 0; place < 1000; place++) {
                    const size_t from[3] = {x, y, z};
                    size_t to[3];
                    bool in = true;
                    int digits = place;
                    for (int axis = 0; axis < 3; axis++, digits /= 10) {
                        const double at = floor((double)from[axis] + (digits % 10 + 0.5) / 10 + step_v[axis]);
                        in = in && at >= 0 && at < (double)size[axis];
                        to[axis] = in ? (size_t)at : 0;
                    }
                    if (!in)
                        continue;
                    length += step;
                    changes += trb_mask_get(bone, x, y, z) != trb_mask_get(bone, to[0], to[1], to[2]);
                }
    return length / changes;
}

static void intercept_lengths_equal_those_of_lines_that_are_walked(void **state)
{
    (void)state;
    static const double along[][3] = {{1.8, -0.7, 1.2}, {-0.1, 0.4, 1.1}, {2.3, 0, 0}, {0.6, 0.7, -2.1}, {-1.5, -1.5, 1.5}};
    trb_mask *bone = testing_random_mask(14, 11, 9, 0.3, 5);
    for (size_t i = 0; i < sizeof along / sizeof *along; i++) {
        const double *s = along[i], step = sqrt(s[0] * s[0] + s[1] * s[1] + s[2] * s[2]);
        const double v[3] = {s[0] / step, s[1] / step, s[2] / step};
        const trb_da_options options = {TRB_DA_MIL, 100, step};
        trb_mil mil;
        CHECK_OK(trb_mil_init(&mil, bone, NULL, &options, err));
        CHECK_RELATIVE(walked(bone, s, step), trb_mil_along(&mil, v), 1e-9);
        trb_mil_clear(&mil);
    }
    trb_mask_destroy(bone);
}

/* ---- the fit */
static void an_ellipsoid_gives_its_own_radii_and_axes(void **state)
{
    (void)state;
    static const double radius[3] = {5, 2, 0.5}, c = 0.8, s = 0.6;
    static double points[7 * 240];
    for (size_t i = 0; i < 240; i++) { /* radii along (c, s, 0), (-s, c, 0) and z */
        double v[3];
        trb_mil_direction(i, 10, v);
        const double a = c * v[0] + s * v[1], b = -s * v[0] + c * v[1];
        const double q = a * a / 25 + b * b / 4 + v[2] * v[2] / 0.25;
        for (size_t axis = 0; axis < 3; axis++)
            points[3 * i + axis] = v[axis] / sqrt(q);
    }
    double a[6], value[3], axis[3][3];
    assert_true(trb_fabric_fit(240, points, a));
    trb_fabric_axes(a, value, axis);
    for (int i = 0; i < 3; i++)
        CHECK_RELATIVE(1 / (radius[i] * radius[i]), value[i], 1e-10);
    CHECK_CLOSE(c, axis[0][0], 1e-10);
    CHECK_CLOSE(s, axis[0][1], 1e-10);
    CHECK_CLOSE(-s, axis[1][0], 1e-10);
    CHECK_CLOSE(c, axis[1][1], 1e-10);
    CHECK_CLOSE(1, axis[2][2], 1e-10);
    static double flat[7 * 30]; /* all points in one plane: no ellipsoid */
    for (size_t i = 0; i < 30; i++) {
        flat[3 * i] = cos((double)i);
        flat[3 * i + 1] = sin((double)i);
    }
    assert_false(trb_fabric_fit(30, flat, a));
    assert_false(trb_fabric_fit(5, flat, a));
}

/* ---- structures that are known */
static const double TILT[3] = {0.48, 0.6, 0.64}; /* a unit vector */

static double plates_z(const double p[3]) { return ((int)p[2] % 12 < 4) - 0.5; }
static double rods_z(const double p[3]) { return ((int)p[0] % 12 < 4 && (int)p[1] % 12 < 4) - 0.5; }
static double along_tilt(const double p[3]) { return p[0] * TILT[0] + p[1] * TILT[1] + p[2] * TILT[2]; }
static double plates_tilted(const double p[3]) { return sin(along_tilt(p) * 2 * 3.14159265358979 / 16) - 0.2; }
static double gyroid(const double x, const double y, const double z) { return sin(x) * cos(y) + sin(y) * cos(z) + sin(z) * cos(x) - 0.3; }
static double gyroid_isotropic(const double p[3]) { return gyroid(p[0] / 4, p[1] / 4, p[2] / 4); }

/* A gyroid drawn out by 1.6 along a line 30 degrees from z towards x. */
static const double LONG_AXIS[3] = {0.5, 0, 0.86602540378443865};
static double gyroid_long(const double p[3])
{
    const double c = LONG_AXIS[2], s = LONG_AXIS[0], u = c * p[0] - s * p[2], w = s * p[0] + c * p[2];
    return gyroid(u / 4, p[1] / 4, w / 6.4);
}

static void plates_and_rods_have_da_1(void **state)
{
    (void)state;
    const double z[3] = {0, 0, 1};
    trb_mask *plates = make(72, plates_z), *rods = make(72, rods_z), *tilted = make(96, plates_tilted);
    for (int rule = 0; rule < 2; rule++) {
        trb_fabric f = measure(plates, NULL, (trb_da_rule)rule, 2.3);
        CHECK_CLOSE(1, f.da, 0);
        assert_true(isnan(f.da_ratio));
        CHECK_CLOSE(1, cosine(f.axis[2], z), 1e-9);
        /* 11 changes in 71 steps along z; the mesh has 11 layers of 71^2 cells */
        CHECK_RELATIVE((rule ? 72.0 * 72 * 72 / (11 * 71 * 71) : 71.0 / 11) * 0.02, f.radius_mm[2], rule ? 1e-5 : 0.01);
        f = measure(rods, NULL, (trb_da_rule)rule, 2.3);
        CHECK_CLOSE(1, cosine(f.axis[0], z), 1e-4);
        assert_true(f.da > 0.97);
        f = measure(tilted, NULL, (trb_da_rule)rule, 2.3);
        assert_true(f.da > 0.95);
        /* a binary mesh has few normals, and those nearest to a plate decide the far points: 3.7 degrees off */
        assert_true(cosine(f.axis[2], TILT) > cos((rule ? 4 : 0.5) * 3.14159265358979 / 180));
    }
    trb_mask_destroy(plates);
    trb_mask_destroy(rods);
    trb_mask_destroy(tilted);
}

static void noise_and_a_gyroid_have_da_0(void **state)
{
    (void)state;
    trb_mask *noise = testing_random_mask(100, 100, 100, 0.4, 3), *even = make(101, gyroid_isotropic);
    for (int rule = 0; rule < 2; rule++) {
        CHECK_CLOSE(0, measure(noise, NULL, (trb_da_rule)rule, 2.3).da, 0.01);
        CHECK_CLOSE(1, measure(noise, NULL, (trb_da_rule)rule, 2.3).da_ratio, 0.005);
        CHECK_CLOSE(0, measure(even, NULL, (trb_da_rule)rule, 2.3).da, 0.02);
    }
    CHECK_CLOSE(0, measure(noise, NULL, TRB_DA_MIL, 1).da, 0.01);
    trb_mask_destroy(noise);
    trb_mask_destroy(even);
}

static void a_long_structure_points_along_its_axis(void **state)
{
    (void)state;
    trb_mask *mask = make(128, gyroid_long);
    for (int rule = 0; rule < 2; rule++) {
        const trb_fabric f = measure(mask, NULL, (trb_da_rule)rule, 2.3);
        assert_true(cosine(f.axis[0], LONG_AXIS) > cos(1.5 * 3.14159265358979 / 180));
        assert_true(f.da_ratio > 1.2 && f.da_ratio < 1.6);
        CHECK_RELATIVE(f.da_ratio, 1 / sqrt(1 - f.da), 1e-9);
        double trace = 0;
        for (int i = 0; i < 3; i++)
            trace += f.tensor[i][i];
        CHECK_CLOSE(1, trace, 1e-12);
        CHECK_CLOSE(1, f.fabric[0] + f.fabric[1] + f.fabric[2], 1e-12);
    }
    trb_mask_destroy(mask);
}

/* ---- invariances */

/* How: 0 mirrors x, 1 exchanges x and z. */
static trb_mask *turned(const trb_mask *from, int how)
{
    const size_t n = from->grid.nx;
    trb_mask *to = NULL;
    CHECK_OK(trb_mask_create(&from->grid, &to, err));
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(to, x, y, z, how == 0 ? trb_mask_get(from, n - 1 - x, y, z) : trb_mask_get(from, z, y, x));
    return to;
}

static void mirror_and_rotation_turn_the_axes_and_nothing_else(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64);
    for (int how = 0; how < 2; how++) {
        trb_mask *other = turned(bone, how);
        for (int rule = 0; rule < 2; rule++) {
            const trb_fabric a = measure(bone, NULL, (trb_da_rule)rule, 2.3), b = measure(other, NULL, (trb_da_rule)rule, 2.3);
            CHECK_CLOSE(a.da, b.da, 1e-11);
            for (int i = 0; i < 3; i++) {
                const double *v = a.axis[i];
                const double back[2][3] = {{-v[0], v[1], v[2]}, {v[2], v[1], v[0]}};
                CHECK_RELATIVE(a.radius_mm[i], b.radius_mm[i], 1e-11);
                assert_true(cosine(back[how], b.axis[i]) > 1 - 1e-11);
            }
        }
        trb_mask_destroy(other);
    }
    trb_mask_destroy(bone);
}

static void bone_and_marrow_have_the_same_lines(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi(), *marrow = NULL;
    CHECK_OK(trb_mask_complement(bone, &marrow, err));
    const trb_fabric a = measure(bone, voi, TRB_DA_MIL, 2.3), b = measure(marrow, voi, TRB_DA_MIL, 2.3);
    assert_memory_equal(&a, &b, sizeof a);
    trb_mask_destroy(bone);
    trb_mask_destroy(marrow);
    trb_mask_destroy(voi);
}

static void threads_and_vectors_do_not_change_a_bit(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    for (int rule = 0; rule < 2; rule++)
        for (int with_voi = 0; with_voi < 2; with_voi++) {
            trb_fabric first = {.used = 0};
            for (int run = 0; run < 4; run++) {
                trb_threads_set(run == 1 ? 1 : run == 2 ? 7 : 2);
                testing_simd(run == 3 ? 0 : -1);
                const trb_fabric f = measure(bone, with_voi ? voi : NULL, (trb_da_rule)rule, 2.3);
                if (run == 0)
                    first = f;
                assert_memory_equal(&first, &f, sizeof f);
            }
        }
    testing_simd(-1);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/* ---- the reference */
static void check_fabric(const char *name, const char *kind, trb_fabric f)
{
    char path[120];
    snprintf(path, sizeof path, "cases|%s|da|%s", name, kind);
    const json_t *e = testing_at(testing_expected(), path);
    print_message("%s %s: DA %.4f (reference %.4f), half %.4f, quarter %.4f\n", name, kind, f.da, testing_number(e, "da_0_1"),
                  f.da_half, f.da_quarter);
    CHECK_CLOSE(testing_number(e, "da_0_1"), f.da, 0.01);
    CHECK_CLOSE(testing_number(e, "da_ratio"), f.da_ratio, 0.01);
    CHECK_CLOSE(f.da, f.da_half, 0.0005);
    CHECK_CLOSE(f.da, f.da_quarter, 0.001);
    for (size_t i = 0; i < 3; i++) {
        CHECK_CLOSE(json_number_value(json_array_get(json_object_get(e, "fabric_trace1_descending"), i)), f.fabric[i], 0.003);
        CHECK_RELATIVE(json_number_value(json_array_get(json_object_get(e, "radii_descending"), i)), f.radius_mm[i], 0.02);
    }
    for (int end = 0; end < 2; end++) {
        const json_t *axis = json_object_get(e, end ? "axis_of_shortest_radius_xyz" : "axis_of_longest_radius_xyz");
        double v[3];
        for (size_t i = 0; i < 3; i++)
            v[i] = json_number_value(json_array_get(axis, i));
        const double angle = acos(fmin(1, cosine(v, f.axis[end ? 2 : 0]))) * 180 / 3.14159265358979;
        CHECK_CLOSE(0, angle, 3);
    }
}

static void check_reference(const char *name, const char *kind, const trb_mask *bone, const trb_mask *voi,
                            trb_da_rule rule, double step)
{
    trb_fabric f;
    trb_da_options options = {rule, 1000, step};
    CHECK_OK(trb_anisotropy_measure(bone, voi, 0.0195, &options, &f, err));
    check_fabric(name, kind, f);
}

/* The triangles of grey values, whose normals do not know the voxel grid. */
static void the_grey_surface_has_the_fabric_of_the_reference(void **state)
{
    (void)state;
    static const char *const NAMES[5] = {"case1_raw_gt63", "case2f_gauss_float_otsu", "case2t_gauss_truncated_otsu",
                                         "case3_raw_gt63_in_ellipse", "case3_gauss_float_otsu_in_ellipse"};
    static const trb_filter FILTERS[5] = {{TRB_FILTER_NONE, 0, 0},
                                          {TRB_FILTER_GAUSSIAN, 0.8, 1},
                                          {TRB_FILTER_GAUSSIAN_TRUNCATED, 0.8, 1},
                                          {TRB_FILTER_NONE, 0, 0},
                                          {TRB_FILTER_GAUSSIAN, 0.8, 1}};
    static const double LEVELS[5] = {63.5, 83, 81.5, 63.5, 83};
    trb_mask *ellipse = testing_ellipse_voi();
    const trb_da_options options = {TRB_DA_MESH_GREY, 1000, 1};
    for (int i = 0; i < 5; i++) {
        trb_fabric f, again;
        CHECK_OK(trb_anisotropy_grey(testing_bone(), &FILTERS[i], LEVELS[i], false, NULL, i >= 3 ? ellipse : NULL, 0.0195,
                                     &options, &f, err));
        check_fabric(NAMES[i], "mesh_grey", f);
        const int threads = trb_threads();
        trb_threads_set(i + 1);
        CHECK_OK(trb_anisotropy_grey(testing_bone(), &FILTERS[i], LEVELS[i], false, NULL, i >= 3 ? ellipse : NULL, 0.0195,
                                     &options, &again, err));
        trb_threads_set(threads);
        assert_memory_equal(&f, &again, sizeof f);
    }
    trb_mask_destroy(ellipse);
}

static void check_case(const char *name, trb_mask *bone, const trb_mask *voi)
{
    check_reference(name, "lines_step_1.0", bone, voi, TRB_DA_MIL, 1);
    check_reference(name, "lines_step_2.3", bone, voi, TRB_DA_MIL, 2.3);
    check_reference(name, "mesh_binary", bone, voi, TRB_DA_MESH, 1);
}

static void real_bone_agrees_with_the_reference(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 64), *voi = testing_ellipse_voi();
    check_case("case1_raw_gt63", bone, NULL);
    check_case("case3_raw_gt63_in_ellipse", bone, voi);
    trb_mask_destroy(bone);
    const trb_filter filter = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    CHECK_OK(trb_threshold_apply(testing_bone(), &filter, 83, false, &bone, err));
    check_case("case2f_gauss_float_otsu", bone, NULL);
    check_case("case3_gauss_float_otsu_in_ellipse", bone, voi);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/* ---- what cannot be measured */
static void what_has_no_fabric_is_said(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(20, 20, 20, 0, 1), *voi = testing_random_mask(20, 20, 19, 1, 1);
    trb_da_options options = trb_da_options_default();
    trb_fabric f;
    trb_error said = {TRB_OK, ""};
    for (int rule = 0; rule < 2; rule++) {
        options.rule = (trb_da_rule)rule;
        assert_int_equal(trb_anisotropy_measure(bone, NULL, 1, &options, &f, &said), TRB_ERR_DATA);
        assert_non_null(strstr(said.text, "0 of 24000 directions"));
        assert_int_equal(trb_anisotropy_measure(bone, voi, 1, &options, &f, &said), TRB_ERR_ARGUMENT);
    }
    options.rule = TRB_DA_MESH_GREY;
    assert_int_equal(trb_anisotropy_measure(bone, NULL, 1, &options, &f, &said), TRB_ERR_ARGUMENT);
    assert_non_null(strstr(said.text, "needs grey values"));
    assert_int_equal(trb_anisotropy_measure(bone, NULL, 0, &options, &f, &said), TRB_ERR_ARGUMENT);
    options.directions = 49;
    assert_int_equal(trb_anisotropy_measure(bone, NULL, 1, &options, &f, &said), TRB_ERR_ARGUMENT);
    options = trb_da_options_default();
    options.step_vox = 0.9;
    assert_int_equal(trb_anisotropy_measure(bone, NULL, 1, &options, &f, &said), TRB_ERR_ARGUMENT);
    options.step_vox = NAN;
    assert_int_equal(trb_anisotropy_measure(bone, NULL, 1, &options, &f, &said), TRB_ERR_ARGUMENT);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_equal_those_counted_one_by_one),
        cmocka_unit_test(intercept_lengths_equal_those_of_lines_that_are_walked),
        cmocka_unit_test(an_ellipsoid_gives_its_own_radii_and_axes),
        cmocka_unit_test(plates_and_rods_have_da_1),
        cmocka_unit_test(noise_and_a_gyroid_have_da_0),
        cmocka_unit_test(a_long_structure_points_along_its_axis),
        cmocka_unit_test(mirror_and_rotation_turn_the_axes_and_nothing_else),
        cmocka_unit_test(bone_and_marrow_have_the_same_lines),
        cmocka_unit_test(threads_and_vectors_do_not_change_a_bit),
        cmocka_unit_test(real_bone_agrees_with_the_reference),
        cmocka_unit_test(the_grey_surface_has_the_fabric_of_the_reference),
        cmocka_unit_test(what_has_no_fabric_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
