/*
 * calibration_conditions.c - was the phantom scanned like the bone?
 * A calibration file names the beam, the filter and the reconstruction of its phantom. Where the bone's scan says
 * something else, density is wrong by an amount that nobody can see, so it is told.
 */
#include "trabecula/calibration.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What decides attenuation, under the names that scanners give it. */
static const char *const OF_ATTENUATION[] = {"Source Voltage (kV)", "Filter", "Beam Hardening Correction (%)", "Energy [V]",
                                             "energy", "KVP", "kVp", "filter"};
/* What decides grey besides. */
static const char *const OF_GREY[] = {"Minimum for CS to Image Conversion", "Maximum for CS to Image Conversion",
                                      "mu scaling", "Mu_Scaling"};

static bool is_among(const char *key, const char *const *keys, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(key, keys[i]) == 0)
            return true;
    return false;
}

bool trb_calibration_is_condition(const char *key, trb_grey_unit from)
{
    return is_among(key, OF_ATTENUATION, sizeof OF_ATTENUATION / sizeof *OF_ATTENUATION) ||
           (from == TRB_UNIT_GREY && is_among(key, OF_GREY, sizeof OF_GREY / sizeof *OF_GREY));
}

static void say(char *out, size_t size, const char *key, const char *phantom, const char *bone)
{
    const size_t n = strlen(out);
    snprintf(out + n, size - n, "%s%.60s is '%.60s' for the phantom and '%.60s' here", n ? "; " : "", key, phantom, bone);
}

static const char *value_of(const char *key, size_t n, const char *const *keys, const char *const *values)
{
    for (size_t i = 0; i < n; i++)
        if (strcasecmp(keys[i], key) == 0)
            return values[i];
    return NULL;
}

static void compare(const json_t *root, trb_type type, size_t n, const char *const *keys, const char *const *values, char *out,
                    size_t size)
{
    const json_t *scan = json_object_get(root, "scan");
    const char *from = json_string_value(json_object_get(root, "from"));
    const char *was = json_string_value(json_object_get(scan, "type"));
    if (was && (!from || strcmp(from, "grey") == 0) && strcmp(was, trb_type_name(type)) != 0)
        say(out, size, "the voxel type", was, trb_type_name(type));
    json_t *conditions = json_object_get(scan, "conditions"), *value;
    const char *key;
    json_object_foreach(conditions, key, value)
    {
        const char *here = value_of(key, n, keys, values), *there = json_string_value(value);
        if (here && there && strcasecmp(here, there) != 0)
            say(out, size, key, there, here);
    }
}

trb_status trb_calibration_compare(const char *path, trb_type type, size_t n, const char *const *keys,
                                   const char *const *values, char *difference, size_t size, trb_error *err)
{
    difference[0] = 0;
    json_error_t error;
    json_t *root = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s: line %d: %.100s", path, error.line, error.text);
    compare(root, type, n, keys, values, difference, size);
    json_decref(root);
    return TRB_OK;
}
