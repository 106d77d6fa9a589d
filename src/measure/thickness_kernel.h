/* thickness_kernel.h - the kernels of the fast painter, compiled once for each SIMD path. */
#include "core/vec.h"
#include "measure/thickness_kernels.h"

#define LANES (VEC_BYTES / 2)  /* 16-bit lanes */
#define WIDE (VEC_BYTES / 4)   /* 32-bit lanes */
#define ROWS (VEC_BYTES / 8)   /* 64-bit lanes */
#define GAIN_MASK ((1 << TRB_GAIN_BITS) - 1)

VEC_FUNCTION vec max3(vec a, vec b, vec c)
{
    return v_max_i16(v_max_i16(a, b), c);
}

/* Largest of the four rows at these strides away. */
VEC_FUNCTION vec max_rows(const int16_t *d2, ptrdiff_t a, ptrdiff_t b, ptrdiff_t c, ptrdiff_t d)
{
    return v_max_i16(v_max_i16(v_load(d2 + a), v_load(d2 + b)), v_max_i16(v_load(d2 + c), v_load(d2 + d)));
}

/* Rows straight across (y or z) and rows across a corner (y and z) see x - 1, x and x + 1. */
VEC_FUNCTION void neighbours(const int16_t *d2, ptrdiff_t row, ptrdiff_t plane, int16_t *face, int16_t *edge,
                             int16_t *corner)
{
    const ptrdiff_t up = plane + row, down = plane - row;
    const vec straight = max_rows(d2, -row, row, -plane, plane), diagonal = max_rows(d2, -up, -down, down, up);
    const vec straight_left = max_rows(d2 - 1, -row, row, -plane, plane);
    const vec straight_right = max_rows(d2 + 1, -row, row, -plane, plane);
    const vec diagonal_left = max_rows(d2 - 1, -up, -down, down, up);
    const vec diagonal_right = max_rows(d2 + 1, -up, -down, down, up);
    v_store(face, max3(straight, v_load(d2 - 1), v_load(d2 + 1)));
    v_store(edge, max3(diagonal, straight_left, straight_right));
    v_store(corner, v_max_i16(diagonal_left, diagonal_right));
}

static uint64_t survivors(const int16_t *d2, ptrdiff_t row, ptrdiff_t plane, const uint32_t *gains,
                          int16_t face[64], int16_t edge[64], int16_t corner[64])
{
    uint64_t kept = 0;
    for (int x = 0; x < 64; x += LANES)
        neighbours(d2 + x, row, plane, face + x, edge + x, corner + x);
#if VEC_GATHERS
    const vec mask = v_set_i32(GAIN_MASK), zero = v_set_i32(0);
    for (int x = 0; x < 64; x += WIDE) {
        const vec own = v_widen_i16_i32(d2 + x), gain = v_gather_all_u32(gains, own);
        const vec f = v_add_i32(own, v_and(gain, mask));
        const vec e = v_add_i32(own, v_and(v_shift_right_i32(gain, TRB_GAIN_BITS), mask));
        const vec c = v_add_i32(own, v_shift_right_i32(gain, 2 * TRB_GAIN_BITS));
        const uint32_t keep = v_greater_i32(own, zero) & v_greater_i32(f, v_widen_i16_i32(face + x)) &
                              v_greater_i32(e, v_widen_i16_i32(edge + x)) &
                              v_greater_i32(c, v_widen_i16_i32(corner + x));
        kept |= (uint64_t)keep << x;
    }
#else
    for (int x = 0; x < 64; x++) {
        const uint32_t gain = gains[d2[x]];
        const int own = d2[x], f = own + (int)(gain & GAIN_MASK);
        const int e = own + (int)(gain >> TRB_GAIN_BITS & GAIN_MASK), c = own + (int)(gain >> 2 * TRB_GAIN_BITS);
        kept |= (uint64_t)(own > 0 && face[x] < f && edge[x] < e && corner[x] < c) << x;
    }
#endif
    return kept;
}

