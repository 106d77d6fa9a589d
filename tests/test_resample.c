/* test_resample.c - cubic voxels out of others. */
#include "support/testing.h"

#include "trabecula/resample.h"
#include "trabecula/version.h"

static trb_volume *ramp(trb_type type, trb_grid grid, double a, double bx, double by, double bz)
{
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, type, &volume, err));
    for (size_t z = 0; z < grid.nz; z++)
        for (size_t y = 0; y < grid.ny; y++)
            for (size_t x = 0; x < grid.nx; x++)
                trb_volume_set(volume, x, y, z, a + bx * (double)x + by * (double)y + bz * (double)z);
    return volume;
}

static void cubic_voxels_come_back_as_they_are(void **state)
{
    (void)state;
    trb_volume *out = NULL;
    CHECK_OK(trb_resample_isotropic(testing_bone(), 0, &out, err));
    assert_int_equal(testing_bone()->type, out->type);
    assert_true(trb_grid_same_size(&testing_bone()->grid, &out->grid));
    assert_memory_equal(testing_bone()->voxels, out->voxels, 8000000);
    CHECK_CLOSE(0, out->grid.origin_mm[2], 0);
    trb_volume_destroy(out);
}

/* In mm: value = 3 + 8 X - 4 Y + 16 Z. Every position and weight is a binary fraction, so it comes out exactly
 * wherever the new centre lies between old ones. */
static void a_linear_ramp_is_reproduced_exactly(void **state)
{
    (void)state;
    const trb_grid grid = {12, 10, 9, {0.25, 0.5, 1}, {0, 0, 0}};
    static const trb_type types[] = {TRB_F32, TRB_F64};
    for (int k = 0; k < 2; k++) {
        trb_volume *in = ramp(types[k], grid, 3, 8 * 0.25, -4 * 0.5, 16), *out = NULL;
        CHECK_OK(trb_resample_isotropic(in, 0.25, &out, err));
        assert_int_equal(12, out->grid.nx);
        assert_int_equal(20, out->grid.ny);
        assert_int_equal(36, out->grid.nz);
        const double *o = out->grid.origin_mm;
        CHECK_CLOSE(0, o[0], 0);
        CHECK_CLOSE(-0.125, o[1], 0); /* the faces coincide: -0.5 / 2 = -0.125 - 0.25 / 2 */
        CHECK_CLOSE(-0.375, o[2], 0);
        size_t inside = 0;
        for (size_t z = 0; z < 36; z++)
            for (size_t y = 0; y < 20; y++)
                for (size_t x = 0; x < 12; x++) {
                    const double mm[3] = {o[0] + 0.25 * (double)x, o[1] + 0.25 * (double)y, o[2] + 0.25 * (double)z};
                    if (mm[1] < 0 || mm[1] > 4.5 || mm[2] < 0 || mm[2] > 8)
                        continue;
                    CHECK_CLOSE(3 + 8 * mm[0] - 4 * mm[1] + 16 * mm[2], trb_volume_get(out, x, y, z), 0);
                    inside++;
                }
        assert_int_equal(12 * 18 * 32, inside);
        CHECK_CLOSE(trb_volume_get(in, 5, 0, 0), trb_volume_get(out, 5, 0, 0), 0); /* beyond: the edge */
        CHECK_CLOSE(trb_volume_get(in, 5, 9, 8), trb_volume_get(out, 5, 19, 35), 0);
        trb_volume_destroy(in);
        trb_volume_destroy(out);
    }
}

static void integers_are_rounded_half_up_to_both_sides_of_zero(void **state)
{
    (void)state;
    /* Two planes become four at -1/4, 1/4, 3/4, 5/4: the middle ones are a mix of 3:1 and 1:3. */
    const trb_grid grid = {1, 1, 2, {1, 1, 2}, {0, 0, 0}};
    static const struct {
        int a, b, low, high;
    } cases[] = {{0, 2, 1, 2}, {0, -2, 0, -1}, {-2, 0, -1, 0}, {10, 20, 13, 18}, {-32768, 32767, -16384, 16383}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        trb_volume *in = ramp(TRB_I16, grid, cases[i].a, 0, 0, cases[i].b - cases[i].a), *out = NULL;
        CHECK_OK(trb_resample_isotropic(in, 1, &out, err));
        assert_int_equal(4, out->grid.nz);
        const int16_t *v = out->voxels;
        assert_int_equal(cases[i].a, v[0]);
        assert_int_equal(cases[i].low, v[1]);
        assert_int_equal(cases[i].high, v[2]);
        assert_int_equal(cases[i].b, v[3]);
        trb_volume_destroy(in);
        trb_volume_destroy(out);
    }
}

