/* test_rods.c - density phantoms: rods drawn here with known grey, the line with known numbers. */
#include "support/testing.h"

#include "trabecula/rods.h"
#include "trabecula/version.h"

/* ---- a phantom of the tests' own */

typedef struct drawn {
    double x, y, radius, grey; /* at the middle plane */
} drawn;

typedef struct scene {
    size_t nx, ny, nz;
    trb_type type;
    double background, noise, lean; /* lean: voxels a plane, along x */
    double drift;                   /* grey from first to last plane */
    size_t n;
    drawn rod[8];
} scene;

/* Noise of the tests' own: a multiplicative congruential sequence, 12 uniforms a deviate. */
static double deviate(uint64_t *state)
{
    double sum = -6;
    for (int i = 0; i < 12; i++) {
        *state = *state * 6364136223846793005u + 1442695040888963407u;
        sum += (double)(*state >> 11) / 9007199254740992.0;
    }
    return sum;
}

/* Share of a pixel inside the circle, by 5 x 5 points: the wall has partial volume. */
static double share_inside(double dx, double dy, double radius)
{
    const double r = hypot(dx, dy);
    if (r < radius - 1)
        return 1;
    if (r > radius + 1)
        return 0;
    int inside = 0;
    for (int i = -2; i <= 2; i++)
        for (int j = -2; j <= 2; j++)
            inside += hypot(dx + 0.2 * i, dy + 0.2 * j) <= radius;
    return inside / 25.0;
}

static trb_volume *draw(const scene *s)
{
    trb_volume *volume = NULL;
    const trb_grid grid = {s->nx, s->ny, s->nz, {0.02, 0.02, 0.02}, {0}};
    uint64_t state = 12345;
    CHECK_OK(trb_volume_create(&grid, s->type, &volume, err));
    for (size_t z = 0; z < s->nz; z++)
        for (size_t y = 0; y < s->ny; y++)
            for (size_t x = 0; x < s->nx; x++) {
                const double dz = (double)z - ((double)s->nz - 1) / 2;
                double grey = s->background;
                for (size_t i = 0; i < s->n; i++) {
                    const drawn *r = &s->rod[i];
                    const double share =
                        share_inside((double)x - r->x - s->lean * dz, (double)y - r->y, r->radius);
                    grey += share * (r->grey + s->drift * dz / (double)s->nz - s->background);
                }
                trb_volume_set(volume, x, y, z, grey + (s->noise > 0 ? s->noise * deviate(&state) : 0));
            }
    return volume;
}

/* Four rods in a square; density = 0.1 grey - 100. */
static scene four_rods(void)
{
    return (scene){120, 110,
                   40,  TRB_U16,
                   800, 0,
                   0,   0,
                   4,   {{30, 30, 12, 2000}, {85, 32, 12, 4000}, {31, 78, 12, 6000}, {86, 77, 12, 9000}}};
}
static const double FOUR[] = {100, 300, 500, 800};

static void measure_found(const scene *s, const double *densities, trb_rods *rods, trb_rods_line *line)
{
    trb_volume *volume = draw(s);
    CHECK_OK(trb_rods_find(volume, densities, s->n, rods, err));
    CHECK_OK(trb_rods_measure(volume, 0.25, rods, err));
    CHECK_OK(trb_rods_fit(rods, NULL, TRB_UNIT_GREY, line, err));
    trb_volume_destroy(volume);
}

/* ---- found and fitted */

static void noise_free_rods_give_the_exact_line(void **state)
{
    (void)state;
    const scene s = four_rods();
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
    scene s = four_rods();
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
    scene s = four_rods();
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
    scene s = four_rods();
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
    scene s = four_rods();
    s.background = 300;
    trb_volume *volume = draw(&s);
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
    scene s = four_rods();
    s.nx = 130;
    s.ny = 170;
    s.noise = 100;
    trb_volume *volume = draw(&s);
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
    scene s = four_rods();
    s.nz = 80;
    trb_volume *volume = draw(&s);
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
    scene s = four_rods();
    s.noise = 300;
    trb_volume *volume = draw(&s);
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
    scene s = four_rods();
    trb_volume *volume = draw(&s);
    static const double five[] = {1, 2, 3, 4, 5};
    check_not_found(volume, five, 5, "4 round, even parts were found for 5 densities");
    check_not_found(volume, five, 5, "x 30.0 y 30.0 radius 11.8 (grey 2000)");
    check_not_found(volume, five, 3, "4 round, even parts were found for 3 densities");
    trb_volume_destroy(volume);
    s.n = 0; /* nothing at all */
    volume = draw(&s);
    check_not_found(volume, five, 2, "0 round, even parts were found for 2 densities: none");
    trb_volume_destroy(volume);
    s.noise = 500; /* nothing but noise */
    volume = draw(&s);
    check_not_found(volume, five, 2, "densities");
    trb_volume_destroy(volume);
}

