/* test_rods.c - density phantoms: rods drawn here with known grey, the line with known numbers. */
#include "support/testing.h"

#include "trabecula/rods.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(noise_free_rods_give_the_exact_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
