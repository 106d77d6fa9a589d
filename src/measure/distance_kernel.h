/*
 * distance_kernel.h - the distance kernels, compiled once for each SIMD path.
 *
 * All three axes work on 64 neighbouring voxels of a row at once, so nothing is ever transposed.
 *
 * The y and x searches look k voxels to both sides for k = 1, 2, ... With t = best - k^2 a step is
 * t = min(t, value k away), then t -= 2k + 1; a lane whose t is not positive cannot improve any more, because
 * all values are at least 0, and the search ends when no lane is positive. The signed 16-bit t neither
 * overflows nor needs saturation: best <= 181^2 and k <= 181.
 */
#include "core/vec.h"
#include "measure/distance_fast.h"

#define LANES (VEC_BYTES / 2)      /* 16-bit lanes in a vector */
#define VECTORS (64 / LANES)       /* of them in a block of 64 voxels */
#define BYTE_VECTORS (64 / VEC_BYTES)

static void scan_z(const uint64_t *bits, size_t words, size_t n, const uint8_t before[64],
                   const uint8_t after[64], uint8_t *out, size_t bytes)
{
    /* Planes lie at large, regular distances in `out`: the upward scan goes to a small block instead. */
    uint8_t up[TRB_SLAB_PLANES * 64];
    const vec one = v_set_u8(1), far = v_set_u8(TRB_FAR_STEPS);
    for (int part = 0; part < BYTE_VECTORS; part++) {
        const size_t at = (size_t)part * VEC_BYTES;
        vec steps = v_load(before + at);
        for (size_t z = 0; z < n; z++) {
            steps = v_and(v_min_u8(v_add_u8(steps, one), far), v_spread_bits(bits[z * words], part));
            v_store(up + z * 64 + at, steps);
        }
        steps = v_load(after + at);
        for (size_t z = n; z-- > 0;) {
            steps = v_min_u8(v_add_u8(steps, one), v_load(up + z * 64 + at));
            v_store(out + z * bytes + at, steps);
        }
    }
}

static void square(const uint8_t *restrict steps, size_t n, int16_t *restrict out)
{
    for (size_t i = 0; i < n; i++)
        out[i] = (int16_t)(uint16_t)(steps[i] * steps[i]);
}

VEC_FUNCTION bool any_positive(const vec t[VECTORS])
{
    vec highest = t[0];
    for (int v = 1; v < VECTORS; v++)
        highest = v_max_i16(highest, t[v]);
    return v_any_positive_i16(highest);
}

/* One step of the search: values k away on both sides, then on to k + 1. */
VEC_FUNCTION void look(vec t[VECTORS], const int16_t *a, const int16_t *b, int k)
{
    const vec next = v_set_i16(2 * k + 1);
    for (int v = 0; v < VECTORS; v++) {
        const vec nearer = v_min_i16(v_load(a + v * LANES), v_load(b + v * LANES));
        t[v] = v_sub_i16(v_min_i16(t[v], nearer), next);
    }
}

/* 64 voxels of row y from column x: best over the rows of the plane. */
VEC_FUNCTION void search_y(const int16_t *plane, size_t row, size_t y, size_t ny, size_t x, const int16_t *edge,
                           int16_t *out)
{
    const size_t after = ny - 1 - y;
    const int last = (int)((y > after ? y : after) + 1); /* the first row outside on the far side */
    const int16_t *here = plane + y * row + x;
    vec t[VECTORS];
    int k = 1;
    for (int v = 0; v < VECTORS; v++)
        t[v] = v_sub_i16(v_load(here + v * LANES), v_set_i16(1));
    while (k < TRB_FAR_STEPS && k <= last && any_positive(t))
        for (int twice = 0; twice < 2; twice++, k++) {
            const size_t steps = (size_t)k * row;
            look(t, (size_t)k <= y ? here - steps : edge + x, (size_t)k <= after ? here + steps : edge + x, k);
        }
    for (int v = 0; v < VECTORS; v++)
        v_store(out + v * LANES, v_add_i16(t[v], v_set_i16(k * k)));
}

/* 64 voxels of a line that has TRB_LINE_GUARD values on both sides. Lanes not in `inside` become 0. */
VEC_FUNCTION vec search_x(const int16_t *here, const int16_t *inside, size_t longest, int16_t *out)
{
    vec t[VECTORS], highest = v_set_i16(0);
    int k = 1;
    for (int v = 0; v < VECTORS; v++)
        t[v] = v_sub_i16(v_and(v_load(here + v * LANES), v_load(inside + v * LANES)), v_set_i16(1));
    while (k < TRB_FAR_STEPS && (size_t)k <= longest && any_positive(t))
        for (int twice = 0; twice < 2; twice++, k++)
            look(t, here - k, here + k, k);
    for (int v = 0; v < VECTORS; v++) {
        const vec best = v_add_i16(t[v], v_set_i16(k * k));
        highest = v_max_i16(highest, best);
        v_store(out + v * LANES, best);
    }
    return highest;
}

static int16_t row(const int16_t *plane, size_t stride, size_t y, size_t ny, size_t nx, const int16_t *edge,
                   int16_t *line, int16_t *out)
{
    static const int16_t ALL[64] = {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                    -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1};
    int16_t part[64] = {0}, highest[LANES];
    int16_t *values = line + TRB_LINE_GUARD;
    for (size_t x = 0; x < nx; x += 64)
        search_y(plane, stride, y, ny, x, edge, values + x);
    /* Padding is no background: to its neighbours it looks like the outside, and nothing waits for it. */
    for (size_t x = nx; x & 63; x++)
        values[x] = edge[0];
    for (size_t i = 0; i < (nx & 63); i++)
        part[i] = -1;
    vec top = v_set_i16(0);
    for (size_t x = 0; x < nx; x += 64)
        top = v_max_i16(top, search_x(values + x, x + 64 <= nx ? ALL : part, nx, out + x));
    v_store(highest, top);
    for (int i = 1; i < LANES; i++)
        highest[0] = highest[i] > highest[0] ? highest[i] : highest[0];
    return highest[0];
}
