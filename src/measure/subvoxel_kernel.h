/* subvoxel_kernel.h - the searches of subvoxel_search.h, compiled once for each SIMD path. */
#include "core/vec.h"
#include "measure/subvoxel.h"
#include "measure/subvoxel_kernels.h"

#include <math.h>
#include <stdlib.h>

/*
 * 64 voxels of a row. The largest distance of the neighbours at each of the three lengths decides; for marrow the smallest of
 * the values, which are below 0 there. A neighbour of the other phase has the wrong sign and never wins.
 */
static uint64_t centres(const double *const planes[3], size_t row, size_t n, uint64_t bone)
{
    double most[3][64], least[3][64];
    for (int l = 0; l < 3; l++)
        for (size_t x = 0; x < n; x++)
            most[l][x] = least[l][x] = 0;
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const int l = abs(dx) + abs(dy) + abs(dz) - 1;
                if (l < 0)
                    continue;
                const double *s = planes[dz + 1] + dy * (ptrdiff_t)row + dx;
                double *restrict high = most[l], *restrict low = least[l];
                for (size_t x = 0; x < n; x++) {
                    high[x] = s[x] > high[x] ? s[x] : high[x];
                    low[x] = s[x] < low[x] ? s[x] : low[x];
                }
            }
    uint64_t word = 0;
    for (size_t x = 0; x < n; x++) {
        const bool in_bone = bone >> x & 1;
        const double own = fabs(planes[1][x]);
        bool dropped = false;
        for (int l = 0; l < 3; l++)
            dropped |= sqrt(l + 1.0) + own - (in_bone ? most[l][x] : -least[l][x]) <= SV_RIDGE;
        word |= (uint64_t)!dropped << x;
    }
    return word;
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
