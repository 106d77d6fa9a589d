/* test_ellipsoid.c - ellipsoids of known shape, marrow that is looked for voxel by voxel, and the real bone. */
#include "support/testing.h"

#include "measure/ellipsoid_fit.h"
#include "measure/ellipsoid_seeds.h"
#include "trabecula/ellipsoid.h"
#include "trabecula/version.h"

static trb_mask *new_mask(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    return mask;
}

/* Unit vectors: turned by `first` about z, then by `second` about x. */
static void frame(double first, double second, double axis[3][3])
{
    const double c = cos(first), s = sin(first), k = cos(second), l = sin(second);
    const double rows[3][3] = {{c, k * s, l * s}, {-s, k * c, l * c}, {0, -l, k}};
    memcpy(axis, rows, sizeof rows);
}

static trb_mask *solid_ellipsoid(size_t n, const double middle[3], const double radius[3], const double axis[3][3])
{
    trb_mask *mask = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                const double p[3] = {(double)x - middle[0], (double)y - middle[1], (double)z - middle[2]};
                double q = 0;
                for (int i = 0; i < 3; i++)
                    q += pow((axis[i][0] * p[0] + axis[i][1] * p[1] + axis[i][2] * p[2]) / radius[i], 2);
                trb_mask_set(mask, x, y, z, q <= 1);
            }
    return mask;
}

static trb_ef measure(const trb_mask *bone, const trb_mask *voi, size_t apart, uint64_t seed, bool repeat)
{
    const trb_ef_options options = {apart, seed, repeat};
    trb_ef ef;
    CHECK_OK(trb_ef_measure(bone, voi, &options, &ef, err));
    return ef;
}

/* Part of the real bone. */
static trb_mask *cut_bone(size_t lo, size_t n)
{
    trb_mask *bone = testing_mask(testing_bone(), 83), *part = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(part, x, y, z, trb_mask_get(bone, lo + x, lo + y, lo + z));
    trb_mask_destroy(bone);
    return part;
}

/* ---- known shapes */
static void an_ellipsoid_is_found_from_its_middle_and_from_elsewhere(void **state)
{
    (void)state;
    static const double RADII[][3] = {{20, 20, 20}, {7, 7, 28}, {6, 24, 24}, {7, 13, 26}, {5, 20, 28}};
    static const double TURNS[][2] = {{0, 0}, {0.5, 0.7}, {0.785398, 0.615480}, {1.1, 0.2}};
    trb_ellipsoid_fitter *fitter;
    for (int r = 0; r < 5; r++)
        for (int t = 0; t < 4; t++) {
            double axis[3][3];
            frame(TURNS[t][0], TURNS[t][1], axis);
            trb_mask *mask = solid_ellipsoid(68, (double[]){33.5, 33.2, 33.9}, RADII[r], (const double(*)[3])axis);
            CHECK_OK(trb_ellipsoid_fitter_create(mask, &fitter, err));
            const double *want = RADII[r], ef = want[0] / want[1] - want[1] / want[2];
            trb_ellipsoid e;
            assert_true(trb_ellipsoid_fit(fitter, (size_t[]){33, 33, 34}, want[0] - 1, &e));
            assert_false(e.at_border);
            for (int i = 0; i < 3; i++) {
                CHECK_CLOSE(want[i] + 0.2, e.radius[i], 0.5); /* a voxel: marrow begins somewhere between centres */
                CHECK_CLOSE(33.5 + 0.05 * (i == 0 ? 0 : i == 1 ? -6 : 8), e.middle[i], 0.5);
            }
            CHECK_CLOSE(ef, e.radius[0] / e.radius[1] - e.radius[1] / e.radius[2], 0.02);
            const trb_ef all = measure(mask, NULL, 12, 1, false);
            print_message("%g %g %g, turn %d: EF %.3f, from the middle %.3f, measured %.3f (%.1f %% filled)\n", want[0], want[1], want[2],
                          t, ef, e.radius[0] / e.radius[1] - e.radius[1] / e.radius[2], all.mean,
                          100 * (double)all.filled / (double)all.voxels);
            CHECK_CLOSE(ef, all.mean, 0.02);
            assert_true((double)all.filled > 0.99 * (double)all.voxels);
            trb_ellipsoid_fitter_destroy(fitter);
            trb_mask_destroy(mask);
        }
}

