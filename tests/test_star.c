/* test_star.c - star volume and star length of bodies with known ones, and the real bone. */
#include "support/testing.h"

#include "trabecula/star.h"
#include "trabecula/version.h"

static trb_mask *new_mask(size_t nx, size_t ny, size_t nz)
{
    const trb_grid grid = {nx, ny, nz, {0.02, 0.02, 0.02}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    return mask;
}

static void add_box(trb_mask *mask, size_t x0, size_t y0, size_t z0, size_t dx, size_t dy, size_t dz)
{
    for (size_t z = z0; z < z0 + dz; z++)
        for (size_t y = y0; y < y0 + dy; y++)
            for (size_t x = x0; x < x0 + dx; x++)
                trb_mask_set(mask, x, y, z, 1);
}

/* Radii a, b, c; the long axes turned by `turn` in the plane of x and y. */
static void add_ellipsoid(trb_mask *mask, const double middle[3], const double radius[3], double turn)
{
    for (size_t z = 0; z < mask->grid.nz; z++)
        for (size_t y = 0; y < mask->grid.ny; y++)
            for (size_t x = 0; x < mask->grid.nx; x++) {
                const double p[3] = {(double)x - middle[0], (double)y - middle[1], (double)z - middle[2]};
                const double u = (cos(turn) * p[0] + sin(turn) * p[1]) / radius[0];
                const double w = (cos(turn) * p[1] - sin(turn) * p[0]) / radius[1], q = p[2] / radius[2];
                if (u * u + w * w + q * q <= 1)
                    trb_mask_set(mask, x, y, z, 1);
            }
}

static trb_star measure(const trb_mask *bone, const trb_mask *voi)
{
    const trb_star_options options = trb_star_options_default();
    trb_star star;
    CHECK_OK(trb_star_measure(bone, voi, &options, &star, err));
    return star;
}

/* ---- closed forms */
static void all_of_a_convex_body_is_seen_from_inside(void **state)
{
    (void)state;
    trb_mask *box = new_mask(90, 80, 70), *ball = new_mask(80, 80, 80);
    add_box(box, 15, 20, 10, 60, 40, 50);
    trb_star star = measure(box, NULL);
    print_message("box: %.1f of %d voxels\n", star.bone.volume_vox, 60 * 40 * 50);
    CHECK_RELATIVE(60.0 * 40 * 50, star.bone.volume_vox, 0.01);
    CHECK_CLOSE(0, star.bone.cut, 0);
    add_ellipsoid(ball, (double[]){39.5, 39.5, 39.5}, (double[]){25, 25, 25}, 0);
    star = measure(ball, NULL);
    CHECK_RELATIVE((double)trb_mask_count(ball), star.bone.volume_vox, 0.02);
    CHECK_RELATIVE(1.5 * 25, star.bone.length_vox, 0.01); /* E c^2 / E c of a ball */
    CHECK_CLOSE(0, star.da, 0.01);
    trb_mask_destroy(box);
    trb_mask_destroy(ball);
}

/* Two bodies that do not see each other: the mean weighted by volume. */
static void a_long_voi_has_lines_farther_apart(void **state)
{
    (void)state;
    trb_mask *mask = new_mask(400, 60, 60);
    add_box(mask, 10, 10, 10, 380, 40, 40);
    const trb_star star = measure(mask, NULL);
    CHECK_CLOSE(25, star.options.apart_vox, 0);
    CHECK_RELATIVE(380.0 * 40 * 40, star.bone.volume_vox, 0.06); /* few lines go the long way: they decide it */
    trb_mask_destroy(mask);
}

static void two_bodies_count_by_their_volume(void **state)
{
    (void)state;
    trb_mask *mask = new_mask(110, 60, 60);
    add_box(mask, 5, 5, 5, 48, 48, 48);
    add_box(mask, 70, 10, 10, 30, 30, 30);
    const double a = 48.0 * 48 * 48, b = 30.0 * 30 * 30;
    CHECK_RELATIVE((a * a + b * b) / (a + b), measure(mask, NULL).bone.volume_vox, 0.01);
    trb_mask_destroy(mask);
}

/* An ellipsoid is a stretched ball: L(v) is 1.5 times its radius along v. */
static void star_lengths_of_an_ellipsoid_are_its_radii(void **state)
{
    (void)state;
    const double pi = 3.14159265358979, turns[] = {0, 0.4, pi / 4};
    for (int i = 0; i < 3; i++) {
        trb_mask *mask = new_mask(100, 100, 60);
        const double radius[3] = {42, 28, 21}; /* 3 : 2 : 1.5 */
        add_ellipsoid(mask, (double[]){49.5, 49.5, 29.5}, radius, turns[i]);
        const trb_star star = measure(mask, NULL);
        for (int k = 0; k < 3; k++)
            CHECK_RELATIVE(1.5 * radius[k], star.radius_vox[k], 0.015);
        CHECK_CLOSE(0.75, star.da, 0.01);
        CHECK_CLOSE(1, fabs(star.axis[0][0] * cos(turns[i]) + star.axis[0][1] * sin(turns[i])), 1e-3);
        CHECK_CLOSE(1, fabs(star.axis[2][2]), 1e-3);
        CHECK_RELATIVE((double)trb_mask_count(mask), star.bone.volume_vox, 0.02);
        trb_mask_destroy(mask);
    }
}

/* The image is one block of bone: everything is cut, and V* is the block as far as it is known. */
static void a_wall_cuts_and_that_is_counted(void **state)
{
    (void)state;
    trb_mask *full = new_mask(50, 50, 50), *voi = new_mask(50, 50, 50);
    add_box(full, 0, 0, 0, 50, 50, 50);
    add_box(voi, 10, 5, 8, 30, 40, 20);
    trb_star star = measure(full, NULL);
    CHECK_CLOSE(1, star.bone.cut, 1e-12);
    CHECK_CLOSE(1, star.bone.volume_cut, 1e-12);
    CHECK_RELATIVE(125000.0, star.bone.volume_vox, 0.01);
    assert_true(isnan(star.marrow.volume_vox));
    star = measure(full, voi);
    CHECK_CLOSE(1, star.bone.cut, 1e-12);
    CHECK_RELATIVE(30.0 * 40 * 20, star.bone.volume_vox, 0.015);
    /* a wall across the block: bone and marrow share the VOI, and each intercept ends at a wall or at the other */
    add_box(full, 0, 0, 0, 50, 50, 50);
    for (size_t z = 0; z < 50; z++)
        for (size_t y = 0; y < 50; y++)
            for (size_t x = 25; x < 50; x++)
                trb_mask_set(full, x, y, z, 0);
    star = measure(full, voi);
    CHECK_RELATIVE(15.0 * 40 * 20, star.bone.volume_vox, 0.015);
    CHECK_RELATIVE(star.bone.volume_vox, star.marrow.volume_vox, 1e-9);
    assert_true(star.bone.cut > 0.9 && star.bone.cut <= 1);
    trb_mask_destroy(full);
    trb_mask_destroy(voi);
}

/* ---- invariances */
static void mirror_turn_and_threads(void **state)
{
    (void)state;
    trb_mask *bone = testing_mask(testing_bone(), 83), *voi = testing_ellipse_voi();
    const size_t n = bone->grid.nx;
    trb_mask *other = new_mask(n, n, n);
    for (size_t z = 0; z < n; z++)
        for (size_t y = 0; y < n; y++)
            for (size_t x = 0; x < n; x++)
                trb_mask_set(other, x, y, z, trb_mask_get(bone, n - 1 - z, y, x));
    trb_star_options options = trb_star_options_default();
    const trb_star_options few = {20, 16, 16};
    trb_star part, turned;
    const trb_star whole = measure(bone, NULL);
    CHECK_OK(trb_star_measure(bone, NULL, &few, &part, err));
    CHECK_OK(trb_star_measure(other, NULL, &few, &turned, err));
    CHECK_RELATIVE(part.bone.volume_vox, turned.bone.volume_vox, 1e-9);
    CHECK_RELATIVE(part.marrow.volume_vox, turned.marrow.volume_vox, 1e-9);
    CHECK_CLOSE(part.da, turned.da, 1e-9);
    const double *v = part.axis[0], *w = turned.axis[0];
    CHECK_CLOSE(1, fabs(v[2] * w[0] + v[1] * w[1] - v[0] * w[2]), 1e-6);
    options.directions = 5;
    trb_star first = {.da = 0};
    for (int threads = 1; threads <= 3; threads++) {
        trb_star star;
        trb_threads_set(threads);
        CHECK_OK(trb_star_measure(bone, voi, &options, &star, err));
        if (threads == 1)
            first = star;
        assert_memory_equal(&first, &star, sizeof star);
    }
    trb_threads_set(2);
    const trb_star inside = measure(bone, voi);
    const double mm3 = 0.0195 * 0.0195 * 0.0195;
    print_message("real bone: Tb.V* %.4f mm^3 (%.1f %% cut), Ma.V* %.3f mm^3 (%.1f %% cut), DA %.3f\n", whole.bone.volume_vox * mm3,
                  100 * whole.bone.cut, whole.marrow.volume_vox * mm3, 100 * whole.marrow.cut, whole.da);
    print_message("in the ellipse: Tb.V* %.4f mm^3 (%.1f %% cut), Ma.V* %.3f mm^3 (%.1f %% cut), DA %.3f\n",
                  inside.bone.volume_vox * mm3, 100 * inside.bone.cut, inside.marrow.volume_vox * mm3, 100 * inside.marrow.cut,
                  inside.da);
    options = (trb_star_options){120, 16, 16}; /* converged? */
    trb_star finer;
    CHECK_OK(trb_star_measure(bone, NULL, &options, &finer, err));
    print_message("half more directions: Tb.V* %.4f mm^3, Ma.V* %.3f mm^3, DA %.3f\n", finer.bone.volume_vox * mm3,
                  finer.marrow.volume_vox * mm3, finer.da);
    CHECK_RELATIVE(finer.bone.volume_vox, whole.bone.volume_vox, 0.03);
    CHECK_RELATIVE(finer.marrow.volume_vox, whole.marrow.volume_vox, 0.03);
    CHECK_CLOSE(finer.da, whole.da, 0.02);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
    trb_mask_destroy(other);
}

/* The points of a line in steps of 1/64 voxel, each with its own intercept: the same mean of cubes. */
static void intercepts_equal_those_of_points_that_look_around(void **state)
{
    (void)state;
    trb_mask *bone = testing_random_mask(12, 11, 13, 0.6, 9), *voi = testing_random_mask(12, 11, 13, 0.9, 10);
    const trb_star_options options = {30, 1.5, 100};
    trb_star star;
    CHECK_OK(trb_star_measure(bone, voi, &options, &star, err));
    /* from random points along random directions, both ways, in small steps until the state changes */
    double cubes = 0, points = 0, cut = 0;
    uint64_t seed = 12345;
#define NEXT() (seed = seed * 6364136223846793005U + 1442695040888963407U, (double)(seed >> 11) / 9007199254740992.0)
    while (points < 20000) {
        const double p[3] = {12 * NEXT(), 11 * NEXT(), 13 * NEXT()};
        double v[3], r2;
        do {
            for (int i = 0; i < 3; i++)
                v[i] = 2 * NEXT() - 1;
            r2 = v[0] * v[0] + v[1] * v[1] + v[2] * v[2];
        } while (r2 > 1 || r2 < 0.01);
        bool at_wall = false, counts = true;
        double ends[2] = {0, 0};
        for (int way = 0; way < 2 && counts; way++)
            for (;; ends[way] += 0.02) {
                const double t = (way ? -1 : 1) * ends[way] / sqrt(r2);
                const double q[3] = {p[0] + t * v[0], p[1] + t * v[1], p[2] + t * v[2]};
                const bool in = q[0] >= 0 && q[0] < 12 && q[1] >= 0 && q[1] < 11 && q[2] >= 0 && q[2] < 13 &&
                                trb_mask_get(voi, (size_t)q[0], (size_t)q[1], (size_t)q[2]);
                if (in && trb_mask_get(bone, (size_t)q[0], (size_t)q[1], (size_t)q[2]))
                    continue;
                counts = ends[way] > 0;
                at_wall = at_wall || !in;
                break;
            }
        if (!counts)
            continue;
        cubes += pow(ends[0] + ends[1] - 0.02, 3);
        cut += at_wall;
        points++;
    }
#undef NEXT
    CHECK_RELATIVE(3.14159265358979 / 3 * cubes / points, star.bone.volume_vox, 0.05);
    CHECK_CLOSE(cut / points, star.bone.cut, 0.02);
    trb_mask_destroy(bone);
    trb_mask_destroy(voi);
}

static void small_vois_have_lines(void **state)
{
    (void)state;
    trb_mask *mask = new_mask(30, 30, 30), *voi = new_mask(30, 30, 30);
    add_box(mask, 0, 0, 0, 30, 30, 30);
    add_box(voi, 10, 11, 12, 1, 1, 1);
    CHECK_RELATIVE(1, measure(mask, voi).bone.volume_vox, 0.02);
    add_box(voi, 9, 11, 12, 5, 3, 2);
    CHECK_RELATIVE(30, measure(mask, voi).bone.volume_vox, 0.02);
    trb_mask_destroy(mask);
    trb_mask_destroy(voi);
}

static void what_cannot_be_measured_is_said(void **state)
{
    (void)state;
    trb_mask *bone = new_mask(9, 9, 9), *none = new_mask(9, 9, 9), *other = new_mask(9, 9, 8);
    trb_star_options options = trb_star_options_default();
    trb_star star;
    assert_int_equal(trb_star_measure(bone, none, &options, &star, NULL), TRB_ERR_DATA);
    assert_int_equal(trb_star_measure(bone, other, &options, &star, NULL), TRB_ERR_ARGUMENT);
    CHECK_OK(trb_star_measure(bone, NULL, &options, &star, err));
    assert_true(isnan(star.bone.volume_vox) && isnan(star.da) && star.marrow.cut > 0.999);
    options.directions = 3;
    assert_int_equal(trb_star_measure(bone, NULL, &options, &star, NULL), TRB_ERR_ARGUMENT);
    options = (trb_star_options){10, 2, 0.5};
    assert_int_equal(trb_star_measure(bone, NULL, &options, &star, NULL), TRB_ERR_ARGUMENT);
    options = (trb_star_options){10, NAN, 16};
    assert_int_equal(trb_star_measure(bone, NULL, &options, &star, NULL), TRB_ERR_ARGUMENT);
    trb_mask_destroy(bone);
    trb_mask_destroy(none);
    trb_mask_destroy(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_of_a_convex_body_is_seen_from_inside),
        cmocka_unit_test(a_long_voi_has_lines_farther_apart),
        cmocka_unit_test(two_bodies_count_by_their_volume),
        cmocka_unit_test(star_lengths_of_an_ellipsoid_are_its_radii),
        cmocka_unit_test(a_wall_cuts_and_that_is_counted),
        cmocka_unit_test(intercepts_equal_those_of_points_that_look_around),
        cmocka_unit_test(mirror_turn_and_threads),
        cmocka_unit_test(small_vois_have_lines),
        cmocka_unit_test(what_cannot_be_measured_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
