/* subvoxel_kernels_plain.c - the searches for the plain path. */
#include "measure/subvoxel_kernel.h"
#include "measure/subvoxel_ball_kernel.h"
#include "measure/subvoxel_paint_kernel.h"

const sv_kernels sv_kernels_plain = {centres, take_ball, across_narrow, along_narrow, finish_narrow, offer_narrow,
                                       across_wide, along_wide, finish_wide, offer_wide, distances, own_feet};
