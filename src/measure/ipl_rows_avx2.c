/*
 * ipl_rows_avx2.c - the row step of the sweep, 16 voxels at a time.
 *
 * Six of the seven neighbours lie in rows that do not change meanwhile, so their candidates are compared side by
 * side: key = 8 * squared length + order, and the minimum is the shortest, of equal ones the first (the voxel's
 * own vector has order 0). The seventh, -dx in the own row, has order 3 and depends on the voxel before it. Where
 * it wins is first worked out from the vectors as the six have left them; a voxel that takes it changes only what
 * the next one is offered, so the winners are followed one by one until one of them is refused.
 *
 * Candidates that cannot win are left out: what a finished slice offers a second time was refused or taken the
 * first time, and the own vector has only become shorter since. Of the sub-scans ++ +- -- -+ the first tries
 * all; -dz was tried by the first, -dz-dy with this dy by the one before when it has the same dy, and so on.
 */
#include "measure/ipl_rows.h"

#include "core/simd.h"

#ifdef TRB_SIMD_X86
#include <immintrin.h>
#include <stdbool.h>

#define INLINE static inline __attribute__((always_inline, target("avx2")))
#define AVX2 __attribute__((target("avx2")))

enum { OWN, BELOW, SIDE, BACK, EDGE, BELOW_BACK, SIDE_BACK, EDGE_BACK }; /* the order of the definition */

/* 16 lanes of int32. */
typedef struct pair {
    __m256i lo, hi;
} pair;

INLINE pair load_n(const int32_t *n)
{
    return (pair){_mm256_loadu_si256((const __m256i *)n), _mm256_loadu_si256((const __m256i *)(n + 8))};
}

INLINE __m256i load_v(const int16_t *v)
{
    return _mm256_loadu_si256((const __m256i *)v);
}

INLINE pair widen(__m256i v)
{
    return (pair){_mm256_cvtepi16_epi32(_mm256_castsi256_si128(v)),
                  _mm256_cvtepi16_epi32(_mm256_extracti128_si256(v, 1))};
}

/* The key of a candidate: `dot` is its vector times the step, `steps` the squared length of the step. */
INLINE pair key(pair n8, __m256i dot, int steps, int order)
{
    const __m256i add = _mm256_set1_epi32(8 * steps + order);
    const pair wide = widen(dot);
    return (pair){_mm256_add_epi32(_mm256_add_epi32(n8.lo, add), _mm256_slli_epi32(wide.lo, 4)),
                  _mm256_add_epi32(_mm256_add_epi32(n8.hi, add), _mm256_slli_epi32(wide.hi, 4))};
}

INLINE pair least(pair a, pair b)
{
    return (pair){_mm256_min_epi32(a.lo, b.lo), _mm256_min_epi32(a.hi, b.hi)};
}

/* Bits to lanes: all ones where the bit is set. */
INLINE __m256i lanes_of(unsigned bits)
{
    const __m256i each = _mm256_setr_epi16(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384,
                                           (int16_t)-32768);
    return _mm256_cmpeq_epi16(_mm256_and_si256(_mm256_set1_epi16((int16_t)bits), each), each);
}

/* The steps towards -dx, -dy, -dz in every lane. */
typedef struct steps {
    __m256i x, y, z;
} steps;

/* Where `order` is `which`, put the vector of row `from` at `at` plus the step (flags: along x, y, z). */
INLINE void take(const ipl_row *from, ptrdiff_t at, __m256i order, int which, const steps *o, int along_x,
                 int along_y, int along_z, __m256i v[3])
{
    const __m256i here = _mm256_cmpeq_epi16(order, _mm256_set1_epi16((int16_t)which));
    __m256i x = load_v(from->x + at), y = load_v(from->y + at), z = load_v(from->z + at);
    x = along_x ? _mm256_add_epi16(x, o->x) : x;
    y = along_y ? _mm256_add_epi16(y, o->y) : y;
    z = along_z ? _mm256_add_epi16(z, o->z) : z;
    v[0] = _mm256_blendv_epi8(v[0], x, here);
    v[1] = _mm256_blendv_epi8(v[1], y, here);
    v[2] = _mm256_blendv_epi8(v[2], z, here);
}

