/* test_subvoxel.c - the sub-voxel rule against geometry and against the oracle. */
#include "support/shapes.h"
#include "support/testing.h"

#include "measure/subvoxel_kernels.h"
#include "measure/subvoxel.h"
#include "oracle/subvoxel_oracle.h"
#include "trabecula/version.h"

#include <string.h>

static trb_volume *grey_volume(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {0.01, 0.01, 0.01}, {0, 0, 0}};
    trb_volume *volume = NULL;
    CHECK_OK(trb_volume_create(&grid, TRB_F32, &volume, err));
    return volume;
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005ULL + 1442695040888963407ULL;
    return *state >> 33;
}

/* Noise, averaged over 3 x 3 x 3 voxels where `smooth`. */
static trb_volume *random_grey(size_t nx, size_t ny, size_t nz, bool smooth, uint64_t seed)
{
    trb_volume *volume = grey_volume(nx, ny, nz);
    float *grey = volume->voxels;
    for (size_t i = 0; i < nx * ny * nz; i++)
        grey[i] = (float)(next_random(&seed) % 256);
    if (!smooth)
        return volume;
    trb_volume *out = grey_volume(nx, ny, nz);
    float *to = out->voxels;
    for (size_t z = 0; z < nz; z++)
        for (size_t y = 0; y < ny; y++)
            for (size_t x = 0; x < nx; x++) {
                float sum = 0, n = 0;
                for (size_t c = z ? z - 1 : 0; c < nz && c <= z + 1; c++)
                    for (size_t b = y ? y - 1 : 0; b < ny && b <= y + 1; b++)
                        for (size_t a = x ? x - 1 : 0; a < nx && a <= x + 1; a++, n += 1)
                            sum += grey[(c * ny + b) * nx + a];
                to[(z * ny + y) * nx + x] = sum / n;
            }
    trb_volume_destroy(volume);
    return out;
}

static trb_mask *mask_of(const trb_volume *volume, double level, bool inverted)
{
    trb_mask *mask = NULL;
    const trb_grid *grid = &volume->grid;
    CHECK_OK(trb_mask_create(grid, &mask, err));
    for (size_t z = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++)
                trb_mask_set(mask, x, y, z,
                             ((double)((const float *)volume->voxels)[(z * grid->ny + y) * grid->nx + x] >= level) != inverted);
    return mask;
}

static trb_thickness_options options_with(const trb_surface_points *points)
{
    trb_thickness_options options = trb_thickness_options_default();
    options.rule = TRB_THICKNESS_SUBVOXEL;
    options.points = points;
    options.weighted = true;
    return options;
}

/* Every crossing, every nearest. */
static void check_points(subvoxel_surface *o, const trb_surface_points *points, const char *what)
{
    const trb_grid *grid = &points->grid;
    assert_int_equal(o->count, points->count);
    for (long i = 0; i < o->count; i++) {
        const sv_crossing *c = &points->crossing[i];
        const subvoxel_crossing *e = &o->crossing[i];
        if (c->x != e->a[0] || c->y != e->a[1] || c->z != e->a[2] || (int)sv_axis(c) != e->axis ||
            (double)sv_steps(c) / 4096 != e->at[e->axis] - (double)e->a[e->axis])
            fail_msg("%s: crossing %ld lies elsewhere", what, i);
        for (int k = 0; k < 3; k++)
            CHECK_CLOSE(e->normal[k], (double)c->normal[k] / 16384, 0);
        CHECK_CLOSE(e->lift, (double)c->lift / 4096, 0);
    }
    for (size_t z = 0, i = 0; z < grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++)
            for (size_t x = 0; x < grid->nx; x++, i++) {
                const subvoxel_ball ball = subvoxel_ball_at(o, &(subvoxel_options){.ball = SUBVOXEL_NEAREST}, (long)x,
                                                            (long)y, (long)z);
                (void)ball; /* looks the nearest up */
                if (o->nearest[i] != points->near[i])
                    fail_msg("%s: nearest of %zu %zu %zu is %d, oracle %ld", what, x, y, z, points->near[i], o->nearest[i]);
            }
}

