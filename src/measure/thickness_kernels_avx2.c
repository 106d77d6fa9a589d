/* thickness_kernels_avx2.c - the kernels of the fast painter for the avx2 path. */
#include "core/simd.h"

#ifdef TRB_SIMD_X86
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#define TRB_VEC_AVX2
#include "measure/thickness_kernel.h"

const trb_thickness_kernels trb_thickness_kernels_avx2 = {survivors, crescent, disc, cull};
#endif
