/* subvoxel_tiles.h - tiles of the image with the balls that reach them, for the painting. */
#ifndef TRB_SUBVOXEL_TILES_H
#define TRB_SUBVOXEL_TILES_H

#include "measure/subvoxel.h"

#define SV_TILE 64 /* voxels along each axis: a row of a tile is one word, a plane has a word of rows */
#define SV_AHEAD 8 /* balls that are fetched while others are at work: those of a tile lie far apart in memory */

_Static_assert(SV_STEPS == 1 << 12, "the shifts below");

/* Whole voxels lo <= i <= hi within `reach` steps of `middle`; none when hi < lo. */
static inline int64_t sv_first_within(int64_t middle, int64_t reach)
{
    return (middle - reach + SV_STEPS - 1) >> 12;
}

static inline int64_t sv_last_within(int64_t middle, int64_t reach)
{
    return (middle + reach) >> 12;
}

/* Clip lo .. hi to voxels from <= i < from + n, as offsets from `from`; false when nothing is left. */
static inline bool sv_clip(int64_t *lo, int64_t *hi, size_t from, size_t n)
{
    *lo = *lo > (int64_t)from ? *lo - (int64_t)from : 0;
    *hi = *hi < (int64_t)(from + n) - 1 ? *hi - (int64_t)from : (int64_t)n - 1;
    return *lo <= *hi;
}

/** Tile (x, y, z) is i = (z * down + y) * across + x; list[first[i]] up to first[i + 1] are its balls, largest first. */
typedef struct sv_tiles {
    size_t across, down, count;
    size_t *first;
    uint32_t *list;
} sv_tiles;

/** Share out n balls of radii below n_codes; those of equal radius stay in their order. 4 bytes for each ball of each tile. */
TRB_NODISCARD trb_status sv_tiles_init(sv_tiles *tiles, const trb_grid *grid, const sv_ball *balls, size_t n, size_t n_codes,
                                       trb_error *err);
void sv_tiles_clear(sv_tiles *tiles);

#endif
