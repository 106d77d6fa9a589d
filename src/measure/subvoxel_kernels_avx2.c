/* subvoxel_kernels_avx2.c - the searches for the avx2 path. */
#include "core/simd.h"

#ifdef TRB_SIMD_X86
#pragma GCC target("avx2,bmi,bmi2,popcnt")
#define TRB_VEC_AVX2
#include "measure/subvoxel_kernel.h"
#include "measure/subvoxel_ball_kernel.h"
#include "measure/subvoxel_paint_kernel.h"

const sv_kernels sv_kernels_avx2 = {centres, take_ball, across_narrow, along_narrow, finish_narrow, offer_narrow,
                                       across_wide, along_wide, finish_wide, offer_wide, distances, own_feet};
#endif