static void check_phase(subvoxel_surface *o, const trb_surface_points *points, const trb_mask *object, int phase,
                        const trb_box *box, const char *what)
{
    const trb_grid *grid = &object->grid;
    const subvoxel_options rule = subvoxel_options_default();
    subvoxel_sums sums;
    int32_t *expected = subvoxel_thickness(o, &rule, phase, box, &sums);
    trb_mask *voi = NULL;
    if (box) {
        CHECK_OK(trb_mask_create(grid, &voi, err));
        for (size_t z = box->lo[2]; z < box->hi[2]; z++)
            for (size_t y = box->lo[1]; y < box->hi[1]; y++)
                for (size_t x = box->lo[0]; x < box->hi[0]; x++)
                    trb_mask_set(voi, x, y, z, 1);
    }
    const trb_thickness_options options = options_with(points);
    trb_thickness result;
    trb_volume *map = NULL;
    CHECK_OK(trb_thickness_measure(object, voi, &options, &result, &map, err));
    const float *shown = map->voxels;
    for (size_t i = 0; i < grid->nx * grid->ny * grid->nz; i++)
        if (shown[i] != (float)((double)expected[i] / 4096 * 0.01))
            fail_msg("%s, phase %d: voxel %zu has %.9g mm, oracle %.9g", what, phase, i, (double)shown[i],
                     (double)expected[i] / 4096 * 0.01);
    assert_int_equal(sums.voxels, result.voxels);
    assert_int_equal(sums.voxels, result.valued);
    if (sums.voxels) {
        CHECK_RELATIVE(sums.mean, result.mean_vox, 1e-12);
        CHECK_CLOSE(sums.sd, result.sd_vox, 1e-6);
        CHECK_RELATIVE(sums.weighted, result.weighted_mean_vox, 1e-12);
        trb_thickness without_map; /* counts in another way */
        CHECK_OK(trb_thickness_measure(object, voi, &options, &without_map, NULL, err));
        CHECK_CLOSE(result.weighted_mean_vox, without_map.weighted_mean_vox, 0);
        CHECK_CLOSE(result.mean_vox, without_map.mean_vox, 0);
        trb_thickness_clear(&without_map);
        uint64_t counted = 0;
        for (size_t i = 0; i < result.n_bins; i++)
            counted += result.bin_count[i];
        assert_int_equal(sums.voxels, counted);
    }
    free(expected);
    trb_thickness_clear(&result);
    trb_volume_destroy(map);
    trb_mask_destroy(voi);
}

/* bone NULL: the grey values decide. */
static void check_volume(const trb_volume *volume, double level, bool inverted, trb_mask *bone, const trb_box *box,
                         const char *what)
{
    trb_mask *mask = bone ? bone : mask_of(volume, level, inverted);
    subvoxel_surface o = subvoxel_surface_make(volume->voxels, &volume->grid, level, inverted, mask);
    trb_surface_points *points = NULL;
    CHECK_OK(trb_surface_points_create(volume, NULL, level, inverted, mask, &points, err));
    check_points(&o, points, what);
    check_phase(&o, points, mask, 1, box, what);
    trb_mask_invert(mask);
    check_phase(&o, points, mask, 0, box, what);
    trb_surface_points_destroy(points);
    subvoxel_surface_free(&o);
    trb_mask_destroy(mask);
}

static void noise_is_as_the_oracle_has_it(void **state)
{
    (void)state;
    const size_t sizes[][3] = {{9, 8, 7}, {17, 5, 11}, {1, 9, 12}, {12, 1, 6}, {7, 11, 1}, {66, 6, 5}, {20, 19, 21}};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int kind = 0; kind < 4; kind++) {
            const size_t *n = sizes[i];
            trb_volume *volume = random_grey(n[0], n[1], n[2], kind > 0, 7 * i + (uint64_t)kind);
            const double levels[] = {127.5, 127.5, 140, 100};
            const trb_box box = {{n[0] / 4, n[1] / 4, n[2] / 4}, {n[0] - n[0] / 4, n[1] - n[1] / 4, n[2] - n[2] / 4}};
            check_volume(volume, levels[kind], kind == 2, NULL, kind == 3 ? &box : NULL, "noise");
            trb_volume_destroy(volume);
        }
}

/* Where cleaning or a local threshold decided against the grey values, the surface lies half-way. */
static void a_mask_that_differs_from_the_grey_values(void **state)
{
    (void)state;
    trb_volume *volume = random_grey(19, 17, 15, true, 5);
    trb_mask *bone = mask_of(volume, 127.5, false), *other = testing_random_mask(19, 17, 15, 0.1, 3);
    for (size_t z = 0; z < 15; z++)
        for (size_t y = 0; y < 17; y++)
            trb_mask_row(bone, y, z)[0] ^= trb_mask_row(other, y, z)[0];
    check_volume(volume, 127.5, false, bone, NULL, "changed mask");
    trb_mask_destroy(other);
    trb_volume_destroy(volume);
}