static void a_pin_of_another_size_is_left_out(void **state)
{
    (void)state;
    scene s = four_rods();
    s.n = 5;
    s.rod[4] = (drawn){58, 55, 6, 12000};
    trb_volume *volume = draw(&s);
    trb_rods rods;
    CHECK_OK(trb_rods_find(volume, FOUR, 4, &rods, err));
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(12, rods.rod[i].radius_vox, 0.3);
    trb_volume_destroy(volume);
}

/* ---- measured where a table says */

static trb_rods placed(const scene *s, const double *densities)
{
    trb_rods rods = {.n = s->n};
    for (size_t i = 0; i < s->n; i++)
        rods.rod[i] = (trb_rod){.name = "r", .density_mg_ccm = densities[i], .x = s->rod[i].x, .y = s->rod[i].y,
                                .middle = ((double)s->nz - 1) / 2, .radius_vox = s->rod[i].radius, .z1 = s->nz};
    return rods;
}

static void a_scratch_does_not_move_the_mean(void **state)
{
    (void)state;
    scene s = four_rods();
    s.noise = 50;
    trb_volume *clean = draw(&s), *scratched = draw(&s);
    for (size_t z = 0; z < s.nz; z++)
        for (size_t y = 20; y < 40; y++)
            trb_volume_set(scratched, 32, y, z, 800); /* a cut right through rod 1: 6 % of its core */
    trb_rods a = placed(&s, FOUR), b = placed(&s, FOUR);
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
    scene s = four_rods();
    trb_volume *volume = draw(&s);
    trb_rods rods = placed(&s, FOUR);
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
    scene s = four_rods();
    s.drift = 400; /* 5.7 % of the range 7000 */
    s.noise = 50;
    trb_volume *volume = draw(&s);
    trb_rods rods = placed(&s, FOUR);
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
    scene s = four_rods();
    trb_volume *volume = draw(&s);
    for (size_t z = 0; z < s.nz; z++)
        for (size_t y = 20; y < 43; y++)
            for (size_t x = 73; x < 98; x++) {
                const double r2 = ((double)x - 85) * ((double)x - 85) + ((double)y - 32) * ((double)y - 32);
                trb_volume_set(volume, x, y, z, 4000 - 1000 * r2 / 144);
            }
    trb_rods rods = placed(&s, FOUR);
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
    scene s = four_rods();
    s.nz = 8;
    trb_volume *volume = draw(&s), *blurred = draw(&s);
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
    trb_rods a = placed(&s, FOUR);
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
    scene s = four_rods();
    s.rod[3].grey = 70000;
    trb_volume *volume = draw(&s);
    trb_rods rods = placed(&s, FOUR);
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
    scene s = four_rods();
    trb_volume *volume = draw(&s);
    trb_rods rods = placed(&s, FOUR);
    trb_error error = {TRB_OK, ""};
    rods.rod[2].x = 5;
    assert_int_equal(TRB_ERR_DATA, trb_rods_measure(volume, 0.25, &rods, &error));
    assert_non_null(strstr(error.text, "rod 3"));
    assert_non_null(strstr(error.text, "leaves the image"));
    rods = placed(&s, FOUR);
    rods.rod[0].z1 = 41;
    assert_int_equal(TRB_ERR_DATA, trb_rods_measure(volume, 0.25, &rods, &error));
    rods = placed(&s, FOUR);
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
    scene s = four_rods();
    s.lean = 0.05;
    trb_volume *volume = draw(&s);
    trb_rods rods = placed(&s, FOUR);
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

/* ---- the line */

static trb_rods greys(size_t n, const double *grey, const double *density)
{
    trb_rods rods = {.n = n};
    for (size_t i = 0; i < n; i++)
        rods.rod[i] = (trb_rod){.name = "r", .grey = grey[i], .density_mg_ccm = density[i], .voxels = 1000, .drift = NAN, .across = NAN};
    return rods;
}

/* By hand: x = 1 2 3 4, y = 2 4 5 8. Sxx = 5, Sxy = 9.5, Syy = 18.75; slope 1.9, intercept 0; residuals (line - y)
 * -0.1 -0.2 0.7 -0.4, squares 0.70; s^2 = 0.35; SE slope = sqrt(0.35 / 5), SE intercept = sqrt(0.35 (1/4 + 6.25/5)). */
static void standard_errors_are_those_of_a_hand_computed_example(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 5, 8}, off[] = {-0.1, -0.2, 0.7, -0.4};
    trb_rods rods = greys(4, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_CLOSE(1.9, line.slope, 1e-14);
    CHECK_CLOSE(0, line.intercept, 1e-13);
    CHECK_CLOSE(sqrt(0.07), line.slope_se, 1e-14);
    CHECK_CLOSE(sqrt(0.525), line.intercept_se, 1e-14);
    CHECK_CLOSE(sqrt(0.35), line.residual_sd, 1e-14);
    CHECK_CLOSE(1 - 0.70 / 18.75, line.r2, 1e-14);
    CHECK_CLOSE(0.7, line.largest_residual, 1e-14);
    for (size_t i = 0; i < 4; i++)
        CHECK_CLOSE(off[i], rods.rod[i].residual_mg_ccm, 1e-14);
    assert_int_equal(line.freedom, 2);
    assert_int_equal(line.n_warnings, 2); /* 0.7 and 0.4 are more than 5 % of 6 */
    assert_non_null(strstr(line.warning[0], "rod 3"));
}

static void the_order_of_rods_does_not_matter(void **state)
{
    (void)state;
    static const double x[] = {1, 2, 3, 4}, y[] = {2, 4, 5, 8}, xr[] = {3, 1, 4, 2}, yr[] = {5, 2, 8, 4};
    trb_rods a = greys(4, x, y), b = greys(4, xr, yr);
    trb_rods_line la, lb;
    CHECK_OK(trb_rods_fit(&a, NULL, TRB_UNIT_GREY, &la, err));
    CHECK_OK(trb_rods_fit(&b, NULL, TRB_UNIT_GREY, &lb, err));
    CHECK_CLOSE(la.slope, lb.slope, 0);
    CHECK_CLOSE(la.intercept_se, lb.intercept_se, 0);
}

static void two_rods_give_an_exact_line_and_a_warning(void **state)
{
    (void)state;
    static const double x[] = {50, 150}, y[] = {250, 750};
    trb_rods rods = greys(2, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_CLOSE(5, line.slope, 1e-14);
    CHECK_CLOSE(0, line.intercept, 1e-12);
    assert_int_equal(line.freedom, 0);
    assert_true(isnan(line.slope_se) && isnan(line.intercept_se) && isnan(line.residual_sd));
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "two rods"));
}

