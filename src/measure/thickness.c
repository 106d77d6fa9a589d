/*
 * thickness.c - local thickness by named rule: the door.
 *
 * Distances are taken in the whole image, so the object outside the VOI is context. Under TRB_CENTRES_VOI the
 * distances outside the VOI are then set to 0: a voxel without distance is no centre. What is painted and
 * counted is the object inside the VOI; only Fiji's rule needs the balls beyond it.
 */
#include "trabecula/thickness.h"

#include "core/memory.h"
#include "measure/distance_exact.h"
#include "measure/ipl.h"
#include "measure/thickness_fiji.h"
#include "measure/thickness_paint.h"
#include "measure/thickness_stats.h"

#include <math.h>
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

/* Largest distance inside the VOI; outside it the distances go when centres there do not count. */
static uint32_t restrict_centres(uint32_t *d2, const trb_mask *voi, trb_ball_centres centres,
                                 const trb_grid *grid)
{
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (ptrdiff_t z = 0; z < (ptrdiff_t)grid->nz; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            uint32_t *row = d2 + ((size_t)z * grid->ny + y) * grid->nx;
            for (size_t x = 0; x < grid->nx; x++)
                if (!voi || trb_mask_get(voi, x, y, (size_t)z))
                    largest = row[x] > largest ? row[x] : largest;
                else if (centres == TRB_CENTRES_VOI)
                    row[x] = 0;
        }
    return largest;
}

/* Histogram of the codes; one row of the table per code. */
static trb_status count_codes(const uint32_t *codes, size_t voxels, trb_thickness *result, trb_error *err)
{
    uint32_t largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t i = 0; i < voxels; i++)
        largest = codes[i] > largest ? codes[i] : largest;
    result->n_codes = (size_t)largest + 1;
    result->code_count = trb_alloc_zero(result->n_codes, sizeof *result->code_count, "a histogram", err);
    if (!result->code_count)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < voxels; i++)
        result->code_count[codes[i]]++;
    result->code_count[0] = 0;
    return trb_thickness_from_codes(result, err);
}

/* The lengths of a map: mm when the voxel size is known, voxels otherwise. */
static double map_scale(const trb_grid *grid)
{
    return trb_grid_has_spacing(grid) ? grid->spacing_mm[0] : 1.0;
}

static void write_map(const uint32_t *codes, float *map, size_t voxels, double scale)
{
#pragma omp parallel for schedule(static)
    for (size_t i = 0; i < voxels; i++)
        map[i] = codes[i] ? (float)(trb_thickness_of_r2(codes[i]) * scale) : 0.0F;
}

/* The balls of `inside` (object in the VOI, not empty) to numbers and, when map is given, to a map. */
static trb_status measure(const trb_mask *object, const trb_mask *voi, const trb_mask *inside,
                          const trb_thickness_options *options, trb_thickness *result, trb_volume *map,
                          trb_error *err)
{
    const trb_grid *grid = &object->grid;
    const size_t voxels = trb_grid_voxels(grid);
    const bool fiji = options->rule == TRB_THICKNESS_FIJI, closed = options->rule != TRB_THICKNESS_EXACT;
    trb_mask *nothing = NULL, *everything = NULL;
    trb_volume *d2 = NULL;
    uint32_t *codes = NULL;
    trb_status status = trb_distance_squared(object, options->border, &d2, err);
    if (status)
        goto done;
    const uint32_t largest = restrict_centres(d2->voxels, voi, options->centres, grid);
    result->max_inside_vox = trb_thickness_of_r2(largest);
    if (fiji) {
        status = trb_mask_create(grid, &nothing, err);
        if (!status)
            status = trb_mask_complement(nothing, &everything, err);
        if (status)
            goto done;
    }
    codes = trb_alloc(voxels, sizeof *codes, "the thickness map", err);
    status = codes ? trb_thickness_paint_plain(grid, d2->voxels, closed, fiji ? everything : inside, codes, err)
                   : TRB_ERR_MEMORY;
    if (status)
        goto done;
    trb_volume_destroy(d2);
    d2 = NULL;
    if (fiji) {
        status = trb_thickness_fiji(grid, codes, inside, result, map ? map->voxels : NULL, map_scale(grid), err);
        goto done;
    }
    if (map)
        write_map(codes, map->voxels, voxels, map_scale(grid));
    status = count_codes(codes, voxels, result, err);
done:
    trb_mask_destroy(nothing);
    trb_mask_destroy(everything);
    trb_volume_destroy(d2);
    free(codes);
    return status;
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
    if (!status && trb_mask_count(inside))
        status = measure(object, voi, inside, options, result, lengths, err);
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
