/* threshold_text.c - all that --threshold takes, from text and back. */
#include "record/segment_text.h"

#include "prepare/number_text.h"
#include "trabecula/threshold.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* The rules of the histogram; a second name is what ITK or a paper calls the same rule. */
static const struct rule_name {
    const char *given, *kept;
} RULES[] = {{"otsu", "otsu"},
             {"li", "li"},
             {"triangle", "triangle"},
             {"isodata", "isodata"},
             {"maxentropy", "maxentropy"},
             {"huang", "huang"},
             {"moments", "moments"},
             {"yen", "yen"},
             {"kittler", "kittler"},
             {"renyi", "renyi"},
             {"shanbhag", "shanbhag"},
             {"intermodes", "intermodes"},
             {"max-entropy", "maxentropy"},
             {"kittler-illingworth", "kittler"},
             {"renyi-entropy", "renyi"}};

static trb_status unknown(const char *text, trb_error *err)
{
    return trb_error_set(
        err, TRB_ERR_ARGUMENT,
        "threshold: '%.80s' is neither a value such as 300mgHA nor one of otsu, multi-otsu:CLASSES[,BORDER], "
        "li, "
        "triangle, isodata, maxentropy, huang, moments, yen, kittler, renyi, shanbhag, intermodes, "
        "hysteresis:LOW,HIGH[unit], adaptive:mean|minmax,R=..vox|mm[,offset=..][,lo=..][,hi=..]",
        text);
}

/* The next of a list with commas, in part[]; what is behind it, or NULL when it does not fit. */
static const char *next_part(const char *p, char *part, size_t size)
{
    const size_t n = strcspn(p, ",");
    if (n == 0 || n >= size)
        return NULL;
    memcpy(part, p, n);
    part[n] = 0;
    return p + n + (p[n] == ',');
}

static trb_status parse_level(const char *text, trb_level *level, trb_error *err)
{
    trb_status status = trb_threshold_parse(text, &level->value, &level->unit, err);
    level->given = status == TRB_OK;
    return status;
}

static bool has_unit(const char *text)
{
    const char *end;
    double value;
    return trb_text_real(text, &end, &value) && *(end + strspn(end, " "));
}

static trb_status parse_hysteresis(const char *list, trb_threshold_choice *out, trb_error *err)
{
    char low[64], high[64];
    const char *p = next_part(list, low, sizeof low);
    p = p ? next_part(p, high, sizeof high) : NULL;
    if (!p || *p)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "hysteresis needs two thresholds: hysteresis:LOW,HIGH[unit], such as "
                             "hysteresis:300,450mgHA");
    trb_status status = parse_level(low, &out->low, err);
    if (!status)
        status = parse_level(high, &out->high, err);
    if (status)
        return status;
    if (!has_unit(low)) /* one unit for both */
        out->low.unit = out->high.unit;
    if (out->low.unit == out->high.unit && out->low.value > out->high.value)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "hysteresis: the low threshold %g is above the high one, %g", out->low.value,
                             out->high.value);
    return TRB_OK;
}

static trb_status parse_multi_otsu(const char *list, trb_threshold_choice *out, trb_error *err)
{
    const char *end;
    size_t classes = 0, border = 0;
    bool good = trb_text_index(list, &end, &classes) && classes >= 2 && classes <= TRB_MULTI_OTSU_MAX;
    if (good && *end == ',')
        good = trb_text_index(end + 1, &end, &border) && border >= 1 && border < classes;
    if (!good || *end)
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "'multi-otsu:%.60s' is not multi-otsu:CLASSES[,BORDER] with 2 to %d classes; BORDER 1 lies below "
            "the second class, CLASSES - 1 (the default) below the brightest",
            list, TRB_MULTI_OTSU_MAX);
    out->classes = (int)classes;
    out->border = border ? (int)border : (int)classes - 1;
    return TRB_OK;
}

static trb_status parse_radius(const char *text, trb_threshold_choice *out, trb_error *err)
{
    const char *end;
    trb_status status = TRB_OK;
    if (trb_text_real(text, &end, &out->radius) && strcmp(end, "vox") == 0)
        out->radius_in_mm = false;
    else {
        out->radius_in_mm = true;
        status = trb_length_parse(text, &out->radius, NULL);
    }
    const bool good = !status && out->radius > 0 &&
                      (out->radius_in_mm || (out->radius >= 1 && out->radius <= TRB_ADAPTIVE_RADIUS_MAX));
    if (!good)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "adaptive: '%s' is not a radius such as 6vox (1 to %d) or 0.1mm", text,
                             TRB_ADAPTIVE_RADIUS_MAX);
    return TRB_OK;
}