static void a_falling_line_and_equal_rods_are_told(void **state)
{
    (void)state;
    static const double x[] = {150, 100, 50}, y[] = {0, 250, 500}, twin[] = {50, 50.1, 150};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    assert_int_equal(line.n_warnings, 1);
    assert_non_null(strstr(line.warning[0], "falls"));
    rods = greys(3, twin, y);
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    assert_non_null(strstr(line.warning[line.n_warnings - 1], "rod 1 (r) and rod 2 (r) are almost"));
}

static void a_line_from_attenuation_is_the_same_line(void **state)
{
    (void)state;
    static const double x[] = {50, 100, 150}, y[] = {0, 250, 500};
    const trb_calibration scan = {.attenuation = {true, 0.02, 0.1, "log"}};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    CHECK_OK(trb_rods_fit(&rods, &scan, TRB_UNIT_PER_CM, &line, err));
    CHECK_CLOSE(1.1, rods.rod[0].value, 1e-15);
    CHECK_CLOSE(250, line.slope, 1e-11); /* 5 a grey value, 0.02 1/cm a grey value */
    CHECK_CLOSE(-250 - 25, line.intercept, 1e-11);
    assert_int_equal(TRB_UNIT_PER_CM, line.unit);
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, NULL, TRB_UNIT_PER_CM, &line, &error));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, &scan, TRB_UNIT_HU, &line, &error));
    assert_non_null(strstr(error.text, "HU"));
    assert_int_equal(TRB_ERR_ARGUMENT, trb_rods_fit(&rods, &scan, TRB_UNIT_PERMILLE, &line, &error));
}

