/* phantom.c - options checked, a shape or a foam filled in, and its look. */
#include "trabecula/phantom.h"

#include "core/memory.h"
#include "phantom/phantom_look.h"
#include "phantom/phantom_shape.h"

#include <math.h>
#include <stdlib.h>

trb_phantom_options trb_phantom_options_default(trb_phantom_kind kind)
{
    return (trb_phantom_options){.kind = kind,
                                 .thickness_vox = 5,
                                 .spacing_mm = 0.01,
                                 .bv_tv = 0.20,
                                 .plate_share = 0.65,
                                 .elongation = 1,
                                 .seed = 1,
                                 .type = TRB_U8,
                                 .marrow_grey = 0,
                                 .bone_grey = 255};
}

/* Not written as v < low || v > high: NaN must fail. */
static bool within(double v, double low, double high)
{
    return v >= low && v <= high;
}

static trb_status check(const trb_phantom_options *o, trb_error *err)
{
    if ((int)o->kind < 0 || o->kind >= TRB_PHANTOM_KINDS)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no phantom number %d", (int)o->kind);
    if (!within(o->thickness_vox, 1, 2000))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "thickness %g voxels: it must be 1 to 2000 voxels",
                             o->thickness_vox);
    if (!within(o->spacing_mm, 1e-6, 1e3))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voxel size %g mm: it must be 1e-6 to 1000 mm",
                             o->spacing_mm);
    if (o->type != TRB_U8 && o->type != TRB_U16)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "a phantom is uint8 or uint16, not %s",
                             trb_type_name(o->type));
    const double highest = o->type == TRB_U8 ? UINT8_MAX : UINT16_MAX;
    if (!within(o->marrow_grey, 0, highest) || !within(o->bone_grey, 0, highest) ||
        o->marrow_grey == o->bone_grey)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "grey values %g (marrow) and %g (bone): they must differ and lie in 0 to %g, the "
                             "range of %s",
                             o->marrow_grey, o->bone_grey, highest, trb_type_name(o->type));
    if (!within(o->blur_vox, 0, 100))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "blur %g voxels: it must be 0 to 100 voxels", o->blur_vox);
    if (!within(o->noise_grey, 0, highest))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "noise of %g grey values: it must be 0 to %g",
                             o->noise_grey, highest);
    return TRB_OK;
}

/* Grid, VOI and closed forms. shape stays empty for foam. */
static trb_status plan(const trb_phantom_options *options, trb_phantom_shape *shape, trb_grid *grid,
                       trb_phantom_truth *truth, trb_error *err)
{
    trb_status status = check(options, err);
    if (!status)
        status = options->kind == TRB_PHANTOM_FOAM ? trb_phantom_foam_init(options, shape, truth, err)
                                                   : trb_phantom_shape_init(options, shape, truth, err);
    if (status)
        return status;
    const size_t n = shape->edge + 2 * shape->margin;
    const double s = options->spacing_mm;
    *grid = (trb_grid){n, n, n, {s, s, s}, {0, 0, 0}};
    return trb_grid_check(grid, err);
}

trb_status trb_phantom_describe(const trb_phantom_options *options, trb_grid *grid, trb_phantom_truth *truth,
                                trb_error *err)
{
    trb_phantom_shape shape;
    trb_grid its_grid;
    trb_phantom_truth its_truth;
    trb_status status = plan(options, &shape, &its_grid, &its_truth, err);
    if (status)
        return status;
    if (grid)
        *grid = its_grid;
    if (truth)
        *truth = its_truth;
    return TRB_OK;
}

static void fill_shape(const trb_phantom_shape *shape, const trb_grid *grid, float *covered)
{
    const ptrdiff_t nz = (ptrdiff_t)grid->nz;
#pragma omp parallel for schedule(dynamic, 1) /* slices through the shape cost more than empty ones */
    for (ptrdiff_t z = 0; z < nz; z++)
        trb_phantom_shape_slice(shape, (size_t)z, covered + (size_t)z * grid->nx * grid->ny);
}

trb_status trb_phantom_create(const trb_phantom_options *options, trb_volume **out, trb_phantom_truth *truth,
                              trb_error *err)
{
    trb_phantom_shape shape;
    trb_grid grid;
    trb_phantom_truth its_truth;
    trb_volume *volume = NULL;
    float *covered = NULL;
    *out = NULL;
    trb_status status = plan(options, &shape, &grid, &its_truth, err);
    if (!status)
        status = trb_volume_create(&grid, options->type, &volume, err);
    if (status)
        goto done;
    covered = trb_alloc(trb_grid_voxels(&grid), sizeof *covered, "a phantom", err);
    if (!covered) {
        status = TRB_ERR_MEMORY;
        goto done;
    }
    if (options->kind == TRB_PHANTOM_FOAM)
        status = trb_phantom_foam_fill(options, &grid, covered, &its_truth, err);
    else
        fill_shape(&shape, &grid, covered);
    if (!status && options->blur_vox > 0)
        status = trb_phantom_blur(covered, &grid, options->blur_vox, err);
    if (status)
        goto done;
    trb_phantom_develop(covered, options, volume);
    if (truth)
        *truth = its_truth;
    *out = volume; /* handed over */
    volume = NULL;
done:
    free(covered);
    trb_volume_destroy(volume);
    return status;
}
