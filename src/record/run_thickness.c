/*
 * run_thickness.c - which thickness rule an analysis can have, the surface points of the subvoxel rule, and its metrics.
 *
 * The subvoxel rule needs grey values and one threshold for all of the image. Where there are none the exact rule measures
 * instead, and the method of every metric that rests on it says so. The decision rests on the image and the settings in the
 * record, so the same protocol gives the same again.
 */
#include "prepare/grey_passes.h"
#include "record/run.h"

#include "measure/subvoxel.h"

#include <math.h>
#include <stdio.h>

/* Two grey values at most: a mask, whose surface is not known better than to the voxel. */
static trb_status is_binary(struct run *run, bool *binary)
{
    const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    trb_histogram histogram = {0};
    const trb_status status = trb_grey_histogram(run->source, &none, NULL, &histogram, run->err);
    size_t occupied = 0;
    for (size_t i = 0; !status && i < histogram.bins; i++)
        occupied += histogram.counts[i] > 0;
    *binary = occupied <= 2;
    trb_histogram_clear(&histogram);
    return status;
}

trb_status trb_run_choose_thickness(struct run *run)
{
    run->thickness = run->settings->thickness;
    run->instead = "";
    if (run->thickness != TRB_THICKNESS_SUBVOXEL || !(trb_run_wants_thickness(run) || trb_run_wants_separation(run)))
        return TRB_OK;
    bool binary = false;
    const bool local = run->record->threshold.local;
    const trb_status status = local ? TRB_OK : is_binary(run, &binary);
    if (local || binary) {
        run->thickness = TRB_THICKNESS_EXACT;
        run->instead = local ? "subvoxel needs one threshold" : "subvoxel needs grey values";
    }
    return status;
}

trb_status trb_run_need_points(struct run *run, double level, trb_error *err)
{
    if (run->thickness != TRB_THICKNESS_SUBVOXEL || run->points)
        return TRB_OK;
    return trb_grey_surface_points(run->seen, &run->filter, level, run->settings->invert, run->products->bone, &run->points,
                                   err);
}

bool trb_run_wants_weighted(const struct run *run)
{
    return run->settings->metrics[0] && (trb_run_wants(run, "Tb.Th.weighted") || trb_run_wants(run, "Tb.Sp.weighted"));
}

void trb_run_drop_points(struct run *run)
{
    trb_surface_points_destroy(run->points);
    run->points = NULL;
}

void trb_run_thickness_tag(const struct run *run, char *tag, size_t size)
{
    const bool voi = run->products->voi && run->settings->ball_centres == TRB_CENTRES_VOI;
    snprintf(tag, size, "%s%s%s%s%s", trb_thickness_rule_name(run->thickness), *run->instead ? " (" : "", run->instead,
             *run->instead ? ")" : "", voi ? ", centres in VOI" : "");
}

trb_status trb_run_add_weighted(struct run *run, const char *tag, const char *th_reason, const char *sp_reason)
{
    const bool able = run->thickness == TRB_THICKNESS_SUBVOXEL;
    const char *other = "only the subvoxel rule knows the shares of surface voxels";
    trb_status status = TRB_OK;
    if (!trb_run_wants_weighted(run))
        return TRB_OK;
    if (!able)
        tag = trb_thickness_rule_name(TRB_THICKNESS_SUBVOXEL);
    if (trb_run_wants(run, "Tb.Th.weighted"))
        status = trb_run_add(run, "Tb.Th.weighted", able && run->th.valued ? run->th.weighted_mean_vox * run->h_mm : NAN, tag,
                             able ? th_reason : other);
    if (!status && trb_run_wants(run, "Tb.Sp.weighted"))
        status = trb_run_add(run, "Tb.Sp.weighted", able && run->sp.valued ? run->sp.weighted_mean_vox * run->h_mm : NAN, tag,
                             able ? sp_reason : other);
    return status;
}

void trb_run_warn_of_thickness(struct run *run)
{
    trb_record *record = run->record;
    if (*run->instead)
        trb_record_warn(record, "Tb.Th and Tb.Sp by the exact rule, because %s: on plates, rods and balls of 2.5 to 5 voxels it is "
                                "off by 0.6 voxel RMS, of 6 to 10 by 0.5 (README, bias table)", run->instead);
    if (!run->th.valued)
        return;
    if (run->thickness == TRB_THICKNESS_SUBVOXEL && run->th.mean_vox < 2.5)
        trb_record_warn(record, "Tb.Th is %.2g voxels: below 2.5 voxels the image does not resolve both walls (README, bias table)",
                        run->th.mean_vox);
    else if (run->thickness != TRB_THICKNESS_SUBVOXEL && run->th.mean_vox < 6)
        trb_record_warn(record, "Tb.Th is %.2g voxels: below 6 voxels the rules without grey values are off by up to half a voxel (README, "
                                "bias table)", run->th.mean_vox);
}
