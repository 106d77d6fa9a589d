/* calibration_text.c - a calibration from "slope=..,intercept=.." or from a small JSON file. */
#include "trabecula/calibration.h"

#include "prepare/calibration_parts.h"
#include "prepare/number_text.h"
#include "prepare/rods_parts.h"

#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define EXPECTED TRB_CALIBRATION_EXPECTED

enum { N_NUMBERS = TRB_CAL_NUMBERS };
const char *const TRB_CAL_NAME[N_NUMBERS] = {"slope", "intercept", "mu-scaling", "mu-water"};
static const char *const JSON_KEY[N_NUMBERS] = {"slope", "intercept", "mu_scaling", "mu_water"};

typedef trb_calibration_given given;

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

static trb_status set_from(given *g, const char *text, trb_error *err)
{
    static const trb_grey_unit units[] = {TRB_UNIT_GREY, TRB_UNIT_PER_CM, TRB_UNIT_HU};
    if (g->has_from)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "from is given twice");
    g->has_from = true;
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strcasecmp(text, trb_grey_unit_name(units[i])) == 0) {
            g->from = units[i];
            return TRB_OK;
        }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "from '%.40s' is none of grey, 1/cm, HU", text);
}

/* "0.25gHA@52grey" */
static trb_status set_point(given *g, const char *text, trb_error *err)
{
    const char *end, *at = strchr(text, '@');
    char unit[32];
    double density, to_mg;
    if (g->n_points == TRB_CAL_MOST_POINTS)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "more than %d points", TRB_CAL_MOST_POINTS);
    if (!at || !trb_text_real(text, &end, &density) || end > at || at - end >= (ptrdiff_t)sizeof unit)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "point '%.40s' is not DENSITY@VALUE, such as 0.25gHA@52grey", text);
    end += strspn(end, " ");
    snprintf(unit, sizeof unit, "%.*s", (int)(at - end), end);
    if (!trb_density_unit(unit, &to_mg))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "point '%.40s': '%s' is no density unit: expected mgHA or gHA", text, unit);
    trb_status status = trb_threshold_parse(at + 1, &g->point_at[g->n_points], &g->point_unit[g->n_points], err);
    if (status) {
        trb_error_within(err, "point '%.40s'", text);
        return status;
    }
    const trb_grey_unit scale = g->point_unit[g->n_points];
    if (scale != TRB_UNIT_GREY && scale != TRB_UNIT_PER_CM && scale != TRB_UNIT_HU)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "point '%.40s': the value of a rod is in grey, 1/cm, 1/mm or HU", text);
    g->point_mg[g->n_points++] = to_mg * density;
    return TRB_OK;
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
    if (same_key(key, key_length, "from"))
        return set_from(g, value, err);
    if (same_key(key, key_length, "point"))
        return set_point(g, value, err);
    for (int i = 0; i < N_NUMBERS; i++) {
        if (!same_key(key, key_length, TRB_CAL_NAME[i]))
            continue;
        if (g->has[i])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s is given twice", TRB_CAL_NAME[i]);
        g->has[i] = true;
        if (!trb_text_real(value, &end, &g->number[i]) || *end)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s '%.40s' is not a number", TRB_CAL_NAME[i], value);
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

/* What the line was fitted to, where the file is one of trb_rods_to_json(). */
static void take_phantom(const json_t *root, given *g)
{
    const json_t *rods = json_object_get(root, "rods"), *r2 = json_object_get(root, "r2"), *rod;
    double lowest = INFINITY, highest = -INFINITY;
    size_t i;
    json_array_foreach(rods, i, rod)
    {
        const json_t *density = json_object_get(rod, "density_mg_ccm");
        if (!json_is_number(density))
            return;
        lowest = fmin(lowest, json_number_value(density));
        highest = fmax(highest, json_number_value(density));
    }
    if (json_array_size(rods) > 1 && json_is_number(r2))
        snprintf(g->phantom, sizeof g->phantom, "%zu rods of %.6g to %.6g mgHA/cm3 (R2 %.6f)", json_array_size(rods), lowest, highest,
                 json_number_value(r2));
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
    take_phantom(root, g);
    static const char *const text_key[] = {"unit", "from"};
    for (int i = 0; i < 2; i++) {
        const json_t *value = json_object_get(root, text_key[i]);
        if (!value || json_is_null(value))
            continue;
        if (!json_is_string(value))
            return trb_error_set(err, TRB_ERR_FORMAT, "\"%s\" is not a text", text_key[i]);
        trb_status status = (i ? set_from : set_unit)(g, json_string_value(value), err);
        if (status)
            return status;
    }
    return TRB_OK;
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

trb_status trb_calibration_apply(const char *text, trb_calibration *scan, trb_error *err)
{
    given g = {.to_mg = 1};
    char source[96];
    const bool pairs = strchr(text, '=') != NULL;
    trb_status status = pairs ? read_pairs(text, &g, err) : read_file(text, &g, err);
    snprintf(source, sizeof source, "--calibration%s%.70s", pairs ? "" : " ", pairs ? "" : text);
    if (!status)
        status = trb_calibration_use(&g, source, scan, err);
    if (!status)
        return TRB_OK;
    trb_error_within(err, "calibration '%.200s'", text);
    if (pairs && err) {
        const size_t n = strlen(err->text);
        snprintf(err->text + n, sizeof err->text - n, "; expected %s", EXPECTED);
    }
    return status;
}

trb_status trb_calibration_parse(const char *text, trb_calibration *out, trb_error *err)
{
    memset(out, 0, sizeof *out);
    return trb_calibration_apply(text, out, err);
}
