/* manifest.c - the life of a manifest, and what must hold for every study. */
#include "study/batch_paths.h"
#include "study/manifest_parts.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define LONGEST_SAMPLE 200 /* file systems end at 255 bytes */

static void scan_clear(trb_manifest_scan *scan, size_t n_columns)
{
    free(scan->sample);
    free(scan->group);
    free(scan->path);
    for (size_t i = 0; i < scan->n_settings; i++) {
        free(scan->settings[i].key);
        free(scan->settings[i].text);
    }
    free(scan->settings);
    for (size_t i = 0; scan->extra && i < n_columns; i++)
        free(scan->extra[i]);
    free(scan->extra);
}

void trb_manifest_drop_last(trb_manifest *manifest)
{
    scan_clear(&manifest->scans[--manifest->n_scans], manifest->n_columns);
}

void trb_manifest_destroy(trb_manifest *manifest)
{
    if (!manifest)
        return;
    for (size_t i = 0; i < manifest->n_scans; i++)
        scan_clear(&manifest->scans[i], manifest->n_columns);
    free(manifest->scans);
    trb_names_free(manifest->columns, manifest->n_columns);
    trb_names_free(manifest->notes, manifest->n_notes);
    free(manifest->study);
    free(manifest);
}

/* Doubles at powers of two. */
static void *grown(void *items, size_t n, size_t size)
{
    if (n & (n - 1))
        return items;
    return realloc(items, (n ? 2 * n : 1) * size);
}

trb_manifest_scan *trb_manifest_add(trb_manifest *manifest)
{
    trb_manifest_scan *more = grown(manifest->scans, manifest->n_scans, sizeof *more);
    if (!more)
        return NULL;
    manifest->scans = more;
    memset(&more[manifest->n_scans], 0, sizeof *more);
    return &more[manifest->n_scans++];
}

void trb_manifest_note(trb_manifest *manifest, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char **more = grown(manifest->notes, manifest->n_notes, sizeof *more);
    if (!more)
        return;
    manifest->notes = more;
    more[manifest->n_notes] = strdup(text);
    if (more[manifest->n_notes])
        manifest->n_notes++;
}

/* ---- checks */

static const char *where(const trb_manifest_scan *scan, char *text, size_t size)
{
    if (scan->line)
        snprintf(text, size, "line %zu (%s)", scan->line, scan->path);
    else
        snprintf(text, size, "%s", scan->path);
    return text;
}

/* A sample names a folder of the results. */
static const char *name_problem(const char *sample)
{
    if (!sample[0])
        return "is empty";
    if (sample[0] == '.')
        return "begins with a dot";
    if (strlen(sample) > LONGEST_SAMPLE)
        return "is longer than 200 bytes";
    for (const char *c = sample; *c; c++) {
        if (*c == '/')
            return "has a slash";
        if ((unsigned char)*c < 32 || *c == 127)
            return "has a control character";
    }
    return NULL;
}

static int by_sample(const void *a, const void *b)
{
    const trb_manifest_scan *const *x = a, *const *y = b;
    const int order = strcmp((*x)->sample, (*y)->sample);
    return order ? order : ((*x)->line > (*y)->line) - ((*x)->line < (*y)->line);
}

static trb_status check_unique(const trb_manifest *manifest, trb_error *err)
{
    const trb_manifest_scan **sorted = malloc(manifest->n_scans * sizeof *sorted);
    if (!sorted)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of scans");
    for (size_t i = 0; i < manifest->n_scans; i++)
        sorted[i] = &manifest->scans[i];
    qsort(sorted, manifest->n_scans, sizeof *sorted, by_sample);
    trb_status status = TRB_OK;
    for (size_t i = 1; i < manifest->n_scans && !status; i++) {
        char first[300], second[300];
        if (strcmp(sorted[i - 1]->sample, sorted[i]->sample) == 0)
            status =
                trb_error_set(err, TRB_ERR_ARGUMENT,
                              "%s: the sample name '%s' is there twice: %s and %s; each scan "
                              "needs a name of its own",
                              manifest->study, sorted[i]->sample, where(sorted[i - 1], first, sizeof first),
                              where(sorted[i], second, sizeof second));
    }
    free(sorted);
    return status;
}

static trb_status check(const trb_manifest *manifest, trb_error *err)
{
    if (manifest->n_scans == 0)
        return trb_error_set(err, TRB_ERR_DATA, "%s has no scans%s%s", manifest->study,
                             manifest->n_notes ? ": " : "", manifest->n_notes ? manifest->notes[0] : "");
    for (size_t i = 0; i < manifest->n_scans; i++) {
        const trb_manifest_scan *scan = &manifest->scans[i];
        const char *problem = name_problem(scan->sample);
        char place[300];
        if (problem)
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "%s: %s: the sample name '%s' %s; it names a folder of the results",
                                 manifest->study, where(scan, place, sizeof place), scan->sample, problem);
    }
    return check_unique(manifest, err);
}

trb_status trb_manifest_create(const char *study, const char *output, trb_manifest **out, trb_error *err)
{
    struct stat there;
    *out = NULL;
    if (stat(study, &there) != 0)
        return trb_error_set(err, TRB_ERR_IO, "the study %s cannot be read: %s", study, strerror(errno));
    trb_manifest *manifest = calloc(1, sizeof *manifest);
    if (manifest)
        manifest->study = strdup(study);
    if (!manifest || !manifest->study) {
        trb_manifest_destroy(manifest);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a study");
    }
    trb_status status = S_ISDIR(there.st_mode) ? trb_manifest_from_folder(manifest, output, err)
                                               : trb_manifest_from_csv(manifest, err);
    if (!status)
        status = check(manifest, err);
    if (status)
        trb_manifest_destroy(manifest);
    else
        *out = manifest;
    return status;
}
