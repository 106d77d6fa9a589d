/* run_voi.c - the VOI that is found in the image itself: compartments of a bone, for one analysis. */
#include "prepare/compartments.h"
#include "record/run.h"

#include <stdio.h>
#include <string.h>

#define SIDES_TOUCHED 0.01 /* less is a speck, or a bone that just fits */

/* What was found, so that a reader can repeat it with other thresholds. */
static trb_status note_found(struct run *run, const trb_voi_auto *options, const trb_compartments *found)
{
    char text[420], values[160];
    const trb_linear *density = &run->record->calibration.density;
    trb_status status =
        trb_run_add_fact(run, "VOI", trb_voi_auto_text(options, text, sizeof text), "voi auto");
    int used = snprintf(values, sizeof values, "periosteal %.6g grey, endosteal %.6g grey", found->peri_grey,
                        found->endo_grey);
    if (density->known)
        snprintf(values + used, sizeof values - (size_t)used, " (%.4g and %.4g mgHA/cm3)",
                 density->slope * found->peri_grey + density->intercept,
                 density->slope * found->endo_grey + density->intercept);
    return status ? status : trb_run_add_fact(run, "VOI thresholds", values, "voi auto");
}

trb_status trb_run_auto_voi(struct run *run)
{
    trb_voi_auto options;
    trb_compartments found;
    trb_status status = trb_voi_auto_parse(run->settings->voi, &options, run->err);
    const bool guessed = !status && options.preset == TRB_BONE_BY_VOXEL_SIZE;
    if (!status)
        status = trb_voi_auto_resolve(&options, &run->record->grid, run->err);
    if (!status) {
        /* The source knows the file's voxel size, the record the one that counts. */
        trb_grid *grid = &run->source->grid;
        const trb_grid files = *grid;
        memcpy(grid->spacing_mm, run->record->grid.spacing_mm, sizeof grid->spacing_mm);
        status = trb_grey_compartments(run->source, &run->record->calibration, &options, &found, run->err);
        memcpy(grid->spacing_mm, files.spacing_mm, sizeof grid->spacing_mm);
    }
    if (status) {
        trb_error_within(run->err, "voi auto");
        return status;
    }
    if (guessed)
        trb_record_warn(run->record,
                        "the VOI uses the lengths for a %s bone, chosen by the voxel size: name it, as in "
                        "--voi auto,preset=%s",
                        trb_bone_preset_name(options.preset), trb_bone_preset_name(options.preset));
    if (found.sides > SIDES_TOUCHED)
        trb_record_warn(run->record,
                        "voi auto: the bone reaches %.2g %% of the sides of the image; compartments need "
                        "the whole cross-section of a bone: look at the picture",
                        100 * found.sides);
    status = note_found(run, &options, &found);
    run->products->voi = trb_compartments_take(&found, options.compartment);
    memcpy(run->products->voi->grid.spacing_mm, run->record->grid.spacing_mm,
           sizeof run->record->grid.spacing_mm);
    return status;
}
