/* voi_auto_text.c - compartments between text and types: one table of lengths serves reading, writing and presets. */
#include "trabecula/voi_auto.h"

#include "prepare/number_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const COMPARTMENTS[] = {"trabecular", "cortical", "periosteal", NULL};
static const char *const PRESETS[] = {"voxel-size", "mouse", "rat", "human", NULL};
static const char *const BONES[] = {"largest", "all", NULL};
static const char *const RULES[] = {"half",       "otsu",     "li",         "triangle", "isodata",
                                    "maxentropy", "huang",    "moments",    "yen",      "kittler",
                                    "renyi",      "shanbhag", "intermodes", NULL};

/*
 * Radii and sigmas in mm. Where they come from: the dual-threshold kernels of human HR-pQCT at 82 um are 15 and 10
 * voxels across, so 0.6 and 0.4 mm in radius, with a sigma of 0.8 voxel; for rodents a closing has to swallow
 * trabeculae (about 0.05 mm in mice, 0.1 mm in rats) and the openings must not lose a marrow space (Tb.Sp / 2, about
 * 0.1 and 0.12 mm). The smallest is below the voxel size of the coarsest scans: it does nothing there.
 */
static const struct {
    const char *key;
    size_t field;
    double preset_mm[4]; /* by trb_bone_preset */
} LENGTHS[] = {
    {"peri-smooth", offsetof(trb_voi_auto, peri_smooth_mm), {NAN, 0.010, 0.020, 0.065}},
    {"peri-close", offsetof(trb_voi_auto, peri_close_mm), {NAN, 0.150, 0.300, 0.600}},
    {"endo-smooth", offsetof(trb_voi_auto, endo_smooth_mm), {NAN, 0.005, 0.010, 0.040}},
    {"endo-open", offsetof(trb_voi_auto, endo_open_mm), {NAN, 0.015, 0.030, 0.100}},
    {"endo-close", offsetof(trb_voi_auto, endo_close_mm), {NAN, 0.150, 0.300, 0.600}},
    {"endo-round", offsetof(trb_voi_auto, endo_round_mm), {NAN, 0.090, 0.180, 0.400}},
    {"least-cortex", offsetof(trb_voi_auto, least_cortex_mm), {NAN, 0, 0, 0}},
};
enum { N_LENGTHS = sizeof LENGTHS / sizeof *LENGTHS };

#define MOUSE_BELOW_MM 0.015
#define RAT_BELOW_MM 0.040

static double *length_at(trb_voi_auto *options, int i)
{
    return (double *)((char *)options + LENGTHS[i].field);
}

const char *trb_compartment_name(trb_compartment compartment)
{
    return COMPARTMENTS[compartment];
}

const char *trb_bone_preset_name(trb_bone_preset preset)
{
    return PRESETS[preset];
}

/* What follows "auto": "", ":..." or ",..."; NULL when the text is another VOI. */
static const char *after_auto(const char *text)
{
    return strncmp(text, "auto", 4) == 0 && strchr(":,", text[4]) ? text + 4 : NULL;
}

bool trb_voi_is_auto(const char *text)
{
    return after_auto(text) != NULL;
}

/* ---- reading */
static trb_status no_choice(const char *what, const char *text, const char *const *names, trb_error *err)
{
    char list[200] = "";
    for (int i = 0; names[i]; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "", names[i]);
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "%s '%.60s' is not one of %s", what, text, list);
}

static trb_status read_choice(const char *what, const char *text, const char *const *names, int *index,
                              trb_error *err)
{
    for (int i = 0; names[i]; i++)
        if (strcmp(text, names[i]) == 0) {
            *index = i;
            return TRB_OK;
        }
    return no_choice(what, text, names, err);
}

/* "0.3mm", "300um", "0". The decimal that was written is rounded once, so 65um is 0.065. */
static trb_status read_length(const char *key, const char *text, double *mm, trb_error *err)
{
    const char *unit;
    double value;
    if (trb_text_real(text, &unit, &value) && value >= 0 &&
        (strcmp(unit, "mm") == 0 || strcmp(unit, "um") == 0 || (value == 0 && !*unit))) {
        *mm = strcmp(unit, "um") == 0 ? value / 1000 : value;
        if (*mm <= 10)
            return TRB_OK;
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "%s '%.40s' is no length from 0 to 10mm: write 0.15mm or 150um", key, text);
}

static trb_status read_threshold(const char *key, const char *text, trb_auto_threshold *out, trb_error *err)
{
    trb_auto_threshold made = {0};
    int rule;
    if ((*text >= '0' && *text <= '9') || strchr("+-.", *text)) {
        trb_status status = trb_threshold_parse(text, &made.value, &made.unit, err);
        if (status) {
            trb_error_within(err, "%s", key);
            return status;
        }
        made.by_value = true;
    } else if (read_choice(key, text, RULES, &rule, err)) {
        trb_error_within(err, "neither a value such as 300mgHA nor a rule");
        return TRB_ERR_ARGUMENT;
    } else {
        snprintf(made.method, sizeof made.method, "%s", RULES[rule]);
    }
    *out = made;
    return TRB_OK;
}

static trb_status no_key(const char *key, trb_error *err)
{
    char list[200] = "";
    for (int i = 0; i < N_LENGTHS; i++) {
        const size_t used = strlen(list);
        snprintf(list + used, sizeof list - used, ", %s", LENGTHS[i].key);
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT,
                         "'%.40s' is not one of preset, bones, peri-threshold, endo-threshold%s", key, list);
}

