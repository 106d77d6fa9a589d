/* test_fractal.c - sets with known dimension, boxes counted one by one, and the real bone. */
#include "support/testing.h"

#include "trabecula/fractal.h"
#include "trabecula/version.h"

static trb_mask *new_mask(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    return mask;
}

static trb_fd measure(const trb_mask *bone, const trb_mask *voi, const trb_fd_options *options)
{
    trb_fd fd;
    CHECK_OK(trb_fd_measure(bone, voi, options, &fd, err));
    return fd;
}

/* ---- known dimensions */
static void box_sizes_are_those_of_bonej(void **state)
{
    (void)state;
    static const size_t expected[] = {48, 40, 33, 27, 22, 18, 15, 12, 10, 8, 6};
    const trb_fd_options options = trb_fd_options_default();
    size_t size[TRB_FD_SIZES_MOST];
    assert_int_equal(trb_fd_sizes(&options, size), 11);
    assert_memory_equal(size, expected, sizeof expected);
}

/* A box that begins in any of s layers meets the one layer of surface, of nz - s + 1 places: V / s^3 * s / (nz - s + 1). */
static void a_plane_has_dimension_2(void **state)
{
    (void)state;
    const size_t n = 50, nz = 2000;
    trb_mask *half = new_mask(n, n, nz);
    for (size_t z = 0; z < 900; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(half, x, y, z, 1);
    const trb_fd_options options = trb_fd_options_default();
    const trb_fd fd = measure(half, NULL, &options);
    assert_int_equal(fd.n, 11);
    for (size_t i = 0; i < fd.n; i++) {
        const double s = (double)fd.size_vox[i];
        CHECK_RELATIVE((double)(n * n) / (s * s) * (double)nz / ((double)nz - s + 1), fd.boxes[i], 1e-12);
    }
    CHECK_CLOSE(2, fd.fd, 0.015);
    assert_true(fd.r2 > 0.99999);
    trb_mask_destroy(half);
}

static void a_line_has_dimension_1(void **state)
{
    (void)state;
    const size_t n = 1000, nz = 50;
    trb_mask *line = new_mask(n, n, nz);
    for (size_t z = 0; z < nz; z++)
        trb_mask_set(line, 400, 500, z, 1);
    const trb_fd_options options = trb_fd_options_default();
    const trb_fd fd = measure(line, NULL, &options);
    for (size_t i = 0; i < fd.n; i++) {
        const double s = (double)fd.size_vox[i], wall = (double)n / ((double)n - s + 1);
        CHECK_RELATIVE((double)nz / s * wall * wall, fd.boxes[i], 1e-12);
    }
    CHECK_CLOSE(1, fd.fd, 0.05);
    trb_mask_destroy(line);
}

static void noise_everywhere_has_dimension_3(void **state)
{
    (void)state;
    trb_mask *noise = testing_random_mask(70, 65, 60, 0.3, 5), *voi = testing_random_mask(70, 65, 60, 1, 1);
    trb_fd_options options = {TRB_FD_WINDOWS, 20, 5, 1.3, 0};
    CHECK_CLOSE(3, measure(noise, NULL, &options).fd, 1e-12);
    trb_fd a = measure(noise, NULL, &options), b = measure(noise, voi, &options);
    assert_memory_equal(&a, &b, sizeof a);
    options.rule = TRB_FD_GRID;
    options.largest_vox = 20; /* 70 x 65 x 60 are multiples of 5 only: boxes cut off at the walls count as whole */
    assert_true(measure(noise, NULL, &options).fd < 2.95);
    trb_mask_destroy(noise);
    trb_mask_destroy(voi);
}

/* 20 of 27 parts at every scale: log 20 / log 3. */
static void a_menger_sponge_has_its_dimension(void **state)
{
    (void)state;
    const size_t n = 243;
    trb_mask *sponge = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++) {
                bool in = true;
                for (size_t a = x, b = y, c = z; in && (a || b || c); a /= 3, b /= 3, c /= 3)
                    in = (a % 3 == 1) + (b % 3 == 1) + (c % 3 == 1) < 2;
                trb_mask_set(sponge, x, y, z, in);
            }
    trb_fd_options options = {TRB_FD_GRID, 81, 3, 3, 0};
    const trb_fd fd = measure(sponge, NULL, &options);
    assert_int_equal(fd.n, 4);
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(20 * pow(20, (double)i), fd.boxes[i], 0);
    CHECK_CLOSE(log(20) / log(3), fd.fd, 1e-12);
    CHECK_CLOSE(1, fd.r2, 1e-12);
    options.shifts = 1; /* no grid needs fewer boxes */
    CHECK_CLOSE(log(20) / log(3), measure(sponge, NULL, &options).fd, 1e-12);
    options = (trb_fd_options){TRB_FD_WINDOWS, 81, 3, 3, 0}; /* larger boxes meet more of it off the grid */
    const double everywhere = measure(sponge, NULL, &options).fd;
    print_message("Menger sponge, log 20 / log 3 = %.4f: windows %.4f\n", log(20) / log(3), everywhere);
    CHECK_CLOSE(log(20) / log(3), everywhere, 0.1);
    trb_mask_destroy(sponge);
}

