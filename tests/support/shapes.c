/* shapes.c - widths around the word size, densities from dust to nearly full, and the degenerate ones. */
#include "support/shapes.h"

#include "support/testing.h"

static const struct shape {
    const char *name;
    enum { RANDOM, ONE_BACKGROUND, ONE_OBJECT, PLATE_X, PLATE_Y, PLATE_Z, GYROID, BONE, MARROW, EMPTY } kind;
    size_t nx, ny, nz;
    double density;
} SHAPES[] = {
    {"dust, width 63", RANDOM, 63, 7, 6, 0.3},
    {"dust, width 65", RANDOM, 65, 6, 7, 0.3},
    {"half, width 64", RANDOM, 64, 8, 7, 0.5},
    {"dense, width 63", RANDOM, 63, 8, 9, 0.9},
    {"dense, width 64", RANDOM, 64, 9, 8, 0.9},
    {"dense, width 65", RANDOM, 65, 8, 8, 0.9},
    {"dense, width 128", RANDOM, 128, 7, 6, 0.93},
    {"dense, width 130", RANDOM, 130, 6, 7, 0.95},
    {"pitted, width 17", RANDOM, 17, 19, 18, 0.99},
    {"pitted, width 63", RANDOM, 63, 15, 16, 0.995},
    {"pitted, width 64", RANDOM, 64, 16, 15, 0.995},
    {"pitted, width 65", RANDOM, 65, 17, 16, 0.997},
    {"pitted, width 128", RANDOM, 128, 12, 13, 0.998},
    {"pitted, width 130", RANDOM, 130, 14, 12, 0.998},
    {"nearly full, cube", RANDOM, 34, 33, 35, 0.9995},
    {"nearly full, tall", RANDOM, 21, 20, 90, 0.9995},
    {"one background voxel", ONE_BACKGROUND, 23, 20, 19, 0},
    {"one background voxel, wide", ONE_BACKGROUND, 130, 9, 8, 0},
    {"one object voxel", ONE_OBJECT, 9, 8, 7, 0},
    {"plate across x", PLATE_X, 66, 9, 8, 0},
    {"plate across y", PLATE_Y, 66, 9, 8, 0},
    {"plate across z", PLATE_Z, 66, 9, 8, 0},
    {"single row", RANDOM, 130, 1, 1, 0.9},
    {"single column", RANDOM, 1, 1, 90, 0.9},
    {"single slice", RANDOM, 70, 30, 1, 0.98},
    {"gyroid", GYROID, 26, 25, 24, 0},
    {"real bone", BONE, 28, 27, 26, 0},
    {"real marrow", MARROW, 28, 27, 26, 0},
    {"empty", EMPTY, 65, 5, 4, 0},
};

int shapes_count(void)
{
    return (int)(sizeof SHAPES / sizeof *SHAPES);
}

static int voxel(const struct shape *s, size_t x, size_t y, size_t z)
{
    switch (s->kind) {
    case ONE_BACKGROUND: return !(x == s->nx / 3 && y == s->ny / 4 && z == s->nz / 2);
    case ONE_OBJECT: return x == s->nx / 2 && y == s->ny / 2 && z == s->nz / 2;
    case PLATE_X: return x == 64;
    case PLATE_Y: return y == 3;
    case PLATE_Z: return z == 5;
    case GYROID: {
        const double k = 0.35, a = k * (double)x, b = k * (double)y, c = k * (double)z;
        return sin(a) * cos(b) + sin(b) * cos(c) + sin(c) * cos(a) > 0.2;
    }
    case BONE: return trb_volume_get(testing_bone(), x + 85, y + 70, z + 90) >= 64;
    case MARROW: return trb_volume_get(testing_bone(), x + 85, y + 70, z + 90) < 64;
    default: return 0;
    }
}

trb_mask *shapes_make(int i, const char **name)
{
    const struct shape *s = &SHAPES[i];
    *name = s->name;
    if (s->kind == RANDOM)
        return testing_random_mask(s->nx, s->ny, s->nz, s->density, (uint64_t)i + 1);
    const trb_grid grid = {s->nx, s->ny, s->nz, {1, 1, 1}, {0, 0, 0}};
    trb_mask *mask = NULL;
    CHECK_OK(trb_mask_create(&grid, &mask, err));
    for (size_t z = 0; z < s->nz; z++)
        for (size_t y = 0; y < s->ny; y++)
            for (size_t x = 0; x < s->nx; x++)
                trb_mask_set(mask, x, y, z, voxel(s, x, y, z));
    return mask;
}

void testing_simd(int path)
{
    static const char *const NAMES[] = {"plain", "avx2", "avx512"};
    static char before[32];
    if (!before[0])
        snprintf(before, sizeof before, "%s", getenv("TRABECULA_SIMD") ? getenv("TRABECULA_SIMD") : "-");
    if (path >= 0)
        assert_int_equal(setenv("TRABECULA_SIMD", NAMES[path], 1), 0);
    else if (before[0] == '-')
        assert_int_equal(unsetenv("TRABECULA_SIMD"), 0);
    else
        assert_int_equal(setenv("TRABECULA_SIMD", before, 1), 0);
}
