/* distance_avx512.c - the distance kernels for the avx512 path. */
#include "core/simd.h"

#ifdef TRB_SIMD_X86
#pragma GCC target("avx512f,avx512bw,avx512vl,avx512dq,bmi,bmi2,popcnt")
#define TRB_VEC_AVX512
#include "measure/distance_kernel.h"

const trb_distance_kernels trb_distance_kernels_avx512 = {scan_z, square, row_i16, row_i32};
#endif
