/*
 * aim_log.c - the processing log. Each step of Scanco's programs appends to it; "!" begins a comment. Keys hold single
 * blanks, two or more part key and value.
 */
#include "io/aim_log.h"

#include "io/decimal_text.h"
#include "io/scan_info.h"

#include <stdio.h>
#include <string.h>

#define SOURCE "AIM processing log"

static const char *const keys[] = {
    "Created by",          "Time",                 "Original file",      "Original Creation-Date",
    "Orig-ISQ-Dim-p",      "Orig-ISQ-Dim-um",      "Patient Name",       "Index Patient",
    "Index Measurement",   "Site",                 "Scanner ID",         "Scanner type",
    "Position Slice 1 [um]", "No. samples",        "No. projections per 180", "Integration time [us]",
    "Reference line [um]", "Reconstruction-Alg.",  "Energy [V]",         "Intensity [uA]",
    "Mu_Scaling",          "Minimum data value",   "Maximum data value", "Calibration Data",
    "Density: unit",       "Density: slope",       "Density: intercept", "HU: mu water",
};
enum { KEYS = sizeof keys / sizeof *keys };

/* Split a line in place; false when it is a comment or has no value. */
static bool split(char *line, char **key, char **value)
{
    line += strspn(line, " \t");
    if (!*line || *line == '!')
        return false;
    char *gap = line;
    while (*gap && !(gap[0] == '\t' || (gap[0] == ' ' && (gap[1] == ' ' || gap[1] == '\t'))))
        gap++;
    *key = line;
    *value = gap + strspn(gap, " \t");
    *gap = 0;
    for (size_t n = strlen(*value); n && strchr(" \t\r", (*value)[n - 1]); n--)
        (*value)[n - 1] = 0;
    return **value != 0;
}

static double number_of(const char *value)
{
    double number = 0;
    return value && trb_decimal_parse(value, &number) ? number : 0;
}

static const char *value_of(const char *const values[KEYS], const char *key)
{
    for (size_t i = 0; i < KEYS; i++)
        if (strcmp(keys[i], key) == 0)
            return values[i];
    return NULL;
}

void trb_aim_log_read(char *text, trb_scanco_scale *scale, trb_scan_info *info)
{
    const char *values[KEYS] = {NULL};
    for (char *line = text, *next; line; line = next) {
        char *key, *value, *end = strchr(line, '\n');
        next = end ? end + 1 : NULL;
        if (end)
            *end = 0;
        if (!split(line, &key, &value))
            continue;
        for (size_t i = 0; i < KEYS; i++)
            if (strcmp(key, keys[i]) == 0)
                values[i] = value;
    }
    for (size_t i = 0; i < KEYS; i++)
        if (values[i])
            trb_info_fact(info, SOURCE, keys[i], "%s", values[i]);
    *scale = (trb_scanco_scale){.mu_scaling = number_of(value_of(values, "Mu_Scaling")),
                                .mu_water_per_cm = number_of(value_of(values, "HU: mu water")),
                                .slope = number_of(value_of(values, "Density: slope")),
                                .intercept = number_of(value_of(values, "Density: intercept"))};
    scale->has_density = scale->slope != 0 && value_of(values, "Density: intercept");
    const char *unit = value_of(values, "Density: unit");
    snprintf(scale->unit, sizeof scale->unit, "%s", unit ? unit : "");
}