static trb_status parse_adaptive(const char *list, trb_threshold_choice *out, trb_error *err)
{
    char part[64];
    const char *p = next_part(list, part, sizeof part);
    if (!p || (strcmp(part, "mean") != 0 && strcmp(part, "minmax") != 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "adaptive: '%.60s' does not begin with mean or minmax",
                             list);
    out->rule = strcmp(part, "mean") == 0 ? TRB_ADAPTIVE_MEAN : TRB_ADAPTIVE_MINMAX;
    trb_status status = TRB_OK;
    while (!status && *p) {
        p = next_part(p, part, sizeof part);
        const char *value = p ? strchr(part, '=') : NULL;
        const size_t n = value ? (size_t)(value++ - part) : 0;
        trb_level *level = n == 6 && strncmp(part, "offset", n) == 0 ? &out->offset
                           : n == 2 && strncmp(part, "lo", n) == 0   ? &out->low
                           : n == 2 && strncmp(part, "hi", n) == 0   ? &out->high
                                                                     : NULL;
        if (n == 1 && part[0] == 'R' && !(out->radius > 0))
            status = parse_radius(value, out, err);
        else if (level && !level->given)
            status = parse_level(value, level, err);
        else
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "adaptive: '%.60s' is not one of R=6vox, offset=V, lo=V, hi=V, each once",
                                 p ? part : list);
    }
    if (!status && !(out->radius > 0))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "adaptive needs a radius: R=6vox or R=0.1mm");
    return status;
}

trb_status trb_threshold_text_parse(const char *text, trb_threshold_choice *out, trb_error *err)
{
    trb_threshold_choice made = {0};
    trb_status status = TRB_OK;
    if (!isalpha((unsigned char)*text)) {
        status = trb_threshold_parse(text, &made.value, &made.unit, err);
        made.by_value = true;
    } else {
        static const struct {
            const char *name;
            trb_status (*parse)(const char *list, trb_threshold_choice *out, trb_error *err);
        } kinds[] = {
            {"hysteresis", parse_hysteresis}, {"multi-otsu", parse_multi_otsu}, {"adaptive", parse_adaptive}};
        const size_t n = strcspn(text, ":");
        const char *kept = NULL;
        for (size_t i = 0; text[n] && i < sizeof kinds / sizeof *kinds; i++)
            if (strlen(kinds[i].name) == n && strncmp(text, kinds[i].name, n) == 0) {
                kept = kinds[i].name;
                status = kinds[i].parse(text + n + 1, &made, err);
            }
        for (size_t i = 0; i < sizeof RULES / sizeof *RULES; i++)
            if (strcmp(text, RULES[i].given) == 0)
                kept = RULES[i].kept;
        if (!kept)
            return unknown(text, err);
        snprintf(made.method, sizeof made.method, "%s", kept);
    }
    if (status) {
        trb_error_within(err, "threshold");
        return status;
    }
    *out = made;
    return TRB_OK;
}

static void add_level(char *buffer, size_t size, const char *name, const trb_level *level)
{
    char number[40];
    const size_t used = strlen(buffer);
    if (!level->given)
        return;
    trb_number_text(number, sizeof number, level->value);
    const char *unit = trb_grey_unit_name(level->unit);
    snprintf(buffer + used, size - used, "%s%s%s%s", name, number, level->unit == TRB_UNIT_PER_CM ? " " : "",
             unit);
}

void trb_threshold_text(const trb_threshold_choice *choice, char *buffer, size_t size)
{
    char number[40];
    buffer[0] = 0;
    if (choice->by_value) {
        const trb_level level = {true, choice->value, choice->unit};
        add_level(buffer, size, "", &level);
    } else if (strcmp(choice->method, "multi-otsu") == 0) {
        snprintf(buffer, size, "multi-otsu:%d,%d", choice->classes, choice->border);
    } else if (strcmp(choice->method, "hysteresis") == 0) {
        add_level(buffer, size, "hysteresis:", &choice->low);
        add_level(buffer, size, ",", &choice->high);
    } else if (strcmp(choice->method, "adaptive") == 0) {
        trb_number_text(number, sizeof number, choice->radius);
        snprintf(buffer, size, "adaptive:%s,R=%s%s", choice->rule == TRB_ADAPTIVE_MEAN ? "mean" : "minmax",
                 number, choice->radius_in_mm ? "mm" : "vox");
        add_level(buffer, size, ",offset=", &choice->offset);
        add_level(buffer, size, ",lo=", &choice->low);
        add_level(buffer, size, ",hi=", &choice->high);
    } else {
        snprintf(buffer, size, "%s", choice->method);
    }
}
