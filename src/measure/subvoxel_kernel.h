/* subvoxel_kernel.h - the searches of subvoxel_search.h, compiled once for each SIMD path. */
#include "core/vec.h"
#include "measure/subvoxel_kernels.h"

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
