/* test_rods_find.c - rods found in pictures drawn here, whose places and greys are known. */
#include "support/rod_scene.h"

#include "trabecula/version.h"

static void measure_found(const scene *s, const double *densities, trb_rods *rods, trb_rods_line *line)
{
    trb_volume *volume = rod_scene_draw(s);
    CHECK_OK(trb_rods_find(volume, densities, s->n, rods, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, rods, err));
    CHECK_OK(trb_rods_fit(rods, NULL, TRB_UNIT_GREY, line, err));
    trb_volume_destroy(volume);
}

/* ---- found and fitted */

static void noise_free_rods_give_the_exact_line(void **state)
{
    (void)state;
    const scene s = rod_scene_four();
    trb_rods rods;
    trb_rods_line line;
    measure_found(&s, FOUR, &rods, &line);
    assert_int_equal(rods.n, 4);
    for (size_t i = 0; i < 4; i++) {
        CHECK_CLOSE(s.rod[i].grey, rods.rod[i].grey, 0);
        CHECK_CLOSE(s.rod[i].x, rods.rod[i].x, 0.05);
        CHECK_CLOSE(s.rod[i].y, rods.rod[i].y, 0.05);
        CHECK_CLOSE(12, rods.rod[i].radius_vox, 0.3);
        CHECK_CLOSE(0, rods.rod[i].grey_sd, 0);
        assert_int_equal(rods.rod[i].rejected, 0);
        assert_int_equal(rods.rod[i].z0, 0);
        assert_int_equal(rods.rod[i].z1, 40);
    }
    CHECK_CLOSE(0.1, line.slope, 1e-14);
    CHECK_CLOSE(-100, line.intercept, 1e-10);
    CHECK_CLOSE(1, line.r2, 1e-14);
    assert_int_equal(line.freedom, 2);
    assert_int_equal(line.n_warnings, 0);
}


static void noise_tilt_and_blur_of_walls_leave_the_line_within_its_errors(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.noise = 300;
    s.nz = 120;
    s.lean = tan(2 * 3.14159265358979 / 180); /* 4.2 voxels from end to end: a third of the radius */
    trb_rods rods;
    trb_rods_line line;
    measure_found(&s, FOUR, &rods, &line);
    for (size_t i = 0; i < 4; i++) {
        const double se = 300 / sqrt((double)rods.rod[i].voxels); /* of independent noise */
        assert_true(rods.rod[i].voxels > 25000);
        CHECK_CLOSE(s.rod[i].grey, rods.rod[i].grey, 4 * se);
        CHECK_CLOSE(300, rods.rod[i].grey_sd, 10);
        CHECK_CLOSE(s.lean, rods.rod[i].lean_x, 0.005);
        CHECK_CLOSE(0, rods.rod[i].lean_y, 0.005);
        assert_true((double)rods.rod[i].rejected < 0.001 * (double)rods.rod[i].voxels); /* 4 SD: 6 in 100 000 */
    }
    CHECK_CLOSE(0.1, line.slope, 1e-4);
    CHECK_CLOSE(-100, line.intercept, 0.6);
    assert_int_equal(line.n_warnings, 0);
}

static void two_to_six_rods_are_found_in_their_order_of_grey(void **state)
{
    (void)state;
    static const drawn six[] = {{20, 22, 9, 7000}, {60, 20, 9, 3000}, {101, 21, 9, 5000},
                                {21, 80, 9, 2000}, {61, 82, 9, 9000}, {100, 81, 9, 6000}};
    static const double densities[] = {800, 200, 400, 100, 500, 600}; /* given in any order */
    for (size_t n = 2; n <= 6; n++) {
        scene s = {121, 101, 12, TRB_U16, 800, 60, 0, 0, n, {{0, 0, 0, 0}}};
        memcpy(s.rod, six, n * sizeof *six);
        trb_rods rods;
        trb_rods_line line;
        measure_found(&s, densities, &rods, &line);
        assert_int_equal(rods.n, n);
        for (size_t i = 1; i < n; i++) {
            assert_true(rods.rod[i].grey > rods.rod[i - 1].grey);
            assert_true(rods.rod[i].density_mg_ccm > rods.rod[i - 1].density_mg_ccm);
        }
        size_t matched = 0;
        for (size_t i = 0; i < n; i++)
            for (size_t j = 0; j < n; j++)
                matched += hypot(rods.rod[i].x - six[j].x, rods.rod[i].y - six[j].y) < 0.2 && fabs(rods.rod[i].grey - six[j].grey) < 15;
        assert_int_equal(matched, n);
    }
}

