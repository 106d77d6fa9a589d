/*
 * batch_mixed.c - scans of one study that were not made alike.
 *
 * Tb.Th of 10 um and 20 um scans cannot be compared. The most frequent value counts as meant; the others are named.
 */
#include "study/batch_parts.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_NAMED 4

void trb_batch_warn(trb_batch_plan *plan, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char **more = realloc(plan->warnings, (plan->n_warnings + 1) * sizeof *more);
    if (!more)
        return;
    plan->warnings = more;
    more[plan->n_warnings] = strdup(text);
    if (more[plan->n_warnings])
        plan->n_warnings++;
}

/* What is compared, as text; empty: this scan has nothing to compare. */
typedef void (*describer)(const trb_batch_scan *scan, char *text, size_t size);

static void describe_spacing(const trb_batch_scan *scan, char *text, size_t size)
{
    const double *s = scan->grid.spacing_mm;
    text[0] = 0;
    /* 4 digits: scanners write 0.00998 for 0.01 and mean the same to 0.1 % */
    if (trb_grid_has_spacing(&scan->grid) && trb_grid_is_isotropic(&scan->grid, 0.001))
        snprintf(text, size, "%.4g um", s[0] * 1000);
    else if (trb_grid_has_spacing(&scan->grid))
        snprintf(text, size, "%.4g x %.4g x %.4g um", s[0] * 1000, s[1] * 1000, s[2] * 1000);
}

static void describe_type(const trb_batch_scan *scan, char *text, size_t size)
{
    snprintf(text, size, "%s", trb_type_name(scan->type));
}

static void describe_scanner(const trb_batch_scan *scan, char *text, size_t size)
{
    snprintf(text, size, "%s", scan->scanner);
}

static bool counts(const trb_batch_scan *scan)
{
    return scan->here && scan->opened;
}

/* The most frequent description; of equals the first. Gives how many scans have any. */
static size_t usual(const trb_batch_plan *plan, describer describe, char *best, size_t size)
{
    size_t n = 0, best_count = 0;
    best[0] = 0;
    for (size_t i = 0; i < plan->n_scans; i++) {
        char text[300], other[300];
        size_t count = 0;
        if (!counts(&plan->scans[i]))
            continue;
        describe(&plan->scans[i], text, sizeof text);
        if (!text[0])
            continue;
        n++;
        if (strcmp(text, best) == 0)
            continue;
        for (size_t k = i; k < plan->n_scans; k++) {
            if (!counts(&plan->scans[k]))
                continue;
            describe(&plan->scans[k], other, sizeof other);
            count += strcmp(text, other) == 0;
        }
        if (count > best_count) {
            best_count = count;
            snprintf(best, size, "%s", text);
        }
    }
    return n;
}

static void compare(trb_batch_plan *plan, const char *what, describer describe)
{
    char best[300], odd[700] = "";
    size_t n_odd = 0;
    const size_t n = usual(plan, describe, best, sizeof best);
    for (size_t i = 0; i < plan->n_scans; i++) {
        char text[300];
        if (!counts(&plan->scans[i]))
            continue;
        describe(&plan->scans[i], text, sizeof text);
        if (!text[0] || strcmp(text, best) == 0)
            continue;
        const size_t used = strlen(odd);
        if (n_odd++ < MOST_NAMED)
            snprintf(odd + used, sizeof odd - used, "%s%.60s has %.100s", used ? ", " : "",
                     plan->scans[i].entry->sample, text);
    }
    if (n_odd)
        trb_batch_warn(plan, "mixed %s: %zu of %zu scans have %s, but %s%s", what, n - n_odd, n, best, odd,
                       n_odd > MOST_NAMED ? ", and more" : "");
}

void trb_batch_find_mixed(trb_batch_plan *plan)
{
    compare(plan, "voxel sizes", describe_spacing);
    compare(plan, "voxel types", describe_type);
    compare(plan, "scan settings", describe_scanner);
}
