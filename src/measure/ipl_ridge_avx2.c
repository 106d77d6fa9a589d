/*
 * ipl_ridge_avx2.c - the quick look at a row for the ridge, 8 voxels at a time.
 *
 * The same three tests as in ipl_ridge.c, in float32 and with 0.89 for 0.9: the diagonal of an image is below
 * IPL_DIAGONAL_MAX, so s is wrong by less than 0.001 and no centre is lost. What passes is tested again there.
 */
#include "measure/ipl_rows.h"

#include "core/simd.h"

#ifdef TRB_SIMD_X86
#include <immintrin.h>

#define INLINE static inline __attribute__((always_inline, target("avx2")))
#define AVX2 __attribute__((target("avx2")))

/* 2 max(|v| - 1/2, 0) in 16 lanes. */
INLINE __m256i face2(const int16_t *v)
{
    const __m256i size = _mm256_abs_epi16(_mm256_loadu_si256((const __m256i *)v));
    return _mm256_subs_epu16(_mm256_add_epi16(size, size), _mm256_set1_epi16(1));
}

AVX2 void ipl_row_squares_avx2(const int16_t *x, const int16_t *y, const int16_t *z, size_t nx, int32_t *out)
{
    const __m256i zero = _mm256_setzero_si256();
    for (size_t i = 0; i < nx; i += 16) {
        const __m256i a = face2(x + i), b = face2(y + i), c = face2(z + i);
        const __m256i ab_lo = _mm256_unpacklo_epi16(a, b), ab_hi = _mm256_unpackhi_epi16(a, b);
        const __m256i c_lo = _mm256_unpacklo_epi16(c, zero), c_hi = _mm256_unpackhi_epi16(c, zero);
        /* lanes 0-3 and 8-11, then 4-7 and 12-15 */
        const __m256i lo = _mm256_add_epi32(_mm256_madd_epi16(ab_lo, ab_lo), _mm256_madd_epi16(c_lo, c_lo));
        const __m256i hi = _mm256_add_epi32(_mm256_madd_epi16(ab_hi, ab_hi), _mm256_madd_epi16(c_hi, c_hi));
        _mm256_storeu_si256((__m256i *)(out + i), _mm256_permute2x128_si256(lo, hi, 0x20));
        _mm256_storeu_si256((__m256i *)(out + i + 8), _mm256_permute2x128_si256(lo, hi, 0x31));
    }
}

INLINE __m256i at(const int32_t *v)
{
    return _mm256_loadu_si256((const __m256i *)v);
}

INLINE __m256i larger(__m256i a, __m256i b)
{
    return _mm256_max_epi32(a, b);
}

INLINE __m256i beside(const int32_t *v)
{
    return larger(at(v - 1), at(v + 1));
}

INLINE __m256 distance(__m256i square)
{
    return _mm256_mul_ps(_mm256_sqrt_ps(_mm256_cvtepi32_ps(square)), _mm256_set1_ps(0.5F));
}

/* Lanes where step + s - (the largest s around) may exceed 0.9. */
INLINE __m256 may_pass(__m256 s, __m256i around, float step)
{
    return _mm256_cmp_ps(_mm256_sub_ps(s, distance(around)), _mm256_set1_ps(0.89F - step), _CMP_GT_OQ);
}

/* One bit for each of 8 voxels. */
INLINE unsigned candidates(const int32_t *l, const int32_t *m, const int32_t *h, ptrdiff_t r)
{
    const __m256i own = at(m);
    if (_mm256_testz_si256(own, own))
        return 0;
    const __m256 s = distance(own);
    const __m256i face = larger(larger(beside(m), larger(at(m - r), at(m + r))), larger(at(l), at(h)));
    __m256 pass = _mm256_and_ps(may_pass(s, face, 1), _mm256_castsi256_ps(_mm256_cmpgt_epi32(own, _mm256_setzero_si256())));
    if (!_mm256_movemask_ps(pass))
        return 0;
    const __m256i edge = larger(larger(larger(beside(m - r), beside(m + r)), larger(beside(l), beside(h))),
                                larger(larger(at(l - r), at(l + r)), larger(at(h - r), at(h + r))));
    pass = _mm256_and_ps(pass, may_pass(s, edge, 1.41421356F));
    if (!_mm256_movemask_ps(pass))
        return 0;
    const __m256i corner = larger(larger(beside(l - r), beside(l + r)), larger(beside(h - r), beside(h + r)));
    return (unsigned)_mm256_movemask_ps(_mm256_and_ps(pass, may_pass(s, corner, 1.73205081F)));
}

AVX2 void ipl_row_candidates_avx2(const int32_t *row, const int32_t *below, const int32_t *above, size_t stride,
                                  size_t nx, uint64_t *bits)
{
    for (size_t i = 0; i < nx; i += 8) {
        uint64_t found = candidates(below + i, row + i, above + i, (ptrdiff_t)stride);
        if (i + 8 > nx)
            found &= ((uint64_t)1 << (nx - i)) - 1;
        bits[i >> 6] |= found << (i & 63);
    }
}
#endif
