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

/* The open ones among WIDE points, by the 32-bit words and the bits in them; at most `lanes` count. */
VEC_FUNCTION size_t open_points(const uint64_t *open, vec word, vec bit, uint32_t lanes, uint32_t *hits)
{
    /* The bits as 32-bit words, low half first: these paths are little-endian. */
    const vec bits = v_gather_u32((const uint32_t *)(const void *)open, word, lanes);
    size_t count = 0;
    lanes &= v_signs_i32(v_shift_left_each_i32(bits, v_sub_i32(v_set_i32(31), bit)));
    if (!lanes)
        return 0;
    uint32_t at[WIDE];
    v_store(at, v_add_i32(v_mul_i32(word, v_set_i32(32)), bit));
    for (; lanes; lanes &= lanes - 1)
        hits[count++] = at[__builtin_ctz(lanes)];
    return count;
}

/* Places fit 16 bits: points are within 127 of the centre, and the centre of a ball that reaches the tile is so
 * close to it; 2 * side * rows is below 2^15. */
static size_t crescent(const uint64_t *open, int side, const int8_t *const points[3], const int flip[3],
                       const int centre[3], size_t n, uint32_t *hits)
{
    const vec fx = v_set_i16(flip[0]), fy = v_set_i16(flip[1]), fz = v_set_i16(flip[2]);
    /* (p ^ flip) - flip + centre */
    const vec cx = v_set_i16(centre[0] - flip[0]), cy = v_set_i16(centre[1] - flip[1]);
    const vec cz = v_set_i16(centre[2] - flip[2]);
    const vec wide = v_set_i16(64), tall = v_set_i16(side), rows = v_set_i16(TRB_TILE_ROWS(side));
    size_t count = 0;
    for (size_t i = 0; i < n; i += LANES) {
        const vec x = v_add_i16(v_xor(v_widen_i8_i16(points[0] + i), fx), cx);
        const vec y = v_add_i16(v_xor(v_widen_i8_i16(points[1] + i), fy), cy);
        const vec z = v_add_i16(v_xor(v_widen_i8_i16(points[2] + i), fz), cz);
        uint32_t lanes = v_all_less_u16(x, wide, y, tall, z, tall);
        if (n - i < LANES) /* what is read beyond the prefix may repeat a point */
            lanes &= ((uint32_t)1 << (n - i)) - 1;
        if (!lanes)
            continue;
        const vec row = v_add_i16(v_mul_i16(z, rows), y);
        const vec word = v_add_i16(v_add_i16(row, row), v_shift_right_i16(x, 5)), bit = v_and(x, v_set_i16(31));
        const uint32_t low = lanes & (((uint32_t)1 << WIDE) - 1), high = lanes >> WIDE;
        if (low)
            count += open_points(open, v_half_u16_i32(word, 0), v_half_u16_i32(bit, 0), low, hits + count);
        if (high)
            count += open_points(open, v_half_u16_i32(word, 1), v_half_u16_i32(bit, 1), high, hits + count);
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

static size_t disc(const uint64_t *rows, const int16_t *half, size_t n, int x, uint64_t *hits)
{
    vec any = v_set_i32(0);
    for (size_t i = 0; i < n; i += ROWS) {
        const vec hit = v_and(v_load(rows + i), v_runs(half + i, x));
        v_store(hits + i, hit);
        any = v_or(any, hit);
    }
    if (!v_any(any))
        return 0;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += (size_t)__builtin_popcountll(hits[i]);
    return count;
}

#else

static size_t disc(const uint64_t *rows, const int16_t *half, size_t n, int x, uint64_t *hits)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const int from = x - half[i] > 0 ? x - half[i] : 0, to = x + half[i] < 63 ? x + half[i] : 63;
        hits[i] = from > to ? 0 : rows[i] & ~(uint64_t)0 << from & ~(uint64_t)0 >> (63 - to);
        if (hits[i])
            count += (size_t)__builtin_popcountll(hits[i]);
    }
    return count;
}

#endif

#if VEC_GATHERS

/* How far beyond lo .. hi, squared. */
VEC_FUNCTION vec gap2(vec at, int lo, int hi)
{
    const vec apart = v_max_i32(v_max_i32(v_sub_i32(v_set_i32(lo), at), v_sub_i32(at, v_set_i32(hi))), v_set_i32(0));
    return v_mul_i32(apart, apart);
}

static size_t cull(const trb_ball *balls, size_t n, const trb_cull *with, uint32_t *kept)
{
    const vec one = v_set_i32(1), two_bits = v_set_i32(3), three_bits = v_set_i32(7), six_bits = v_set_i32(63);
    const vec r2_bits = v_set_i32(0xffffff), closed = v_set_i32((int)with->closed);
    const vec below = v_set_i32((int)with->lowest - 1), end = v_set_i32((int)with->end);
    size_t count = 0;
    for (size_t i = 0; i < n; i += WIDE) {
        const vec low = v_load(balls + i), high = v_load(balls + i + WIDE / 2);
        const vec place = v_even_u32(low, high), ball = v_odd_u32(low, high);
        const vec d2 = v_and(ball, r2_bits), a = v_shift_right_i32(ball, 24);
        const vec at[3] = {v_and(place, six_bits), v_and(v_shift_right_i32(place, 6), three_bits),
                           v_and(v_shift_right_i32(place, 9), three_bits)};
        vec within = v_add_i32(d2, closed), apart = v_set_i32(0);
        for (int axis = 0; axis < 3; axis++) {
            const vec code = v_and(v_shift_right_i32(place, TRB_DIRECTION_SHIFT + 2 * axis), two_bits);
            const vec step = v_mul_i32(a, v_sub_i32(code, one)); /* a v */
            const vec centre = v_sub_i32(v_add_i32(at[axis], v_set_i32(with->first[axis])), step);
            within = v_sub_i32(within, v_mul_i32(step, step));
            apart = v_add_i32(apart, gap2(centre, with->lo[axis], with->hi[axis]));
        }
        uint32_t lanes = v_greater_i32(within, apart) & v_greater_i32(d2, below) & v_greater_i32(end, d2);
        if (n - i < WIDE)
            lanes &= ((uint32_t)1 << (n - i)) - 1;
        for (; lanes; lanes &= lanes - 1)
            kept[count++] = (uint32_t)i + (uint32_t)__builtin_ctz(lanes);
    }
    return count;
}

#else

static size_t cull(const trb_ball *balls, size_t n, const trb_cull *with, uint32_t *kept)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        const uint32_t place = balls[i].place, d2 = balls[i].ball & 0xffffff;
        if (d2 < with->lowest || d2 >= with->end)
            continue;
        const int at[3] = {(int)(place & 63), (int)(place >> 6 & 7), (int)(place >> 9 & 7)};
        const int a = (int)(balls[i].ball >> 24);
        int within = (int)(d2 + with->closed), apart = 0;
        for (int axis = 0; axis < 3; axis++) {
            const int step = a * ((int)(place >> (TRB_DIRECTION_SHIFT + 2 * axis) & 3) - 1);
            const int centre = with->first[axis] + at[axis] - step;
            const int gap = centre < with->lo[axis]   ? with->lo[axis] - centre
                            : centre > with->hi[axis] ? centre - with->hi[axis]
                                                      : 0;
            within -= step * step;
            apart += gap * gap;
        }
        if (apart < within)
            kept[count++] = (uint32_t)i;
    }
    return count;
}

#endif