/* ---- one by one */
static bool is_surface(const trb_mask *bone, size_t x, size_t y, size_t z)
{
    if (!trb_mask_get(bone, x, y, z))
        return false;
    for (int k = 0; k < 27; k++) {
        const size_t a = x + (size_t)(k % 3) - 1, b = y + (size_t)(k / 3 % 3) - 1, c = z + (size_t)(k / 9) - 1;
        if (a < bone->grid.nx && b < bone->grid.ny && c < bone->grid.nz && !trb_mask_get(bone, a, b, c))
            return true;
    }
    return false;
}

/* Boxes of s: how many lie in the VOI whole, and how many of them hold surface. */
static void count_slowly(const trb_mask *bone, const trb_mask *voi, size_t s, double *all, double *hit)
{
    const trb_grid *g = &bone->grid;
    *all = *hit = 0;
    for (size_t z = 0; z + s <= g->nz; z++)
        for (size_t y = 0; y + s <= g->ny; y++)
            for (size_t x = 0; x + s <= g->nx; x++) {
                bool whole = true, surface = false;
                for (size_t i = 0; i < s * s * s; i++) {
                    const size_t a = x + i % s, b = y + i / s % s, c = z + i / s / s;
                    whole = whole && (!voi || trb_mask_get(voi, a, b, c));
                    surface = surface || is_surface(bone, a, b, c);
                }
                *all += whole;
                *hit += whole && surface;
            }
}

static void boxes_equal_those_counted_one_by_one(void **state)
{
    (void)state;
    static const size_t sizes[][3] = {{70, 11, 9}, {12, 14, 13}, {64, 9, 8}, {130, 7, 8}};
    const trb_fd_options options = {TRB_FD_WINDOWS, 7, 2, 1.3, 0};
    for (int i = 0; i < 8; i++) {
        const size_t *n = sizes[i / 2];
        trb_mask *bone = testing_random_mask(n[0], n[1], n[2], i % 2 ? 0.997 : 0.01, 3 + (uint64_t)i);
        trb_mask *voi = i < 2 ? NULL : testing_random_mask(n[0], n[1], n[2], 0.995, 30 + (uint64_t)i);
        const double volume = voi ? (double)trb_mask_count(voi) : (double)trb_grid_voxels(&bone->grid);
        const trb_fd fd = measure(bone, voi, &options);
        for (size_t k = 0; k < fd.n; k++) {
            double all, hit;
            count_slowly(bone, voi, fd.size_vox[k], &all, &hit);
            CHECK_RELATIVE(volume / pow((double)fd.size_vox[k], 3) * hit / all, fd.boxes[k], 1e-13);
        }
        trb_mask_destroy(bone);
        trb_mask_destroy(voi);
    }
}

