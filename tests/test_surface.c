/* test_surface.c - counts of cells and changes, areas by marching cubes and Crofton. */
#include "oracle/surface_oracle.h"
#include "support/testing.h"

#include "trabecula/surface.h"
#include "trabecula/version.h"

static const double H = 0.0195;

static const char *const CASES[5] = {"case1_raw_gt63", "case2f_gauss_float_otsu", "case2t_gauss_truncated_otsu",
                                     "case3_raw_gt63_in_ellipse", "case3_gauss_float_otsu_in_ellipse"};

/*
 * The smoothed bone, made without the library's filter: 3 taps per axis, float32, edge repeated; truncated: every
 * pass cut to an integer.
 */
static void smooth_axis(float *v, size_t step, size_t stride_a, size_t stride_b, bool truncated)
{
    const float side = 0x1.e975d2p-3f, middle = 0x1.0b4516p-1f; /* bits 3e74bae9 and 3f05a28b */
    for (size_t a = 0; a < 200; a++)
        for (size_t b = 0; b < 200; b++) {
            float *row = v + a * stride_a + b * stride_b, before = row[0];
            for (size_t i = 0; i < 200; i++) {
                const float at = row[i * step], after = row[(i + 1 < 200 ? i + 1 : i) * step];
                const float sum = middle * at + side * (before + after);
                row[i * step] = truncated ? truncf(sum) : sum;
                before = at;
            }
        }
}

static trb_volume *smoothed_bone(bool truncated)
{
    const trb_volume *bone = testing_bone();
    trb_volume *out = NULL;
    CHECK_OK(trb_volume_create(&bone->grid, TRB_F32, &out, err));
    float *v = out->voxels;
    for (size_t i = 0; i < 8000000; i++)
        v[i] = ((const uint8_t *)bone->voxels)[i];
    smooth_axis(v, 1, 40000, 200, truncated);
    smooth_axis(v, 200, 40000, 1, truncated);
    smooth_axis(v, 40000, 200, 1, truncated);
    return out;
}

/* The bone and VOI masks of a case of expected.json; *voi is NULL for the whole image. */
static void masks_of_case(int which, trb_mask **bone, trb_mask **voi)
{
    *voi = which >= 3 ? testing_ellipse_voi() : NULL;
    if (which == 0 || which == 3) {
        *bone = testing_mask(testing_bone(), 64);
        return;
    }
    trb_volume *smooth = smoothed_bone(which == 2);
    *bone = testing_mask(smooth, which == 2 ? 82 : 83);
    trb_volume_destroy(smooth);
}

static void check_counts_equal(const trb_surface_counts *expected, const trb_surface_counts *actual)
{
    for (int i = 0; i < 256; i++)
        if (expected->all8[i] != actual->all8[i] || expected->eighths[i] != actual->eighths[i])
            fail_msg("code %d: expected %llu and %llu, got %llu and %llu", i,
                     (unsigned long long)expected->all8[i], (unsigned long long)expected->eighths[i],
                     (unsigned long long)actual->all8[i], (unsigned long long)actual->eighths[i]);
    for (int d = 0; d < 13; d++)
        if (expected->changes[d] != actual->changes[d] || expected->pairs[d] != actual->pairs[d] ||
            expected->half_changes[d] != actual->half_changes[d] ||
            expected->half_pairs[d] != actual->half_pairs[d])
            fail_msg("direction %d: expected %llu/%llu and %llu/%llu, got %llu/%llu and %llu/%llu", d,
                     (unsigned long long)expected->changes[d], (unsigned long long)expected->pairs[d],
                     (unsigned long long)expected->half_changes[d], (unsigned long long)expected->half_pairs[d],
                     (unsigned long long)actual->changes[d], (unsigned long long)actual->pairs[d],
                     (unsigned long long)actual->half_changes[d], (unsigned long long)actual->half_pairs[d]);
}

static void check_list(const json_t *surface, const char *path, const uint64_t *actual, size_t n)
{
    const json_t *list = testing_at(surface, path);
    assert_int_equal(n, json_array_size(list));
    for (size_t i = 0; i < n; i++)
        if ((uint64_t)json_integer_value(json_array_get(list, i)) != actual[i])
            fail_msg("%s[%zu]: expected %lld, got %llu", path, i,
                     (long long)json_integer_value(json_array_get(list, i)), (unsigned long long)actual[i]);
}

/* One layer more on every side, a copy of the outermost. */
static trb_mask *with_replicated_border(const trb_mask *mask)
{
    const trb_grid *g = &mask->grid, wider = {g->nx + 2, g->ny + 2, g->nz + 2, {1, 1, 1}, {0, 0, 0}};
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_create(&wider, &out, err));
    for (size_t z = 0; z < wider.nz; z++)
        for (size_t y = 0; y < wider.ny; y++)
            for (size_t x = 0; x < wider.nx; x++) {
                const size_t ix = x ? x - 1 : 0, iy = y ? y - 1 : 0, iz = z ? z - 1 : 0;
                trb_mask_set(out, x, y, z,
                             trb_mask_get(mask, ix < g->nx ? ix : g->nx - 1, iy < g->ny ? iy : g->ny - 1,
                                          iz < g->nz ? iz : g->nz - 1));
            }
    return out;
}

