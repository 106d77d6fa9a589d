/* test_rods.c - the cores of rods: what is averaged, what is left out, what is told. */
#include "support/rod_scene.h"

static void a_scratch_does_not_move_the_mean(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.noise = 50;
    trb_volume *clean = rod_scene_draw(&s), *scratched = rod_scene_draw(&s);
    for (size_t z = 0; z < s.nz; z++)
        for (size_t y = 20; y < 40; y++)
            trb_volume_set(scratched, 32, y, z, 800); /* a cut right through rod 1: 6 % of its core */
    trb_rods a = rod_scene_placed(&s, FOUR), b = rod_scene_placed(&s, FOUR);
    CHECK_OK(trb_rods_measure(clean, 0.25, &a, err));
    CHECK_OK(trb_rods_measure(scratched, 0.25, &b, err));
    CHECK_CLOSE(a.rod[0].grey, b.rod[0].grey, 1); /* a plain mean would be 80 lower */
    assert_int_equal(b.rod[0].rejected, 17 * 40);  /* x = 32: 2 beside the centre, half a chord of sqrt(81 - 4) = 8.8 */
    CHECK_CLOSE(a.rod[1].grey, b.rod[1].grey, 0);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&b, NULL, TRB_UNIT_GREY, &line, err));
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "rod 1"));
    assert_non_null(strstr(line.warning[0], "left out"));
    trb_volume_destroy(clean);
    trb_volume_destroy(scratched);
}

static void the_core_is_the_voxels_within_its_radius(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods = rod_scene_placed(&s, FOUR);
    for (int e = 0; e < 3; e++) {
        const double erode = 0.25 * e;
        size_t count = 0;
        for (int y = -12; y <= 12; y++)
            for (int x = -12; x <= 12; x++)
                count += x * x + y * y <= (12 * (1 - erode)) * (12 * (1 - erode));
        CHECK_OK(trb_rods_measure(volume, erode, &rods, err));
        assert_int_equal(rods.rod[0].voxels + rods.rod[0].rejected, count * s.nz);
    }
    trb_volume_destroy(volume);
}

static void drift_along_z_is_measured_and_told(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.drift = 400; /* 5.7 % of the range 7000 */
    s.noise = 50;
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods = rod_scene_placed(&s, FOUR);
    trb_rods_line line;
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(400.0 * 39 / 40, rods.rod[i].drift, 15);
    CHECK_CLOSE(400 / sqrt(12), rods.rod[0].along_sd, 10);
    assert_int_equal(line.n_warnings, 4);
    assert_non_null(strstr(line.warning[0], "grey changes by"));
    CHECK_CLOSE(-100, line.intercept, 1); /* symmetric about the middle: the line does not move */
    trb_volume_destroy(volume);
}

/* A dome: 100 grey less at the wall's radius 12, in proportion to r^2. Over a disc of radius a the mean of r^2 is a^2 / 2;
 * the core is 9: middle 4.5, ring 7.2 to 9. */
static void a_core_that_is_no_plateau_is_measured_and_told(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    trb_volume *volume = rod_scene_draw(&s);
    for (size_t z = 0; z < s.nz; z++)
        for (size_t y = 20; y < 43; y++)
            for (size_t x = 73; x < 98; x++) {
                const double r2 = ((double)x - 85) * ((double)x - 85) + ((double)y - 32) * ((double)y - 32);
                trb_volume_set(volume, x, y, z, 4000 - 1000 * r2 / 144);
            }
    trb_rods rods = rod_scene_placed(&s, FOUR);
    trb_rods_line line;
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_CLOSE(-1000 * ((7.2 * 7.2 + 81) / 2 - 4.5 * 4.5 / 2) / 144, rods.rod[1].across, 25);
    CHECK_CLOSE(0, rods.rod[0].across, 0);
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "rod 2"));
    assert_non_null(strstr(line.warning[0], "darker than its middle"));
    trb_volume_destroy(volume);
}

static void a_blurred_wall_is_told_and_erosion_helps(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.nz = 8;
    trb_volume *volume = rod_scene_draw(&s), *blurred = rod_scene_draw(&s);
    for (int round = 0; round < 12; round++) { /* mean of 3 in x and y: variance 2/3 a round, sigma 2.8 in the end */
        for (size_t z = 0; z < s.nz; z++)
            for (size_t y = 1; y + 1 < s.ny; y++)
                for (size_t x = 1; x + 1 < s.nx; x++) {
                    double sum = 0;
                    for (size_t k = 0; k < 9; k++)
                        sum += trb_volume_get(volume, x + k % 3 - 1, y + k / 3 - 1, z);
                    trb_volume_set(blurred, x, y, z, sum / 9);
                }
        memcpy(volume->voxels, blurred->voxels, s.nx * s.ny * s.nz * 2);
    }
    trb_rods a = rod_scene_placed(&s, FOUR);
    trb_rods_line line;
    CHECK_OK(trb_rods_measure(volume, 0.25, &a, err));
    CHECK_OK(trb_rods_fit(&a, NULL, TRB_UNIT_GREY, &line, err));
    size_t told = 0;
    for (size_t i = 0; i < line.n_warnings; i++)
        told += strstr(line.warning[i], "wall reaches in") != NULL;
    assert_int_equal(told, 4);
    const double off = 9000 - a.rod[3].grey;
    assert_true(off > 150);
    CHECK_OK(trb_rods_measure(volume, 0.6, &a, err));
    assert_true(9000 - a.rod[3].grey < off / 20);
    trb_volume_destroy(volume);
    trb_volume_destroy(blurred);
}