/* A rod inside the image and a plate: near +1 and near -1. */
static void rods_are_positive_and_plates_negative(void **state)
{
    (void)state;
    trb_mask *rod = new_mask(30, 30, 140), *plate = new_mask(140, 140, 20);
    for (size_t z = 10; z < 130; z++)
        for (size_t y = 0; y < 30; y++)
            for (size_t x = 0; x < 30; x++)
                trb_mask_set(rod, x, y, z, hypot((double)x - 14.5, (double)y - 14.5) <= 6);
    for (size_t z = 7; z < 13; z++)
        for (size_t y = 10; y < 130; y++)
            for (size_t x = 10; x < 130; x++)
                trb_mask_set(plate, x, y, z, hypot((double)x - 69.5, (double)y - 69.5) <= 58);
    const trb_ef a = measure(rod, NULL, 6, 1, false), b = measure(plate, NULL, 6, 1, false);
    print_message("rod of radius 6, 120 long: EF %.3f; plate 6 thick, radius 58: EF %.3f\n", a.mean, b.mean);
    CHECK_CLOSE(1 - 6.0 / 60, a.median, 0.1);
    CHECK_CLOSE(3.5 / 58 - 1, b.median, 0.1);
    assert_int_equal(a.at_border, 0);
    trb_mask_destroy(rod);
    trb_mask_destroy(plate);
}

/* ---- what is inside */
static double q_of(const trb_ellipsoid *e, const double p[3])
{
    const double u = p[0] - e->middle[0], v = p[1] - e->middle[1], w = p[2] - e->middle[2];
    return e->a[0] * u * u + e->a[1] * v * v + e->a[2] * w * w + 2 * (e->a[3] * u * v + e->a[4] * u * w + e->a[5] * v * w);
}

static void no_marrow_lies_inside_and_the_ball_is_smaller(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 83);
    const trb_box box = {{40, 50, 60}, {100, 110, 110}};
    trb_ellipsoid_seed *seeds;
    trb_ellipsoid_fitter *fitter;
    size_t n;
    double gain = 0;
    CHECK_OK(trb_ellipsoid_seeds(bone, &box, 9, 7, &seeds, &n, err));
    CHECK_OK(trb_ellipsoid_fitter_create(bone, &fitter, err));
    assert_true(n > 100);
    for (size_t i = 0; i < n; i++) {
        const size_t at[3] = {seeds[i].at[0], seeds[i].at[1], seeds[i].at[2]};
        trb_ellipsoid e;
        assert_true(trb_ellipsoid_fit(fitter, at, sqrt((double)seeds[i].d2), &e));
        assert_true(e.radius[0] <= e.radius[1] && e.radius[1] <= e.radius[2]);
        /* the ball of the seed has no more room than it */
        assert_true(e.volume > 4.18879 * pow((double)seeds[i].d2, 1.5) || e.at_border);
        gain += log(e.volume) - log(4.18879 * pow((double)seeds[i].d2, 1.5));
        for (int k = 0; k < 3; k++)
            assert_true(e.middle[k] - e.reach[k] >= -0.5 && e.middle[k] + e.reach[k] <= 199.5);
        for (ptrdiff_t z = (ptrdiff_t)ceil(e.middle[2] - e.reach[2]); (double)z <= e.middle[2] + e.reach[2]; z++)
            for (ptrdiff_t y = (ptrdiff_t)ceil(e.middle[1] - e.reach[1]); (double)y <= e.middle[1] + e.reach[1]; y++) {
                ptrdiff_t x0 = 1, x1 = 0;
                trb_ellipsoid_row(&e, (double)y, (double)z, &x0, &x1);
                for (ptrdiff_t x = (ptrdiff_t)ceil(e.middle[0] - e.reach[0]); (double)x <= e.middle[0] + e.reach[0]; x++) {
                    const double q = q_of(&e, (double[]){(double)x, (double)y, (double)z});
                    if (fabs(q - 1) > 1e-9)
                        assert_int_equal(q < 1, x >= x0 && x <= x1);
                    if (q < 1 - 1e-12)
                        assert_true(trb_mask_get(bone, (size_t)x, (size_t)y, (size_t)z));
                }
            }
    }
    print_message("%zu ellipsoids have %.1f times the volume of their balls\n", n, exp(gain / (double)n));
    assert_true(exp(gain / (double)n) > 2);
    trb_ellipsoid_fitter_destroy(fitter);
    free(seeds);
    trb_mask_destroy(bone);
}

