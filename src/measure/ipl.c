/* ipl.c - from a mask to thickness by the IPL rules; the steps are in ipl_sweep.c to ipl_paint.c. */
#include "measure/ipl_steps.h"

#include "core/memory.h"
#include "measure/thickness_stats.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Moments from the histogram by diameter: whole numbers until the last step. */
static void summarise(trb_thickness *result)
{
    double sum = 0, squares = 0;
    for (size_t d = 1; d < result->n_codes; d++) {
        result->valued += result->code_count[d];
        sum += (double)d * (double)result->code_count[d];
        result->max_vox = result->code_count[d] ? (double)d : result->max_vox;
    }
    if (!result->valued)
        return;
    result->mean_vox = sum / (double)result->valued;
    for (size_t d = 1; d < result->n_codes; d++) {
        const double from_mean = (double)d - result->mean_vox;
        squares += from_mean * from_mean * (double)result->code_count[d];
    }
    result->sd_vox = sqrt(squares / (double)result->valued);
}

static double largest_inside(const ipl_balls *balls, const trb_mask *voi, size_t nz)
{
    double largest = NAN;
    for (size_t i = 0; i < balls->first[nz]; i++) {
        const ipl_ball *ball = &balls->ball[i];
        if (!(ball->d <= largest) && (!voi || trb_mask_get(voi, ball->x, ball->y, ball->z)))
            largest = ball->d;
    }
    return largest;
}

/* The histograms: by diameter, and in half voxels. */
static trb_status histograms_create(unsigned largest, trb_thickness *result, trb_error *err)
{
    result->n_codes = (size_t)largest + 1;
    result->n_bins = 2 * (size_t)largest + 1;
    result->code_count = trb_alloc_zero(result->n_codes, sizeof *result->code_count, "a histogram", err);
    result->bin_count = trb_alloc_zero(result->n_bins, sizeof *result->bin_count, "a histogram", err);
    return result->code_count && result->bin_count ? TRB_OK : TRB_ERR_MEMORY;
}

static trb_status check(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options,
                        trb_error *err)
{
    if (options->rule != TRB_THICKNESS_IPL && options->rule != TRB_THICKNESS_IPL_V1)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "not an ipl rule");
    if (options->border != TRB_BORDER_UNKNOWN)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                             "the ipl rules have no background outside the image; use the border 'unknown'");
    if (voi && !trb_grid_same_size(&object->grid, &voi->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the VOI has %zu x %zu x %zu voxels, the image %zu x %zu x %zu",
                             voi->grid.nx, voi->grid.ny, voi->grid.nz, object->grid.nx, object->grid.ny,
                             object->grid.nz);
    return TRB_OK;
}

trb_status trb_ipl_measure(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options, float *map,
                           const trb_map_sink *sink, double scale, trb_thickness *result, trb_error *err)
{
    const trb_mask *centres = options->centres == TRB_CENTRES_VOI ? voi : NULL;
    ipl_balls balls = {0};
    trb_status status = check(object, voi, options, err);
    if (!status)
        status = ipl_balls_walk(object, centres, options->rule == TRB_THICKNESS_IPL_V1 ? 1 : 3,
                                ipl_window_bytes(&object->grid, options->memory_bytes), &balls, err);
    if (!status)
        status = histograms_create(balls.largest, result, err);
    if (!status)
        status = ipl_paint(&balls, object, voi, map, sink, (float)scale, result->code_count, err);
    if (!status) {
        result->voxels = trb_mask_count_and(object, voi);
        for (size_t d = 0; d < result->n_codes; d++)
            result->bin_count[2 * d] = result->code_count[d];
        summarise(result);
        result->max_inside_vox = largest_inside(&balls, voi, object->grid.nz);
    }
    ipl_balls_clear(&balls);
    return status;
}
