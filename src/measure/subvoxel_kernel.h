/* subvoxel_kernel.h - the searches of subvoxel_search.h, and the discs of subvoxel_paint.c, compiled once for each SIMD path. */
#include "core/vec.h"
#include "measure/subvoxel.h"
#include "measure/subvoxel_kernels.h"

#include <math.h>
#include <stdlib.h>

#define PLACE_SLACK 1e-3F /* see sv_disc_slack() */

/* A row y has the bits from ceil(x - half) to floor(x + half), clipped; half^2 = square - (y - middle)^2. */
#if defined(TRB_VEC_AVX512)
static uint64_t rows_in_disc(const uint64_t bits[64], uint64_t rows, float x, float y, float square)
{
    const __m512 steps = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), zero = _mm512_setzero_ps();
    const __m512 middle = _mm512_set1_ps(x), room = _mm512_set1_ps(square);
    const __m512i ones = _mm512_set1_epi64(-1), last = _mm512_set1_epi32(63);
    uint64_t found = 0;
    for (int first = 0; first < 64; first += 16) {
        if (!(rows >> first & 0xffff))
            continue;
        const __m512 dy = _mm512_add_ps(steps, _mm512_set1_ps((float)first - y));
        const __m512 left = _mm512_sub_ps(room, _mm512_mul_ps(dy, dy));
        const __m512 half = _mm512_add_ps(_mm512_sqrt_ps(_mm512_max_ps(left, zero)), _mm512_set1_ps(PLACE_SLACK));
        const __m512 hi = _mm512_add_ps(middle, half);
        const __m512i from = _mm512_cvttps_epi32(_mm512_add_ps(_mm512_max_ps(_mm512_sub_ps(middle, half), zero), _mm512_set1_ps(0.9999F)));
        const __m512i back = _mm512_max_epi32(_mm512_sub_epi32(last, _mm512_cvttps_epi32(hi)), _mm512_setzero_si512());
        const __mmask16 inside = _mm512_cmp_ps_mask(left, zero, _CMP_GE_OQ) & _mm512_cmp_ps_mask(hi, zero, _CMP_GE_OQ);
        const __m512i low = _mm512_and_si512(_mm512_sllv_epi64(ones, _mm512_cvtepi32_epi64(_mm512_castsi512_si256(from))),
                                             _mm512_srlv_epi64(ones, _mm512_cvtepi32_epi64(_mm512_castsi512_si256(back))));
        const __m512i high = _mm512_and_si512(_mm512_sllv_epi64(ones, _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(from, 1))),
                                              _mm512_srlv_epi64(ones, _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(back, 1))));
        const unsigned hit = (unsigned)_mm512_test_epi64_mask(low, _mm512_loadu_si512(bits + first)) |
                             (unsigned)_mm512_test_epi64_mask(high, _mm512_loadu_si512(bits + first + 8)) << 8;
        found |= (uint64_t)(hit & inside) << first;
    }
    return found & rows;
}
#elif defined(TRB_VEC_AVX2)
VEC_FUNCTION unsigned hits_of_four(const uint64_t *bits, __m128i from, __m128i back)
{
    const __m256i ones = _mm256_set1_epi64x(-1);
    const __m256i run = _mm256_and_si256(_mm256_sllv_epi64(ones, _mm256_cvtepi32_epi64(from)),
                                         _mm256_srlv_epi64(ones, _mm256_cvtepi32_epi64(back)));
    const __m256i none = _mm256_cmpeq_epi64(_mm256_and_si256(run, _mm256_loadu_si256((const __m256i *)bits)), _mm256_setzero_si256());
    return ~(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(none)) & 15U;
}

static uint64_t rows_in_disc(const uint64_t bits[64], uint64_t rows, float x, float y, float square)
{
    const __m256 steps = _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7), zero = _mm256_setzero_ps();
    const __m256 middle = _mm256_set1_ps(x), room = _mm256_set1_ps(square);
    uint64_t found = 0;
    for (int first = 0; first < 64; first += 8) {
        if (!(rows >> first & 0xff))
            continue;
        const __m256 dy = _mm256_add_ps(steps, _mm256_set1_ps((float)first - y));
        const __m256 left = _mm256_sub_ps(room, _mm256_mul_ps(dy, dy));
        const __m256 half = _mm256_add_ps(_mm256_sqrt_ps(_mm256_max_ps(left, zero)), _mm256_set1_ps(PLACE_SLACK));
        const __m256 hi = _mm256_add_ps(middle, half);
        const __m256i from = _mm256_cvttps_epi32(_mm256_add_ps(_mm256_max_ps(_mm256_sub_ps(middle, half), zero), _mm256_set1_ps(0.9999F)));
        const __m256i back = _mm256_max_epi32(_mm256_sub_epi32(_mm256_set1_epi32(63), _mm256_cvttps_epi32(hi)), _mm256_setzero_si256());
        const unsigned inside = (unsigned)_mm256_movemask_ps(_mm256_and_ps(_mm256_cmp_ps(left, zero, _CMP_GE_OQ), _mm256_cmp_ps(hi, zero, _CMP_GE_OQ)));
        const unsigned hit = hits_of_four(bits + first, _mm256_castsi256_si128(from), _mm256_castsi256_si128(back)) |
                             hits_of_four(bits + first + 4, _mm256_extracti128_si256(from, 1), _mm256_extracti128_si256(back, 1)) << 4;
        found |= (uint64_t)(hit & inside) << first;
    }
    return found & rows;
}
#else
static uint64_t rows_in_disc(const uint64_t bits[64], uint64_t rows, float x, float y, float square)
{
    (void)bits;
    (void)x;
    (void)y;
    (void)square;
    return rows; /* every row is looked at by the caller */
}
#endif

/*
 * 64 voxels of a row. The largest distance of the neighbours at each of the three lengths decides; for marrow the smallest of
 * the values, which are below 0 there. A neighbour of the other phase has the wrong sign and never wins.
 */
static uint64_t centres(const double *const planes[3], size_t row, size_t n, uint64_t bone)
{
    double most[3][64], least[3][64];
    for (int l = 0; l < 3; l++)
        for (size_t x = 0; x < n; x++)
            most[l][x] = least[l][x] = 0;
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const int l = abs(dx) + abs(dy) + abs(dz) - 1;
                if (l < 0)
                    continue;
                const double *s = planes[dz + 1] + dy * (ptrdiff_t)row + dx;
                double *restrict high = most[l], *restrict low = least[l];
                for (size_t x = 0; x < n; x++) {
                    high[x] = s[x] > high[x] ? s[x] : high[x];
                    low[x] = s[x] < low[x] ? s[x] : low[x];
                }
            }
    uint64_t word = 0;
    for (size_t x = 0; x < n; x++) {
        const bool in_bone = bone >> x & 1;
        const double own = fabs(planes[1][x]);
        bool dropped = false;
        for (int l = 0; l < 3; l++)
            dropped |= sqrt(l + 1.0) + own - (in_bone ? most[l][x] : -least[l][x]) <= SV_RIDGE;
        word |= (uint64_t)!dropped << x;
    }
    return word;
}

#define UNIT_SHIFT 16 /* (1 voxel)^2 in units of 1 / SV_NEAR_STEPS^2 */
#define LANE int32_t
#define NAME(f) f##_narrow
#include "measure/subvoxel_search.h"
#undef LANE
#undef NAME
#define LANE int64_t
#define NAME(f) f##_wide
#include "measure/subvoxel_search.h"
#undef LANE
#undef NAME
#undef UNIT_SHIFT