static void the_grid_takes_the_fewest_boxes_of_its_shifts(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(90, 31, 29, 0.002, 11), *voi = testing_random_mask(90, 31, 29, 0.6, 12);
    const trb_fd_options options = {TRB_FD_GRID, 9, 4, 1.4, 2};
    const trb_fd fd = measure(bone, voi, &options);
    trb_box box;
    assert_true(trb_mask_bounds(voi, &box));
    for (size_t i = 0; i < fd.n; i++) {
        const size_t s = fd.size_vox[i], places = s < 3 ? s : 3, step = s / places;
        size_t fewest = SIZE_MAX;
        for (size_t p = 0; p < places * places * places; p++) {
            const size_t shift[3] = {p % places * step, p / places % places * step, p / places / places * step};
            static bool held[64][64][64];
            memset(held, 0, sizeof held);
            size_t count = 0;
            for (size_t z = 0; z < 29; z++)
                for (size_t y = 0; y < 31; y++)
                    for (size_t x = 0; x < 90; x++)
                        if (trb_mask_get(voi, x, y, z) && is_surface(bone, x, y, z)) {
                            bool *at = &held[(x - box.lo[0] + shift[0]) / s][(y - box.lo[1] + shift[1]) / s]
                                            [(z - box.lo[2] + shift[2]) / s];
                            count += !*at;
                            *at = true;
                        }
            fewest = count < fewest ? count : fewest;
        }
        CHECK_CLOSE((double)fewest, fd.boxes[i], 0);
    }
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

/* ---- invariances */
static void mirror_turn_and_threads_change_no_bit(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 83), *voi = testing_ellipse_voi();
    const size_t n = bone->grid.nx;
    trb_mask *other = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(other, x, y, z, trb_mask_get(bone, n - 1 - z, y, x));
    const trb_fd_options options = trb_fd_options_default();
    const trb_fd whole = measure(bone, NULL, &options), inside = measure(bone, voi, &options);
    const trb_fd turned = measure(other, NULL, &options);
    assert_memory_equal(&whole, &turned, sizeof whole);
    for (int threads = 1; threads <= 3; threads++) {
        trb_threads_set(threads);
        for (int rule = 0; rule < 2; rule++) {
            trb_fd_options how = options;
            how.rule = (trb_fd_rule)rule;
            static trb_fd first[2];
            const trb_fd fd = measure(bone, voi, &how);
            if (threads == 1)
                first[rule] = fd;
            assert_memory_equal(&first[rule], &fd, sizeof fd);
        }
    }
    trb_threads_set(2);
    print_message("real bone: FD %.4f (R2 %.4f), in the ellipse %.4f (R2 %.4f)\n", whole.fd, whole.r2, inside.fd, inside.r2);
    assert_true(whole.fd > 2.2 && whole.fd < 2.8 && whole.r2 > 0.99);
    CHECK_CLOSE(whole.fd, inside.fd, 0.15);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_mask_destroy(other);
}

static void what_cannot_be_counted_is_said(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(20, 20, 20, 0.5, 1), *full = testing_random_mask(20, 20, 20, 1, 1);
    trb_mask *other = testing_random_mask(20, 20, 19, 1, 1);
    trb_fd_options o = trb_fd_options_default();
    trb_fd fd;
    trb_error said = {TRB_OK, ""};
    assert_int_equal(trb_fd_measure(full, NULL, &o, &fd, &said), TRB_ERR_DATA); /* the border is no surface */
    assert_true(isnan(fd.fd));
    o = (trb_fd_options){TRB_FD_WINDOWS, 48, 12, 1.5, 0};
    assert_int_equal(trb_fd_measure(bone, NULL, &o, &fd, &said), TRB_ERR_DATA); /* only 14 fits */
    assert_non_null(strstr(said.text, "only 1 size fits the VOI and meets bone surface"));
    assert_int_equal(fd.dropped, 3);
    o.smallest_vox = 6;
    CHECK_OK(trb_fd_measure(bone, NULL, &o, &fd, err));
    assert_int_equal(fd.n, 3);
    assert_int_equal(fd.dropped, 3);
    assert_int_equal(trb_fd_measure(bone, other, &o, &fd, &said), TRB_ERR_ARGUMENT);
    o.factor = 1;
    assert_int_equal(trb_fd_measure(bone, NULL, &o, &fd, &said), TRB_ERR_ARGUMENT);
    o = (trb_fd_options){TRB_FD_WINDOWS, 6, 6, 1.2, 0};
    assert_int_equal(trb_fd_measure(bone, NULL, &o, &fd, &said), TRB_ERR_ARGUMENT);
    trb_mask_destroy(bone);
    trb_mask_destroy(full);
    trb_mask_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(box_sizes_are_those_of_bonej),
        cmocka_unit_test(a_plane_has_dimension_2),
        cmocka_unit_test(a_line_has_dimension_1),
        cmocka_unit_test(noise_everywhere_has_dimension_3),
        cmocka_unit_test(a_menger_sponge_has_its_dimension),
        cmocka_unit_test(boxes_equal_those_counted_one_by_one),
        cmocka_unit_test(the_grid_takes_the_fewest_boxes_of_its_shifts),
        cmocka_unit_test(mirror_turn_and_threads_change_no_bit),
        cmocka_unit_test(what_cannot_be_counted_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
