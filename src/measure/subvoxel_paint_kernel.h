/*
 * subvoxel_paint_kernel.h - what a ball takes of the unpainted voxels of a tile; compiled once for each SIMD path.
 *
 * Most balls find little or nothing. So groups of 8 rows of a plane are asked first whether any has a bit both in the ball's run
 * of this plane at its widest row and in that of the row in the ball's widest plane; only then the runs of the rows themselves are made.
 * Squares are whole numbers below 2^53 in double and roots are rounded down: nothing here depends on rounding.
 */
#include "core/ones.h"

#define GROUP 8
#ifdef TRB_SIMD_X86
#define HARDWARE (VEC_BYTES > 16) /* popcnt comes with AVX2 */
#else
#define HARDWARE false
#endif

/* Squares of 8 distances; 8 rows of bits. */
#if defined(TRB_VEC_AVX512)
typedef __m512d squares;
typedef __m512i words;

VEC_FUNCTION squares squares_from(double start) /* of start, start + 1 voxel, ... */
{
    const __m512d steps = _mm512_setr_pd(0, SV_STEPS, 2 * SV_STEPS, 3 * SV_STEPS, 4 * SV_STEPS, 5 * SV_STEPS, 6 * SV_STEPS, 7 * SV_STEPS);
    const __m512d d = _mm512_add_pd(steps, _mm512_set1_pd(start));
    return _mm512_mul_pd(d, d);
}

VEC_FUNCTION squares squares_left(double of, squares taken)
{
    return _mm512_sub_pd(_mm512_set1_pd(of), taken);
}

VEC_FUNCTION void squares_store(double *p, squares a)
{
    _mm512_storeu_pd(p, a);
}

/* The voxels within the root of `left` of the middle, none where that is below 0. */
VEC_FUNCTION words runs_of(squares left, int32_t middle)
{
    const __m256i half = _mm512_cvttpd_epi32(_mm512_sqrt_pd(left)), at = _mm256_set1_epi32(middle), up = _mm256_set1_epi32(middle + SV_STEPS - 1);
    const __m256i from = _mm256_max_epi32(_mm256_srai_epi32(_mm256_sub_epi32(up, half), 12), _mm256_setzero_si256());
    const __m256i to = _mm256_min_epi32(_mm256_srai_epi32(_mm256_add_epi32(at, half), 12), _mm256_set1_epi32(63));
    const __m512i ones = _mm512_set1_epi64(-1), back = _mm512_cvtepi32_epi64(_mm256_sub_epi32(_mm256_set1_epi32(63), to));
    return _mm512_maskz_and_epi64(_mm512_cmp_pd_mask(left, _mm512_setzero_pd(), _CMP_GE_OQ),
                                  _mm512_sllv_epi64(ones, _mm512_cvtepi32_epi64(from)), _mm512_srlv_epi64(ones, back));
}

VEC_FUNCTION void words_store(uint64_t *p, words a)
{
    _mm512_storeu_si512(p, a);
}

VEC_FUNCTION bool words_meet(const uint64_t *p, words a, uint64_t run)
{
    return _mm512_test_epi64_mask(_mm512_loadu_si512(p), _mm512_and_si512(a, _mm512_set1_epi64((int64_t)run))) != 0;
}

/* Take away what is in the runs; false when that is nothing. */
VEC_FUNCTION bool words_take(uint64_t *p, words run, uint64_t *taken)
{
    const __m512i all = _mm512_loadu_si512(p);
    if (!_mm512_test_epi64_mask(all, run))
        return false;
    _mm512_storeu_si512(taken, _mm512_and_si512(all, run));
    _mm512_storeu_si512(p, _mm512_andnot_si512(run, all));
    return true;
}
#elif defined(TRB_VEC_AVX2)
typedef struct squares {
    __m256d low, high;
} squares;
typedef struct words {
    __m256i low, high;
} words;

