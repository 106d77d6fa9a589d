/* run_fabric.c - fabric, degree of anisotropy and skeleton of one analysis: measuring, and what to say about it. */
#include "record/run.h"

#include <math.h>

#define ENOUGH 5 /* intercept lengths across the VOI: Harrigan & Mann 1984 ask for five at least */

trb_status trb_run_measure_fabric(struct run *run, double level)
{
    trb_error inner = {TRB_OK, ""};
    trb_record *record = run->record;
    const trb_da_options *da = &run->settings->da;
    const trb_mask *bone = run->products->bone, *voi = run->products->voi;
    if (da->rule == TRB_DA_MESH_GREY && record->threshold.local) {
        snprintf(run->da_reason, sizeof run->da_reason, "%s", TRB_NO_SINGLE_LEVEL);
        return TRB_OK;
    }
    const trb_status status =
        da->rule == TRB_DA_MESH_GREY
            ? trb_grey_anisotropy(run->seen, &run->filter, level, run->settings->invert, bone, voi, run->h_mm, da, &record->fabric, &inner)
            : trb_anisotropy_measure(bone, voi, run->h_mm, da, &record->fabric, &inner);
    record->has_fabric = status == TRB_OK;
    if (status == TRB_ERR_DATA) {
        snprintf(run->da_reason, sizeof run->da_reason, "%.150s", inner.text);
        return TRB_OK;
    }
    if (!status && isnan(record->fabric.da))
        snprintf(run->da_reason, sizeof run->da_reason, "no ellipsoid fits the intercept lengths");
    return status ? trb_error_set(run->err, status, "%s", inner.text) : TRB_OK;
}

trb_status trb_run_measure_skeleton(struct run *run)
{
    trb_mask *skeleton = NULL;
    trb_status status = trb_skeleton_create(run->products->bone, &skeleton, run->err);
    if (!status)
        status = trb_skeleton_measure(skeleton, run->products->voi, &run->skeleton, run->err);
    trb_mask_destroy(skeleton);
    return status;
}

void trb_run_fabric_tag(const struct run *run, char *tag, size_t size)
{
    const trb_da_options *da = &run->settings->da;
    if (da->rule == TRB_DA_MIL)
        snprintf(tag, size, "mil, %zu directions, step %g voxels", da->directions, da->step_vox);
    else
        snprintf(tag, size, "%s, %zu directions", trb_da_rule_name(da->rule), da->directions);
}

void trb_run_say_fabric(const struct run *run, FILE *out)
{
    const trb_da_options *da = &run->settings->da;
    fprintf(out,
            " The degree of anisotropy is 1 - smallest/largest eigenvalue of the ellipsoid fitted to mean "
            "intercept "
            "lengths in %zu directions (Harrigan and Mann 1984), ",
            da->directions);
    if (da->rule == TRB_DA_MIL)
        fprintf(out, "along lines at every offset sampled every %g voxels.", da->step_vox);
    else
        fprintf(out, "from the normals of the marching-cubes surface of the %s.",
                da->rule == TRB_DA_MESH_GREY ? "grey values at the threshold" : "segmented image");
}

double trb_run_shortest_side(const struct run *run)
{
    const trb_grid *grid = &run->record->grid;
    trb_box box = trb_grid_box(grid);
    if (run->products->voi && !trb_mask_bounds(run->products->voi, &box))
        return 0;
    double side = INFINITY;
    for (int axis = 0; axis < 3; axis++)
        side = fmin(side, (double)(box.hi[axis] - box.lo[axis]) * grid->spacing_mm[axis]);
    return side;
}

void trb_run_warn_of_fabric(struct run *run)
{
    const trb_fabric *fabric = &run->record->fabric;
    if (!run->record->has_fabric)
        return;
    const double across = trb_run_shortest_side(run) / fabric->mean_mil_mm;
    if (across < ENOUGH)
        trb_record_warn(
            run->record,
            "DA: the VOI is %.2g mean intercept lengths (%.3g mm) across; under %d the fabric is that of few "
            "trabeculae",
            across, fabric->mean_mil_mm, ENOUGH);
}
