/* methods_text.c - the paragraph that a paper needs, from what was really run. Gaps that no file knows are
 * marked in square brackets (Bouxsein 2010 asks for them). */
#include "record/run.h"

#include "trabecula/version.h"
#include "trabecula/voi_auto.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void say_filter(FILE *out, const trb_settings *settings)
{
    const trb_filter *filter = &settings->filter;
    if (filter->kind == TRB_FILTER_LAPLACE_HAMMING)
        fprintf(out, "after a Laplace-Hamming filter (epsilon %g, cut-off %g cycles per voxel)", settings->laplace.epsilon,
                settings->laplace.cutoff);
    else if (filter->kind == TRB_FILTER_NONE)
        fputs("without smoothing", out);
    else if (filter->kind == TRB_FILTER_MEDIAN)
        fprintf(out, "after a median filter (radius %d voxel)", filter->support_vox);
    else
        fprintf(out, "after a Gaussian filter (sigma %g, support %d voxel%s)", filter->sigma_vox, filter->support_vox,
                filter->kind == TRB_FILTER_GAUSSIAN_TRUNCATED ? ", truncated to integers after each axis" : "");
}

static const char *thickness_words(trb_thickness_rule rule)
{
    switch (rule) {
    case TRB_THICKNESS_EXACT: return "exact local thickness (open balls of the exact Euclidean distance; Hildebrand and Rueegsegger 1997)";
    case TRB_THICKNESS_EXACT_CLOSED: return "exact local thickness with closed balls (Hildebrand and Rueegsegger 1997)";
    case TRB_THICKNESS_FIJI: return "the rules of Fiji Local Thickness (Dougherty and Kunzelmann 2007) with surface clean-up and masking, as in BoneJ";
    case TRB_THICKNESS_IPL: return "the rules of Scanco IPL (version 3)";
    case TRB_THICKNESS_IPL_V1: return "the rules of Scanco IPL (version 1)";
    case TRB_THICKNESS_SUBVOXEL: return "sub-voxel local thickness (largest balls between the points where the linearly interpolated grey values cross the threshold; after Hildebrand and Rueegsegger 1997)";
    }
    return "";
}

static const char *tbn_words(trb_tbn_rule rule)
{
    switch (rule) {
    case TRB_TBN_DIRECT: return "the inverse of the mean spacing of the mid-axes (direct method, IPL rule)";
    case TRB_TBN_RATIO: return "(BV/TV)/Tb.Th";
    case TRB_TBN_PLATE: return "BS/(2 TV) (plate model)";
    }
    return "";
}

static const char *surface_words(trb_surface_rule rule)
{
    switch (rule) {
    case TRB_BS_MC: return "marching cubes on the segmented image (Lewiner's table)";
    case TRB_BS_LORENSEN: return "marching cubes on the segmented image (Lorensen's table)";
    case TRB_BS_CROFTON13: return "Crofton's formula with 13 directions (Legland et al. 2007)";
    case TRB_BS_CROFTON3: return "Crofton's formula with 3 directions";
    case TRB_BS_GREY: return "marching cubes on the grey values at the threshold";
    }
    return "";
}

static void say_voi(FILE *out, const trb_settings *settings)
{
    const trb_voi_rules *rules = &settings->voi_rules;
    char text[64];
    fprintf(out, "The volume of interest was %s", settings->voi[0] ? settings->voi : "the whole image");
    if (rules->by_label)
        fprintf(out, " (label %.17g)", rules->label);
    if (rules->erode.value > 0)
        fprintf(out, ", eroded by %s", trb_voi_length_text(&rules->erode, text, sizeof text));
    if (rules->dilate.value > 0)
        fprintf(out, ", dilated by %s", trb_voi_length_text(&rules->dilate, text, sizeof text));
    if (rules->by_landmark) {
        fprintf(out, ", within a slab %s high", trb_voi_length_text(&rules->height, text, sizeof text));
        fprintf(out, " that began %s %s slice %zu", rules->offset.value > 0 ? trb_voi_length_text(&rules->offset, text, sizeof text) : "0 mm",
                rules->downward ? "below" : "above", rules->landmark);
        if (rules->offset.unit == TRB_VOI_PERCENT || rules->height.unit == TRB_VOI_PERCENT)
            fprintf(out, " (bone length %.6g mm)", rules->bone_length_mm);
    }
    fputs(" [location and delineation]; bone outside it was kept as context. ", out);
}

/* The record's fact "VOI thresholds" has what they came to. */
static const char *fact(const trb_record *record, const char *key)
{
    for (size_t i = 0; i < record->n_facts; i++)
        if (strcmp(record->facts[i].key, key) == 0)
            return record->facts[i].text;
    return "";
}