VEC_FUNCTION squares squares_from(double start)
{
    const __m256d low = _mm256_add_pd(_mm256_setr_pd(0, SV_STEPS, 2 * SV_STEPS, 3 * SV_STEPS), _mm256_set1_pd(start));
    const __m256d high = _mm256_add_pd(low, _mm256_set1_pd(4 * SV_STEPS));
    return (squares){_mm256_mul_pd(low, low), _mm256_mul_pd(high, high)};
}

VEC_FUNCTION squares squares_left(double of, squares taken)
{
    return (squares){_mm256_sub_pd(_mm256_set1_pd(of), taken.low), _mm256_sub_pd(_mm256_set1_pd(of), taken.high)};
}

VEC_FUNCTION void squares_store(double *p, squares a)
{
    _mm256_storeu_pd(p, a.low);
    _mm256_storeu_pd(p + 4, a.high);
}

VEC_FUNCTION __m256i runs_of_four(__m256d left, int32_t middle)
{
    const __m128i half = _mm256_cvttpd_epi32(_mm256_sqrt_pd(left)), at = _mm_set1_epi32(middle), up = _mm_set1_epi32(middle + SV_STEPS - 1);
    const __m128i from = _mm_max_epi32(_mm_srai_epi32(_mm_sub_epi32(up, half), 12), _mm_setzero_si128());
    const __m128i to = _mm_min_epi32(_mm_srai_epi32(_mm_add_epi32(at, half), 12), _mm_set1_epi32(63));
    const __m256i ones = _mm256_set1_epi64x(-1), back = _mm256_cvtepi32_epi64(_mm_sub_epi32(_mm_set1_epi32(63), to));
    const __m256i run = _mm256_and_si256(_mm256_sllv_epi64(ones, _mm256_cvtepi32_epi64(from)), _mm256_srlv_epi64(ones, back));
    return _mm256_and_si256(run, _mm256_castpd_si256(_mm256_cmp_pd(left, _mm256_setzero_pd(), _CMP_GE_OQ)));
}

VEC_FUNCTION words runs_of(squares left, int32_t middle)
{
    return (words){runs_of_four(left.low, middle), runs_of_four(left.high, middle)};
}

VEC_FUNCTION void words_store(uint64_t *p, words a)
{
    _mm256_storeu_si256((__m256i *)p, a.low);
    _mm256_storeu_si256((__m256i *)(p + 4), a.high);
}

VEC_FUNCTION words words_and(const uint64_t *p, words a)
{
    return (words){_mm256_and_si256(a.low, _mm256_loadu_si256((const __m256i *)p)),
                   _mm256_and_si256(a.high, _mm256_loadu_si256((const __m256i *)(p + 4)))};
}

VEC_FUNCTION bool words_meet(const uint64_t *p, words a, uint64_t run)
{
    const words common = words_and(p, a);
    return !_mm256_testz_si256(_mm256_or_si256(common.low, common.high), _mm256_set1_epi64x((int64_t)run));
}

VEC_FUNCTION bool words_take(uint64_t *p, words run, uint64_t *taken)
{
    const words common = words_and(p, run);
    const __m256i any = _mm256_or_si256(common.low, common.high);
    if (_mm256_testz_si256(any, any))
        return false;
    words_store(taken, common);
    words_store(p, (words){_mm256_andnot_si256(run.low, _mm256_loadu_si256((const __m256i *)p)),
                           _mm256_andnot_si256(run.high, _mm256_loadu_si256((const __m256i *)(p + 4)))});
    return true;
}
#else
typedef struct squares {
    double of[GROUP];
} squares;
typedef struct words {
    uint64_t row[GROUP];
} words;

VEC_FUNCTION squares squares_from(double start)
{
    squares a;
    for (int i = 0; i < GROUP; i++)
        a.of[i] = (start + i * SV_STEPS) * (start + i * SV_STEPS);
    return a;
}

VEC_FUNCTION squares squares_left(double of, squares taken)
{
    for (int i = 0; i < GROUP; i++)
        taken.of[i] = of - taken.of[i];
    return taken;
}

VEC_FUNCTION void squares_store(double *p, squares a)
{
    memcpy(p, a.of, sizeof a.of);
}