/* Few crossings, far apart: long ways for the search. */
static void a_single_voxel_far_from_everything(void **state)
{
    (void)state;
    trb_volume *volume = grey_volume(34, 9, 13);
    float *grey = volume->voxels;
    memset(grey, 0, 34 * 9 * 13 * sizeof *grey);
    grey[(5 * 9 + 3) * 34 + 2] = 200;
    check_volume(volume, 127.5, false, NULL, NULL, "one voxel");
    memset(grey, 0, 34 * 9 * 13 * sizeof *grey);
    grey[(11 * 9 + 7) * 34 + 30] = 255;
    check_volume(volume, 30, false, NULL, NULL, "one voxel");
    trb_volume_destroy(volume);
}

static trb_volume *plate(double from, double to)
{
    trb_volume *volume = grey_volume(24, 24, 24);
    float *grey = volume->voxels;
    for (size_t z = 0; z < 24; z++) {
        const double covered = fmax(0, fmin(to, (double)z + 0.5) - fmax(from, (double)z - 0.5));
        for (size_t i = 0; i < 24 * 24; i++)
            grey[z * 24 * 24 + i] = (float)(255 * covered);
    }
    return volume;
}

static void a_plate_has_its_thickness(void **state)
{
    (void)state;
    for (double t = 2.5; t < 9; t += 0.5)
        for (double from = 6.5; from < 7.5; from += 0.25) {
            trb_volume *volume = plate(from, from + t);
            trb_mask *bone = mask_of(volume, 127.5, false);
            trb_surface_points *points = NULL;
            trb_thickness result;
            CHECK_OK(trb_surface_points_create(volume, NULL, 127.5, false, bone, &points, err));
            const trb_thickness_options options = options_with(points);
            CHECK_OK(trb_thickness_measure(bone, NULL, &options, &result, NULL, err));
            /* The interpolated crossing is off by up to 0.1 where a wall cuts a voxel at a quarter. */
            CHECK_CLOSE(t, result.mean_vox, from == 6.5 && floor(2 * t) / 2 == t ? 0.01 : 0.34);
            if (from == 6.5 && floor(t) == t)
                CHECK_CLOSE(t, result.weighted_mean_vox, 0.01);
            trb_thickness_clear(&result);
            trb_surface_points_destroy(points);
            trb_mask_destroy(bone);
            trb_volume_destroy(volume);
        }
}

/* Distances in halves of a voxel: neighbours differ by just what makes a centre. */
static void a_tie_on_the_ridge_is_as_the_oracle_has_it(void **state)
{
    (void)state;
    for (double t = 4; t < 6; t += 0.5) {
        trb_volume *volume = plate(6.5, 6.5 + t);
        float *grey = volume->voxels;
        for (size_t i = 0; i < 24 * 24 * 24; i++) /* a step, so that there are edges and corners too */
            if (i / 24 % 24 > 14 && i % 24 > 9)
                grey[i] = 0;
        check_volume(volume, 127.5, false, NULL, NULL, "plate");
        trb_volume_destroy(volume);
    }
}

/* 1, 1.5, 1, 1.5, ... along a row of bone: where a voxel lies just at SV_RIDGE the kernel must leave it to the rule. */
static void at_the_ridge_the_kernel_is_in_doubt(void **state)
{
    (void)state;
    enum { ROW = 1 + 64 + 17 };
    float planes[3][3 * ROW + 64] = {{0}};
    for (int sign = -1; sign <= 1; sign += 2)
        for (int path = 0; path < 3; path++) {
            for (int x = -1; x <= 64; x++)
                planes[1][ROW + 1 + x] = (float)(sign * (x % 2 ? 1.5 : 1));
            testing_simd(path);
            const float *const at[3] = {planes[0] + ROW + 1, planes[1] + ROW + 1, planes[2] + ROW + 1};
            uint64_t doubtful;
            const uint64_t sure = sv_kernels_choose()->centres(at, ROW, sign > 0 ? ~(uint64_t)0 : 0, &doubtful);
            assert_true(sure == 0xaaaaaaaaaaaaaaaaU);
            assert_true(doubtful == 0x5555555555555555U);
        }
    testing_simd(-1);
}