static trb_status set_key(trb_voi_auto *options, const char *key, const char *value, trb_error *err)
{
    int index = 0;
    if (strcmp(key, "preset") == 0) {
        trb_status status = read_choice(key, value, PRESETS + 1, &index, err);
        if (!status)
            options->preset = (trb_bone_preset)(index + 1);
        return status;
    }
    if (strcmp(key, "bones") == 0) {
        trb_status status = read_choice(key, value, BONES, &index, err);
        options->all_bones = index == 1;
        return status;
    }
    if (strcmp(key, "peri-threshold") == 0)
        return read_threshold(key, value, &options->peri_threshold, err);
    if (strcmp(key, "endo-threshold") == 0)
        return read_threshold(key, value, &options->endo_threshold, err);
    for (int i = 0; i < N_LENGTHS; i++)
        if (strcmp(key, LENGTHS[i].key) == 0)
            return read_length(key, value, length_at(options, i), err);
    return no_key(key, err);
}

/* The part of the text that ends at a comma, copied; *at is moved behind the comma. False when it is too long. */
static bool take_part(const char **at, char part[80])
{
    const size_t n = strcspn(*at, ",");
    if (n >= 80)
        return false;
    memcpy(part, *at, n);
    part[n] = 0;
    *at += n + ((*at)[n] == ',');
    return true;
}

static trb_status read_part(trb_voi_auto *options, char *part, trb_error *err)
{
    char *equals = strchr(part, '=');
    if (!equals)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "'%.60s' is not KEY=VALUE, such as preset=rat or endo-close=0.15mm", part);
    *equals = 0;
    return set_key(options, part, equals + 1, err);
}

static void fill_preset(trb_voi_auto *options)
{
    for (int i = 0; i < N_LENGTHS; i++)
        if (isnan(*length_at(options, i)))
            *length_at(options, i) = LENGTHS[i].preset_mm[options->preset];
}

trb_status trb_voi_auto_parse(const char *text, trb_voi_auto *out, trb_error *err)
{
    const char *at = after_auto(text);
    char part[80];
    *out = (trb_voi_auto){.peri_threshold = {.method = "half"}, .endo_threshold = {.method = "half"}};
    for (int i = 0; i < N_LENGTHS; i++)
        *length_at(out, i) = NAN;
    trb_status status = at ? TRB_OK : trb_error_set(err, TRB_ERR_ARGUMENT, "it does not begin with 'auto'");
    const bool named = at && *at == ':';
    if (!status && *at)
        at++;
    for (bool first = named; !status && (*at || first); first = false) {
        int index = 0;
        if (!take_part(&at, part))
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "a part of it is longer than 79 characters");
        else if (first)
            status = read_choice("compartment", part, COMPARTMENTS, &index, err);
        else
            status = read_part(out, part, err);
        if (first)
            out->compartment = (trb_compartment)index;
    }
    if (status)
        trb_error_within(err, "VOI '%.100s'", text);
    else if (out->preset != TRB_BONE_BY_VOXEL_SIZE)
        fill_preset(out);
    return status;
}

trb_status trb_voi_auto_resolve(trb_voi_auto *options, const trb_grid *grid, trb_error *err)
{
    if (!trb_grid_has_spacing(grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "compartments need a voxel size: their lengths are in mm");
    if (options->preset == TRB_BONE_BY_VOXEL_SIZE) {
        const double h = cbrt(trb_grid_voxel_mm3(grid));
        options->preset = h < MOUSE_BELOW_MM ? TRB_BONE_MOUSE
                          : h < RAT_BELOW_MM ? TRB_BONE_RAT
                                             : TRB_BONE_HUMAN;
    }
    fill_preset(options);
    return TRB_OK;
}

/* ---- writing */
static void add(char *buffer, size_t size, const char *key, const char *value)
{
    const size_t used = strlen(buffer);
    snprintf(buffer + used, size - used, ",%s=%s", key, value);
}

static void add_threshold(char *buffer, size_t size, const char *key, const trb_auto_threshold *threshold)
{
    char value[64];
    if (threshold->by_value)
        snprintf(value, sizeof value, "%.10g %s", threshold->value, trb_grey_unit_name(threshold->unit));
    else
        snprintf(value, sizeof value, "%s", threshold->method);
    add(buffer, size, key, value);
}

const char *trb_voi_auto_text(const trb_voi_auto *options, char *buffer, size_t size)
{
    trb_voi_auto copy = *options;
    snprintf(buffer, size, "auto:%s", COMPARTMENTS[options->compartment]);
    if (options->preset != TRB_BONE_BY_VOXEL_SIZE)
        add(buffer, size, "preset", PRESETS[options->preset]);
    add(buffer, size, "bones", BONES[options->all_bones]);
    add_threshold(buffer, size, "peri-threshold", &options->peri_threshold);
    add_threshold(buffer, size, "endo-threshold", &options->endo_threshold);
    for (int i = 0; i < N_LENGTHS; i++) {
        char value[32];
        if (isnan(*length_at(&copy, i)))
            continue;
        snprintf(value, sizeof value, "%.10gmm", *length_at(&copy, i));
        add(buffer, size, LENGTHS[i].key, value);
    }
    return buffer;
}
