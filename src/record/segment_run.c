/* segment_run.c - an analysis from grey values to a clean bone mask. */
#include "prepare/grey_passes.h"
#include "record/run.h"
#include "trabecula/label.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Through Laplace-Hamming the image is another one, all in memory; the rest of the filters work on the fly. */
static trb_status choose_image(struct run *run)
{
    const trb_settings *settings = run->settings;
    if (settings->filter.kind != TRB_FILTER_LAPLACE_HAMMING)
        return TRB_OK;
    if (!run->source->volume)
        return trb_error_set(
            run->err, TRB_ERR_UNSUPPORTED,
            "the filter laplace-hamming needs all of the image in memory, and 4 bytes a voxel more: raise "
            "--memory-limit, measure a part with --slices or --crop, or choose another filter");
    const trb_volume image = {run->record->grid, run->source->type, run->source->volume->voxels};
    trb_status status = trb_laplace_hamming_create(&image, &settings->laplace, &run->sharp, run->err);
    if (status)
        return status;
    run->sharp_source = trb_grey_of_volume(run->sharp);
    run->seen = &run->sharp_source;
    run->filter = (trb_filter){TRB_FILTER_NONE, 0, 0};
    return TRB_OK;
}

static trb_status level_grey(const struct run *run, const trb_level *level, double *grey)
{
    return trb_calibration_to_grey(&run->record->calibration, run->source->type, level->value, level->unit,
                                   grey, run->err);
}

static trb_status fixed(struct run *run)
{
    const trb_threshold_choice *choice = &run->settings->threshold;
    trb_threshold_result *result = &run->record->threshold;
    const trb_level level = {true, choice->value, choice->unit};
    snprintf(result->method, sizeof result->method, "fixed: %.10g %s", choice->value,
             trb_grey_unit_name(choice->unit));
    return level_grey(run, &level, &result->grey);
}

static trb_status hysteresis(struct run *run)
{
    const trb_threshold_choice *choice = &run->settings->threshold;
    trb_threshold_result *result = &run->record->threshold;
    trb_status status = level_grey(run, &choice->low, &result->grey);
    if (!status)
        status = level_grey(run, &choice->high, &result->seed_grey);
    if (!status && result->grey > result->seed_grey)
        return trb_error_set(run->err, TRB_ERR_ARGUMENT,
                             "hysteresis: the low threshold is %.6g grey, above the high one, %.6g",
                             result->grey, result->seed_grey);
    char grey[40] = ""; /* of the seeds; that of the low one stands beside the method */
    if (choice->high.unit != TRB_UNIT_GREY)
        snprintf(grey, sizeof grey, " = %.6g grey", result->seed_grey);
    snprintf(result->method, sizeof result->method,
             "hysteresis: low %.10g %s, seeds from %.10g %s%s, 26-connected", choice->low.value,
             trb_grey_unit_name(choice->low.unit), choice->high.value, trb_grey_unit_name(choice->high.unit),
             grey);
    return status;
}

static trb_status adaptive(struct run *run)
{
    const trb_threshold_choice *choice = &run->settings->threshold;
    trb_threshold_result *result = &run->record->threshold;
    trb_adaptive *how = &result->adaptive;
    const double radius = choice->radius_in_mm ? choice->radius / run->h_mm : choice->radius;
    *how = trb_adaptive_default(choice->rule, radius);
    result->local = true;
    trb_status status = TRB_OK;
    if (run->settings->surface == TRB_BS_GREY)
        return trb_error_set(run->err, TRB_ERR_UNSUPPORTED,
                             "surface 'grey' needs one threshold, and a local one has many: choose "
                             "--surface crofton13 or mc");
    if (choice->low.given)
        status = level_grey(run, &choice->low, &how->low_grey);
    if (!status && choice->high.given)
        status = level_grey(run, &choice->high, &how->high_grey);
    if (!status && choice->offset.given) { /* a difference: the unit's zero does not matter */
        double zero = 0;
        const trb_level none = {true, 0, choice->offset.unit};
        status = level_grey(run, &none, &zero);
        if (!status)
            status = level_grey(run, &choice->offset, &how->offset_grey);
        how->offset_grey -= zero;
    }
    int used = snprintf(result->method, sizeof result->method, "adaptive: %s of a ball of radius %.6g voxels",
                        choice->rule == TRB_ADAPTIVE_MEAN ? "mean" : "(min + max) / 2", radius);
    const struct {
        const char *words;
        const trb_level *level;
        double grey;
    } parts[] = {{"offset", &choice->offset, how->offset_grey},
                 {"not below", &choice->low, how->low_grey},
                 {"not above", &choice->high, how->high_grey}};
    for (size_t i = 0; i < 3; i++)
        if (parts[i].level->given && used > 0 && (size_t)used < sizeof result->method)
            used += snprintf(result->method + used, sizeof result->method - (size_t)used, ", %s %.6g grey",
                             parts[i].words, parts[i].grey);
    return status;
}

