/*
 * subvoxel_paint_kernel.h - where in a tile a ball may find unpainted voxels; compiled once for each SIMD path.
 *
 * Most balls find little or nothing, so it is asked from coarse to fine: planes with unpainted rows in reach, rows with
 * an unpainted bit in the square around the disc, then the disc itself. All in float32; doubt means "may".
 */
#define PLACE_SLACK 1e-3F /* see sv_disc_slack() */
#define BEYOND 0.9999F    /* the next whole number, but for the slack */

/*
 * Runs of bits from ceil(x - half) to floor(x + half), clipped to a word; half^2 = left, none where that is below 0.
 * A plane of a ball at x (or y) has such a run, and so has a row of a disc.
 */
#if defined(TRB_VEC_AVX512)
#define RUNS 16
typedef struct runs {
    __m512i bits[2]; /* 8 words each */
    unsigned some;   /* which of the runs have a bit */
} runs;

VEC_FUNCTION runs runs_of(__m512 left, float x)
{
    const __m512 zero = _mm512_setzero_ps(), middle = _mm512_set1_ps(x);
    const __m512 half = _mm512_add_ps(_mm512_sqrt_ps(_mm512_max_ps(left, zero)), _mm512_set1_ps(PLACE_SLACK));
    const __m512 hi = _mm512_add_ps(middle, half), lo = _mm512_max_ps(_mm512_sub_ps(middle, half), zero);
    const __m512i from = _mm512_cvttps_epi32(_mm512_add_ps(lo, _mm512_set1_ps(BEYOND)));
    const __m512i back = _mm512_max_epi32(_mm512_sub_epi32(_mm512_set1_epi32(63), _mm512_cvttps_epi32(hi)), _mm512_setzero_si512());
    const __m512i ones = _mm512_set1_epi64(-1);
    runs out;
    for (int i = 0; i < 2; i++) {
        const __m256i f = i ? _mm512_extracti64x4_epi64(from, 1) : _mm512_castsi512_si256(from);
        const __m256i b = i ? _mm512_extracti64x4_epi64(back, 1) : _mm512_castsi512_si256(back);
        out.bits[i] = _mm512_and_si512(_mm512_sllv_epi64(ones, _mm512_cvtepi32_epi64(f)), _mm512_srlv_epi64(ones, _mm512_cvtepi32_epi64(b)));
    }
    out.some = _mm512_cmp_ps_mask(left, zero, _CMP_GE_OQ) & _mm512_cmp_ps_mask(hi, zero, _CMP_GE_OQ);
    return out;
}

/* Of a distance along an axis from `at` + 0 .. 15 to `middle`: what its square leaves of another. */
VEC_FUNCTION __m512 left_of(float square, float at, float middle)
{
    const __m512 steps = _mm512_setr_ps(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512 d = _mm512_add_ps(steps, _mm512_set1_ps(at - middle));
    return _mm512_sub_ps(_mm512_set1_ps(square), _mm512_mul_ps(d, d));
}

/* Which of the words have a bit in their run; and what they have there. */
VEC_FUNCTION unsigned runs_hit(const runs *r, const uint64_t *words)
{
    return r->some & ((unsigned)_mm512_test_epi64_mask(r->bits[0], _mm512_loadu_si512(words)) |
                      (unsigned)_mm512_test_epi64_mask(r->bits[1], _mm512_loadu_si512(words + 8)) << 8);
}

VEC_FUNCTION void runs_store(const runs *r, uint64_t *out)
{
    _mm512_storeu_si512(out, r->bits[0]);
    _mm512_storeu_si512(out + 8, r->bits[1]);
}

#define ALIKE 8
VEC_FUNCTION unsigned words_hit(const uint64_t *words, uint64_t run) /* of ALIKE words with one run */
{
    return _mm512_test_epi64_mask(_mm512_loadu_si512(words), _mm512_set1_epi64((int64_t)run));
}
#elif defined(TRB_VEC_AVX2)
#define RUNS 8
typedef struct runs {
    __m256i bits[2]; /* 4 words each */
    unsigned some;
} runs;

VEC_FUNCTION runs runs_of(__m256 left, float x)
{
    const __m256 zero = _mm256_setzero_ps(), middle = _mm256_set1_ps(x);
    const __m256 half = _mm256_add_ps(_mm256_sqrt_ps(_mm256_max_ps(left, zero)), _mm256_set1_ps(PLACE_SLACK));
    const __m256 hi = _mm256_add_ps(middle, half), lo = _mm256_max_ps(_mm256_sub_ps(middle, half), zero);
    const __m256i from = _mm256_cvttps_epi32(_mm256_add_ps(lo, _mm256_set1_ps(BEYOND)));
    const __m256i back = _mm256_max_epi32(_mm256_sub_epi32(_mm256_set1_epi32(63), _mm256_cvttps_epi32(hi)), _mm256_setzero_si256());
    const __m256i ones = _mm256_set1_epi64x(-1);
    runs out;
    for (int i = 0; i < 2; i++) {
        const __m128i f = i ? _mm256_extracti128_si256(from, 1) : _mm256_castsi256_si128(from);
        const __m128i b = i ? _mm256_extracti128_si256(back, 1) : _mm256_castsi256_si128(back);
        out.bits[i] = _mm256_and_si256(_mm256_sllv_epi64(ones, _mm256_cvtepi32_epi64(f)), _mm256_srlv_epi64(ones, _mm256_cvtepi32_epi64(b)));
    }
    out.some = (unsigned)_mm256_movemask_ps(_mm256_and_ps(_mm256_cmp_ps(left, zero, _CMP_GE_OQ), _mm256_cmp_ps(hi, zero, _CMP_GE_OQ)));
    return out;
}

VEC_FUNCTION __m256 left_of(float square, float at, float middle)
{
    const __m256 steps = _mm256_setr_ps(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256 d = _mm256_add_ps(steps, _mm256_set1_ps(at - middle));
    return _mm256_sub_ps(_mm256_set1_ps(square), _mm256_mul_ps(d, d));
}

VEC_FUNCTION unsigned four_hit(__m256i run, const uint64_t *words)
{
    const __m256i common = _mm256_and_si256(run, _mm256_loadu_si256((const __m256i *)words));
    return ~(unsigned)_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(common, _mm256_setzero_si256()))) & 15U;
}

