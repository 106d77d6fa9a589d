/* subvoxel_kernel.h - the searches of subvoxel_search.h, compiled once for each SIMD path. */
#include "core/vec.h"
#include "measure/subvoxel.h"
#include "measure/subvoxel_kernels.h"

#include <math.h>
#include <stdlib.h>

typedef float floats __attribute__((vector_size(VEC_BYTES)));
#define FLOATS (VEC_BYTES / sizeof(float))

VEC_FUNCTION floats load_floats(const float *p)
{
    floats a;
    memcpy(&a, p, sizeof a);
    return a;
}

#if defined(TRB_VEC_AVX512)
VEC_FUNCTION floats larger(floats a, floats b) { return (floats)_mm512_max_ps((__m512)a, (__m512)b); }
VEC_FUNCTION floats smaller(floats a, floats b) { return (floats)_mm512_min_ps((__m512)a, (__m512)b); }
VEC_FUNCTION unsigned above(floats a, floats b) { return _mm512_cmp_ps_mask((__m512)a, (__m512)b, _CMP_GT_OQ); }
VEC_FUNCTION floats root_of(floats a) { return (floats)_mm512_sqrt_ps((__m512)a); }
#elif defined(TRB_VEC_AVX2)
VEC_FUNCTION floats larger(floats a, floats b) { return (floats)_mm256_max_ps((__m256)a, (__m256)b); }
VEC_FUNCTION floats smaller(floats a, floats b) { return (floats)_mm256_min_ps((__m256)a, (__m256)b); }
VEC_FUNCTION unsigned above(floats a, floats b) { return (unsigned)_mm256_movemask_ps(_mm256_cmp_ps((__m256)a, (__m256)b, _CMP_GT_OQ)); }
VEC_FUNCTION floats root_of(floats a) { return (floats)_mm256_sqrt_ps((__m256)a); }
#else
VEC_FUNCTION floats larger(floats a, floats b)
{
    for (size_t i = 0; i < FLOATS; i++)
        a[i] = a[i] > b[i] ? a[i] : b[i];
    return a;
}

VEC_FUNCTION floats smaller(floats a, floats b)
{
    for (size_t i = 0; i < FLOATS; i++)
        a[i] = a[i] < b[i] ? a[i] : b[i];
    return a;
}

VEC_FUNCTION unsigned above(floats a, floats b)
{
    unsigned bits = 0;
    for (size_t i = 0; i < FLOATS; i++)
        bits |= (unsigned)(a[i] > b[i]) << i;
    return bits;
}

VEC_FUNCTION floats root_of(floats a)
{
    for (size_t i = 0; i < FLOATS; i++)
        a[i] = sqrtf(a[i]);
    return a;
}
#endif

/* By how much the nearest neighbour of one phase (bone: the largest values) fails to hold the ball of each voxel, less SV_RIDGE. */
VEC_FUNCTION floats ridge_height(const float *const planes[3], size_t row, size_t x, bool bone)
{
    const floats own = load_floats(planes[1] + x);
    floats most[3] = {own * 0, own * 0, own * 0};
#pragma GCC unroll 27
    for (int i = 0; i < 27; i++) {
        const int dx = i % 3 - 1, dy = i / 3 % 3 - 1, dz = i / 9 - 1, l = abs(dx) + abs(dy) + abs(dz) - 1;
        if (l < 0)
            continue;
        const floats s = load_floats(planes[dz + 1] + dy * (ptrdiff_t)row + dx + x);
        most[l] = bone ? larger(most[l], s) : smaller(most[l], s);
    }
    const floats a = bone ? own - most[0] : most[0] - own, b = bone ? own - most[1] : most[1] - own;
    const floats c = bone ? own - most[2] : most[2] - own;
    const float ridge = (float)SV_RIDGE;
    return smaller(smaller(a + (1 - ridge), b + (1.41421356F - ridge)), c + (1.73205081F - ridge));
}

/*
 * 64 voxels of a row: one is a centre when the height is above 0. A neighbour of the other phase has the wrong sign and never
 * wins. float32 is off by less than `doubt` there: two roots by 1e-7 of themselves each, and the larger is at most 2 more.
 */
static uint64_t centres(const float *const planes[3], size_t row, uint64_t bone, uint64_t *doubtful)
{
    const uint64_t all = FLOATS == 16 ? 0xffff : FLOATS == 8 ? 0xff : 0xf;
    uint64_t sure = 0, maybe = 0;
    for (size_t x = 0; x < 64; x += FLOATS) {
        const uint64_t in_bone = bone >> x & all;
        const floats own = load_floats(planes[1] + x), doubt = larger(own, -own) * 1e-6F + 1e-5F;
        if (in_bone) {
            const floats height = ridge_height(planes, row, x, true);
            sure |= (above(height, doubt) & in_bone) << x;
            maybe |= (above(height, -doubt) & in_bone) << x;
        }
        if (in_bone != all) {
            const floats height = ridge_height(planes, row, x, false);
            sure |= (above(height, doubt) & ~in_bone & all) << x;
            maybe |= (above(height, -doubt) & ~in_bone & all) << x;
        }
    }
    *doubtful = maybe & ~sure;
    return sure;
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
