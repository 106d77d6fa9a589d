/* test_smi.c - the structure model index on shapes with a known one, and against the reference on real bone. */
#include "support/testing.h"

#include "trabecula/model_index.h"
#include "trabecula/threshold.h"
#include "trabecula/version.h"

/* A grey volume of value 100 * (radius - distance), level 0: distance is to a point, a line or a plane. */
static trb_volume *field(size_t n, int dimensions, double radius, const double u[3])
{
    const trb_grid grid = {n, n, n, {1, 1, 1}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    float *out = volume->voxels;
    const double c = 0.5 * (double)(n - 1);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double p[3] = {(double)x - c, (double)y - c, (double)z - c};
                const double along = p[0] * u[0] + p[1] * u[1] + p[2] * u[2], all = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
                const double d = dimensions == 0 ? sqrt(all) : dimensions == 1 ? sqrt(fmax(0, all - along * along)) : fabs(along);
                *out++ = (float)(100 * (radius - d));
            }
    return volume;
}

/* Keeps away from the image border, where the mesh is open: a slab across a rod, a ball elsewhere. */
static trb_mask *inner_voi(size_t n, bool slab, const double u[3])
{
    const trb_grid grid = {n, n, n, {1, 1, 1}, {0, 0, 0}};
    trb_mask *voi = NULL;
    CHECK_OK(trb_mask_create(&grid, &voi, err));
    const double c = 0.5 * (double)(n - 1);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double p[3] = {(double)x - c, (double)y - c, (double)z - c};
                const double along = p[0] * u[0] + p[1] * u[1] + p[2] * u[2], all = p[0] * p[0] + p[1] * p[1] + p[2] * p[2];
                trb_mask_set(voi, x, y, z, slab ? fabs(along) <= 16 : all <= 29 * 29);
            }
    return voi;
}

static const double TILTED[3] = {0.36, 0.48, 0.8};

static void balls_are_4_rods_3_and_plates_0(void **state)
{
    (void)state;
    static const double TRUTH[3] = {4, 3, 0}, NEAR[3] = {0.04, 0.05, 0.02}, BINARY[3] = {3.52, 2.62, 0};
    for (int dimensions = 0; dimensions < 3; dimensions++) {
        trb_volume *volume = field(64, dimensions, dimensions == 2 ? 3.3 : 12.3, TILTED);
        trb_mask *bone = testing_mask(volume, 0), *voi = inner_voi(64, dimensions == 1, TILTED);
        trb_smi smi;
        CHECK_OK(trb_smi_grey(volume, NULL, 0, false, voi, trb_mask_count_and(bone, voi), &smi, err));
        CHECK_CLOSE(TRUTH[dimensions], smi.smi, NEAR[dimensions]);
        CHECK_CLOSE(smi.smi, smi.convex + smi.concave, 1e-12);
        if (dimensions < 2)
            CHECK_CLOSE(0, smi.concave_area_fraction, 0.01);
        CHECK_OK(trb_smi_mask(bone, voi, &smi, err)); /* steps: low by the area that they add */
        CHECK_CLOSE(BINARY[dimensions], smi.smi, 0.08);
        trb_mask_destroy(voi);
        trb_mask_destroy(bone);
        trb_volume_destroy(volume);
    }
}

/* The surface of a pore is that of a ball that shrinks when the bone grows: SMI is negative, all of it concave. */
static void a_pore_is_all_concave(void **state)
{
    (void)state;
    trb_volume *volume = field(40, 0, 9.7, TILTED);
    float *v = volume->voxels;
    for (size_t i = 0; i < 64000; i++)
        v[i] = -v[i];
    const double bone = 64000 - 4.0 / 3 * 3.14159265358979 * pow(9.7, 3), s = 4 * 3.14159265358979 * 9.7 * 9.7;
    trb_smi smi, turned;
    CHECK_OK(trb_smi_grey(volume, NULL, 0, false, NULL, (uint64_t)bone, &smi, err));
    CHECK_RELATIVE(-6 * bone * 8 * 3.14159265358979 * 9.7 / (s * s), smi.smi, 0.01);
    CHECK_CLOSE(1, smi.concave_area_fraction, 0.01);
    for (size_t i = 0; i < 64000; i++)
        v[i] = -v[i];
    CHECK_OK(trb_smi_grey(volume, NULL, 0, true, NULL, (uint64_t)bone, &turned, err)); /* bone below the level */
    CHECK_CLOSE(smi.smi, turned.smi, 1e-9);
    trb_volume_destroy(volume);
}

