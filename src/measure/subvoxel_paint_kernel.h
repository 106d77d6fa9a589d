/*
 * subvoxel_paint_kernel.h - what a ball takes of the unpainted voxels of a tile; compiled once for each SIMD path.
 *
 * Most balls find little or nothing, so it is asked from coarse to fine: which of 8 planes have a bit near in 8 rows (a group), taken
 * together; whether a row of these has one in its own run; and only then the runs themselves. The questions are in float32, where squares are
 * off by less than 1e-6 of that of the ball: it has ROUGH on top, so that they err towards looking. The runs are exact: squares are
 * whole numbers below 2^53 in double, and roots are rounded down. The plain path has only these.
 */
#include "core/ones.h"

#define GROUP SV_GROUP
#define ROUGH 2e-6F

_Static_assert(SV_STEPS == 1 << 12, "the shifts below");

/* The voxels from *lo to *hi of 0 .. 63 that are within reach; false when there is none. */
VEC_FUNCTION bool range_of(int32_t middle, int32_t reach, int *lo, int *hi)
{
    *lo = (middle + SV_STEPS - 1 - reach) >> 12;
    *hi = (middle + reach) >> 12;
    *lo = *lo > 0 ? *lo : 0;
    *hi = *hi < 63 ? *hi : 63;
    return *lo <= *hi;
}

#if defined(TRB_VEC_AVX512) || defined(TRB_VEC_AVX2)
typedef __m256 squares; /* of 8 distances */

VEC_FUNCTION squares squares_from(float start) /* of start, start + 1 voxel, ... */
{
    const __m256 steps = _mm256_setr_ps(0, SV_STEPS, 2 * SV_STEPS, 3 * SV_STEPS, 4 * SV_STEPS, 5 * SV_STEPS, 6 * SV_STEPS, 7 * SV_STEPS);
    const __m256 d = _mm256_add_ps(steps, _mm256_set1_ps(start));
    return _mm256_mul_ps(d, d);
}

/* Of the nearest of the voxels 0 .. 7, 8 .. 15, ... from `start` on. */
VEC_FUNCTION squares squares_of_groups(float start)
{
    const float g = GROUP * SV_STEPS;
    const __m256 first = _mm256_add_ps(_mm256_setr_ps(0, g, 2 * g, 3 * g, 4 * g, 5 * g, 6 * g, 7 * g), _mm256_set1_ps(start));
    const __m256 last = _mm256_add_ps(first, _mm256_set1_ps(g - SV_STEPS)), zero = _mm256_setzero_ps();
    const __m256 d = _mm256_max_ps(_mm256_max_ps(first, _mm256_sub_ps(zero, last)), zero);
    return _mm256_mul_ps(d, d);
}

VEC_FUNCTION squares squares_left(float of, squares taken)
{
    return _mm256_sub_ps(_mm256_set1_ps(of), taken);
}

VEC_FUNCTION void squares_store(float *p, squares a)
{
    _mm256_storeu_ps(p, a);
}

/* Voxels within `half` of the middle: the first, and how far the last is from 63. Where that is above 63 there is none. */
VEC_FUNCTION __m256i first_of_run(__m256i half, int32_t middle)
{
    return _mm256_max_epi32(_mm256_srai_epi32(_mm256_sub_epi32(_mm256_set1_epi32(middle + SV_STEPS - 1), half), 12), _mm256_setzero_si256());
}

VEC_FUNCTION __m256i back_of_run(__m256i half, int32_t middle)
{
    const __m256i to = _mm256_srai_epi32(_mm256_add_epi32(_mm256_set1_epi32(middle), half), 12), last = _mm256_set1_epi32(63);
    return _mm256_sub_epi32(last, _mm256_min_epi32(to, last));
}
#endif

#if defined(TRB_VEC_AVX512)
typedef __m512i words; /* 8 rows of bits */

