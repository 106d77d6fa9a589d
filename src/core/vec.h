/*
 * vec.h - one vector as wide as the path allows, so that a kernel is written once.
 *
 * A kernel source includes this after defining TRB_VEC_AVX2 or TRB_VEC_AVX512 (and switching the compiler to
 * that target), or neither for the plain path, which uses the compiler's own 16-byte vectors and works on any
 * architecture. Operations are named v_<what>_<lane>; loads and stores need no alignment.
 */
#ifndef TRB_VEC_H
#define TRB_VEC_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define VEC_FUNCTION static inline __attribute__((always_inline, unused))

#if defined(TRB_VEC_AVX512)

#include <immintrin.h>
typedef __m512i vec;
#define VEC_BYTES 64
#define VEC_GATHERS 1
VEC_FUNCTION vec v_load(const void *p) { return _mm512_loadu_si512(p); }
VEC_FUNCTION void v_store(void *p, vec a) { _mm512_storeu_si512(p, a); }
VEC_FUNCTION vec v_set_u8(int a) { return _mm512_set1_epi8((char)a); }
VEC_FUNCTION vec v_set_i16(int a) { return _mm512_set1_epi16((short)a); }
VEC_FUNCTION vec v_set_i32(int a) { return _mm512_set1_epi32(a); }
VEC_FUNCTION vec v_and(vec a, vec b) { return _mm512_and_si512(a, b); }
VEC_FUNCTION vec v_or(vec a, vec b) { return _mm512_or_si512(a, b); }
VEC_FUNCTION vec v_xor(vec a, vec b) { return _mm512_xor_si512(a, b); }
VEC_FUNCTION vec v_add_u8(vec a, vec b) { return _mm512_add_epi8(a, b); }
VEC_FUNCTION vec v_min_u8(vec a, vec b) { return _mm512_min_epu8(a, b); }
VEC_FUNCTION vec v_add_i16(vec a, vec b) { return _mm512_add_epi16(a, b); }
VEC_FUNCTION vec v_sub_i16(vec a, vec b) { return _mm512_sub_epi16(a, b); }
VEC_FUNCTION vec v_min_i16(vec a, vec b) { return _mm512_min_epi16(a, b); }
VEC_FUNCTION vec v_max_i16(vec a, vec b) { return _mm512_max_epi16(a, b); }
VEC_FUNCTION bool v_any_positive_i16(vec a) { return _mm512_cmpgt_epi16_mask(a, _mm512_setzero_si512()) != 0; }
VEC_FUNCTION vec v_add_i32(vec a, vec b) { return _mm512_add_epi32(a, b); }
VEC_FUNCTION vec v_sub_i32(vec a, vec b) { return _mm512_sub_epi32(a, b); }
VEC_FUNCTION vec v_mul_i32(vec a, vec b) { return _mm512_mullo_epi32(a, b); }
VEC_FUNCTION vec v_max_i32(vec a, vec b) { return _mm512_max_epi32(a, b); }
VEC_FUNCTION vec v_min_i32(vec a, vec b) { return _mm512_min_epi32(a, b); }
VEC_FUNCTION bool v_any_positive_i32(vec a) { return _mm512_cmpgt_epi32_mask(a, _mm512_setzero_si512()) != 0; }
VEC_FUNCTION vec v_shift_right_i32(vec a, int n) { return _mm512_srli_epi32(a, (unsigned)n); }
VEC_FUNCTION vec v_shift_left_each_i32(vec a, vec n) { return _mm512_sllv_epi32(a, n); }
VEC_FUNCTION uint32_t v_signs_i32(vec a) { return (uint32_t)_mm512_movepi32_mask(a); }
VEC_FUNCTION uint32_t v_greater_i32(vec a, vec b) { return (uint32_t)_mm512_cmpgt_epi32_mask(a, b); }
VEC_FUNCTION vec v_widen_i8_i16(const void *p) { return _mm512_cvtepi8_epi16(_mm256_loadu_si256(p)); }
VEC_FUNCTION vec v_mul_i16(vec a, vec b) { return _mm512_mullo_epi16(a, b); }
VEC_FUNCTION vec v_shift_right_i16(vec a, int n) { return _mm512_srl_epi16(a, _mm_cvtsi32_si128(n)); }
/* Which 16-bit lanes have a < ab, b < bb and c < cb, unsigned. */
VEC_FUNCTION uint32_t v_all_less_u16(vec a, vec ab, vec b, vec bb, vec c, vec cb)
{
    const __mmask32 both = _mm512_mask_cmplt_epu16_mask(_mm512_cmplt_epu16_mask(a, ab), b, bb);
    return (uint32_t)_mm512_mask_cmplt_epu16_mask(both, c, cb);
}
/* Half 0 or 1 of the 16-bit lanes, unsigned, as 32-bit lanes. */
VEC_FUNCTION vec v_half_u16_i32(vec a, int half)
{
    return _mm512_cvtepu16_epi32(half ? _mm512_extracti64x4_epi64(a, 1) : _mm512_castsi512_si256(a));
}
VEC_FUNCTION vec v_widen_i16_i32(const void *p) { return _mm512_cvtepi16_epi32(_mm256_loadu_si256(p)); }
/* table[index] for the lanes in `lanes`, 0 elsewhere. */
VEC_FUNCTION vec v_gather_u32(const uint32_t *table, vec index, uint32_t lanes)
{
    return _mm512_mask_i32gather_epi32(_mm512_setzero_si512(), (__mmask16)lanes, index, table, 4);
}
VEC_FUNCTION vec v_gather_all_u32(const uint32_t *table, vec index)
{
    return _mm512_i32gather_epi32(index, table, 4);
}
/* 0xff in lane i where bit i of part `part` of the word is set. */
VEC_FUNCTION vec v_spread_bits(uint64_t word, int part)
{
    (void)part;
    return _mm512_movm_epi8(word);
}
/* 64-bit lanes: bits x - half[i] .. x + half[i] of a word, clipped to it; none when half[i] < 0. */
VEC_FUNCTION vec v_runs(const int16_t *half, int x)
{
    const __m256i h = _mm256_cvtepi16_epi32(_mm_loadu_si128((const void *)half)), zero = _mm256_setzero_si256();
    const __m256i from = _mm256_max_epi32(_mm256_sub_epi32(_mm256_set1_epi32(x), h), zero);
    const __m256i back = _mm256_max_epi32(_mm256_sub_epi32(_mm256_set1_epi32(63 - x), h), zero);
    const vec ones = _mm512_set1_epi64(-1); /* shifts by 64 and more give 0 */
    return _mm512_and_si512(_mm512_sllv_epi64(ones, _mm512_cvtepu32_epi64(from)),
                            _mm512_srlv_epi64(ones, _mm512_cvtepu32_epi64(back)));
}
VEC_FUNCTION bool v_any(vec a) { return _mm512_test_epi64_mask(a, a) != 0; }
/* The 32-bit lanes 0, 2, 4, ... (or 1, 3, 5, ...) of a, then those of b. */
VEC_FUNCTION vec v_even_u32(vec a, vec b)
{
    const vec lanes = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
    return _mm512_permutex2var_epi32(a, lanes, b);
}
VEC_FUNCTION vec v_odd_u32(vec a, vec b)
{
    const vec lanes = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
    return _mm512_permutex2var_epi32(a, lanes, b);
}