/* ---- the largest that holds a voxel */
static int ascending(const void *left, const void *right)
{
    const double a = *(const double *)left, b = *(const double *)right;
    return (a > b) - (a < b);
}

static void each_voxel_has_the_largest_ellipsoid_that_holds_it(void **state)
{
    (void)state;
    const size_t n = 66;
    trb_mask *bone = cut_bone(70, n), *voi = new_mask(n, n, n);
    for (size_t z = 12; z < 50; z++)
        for (size_t y = 8; y < 60; y++)
            for (size_t x = 5; x < 61; x++)
                trb_mask_set(voi, x, y, z, hypot((double)x - 33, (double)y - 34) < 24);
    const trb_ef ef = measure(bone, voi, 7, 3, false);
    const trb_box box = trb_grid_box(&bone->grid); /* no further than 64 voxels from the VOI */
    trb_ellipsoid_seed *seeds;
    trb_ellipsoid_fitter *fitter;
    size_t n_seeds;
    CHECK_OK(trb_ellipsoid_seeds(bone, &box, 7, 3, &seeds, &n_seeds, err));
    CHECK_OK(trb_ellipsoid_fitter_create(bone, &fitter, err));
    trb_ellipsoid *e = calloc(n_seeds, sizeof *e);
    for (size_t i = 0; i < n_seeds; i++)
        if (!trb_ellipsoid_fit(fitter, (size_t[]){seeds[i].at[0], seeds[i].at[1], seeds[i].at[2]}, sqrt((double)seeds[i].d2), &e[i]))
            e[i].volume = 0;
    double *values = malloc(n * n * n * sizeof *values), sum = 0, squares = 0;
    size_t filled = 0, voxels = 0, border = 0;
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                if (!trb_mask_get(bone, x, y, z) || !trb_mask_get(voi, x, y, z))
                    continue;
                const trb_ellipsoid *best = NULL;
                for (size_t i = 0; i < n_seeds; i++)
                    if (e[i].volume > (best ? best->volume : 0) && q_of(&e[i], (double[]){(double)x, (double)y, (double)z}) < 1)
                        best = &e[i];
                voxels++;
                if (!best)
                    continue;
                border += best->at_border;
                values[filled++] = best->radius[0] / best->radius[1] - best->radius[1] / best->radius[2];
            }
    for (size_t i = 0; i < filled; i++)
        sum += values[i];
    for (size_t i = 0; i < filled; i++)
        squares += pow(values[i] - sum / (double)filled, 2);
    qsort(values, filled, sizeof *values, ascending);
    assert_int_equal(ef.seeds, n_seeds);
    assert_int_equal(ef.voxels, voxels);
    assert_int_equal(ef.filled, filled);
    assert_int_equal(ef.at_border, border);
    CHECK_CLOSE(sum / (double)filled, ef.mean, 1e-12);
    CHECK_CLOSE(sqrt(squares / (double)filled), ef.sd, 1e-12);
    CHECK_CLOSE(values[(filled - 1) / 2], ef.median, 1e-12);
    uint64_t binned = 0;
    for (int i = 0; i < TRB_EF_BINS; i++)
        binned += ef.bins[i];
    assert_int_equal(binned, filled);
    free(values);
    free(e);
    free(seeds);
    trb_ellipsoid_fitter_destroy(fitter);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void seeds_are_medial_and_one_in_a_cube(void **state)
{
    (void)state;
    trb_mask *slab = new_mask(40, 40, 40); /* 7 thick: its middle plane is medial, and the ridges to its rims */
    for (size_t z = 10; z < 17; z++)
        for (size_t y = 0; y < 40; y++)
            for (size_t x = 0; x < 40; x++)
                trb_mask_set(slab, x, y, z, 1);
    const trb_box box = {{0, 0, 0}, {40, 40, 40}}, part = {{3, 9, 2}, {21, 25, 30}};
    trb_ellipsoid_seed *seeds;
    size_t n;
    CHECK_OK(trb_ellipsoid_seeds(slab, &box, 5, 1, &seeds, &n, err));
    assert_int_equal(n, 64);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(seeds[i].at[2], 13);
        assert_int_equal(seeds[i].d2, 16);
        assert_int_equal(seeds[i].at[0] / 5, i % 8);
        assert_int_equal(seeds[i].at[1] / 5, i / 8);
    }
    free(seeds);
    CHECK_OK(trb_ellipsoid_seeds(slab, &part, 5, 1, &seeds, &n, err));
    for (size_t i = 0; i < n; i++)
        for (int axis = 0; axis < 3; axis++)
            assert_true(seeds[i].at[axis] >= part.lo[axis] && seeds[i].at[axis] < part.hi[axis]);
    assert_int_equal(n, 5 * 4);
    free(seeds);
    trb_mask_destroy(slab);
}

