/* plates.c - thin, clean, count, and hand the classes back to the bone. */
#include "trabecula/plates.h"

#include "core/memory.h"
#include "measure/margin.h"
#include "measure/plates_parts.h"
#include "measure/plates_share.h"

#include <math.h>
#include <stdlib.h>

trb_plates_options trb_plates_options_default(void)
{
    return (trb_plates_options){2};
}

static trb_status count_and_share(trb_thinned *thinned, const trb_mask *bone, const trb_mask *voi, trb_plates *out,
                                  trb_mask **plate_bone, trb_error *err)
{
    trb_voxel_list list;
    trb_mask *plates = NULL;
    uint8_t *sheet = NULL;
    trb_status status = trb_voxel_list_make(thinned->skeleton, &list, err);
    if (!status) {
        sheet = trb_alloc(list.count ? list.count : 1, 1, "a skeleton", err);
        status = sheet ? trb_plates_clean(thinned, &list, sheet, err) : TRB_ERR_MEMORY;
    }
    if (!status)
        status = trb_plates_count(thinned, &list, sheet, voi, out, err);
    trb_voxel_list_clear(&list);
    free(sheet);
    if (!status)
        status = trb_plates_share(thinned, thinned->sheet, err);
    if (!status)
        status = trb_mask_without_margin(thinned->sheet, &bone->grid, &plates, err);
    if (status)
        return status;
    trb_mask_and(plates, bone);
    if (voi) {
        trb_mask *counted = NULL;
        status = trb_mask_copy(bone, &counted, err);
        if (!status) {
            trb_mask_and(counted, voi);
            out->rod_voxels = trb_mask_count(counted);
            out->plate_voxels = trb_mask_count_and(plates, voi);
        }
        trb_mask_destroy(counted);
    } else {
        out->rod_voxels = trb_mask_count(bone);
        out->plate_voxels = trb_mask_count(plates);
    }
    out->rod_voxels -= out->plate_voxels;
    if (plate_bone && !status)
        *plate_bone = plates;
    else
        trb_mask_destroy(plates);
    return status;
}

trb_status trb_plates_measure(const trb_mask *bone, const trb_mask *voi, const trb_plates_options *options, trb_plates *out,
                              trb_mask **plate_bone, trb_error *err)
{
    *out = (trb_plates){.rod_length_mean = NAN};
    if (plate_bone)
        *plate_bone = NULL;
    const trb_grid *a = &bone->grid, *b = voi ? &voi->grid : a;
    if (a->nx != b->nx || a->ny != b->ny || a->nz != b->nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the VOI is %zu x %zu x %zu voxels, the bone mask %zu x %zu x %zu", b->nx, b->ny,
                             b->nz, a->nx, a->ny, a->nz);
    if (!(options->aspect > 1 && options->aspect <= 10))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "an aspect of %g tells no plates from rods: it is above 1 and up to 10", options->aspect);
    trb_thinned thinned;
    trb_status status = trb_thin_surface(bone, options->aspect, &thinned, err);
    if (!status)
        status = count_and_share(&thinned, bone, voi, out, plate_bone, err);
    trb_thinned_clear(&thinned);
    return status;
}

trb_status trb_plates_to_volume(const trb_mask *bone, const trb_mask *plate_bone, trb_volume **out, trb_error *err)
{
    *out = NULL;
    const trb_grid *a = &bone->grid, *b = &plate_bone->grid;
    if (a->nx != b->nx || a->ny != b->ny || a->nz != b->nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the plates are %zu x %zu x %zu voxels, the bone mask %zu x %zu x %zu", b->nx, b->ny,
                             b->nz, a->nx, a->ny, a->nz);
    const trb_status status = trb_mask_to_volume(bone, 1, out, err);
    if (status)
        return status;
    uint8_t *at = (*out)->voxels;
    for (size_t z = 0; z < a->nz; z++)
        for (size_t y = 0; y < a->ny; y++)
            for (size_t x = 0; x < a->nx; x++, at++)
                *at = (uint8_t)(*at + trb_mask_get(plate_bone, x, y, z));
    return TRB_OK;
}

double trb_plates_bytes(const trb_grid *grid)
{
    const double margin = (ceil((double)(grid->nx + 2) / 64) * 8) * (double)(grid->ny + 2) * (double)(grid->nz + 2);
    const double voxels = (double)grid->nx * (double)grid->ny * (double)grid->nz;
    const double rows = (double)(grid->ny + 2) * (double)(grid->nz + 2) * 32;
    return fmax(5 * voxels, 2 * voxels + 9 * margin + rows) + 0.9 * voxels; /* and lists of the skeleton */
}
