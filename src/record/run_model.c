/* run_model.c - SMI and Tb.Pf of a run. */
#include "record/run.h"

#include "measure/mesh_export.h"
#include "measure/smi.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#define MUCH_CONCAVE 10.0 /* per cent: from here on SMI misleads */

static bool wants_smi(const struct run *run)
{
    return trb_run_wants(run, "SMI") || trb_run_wants(run, "SMI.concave");
}

static bool wants_dilation(const struct run *run)
{
    return trb_run_wants(run, "SMI.dil") || trb_run_wants(run, "Tb.Pf");
}

bool trb_run_wants_model(const struct run *run)
{
    return wants_smi(run) || wants_dilation(run);
}

/* Is the bone all that lies beyond one grey value? Not when it was cleaned, nor with a local threshold (no one level)
 * or hysteresis (only what hangs together with the seeds). */
static bool is_one_level(const struct run *run, double level)
{
    const trb_settings *settings = run->settings;
    return settings->despeckle_voxels <= 1 && !settings->keep_largest && !settings->fill_holes && isfinite(level) &&
           isnan(run->record->threshold.seed_grey);
}

/* The grey surface is the better one, but knows nothing of what was taken away from it. */
static bool takes_grey(const struct run *run, double level)
{
    return run->settings->surface != TRB_BS_MC && run->settings->surface != TRB_BS_LORENSEN && is_one_level(run, level);
}

static trb_mesh_field field_of(struct run *run, bool grey, double level)
{
    return grey ? trb_mesh_field_of_grey(run->seen, &run->filter, level, run->settings->invert)
                : trb_mesh_field_of_mask(run->products->bone);
}

/* "grey surface, closed at walls: 132624 of 1326238 triangles, volume -0.059 %, ..." */
static trb_status tell_mesh(struct run *run, bool grey, const trb_mesh_counts *c)
{
    const trb_mesh_options *how = &run->mesh->options;
    char text[400];
    int n = snprintf(text, sizeof text, "%s surface, %s at walls: %" PRIu64, grey ? "grey" : "binary",
                     how->open_walls ? "open" : "closed", c->triangles);
    if (c->triangles_before != c->triangles)
        n += snprintf(text + n, sizeof text - (size_t)n, " of %" PRIu64, c->triangles_before);
    n += snprintf(text + n, sizeof text - (size_t)n, " triangles");
    if (c->triangles_before != c->triangles && !how->open_walls)
        n += snprintf(text + n, sizeof text - (size_t)n, ", volume %+.3g %%", 100 * (c->volume_mm3 / c->volume_before_mm3 - 1));
    if (c->triangles_before != c->triangles)
        snprintf(text + n, sizeof text - (size_t)n, ", area %+.3g %%, quadric error up to %.3g um",
                 100 * (c->area_mm2 / c->area_before_mm2 - 1), 1000 * c->error_mm);
    return trb_run_add_fact(run, "mesh", text, "mesh");
}

trb_status trb_run_write_mesh(struct run *run, double level)
{
    const bool grey = !run->mesh->binary && is_one_level(run, level);
    trb_mesh_field field = field_of(run, grey, level);
    trb_mesh_options how = run->mesh->options;
    trb_mesh_counts counts;
    if (how.memory_bytes == 0)
        how.memory_bytes = run->mesh_bytes;
    const trb_status status = trb_mesh_export(run->mesh->path, &field, run->products->voi, &how, &counts, run->err);
    if (status) {
        trb_error_within(run->err, "mesh");
        return status;
    }
    return tell_mesh(run, grey, &counts);
}

trb_status trb_run_measure_model(struct run *run, double level)
{
    struct run_model *model = &run->model;
    const trb_mask *bone = run->products->bone, *voi = run->products->voi;
    trb_status status = TRB_OK;
    if (wants_smi(run)) {
        model->grey = takes_grey(run, level);
        trb_mesh_field field = field_of(run, model->grey, level);
        status = trb_field_smi(&field, voi, run->bv_voxels, run->memory_bytes, &model->smi, run->err);
        model->smi_known = !status;
    }
    if (!status && wants_dilation(run) && !trb_run_is_flat(run)) {
        status = trb_dilation_measure(bone, voi, 6, &model->dilation, run->err);
        model->dilation_known = !status;
    }
    return status;
}

trb_status trb_run_add_model(struct run *run)
{
    const struct run_model *model = &run->model;
    const bool bone = run->bv_voxels > 0;
    const char *reason = !bone ? "no bone in the VOI" : trb_run_is_flat(run) ? TRB_FLAT : "no surface in the VOI";
    const char *mesh = model->grey || (!model->smi_known && takes_grey(run, run->record->threshold.grey)) ? "mesh normals, grey" : "mesh normals, binary";
    const char *dilation = "dilation by 6 neighbours";
    const double concave = model->smi_known ? 100 * model->smi.concave_area_fraction : NAN;
    trb_status status = trb_run_add(run, "SMI", model->smi_known ? model->smi.smi : NAN, mesh, reason);
    if (!status)
        status = trb_run_add(run, "SMI.concave", concave, mesh, reason);
    if (!status)
        status = trb_run_add(run, "SMI.dil", model->dilation_known ? model->dilation.smi : NAN, dilation, reason);
    if (!status)
        status = trb_run_add(run, "Tb.Pf", model->dilation_known ? model->dilation.tb_pf / run->h_mm : NAN, dilation, reason);
    if (!status && concave > MUCH_CONCAVE)
        trb_record_warn(run->record, "SMI: %.0f %% of the surface is concave and counts negative, so SMI follows BV/TV and does not "
                                     "tell plates from rods (Salmon 2015)", concave);
    if (!status && model->dilation_known && model->dilation.tb_pf < 0 && !(concave > MUCH_CONCAVE))
        trb_record_warn(run->record, "SMI.dil and Tb.Pf are negative: the surface is mostly concave, so they follow BV/TV and do not tell plates from "
                                     "rods (Salmon 2015)");
    return status;
}