VEC_FUNCTION words runs_within(__m256i half, unsigned some, int32_t middle)
{
    const __m512i ones = _mm512_set1_epi64(-1); /* shifts by 64 and more give 0 */
    return _mm512_maskz_and_epi64((__mmask8)some, _mm512_sllv_epi64(ones, _mm512_cvtepi32_epi64(first_of_run(half, middle))),
                                  _mm512_srlv_epi64(ones, _mm512_cvtepi32_epi64(back_of_run(half, middle))));
}

/* The voxels within the root of `left` of the middle, none where that is below 0. */
VEC_FUNCTION words runs_of(squares left, int32_t middle)
{
    return runs_within(_mm256_cvttps_epi32(_mm256_sqrt_ps(left)), _mm256_cmp_ps_mask(left, _mm256_setzero_ps(), _CMP_GE_OQ), middle);
}

/* The same of exact squares: of `left`, less those of start, start + 1 voxel, ... */
VEC_FUNCTION words exact_runs(double left, double start, int32_t middle)
{
    const __m512d steps = _mm512_setr_pd(0, SV_STEPS, 2 * SV_STEPS, 3 * SV_STEPS, 4 * SV_STEPS, 5 * SV_STEPS, 6 * SV_STEPS, 7 * SV_STEPS);
    const __m512d d = _mm512_add_pd(steps, _mm512_set1_pd(start)), square = _mm512_sub_pd(_mm512_set1_pd(left), _mm512_mul_pd(d, d));
    return runs_within(_mm512_cvttpd_epi32(_mm512_sqrt_pd(square)), _mm512_cmp_pd_mask(square, _mm512_setzero_pd(), _CMP_GE_OQ), middle);
}

VEC_FUNCTION void words_store(uint64_t *p, words a)
{
    _mm512_storeu_si512(p, a);
}

VEC_FUNCTION bool words_meet(const uint64_t *p, words a)
{
    return _mm512_test_epi64_mask(_mm512_loadu_si512(p), a) != 0;
}

/* Which of 8 words have a bit in both of two runs, one their own and one of all. */
VEC_FUNCTION unsigned words_near(const uint64_t *p, const uint64_t *own, uint64_t run)
{
    return _mm512_test_epi64_mask(_mm512_loadu_si512(p), _mm512_and_si512(_mm512_loadu_si512(own), _mm512_set1_epi64((int64_t)run)));
}

/* Take away what is in the runs; returns what stays, all in one word. */
VEC_FUNCTION uint64_t words_take(uint64_t *p, words run, uint64_t *taken)
{
    const __m512i all = _mm512_loadu_si512(p), rest = _mm512_andnot_si512(run, all);
    _mm512_storeu_si512(taken, _mm512_and_si512(all, run));
    _mm512_storeu_si512(p, rest);
    return (uint64_t)_mm512_reduce_or_epi64(rest);
}
#elif defined(TRB_VEC_AVX2)
typedef struct words {
    __m256i low, high;
} words;

VEC_FUNCTION __m256i shifted_ones(__m128i left, __m128i right)
{
    const __m256i ones = _mm256_set1_epi64x(-1); /* shifts by 64 and more give 0 */
    return _mm256_and_si256(_mm256_sllv_epi64(ones, _mm256_cvtepi32_epi64(left)), _mm256_srlv_epi64(ones, _mm256_cvtepi32_epi64(right)));
}

/* below: the lanes of no run have the sign bit set. */
VEC_FUNCTION words runs_within(__m256i half, __m256i below, int32_t middle)
{
    const __m256i none = _mm256_and_si256(_mm256_srai_epi32(below, 31), _mm256_set1_epi32(64));
    const __m256i from = _mm256_or_si256(first_of_run(half, middle), none), back = back_of_run(half, middle);
    return (words){shifted_ones(_mm256_castsi256_si128(from), _mm256_castsi256_si128(back)),
                   shifted_ones(_mm256_extracti128_si256(from, 1), _mm256_extracti128_si256(back, 1))};
}

