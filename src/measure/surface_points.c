/* surface_points.c - the door to the surface points: checks, and the steps in order. */
#include "measure/subvoxel.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

static trb_status check(const trb_grey_source *source, double level, const trb_mask *bone, trb_error *err)
{
    const trb_grid *grid = &source->grid;
    if (!trb_grid_same_size(grid, &bone->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the image is %zu x %zu x %zu voxels, the mask %zu x %zu x %zu", grid->nx,
                             grid->ny, grid->nz, bone->grid.nx, bone->grid.ny, bone->grid.nz);
    if (!isfinite(level))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the level of the surface must be a finite grey value, not %g", level);
    if (grid->nx > UINT16_MAX || grid->ny > UINT16_MAX || grid->nz > UINT16_MAX)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "more than 65535 voxels along an axis: measure a part (--slices, --crop) or use --thickness exact");
    return TRB_OK;
}

trb_status trb_grey_surface_points(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                                   const trb_mask *bone, trb_surface_points **out, trb_error *err)
{
    trb_surface_points *points = NULL;
    *out = NULL;
    trb_status status = check(source, level, bone, err);
    if (status)
        return status;
    points = trb_alloc_zero(1, sizeof *points, "the surface", err);
    if (!points)
        return TRB_ERR_MEMORY;
    points->grid = bone->grid;
    status = sv_find_crossings(source, filter, level, invert, bone, points, err);
    trb_grey_clear(source); /* a slab that was read for this is of no use to the search */
    if (!status && !points->count)
        status = trb_error_set(err, TRB_ERR_DATA, "every voxel of the image is of one phase, so it has no surface: check the "
                                                  "threshold");
    if (!status)
        status = sv_lift_crossings(points, err);
    if (!status)
        status = sv_find_nearest(bone, points, err);
    if (status) {
        trb_surface_points_destroy(points);
        return status;
    }
    *out = points;
    return TRB_OK;
}

trb_status trb_surface_points_create(const trb_volume *volume, const trb_filter *filter, double level, bool invert,
                                     const trb_mask *bone, trb_surface_points **out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_surface_points(&source, filter, level, invert, bone, out, err);
}

void trb_surface_points_destroy(trb_surface_points *points)
{
    if (!points)
        return;
    free(points->crossing);
    free(points->first);
    free(points->near);
    trb_mask_destroy(points->centres);
    free(points);
}

size_t trb_surface_points_count(const trb_surface_points *points)
{
    return points->count;
}

double trb_surface_points_distance(const trb_surface_points *points, size_t x, size_t y, size_t z)
{
    return sqrt((double)sv_near_square(&points->crossing[sv_near(points, x, y, z)], x, y, z)) / SV_NEAR_STEPS;
}
