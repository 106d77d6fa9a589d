/* surface_oracle.c - see surface_oracle.h. */
#include "oracle/surface_oracle.h"

#include <string.h>

static int in_voi(const trb_mask *voi, long x, long y, long z)
{
    return !voi || trb_mask_get(voi, (size_t)x, (size_t)y, (size_t)z);
}

static int bone_at(const trb_mask *bone, long x, long y, long z)
{
    return trb_mask_get(bone, (size_t)x, (size_t)y, (size_t)z);
}

static void count_cell(const trb_mask *bone, const trb_mask *voi, long x, long y, long z,
                       trb_surface_counts *out)
{
    int code = 0, corners = 0;
    for (int dz = 0; dz < 2; dz++)
        for (int dy = 0; dy < 2; dy++)
            for (int dx = 0; dx < 2; dx++) {
                code += bone_at(bone, x + dx, y + dy, z + dz) << (4 * dz + 2 * dy + dx);
                corners += in_voi(voi, x + dx, y + dy, z + dz);
            }
    out->all8[code] += corners == 8;
    out->eighths[code] += (uint64_t)corners;
}

void surface_oracle_count(const trb_mask *bone, const trb_mask *voi, trb_surface_counts *out)
{
    static const int DIRECTIONS[13][3] = {{0, 0, 1},  {0, 1, 0},  {1, 0, 0},  {0, 1, 1},  {0, 1, -1},
                                          {1, 0, 1},  {1, 0, -1}, {1, 1, 0},  {1, -1, 0}, {1, 1, 1},
                                          {1, 1, -1}, {1, -1, 1}, {1, -1, -1}};
    const long nx = (long)bone->grid.nx, ny = (long)bone->grid.ny, nz = (long)bone->grid.nz;
    memset(out, 0, sizeof *out);
    for (long z = 0; z < nz; z++)
        for (long y = 0; y < ny; y++)
            for (long x = 0; x < nx; x++) {
                if (x + 1 < nx && y + 1 < ny && z + 1 < nz)
                    count_cell(bone, voi, x, y, z, out);
                for (int d = 0; d < 13; d++) {
                    const long ox = x + DIRECTIONS[d][2], oy = y + DIRECTIONS[d][1],
                               oz = z + DIRECTIONS[d][0];
                    if (ox < 0 || oy < 0 || oz < 0 || ox >= nx || oy >= ny || oz >= nz)
                        continue;
                    const int inside = in_voi(voi, x, y, z) + in_voi(voi, ox, oy, oz);
                    const int change = bone_at(bone, x, y, z) != bone_at(bone, ox, oy, oz);
                    out->pairs[d] += inside == 2;
                    out->half_pairs[d] += inside == 1;
                    out->changes[d] += inside == 2 && change;
                    out->half_changes[d] += inside == 1 && change;
                }
            }
}
