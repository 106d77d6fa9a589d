/*
 * distance.c - the door to the distance maps: checks, and which path serves.
 *
 * The fast path holds squared distances in 16 bits and says when that was not enough; then the plain path
 * computes everything again in 32 bits. Unequal axes take the plain path in double.
 */
#include "trabecula/distance.h"

#include "core/memory.h"
#include "measure/distance_exact.h"
#include "measure/distance_fast.h"

#include <stdlib.h>

/* The object has voxels but the image has no background: every distance is infinite. */
static trb_status check_background(const trb_mask *object, trb_border border, trb_error *err)
{
    if (border == TRB_BORDER_UNKNOWN && trb_mask_count(object) == trb_grid_voxels(&object->grid))
        return trb_error_set(err, TRB_ERR_DATA,
                             "every voxel of the image is object, so no distance ends: check the threshold");
    return TRB_OK;
}

/* A slab into the volume. */
static void copy_slab(const trb_d2_slab *slab, const trb_grid *grid, size_t z0, size_t z1, uint32_t *out)
{
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = (ptrdiff_t)z0; z < (ptrdiff_t)z1; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            const size_t from = ((size_t)z - z0) * slab->plane + y * slab->row;
            uint32_t *to = out + ((size_t)z * grid->ny + y) * grid->nx;
            for (size_t x = 0; x < grid->nx; x++)
                to[x] = (uint32_t)(slab->wide ? slab->d2_wide[from + x] : slab->d2[from + x]);
        }
}

/* *proven: false when a distance passes what this width can hold. */
static trb_status squared_fast(const trb_mask *object, trb_border border, bool wide, uint32_t *out, bool *proven,
                               trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const size_t step = grid->nz < TRB_SLAB_PLANES ? grid->nz : 64;
    trb_d2_slab slab;
    trb_status status = trb_d2_slab_init(&slab, grid, step, wide, err);
    *proven = true;
    for (size_t z = 0; !status && *proven && z < grid->nz; z += step) {
        const size_t end = z + step < grid->nz ? z + step : grid->nz;
        status = trb_d2_slab_compute(&slab, object, border, (ptrdiff_t)z, (ptrdiff_t)end, err);
        for (size_t i = 0; !status && i < end - z; i++)
            *proven = *proven && slab.highest[i] < trb_d2_far(wide);
        if (!status && *proven)
            copy_slab(&slab, grid, z, end, out);
    }
    trb_d2_slab_clear(&slab);
    return status;
}

trb_status trb_distance_squared(const trb_mask *object, trb_border border, trb_volume **out, trb_error *err)
{
    *out = NULL;
    trb_volume *d2 = NULL;
    bool proven = false;
    trb_status status = trb_distance_fits(&object->grid, err);
    if (!status)
        status = check_background(object, border, err);
    if (!status)
        status = trb_volume_create(&object->grid, TRB_U32, &d2, err);
    if (!status)
        status = squared_fast(object, border, false, d2->voxels, &proven, err);
    if (!status && !proven)
        status = squared_fast(object, border, true, d2->voxels, &proven, err);
    if (!status && !proven) /* beyond 4095 voxels */
        status = trb_distance_exact_planes(object, border, 0, object->grid.nz, d2->voxels, err);
    if (status) {
        trb_volume_destroy(d2);
        return status;
    }
    *out = d2;
    return TRB_OK;
}

trb_status trb_distance_mm(const trb_mask *object, trb_border border, trb_volume **out, trb_error *err)
{
    *out = NULL;
    trb_volume *mm = NULL;
    if (!trb_grid_has_spacing(&object->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a distance in mm needs the voxel size: set --voxel-size");
    trb_status status = trb_distance_fits(&object->grid, err);
    if (!status)
        status = check_background(object, border, err);
    if (!status)
        status = trb_volume_create(&object->grid, TRB_F32, &mm, err);
    if (!status)
        status = trb_distance_exact_mm(object, border, mm, err);
    if (status) {
        trb_volume_destroy(mm);
        return status;
    }
    *out = mm;
    return TRB_OK;
}
