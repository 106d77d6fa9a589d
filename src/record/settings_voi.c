/* settings_voi.c - the rules of a VOI between text and types. */
#include "record/settings_voi.h"

#include "prepare/number_text.h"

#include <stdio.h>
#include <string.h>

#define IS(name) (strcmp(key, name) == 0)

static trb_voi_length *length_of(trb_voi_rules *rules, const char *key)
{
    return IS("voi-erode")    ? &rules->erode
           : IS("voi-dilate") ? &rules->dilate
           : IS("voi-offset") ? &rules->offset
           : IS("voi-height") ? &rules->height
                              : NULL;
}

bool trb_settings_is_voi_rule(const char *key)
{
    trb_voi_rules rules;
    return length_of(&rules, key) || IS("voi-label") || IS("voi-landmark") || IS("voi-direction") || IS("bone-length");
}

static trb_status set_length(trb_voi_length *length, const char *key, const char *text, trb_error *err)
{
    *length = (trb_voi_length){0, TRB_VOI_MM};
    trb_voi_length read;
    trb_status status = text[0] ? trb_voi_length_parse(text, &read, err) : TRB_OK;
    if (status) {
        trb_error_within(err, "%s", key);
        return status;
    }
    if (text[0] && read.unit == TRB_VOI_PERCENT && (IS("voi-erode") || IS("voi-dilate")))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%.60s': take a length in mm, um or vox", key, text);
    if (text[0] && read.value > 0)
        *length = read;
    return TRB_OK;
}

trb_status trb_settings_set_voi_rule(trb_settings *settings, const char *key, const char *text, trb_error *err)
{
    trb_voi_rules *rules = &settings->voi_rules;
    trb_voi_length *length = length_of(rules, key);
    const char *end = text;
    if (length)
        return set_length(length, key, text, err);
    if (IS("voi-label")) {
        double label = 0;
        if (text[0] && (!trb_text_real(text, &end, &label) || *end || label == 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-label: '%.60s' is not the value of a label, such as 2 (0 is the "
                                                        "background)", text);
        rules->by_label = text[0] != 0;
        rules->label = label;
    } else if (IS("voi-landmark")) {
        size_t slice = 0;
        if (text[0] && (!trb_text_index(text, &end, &slice) || *end))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-landmark: '%.60s' is not the number of a slice, from 0", text);
        rules->by_landmark = text[0] != 0;
        rules->landmark = slice;
    } else if (IS("voi-direction")) {
        if (strcmp(text, "up") != 0 && strcmp(text, "down") != 0)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "voi-direction: '%.60s' is not one of up, down", text);
        rules->downward = text[0] == 'd';
    } else {
        double mm = 0;
        trb_status status = text[0] ? trb_length_parse(text, &mm, err) : TRB_OK;
        if (!status && text[0] && !(mm > 0))
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "'%.60s' is not above 0", text);
        if (status) {
            trb_error_within(err, "bone-length");
            return status;
        }
        rules->bone_length_mm = mm;
    }
    return TRB_OK;
}

void trb_settings_voi_rule_text(const trb_settings *settings, const char *key, char *buffer, size_t size)
{
    trb_voi_rules rules = settings->voi_rules;
    const trb_voi_length *length = length_of(&rules, key);
    const trb_voi_length bone = {rules.bone_length_mm, TRB_VOI_MM};
    buffer[0] = 0;
    if (length) {
        trb_voi_length_text(length, buffer, size);
    } else if (IS("voi-label") && rules.by_label) {
        snprintf(buffer, size, "%.17g", rules.label);
    } else if (IS("voi-landmark") && rules.by_landmark) {
        snprintf(buffer, size, "%zu", rules.landmark);
    } else if (IS("voi-direction")) {
        snprintf(buffer, size, "%s", rules.downward ? "down" : "up");
    } else if (IS("bone-length")) {
        trb_voi_length_text(&bone, buffer, size);
    }
}
