/* density_oracle.c - see density_oracle.h. */
#include "oracle/density_oracle.h"

#include <math.h>
#include <stdlib.h>

trb_grey_stats oracle_grey(const trb_volume *volume, const trb_mask *a, const trb_mask *b)
{
    trb_grey_stats s = {0, NAN, NAN, INFINITY, -INFINITY};
    long double sum = 0, squares = 0;
    for (int pass = 0; pass < 2; pass++)
        for (size_t z = 0; z < volume->grid.nz; z++)
            for (size_t y = 0; y < volume->grid.ny; y++)
                for (size_t x = 0; x < volume->grid.nx; x++) {
                    if ((a && !trb_mask_get(a, x, y, z)) || (b && !trb_mask_get(b, x, y, z)))
                        continue;
                    const double v = trb_volume_get(volume, x, y, z);
                    if (pass) {
                        squares += (v - sum / s.voxels) * (v - sum / s.voxels);
                        continue;
                    }
                    s.voxels++;
                    sum += v;
                    s.lowest = fmin(s.lowest, v);
                    s.highest = fmax(s.highest, v);
                }
    s.mean = (double)(sum / s.voxels);
    s.sd = (double)sqrtl(squares / s.voxels);
    return s;
}

int oracle_survives_erosion(const trb_mask *mask, int neighbours, size_t x, size_t y, size_t z)
{
    for (int dz = -1; dz <= 1; dz++)
        for (int dy = -1; dy <= 1; dy++)
            for (int dx = -1; dx <= 1; dx++) {
                const ptrdiff_t i = (ptrdiff_t)x + dx, j = (ptrdiff_t)y + dy, k = (ptrdiff_t)z + dz;
                const bool inside = i >= 0 && j >= 0 && k >= 0 && (size_t)i < mask->grid.nx &&
                                    (size_t)j < mask->grid.ny && (size_t)k < mask->grid.nz;
                if ((neighbours == 26 || abs(dx) + abs(dy) + abs(dz) <= 1) && inside &&
                    !trb_mask_get(mask, (size_t)i, (size_t)j, (size_t)k))
                    return 0;
            }
    return 1;
}
