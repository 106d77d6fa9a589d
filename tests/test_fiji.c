/*
 * test_fiji.c - the fiji rule against its own recipe, written down voxel by voxel (definitions: Dougherty &
 * Kunzelmann 2007 as Fiji's LocalThickness carries it out): closed balls on every object voxel, painted past the
 * object; then every voxel with a value and a zero beside it takes the mean of those neighbours that have no zero
 * beside them; then the object alone is kept.
 */
#include "oracle/thickness_oracle.h"
#include "support/shapes.h"
#include "support/testing.h"

#include "trabecula/thickness.h"

typedef struct recipe {
    int nx, ny, nz;
    float *painted;
    bool *core;
} recipe;

static size_t at(const recipe *r, int x, int y, int z)
{
    return ((size_t)z * (size_t)r->ny + (size_t)y) * (size_t)r->nx + (size_t)x;
}

/* Every ball over every voxel: no list, no pruning. */
static void paint(recipe *r, const uint32_t *d2)
{
    for (int cz = 0; cz < r->nz; cz++)
        for (int cy = 0; cy < r->ny; cy++)
            for (int cx = 0; cx < r->nx; cx++) {
                const int r2 = (int)d2[at(r, cx, cy, cz)];
                const float t = (float)(2 * sqrt((double)r2));
                const int reach = r2 ? (int)sqrt((double)r2) + 1 : -1;
                for (int z = cz - reach; z <= cz + reach; z++)
                    for (int y = cy - reach; y <= cy + reach; y++)
                        for (int x = cx - reach; x <= cx + reach; x++) {
                            if (x < 0 || y < 0 || z < 0 || x >= r->nx || y >= r->ny || z >= r->nz)
                                continue;
                            const int apart2 = (x - cx) * (x - cx) + (y - cy) * (y - cy) + (z - cz) * (z - cz);
                            if (apart2 <= r2 && r->painted[at(r, x, y, z)] < t)
                                r->painted[at(r, x, y, z)] = t;
                        }
            }
}

/* Of the 26 neighbours (and the voxel itself): the number that `which` asks for, and the sum of the core ones. */
static int neighbours(const recipe *r, int x, int y, int z, bool zeros, double *sum)
{
    int n = 0;
    *sum = 0;
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const int i = x + dx, j = y + dy, k = z + dz;
                if (i < 0 || j < 0 || k < 0 || i >= r->nx || j >= r->ny || k >= r->nz)
                    continue;
                if (zeros ? !(r->painted[at(r, i, j, k)] > 0) : r->core[at(r, i, j, k)]) {
                    n++;
                    *sum += (double)r->painted[at(r, i, j, k)];
                }
            }
    return n;
}

static void check_shape(const trb_mask *object, const char *name)
{
    const trb_grid *grid = &object->grid;
    const size_t voxels = trb_grid_voxels(grid);
    recipe r = {(int)grid->nx, (int)grid->ny, (int)grid->nz, calloc(voxels, sizeof(float)), calloc(voxels, 1)};
    assert_true(r.painted && r.core);
    uint32_t *d2 = oracle_distance(object, TRB_BORDER_UNKNOWN);
    paint(&r, d2);
    double sum;
    for (int z = 0; z < r.nz; z++)
        for (int y = 0; y < r.ny; y++)
            for (int x = 0; x < r.nx; x++)
                r.core[at(&r, x, y, z)] = neighbours(&r, x, y, z, true, &sum) == 0;

    trb_thickness_options options = trb_thickness_options_default();
    options.rule = TRB_THICKNESS_FIJI;
    trb_thickness result;
    trb_volume *map = NULL;
    CHECK_OK(trb_thickness_measure(object, NULL, &options, &result, &map, err));
    const double scale = grid->spacing_mm[0] > 0 ? grid->spacing_mm[0] : 1;
    double mean = 0, most = 0;
    uint64_t n = 0;
    for (int z = 0; z < r.nz; z++)
        for (int y = 0; y < r.ny; y++)
            for (int x = 0; x < r.nx; x++) {
                const bool inside = trb_mask_get(object, (size_t)x, (size_t)y, (size_t)z);
                double expected = inside ? (double)r.painted[at(&r, x, y, z)] : 0;
                if (inside && !r.core[at(&r, x, y, z)]) {
                    const int count = neighbours(&r, x, y, z, false, &sum);
                    expected = count ? (double)(float)(sum / count) : expected;
                }
                const double got = trb_volume_get(map, (size_t)x, (size_t)y, (size_t)z) / scale;
                if (!(fabs(got - expected) <= 1e-5 * expected))
                    fail_msg("%s at %d %d %d: expected %g, got %g", name, x, y, z, expected, got);
                mean += expected;
                most = fmax(most, expected);
                n += inside;
            }
    assert_int_equal(n, result.voxels);
    if (n)
        CHECK_RELATIVE(mean / (double)n, result.mean_vox, 1e-6);
    if (n)
        CHECK_RELATIVE(most, result.max_vox, 1e-6);
    trb_thickness_clear(&result);
    trb_volume_destroy(map);
    free(d2);
    free(r.painted);
    free(r.core);
}

/* Worth it: there is background, and the balls are not so many and large that painting them all takes seconds. */
static bool affordable(const trb_mask *mask)
{
    const size_t voxels = trb_grid_voxels(&mask->grid);
    if (trb_mask_count(mask) == voxels)
        return false;
    uint32_t *d2 = oracle_distance(mask, TRB_BORDER_UNKNOWN);
    double visits = 0;
    for (size_t i = 0; i < voxels; i++)
        visits += d2[i] ? pow(2 * sqrt((double)d2[i]) + 3, 3) : 0;
    free(d2);
    return visits < 1e8;
}

static void every_shape_and_its_complement_follow_the_recipe(void **state)
{
    (void)state;
    int checked = 0;
    for (int i = 0; i < shapes_count(); i++) {
        const char *name;
        trb_mask *mask = shapes_make(i, &name), *other = NULL;
        CHECK_OK(trb_mask_complement(mask, &other, err));
        if (affordable(mask))
            check_shape(mask, name), checked++;
        if (affordable(other))
            check_shape(other, name), checked++;
        trb_mask_destroy(mask);
        trb_mask_destroy(other);
    }
    print_message("%d of %d masks\n", checked, 2 * shapes_count());
    assert_true(checked > shapes_count());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_shape_and_its_complement_follow_the_recipe)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
