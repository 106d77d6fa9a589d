/*
 * tb_n.c - direct Tb.N: the inverse of the mean distance between the mid-axes of the structure.
 *
 * The mid-axis is the IPL ridge of the whole bone; everything else, bone and marrow alike, is the object whose
 * thickness is measured inside the VOI. The mid-axis itself is one or two voxels thick and left out, a bias of
 * about +5 % when axes are 20 voxels apart that belongs to the definition.
 * Source: Hildebrand et al. 1999, J Bone Miner Res 14:1167-1174; the steps as in IPL (definitions, 3.5).
 */
#include "measure/ipl_steps.h"

#include "core/memory.h"
#include "measure/thickness_stats.h"

static trb_status find_axes(void *user, const ipl_field *field, size_t from, size_t to, trb_error *err)
{
    return ipl_ridge_slices(field, NULL, from, to, user, 0, err);
}

static trb_status between_axes(const trb_mask *bone, size_t memory_bytes, uint64_t *mid_axis_voxels, trb_mask **out, trb_error *err)
{
    trb_mask *axis = NULL;
    *out = NULL;
    trb_status status = trb_mask_create(&bone->grid, &axis, err);
    if (!status)
        status = ipl_walk(bone, ipl_window_bytes(&bone->grid, memory_bytes), find_axes, axis, err);
    if (status) {
        trb_mask_destroy(axis);
        return status;
    }
    trb_memory_return();
    *mid_axis_voxels = trb_mask_count(axis);
    trb_mask_invert(axis); /* everything else, bone and marrow alike */
    *out = axis;
    return TRB_OK;
}

trb_status trb_tbn_direct_measure(const trb_mask *bone, const trb_mask *voi, size_t memory_bytes,
                                  trb_thickness *result, uint64_t *mid_axis_voxels, trb_error *err)
{
    const trb_thickness_options options = {TRB_THICKNESS_IPL, TRB_CENTRES_VOI, TRB_BORDER_UNKNOWN, memory_bytes, false, NULL};
    uint64_t axis_voxels = 0;
    trb_mask *between = NULL;
    trb_thickness_reset(result, TRB_THICKNESS_IPL);
    trb_status status = between_axes(bone, memory_bytes, &axis_voxels, &between, err);
    if (status)
        return status;
    if (axis_voxels)
        status = trb_thickness_measure(between, voi, &options, result, NULL, err);
    else
        status = trb_error_set(err, TRB_ERR_DATA,
                               "the image holds no bone, so there are no axes to measure between; check the "
                               "threshold");
    trb_mask_destroy(between);
    if (mid_axis_voxels)
        *mid_axis_voxels = axis_voxels;
    return status;
}