VEC_FUNCTION words runs_of(squares left, int32_t middle)
{
    return runs_within(_mm256_cvttps_epi32(_mm256_sqrt_ps(left)), _mm256_castps_si256(left), middle);
}

VEC_FUNCTION words exact_runs(double left, double start, int32_t middle)
{
    __m128i half[2], below[2];
    for (int i = 0; i < 2; i++) {
        const __m256d d = _mm256_add_pd(_mm256_setr_pd(0, SV_STEPS, 2 * SV_STEPS, 3 * SV_STEPS), _mm256_set1_pd(start + i * 4 * SV_STEPS));
        const __m256d square = _mm256_sub_pd(_mm256_set1_pd(left), _mm256_mul_pd(d, d));
        half[i] = _mm256_cvttpd_epi32(_mm256_sqrt_pd(square));
        below[i] = _mm_castps_si128(_mm256_cvtpd_ps(square));
    }
    return runs_within(_mm256_set_m128i(half[1], half[0]), _mm256_set_m128i(below[1], below[0]), middle);
}

VEC_FUNCTION void words_store(uint64_t *p, words a)
{
    _mm256_storeu_si256((__m256i *)p, a.low);
    _mm256_storeu_si256((__m256i *)(p + 4), a.high);
}

VEC_FUNCTION words words_load(const uint64_t *p)
{
    return (words){_mm256_loadu_si256((const __m256i *)p), _mm256_loadu_si256((const __m256i *)(p + 4))};
}

VEC_FUNCTION bool words_meet(const uint64_t *p, words a)
{
    const words b = words_load(p);
    return !(_mm256_testz_si256(a.low, b.low) & _mm256_testz_si256(a.high, b.high));
}

VEC_FUNCTION unsigned four_near(__m256i a, __m256i b, __m256i c)
{
    const __m256i none = _mm256_cmpeq_epi64(_mm256_and_si256(_mm256_and_si256(a, b), c), _mm256_setzero_si256());
    return ~(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(none)) & 15U;
}

VEC_FUNCTION unsigned words_near(const uint64_t *p, const uint64_t *own, uint64_t run)
{
    const words a = words_load(p), b = words_load(own);
    const __m256i c = _mm256_set1_epi64x((int64_t)run);
    return four_near(a.low, b.low, c) | four_near(a.high, b.high, c) << 4;
}

VEC_FUNCTION uint64_t words_take(uint64_t *p, words run, uint64_t *taken)
{
    const words all = words_load(p), rest = {_mm256_andnot_si256(run.low, all.low), _mm256_andnot_si256(run.high, all.high)};
    const __m256i four = _mm256_or_si256(rest.low, rest.high);
    const __m128i two = _mm_or_si128(_mm256_castsi256_si128(four), _mm256_extracti128_si256(four, 1));
    words_store(taken, (words){_mm256_and_si256(all.low, run.low), _mm256_and_si256(all.high, run.high)});
    words_store(p, rest);
    return (uint64_t)(_mm_cvtsi128_si64(two) | _mm_extract_epi64(two, 1));
}
#endif

#if defined(TRB_VEC_AVX512) || defined(TRB_VEC_AVX2)
/* What was taken of the rows from `at` on: how much, and which. */
VEC_FUNCTION size_t note_taken(const uint64_t taken[GROUP], int at, sv_taken *rows, size_t *n)
{
    size_t count = 0;
    for (int i = 0; i < GROUP; i++) {
        count += (size_t)trb_ones(taken[i], true);
        if (rows) {
            rows[*n] = (sv_taken){at + i, taken[i]};
            *n += taken[i] != 0;
        }
    }
    return count;
}

