/* calibration_text.c - a calibration from "slope=..,intercept=.." or from a small JSON file. */
#include "trabecula/calibration.h"

#include "prepare/number_text.h"
#include "prepare/rods_parts.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define EXPECTED "slope=..,intercept=..[,unit=mgHA/cm3][,mu-scaling=..][,mu-water=..]"

/* What was given, before it is understood. Numbers in the order of NUMBER. */
enum { SLOPE, INTERCEPT, MU_SCALING, MU_WATER, N_NUMBERS };
static const char *const NUMBER[N_NUMBERS] = {"slope", "intercept", "mu-scaling", "mu-water"};
static const char *const JSON_KEY[N_NUMBERS] = {"slope", "intercept", "mu_scaling", "mu_water"};

typedef struct given {
    bool has[N_NUMBERS], has_unit;
    double number[N_NUMBERS];
    double to_mg; /* 1 or 1000 */
} given;

bool trb_density_unit(const char *text, double *to_mg)
{
    static const char *const mg[] = {"mgHA/cm3", "mgHA/ccm", "mg/cm3", "mg/ccm", "mg HA/cm3", "mg HA/ccm", "mgHA"};
    static const char *const g[] = {"gHA/cm3", "gHA/ccm", "g/cm3", "g/ccm", "g HA/cm3", "g HA/ccm", "gHA"};
    for (size_t i = 0; i < sizeof mg / sizeof *mg; i++) {
        if (strcasecmp(text, mg[i]) == 0)
            *to_mg = 1;
        else if (strcasecmp(text, g[i]) == 0)
            *to_mg = 1000;
        else
            continue;
        return true;
    }
    return false;
}

static trb_status set_unit(given *g, const char *text, trb_error *err)
{
    if (g->has_unit)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "unit is given twice");
    g->has_unit = true;
    if (trb_density_unit(text, &g->to_mg))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%.40s' is no density unit: expected mgHA/cm3 or g/cm3", text);
}

/* "mu_scaling" is "mu-scaling". */
static bool same_key(const char *key, size_t n, const char *name)
{
    if (strlen(name) != n)
        return false;
    for (size_t i = 0; i < n; i++)
        if (key[i] != name[i] && !(key[i] == '_' && name[i] == '-'))
            return false;
    return true;
}

/* One "key=value", both NUL-terminated by length. */
static trb_status set_pair(given *g, const char *key, size_t key_length, const char *value, trb_error *err)
{
    const char *end;
    if (same_key(key, key_length, "unit"))
        return set_unit(g, value, err);
    for (int i = 0; i < N_NUMBERS; i++) {
        if (!same_key(key, key_length, NUMBER[i]))
            continue;
        if (g->has[i])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is given twice", NUMBER[i]);
        g->has[i] = true;
        if (!trb_text_real(value, &end, &g->number[i]) || *end)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s '%.40s' is not a number", NUMBER[i], value);
        return TRB_OK;
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "'%.*s' is no key", (int)(key_length < 40 ? key_length : 40),
                         key);
}

static trb_status read_pairs(const char *text, given *g, trb_error *err)
{
    char pair[128];
    for (const char *at = text;;) {
        const size_t n = strcspn(at, ",");
        if (n >= sizeof pair)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "'%.40s...' is too long", at);
        memcpy(pair, at, n);
        pair[n] = 0;
        const char *equals = strchr(pair, '=');
        if (!equals)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is no key=value", pair);
        trb_status status = set_pair(g, pair, (size_t)(equals - pair), equals + 1, err);
        if (status)
            return status;
        if (!at[n])
            return TRB_OK;
        at += n + 1;
    }
}

static trb_status take_object(const json_t *root, given *g, trb_error *err)
{
    if (!json_is_object(root))
        return trb_error_set(err, TRB_ERR_FORMAT, "expected a JSON object with slope and intercept");
    for (int i = 0; i < N_NUMBERS; i++) {
        const json_t *value = json_object_get(root, JSON_KEY[i]);
        if (!value || json_is_null(value))
            continue;
        if (!json_is_number(value))
            return trb_error_set(err, TRB_ERR_FORMAT, "\"%s\" is not a number", JSON_KEY[i]);
        g->has[i] = true;
        g->number[i] = json_number_value(value);
    }
    const json_t *unit = json_object_get(root, "unit");
    if (!unit || json_is_null(unit))
        return TRB_OK;
    if (!json_is_string(unit))
        return trb_error_set(err, TRB_ERR_FORMAT, "\"unit\" is not a text");
    return set_unit(g, json_string_value(unit), err);
}

/* fopen() here, not in Jansson: then an unreadable file and a bad one are told apart. */
static trb_status read_file(const char *path, given *g, trb_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "%s; expected a JSON file or %s", strerror(errno), EXPECTED);
    json_error_t error;
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &error);
    (void)fclose(file); /* only read */
    if (!root)
        return trb_error_set(err, TRB_ERR_FORMAT, "line %d: %.100s", error.line, error.text);
    trb_status status = take_object(root, g, err);
    json_decref(root);
    return status;
}

static trb_status check(const given *g, trb_error *err)
{
    if (g->has[SLOPE] != g->has[INTERCEPT])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is missing", g->has[SLOPE] ? "intercept" : "slope");
    if (!g->has[SLOPE] && !g->has[MU_SCALING])
        return trb_error_set(err, TRB_ERR_ARGUMENT, "slope and intercept are missing");
    if (g->has[SLOPE] && g->number[SLOPE] == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a slope of 0 gives every voxel the same density");
    for (int i = MU_SCALING; i <= MU_WATER; i++)
        if (g->has[i] && !(g->number[i] > 0))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s %g is not above 0", NUMBER[i], g->number[i]);
    return TRB_OK;
}

static void set_linear(trb_linear *linear, double slope, double intercept, const char *source)
{
    linear->known = true;
    linear->slope = slope;
    linear->intercept = intercept;
    snprintf(linear->source, sizeof linear->source, "%s", source);
}

static void fill(const given *g, const char *source, trb_calibration *out)
{
    const double scaling = g->has[MU_SCALING] ? g->number[MU_SCALING] : 1;
    if (g->has[SLOPE])
        set_linear(&out->density, g->to_mg * g->number[SLOPE] / scaling, g->to_mg * g->number[INTERCEPT], source);
    if (g->has[MU_WATER])
        out->mu_water_per_cm = g->number[MU_WATER];
    if (!g->has[MU_SCALING])
        return;
    set_linear(&out->attenuation, 1 / scaling, 0, source);
    if (g->has[MU_WATER])
        set_linear(&out->hounsfield, 1000 / (scaling * g->number[MU_WATER]), -1000, source);
}

trb_status trb_calibration_parse(const char *text, trb_calibration *out, trb_error *err)
{
    memset(out, 0, sizeof *out);
    given g = {.to_mg = 1};
    const bool pairs = strchr(text, '=') != NULL;
    trb_status status = pairs ? read_pairs(text, &g, err) : read_file(text, &g, err);
    if (!status)
        status = check(&g, err);
    if (status) {
        trb_error_within(err, "calibration '%.200s'", text);
        if (pairs && err) {
            const size_t n = strlen(err->text);
            snprintf(err->text + n, sizeof err->text - n, "; expected %s", EXPECTED);
        }
        return status;
    }
    char source[96];
    snprintf(source, sizeof source, "--calibration%s%.70s", pairs ? "" : " ", pairs ? "" : text);
    fill(&g, source, out);
    return TRB_OK;
}