static void dilation_gives_the_pattern_factor_of_balls_and_plates(void **state)
{
    (void)state;
    trb_volume *volume = field(80, 0, 30, TILTED);
    trb_mask *bone = testing_mask(volume, 0);
    trb_dilation d;
    CHECK_OK(trb_dilation_measure(bone, NULL, 6, &d, err));
    CHECK_RELATIVE(2.0 / 30, d.tb_pf, 0.12); /* dS/dV of a ball is 2/r, of the steps on it 8 % more */
    CHECK_RELATIVE(6 * (double)d.voxels[0] * (d.area_vox2[1] - d.area_vox2[0]) / (d.area_vox2[0] * d.area_vox2[0]), d.smi, 1e-12);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
    const double z[3] = {0, 0, 1};
    volume = field(30, 2, 4.1, z);
    bone = testing_mask(volume, 0);
    CHECK_OK(trb_dilation_measure(bone, NULL, 26, &d, err));
    CHECK_CLOSE(0, d.smi, 1e-12);
    CHECK_CLOSE(0, d.tb_pf, 1e-12);
    trb_error error;
    assert_int_equal(trb_dilation_measure(bone, NULL, 18, &d, &error), TRB_ERR_ARGUMENT);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

static double expected(const char *name, const char *path)
{
    char full[256];
    snprintf(full, sizeof full, "cases|%s|smi|%s", name, path);
    return testing_number(testing_expected(), full);
}

static void check(const char *name, const char *kind, const trb_smi *smi)
{
    const double h = 0.0195;
    char path[80];
    const struct {
        const char *key;
        double value;
    } values[] = {{"smi", smi->smi}, {"smi_plus", smi->convex}, {"smi_minus", smi->concave},
                  {"concave_area_fraction", smi->concave_area_fraction}, {"s1_mm2", smi->area_vox2 * h * h}, {"ds_dr_mm", smi->growth_vox * h}};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        snprintf(path, sizeof path, "%s|%s", kind, values[i].key);
        const double want = expected(name, path);
        if (!(fabs(values[i].value - want) <= 0.02 * fabs(want)))
            fail_msg("%s %s %s: %.6g for %.6g", name, kind, values[i].key, values[i].value, want);
    }
}

static void the_real_bone_meets_the_reference(void **state)
{
    (void)state;
    static const char *const RAW[] = {"case1_raw_gt63", "case3_raw_gt63_in_ellipse"};
    static const char *const SMOOTH[] = {"case2f_gauss_float_otsu", "case3_gauss_float_otsu_in_ellipse"};
    const trb_filter gauss = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_mask *raw = testing_mask(testing_bone(), 64), *smooth = NULL;
    CHECK_OK(trb_threshold_apply(testing_bone(), &gauss, 83, false, &smooth, err));
    for (int i = 0; i < 2; i++) {
        trb_mask *voi = i ? testing_ellipse_voi() : NULL;
        trb_smi smi;
        CHECK_OK(trb_smi_grey(testing_bone(), NULL, 63.5, false, voi, trb_mask_count_and(raw, voi), &smi, err));
        check(RAW[i], "mesh_normal_grey", &smi);
        CHECK_OK(trb_smi_mask(raw, voi, &smi, err));
        check(RAW[i], "mesh_normal_binary", &smi);
        CHECK_OK(trb_smi_grey(testing_bone(), &gauss, 83, false, voi, trb_mask_count_and(smooth, voi), &smi, err));
        check(SMOOTH[i], "mesh_normal_grey", &smi);
        CHECK_OK(trb_smi_mask(smooth, voi, &smi, err));
        check(SMOOTH[i], "mesh_normal_binary", &smi);
        static const int NEIGHBOURS[2] = {6, 26};
        for (int k = 0; k < 2; k++) {
            trb_dilation d;
            CHECK_OK(trb_dilation_measure(raw, voi, NEIGHBOURS[k], &d, err));
            CHECK_RELATIVE(expected(RAW[i], k ? "dilation_26|lewiner|smi" : "dilation_6|lewiner|smi"), d.smi, 1e-6);
        }
        trb_mask_destroy(voi);
    }
    trb_mask_destroy(smooth);
    trb_mask_destroy(raw);
}

static void the_bits_do_not_depend_on_threads(void **state)
{
    (void)state;
    const int before = trb_threads();
    trb_mask *voi = testing_ellipse_voi();
    const trb_filter gauss = {TRB_FILTER_GAUSSIAN, 0.8, 1};
    trb_smi first, other;
    trb_threads_set(1);
    CHECK_OK(trb_smi_grey(testing_bone(), &gauss, 83, false, voi, 1, &first, err));
    static const int THREADS[] = {2, 5};
    for (int i = 0; i < 2; i++) {
        trb_threads_set(THREADS[i]);
        CHECK_OK(trb_smi_grey(testing_bone(), &gauss, 83, false, voi, 1, &other, err));
        assert_memory_equal(&first, &other, sizeof first);
    }
    trb_threads_set(before);
    trb_mask_destroy(voi);
}

static void no_surface_is_no_index(void **state)
{
    (void)state;
    const trb_grid grid = {5, 5, 5, {1, 1, 1}, {0, 0, 0}}, flat = {5, 5, 1, {1, 1, 1}, {0, 0, 0}};
    trb_mask *empty = NULL, *plane = NULL;
    trb_smi smi;
    trb_dilation d;
    trb_error error;
    CHECK_OK(trb_mask_create(&grid, &empty, err));
    CHECK_OK(trb_mask_create(&flat, &plane, err));
    CHECK_OK(trb_smi_mask(empty, NULL, &smi, err));
    assert_true(isnan(smi.smi) && isnan(smi.concave_area_fraction));
    CHECK_OK(trb_smi_mask(empty, empty, &smi, err));
    assert_true(isnan(smi.smi));
    CHECK_OK(trb_smi_mask(plane, NULL, &smi, err));
    assert_true(isnan(smi.smi));
    CHECK_OK(trb_dilation_measure(empty, NULL, 6, &d, err));
    assert_true(isnan(d.smi) && isnan(d.tb_pf));
    assert_int_equal(trb_smi_mask(empty, plane, &smi, &error), TRB_ERR_ARGUMENT);
    trb_mask_destroy(plane);
    trb_mask_destroy(empty);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(balls_are_4_rods_3_and_plates_0),
        cmocka_unit_test(a_pore_is_all_concave),
        cmocka_unit_test(dilation_gives_the_pattern_factor_of_balls_and_plates),
        cmocka_unit_test(the_real_bone_meets_the_reference),
        cmocka_unit_test(the_bits_do_not_depend_on_threads),
        cmocka_unit_test(no_surface_is_no_index),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