VEC_FUNCTION words runs_of(squares left, int32_t middle)
{
    words a = {{0}};
    for (int i = 0; i < GROUP; i++) {
        if (left.of[i] < 0)
            continue;
        const int32_t half = (int32_t)sqrt(left.of[i]), from = (middle + SV_STEPS - 1 - half) >> 12, to = (middle + half) >> 12;
        if (from <= to && from < 64 && to >= 0)
            a.row[i] = ~(uint64_t)0 << (from > 0 ? from : 0) & ~(uint64_t)0 >> (to < 63 ? 63 - to : 0);
    }
    return a;
}

VEC_FUNCTION void words_store(uint64_t *p, words a)
{
    memcpy(p, a.row, sizeof a.row);
}

VEC_FUNCTION bool words_meet(const uint64_t *p, words a, uint64_t run)
{
    uint64_t any = 0;
    for (int i = 0; i < GROUP; i++)
        any |= p[i] & a.row[i];
    return (any & run) != 0;
}

VEC_FUNCTION bool words_take(uint64_t *p, words run, uint64_t *taken)
{
    if (!words_meet(p, run, ~(uint64_t)0))
        return false;
    for (int i = 0; i < GROUP; i++) {
        taken[i] = p[i] & run.row[i];
        p[i] &= ~run.row[i];
    }
    return true;
}
#endif

_Static_assert(SV_STEPS == 1 << 12, "the shifts above");

/* The voxels from *lo to *hi of 0 .. 63 that are within reach; false when there is none. */
VEC_FUNCTION bool range_of(int32_t middle, int32_t reach, int *lo, int *hi)
{
    *lo = (middle + SV_STEPS - 1 - reach) >> 12;
    *hi = (middle + reach) >> 12;
    *lo = *lo > 0 ? *lo : 0;
    *hi = *hi < 63 ? *hi : 63;
    return *lo <= *hi;
}

/* What was taken of rows from `at` on: how much, and which. */
VEC_FUNCTION size_t note_taken(const uint64_t taken[GROUP], int at, sv_taken *rows, size_t *n)
{
    size_t count = 0;
    for (int i = 0; i < GROUP; i++) {
        count += (size_t)trb_ones(taken[i], HARDWARE);
        if (rows) {
            rows[*n] = (sv_taken){at + i, taken[i]};
            *n += taken[i] != 0;
        }
    }
    return count;
}

static size_t take_ball(uint64_t (*bits)[64], const int32_t middle[3], int32_t reach, sv_taken *rows, size_t *n)
{
    uint64_t widest[64 + GROUP], taken[GROUP];
    double left[64 + GROUP];
    const double square = (double)reach * reach;
    int y_lo, y_hi, z_lo, z_hi;
    size_t count = 0;
    if (!range_of(middle[1], reach, &y_lo, &y_hi) || !range_of(middle[2], reach, &z_lo, &z_hi))
        return 0;
    for (int z = z_lo; z <= z_hi; z += GROUP) {
        const squares room = squares_left(square, squares_from((double)z * SV_STEPS - middle[2]));
        squares_store(left + z, room);
        words_store(widest + z, runs_of(room, middle[0]));
    }
    for (int y = y_lo; y <= y_hi; y += GROUP) {
        const int at = y < 64 - GROUP ? y : 64 - GROUP; /* a row may come twice, and has nothing left then */
        const squares dy2 = squares_from((double)at * SV_STEPS - middle[1]);
        const words rows_widest = runs_of(squares_left(square, dy2), middle[0]);
        uint64_t planes = 0;
        for (int z = z_lo; z <= z_hi; z++)
            planes |= (uint64_t)words_meet(&bits[z][at], rows_widest, widest[z]) << z;
        for (; planes; planes &= planes - 1) {
            const int z = __builtin_ctzll(planes);
            if (words_take(&bits[z][at], runs_of(squares_left(left[z], dy2), middle[0]), taken))
                count += note_taken(taken, z * 64 + at, rows, n);
        }
    }
    return count;
}