static void lines_that_cannot_be_are_refused(void **state)
{
    (void)state;
    static const double same[] = {5, 5, 5}, x[] = {1, 2, 3};
    trb_error error = {TRB_OK, ""};
    trb_rods_line line;
    trb_rods rods = greys(1, x, x);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
    rods = greys(3, same, x);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
    assert_non_null(strstr(error.text, "equally grey"));
    rods = greys(3, x, same);
    assert_int_equal(TRB_ERR_DATA, trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, &error));
}

/* ---- tables */

static const trb_grid GRID = {100, 80, 50, {0.02, 0.02, 0.02}, {0}};

static const char *write_table(const char *content)
{
    static char path[5000];
    snprintf(path, sizeof path, "%s/rods.csv", testing_scratch());
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    assert_int_equal(0, fclose(file));
    return path;
}

static trb_rods table(const char *content)
{
    trb_rods rods;
    CHECK_OK(trb_rods_read(write_table(content), &GRID, &rods, err));
    return rods;
}

static void tables_are_read_in_voxels_and_mm(void **state)
{
    (void)state;
    const trb_rods a = table("name,x [vox],y [vox],radius [vox],density [mgHA/cm3]\nlow,20,30,10,250\n\"high, dense\",60,30.5,10,750\n");
    assert_int_equal(a.n, 2);
    assert_string_equal("low", a.rod[0].name);
    assert_string_equal("high, dense", a.rod[1].name);
    CHECK_CLOSE(60, a.rod[1].x, 0);
    CHECK_CLOSE(30.5, a.rod[1].y, 0);
    CHECK_CLOSE(10, a.rod[1].radius_vox, 0);
    CHECK_CLOSE(750, a.rod[1].density_mg_ccm, 0);
    assert_int_equal(0, a.rod[1].z0);
    assert_int_equal(50, a.rod[1].z1);
    /* a byte order mark, comments, empty lines, semicolons, CR LF, other order, mm, diameter, grams, planes */
    const trb_rods b = table("\xef\xbb\xbf# the phantom of 2024\r\n\r\ndensity (gHA/cm3);diameter_mm;Y (mm);X (mm);z0;z1\r\n"
                             "0.25;0.4;0.6;0.4;5;45\r\n# done\r\n0.75;0.4;0.61;1.2;0;50\r\n");
    assert_int_equal(b.n, 2);
    assert_string_equal("rod 1", b.rod[0].name);
    CHECK_CLOSE(20, b.rod[0].x, 1e-12);
    CHECK_CLOSE(30, b.rod[0].y, 1e-12);
    CHECK_CLOSE(10, b.rod[0].radius_vox, 1e-12);
    CHECK_CLOSE(250, b.rod[0].density_mg_ccm, 0);
    assert_int_equal(5, b.rod[0].z0);
    assert_int_equal(45, b.rod[0].z1);
    CHECK_CLOSE(24.5, b.rod[0].middle, 0);
}

static void check_table_refused(const char *content, const char *part)
{
    trb_rods rods;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table(content), &GRID, &rods, &error));
    if (!strstr(error.text, part) || !strstr(error.text, "rods.csv"))
        fail_msg("'%s' is not in '%s'", part, error.text);
}

#define HEAD "x [vox],y [vox],radius [vox],density [mgHA/cm3]\n"

