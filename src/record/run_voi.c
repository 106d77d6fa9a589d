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

trb_status trb_run_auto_voi(void *user, const char *vois, const trb_grid *wanted, trb_mask **out, trb_error *err)
{
    struct run *run = user;
    trb_voi_auto options;
    trb_compartments found;
    *out = NULL;
    trb_status status = trb_voi_auto_parse(vois, &options, err);
    const bool guessed = !status && options.preset == TRB_BONE_BY_VOXEL_SIZE;
    if (!status)
        status = trb_voi_auto_resolve(&options, &run->record->grid, err);
    if (!status) {
        /* The source knows the file's voxel size, the record the one that counts. */
        trb_grid *grid = &run->source->grid;
        const trb_grid files = *grid;
        memcpy(grid->spacing_mm, run->record->grid.spacing_mm, sizeof grid->spacing_mm);
        status = trb_grey_compartments(run->source, &run->record->calibration, &options, &found, err);
        memcpy(grid->spacing_mm, files.spacing_mm, sizeof grid->spacing_mm);
    }
    if (status) {
        trb_error_within(err, "voi auto");
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
    if (status) {
        trb_compartments_clear(&found);
        return status;
    }
    *out = trb_compartments_take(&found, options.compartment);
    (*out)->grid = *wanted;
    return TRB_OK;
}

trb_status trb_run_auto_voi_resampled(struct run *run, const trb_voi_special *special, const trb_voi_notes *notes)
{
    const trb_settings *settings = run->settings;
    if (strchr(settings->voi, ';') || settings->voi_rules.by_landmark)
        return trb_error_set(run->err, TRB_ERR_UNSUPPORTED,
                             "--voi auto is found in the resampled image, where slices and other VOIs of the scan are not at home: resample "
                             "the scan with convert first, or leave out --resample");
    return trb_voi_build(settings->voi, &settings->voi_rules, &run->record->grid, NULL, special, notes, &run->products->voi, run->err);
}