static void a_rod_that_touches_the_border_is_found(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.rod[0].x = 11.5; /* its wall is the wall of the image */
    s.rod[3].y = 110 - 1 - 11.5;
    trb_rods rods;
    trb_rods_line line;
    measure_found(&s, FOUR, &rods, &line);
    CHECK_CLOSE(2000, rods.rod[0].grey, 0);
    CHECK_CLOSE(9000, rods.rod[3].grey, 0);
    CHECK_CLOSE(0.1, line.slope, 1e-14);
}

static void rods_darker_than_their_surroundings_are_found(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.background = 12000;
    trb_rods rods;
    trb_rods_line line;
    measure_found(&s, FOUR, &rods, &line);
    CHECK_CLOSE(0.1, line.slope, 1e-14);
    CHECK_CLOSE(-100, line.intercept, 1e-10);
}

static void rods_in_a_round_holder_are_found_and_not_the_holder(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.background = 300;
    trb_volume *volume = rod_scene_draw(&s);
    for (size_t z = 0; z < s.nz; z++) /* resin of grey 1200 around the rods, air outside */
        for (size_t y = 0; y < s.ny; y++)
            for (size_t x = 0; x < s.nx; x++)
                if (hypot((double)x - 58, (double)y - 54) < 53 && trb_volume_get(volume, x, y, z) < 1200)
                    trb_volume_set(volume, x, y, z, 1200);
    trb_rods rods;
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &rods, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    for (size_t i = 0; i < 4; i++) {
        CHECK_CLOSE(s.rod[i].grey, rods.rod[i].grey, 0);
        CHECK_CLOSE(12, rods.rod[i].radius_vox, 0.5);
    }
    trb_volume_destroy(volume);
}

/* A tube of bone, struts that change from plane to plane, and a solid square bar. */
static void add_bone(trb_volume *volume, double x0, double y0)
{
    for (size_t z = 0; z < volume->grid.nz; z++)
        for (size_t y = 0; y < volume->grid.ny; y++)
            for (size_t x = 0; x < volume->grid.nx; x++) {
                const double dx = (double)x - x0, dy = (double)y - y0, r = hypot(dx, dy);
                const bool shell = r > 15 && r < 19;
                const bool strut = r <= 15 && sin(0.9 * dx) + sin(0.9 * dy) + sin(0.9 * (double)z) > 0.6;
                const bool bar = fabs(dx - 40) < 9 && fabs(dy) < 9;
                if (shell || strut || bar)
                    trb_volume_set(volume, x, y, z, 11000);
            }
}

static void bone_in_the_same_picture_is_no_rod(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.nx = 130;
    s.ny = 170;
    s.noise = 100;
    trb_volume *volume = rod_scene_draw(&s);
    add_bone(volume, 40, 140);
    trb_rods rods;
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &rods, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    for (size_t i = 0; i < 4; i++) {
        CHECK_CLOSE(s.rod[i].x, rods.rod[i].x, 0.2);
        CHECK_CLOSE(s.rod[i].y, rods.rod[i].y, 0.2);
        CHECK_CLOSE(s.rod[i].grey, rods.rod[i].grey, 5);
    }
    trb_volume_destroy(volume);
}