static void bad_tables_are_refused_with_the_line(void **state)
{
    (void)state;
    check_table_refused("", "empty");
    check_table_refused("# nothing\n", "empty");
    check_table_refused(HEAD, "two rods at least");
    check_table_refused(HEAD "20,30,10,250\n", "two rods at least are needed, and there is 1");
    check_table_refused("x,y,radius,density [mgHA/cm3]\n", "line 1: column 'x': ''");
    check_table_refused("x [inch],y [vox],radius [vox],density [mgHA/cm3]\n", "'inch' is no unit");
    check_table_refused("x [vox],y [vox],radius [vox],density\n", "has no unit");
    check_table_refused("x [vox],y [vox],radius [vox],density [kg]\n", "unknown unit");
    check_table_refused("x [vox],y [vox],radius [vox]\n", "column density is missing");
    check_table_refused("x [vox],y [vox],density [mgHA/cm3]\n", "radius and diameter");
    check_table_refused("x [vox],y [vox],radius [vox],diameter [vox],density [mgHA/cm3]\n", "radius and diameter");
    check_table_refused("x [vox],x [vox],y [vox],radius [vox],density [mgHA/cm3]\n", "there twice");
    check_table_refused("x [vox],y [vox],radius [vox],colour,density [mgHA/cm3]\n", "'colour' is no column");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0\n", "come together");
    check_table_refused(HEAD "20,30,10,250\n20;30,10,750\n", "line 3");
    check_table_refused(HEAD "20,30,10\n", "line 2: '' is not a number");
    check_table_refused(HEAD "a,30,10,250\n", "'a' is not a number");
    check_table_refused(HEAD "nan,30,10,250\n", "'nan' is not a number");
    check_table_refused(HEAD "20,30,1,250\n", "radius of 1 voxels");
    check_table_refused(HEAD "20,30,1e9,250\n", "cannot be measured");
    check_table_refused(HEAD "20,30,10,-1\n", "negative");
    check_table_refused(HEAD "100,30,10,250\n", "outside the image of 100 x 80");
    check_table_refused(HEAD "20,30,10,250\n25,30,10,750\n", "over one another");
    check_table_refused(HEAD "20,30,10,250\n60,30,10,250\n", "same density");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0,z1\n20,30,10,250,0,51\n", "planes 0 to 51");
    check_table_refused("x [vox],y [vox],radius [vox],density [mgHA/cm3],z0,z1\n20,30,10,250,5,5\n", "planes 5 to 5");
    char many[4096] = HEAD;
    for (int i = 0; i < 33; i++)
        snprintf(many + strlen(many), sizeof many - strlen(many), "%d,%d,2,%d\n", 5 + 9 * (i % 10), 5 + 9 * (i / 10), i);
    check_table_refused(many, "more than 32");
    char *large = malloc(10001);
    assert_non_null(large);
    memset(large, 'x', 10000);
    large[10000] = 0;
    check_table_refused(large, "too long");
    free(large);
    trb_rods rods;
    trb_error error = {TRB_OK, ""};
    assert_int_equal(TRB_ERR_IO, trb_rods_read("/there/is/no.csv", &GRID, &rods, &error));
    const trb_grid unknown = {100, 80, 50, {0}, {0}};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table("x [mm],y [mm],radius [mm],density [mgHA/cm3]\n"), &unknown, &rods, &error));
    assert_non_null(strstr(error.text, "--voxel-size"));
    const trb_grid flat = {100, 80, 50, {0.02, 0.03, 0.02}, {0}};
    assert_int_equal(TRB_ERR_FORMAT, trb_rods_read(write_table("x [mm],y [mm],radius [mm],density [mgHA/cm3]\n"), &flat, &rods, &error));
    assert_non_null(strstr(error.text, "not square"));
}