/* The six neighbours outside the own row; `scan` is a constant and leaves some out. Returns the least keys. */
INLINE pair six(const ipl_rows *rows, ptrdiff_t x, ptrdiff_t back, const steps *o, const int scan, unsigned bits)
{
    const pair own = load_n(rows->own.n8 + x);
    pair best = own;
    if (scan == 0)
        best = least(best, key(load_n(rows->below.n8 + x), _mm256_sign_epi16(load_v(rows->below.z + x), o->z), 1,
                               BELOW));
    best = least(best, key(load_n(rows->side.n8 + x), _mm256_sign_epi16(load_v(rows->side.y + x), o->y), 1, SIDE));
    if (scan == 0 || scan == 2)
        best = least(best, key(load_n(rows->edge.n8 + x),
                               _mm256_add_epi16(_mm256_sign_epi16(load_v(rows->edge.y + x), o->y),
                                                _mm256_sign_epi16(load_v(rows->edge.z + x), o->z)),
                               2, EDGE));
    if (scan == 0 || scan == 1)
        best = least(best, key(load_n(rows->below.n8 + back),
                               _mm256_add_epi16(_mm256_sign_epi16(load_v(rows->below.x + back), o->x),
                                                _mm256_sign_epi16(load_v(rows->below.z + back), o->z)),
                               2, BELOW_BACK));
    best = least(best, key(load_n(rows->side.n8 + back),
                           _mm256_add_epi16(_mm256_sign_epi16(load_v(rows->side.x + back), o->x),
                                            _mm256_sign_epi16(load_v(rows->side.y + back), o->y)),
                           2, SIDE_BACK));
    best = least(best, key(load_n(rows->edge.n8 + back),
                           _mm256_add_epi16(_mm256_add_epi16(_mm256_sign_epi16(load_v(rows->edge.x + back), o->x),
                                                             _mm256_sign_epi16(load_v(rows->edge.y + back), o->y)),
                                            _mm256_sign_epi16(load_v(rows->edge.z + back), o->z)),
                           3, EDGE_BACK));

    const __m256i seven = _mm256_set1_epi32(7);
    __m256i order = _mm256_packs_epi32(_mm256_and_si256(best.lo, seven), _mm256_and_si256(best.hi, seven));
    order = _mm256_and_si256(_mm256_permute4x64_epi64(order, 0xd8), lanes_of(bits));
    if (_mm256_testz_si256(order, order))
        return best;
    const pair change = widen(_mm256_cmpgt_epi16(order, _mm256_setzero_si256()));
    _mm256_storeu_si256((__m256i *)(rows->own.n8 + x),
                        _mm256_blendv_epi8(own.lo, _mm256_andnot_si256(seven, best.lo), change.lo));
    _mm256_storeu_si256((__m256i *)(rows->own.n8 + x + 8),
                        _mm256_blendv_epi8(own.hi, _mm256_andnot_si256(seven, best.hi), change.hi));
    __m256i v[3] = {load_v(rows->own.x + x), load_v(rows->own.y + x), load_v(rows->own.z + x)};
    if (scan == 0)
        take(&rows->below, x, order, BELOW, o, 0, 0, 1, v);
    take(&rows->side, x, order, SIDE, o, 0, 1, 0, v);
    if (scan == 0 || scan == 2)
        take(&rows->edge, x, order, EDGE, o, 0, 1, 1, v);
    if (scan == 0 || scan == 1)
        take(&rows->below, back, order, BELOW_BACK, o, 1, 0, 1, v);
    take(&rows->side, back, order, SIDE_BACK, o, 1, 1, 0, v);
    take(&rows->edge, back, order, EDGE_BACK, o, 1, 1, 1, v);
    _mm256_storeu_si256((__m256i *)(rows->own.x + x), v[0]);
    _mm256_storeu_si256((__m256i *)(rows->own.y + x), v[1]);
    _mm256_storeu_si256((__m256i *)(rows->own.z + x), v[2]);
    return best;
}

/* Does the voxel take the vector of the one before it? */
INLINE bool follow(const ipl_row *own, ptrdiff_t x, int dx, int32_t best)
{
    const ptrdiff_t back = x - dx;
    const int32_t n8 = own->n8[back] + 8 - 16 * dx * own->x[back];
    if (n8 + BACK >= best)
        return false;
    own->n8[x] = n8;
    own->x[x] = (int16_t)(own->x[back] - dx);
    own->y[x] = own->y[back];
    own->z[x] = own->z[back];
    return true;
}

