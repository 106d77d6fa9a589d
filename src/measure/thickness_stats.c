/* thickness_stats.c - from an integer histogram of squared radii to mean, SD and maximum. */
#include "measure/thickness_stats.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>

double trb_thickness_of_r2(uint64_t r2)
{
    return 2.0 * sqrt((double)r2);
}

void trb_thickness_reset(trb_thickness *result, trb_thickness_rule rule)
{
    *result = (trb_thickness){.rule = rule, .mean_vox = NAN, .sd_vox = NAN, .max_vox = NAN,
                              .max_inside_vox = NAN, .weighted_mean_vox = NAN};
}

void trb_thickness_clear(trb_thickness *result)
{
    if (!result)
        return;
    free(result->code_count);
    free(result->bin_count);
    trb_thickness_reset(result, result->rule);
}

trb_status trb_thickness_from_codes(trb_thickness *result, trb_error *err)
{
    const size_t n = result->n_codes;
    double sum = 0, squares = 0;
    size_t top = 0;
    result->voxels = 0;
    for (size_t r2 = 1; r2 < n; r2++) {
        if (!result->code_count[r2])
            continue;
        top = r2;
        result->voxels += result->code_count[r2];
        sum += (double)result->code_count[r2] * trb_thickness_of_r2(r2);
    }
    result->valued = result->voxels;
    if (!result->voxels)
        return TRB_OK;
    result->mean_vox = sum / (double)result->voxels;
    result->max_vox = trb_thickness_of_r2(top);
    /* Bins of half a voxel: floor(2 T) = floor(4 sqrt(r2)), exact at these sizes. */
    result->n_bins = (size_t)(2.0 * result->max_vox) + 1;
    result->bin_count = trb_alloc_zero(result->n_bins, sizeof *result->bin_count, "a histogram", err);
    if (!result->bin_count)
        return TRB_ERR_MEMORY;
    for (size_t r2 = 1; r2 <= top; r2++) {
        const double t = trb_thickness_of_r2(r2), off = t - result->mean_vox;
        squares += (double)result->code_count[r2] * off * off;
        result->bin_count[(size_t)(2.0 * t)] += result->code_count[r2];
    }
    result->sd_vox = sqrt(squares / (double)result->voxels);
    return TRB_OK;
}