#elif defined(TRB_VEC_AVX2)

#include <immintrin.h>
typedef __m256i vec;
#define VEC_BYTES 32
#define VEC_GATHERS 1
VEC_FUNCTION vec v_load(const void *p) { return _mm256_loadu_si256(p); }
VEC_FUNCTION void v_store(void *p, vec a) { _mm256_storeu_si256(p, a); }
VEC_FUNCTION vec v_set_u8(int a) { return _mm256_set1_epi8((char)a); }
VEC_FUNCTION vec v_set_i16(int a) { return _mm256_set1_epi16((short)a); }
VEC_FUNCTION vec v_set_i32(int a) { return _mm256_set1_epi32(a); }
VEC_FUNCTION vec v_and(vec a, vec b) { return _mm256_and_si256(a, b); }
VEC_FUNCTION vec v_or(vec a, vec b) { return _mm256_or_si256(a, b); }
VEC_FUNCTION vec v_xor(vec a, vec b) { return _mm256_xor_si256(a, b); }
VEC_FUNCTION vec v_add_u8(vec a, vec b) { return _mm256_add_epi8(a, b); }
VEC_FUNCTION vec v_min_u8(vec a, vec b) { return _mm256_min_epu8(a, b); }
VEC_FUNCTION vec v_add_i16(vec a, vec b) { return _mm256_add_epi16(a, b); }
VEC_FUNCTION vec v_sub_i16(vec a, vec b) { return _mm256_sub_epi16(a, b); }
VEC_FUNCTION vec v_min_i16(vec a, vec b) { return _mm256_min_epi16(a, b); }
VEC_FUNCTION vec v_max_i16(vec a, vec b) { return _mm256_max_epi16(a, b); }
VEC_FUNCTION bool v_any_positive_i16(vec a)
{
    return _mm256_movemask_epi8(_mm256_cmpgt_epi16(a, _mm256_setzero_si256())) != 0;
}
VEC_FUNCTION vec v_add_i32(vec a, vec b) { return _mm256_add_epi32(a, b); }
VEC_FUNCTION vec v_sub_i32(vec a, vec b) { return _mm256_sub_epi32(a, b); }
VEC_FUNCTION vec v_mul_i32(vec a, vec b) { return _mm256_mullo_epi32(a, b); }
VEC_FUNCTION vec v_max_i32(vec a, vec b) { return _mm256_max_epi32(a, b); }
VEC_FUNCTION vec v_min_i32(vec a, vec b) { return _mm256_min_epi32(a, b); }
VEC_FUNCTION bool v_any_positive_i32(vec a)
{
    return _mm256_movemask_epi8(_mm256_cmpgt_epi32(a, _mm256_setzero_si256())) != 0;
}
VEC_FUNCTION vec v_shift_right_i32(vec a, int n) { return _mm256_srli_epi32(a, n); }
VEC_FUNCTION vec v_shift_left_each_i32(vec a, vec n) { return _mm256_sllv_epi32(a, n); }
VEC_FUNCTION uint32_t v_signs_i32(vec a) { return (uint32_t)_mm256_movemask_ps(_mm256_castsi256_ps(a)); }
VEC_FUNCTION uint32_t v_greater_i32(vec a, vec b) { return v_signs_i32(_mm256_cmpgt_epi32(a, b)); }
VEC_FUNCTION vec v_widen_i8_i16(const void *p) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(p)); }
VEC_FUNCTION vec v_mul_i16(vec a, vec b) { return _mm256_mullo_epi16(a, b); }
VEC_FUNCTION vec v_shift_right_i16(vec a, int n) { return _mm256_srli_epi16(a, n); }
VEC_FUNCTION vec v_less_u16(vec a, vec b) /* b > 0 */
{
    return _mm256_cmpeq_epi16(_mm256_min_epu16(a, _mm256_sub_epi16(b, _mm256_set1_epi16(1))), a);
}
/* Which 16-bit lanes have a < ab, b < bb and c < cb, unsigned; bounds above 0. */
VEC_FUNCTION uint32_t v_all_less_u16(vec a, vec ab, vec b, vec bb, vec c, vec cb)
{
    const vec all = _mm256_and_si256(_mm256_and_si256(v_less_u16(a, ab), v_less_u16(b, bb)), v_less_u16(c, cb));
    const vec bytes = _mm256_packs_epi16(all, _mm256_setzero_si256());
    return (uint32_t)_mm256_movemask_epi8(_mm256_permute4x64_epi64(bytes, 0xd8));
}
/* Half 0 or 1 of the 16-bit lanes, unsigned, as 32-bit lanes. */
VEC_FUNCTION vec v_half_u16_i32(vec a, int half)
{
    return _mm256_cvtepu16_epi32(half ? _mm256_extracti128_si256(a, 1) : _mm256_castsi256_si128(a));
}
VEC_FUNCTION vec v_widen_i16_i32(const void *p) { return _mm256_cvtepi16_epi32(_mm_loadu_si128(p)); }
VEC_FUNCTION vec v_gather_all_u32(const uint32_t *table, vec index)
{
    return _mm256_i32gather_epi32((const int *)table, index, 4);
}
VEC_FUNCTION vec v_gather_u32(const uint32_t *table, vec index, uint32_t lanes)
{
    const vec bit = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
    const vec on = _mm256_cmpeq_epi32(_mm256_and_si256(_mm256_set1_epi32((int)lanes), bit), bit);
    return _mm256_mask_i32gather_epi32(_mm256_setzero_si256(), (const int *)table, index, on, 4);
}
VEC_FUNCTION vec v_spread_bits(uint64_t word, int part)
{
    const vec byte = _mm256_setr_epi8(0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 3,
                                      3, 3, 3, 3, 3, 3, 3);
    const vec bit = _mm256_set1_epi64x((long long)0x8040201008040201ULL);
    const vec all = _mm256_set1_epi32((int)(uint32_t)(word >> (32 * part)));
    return _mm256_cmpeq_epi8(_mm256_and_si256(_mm256_shuffle_epi8(all, byte), bit), bit);
}
/* 64-bit lanes: bits x - half[i] .. x + half[i] of a word, clipped to it; none when half[i] < 0. */
VEC_FUNCTION vec v_runs(const int16_t *half, int x)
{
    const __m128i h = _mm_cvtepi16_epi32(_mm_loadl_epi64((const void *)half)), zero = _mm_setzero_si128();
    const __m128i from = _mm_max_epi32(_mm_sub_epi32(_mm_set1_epi32(x), h), zero);
    const __m128i back = _mm_max_epi32(_mm_sub_epi32(_mm_set1_epi32(63 - x), h), zero);
    const vec ones = _mm256_set1_epi64x(-1); /* shifts by 64 and more give 0 */
    return _mm256_and_si256(_mm256_sllv_epi64(ones, _mm256_cvtepu32_epi64(from)),
                            _mm256_srlv_epi64(ones, _mm256_cvtepu32_epi64(back)));
}
VEC_FUNCTION bool v_any(vec a) { return !_mm256_testz_si256(a, a); }
/* The 32-bit lanes 0, 2, 4, ... (or 1, 3, 5, ...) of a, then those of b. */
VEC_FUNCTION vec v_even_u32(vec a, vec b)
{
    const __m256 mixed = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0x88);
    return _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xd8);
}
VEC_FUNCTION vec v_odd_u32(vec a, vec b)
{
    const __m256 mixed = _mm256_shuffle_ps(_mm256_castsi256_ps(a), _mm256_castsi256_ps(b), 0xdd);
    return _mm256_permute4x64_epi64(_mm256_castps_si256(mixed), 0xd8);
}