/* Within a wider image, the original image as VOI: its border cells count by their corners in it. */
static trb_mask *inner_box(const trb_grid *wider)
{
    trb_mask *out = NULL;
    CHECK_OK(trb_mask_create(wider, &out, err));
    for (size_t z = 1; z + 1 < wider->nz; z++)
        for (size_t y = 1; y + 1 < wider->ny; y++)
            for (size_t x = 1; x + 1 < wider->nx; x++)
                trb_mask_set(out, x, y, z, 1);
    return out;
}

static void check_areas(const json_t *surface, const trb_surface_counts *counts, const trb_mask *bone,
                        const trb_mask *voi)
{
    static const char *const TABLES[] = {"lewiner", "lorensen", "bone_joined", "marrow_joined"};
    trb_surface_counts replicated, all8 = *counts;
    for (int i = 0; i < 256; i++)
        all8.eighths[i] = 8 * counts->all8[i];
    if (!voi) {
        trb_mask *wider = with_replicated_border(bone), *box = inner_box(&wider->grid);
        CHECK_OK(trb_surface_count(wider, box, &replicated, err));
        trb_mask_destroy(wider);
        trb_mask_destroy(box);
    }
    for (int t = 0; t < TRB_SURFACE_TABLES; t++) {
        /* the reference rounded the areas of the first two tables to float32, configuration by configuration */
        const double relative = t < 2 ? 1e-7 : 1e-8;
        const trb_surface_table table = (trb_surface_table)t;
        char path[128];
        snprintf(path, sizeof path, "marching_cubes_binary|%s|weighted_mm2", TABLES[t]);
        CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(counts, table) * H * H, relative);
        snprintf(path, sizeof path, "marching_cubes_binary|%s|all8_mm2", TABLES[t]);
        CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(&all8, table) * H * H, relative);
        snprintf(path, sizeof path, "marching_cubes_binary|%s|replicated_border_mm2", TABLES[t]);
        if (!voi)
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_marching_cubes(&replicated, table) * H * H,
                           relative);
    }
}

static void the_real_bone_has_the_expected_surface(void **state)
{
    (void)state;
    for (int which = 0; which < 5; which++) {
        char path[256];
        snprintf(path, sizeof path, "cases|%s|surface", CASES[which]);
        const json_t *surface = testing_at(testing_expected(), path);
        trb_mask *bone, *voi;
        masks_of_case(which, &bone, &voi);
        trb_surface_counts counts;
        CHECK_OK(trb_surface_count(bone, voi, &counts, err));
        check_list(surface, "code_histogram_all8", counts.all8, 256);
        if (voi)
            check_list(surface, "code_histogram_weighted_eighths", counts.eighths, 256);
        else
            for (int i = 0; i < 256; i++)
                assert_int_equal(8 * counts.all8[i], counts.eighths[i]);
        check_list(surface, "crofton|transitions_13", counts.changes, 13);
        check_list(surface, "crofton|pairs_13", counts.pairs, 13);
        check_list(surface, "crofton|half_weight_transitions_13", counts.half_changes, 13);
        check_list(surface, "crofton|half_weight_pairs_13", counts.half_pairs, 13);
        const uint64_t tv = voi ? trb_mask_count(voi) : 8000000;
        for (int n = 3; n <= 13; n += 10) {
            snprintf(path, sizeof path, "crofton|bs%d_count_mm2", n);
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_crofton(&counts, n) * H * H, 1e-8);
            snprintf(path, sizeof path, "crofton|bs%d_density_mm2", n);
            CHECK_RELATIVE(testing_number(surface, path), trb_surface_crofton_density(&counts, n, tv) * H * H, 1e-8);
        }
        check_areas(surface, &counts, bone, voi);
        trb_mask_destroy(bone);
        trb_mask_destroy(voi);
    }
}

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

static void every_width_and_voi_counts_as_the_plain_loops_do(void **state)
{
    (void)state;
    static const size_t widths[] = {1, 2, 3, 16, 17, 18, 33, 63, 64, 65, 127, 128, 130, 193};
    static const double densities[] = {0.02, 0.5, 0.97};
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t k = 0; k < 12; k++) {
            const size_t nx = widths[w], ny = 1 + (k * 5 + w) % 7, nz = 1 + (k * 3 + w) % 5;
            trb_mask *bone = testing_random_mask(nx, ny, nz, densities[k % 3], 100 * w + k), *voi = NULL;
            if (k >= 3)
                voi = testing_random_mask(nx, ny, nz, k < 6 ? 0.5 : k < 9 ? 0.995 : 1.1, 7777 + 100 * w + k);
            trb_surface_counts expected, actual;
            surface_oracle_count(bone, voi, &expected);
            CHECK_OK(trb_surface_count(bone, voi, &actual, err));
            check_counts_equal(&expected, &actual);
            trb_mask_destroy(bone);
            trb_mask_destroy(voi);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_width_and_voi_counts_as_the_plain_loops_do),
        cmocka_unit_test(the_real_bone_has_the_expected_surface),
        cmocka_unit_test(the_grey_surface_is_the_expected_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