static void a_rod_that_ends_within_the_scan_is_measured_where_it_is(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.nz = 80;
    trb_volume *volume = rod_scene_draw(&s);
    for (size_t z = 0; z < 80; z++) /* rod 2 stands in planes 16 to 63 only */
        for (size_t y = 15; y < 50 && (z < 16 || z >= 64); y++)
            for (size_t x = 68; x < 102; x++)
                trb_volume_set(volume, x, y, z, 800);
    trb_rods rods;
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &rods, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    assert_int_equal(rods.rod[0].z0, 0);
    assert_int_equal(rods.rod[0].z1, 80);
    assert_true(rods.rod[1].z0 >= 16 && rods.rod[1].z0 <= 24 && rods.rod[1].z1 <= 64 && rods.rod[1].z1 >= 56);
    CHECK_CLOSE(4000, rods.rod[1].grey, 0);
    assert_int_equal(rods.rod[1].rejected, 0);
    trb_volume_destroy(volume);
}

static void threads_change_nothing(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.noise = 300;
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods one, many;
    memset(&one, 0, sizeof one);
    memset(&many, 0, sizeof many);
    trb_threads_set(1);
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &one, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, &one, err));
    trb_threads_set(5);
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &many, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, &many, err));
    for (size_t i = 0; i < 4; i++) {
        CHECK_CLOSE(one.rod[i].grey, many.rod[i].grey, 0);
        CHECK_CLOSE(one.rod[i].x, many.rod[i].x, 0);
        CHECK_CLOSE(one.rod[i].lean_x, many.rod[i].lean_x, 0);
    }
    trb_volume_destroy(volume);
}

/* ---- not found */

static void check_not_found(const trb_volume *volume, const double *densities, size_t n, const char *part)
{
    trb_rods rods;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_DATA, trb_rods_find(volume, densities, n, &rods, &error));
    if (!strstr(error.text, part))
        fail_msg("'%s' is not in '%s'", part, error.text);
}

static void too_few_or_too_many_rods_are_refused_with_what_was_found(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    trb_volume *volume = rod_scene_draw(&s);
    static const double five[] = {1, 2, 3, 4, 5};
    check_not_found(volume, five, 5, "4 round, even parts were found for 5 densities");
    check_not_found(volume, five, 5, "x 30.0 y 30.0 radius 11.8 (grey 2000)");
    check_not_found(volume, five, 3, "4 round, even parts were found for 3 densities");
    trb_volume_destroy(volume);
    s.n = 0; /* nothing at all */
    volume = rod_scene_draw(&s);
    check_not_found(volume, five, 2, "0 round, even parts were found for 2 densities: none");
    trb_volume_destroy(volume);
    s.noise = 500; /* nothing but noise */
    volume = rod_scene_draw(&s);
    check_not_found(volume, five, 2, "densities");
    trb_volume_destroy(volume);
}

static void a_pin_of_another_size_is_left_out(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.n = 5;
    s.rod[4] = (drawn){58, 55, 6, 12000};
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods;
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &rods, err));
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(12, rods.rod[i].radius_vox, 0.3);
    trb_volume_destroy(volume);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_free_rods_give_the_exact_line),
        cmocka_unit_test(noise_tilt_and_blur_of_walls_leave_the_line_within_its_errors),
        cmocka_unit_test(two_to_six_rods_are_found_in_their_order_of_grey),
        cmocka_unit_test(a_rod_that_touches_the_border_is_found),
        cmocka_unit_test(rods_darker_than_their_surroundings_are_found),
        cmocka_unit_test(rods_in_a_round_holder_are_found_and_not_the_holder),
        cmocka_unit_test(bone_in_the_same_picture_is_no_rod),
        cmocka_unit_test(a_rod_that_ends_within_the_scan_is_measured_where_it_is),
        cmocka_unit_test(threads_change_nothing),
        cmocka_unit_test(too_few_or_too_many_rods_are_refused_with_what_was_found),
        cmocka_unit_test(a_pin_of_another_size_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
