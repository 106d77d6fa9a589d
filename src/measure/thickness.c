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
#include "measure/subvoxel.h"
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
    case TRB_THICKNESS_SUBVOXEL: return "subvoxel";
    }
    return "unknown";
}

trb_thickness_options trb_thickness_options_default(void)
{
    return (trb_thickness_options){TRB_THICKNESS_EXACT, TRB_CENTRES_IMAGE, TRB_BORDER_UNKNOWN, 0, false, NULL};
}

/* The lengths of a map: mm when the voxel size is known, voxels otherwise. */
static double map_scale(const trb_grid *grid)
{
    return trb_grid_has_spacing(grid) ? grid->spacing_mm[0] : 1.0;
}

/* Fiji's rule: closed balls painted past the object and the VOI, then the clean-up. */
static trb_status measure_fiji(trb_paint_job *job, trb_thickness *result, trb_error *err)
{
    trb_paint_result painted = {0, NULL, 0};
    trb_fiji_cleaner cleaner = {.object = job->object, .voi = job->voi, .scale = job->scale, .map = job->map,
                                .sink = job->sink};
    const trb_map_sink to_cleaner = {trb_fiji_planes, &cleaner};
    trb_status status = trb_fiji_begin(&cleaner, err);
    job->closed = true;
    job->map = NULL;
    job->sink = &to_cleaner;
    job->scale = 1.0;
    if (!status)
        status = trb_thickness_paint(job, &painted, err);
    free(painted.code_count);
    if (!status) {
        result->max_inside_vox = trb_thickness_of_r2(painted.largest_inside);
        trb_fiji_finish(&cleaner, result);
    }
    trb_fiji_clear(&cleaner);
    return status;
}

/* The exact rules: what is painted is what counts. */
static trb_status measure_exact(trb_paint_job *job, trb_thickness *result, trb_error *err)
{
    trb_paint_result painted;
    job->wanted = job->object;
    job->wanted_too = job->voi;
    job->closed = result->rule == TRB_THICKNESS_EXACT_CLOSED;
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

/* No object voxel in the VOI: every plane of the map is 0. */
static trb_status send_nothing(const trb_grid *grid, const trb_map_sink *sink, trb_error *err)
{
    float *plane = trb_alloc_zero(grid->nx * grid->ny, sizeof *plane, "a plane of the map", err);
    trb_status status = plane ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t z = 0; !status && z < grid->nz; z++)
        status = sink->planes(sink->user, z, 1, plane, err);
    free(plane);
    return status;
}

/* map and sink: one of them at most. */
static trb_status measure(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options, float *map,
                          const trb_map_sink *sink, trb_thickness *result, trb_error *err)
{
    trb_thickness_reset(result, options->rule);
    trb_status status = check(object, voi, options, err);
    if (status)
        return status;
    if (trb_mask_count_and(object, voi) == 0) {
        status = sink ? send_nothing(&object->grid, sink, err) : TRB_OK;
    } else if (options->rule == TRB_THICKNESS_IPL || options->rule == TRB_THICKNESS_IPL_V1) {
        status = trb_ipl_measure(object, voi, options, map, sink, map_scale(&object->grid), result, err);
    } else if (options->rule == TRB_THICKNESS_SUBVOXEL) {
        status = trb_subvoxel_measure(object, voi, options, map, sink, map_scale(&object->grid), result, err);
    } else {
        trb_paint_job job = {.object = object, .voi = voi, .border = options->border, .map = map, .sink = sink,
                             .centres_voi = options->centres == TRB_CENTRES_VOI, .scale = map_scale(&object->grid),
                             .memory_bytes = options->memory_bytes};
        status = (options->rule == TRB_THICKNESS_FIJI ? measure_fiji : measure_exact)(&job, result, err);
    }
    if (status)
        trb_thickness_clear(result);
    return status;
}

trb_status trb_thickness_measure(const trb_mask *object, const trb_mask *voi,
                                 const trb_thickness_options *options, trb_thickness *result, trb_volume **map,
                                 trb_error *err)
{
    trb_volume *lengths = NULL;
    if (!map)
        return measure(object, voi, options, NULL, NULL, result, err);
    *map = NULL;
    trb_thickness_reset(result, options->rule);
    trb_status status = trb_volume_create(&object->grid, TRB_F32, &lengths, err);
    if (!status) {
        memset(lengths->voxels, 0, trb_grid_voxels(&object->grid) * sizeof(float));
        status = measure(object, voi, options, lengths->voxels, NULL, result, err);
    }
    if (status) {
        trb_volume_destroy(lengths);
        return status;
    }
    *map = lengths;
    return TRB_OK;
}

trb_status trb_thickness_stream(const trb_mask *object, const trb_mask *voi, const trb_thickness_options *options,
                                const trb_map_sink *sink, trb_thickness *result, trb_error *err)
{
    return measure(object, voi, options, NULL, sink, result, err);
}
