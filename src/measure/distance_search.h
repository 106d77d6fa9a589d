/*
 * distance_search.h - the y and x search for one lane width, included twice by distance_kernel.h.
 *
 * Look k voxels to both sides for k = 1, 2, ... With t = best - k^2 a step is t = min(t, value k away), then
 * t -= 2k + 1; a lane whose t is not positive cannot improve any more, because all values are at least 0, and
 * the search ends when no lane is positive. The signed t neither overflows nor needs saturation: best is at
 * most FAR_STEPS^2 and k at most FAR_STEPS.
 *
 * Needs    NAME(f), LANE, FAR_STEPS, LINE_GUARD, and V_SET, V_ADD, V_SUB, V_MIN, V_MAX, V_ANY_POSITIVE.
 */
#define LANES ((int)(VEC_BYTES / sizeof(LANE)))
#define VECTORS (64 / LANES) /* in a block of 64 voxels */

VEC_FUNCTION bool NAME(any_positive)(const vec t[VECTORS])
{
    vec highest = t[0];
    for (int v = 1; v < VECTORS; v++)
        highest = V_MAX(highest, t[v]);
    return V_ANY_POSITIVE(highest);
}

/* One step of the search: values k away on both sides, then on to k + 1. */
VEC_FUNCTION void NAME(look)(vec t[VECTORS], const LANE *a, const LANE *b, int k)
{
    const vec next = V_SET(2 * k + 1);
    for (int v = 0; v < VECTORS; v++) {
        const vec nearer = V_MIN(v_load(a + v * LANES), v_load(b + v * LANES));
        t[v] = V_SUB(V_MIN(t[v], nearer), next);
    }
}

/* 64 voxels of row y from column x: best over the rows of the plane. */
VEC_FUNCTION void NAME(search_y)(const LANE *plane, size_t row, size_t y, size_t ny, size_t x, const LANE *edge,
                                 LANE *out)
{
    const size_t after = ny - 1 - y;
    const int last = (int)((y > after ? y : after) + 1); /* the first row outside on the far side */
    const LANE *here = plane + y * row + x;
    vec t[VECTORS];
    int k = 1;
    for (int v = 0; v < VECTORS; v++)
        t[v] = V_SUB(v_load(here + v * LANES), V_SET(1));
    while (k < FAR_STEPS && k <= last && NAME(any_positive)(t))
        for (int twice = 0; twice < 2; twice++, k++) {
            const size_t steps = (size_t)k * row;
            NAME(look)(t, (size_t)k <= y ? here - steps : edge + x, (size_t)k <= after ? here + steps : edge + x,
                       k);
        }
    for (int v = 0; v < VECTORS; v++)
        v_store(out + v * LANES, V_ADD(t[v], V_SET(k * k)));
}

/* 64 voxels of a line that has LINE_GUARD values on both sides. Only the first `inside` lanes count. */
VEC_FUNCTION vec NAME(search_x)(LANE *here, size_t inside, size_t longest, LANE *out)
{
    LANE start[64];
    vec t[VECTORS], highest = V_SET(0);
    int k = 1;
    for (int v = 0; v < VECTORS; v++)
        v_store(start + v * LANES, V_SUB(v_load(here + v * LANES), V_SET(1)));
    for (size_t i = inside; i < 64; i++)
        start[i] = -1; /* nothing waits for padding */
    for (int v = 0; v < VECTORS; v++)
        t[v] = v_load(start + v * LANES);
    while (k < FAR_STEPS && (size_t)k <= longest && NAME(any_positive)(t))
        for (int twice = 0; twice < 2; twice++, k++)
            NAME(look)(t, here - k, here + k, k);
    for (int v = 0; v < VECTORS; v++) {
        const vec best = V_ADD(t[v], V_SET(k * k));
        highest = V_MAX(highest, best);
        v_store(out + v * LANES, best);
    }
    return highest;
}

static LANE NAME(row)(const LANE *plane, size_t stride, size_t y, size_t ny, size_t nx, const LANE *edge,
                      LANE *line, LANE *out)
{
    LANE highest[64];
    LANE *values = line + LINE_GUARD;
    for (size_t x = 0; x < nx; x += 64)
        NAME(search_y)(plane, stride, y, ny, x, edge, values + x);
    for (size_t x = nx; x & 63; x++)
        values[x] = edge[0]; /* padding is no background: to its neighbours it looks like the outside */
    vec top = V_SET(0);
    for (size_t x = 0; x < nx; x += 64)
        top = V_MAX(top, NAME(search_x)(values + x, x + 64 <= nx ? 64 : nx - x, nx, out + x));
    v_store(highest, top);
    for (int i = 1; i < LANES; i++)
        highest[0] = highest[i] > highest[0] ? highest[i] : highest[0];
    return highest[0];
}

#undef LANES
#undef VECTORS
#undef NAME
#undef LANE
#undef FAR_STEPS
#undef LINE_GUARD
#undef V_SET
#undef V_ADD
#undef V_SUB
#undef V_MIN
#undef V_MAX
#undef V_ANY_POSITIVE