static void any_number_of_threads_and_every_path_give_the_same_bits(void **state)
{
    (void)state;
    trb_volume *volume = random_grey(75, 40, 37, true, 9);
    trb_mask *bone = mask_of(volume, 127.5, false);
    char first[3][65] = {"", "", ""};
    const int before = trb_threads();
    for (int run = 0; run < 6; run++) {
        trb_threads_set(run < 3 ? run + 1 : 2);
        testing_simd(run < 3 ? -1 : run - 3);
        trb_surface_points *points = NULL;
        CHECK_OK(trb_surface_points_create(volume, NULL, 127.5, false, bone, &points, err));
        char sums[3][65];
        snprintf(sums[0], 65, "%s", testing_sha256(points->crossing, points->count * sizeof *points->crossing));
        snprintf(sums[1], 65, "%s", testing_sha256(points->near, 75 * 40 * 37 * sizeof *points->near));
        const trb_thickness_options options = options_with(points);
        trb_thickness result;
        trb_volume *map = NULL;
        CHECK_OK(trb_thickness_measure(bone, NULL, &options, &result, &map, err));
        snprintf(sums[2], 65, "%s", testing_sha256(map->voxels, 75 * 40 * 37 * sizeof(float)));
        for (int i = 0; i < 3; i++) {
            if (run)
                assert_string_equal(first[i], sums[i]);
            memcpy(first[i], sums[i], 65);
        }
        trb_thickness_clear(&result);
        trb_volume_destroy(map);
        trb_surface_points_destroy(points);
    }
    testing_simd(-1);
    trb_threads_set(before);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

/* Farther than 127 voxels squares need 64 bits. */
static void long_ways_take_the_wide_path(void **state)
{
    (void)state;
    trb_volume *volume = grey_volume(300, 3, 4);
    float *grey = volume->voxels;
    for (size_t i = 0; i < 300 * 3 * 4; i++)
        grey[i] = i % 300 < 4 ? 200 - 10 * (float)(i / 300) : 0;
    trb_mask *bone = mask_of(volume, 127.5, false);
    trb_surface_points *points = NULL;
    CHECK_OK(trb_surface_points_create(volume, NULL, 127.5, false, bone, &points, err));
    for (size_t x = 0; x < 300; x++) {
        double least = INFINITY;
        for (size_t i = 0; i < points->count; i++)
            least = fmin(least, sqrt((double)sv_near_square(&points->crossing[i], x, 1, 2)) / 256);
        CHECK_CLOSE(least, trb_surface_points_distance(points, x, 1, 2), 0);
    }
    trb_surface_points_destroy(points);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
    trb_volume *volume = grey_volume(5, 5, 5);
    memset(volume->voxels, 0, 125 * sizeof(float));
    trb_mask *bone = mask_of(volume, 1, false), *small = testing_random_mask(4, 5, 5, 0.5, 1);
    trb_surface_points *points = NULL;
    trb_error err = {TRB_OK, ""};
    trb_thickness result;
    assert_int_equal(TRB_ERR_DATA, trb_surface_points_create(volume, NULL, 1, false, bone, &points, &err));
    assert_null(points);
    assert_int_equal(TRB_ERR_ARGUMENT, trb_surface_points_create(volume, NULL, 1, false, small, &points, &err));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_surface_points_create(volume, NULL, (double)NAN, false, bone, &points, &err));
    const trb_thickness_options options = options_with(NULL);
    assert_int_equal(TRB_ERR_ARGUMENT, trb_thickness_measure(small, NULL, &options, &result, NULL, &err));
    assert_non_null(strstr(err.text, "trb_surface_points_create"));
    trb_mask_destroy(small);
    trb_mask_destroy(bone);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_is_as_the_oracle_has_it),
        cmocka_unit_test(a_mask_that_differs_from_the_grey_values),
        cmocka_unit_test(a_single_voxel_far_from_everything),
        cmocka_unit_test(a_plate_has_its_thickness),
        cmocka_unit_test(a_tie_on_the_ridge_is_as_the_oracle_has_it),
        cmocka_unit_test(at_the_ridge_the_kernel_is_in_doubt),
        cmocka_unit_test(any_number_of_threads_and_every_path_give_the_same_bits),
        cmocka_unit_test(long_ways_take_the_wide_path),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
    };
    return cmocka_run_group_tests_name("subvoxel", tests, NULL, NULL);
}
