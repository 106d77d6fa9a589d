/* distance_avx2.c - the distance kernels for the avx2 path. */
#include "core/simd.h"

#ifdef TRB_SIMD_X86
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#define TRB_VEC_AVX2
#include "measure/distance_kernel.h"

const trb_distance_kernels trb_distance_kernels_avx2 = {scan_z, square, row_i16, row_i32};
#endif