static size_t take_ball(sv_unpainted *tile, const int32_t middle[3], int32_t reach, sv_taken *rows, size_t *n)
{
    _Alignas(64) uint64_t widest[64], along_x[GROUP], along_z[GROUP], taken[GROUP];
    float left[64];
    const float square = (float)reach * (float)reach * (1 + ROUGH);
    int y_lo, y_hi, z_lo, z_hi;
    size_t count = 0;
    if (!range_of(middle[1], reach, &y_lo, &y_hi) || !range_of(middle[2], reach, &z_lo, &z_hi))
        return 0;
    for (int z = z_lo & -GROUP; z <= z_hi; z += GROUP) {
        const squares room = squares_left(square, squares_from((float)(z * SV_STEPS - middle[2])));
        squares_store(left + z, room);
        words_store(widest + z, runs_of(room, middle[0]));
    }
    const squares nearest = squares_left(square, squares_of_groups((float)-middle[1]));
    words_store(along_x, runs_of(nearest, middle[0]));
    words_store(along_z, runs_of(nearest, middle[2]));
    for (int g = y_lo / GROUP; g <= y_hi / GROUP; g++) {
        uint64_t planes = 0;
        for (int z = z_lo & -GROUP; z <= z_hi; z += GROUP)
            planes |= (uint64_t)words_near(&tile->any[g][z], widest + z, along_x[g]) << z;
        const int start = g * GROUP * SV_STEPS - middle[1];
        const squares dy2 = squares_from((float)start);
        for (planes &= along_z[g]; planes; planes &= planes - 1) {
            const int z = __builtin_ctzll(planes);
            uint64_t *row = &tile->rows[z][g * GROUP];
            if (!words_meet(row, runs_of(squares_left(left[z], dy2), middle[0])))
                continue;
            const double dz = (double)z * SV_STEPS - middle[2], disc2 = (double)reach * reach - dz * dz;
            tile->any[g][z] = words_take(row, exact_runs(disc2, start, middle[0]), taken);
            count += note_taken(taken, z * 64 + g * GROUP, rows, n);
        }
    }
    return count;
}
#else
VEC_FUNCTION uint64_t run_of(int32_t middle, int32_t half)
{
    int lo, hi;
    return range_of(middle, half, &lo, &hi) ? ~(uint64_t)0 << lo & ~(uint64_t)0 >> (63 - hi) : 0;
}

VEC_FUNCTION uint64_t any_of(const uint64_t row[GROUP])
{
    uint64_t any = 0;
    for (int i = 0; i < GROUP; i++)
        any |= row[i];
    return any;
}

/* One row after another, by the exact runs alone; of rows that have a bit in the widest run of the plane. */
VEC_FUNCTION size_t take_of_plane(sv_unpainted *tile, int z, double disc2, const int32_t middle[3], sv_taken *rows, size_t *n)
{
    const int32_t half = (int32_t)sqrt(disc2);
    const uint64_t widest = run_of(middle[0], half);
    int y, y_hi;
    size_t count = 0;
    if (!widest || !range_of(middle[1], half, &y, &y_hi))
        return 0;
    for (; y <= y_hi; y++) {
        uint64_t *row = &tile->rows[z][y];
        if (!(tile->any[y / GROUP][z] & widest)) {
            y |= GROUP - 1;
            continue;
        }
        const double dy = (double)y * SV_STEPS - middle[1];
        const uint64_t taken = *row & widest ? *row & run_of(middle[0], (int32_t)sqrt(disc2 - dy * dy)) : 0;
        if (!taken)
            continue;
        *row &= ~taken;
        tile->any[y / GROUP][z] = any_of(&tile->rows[z][y & -GROUP]);
        if (rows)
            rows[(*n)++] = (sv_taken){z * 64 + y, taken};
        count += (size_t)trb_ones(taken, false);
    }
    return count;
}

static size_t take_ball(sv_unpainted *tile, const int32_t middle[3], int32_t reach, sv_taken *rows, size_t *n)
{
    int z, z_hi;
    size_t count = 0;
    if (!range_of(middle[2], reach, &z, &z_hi))
        return 0;
    for (; z <= z_hi; z++) {
        const double dz = (double)z * SV_STEPS - middle[2];
        count += take_of_plane(tile, z, (double)reach * reach - dz * dz, middle, rows, n);
    }
    return count;
}
#endif