#if VEC_GATHERS

static size_t crescent(const uint64_t *open, int side, const int8_t *const points[3], const int flip[3],
                       const int centre[3], size_t n, uint32_t *hits)
{
    const vec fx = v_set_i32(flip[0]), fy = v_set_i32(flip[1]), fz = v_set_i32(flip[2]);
    /* (p ^ flip) - flip + centre */
    const vec cx = v_set_i32(centre[0] - flip[0]), cy = v_set_i32(centre[1] - flip[1]);
    const vec cz = v_set_i32(centre[2] - flip[2]);
    const vec wide = v_set_i32(64), tall = v_set_i32(side), rows = v_set_i32(TRB_TILE_ROWS(side));
    const vec top = v_set_i32(31);
    size_t count = 0;
    for (size_t i = 0; i < n; i += WIDE) {
        const vec x = v_add_i32(v_xor(v_widen_i8_i32(points[0] + i), fx), cx);
        const vec y = v_add_i32(v_xor(v_widen_i8_i32(points[1] + i), fy), cy);
        const vec z = v_add_i32(v_xor(v_widen_i8_i32(points[2] + i), fz), cz);
        uint32_t lanes = v_less_u32(x, wide) & v_less_u32(y, tall) & v_less_u32(z, tall);
        if (n - i < WIDE) /* what is read beyond the prefix may repeat a point */
            lanes &= ((uint32_t)1 << (n - i)) - 1;
        if (!lanes)
            continue;
        const vec row = v_add_i32(v_mul_i32(z, rows), y);
        /* The bits as 32-bit words, low half first: these paths are little-endian. */
        const vec word = v_add_i32(v_add_i32(row, row), v_shift_right_i32(x, 5));
        const vec bits = v_gather_u32((const uint32_t *)(const void *)open, word, lanes);
        lanes &= v_signs_i32(v_shift_left_each_i32(bits, v_sub_i32(top, v_and(x, top))));
        if (!lanes)
            continue;
        uint32_t at[WIDE];
        v_store(at, v_add_i32(v_mul_i32(row, wide), x));
        for (; lanes; lanes &= lanes - 1)
            hits[count++] = at[__builtin_ctz(lanes)];
    }
    return count;
}

#else

static size_t crescent(const uint64_t *open, int side, const int8_t *const points[3], const int flip[3],
                       const int centre[3], size_t n, uint32_t *hits)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const int x = (points[0][i] ^ flip[0]) - flip[0] + centre[0];
        const int y = (points[1][i] ^ flip[1]) - flip[1] + centre[1];
        const int z = (points[2][i] ^ flip[2]) - flip[2] + centre[2];
        if ((unsigned)x >= 64 || (unsigned)y >= (unsigned)side || (unsigned)z >= (unsigned)side)
            continue;
        const uint32_t row = (uint32_t)(z * TRB_TILE_ROWS(side) + y);
        if (open[row] >> x & 1)
            hits[count++] = row * 64 + (uint32_t)x;
    }
    return count;
}

#endif

#if VEC_GATHERS

static bool disc(const uint64_t *rows, const int16_t *half, size_t n, int x, uint64_t *hits)
{
    vec any = v_set_i32(0);
    for (size_t i = 0; i < n; i += ROWS) {
        const vec hit = v_and(v_load(rows + i), v_runs(half + i, x));
        v_store(hits + i, hit);
        any = v_or(any, hit);
    }
    return v_any(any);
}

#else

static bool disc(const uint64_t *rows, const int16_t *half, size_t n, int x, uint64_t *hits)
{
    uint64_t any = 0;
    for (size_t i = 0; i < n; i++) {
        const int from = x - half[i] > 0 ? x - half[i] : 0, to = x + half[i] < 63 ? x + half[i] : 63;
        hits[i] = from > to ? 0 : rows[i] & ~(uint64_t)0 << from & ~(uint64_t)0 >> (63 - to);
        any |= hits[i];
    }
    return any != 0;
}

#endif
