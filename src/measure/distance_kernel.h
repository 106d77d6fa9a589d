/*
 * distance_kernel.h - the distance kernels, compiled once for each SIMD path.
 *
 * All three axes work on 64 neighbouring voxels of a row at once, so nothing is ever transposed.
 */
#include "core/vec.h"
#include "measure/distance_fast.h"

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

#define NAME(f) f##_i16
#define LANE int16_t
#define FAR_STEPS TRB_FAR_STEPS
#define LINE_GUARD TRB_LINE_GUARD
#define V_SET v_set_i16
#define V_ADD v_add_i16
#define V_SUB v_sub_i16
#define V_MIN v_min_i16
#define V_MAX v_max_i16
#define V_ANY_POSITIVE v_any_positive_i16
#include "measure/distance_search.h"

#define NAME(f) f##_i32
#define LANE int32_t
#define FAR_STEPS TRB_FAR_STEPS_WIDE
#define LINE_GUARD TRB_LINE_GUARD_WIDE
#define V_SET v_set_i32
#define V_ADD v_add_i32
#define V_SUB v_sub_i32
#define V_MIN v_min_i32
#define V_MAX v_max_i32
#define V_ANY_POSITIVE v_any_positive_i32
#include "measure/distance_search.h"
