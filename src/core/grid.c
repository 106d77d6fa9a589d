/* grid.c - voxel geometry. */
#include "trabecula/grid.h"

#include <math.h>
#include <stdint.h>

size_t trb_size_multiply(size_t a, size_t b)
{
    size_t product;
    if (__builtin_mul_overflow(a, b, &product) || product > (size_t)PTRDIFF_MAX)
        return 0;
    return product;
}

trb_status trb_grid_check(const trb_grid *grid, trb_error *err)
{
    if (grid->nx == 0 || grid->ny == 0 || grid->nz == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a grid of %zu x %zu x %zu voxels is empty", grid->nx,
                             grid->ny, grid->nz);
    const size_t voxels = trb_size_multiply(trb_size_multiply(grid->nx, grid->ny), grid->nz);
    if (voxels == 0 || trb_size_multiply(voxels, 8) == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a grid of %zu x %zu x %zu voxels is too large",
                             grid->nx, grid->ny, grid->nz);
    for (int axis = 0; axis < 3; axis++)
        if (!isfinite(grid->spacing_mm[axis]) || grid->spacing_mm[axis] < 0 ||
            !isfinite(grid->origin_mm[axis]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "spacing %g mm or origin %g mm on axis %c is no length",
                                 grid->spacing_mm[axis], grid->origin_mm[axis], "xyz"[axis]);
    return TRB_OK;
}

size_t trb_grid_voxels(const trb_grid *grid)
{
    return grid->nx * grid->ny * grid->nz;
}

double trb_grid_voxel_mm3(const trb_grid *grid)
{
    return grid->spacing_mm[0] * grid->spacing_mm[1] * grid->spacing_mm[2];
}

bool trb_grid_has_spacing(const trb_grid *grid)
{
    return grid->spacing_mm[0] > 0 && grid->spacing_mm[1] > 0 && grid->spacing_mm[2] > 0;
}

bool trb_grid_is_isotropic(const trb_grid *grid, double tolerance)
{
    if (!trb_grid_has_spacing(grid))
        return false;
    const double *s = grid->spacing_mm;
    const double lowest = fmin(s[0], fmin(s[1], s[2])), highest = fmax(s[0], fmax(s[1], s[2]));
    return highest - lowest <= tolerance * lowest;
}

bool trb_grid_same_size(const trb_grid *a, const trb_grid *b)
{
    return a->nx == b->nx && a->ny == b->ny && a->nz == b->nz;
}

trb_box trb_grid_box(const trb_grid *grid)
{
    return (trb_box){{0, 0, 0}, {grid->nx, grid->ny, grid->nz}};
}
