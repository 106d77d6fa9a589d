/* anisotropy_grey.c - the fabric from the normals of the surface of grey values. */
#include "measure/anisotropy_fit.h"
#include "measure/grey_measures.h"
#include "measure/normal_bins.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

trb_status trb_grey_anisotropy(trb_grey_source *source, const trb_filter *filter, double level, bool invert,
                               const trb_mask *bone, const trb_mask *voi, double h_mm, const trb_da_options *options,
                               trb_fabric *out, trb_error *err)
{
    memset(out, 0, sizeof *out);
    trb_status status = trb_anisotropy_check(h_mm, options, err);
    if (status)
        return status;
    trb_mil mil = {0};
    trb_grey_enclosed enclosed;
    trb_normal_bins *normals = trb_alloc_zero(1, sizeof *normals, "normals", err);
    if (!normals)
        return TRB_ERR_MEMORY;
    status = trb_grey_enclose(source, filter, level, invert, bone, voi, normals, &enclosed, err);
    if (!status)
        status = trb_mil_of_normals(&mil, normals, enclosed.cells, err);
    if (!status)
        status = trb_anisotropy_fit(&mil, h_mm, options, out, err);
    free(normals);
    trb_mil_clear(&mil);
    return status;
}

trb_status trb_anisotropy_grey(const trb_volume *volume, const trb_filter *filter, double level, bool invert,
                               const trb_mask *bone, const trb_mask *voi, double h_mm, const trb_da_options *options,
                               trb_fabric *out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_anisotropy(&source, filter, level, invert, bone, voi, h_mm, options, out, err);
}
