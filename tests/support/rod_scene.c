/* rod_scene.c - see rod_scene.h. */
#include "support/rod_scene.h"

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

trb_volume *rod_scene_draw(const scene *s)
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
scene rod_scene_four(void)
{
    return (scene){120, 110,
                   40,  TRB_U16,
                   800, 0,
                   0,   0,
                   4,   {{30, 30, 12, 2000}, {85, 32, 12, 4000}, {31, 78, 12, 6000}, {86, 77, 12, 9000}}};
}
const double FOUR[4] = {100, 300, 500, 800};

trb_rods rod_scene_placed(const scene *s, const double *densities)
{
    trb_rods rods = {.n = s->n};
    for (size_t i = 0; i < s->n; i++)
        rods.rod[i] = (trb_rod){.name = "r", .density_mg_ccm = densities[i], .x = s->rod[i].x, .y = s->rod[i].y,
                                .middle = ((double)s->nz - 1) / 2, .radius_vox = s->rod[i].radius, .z1 = s->nz};
    return rods;
}