/* The neighbour in the own row, for 16 voxels from x. */
INLINE void seventh(const ipl_row *own, ptrdiff_t x, const int dx, const steps *o, pair best, unsigned bits)
{
    const pair offered = key(load_n(own->n8 + x - dx), _mm256_sign_epi16(load_v(own->x + x - dx), o->x), 1, BACK);
    const int lo = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(best.lo, offered.lo)));
    const int hi = _mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(best.hi, offered.hi)));
    unsigned wins = ((unsigned)lo | (unsigned)hi << 8) & bits;
    if (!wins)
        return;
    int32_t keys[16];
    _mm256_storeu_si256((__m256i *)keys, best.lo);
    _mm256_storeu_si256((__m256i *)(keys + 8), best.hi);
    while (wins) {
        int i = dx > 0 ? __builtin_ctz(wins) : 31 - __builtin_clz(wins);
        while (i >= 0 && i < 16 && (bits >> i & 1) && follow(own, x + i, dx, keys[i]))
            i += dx;
        /* i was refused, is no object, or lies in the next 16: go on behind it */
        if (dx > 0)
            wins = i < 15 ? wins & ~0U << (i + 1) : 0;
        else
            wins = i > 0 ? wins & ((1U << i) - 1) : 0;
    }
}

INLINE void row(const ipl_rows *shared, const uint64_t *object, size_t nx, const ipl_scan *scan, const int index,
                const int dx)
{
    const ipl_rows rows = *shared; /* a copy that no store can reach stays in registers */
    const steps o = {_mm256_set1_epi16((int16_t)-dx), _mm256_set1_epi16((int16_t)-scan->dy),
                     _mm256_set1_epi16((int16_t)-scan->dz)};
    const ptrdiff_t blocks = (ptrdiff_t)(nx + 15) / 16;
    for (ptrdiff_t i = 0; i < blocks; i++) {
        const ptrdiff_t x = 16 * (dx > 0 ? i : blocks - 1 - i);
        const unsigned bits = (unsigned)(object[x >> 6] >> (x & 63) & 0xffff);
        if (!bits)
            continue;
        const pair best = six(&rows, x, x - dx, &o, index, bits);
        seventh(&rows.own, x, dx, &o, best, bits);
    }
}

AVX2 void ipl_row_step_avx2(const ipl_rows *rows, const uint64_t *object, size_t nx, const ipl_scan *scan)
{
    switch (scan->index * 2 + (scan->dx > 0)) {
    case 0: row(rows, object, nx, scan, 0, -1); break;
    case 1: row(rows, object, nx, scan, 0, 1); break;
    case 2: row(rows, object, nx, scan, 1, -1); break;
    case 3: row(rows, object, nx, scan, 1, 1); break;
    case 4: row(rows, object, nx, scan, 2, -1); break;
    case 5: row(rows, object, nx, scan, 2, 1); break;
    case 6: row(rows, object, nx, scan, 3, -1); break;
    default: row(rows, object, nx, scan, 3, 1); break;
    }
}

/* 8 lanes: 8 * (x^2 + y^2 + z^2), or `unset` where that is 0 on an object voxel. */
INLINE __m256i lengths8(__m256i x, __m256i y, __m256i z, __m256i object, __m256i unset)
{
    const __m256i sum = _mm256_add_epi32(_mm256_add_epi32(_mm256_mullo_epi32(x, x), _mm256_mullo_epi32(y, y)),
                                         _mm256_mullo_epi32(z, z));
    const __m256i none = _mm256_and_si256(_mm256_cmpeq_epi32(sum, _mm256_setzero_si256()), object);
    return _mm256_blendv_epi8(_mm256_slli_epi32(sum, 3), unset, none);
}

AVX2 void ipl_row_lengths_avx2(const ipl_row *row, const uint64_t *object, size_t nx, int32_t unset)
{
    const __m256i far8 = _mm256_set1_epi32(unset);
    size_t i = 0;
    for (; i + 16 <= nx; i += 16) {
        const pair x = widen(load_v(row->x + i)), y = widen(load_v(row->y + i)), z = widen(load_v(row->z + i));
        const pair in = widen(lanes_of((unsigned)(object[i >> 6] >> (i & 63) & 0xffff)));
        _mm256_storeu_si256((__m256i *)(row->n8 + i), lengths8(x.lo, y.lo, z.lo, in.lo, far8));
        _mm256_storeu_si256((__m256i *)(row->n8 + i + 8), lengths8(x.hi, y.hi, z.hi, in.hi, far8));
    }
    for (; i < nx; i++) {
        const int32_t length = row->x[i] * row->x[i] + row->y[i] * row->y[i] + row->z[i] * row->z[i];
        row->n8[i] = length == 0 && (object[i >> 6] >> (i & 63) & 1) ? unset : 8 * length;
    }
}
#endif
