/* subvoxel_tiles.c - which balls reach which tile of the image. */
#include "measure/subvoxel_tiles.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

/* The tiles that a ball may reach, as ranges along x, y and z; false when there is none. */
static bool tiles_of_ball(const trb_grid *grid, const sv_ball *ball, size_t lo[3], size_t hi[3])
{
    const int64_t reach = ball->radius + SV_COVER;
    const size_t n[3] = {grid->nx, grid->ny, grid->nz};
    for (int k = 0; k < 3; k++) {
        int64_t first = sv_first_within(ball->middle[k], reach), last = sv_last_within(ball->middle[k], reach);
        if (!sv_clip(&first, &last, 0, n[k]))
            return false;
        lo[k] = (size_t)first / SV_TILE;
        hi[k] = (size_t)last / SV_TILE;
    }
    return true;
}

/* How many balls each tile has, in `first` of the next tile; returns how many these are in all. */
static size_t count_balls(sv_tiles *t, const trb_grid *grid, const sv_ball *balls, size_t n)
{
    size_t lo[3], hi[3], total = 0;
    for (size_t i = 0; i < n; i++)
        if (tiles_of_ball(grid, &balls[i], lo, hi)) {
            for (size_t z = lo[2]; z <= hi[2]; z++)
                for (size_t y = lo[1]; y <= hi[1]; y++)
                    for (size_t x = lo[0]; x <= hi[0]; x++)
                        t->first[(z * t->down + y) * t->across + x + 1]++;
            total += (hi[2] - lo[2] + 1) * (hi[1] - lo[1] + 1) * (hi[0] - lo[0] + 1);
        }
    return total;
}

/* The list of each tile, in the given order. `first` says where each begins, and then where the next one does. */
static void list_balls(sv_tiles *t, const trb_grid *grid, const sv_ball *balls, size_t n, const uint32_t *order)
{
    size_t lo[3], hi[3];
    for (size_t i = 0; i < n; i++) {
        __builtin_prefetch(&balls[order[i + SV_AHEAD < n ? i + SV_AHEAD : i]]);
        if (tiles_of_ball(grid, &balls[order[i]], lo, hi))
            for (size_t z = lo[2]; z <= hi[2]; z++)
                for (size_t y = lo[1]; y <= hi[1]; y++)
                    for (size_t x = lo[0]; x <= hi[0]; x++)
                        t->list[t->first[(z * t->down + y) * t->across + x]++] = order[i];
    }
    memmove(t->first + 1, t->first, t->count * sizeof *t->first);
    t->first[0] = 0;
}

/* Largest first, by a counting sort on the radius. */
static trb_status sort_balls(const sv_ball *balls, size_t n, size_t n_codes, uint32_t *order, trb_error *err)
{
    size_t *start = trb_alloc_zero(n_codes + 1, sizeof *start, "radii", err), total = 0;
    if (!start)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        start[balls[i].radius]++;
    for (size_t r = n_codes; r-- > 0;) {
        const size_t here = start[r];
        start[r] = total;
        total += here;
    }
    for (size_t i = 0; i < n; i++)
        order[start[balls[i].radius]++] = (uint32_t)i;
    free(start);
    return TRB_OK;
}

trb_status sv_tiles_init(sv_tiles *tiles, const trb_grid *grid, const sv_ball *balls, size_t n, size_t n_codes, trb_error *err)
{
    const size_t across = (grid->nx + SV_TILE - 1) / SV_TILE, down = (grid->ny + SV_TILE - 1) / SV_TILE;
    *tiles = (sv_tiles){.across = across, .down = down, .count = across * down * ((grid->nz + SV_TILE - 1) / SV_TILE)};
    tiles->first = trb_alloc_zero(tiles->count + 1, sizeof *tiles->first, "balls of tiles", err);
    uint32_t *order = trb_alloc(n + 1, sizeof *order, "balls in order", err);
    trb_status status = tiles->first && order ? sort_balls(balls, n, n_codes, order, err) : TRB_ERR_MEMORY;
    if (!status) {
        tiles->list = trb_alloc(count_balls(tiles, grid, balls, n) + 1, sizeof *tiles->list, "balls of tiles", err);
        for (size_t i = 0; i < tiles->count; i++)
            tiles->first[i + 1] += tiles->first[i];
        status = tiles->list ? TRB_OK : TRB_ERR_MEMORY;
    }
    if (!status)
        list_balls(tiles, grid, balls, n, order);
    free(order);
    return status;
}

void sv_tiles_clear(sv_tiles *tiles)
{
    free(tiles->first);
    free(tiles->list);
    *tiles = (sv_tiles){0};
}
