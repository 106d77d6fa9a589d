/* simd.c - which vector instructions the kernels use. */
#include "core/simd.h"

#include <stdlib.h>
#include <string.h>

static const char *const NAMES[] = {"plain", "avx2", "avx512"};

static int available(trb_simd path)
{
    if (path == TRB_SIMD_PLAIN)
        return 1;
#ifdef TRB_SIMD_X86
    __builtin_cpu_init();
    const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi2");
    if (path == TRB_SIMD_AVX2)
        return avx2;
    return avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq");
#else
    return 0;
#endif
}

/*
 * The first processors with AVX-512 lower their clock for it by more than it gains. Those that came with VBMI2 no
 * longer do: there it takes 15 % less than AVX2 (Tb.Sp of 512^3 bone), here used as the sign.
 */
static int wide_at_full_speed(void)
{
#ifdef TRB_SIMD_X86
    return __builtin_cpu_supports("avx512vbmi2");
#else
    return 0;
#endif
}

trb_simd trb_simd_choose(void)
{
    const char *asked = getenv("TRABECULA_SIMD");
    for (trb_simd path = TRB_SIMD_PLAIN; asked && path <= TRB_SIMD_AVX512; path++)
        if (strcmp(asked, NAMES[path]) == 0 && available(path))
            return path;
    if (available(TRB_SIMD_AVX512) && wide_at_full_speed())
        return TRB_SIMD_AVX512;
    return available(TRB_SIMD_AVX2) ? TRB_SIMD_AVX2 : TRB_SIMD_PLAIN;
}

const char *trb_simd_path(void)
{
    return NAMES[trb_simd_choose()];
}