#else /* the compiler's vectors */

typedef uint8_t vec __attribute__((vector_size(16)));
typedef int16_t vec_i16 __attribute__((vector_size(16)));
typedef int32_t vec_i32 __attribute__((vector_size(16)));
#define VEC_BYTES 16
#define VEC_GATHERS 0 /* a plain loop is faster than building vectors lane by lane */
VEC_FUNCTION vec v_load(const void *p)
{
    vec a;
    memcpy(&a, p, sizeof a);
    return a;
}
VEC_FUNCTION void v_store(void *p, vec a) { memcpy(p, &a, sizeof a); }
VEC_FUNCTION vec v_set_u8(int a) { return (vec){0} + (uint8_t)a; }
VEC_FUNCTION vec v_set_i16(int a) { return (vec)((vec_i16){0} + (int16_t)a); }
VEC_FUNCTION vec v_set_i32(int a) { return (vec)((vec_i32){0} + a); }
VEC_FUNCTION vec v_and(vec a, vec b) { return a & b; }
VEC_FUNCTION vec v_or(vec a, vec b) { return a | b; }
VEC_FUNCTION vec v_xor(vec a, vec b) { return a ^ b; }
VEC_FUNCTION vec v_pick(vec where, vec a, vec b) { return (a & where) | (b & ~where); }
VEC_FUNCTION vec v_add_u8(vec a, vec b) { return a + b; }
VEC_FUNCTION vec v_min_u8(vec a, vec b) { return v_pick((vec)(a < b), a, b); }
VEC_FUNCTION vec v_add_i16(vec a, vec b) { return (vec)((vec_i16)a + (vec_i16)b); }
VEC_FUNCTION vec v_sub_i16(vec a, vec b) { return (vec)((vec_i16)a - (vec_i16)b); }
VEC_FUNCTION vec v_min_i16(vec a, vec b) { return v_pick((vec)((vec_i16)a < (vec_i16)b), a, b); }
VEC_FUNCTION vec v_max_i16(vec a, vec b) { return v_pick((vec)((vec_i16)a > (vec_i16)b), a, b); }
VEC_FUNCTION vec v_add_i32(vec a, vec b) { return (vec)((vec_i32)a + (vec_i32)b); }
VEC_FUNCTION vec v_sub_i32(vec a, vec b) { return (vec)((vec_i32)a - (vec_i32)b); }
VEC_FUNCTION vec v_min_i32(vec a, vec b) { return v_pick((vec)((vec_i32)a < (vec_i32)b), a, b); }
VEC_FUNCTION vec v_max_i32(vec a, vec b) { return v_pick((vec)((vec_i32)a > (vec_i32)b), a, b); }
VEC_FUNCTION bool v_any(vec a)
{
    uint64_t half[2];
    memcpy(half, &a, sizeof half);
    return (half[0] | half[1]) != 0;
}
VEC_FUNCTION bool v_any_positive_i16(vec a) { return v_any((vec)((vec_i16)a > 0)); }
VEC_FUNCTION bool v_any_positive_i32(vec a) { return v_any((vec)((vec_i32)a > 0)); }
VEC_FUNCTION vec v_spread_bits(uint64_t word, int part)
{
    uint64_t half[2];
    for (int i = 0; i < 2; i++) {
        const uint64_t bits = word >> (16 * part + 8 * i) & 0xff;
        /* byte j of the product holds bit j at its place j; compare without a vector */
        const uint64_t kept = (bits * 0x0101010101010101ULL) & 0x8040201008040201ULL;
        half[i] = (((kept + 0x7f7f7f7f7f7f7f7fULL) | kept) >> 7 & 0x0101010101010101ULL) * 0xff;
    }
    return v_load(half);
}

#endif
#endif