static void say_compartments(FILE *out, const struct run *run)
{
    trb_voi_auto how;
    if (trb_voi_auto_parse(run->settings->voi, &how, NULL) || trb_voi_auto_resolve(&how, &run->record->grid, NULL))
        return; /* checked long ago */
    fprintf(out, "The volume of interest was the %s compartment, found by a dual-threshold method (Buie et al. 2007) with "
                 "Euclidean balls: thresholds %s; periosteal closing with a radius of %.6g mm; marrow opened by %.6g mm, "
                 "closed by %.6g mm and rounded by %.6g mm [location along the bone]. ",
            trb_compartment_name(how.compartment), fact(run->record, "VOI thresholds"), how.peri_close_mm,
            how.endo_open_mm, how.endo_close_mm, how.endo_round_mm);
}

/* The compartment as it was found, neither combined with other VOIs nor changed by rules. */
static bool only_auto(const trb_settings *settings)
{
    const trb_voi_rules none = trb_voi_rules_default();
    return trb_voi_is_auto(settings->voi) && !strchr(settings->voi, ';') && !trb_voi_wanted("", &settings->voi_rules) &&
           !trb_voi_wanted("", &none);
}

trb_status trb_run_methods_text(const struct run *run, char **text)
{
    size_t size;
    *text = NULL;
    FILE *out = open_memstream(text, &size);
    if (!out)
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for the methods text");
    const trb_settings *settings = run->settings;
    const trb_record *record = run->record;
    const trb_build *build = trb_build_facts();
    fprintf(out, "Micro-CT images [scanner, medium, tube potential, current, filter, integration time] with voxels of %.6g um were "
                 "analysed with Trabecula %s (%s). ", record->grid.spacing_mm[0] * 1000, build->version, build->commit);
    if (trb_voi_is_auto(settings->voi))
        say_compartments(out, run);
    if (trb_voi_wanted(settings->voi, &settings->voi_rules) && !only_auto(settings))
        say_voi(out, settings);
    else if (trb_voi_wanted(settings->voi, &settings->voi_rules))
        fputs("Bone outside it was kept as context. ", out);
    else
        fputs("The whole image was the volume of interest [location and delineation]. ", out);
    fputs("Bone was segmented ", out);
    say_filter(out, settings);
    if (record->threshold.local)
        fprintf(out, " by a local threshold (%s; inclusive)", record->threshold.method);
    else
        fprintf(out, " by a threshold of %.6g grey (%s; inclusive)", record->threshold.grey, record->threshold.method);
    if (record->calibration.density.known && !record->threshold.local)
        fprintf(out, ", that is %.4g mgHA/cm3", record->threshold.calibrated);
    if (settings->despeckle_voxels > 1)
        fprintf(out, "; parts of fewer than %llu voxels were removed", (unsigned long long)settings->despeckle_voxels);
    if (settings->keep_largest)
        fputs("; only the largest 26-connected part was kept", out);
    if (settings->fill_holes)
        fputs("; cavities were filled", out);
    fprintf(out, ". BV/TV was the fraction of bone voxels. Tb.Th and Tb.Sp were measured by %s%s. Tb.N was %s. Bone surface was measured by %s.",
            thickness_words(run->thickness),
            trb_voi_wanted(settings->voi, &settings->voi_rules) && settings->ball_centres == TRB_CENTRES_VOI ? ", with balls centred in the volume of interest" : "",
            tbn_words(settings->tbn), surface_words(settings->surface));
    if (record->has_fabric)
        trb_run_say_fabric(run, out);
    if (trb_run_wants_skeleton(run))
        fputs(" The bone was thinned to a skeleton of curves (Lee, Kashyap and Chu 1994); branches were not pruned.", out);
    if (run->network.known && trb_record_metric(record, "Conn.D"))
        fprintf(out, " Conn.D was (1 - Euler number, corrected for the edges) / TV of %s.",
                settings->purify == TRB_PURIFY_NONE    ? "the bone as segmented"
                : !trb_voi_wanted(settings->voi, &settings->voi_rules) ? "the largest connected part of the bone, cavities filled"
                : settings->purify == TRB_PURIFY_IMAGE ? "the connected part of the bone with the most voxels in the volume of interest, cavities filled"
                                                       : "the largest connected part of the bone in the volume of interest, cavities filled");
    if (record->calibration.density.known)
        fprintf(out, " Density was %.8g * grey %+.8g mgHA/cm3%s%s%s; BMD is the mean over TV, TMD the mean over BV of the un-smoothed image.",
                record->calibration.density.slope, record->calibration.density.intercept,
                record->calibration.phantom[0] ? " by least squares through " : "", record->calibration.phantom,
                " [phantom]"); /* who made it is for the author to say */
    fputs(" The profile was ", out);
    fprintf(out, "%s.", trb_profile_name(settings->profile));
    if (fclose(out) != 0) {
        free(*text);
        *text = NULL;
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory for the methods text");
    }
    return TRB_OK;
}
