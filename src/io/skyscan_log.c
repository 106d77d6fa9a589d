/*
 * skyscan_log.c - SkyScan/Bruker logs.
 * Lines "Key=value" in [Sections]. Keys are ASCII, values may have any encoding and a comma for the dot.
 * The conversion from attenuation to grey: mu = lowest + grey / 255 * (highest - lowest), in 1/mm (65535 for
 * 16 bit); versions of 2008 spell it "Mininum".
 */
#include "io/skyscan_log.h"

#include "core/memory.h"
#include "io/decimal_text.h"
#include "io/scan_info.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define LARGEST_LOG ((size_t)1 << 20) /* real ones have some kilobytes */
#define LOG_ENDING ".log"

/* Keys worth showing. */
static const char *const fact_keys[] = {
    "Scanner", "Source Voltage (kV)", "Source Current (uA)", "Filter", "Exposure (ms)", "Rotation Step (deg)",
    "Frame Averaging", "Image Pixel Size (um)", "Study Date and Time", "Program", "Program Version", "Smoothing",
    "Ring Artifact Correction", "Beam Hardening Correction (%)", "Sections Count", "Result File Type",
    "Section to Section Step", "Pixel Size (um)", "Minimum for CS to Image Conversion",
    "Maximum for CS to Image Conversion", "HU Calibration",
};

/* ---- text */

/* The whole file as one string without zero bytes (logs saved as UTF-16 become readable that way). Yours. */
static char *read_text(const char *path, trb_error *err)
{
    struct stat facts;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", path, strerror(errno));
        if (fd >= 0)
            close(fd);
        return NULL;
    }
    const size_t most = (size_t)facts.st_size < LARGEST_LOG ? (size_t)facts.st_size : LARGEST_LOG;
    char *text = trb_alloc(most + 1, 1, "a log file", err);
    size_t used = 0;
    for (ssize_t got = 1; text && got > 0 && used < most; used += got > 0 ? (size_t)got : 0)
        got = read(fd, text + used, most - used);
    close(fd);
    if (!text)
        return NULL;
    size_t kept = 0;
    for (size_t i = 0; i < used; i++)
        if (text[i])
            text[kept++] = text[i];
    text[kept] = 0;
    return text;
}

static char *trim(char *text)
{
    while (isspace((unsigned char)*text))
        text++;
    for (size_t n = strlen(text); n && isspace((unsigned char)text[n - 1]); n--)
        text[n - 1] = 0;
    return text;
}

/* ---- lines */

static void take_positive(const char *value, double *out)
{
    double number;
    if (trb_decimal_parse(value, &number) && number > 0)
        *out = number;
}

/* "Minimum for CS to Image Conversion", with the spelling of 2008. */
static bool is_cs_key(const char *key, const char *which)
{
    static const char rest[] = " for CS to Image Conversion";
    const size_t n = strlen(which);
    if (strncasecmp(key, which, n) == 0 && strcasecmp(key + n, rest) == 0)
        return true;
    return which[1] == 'i' && strncasecmp(key, "Mininum", 7) == 0 && strcasecmp(key + 7, rest) == 0;
}

typedef struct log_state {
    bool reconstruction; /* inside that section */
    bool seen_section, lowest, highest;
} log_state;

static void take_reconstruction(const char *key, const char *value, trb_skyscan_log *log, log_state *state)
{
    if (strcasecmp(key, "Pixel Size (um)") == 0)
        take_positive(value, &log->pixel_um);
    else if (strcasecmp(key, "Section to Section Step") == 0)
        take_positive(value, &log->section_step);
    else if (strcasecmp(key, "Result Image Width (pixels)") == 0 || strcasecmp(key, "Result Image Width") == 0)
        trb_count_parse(value, &log->width);
    else if (strcasecmp(key, "Result Image Height (pixels)") == 0 || strcasecmp(key, "Result Image Height") == 0)
        trb_count_parse(value, &log->height);
    else if (is_cs_key(key, "Minimum"))
        state->lowest = trb_decimal_parse(value, &log->cs_lowest);
    else if (is_cs_key(key, "Maximum"))
        state->highest = trb_decimal_parse(value, &log->cs_highest);
}

static void take_fact(const char *key, const char *value, const char *source, trb_scan_info *info)
{
    for (size_t i = 0; i < sizeof fact_keys / sizeof *fact_keys; i++)
        if (strcasecmp(key, fact_keys[i]) == 0 || (is_cs_key(key, "Minimum") && is_cs_key(fact_keys[i], "Minimum")))
            trb_info_fact(info, source, fact_keys[i], "%s", value);
}