static void saturated_grey_is_told(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.rod[3].grey = 70000;
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods = rod_scene_placed(&s, FOUR);
    trb_rods_line line;
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    bool told = false;
    for (size_t i = 0; i < line.n_warnings; i++)
        told = told || (strstr(line.warning[i], "rod 4") && strstr(line.warning[i], "saturated"));
    assert_true(told);
    assert_int_equal(rods.rod[3].clipped, rods.rod[3].voxels);
    trb_volume_destroy(volume);
}

static void a_core_that_leaves_the_image_is_refused(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods = rod_scene_placed(&s, FOUR);
    trb_error error = {TRB_OK, ""};
    rods.rod[2].x = 5;
    assert_int_equal(TRB_ERR_DATA, trb_rods_measure(volume, 0.25, &rods, &error));
    assert_non_null(strstr(error.text, "rod 3"));
    assert_non_null(strstr(error.text, "leaves the image"));
    rods = rod_scene_placed(&s, FOUR);
    rods.rod[0].z1 = 41;
    assert_int_equal(TRB_ERR_DATA, trb_rods_measure(volume, 0.25, &rods, &error));
    rods = rod_scene_placed(&s, FOUR);
    rods.rod[1].radius_vox = 2;
    rods.rod[1].z1 = 1;
    assert_int_equal(TRB_ERR_DATA, trb_rods_measure(volume, 0.25, &rods, &error));
    assert_non_null(strstr(error.text, "too few"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_measure(volume, 1, &rods, &error));
    trb_volume_destroy(volume);
}

static void follow_moves_a_misplaced_rod_and_refuses_a_lost_one(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    s.lean = 0.05;
    trb_volume *volume = rod_scene_draw(&s);
    trb_rods rods = rod_scene_placed(&s, FOUR);
    rods.rod[0].x += 3;
    rods.rod[1].y -= 2;
    CHECK_OK(trb_rods_follow(volume, &rods, err));
    CHECK_CLOSE(30, rods.rod[0].x, 0.05);
    CHECK_CLOSE(32, rods.rod[1].y, 0.05);
    CHECK_CLOSE(0.05, rods.rod[2].lean_x, 1e-3);
    trb_error error = {TRB_OK, ""};
    rods.rod[1].x = 58; /* between the rods */
    rods.rod[1].y = 55;
    assert_int_equal(TRB_ERR_DATA, trb_rods_follow(volume, &rods, &error));
    assert_non_null(strstr(error.text, "rod 2"));
    trb_volume_destroy(volume);
}

static void the_picture_is_written_and_replaced(void **state)
{
    (void)state;
    scene s = rod_scene_four();
    trb_rods rods;
    trb_rods_line line;
    char path[5000];
    unsigned char head[8];
    trb_volume *volume = rod_scene_draw(&s);
    rods = rod_scene_placed(&s, FOUR);
    CHECK_OK(trb_rods_measure(volume, 0.25, &rods, err));
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    snprintf(path, sizeof path, "%s/cal.png", testing_scratch());
    for (int i = 0; i < 2; i++)
        CHECK_OK(trb_rods_write_png(path, volume, &rods, &line, i ? NULL : "a \xff title", NULL, err));
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(8, fread(head, 1, 8, file));
    (void)fclose(file);
    assert_memory_equal("\x89PNG\r\n\x1a\n", head, 8);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_IO, trb_rods_write_png("/there/is/no/cal.png", volume, &rods, &line, NULL, NULL, &error));
    trb_volume_destroy(volume);
}

static int remove_scratch(void **state)
{
    (void)state;
    testing_scratch_remove();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_scratch_does_not_move_the_mean),
        cmocka_unit_test(the_core_is_the_voxels_within_its_radius),
        cmocka_unit_test(drift_along_z_is_measured_and_told),
        cmocka_unit_test(a_core_that_is_no_plateau_is_measured_and_told),
        cmocka_unit_test(a_blurred_wall_is_told_and_erosion_helps),
        cmocka_unit_test(saturated_grey_is_told),
        cmocka_unit_test(a_core_that_leaves_the_image_is_refused),
        cmocka_unit_test(follow_moves_a_misplaced_rod_and_refuses_a_lost_one),
        cmocka_unit_test(the_picture_is_written_and_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