static trb_status from_histogram(struct run *run)
{
    const trb_threshold_choice *choice = &run->settings->threshold;
    trb_threshold_result *result = &run->record->threshold;
    const trb_histogram *histogram = &run->products->histogram;
    const char *where = run->settings->region == TRB_REGION_CORTICAL ? "inside the periosteal contour"
                        : run->products->voi                         ? "in the VOI"
                                                                     : "of the image";
    snprintf(result->method, sizeof result->method, "%s %s", choice->method, where);
    if (strcmp(choice->method, "otsu") == 0)
        return trb_otsu(histogram, &result->grey, run->err);
    if (strcmp(choice->method, "multi-otsu") != 0)
        return trb_histogram_threshold(histogram, choice->method, &result->grey, run->err);
    double borders[TRB_MULTI_OTSU_MAX];
    trb_status status = trb_multi_otsu(histogram, choice->classes, borders, run->err);
    if (status)
        return status;
    result->grey = borders[choice->border - 1];
    int used =
        snprintf(result->method, sizeof result->method, "multi-otsu %s: border %d of %d classes, borders",
                 where, choice->border, choice->classes);
    for (int i = 0; i < choice->classes - 1 && used > 0 && (size_t)used < sizeof result->method; i++)
        used += snprintf(result->method + used, sizeof result->method - (size_t)used, "%s %.6g", i ? "," : "",
                         borders[i]);
    return TRB_OK;
}

trb_status trb_run_find_threshold(struct run *run)
{
    const trb_threshold_choice *choice = &run->settings->threshold;
    trb_threshold_result *result = &run->record->threshold;
    trb_mask *outline = NULL; /* cortex alone has one phase, which a rule would split in two */
    trb_status status = choose_image(run);
    if (!status && run->settings->region == TRB_REGION_CORTICAL)
        status = trb_cortical_outline(run->products->voi, &outline, run->err);
    if (!status)
        status = trb_grey_histogram(run->seen, &run->filter, outline ? outline : run->products->voi, &run->products->histogram,
                                    run->err);
    trb_mask_destroy(outline);
    if (status)
        return status;
    if (choice->by_value)
        status = fixed(run);
    else if (strcmp(choice->method, "hysteresis") == 0)
        status = hysteresis(run);
    else if (strcmp(choice->method, "adaptive") == 0)
        status = adaptive(run);
    else
        status = from_histogram(run);
    if (status) {
        trb_error_within(run->err, "threshold");
        return status;
    }
    const trb_linear *density = &run->record->calibration.density;
    result->calibrated =
        density->known && !result->local ? density->slope * result->grey + density->intercept : NAN;
    return TRB_OK;
}

static trb_status apply(struct run *run)
{
    const trb_threshold_result *t = &run->record->threshold;
    const bool invert = run->settings->invert;
    trb_mask **bone = &run->products->bone;
    if (t->local)
        return trb_grey_adaptive(run->seen, &run->filter, &t->adaptive, invert, bone, run->err);
    if (!isnan(t->seed_grey))
        return trb_grey_hysteresis(run->seen, &run->filter, t->grey, t->seed_grey, invert, bone, run->err);
    return trb_grey_threshold(run->seen, &run->filter, t->grey, invert, bone, run->err);
}

static trb_status clean(struct run *run)
{
    const trb_settings *settings = run->settings;
    trb_mask *bone = run->products->bone;
    uint64_t changed = 0;
    trb_status status = TRB_OK;
    if (settings->despeckle_voxels > 1)
        status = trb_despeckle(bone, TRB_CONNECT_26, settings->despeckle_voxels, &changed, run->err);
    if (!status && settings->keep_largest)
        status = trb_keep_largest(bone, TRB_CONNECT_26, &changed, run->err);
    if (!status && settings->fill_holes)
        status = trb_fill_holes(bone, TRB_CONNECT_6, &changed, run->err);
    return status;
}

trb_status trb_run_segment(struct run *run)
{
    trb_status status = apply(run);
    if (!status)
        status = clean(run);
    if (status)
        return status;
    run->tv_voxels =
        run->products->voi ? trb_mask_count(run->products->voi) : trb_grid_voxels(&run->record->grid);
    run->bv_voxels = trb_mask_count_and(run->products->bone, run->products->voi);
    return TRB_OK;
}
