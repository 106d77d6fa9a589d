/*
 * thickness.c - local thickness by named rule: the door.
 *
 * Distances are taken in the whole image, so the object outside the VOI is context. Under TRB_CENTRES_VOI the
 * distances outside the VOI are then set to 0: a voxel without distance is no centre. What is painted and
 * counted is the object inside the VOI; only Fiji's rule needs the balls beyond it.
 */
#include "trabecula/thickness.h"

#include "core/memory.h"
#include "measure/ipl.h"
#include "measure/thickness_fiji.h"
#include "measure/thickness_paint.h"
#include "measure/thickness_stats.h"

#include <stdlib.h>
#include <string.h>

const char *trb_thickness_rule_name(trb_thickness_rule rule)
{
    switch (rule) {
    case TRB_THICKNESS_EXACT: return "exact";
    case TRB_THICKNESS_EXACT_CLOSED: return "exact-closed";
    case TRB_THICKNESS_FIJI: return "fiji";
    case TRB_THICKNESS_IPL: return "ipl";
    case TRB_THICKNESS_IPL_V1: return "ipl-v1";
    }
    return "unknown";
}

trb_thickness_options trb_thickness_options_default(void)
{
    return (trb_thickness_options){TRB_THICKNESS_EXACT, TRB_CENTRES_IMAGE, TRB_BORDER_UNKNOWN};
}

/* The lengths of a map: mm when the voxel size is known, voxels otherwise. */
static double map_scale(const trb_grid *grid)
{
    return trb_grid_has_spacing(grid) ? grid->spacing_mm[0] : 1.0;
}

/* Fiji's rule: closed balls painted past the object and the VOI, then the clean-up. */
static trb_status measure_fiji(trb_paint_job *job, const trb_mask *inside, trb_thickness *result, float *map,
                               trb_error *err)
{
    const trb_grid *grid = &job->object->grid;
    trb_mask *nothing = NULL, *everything = NULL;
    trb_paint_result painted = {0, NULL, 0};
    float *t = trb_alloc(trb_grid_voxels(grid), sizeof *t, "the thickness map", err);
    trb_status status = t ? trb_mask_create(grid, &nothing, err) : TRB_ERR_MEMORY;
    if (!status)
        status = trb_mask_complement(nothing, &everything, err);
    trb_mask_destroy(nothing);
    job->wanted = everything;
    job->closed = true;
    job->map = t;
    job->scale = 1.0;
    if (!status)
        status = trb_thickness_paint(job, &painted, err);
    trb_mask_destroy(everything);
    free(painted.code_count);
    if (!status) {
        result->max_inside_vox = trb_thickness_of_r2(painted.largest_inside);
        status = trb_thickness_fiji(grid, t, inside, result, map, map_scale(grid), err);
    }
    free(t);
    return status;
}

/* The exact rules: what is painted is what counts. */
static trb_status measure_exact(trb_paint_job *job, const trb_mask *inside, trb_thickness *result, float *map,
                                trb_error *err)
{
    trb_paint_result painted;
    job->wanted = inside;
    job->closed = result->rule == TRB_THICKNESS_EXACT_CLOSED;
    job->map = map;
    job->scale = map_scale(&job->object->grid);
    trb_status status = trb_thickness_paint(job, &painted, err);
    if (status)
        return status;
    result->max_inside_vox = trb_thickness_of_r2(painted.largest_inside);
    result->code_count = painted.code_count;
    result->n_codes = painted.n_codes;
    while (result->n_codes > 1 && !result->code_count[result->n_codes - 1])
        result->n_codes--;
    return trb_thickness_from_codes(result, err);
}

static trb_status check(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options,
                        trb_error *err)
{
    if (voi && !trb_grid_same_size(&object->grid, &voi->grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the VOI is %zu x %zu x %zu voxels, the image is %zu x %zu x %zu", voi->grid.nx,
                             voi->grid.ny, voi->grid.nz, object->grid.nx, object->grid.ny, object->grid.nz);
    if (trb_grid_has_spacing(&object->grid) && !trb_grid_is_isotropic(&object->grid, 0.01))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "local thickness needs voxels of equal sides, these are %g x %g x %g mm: resample "
                             "the image (--resample isotropic)", object->grid.spacing_mm[0],
                             object->grid.spacing_mm[1], object->grid.spacing_mm[2]);
    if (strcmp(trb_thickness_rule_name(options->rule), "unknown") == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "thickness rule %d does not exist", (int)options->rule);
    return TRB_OK;
}

trb_status trb_thickness_measure(const trb_mask *object, const trb_mask *voi,
                                 const trb_thickness_options *options, trb_thickness *result, trb_volume **map,
                                 trb_error *err)
{
    trb_thickness_reset(result, options->rule);
    if (map)
        *map = NULL;
    trb_status status = check(object, voi, options, err);
    if (status)
        return status;
    if (options->rule == TRB_THICKNESS_IPL || options->rule == TRB_THICKNESS_IPL_V1)
        return trb_ipl_thickness_measure(object, voi, options, result, map, err);

    trb_mask *inside = NULL;
    trb_volume *lengths = NULL;
    status = trb_mask_copy(object, &inside, err);
    if (!status && voi)
        trb_mask_and(inside, voi);
    if (!status && map)
        status = trb_volume_create(&object->grid, TRB_F32, &lengths, err);
    if (!status && map)
        memset(lengths->voxels, 0, trb_grid_voxels(&object->grid) * sizeof(float));
    if (!status && trb_mask_count(inside)) {
        trb_paint_job job = {.object = object, .voi = voi, .border = options->border,
                             .centres_voi = options->centres == TRB_CENTRES_VOI};
        status = (options->rule == TRB_THICKNESS_FIJI ? measure_fiji : measure_exact)(
            &job, inside, result, map ? lengths->voxels : NULL, err);
    }
    trb_mask_destroy(inside);
    if (status) {
        trb_thickness_clear(result);
        trb_volume_destroy(lengths);
        return status;
    }
    if (map)
        *map = lengths;
    return TRB_OK;
}
