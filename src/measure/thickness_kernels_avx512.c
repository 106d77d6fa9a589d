/* thickness_kernels_avx512.c - the kernels of the fast painter for the avx512 path. */
#include "core/simd.h"

#ifdef TRB_SIMD_X86
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,bmi,bmi2,popcnt")
#define TRB_VEC_AVX512
#include "measure/thickness_kernel.h"

const trb_thickness_kernels trb_thickness_kernels_avx512 = {survivors, crescent, disc, cull};
#endif
