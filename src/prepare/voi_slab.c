/*
 * voi_slab.c - slices counted from a landmark, such as the growth plate.
 * Offset and height become whole slices each for itself: scans of one voxel size then have VOIs of one height.
 */
#include "trabecula/voi.h"

#include "prepare/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

trb_voi_rules trb_voi_rules_default(void)
{
    const trb_voi_rules none = {0};
    return none;
}

trb_status trb_voi_length_parse(const char *text, trb_voi_length *length, trb_error *err)
{
    static const struct {
        const char *name;
        trb_voi_unit unit;
        int exponent;
    } units[] = {{"mm", TRB_VOI_MM, 0}, {"um", TRB_VOI_MM, -3}, {"\xc2\xb5m", TRB_VOI_MM, -3}, {"\xce\xbcm", TRB_VOI_MM, -3},
                 {"vox", TRB_VOI_VOXELS, 0}, {"%", TRB_VOI_PERCENT, 0}};
    const char *end;
    double value;
    if (trb_text_real(text, &end, &value) && value >= 0 && end - text < 40)
        for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
            if (strcmp(end, units[i].name) != 0)
                continue;
            if (units[i].exponent && !memchr(text, 'e', (size_t)(end - text)) && !memchr(text, 'E', (size_t)(end - text))) {
                char shifted[64]; /* the decimal number in mm, rounded once */
                const char *behind;
                snprintf(shifted, sizeof shifted, "%.*se%d", (int)(end - text), text, units[i].exponent);
                if (!trb_text_real(shifted, &behind, &value))
                    break;
            } else if (units[i].exponent) {
                value /= 1000;
            }
            *length = (trb_voi_length){value, units[i].unit};
            return TRB_OK;
        }
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "'%.60s' is not a length such as 0.5mm, 500um, 10vox, or 5%% of the bone's length", text);
}

const char *trb_voi_length_text(const trb_voi_length *length, char *buffer, size_t size)
{
    static const char *const units[] = {"mm", "vox", "%"};
    buffer[0] = 0;
    if (length->value == 0)
        return buffer;
    for (int digits = 6; digits <= 17; digits++) {
        snprintf(buffer, size, "%.*g", digits, length->value);
        if (strtod(buffer, NULL) == length->value)
            break;
    }
    const size_t used = strlen(buffer);
    snprintf(buffer + used, size - used, "%s", units[length->unit]);
    return buffer;
}

/* A length in slices, not rounded. */
static trb_status in_slices(const char *what, const trb_voi_length *length, const trb_voi_rules *rules, const trb_grid *grid,
                            double *slices, trb_error *err)
{
    *slices = length->value;
    if (length->unit == TRB_VOI_VOXELS || length->value == 0)
        return TRB_OK;
    if (!(grid->spacing_mm[2] > 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s needs the voxel size, which is not known", what);
    const double mm = length->unit == TRB_VOI_PERCENT ? length->value / 100 * rules->bone_length_mm : length->value;
    *slices = mm / grid->spacing_mm[2];
    return TRB_OK;
}

trb_status trb_voi_rules_check(const trb_voi_rules *rules, trb_error *err)
{
    if (rules->erode.unit == TRB_VOI_PERCENT || rules->dilate.unit == TRB_VOI_PERCENT)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-erode and voi-dilate take mm, um or vox, not %%");
    const bool percent = rules->offset.unit == TRB_VOI_PERCENT || rules->height.unit == TRB_VOI_PERCENT;
    if (!rules->by_landmark && (rules->offset.value > 0 || rules->height.value > 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-offset and voi-height count from a slice: give voi-landmark");
    if (rules->by_landmark && !(rules->height.value > 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-landmark needs voi-height, such as 1.5mm");
    if (percent && !(rules->bone_length_mm > 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-offset and voi-height in %% need bone-length, such as 18mm");
    return TRB_OK;
}

trb_status trb_voi_slab(const trb_voi_rules *rules, const trb_grid *grid, size_t *first, size_t *end, trb_error *err)
{
    double offset, height;
    trb_status status = trb_voi_rules_check(rules, err);
    if (!status)
        status = in_slices("voi-offset", &rules->offset, rules, grid, &offset, err);
    if (!status)
        status = in_slices("voi-height", &rules->height, rules, grid, &height, err);
    if (status)
        return status;
    offset = floor(offset + 0.5), height = floor(height + 0.5);
    if (rules->landmark >= grid->nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-landmark: slice %zu is not in the image, which has slices 0 to %zu",
                             rules->landmark, grid->nz - 1);
    if (height < 1)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-height is less than half a slice of %g mm", grid->spacing_mm[2]);
    const double mark = (double)rules->landmark;
    const double lowest = rules->downward ? mark - offset - height + 1 : mark + offset;
    if (lowest < 0 || lowest + height > (double)grid->nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the slab of slices %.0f to %.0f that begins %.0f slices %s slice %zu does not lie in the image, which "
                             "has slices 0 to %zu: %.0f of its %.0f slices are missing%s",
                             lowest, lowest + height - 1, offset, rules->downward ? "below" : "above", rules->landmark,
                             grid->nz - 1, fmin(height, fmax(0, -lowest) + fmax(0, lowest + height - (double)grid->nz)), height,
                             "; is voi-direction right?");
    *first = (size_t)lowest;
    *end = (size_t)(lowest + height);
    return TRB_OK;
}