static void densities_are_read_with_their_units(void **state)
{
    (void)state;
    double d[8];
    size_t n;
    CHECK_OK(trb_densities_parse("0.25gHA,0.75gHA", d, 8, &n, err));
    assert_int_equal(2, n);
    CHECK_CLOSE(250, d[0], 0);
    CHECK_CLOSE(750, d[1], 0);
    CHECK_OK(trb_densities_parse("0, 100,400, 800 mgHA/cm3", d, 8, &n, err));
    assert_int_equal(4, n);
    CHECK_CLOSE(400, d[2], 0);
    CHECK_OK(trb_densities_parse("100mgHA,0.5gHA/cm3", d, 8, &n, err));
    CHECK_CLOSE(500, d[1], 0);
    static const char *const bad[][2] = {{"0.25,0.75", "no unit"}, {"250mgHA,700", "no unit"}, {"", "number"}, {"a", "number"},
                                         {"1mgHA", "two densities"}, {"1mgHA,1mgHA", "twice"}, {"-1mgHA,2mgHA", "negative"},
                                         {"1kg,2kg", "no density unit"}, {"1,,2mgHA", "number"}, {"1mgHA,", "number"},
                                         {"1,2,3,4,5,6,7,8,9mgHA", "more than 8"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        trb_error error = {TRB_OK, ""};
        assert_int_equal(TRB_ERR_ARGUMENT, trb_densities_parse(bad[i][0], d, 8, &n, &error));
        if (!strstr(error.text, bad[i][1]))
            fail_msg("'%s': '%s' is not in '%s'", bad[i][0], bad[i][1], error.text);
    }
}

/* ---- the file */

static void the_file_is_read_back_as_the_line(void **state)
{
    (void)state;
    static const double x[] = {50, 100, 150}, y[] = {0, 250, 510};
    static const char *const keys[] = {"Source Voltage (kV)"}, *const values[] = {"59"}, *const others[] = {"70"};
    trb_rods rods = greys(3, x, y);
    trb_rods_line line;
    const trb_rods_origin origin = {.scan = "ph\xff.tif", .crc32 = 0xabc, .type = TRB_U16, .grid = GRID, .erode = 0.25,
                                    .n_conditions = 1, .condition_key = keys, .condition_value = values};
    char *text = NULL, difference[300];
    CHECK_OK(trb_rods_fit(&rods, NULL, TRB_UNIT_GREY, &line, err));
    CHECK_OK(trb_rods_to_json(&rods, &line, &origin, &text, err));
    json_t *root = json_loads(text, 0, NULL);
    assert_non_null(root);
    assert_string_equal("trabecula.calibration/1", json_string_value(json_object_get(root, "schema")));
    CHECK_CLOSE(line.slope_se, testing_number(root, "slope_se"), 0);
    CHECK_CLOSE(rods.rod[2].residual_mg_ccm, testing_number(json_array_get(json_object_get(root, "rods"), 2), "residual_mg_ccm"), 0);
    assert_string_equal("00000abc", json_string_value(testing_at(root, "scan|crc32")));
    json_decref(root);
    const char *path = write_table(text);
    free(text);
    trb_calibration c;
    CHECK_OK(trb_calibration_parse(path, &c, err));
    CHECK_CLOSE(line.slope, c.density.slope, 0);
    CHECK_CLOSE(line.intercept, c.density.intercept, 0);
    CHECK_OK(trb_calibration_compare(path, TRB_U16, 1, keys, values, difference, sizeof difference, err));
    assert_string_equal("", difference);
    CHECK_OK(trb_calibration_compare(path, TRB_U16, 0, NULL, NULL, difference, sizeof difference, err));
    assert_string_equal("", difference);
    CHECK_OK(trb_calibration_compare(path, TRB_U8, 1, keys, others, difference, sizeof difference, err));
    assert_non_null(strstr(difference, "'uint16' for the phantom and 'uint8' here"));
    assert_non_null(strstr(difference, "Source Voltage (kV) is '59' for the phantom and '70' here"));
}

static void the_picture_is_written_and_replaced(void **state)
{
    (void)state;
    scene s = four_rods();
    trb_rods rods;
    trb_rods_line line;
    char path[5000];
    unsigned char head[8];
    measure_found(&s, FOUR, &rods, &line);
    trb_volume *volume = draw(&s);
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
        cmocka_unit_test(a_scratch_does_not_move_the_mean),
        cmocka_unit_test(the_core_is_the_voxels_within_its_radius),
        cmocka_unit_test(drift_along_z_is_measured_and_told),
        cmocka_unit_test(a_core_that_is_no_plateau_is_measured_and_told),
        cmocka_unit_test(a_blurred_wall_is_told_and_erosion_helps),
        cmocka_unit_test(saturated_grey_is_told),
        cmocka_unit_test(a_core_that_leaves_the_image_is_refused),
        cmocka_unit_test(follow_moves_a_misplaced_rod_and_refuses_a_lost_one),
        cmocka_unit_test(standard_errors_are_those_of_a_hand_computed_example),
        cmocka_unit_test(the_order_of_rods_does_not_matter),
        cmocka_unit_test(two_rods_give_an_exact_line_and_a_warning),
        cmocka_unit_test(a_falling_line_and_equal_rods_are_told),
        cmocka_unit_test(a_line_from_attenuation_is_the_same_line),
        cmocka_unit_test(lines_that_cannot_be_are_refused),
        cmocka_unit_test(tables_are_read_in_voxels_and_mm),
        cmocka_unit_test(bad_tables_are_refused_with_the_line),
        cmocka_unit_test(densities_are_read_with_their_units),
        cmocka_unit_test(the_file_is_read_back_as_the_line),
        cmocka_unit_test(the_picture_is_written_and_replaced),
    };
    return cmocka_run_group_tests(tests, NULL, remove_scratch);
}