VEC_FUNCTION unsigned runs_hit(const runs *r, const uint64_t *words)
{
    return r->some & (four_hit(r->bits[0], words) | four_hit(r->bits[1], words + 4) << 4);
}

VEC_FUNCTION void runs_store(const runs *r, uint64_t *out)
{
    _mm256_storeu_si256((__m256i *)out, r->bits[0]);
    _mm256_storeu_si256((__m256i *)(out + 4), r->bits[1]);
}

#define ALIKE 4
VEC_FUNCTION unsigned words_hit(const uint64_t *words, uint64_t run)
{
    return four_hit(_mm256_set1_epi64x((int64_t)run), words);
}
#else
#define RUNS 1
typedef struct runs {
    uint64_t bits;
} runs;

VEC_FUNCTION runs runs_of(float left, float x)
{
    const float half = sqrtf(left > 0 ? left : 0) + PLACE_SLACK, hi = x + half, lo = x - half;
    const int from = (int)((lo > 0 ? lo : 0) + BEYOND), to = hi < 63 ? (int)hi : 63;
    if (left < 0 || hi < 0 || from > to)
        return (runs){0};
    return (runs){~(uint64_t)0 << from & ~(uint64_t)0 >> (63 - to)};
}

VEC_FUNCTION float left_of(float square, float at, float middle)
{
    return square - (at - middle) * (at - middle);
}

VEC_FUNCTION unsigned runs_hit(const runs *r, const uint64_t *words)
{
    return (r->bits & *words) != 0;
}

VEC_FUNCTION void runs_store(const runs *r, uint64_t *out)
{
    *out = r->bits;
}

#define ALIKE 1
VEC_FUNCTION unsigned words_hit(const uint64_t *words, uint64_t run)
{
    return (*words & run) != 0;
}
#endif

_Static_assert(RUNS <= SV_TILE_PAD && ALIKE <= SV_TILE_PAD, "vectors may read that far beyond the last row");

VEC_FUNCTION uint64_t from_bit(int i) /* bits i and above */
{
    return i < 64 ? ~(uint64_t)0 << i : 0;
}

static uint64_t rows_in_disc(const uint64_t *bits, uint64_t rows, float x, float y, float square)
{
    uint64_t found = 0;
    for (uint64_t rest = rows; rest;) {
        const int first = __builtin_ctzll(rest);
        const runs r = runs_of(left_of(square, (float)first, y), x);
        found |= (uint64_t)runs_hit(&r, bits + first) << first;
        rest &= from_bit(first + RUNS);
    }
    return found & rows;
}

static uint64_t rows_in_run(const uint64_t *bits, uint64_t rows, uint64_t run)
{
    uint64_t found = 0;
    for (uint64_t rest = rows; rest;) {
        const int first = __builtin_ctzll(rest);
        found |= (uint64_t)words_hit(bits + first, run) << first;
        rest &= from_bit(first + ALIKE);
    }
    return found & rows;
}

static uint64_t rows_of_ball(const uint64_t (*bits)[64], const uint64_t *rows, int z_first, int z_last, const float middle[3],
                             float square, uint64_t found[64])
{
    uint64_t across[64 + SV_TILE_PAD], down[64 + SV_TILE_PAD], planes = 0, hit = 0;
    for (int z = z_first; z <= z_last; z += RUNS) {
        const runs x = runs_of(left_of(square, (float)z, middle[2]), middle[0]);
        const runs y = runs_of(left_of(square, (float)z, middle[2]), middle[1]);
        runs_store(&x, across + z);
        runs_store(&y, down + z);
        planes |= (uint64_t)runs_hit(&y, rows + z) << z;
    }
    for (planes &= ~from_bit(z_last + 1); planes; planes &= planes - 1) {
        const int z = __builtin_ctzll(planes);
        const uint64_t near = rows_in_run(bits[z], rows[z] & down[z], across[z]);
        const float dz = (float)z - middle[2];
        found[z] = near ? rows_in_disc(bits[z], near, middle[0], middle[1], square - dz * dz) : 0;
        hit |= (uint64_t)(found[z] != 0) << z;
    }
    return hit;
}