static void take_line(char *line, trb_skyscan_log *log, log_state *state, trb_scan_info *info)
{
    line = trim(line);
    if (*line == '[') {
        state->reconstruction = strncasecmp(line, "[Reconstruction]", 16) == 0;
        state->seen_section = state->seen_section || state->reconstruction;
        return;
    }
    char *equals = strchr(line, '=');
    if (!equals)
        return;
    *equals = 0;
    const char *const key = trim(line), *const value = trim(equals + 1);
    take_fact(key, value, log->name, info);
    if (state->reconstruction)
        take_reconstruction(key, value, log, state);
}

trb_status trb_skyscan_log_read(const char *path, trb_skyscan_log *log, trb_scan_info *info, trb_error *err)
{
    memset(log, 0, sizeof *log);
    log->section_step = 1;
    const char *name = strrchr(path, '/');
    snprintf(log->name, sizeof log->name, "%s", name ? name + 1 : path);
    char *text = read_text(path, err);
    if (!text)
        return TRB_ERR_IO;
    trb_scan_info found = {0}; /* facts count only when this turns out to be a log of a reconstruction */
    log_state state = {false, false, false, false};
    char *start = text;
    while ((unsigned char)*start >= 0x80) /* a byte order mark */
        start++;
    for (char *at = start; *at;) {
        char *end = at + strcspn(at, "\r\n");
        char *next = end + strspn(end, "\r\n");
        *end = 0;
        take_line(at, log, &state, &found);
        at = next;
    }
    free(text);
    log->has_cs = state.lowest && state.highest && log->cs_highest > log->cs_lowest;
    for (size_t i = 0; i < found.n_facts && state.seen_section; i++)
        trb_info_fact(info, found.facts[i].source, found.facts[i].key, "%s", found.facts[i].value);
    trb_scan_info_clear(&found);
    if (!state.seen_section)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s holds no [Reconstruction] section", path);
    return TRB_OK;
}

/* ---- finding it */

static bool ends_like_log(const char *name)
{
    const size_t n = strlen(name);
    return name[0] != '.' && n > strlen(LOG_ENDING) && strcasecmp(name + n - strlen(LOG_ENDING), LOG_ENDING) == 0;
}

/* Is it prefix.log? */
static bool named_like(const char *name, const char *prefix)
{
    const size_t n = strlen(name) - strlen(LOG_ENDING);
    return *prefix && strlen(prefix) == n && strncasecmp(name, prefix, n) == 0;
}

bool trb_skyscan_log_find(const char *folder, const char *prefix, trb_skyscan_log *log, trb_scan_info *info)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return false;
    trb_scan_info found = {0};
    size_t candidates = 0;
    bool exact = false;
    for (struct dirent *entry; !exact && (entry = readdir(directory)) != NULL;) {
        char path[4096];
        trb_skyscan_log one;
        trb_scan_info facts = {0};
        if (!ends_like_log(entry->d_name) ||
            snprintf(path, sizeof path, "%s/%s", folder, entry->d_name) >= (int)sizeof path ||
            trb_skyscan_log_read(path, &one, &facts, NULL) != TRB_OK) {
            trb_scan_info_clear(&facts);
            continue;
        }
        candidates++;
        exact = named_like(entry->d_name, prefix);
        trb_scan_info_clear(&found);
        found = facts;
        *log = one;
    }
    closedir(directory);
    const bool chosen = exact || candidates == 1;
    for (size_t i = 0; chosen && i < found.n_facts; i++)
        trb_info_fact(info, found.facts[i].source, found.facts[i].key, "%s", found.facts[i].value);
    trb_scan_info_clear(&found);
    if (!chosen && candidates > 1)
        trb_info_warn(info, "%zu SkyScan logs lie beside the slices and none is named %s.log: none is used",
                      candidates, prefix);
    return chosen;
}

/* ---- using it */

void trb_skyscan_log_calibrate(const trb_skyscan_log *log, trb_type type, trb_calibration *calibration)
{
    if (!log->has_cs || (type != TRB_U8 && type != TRB_U16))
        return;
    const double most = type == TRB_U8 ? 255 : 65535;
    trb_linear *line = &calibration->attenuation;
    line->known = true;
    line->slope = 10 * (log->cs_highest - log->cs_lowest) / most; /* 1/mm -> 1/cm */
    line->intercept = 10 * log->cs_lowest;
    snprintf(line->source, sizeof line->source, "%s", log->name);
}

void trb_skyscan_log_check_size(const trb_skyscan_log *log, size_t nx, size_t ny, trb_scan_info *info)
{
    if (!log->width || !log->height || (nx == log->width && ny == log->height))
        return;
    const double x = (double)nx / (double)log->width, y = (double)ny / (double)log->height;
    if (fabs(x - y) < 0.005 * x && log->pixel_um > 0)
        trb_info_warn(info,
                      "%s describes slices of %zu x %zu pixels, these have %zu x %zu: if they were scaled, the pixel "
                      "size is %.6g um and not %.6g um",
                      log->name, log->width, log->height, nx, ny, log->pixel_um / x, log->pixel_um);
}
