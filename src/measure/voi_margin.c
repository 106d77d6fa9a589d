/*
 * voi_margin.c - erosion and dilation of a VOI by a ball: what the ball reaches from inside, or from outside.
 * The VOI ends where the image does, so erosion takes the sides of the image as well.
 */
#include "trabecula/voi.h"

#include "trabecula/distance.h"

#include <math.h>
#include <string.h>

static trb_status check(const trb_voi_length *by, const trb_grid *grid, trb_error *err)
{
    if (by->unit == TRB_VOI_PERCENT)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-erode and voi-dilate take mm, um or vox, not %%");
    if (by->unit == TRB_VOI_MM && !trb_grid_has_spacing(grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-erode and voi-dilate in mm need the voxel size, which is not known; "
                                                    "give them in voxels (2vox)");
    return TRB_OK;
}

static trb_status reach(const trb_mask *source, const trb_voi_length *by, trb_mask **out, trb_error *err)
{
    return by->unit == TRB_VOI_MM ? trb_mask_reach_mm(source, by->value, out, err) : trb_mask_reach(source, by->value, out, err);
}

double trb_voi_margin_bytes(const trb_voi_length *by, const trb_grid *grid)
{
    const double mask = 8 * ceil((double)grid->nx / 64) * (double)grid->ny * (double)grid->nz;
    if (!(by->value > 0) || check(by, grid, NULL))
        return 0; /* or an error that is told later */
    return mask + (by->unit == TRB_VOI_MM ? trb_mask_reach_mm_bytes(grid, by->value) : trb_mask_reach_bytes(grid, by->value));
}

trb_status trb_voi_dilate(trb_mask *mask, const trb_voi_length *by, trb_error *err)
{
    if (!(by->value > 0))
        return TRB_OK;
    trb_mask *grown = NULL;
    trb_status status = check(by, &mask->grid, err);
    if (!status)
        status = reach(mask, by, &grown, err);
    if (!status)
        memcpy(mask->bits, grown->bits, mask->grid.nz * mask->grid.ny * mask->words_per_row * sizeof *mask->bits);
    trb_mask_destroy(grown);
    return status;
}

/* Voxels along an axis whose way to the first voxel outside the image is within the ball. */
static size_t near_side(const trb_voi_length *by, const trb_grid *grid, int axis)
{
    const double steps = by->unit == TRB_VOI_MM ? by->value / grid->spacing_mm[axis] : by->value;
    return (size_t)fmin(floor(steps * (1 + 1e-6)), 1e9);
}

/* What the sides of the image leave; false: nothing. */
static bool inner_box(const trb_voi_length *by, const trb_grid *grid, trb_box *box)
{
    const size_t n[3] = {grid->nx, grid->ny, grid->nz};
    for (int axis = 0; axis < 3; axis++) {
        const size_t side = near_side(by, grid, axis);
        if (n[axis] <= 2 * side)
            return false;
        box->lo[axis] = side;
        box->hi[axis] = n[axis] - side;
    }
    return true;
}

/* Take from the mask what the ball reaches from outside. */
static trb_status take_reached(trb_mask *mask, const trb_voi_length *by, trb_error *err)
{
    trb_mask *outside = NULL, *reached = NULL;
    trb_status status = trb_mask_complement(mask, &outside, err);
    if (!status)
        status = reach(outside, by, &reached, err);
    trb_mask_destroy(outside);
    if (!status) {
        trb_mask_invert(reached);
        trb_mask_and(mask, reached);
    }
    trb_mask_destroy(reached);
    return status;
}

trb_status trb_voi_erode(trb_mask *mask, const trb_voi_length *by, trb_error *err)
{
    trb_box box;
    trb_mask *inner = NULL;
    if (!(by->value > 0))
        return TRB_OK;
    trb_status status = check(by, &mask->grid, err);
    if (status)
        return status;
    if (!inner_box(by, &mask->grid, &box)) {
        memset(mask->bits, 0, mask->grid.nz * mask->grid.ny * mask->words_per_row * sizeof *mask->bits);
        return TRB_OK;
    }
    status = take_reached(mask, by, err);
    if (!status)
        status = trb_voi_box(&mask->grid, &box, &inner, err);
    if (!status)
        trb_mask_and(mask, inner);
    trb_mask_destroy(inner);
    return status;
}