/* ---- invariances */
static void threads_change_no_bit_and_seeds_little(void **state)
{
    (void)state;
    const size_t n = 70;
    trb_mask *bone = cut_bone(60, n), *mirrored = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(mirrored, x, y, z, trb_mask_get(bone, n - 1 - x, z, y));
    trb_ef first;
    memset(&first, 0, sizeof first);
    for (int threads = 1; threads <= 3; threads++) {
        trb_threads_set(threads);
        const trb_ef ef = measure(bone, NULL, 7, 1, true);
        if (threads == 1)
            first = ef;
        assert_memory_equal(&first, &ef, sizeof ef);
    }
    trb_threads_set(2);
    const trb_ef next = measure(bone, NULL, 7, 2, false), turned = measure(mirrored, NULL, 7, 1, false);
    print_message("seed 1: EF %.4f, its repeat %.4f (RMS %.3f); mirrored and turned %.4f; %.1f %% filled\n", first.mean, first.repeat_mean,
                  first.repeat_rms, turned.mean, 100 * (double)first.filled / (double)first.voxels);
    CHECK_CLOSE(next.mean, first.repeat_mean, 0); /* the repeat is the next seed */
    assert_true(next.mean != first.mean);
    CHECK_CLOSE(first.mean, next.mean, 0.05);
    CHECK_CLOSE(first.mean, turned.mean, 0.05);
    assert_true(first.repeat_rms > 0.05 && first.repeat_rms < 0.4);
    assert_true(first.sd > 0.2 && first.sd < 0.45);
    trb_mask_destroy(bone);
    trb_mask_destroy(mirrored);
}

static void what_cannot_be_measured_is_said(void **state)
{
    (void)state;
    trb_mask *full = testing_random_mask(20, 20, 20, 1, 1), *none = new_mask(20, 20, 20), *other = new_mask(20, 20, 19);
    trb_ef_options options = trb_ef_options_default();
    trb_ef ef;
    trb_error said = {TRB_OK, ""};
    assert_int_equal(trb_ef_measure(full, NULL, &options, &ef, &said), TRB_ERR_DATA);
    assert_true(isnan(ef.mean));
    assert_int_equal(trb_ef_measure(full, other, &options, &ef, &said), TRB_ERR_ARGUMENT);
    CHECK_OK(trb_ef_measure(none, NULL, &options, &ef, err));
    assert_true(isnan(ef.mean) && isnan(ef.median) && ef.voxels == 0);
    CHECK_OK(trb_ef_measure(full, none, &options, &ef, err));
    assert_true(isnan(ef.mean));
    options.apart_vox = 65;
    assert_int_equal(trb_ef_measure(none, NULL, &options, &ef, &said), TRB_ERR_ARGUMENT);
    options.apart_vox = 1;
    trb_mask_set(none, 5, 5, 5, 1); /* one voxel */
    CHECK_OK(trb_ef_measure(none, NULL, &options, &ef, err));
    assert_int_equal(ef.filled, 1);
    trb_mask_set(none, 0, 0, 0, 1); /* another in the corner of the image */
    CHECK_OK(trb_ef_measure(none, NULL, &options, &ef, err));
    assert_int_equal(ef.filled, 2);
    assert_int_equal(ef.at_border, 1);
    trb_mask_destroy(full);
    trb_mask_destroy(none);
    trb_mask_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_ellipsoid_is_found_from_its_middle_and_from_elsewhere),
        cmocka_unit_test(rods_are_positive_and_plates_negative),
        cmocka_unit_test(no_marrow_lies_inside_and_the_ball_is_smaller),
        cmocka_unit_test(each_voxel_has_the_largest_ellipsoid_that_holds_it),
        cmocka_unit_test(seeds_are_medial_and_one_in_a_cube),
        cmocka_unit_test(threads_change_no_bit_and_seeds_little),
        cmocka_unit_test(what_cannot_be_measured_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