static void the_ends_of_every_type_survive(void **state)
{
    (void)state;
    for (trb_type type = TRB_U8; type <= TRB_F64; type++) {
        double lowest, highest;
        trb_type_range(type, &lowest, &highest);
        const trb_grid grid = {3, 2, 2, {1, 1.5, 2.75}, {0, 0, 0}};
        trb_volume *in = NULL, *out = NULL;
        CHECK_OK(trb_volume_create(&grid, type, &in, err));
        for (size_t i = 0; i < 12; i++)
            trb_volume_set(in, i % 3, i / 3 % 2, i / 6, i % 2 ? lowest : highest);
        CHECK_OK(trb_resample_isotropic(in, 0.5, &out, err));
        double low, high;
        trb_volume_range(out, &low, &high);
        CHECK_CLOSE(lowest, low, 0);
        CHECK_CLOSE(highest, high, 0);
        trb_volume_destroy(in);
        trb_volume_destroy(out);
    }
}

/* A mirrored image gives the mirrored result, also where the extents do not divide. */
static void mirrored_in_mirrored_out(void **state)
{
    (void)state;
    const trb_grid grid = {9, 7, 11, {0.7, 1, 1.3}, {0, 0, 0}};
    trb_volume *in = NULL, *turned = NULL, *out = NULL, *turned_out = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_U16, &in, err));
    CHECK_OK(trb_volume_create(&grid, TRB_U16, &turned, err));
    uint16_t *v = in->voxels, *t = turned->voxels;
    const size_t n = trb_grid_voxels(&grid);
    uint32_t state32 = 7;
    for (size_t i = 0; i < n; i++) {
        state32 = state32 * 1664525U + 1013904223U;
        v[i] = (uint16_t)(state32 >> 24 << 4); /* coarse, so that no sum lies near a half */
        t[n - 1 - i] = v[i];
    }
    CHECK_OK(trb_resample_isotropic(in, 0.9, &out, err));
    CHECK_OK(trb_resample_isotropic(turned, 0.9, &turned_out, err));
    assert_int_equal(7, out->grid.nx);
    assert_int_equal(8, out->grid.ny);
    assert_int_equal(16, out->grid.nz);
    CHECK_CLOSE((8 * 0.7 - 6 * 0.9) / 2, out->grid.origin_mm[0], 1e-15);
    const size_t m = trb_grid_voxels(&out->grid);
    for (size_t i = 0; i < m; i++)
        assert_in_range(((uint16_t *)turned_out->voxels)[m - 1 - i] + 1U, ((uint16_t *)out->voxels)[i],
                        ((uint16_t *)out->voxels)[i] + 2U); /* one grey value of rounding */
    trb_volume_destroy(in);
    trb_volume_destroy(turned);
    trb_volume_destroy(out);
    trb_volume_destroy(turned_out);
}

static void threads_do_not_matter(void **state)
{
    (void)state;
    const trb_grid grid = {30, 20, 40, {0.02, 0.025, 0.031}, {0, 0, 0}};
    trb_volume *in = ramp(TRB_F32, grid, 0.1, 0.3, 0.7, 1.1);
    const int before = trb_threads();
    uint32_t first = 0;
    static const int threads[] = {1, 2, 5};
    for (int i = 0; i < 3; i++) {
        trb_volume *out = NULL;
        trb_threads_set(threads[i]);
        CHECK_OK(trb_resample_isotropic(in, 0, &out, err));
        first = i ? first : trb_volume_crc32(out);
        assert_int_equal(first, trb_volume_crc32(out));
        trb_volume_destroy(out);
    }
    trb_threads_set(before);
    trb_volume_destroy(in);
}

static void what_cannot_be_resampled_is_refused(void **state)
{
    (void)state;
    trb_error error = {TRB_OK, ""};
    const trb_grid grid = {3, 3, 3, {1, 0, 1}, {0, 0, 0}};
    trb_volume *in = ramp(TRB_U8, grid, 0, 1, 1, 1), *out = NULL;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_resample_isotropic(in, 1, &out, &error));
    assert_non_null(strstr(error.text, "--voxel-size"));
    in->grid.spacing_mm[1] = 1;
    assert_int_equal(TRB_ERR_ARGUMENT, trb_resample_isotropic(in, -1, &out, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_resample_isotropic(in, NAN, &out, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_resample_isotropic(in, 1e-12, &out, &error));
    assert_null(out);
    CHECK_OK(trb_resample_isotropic(in, 100, &out, err)); /* coarser than the image: one voxel in its middle */
    assert_int_equal(1, trb_grid_voxels(&out->grid));
    CHECK_CLOSE(3, trb_volume_get(out, 0, 0, 0), 0);
    CHECK_CLOSE(1, out->grid.origin_mm[0], 0);
    trb_volume_destroy(in);
    trb_volume_destroy(out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cubic_voxels_come_back_as_they_are),
        cmocka_unit_test(a_linear_ramp_is_reproduced_exactly),
        cmocka_unit_test(integers_are_rounded_half_up_to_both_sides_of_zero),
        cmocka_unit_test(the_ends_of_every_type_survive),
        cmocka_unit_test(mirrored_in_mirrored_out),
        cmocka_unit_test(threads_do_not_matter),
        cmocka_unit_test(what_cannot_be_resampled_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
