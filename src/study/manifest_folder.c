/*
 * manifest_folder.c - a study that is a tree of folders.
 *
 * The one thing that names do not tell is whether the TIFF files of a folder are the slices of one scan or volumes of
 * their own (a group folder with one stack a file). One of them is opened: more than one page makes them volumes.
 */
#include "study/batch_paths.h"
#include "study/manifest_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define FEWEST_IMAGES 3 /* slices that make a scan; fewer are pictures that lie beside scans */
#define DEEPEST 16 /* levels; a link that leads back up ends here */

struct walk {
    trb_manifest *manifest;
    struct stat output; /* st_ino 0: none */
};

static trb_status no_memory(trb_error *err)
{
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of scans");
}

/* The sample "Sham_m1" of "Sham/m1", and its group. below is "" for the study itself. */
static trb_status add_scan(struct walk *walk, const char *path, const char *below, size_t length,
                           trb_error *err)
{
    trb_manifest_scan *scan = trb_manifest_add(walk->manifest);
    if (!scan)
        return no_memory(err);
    scan->path = strdup(path);
    char *name = length ? trb_text_format("%.*s", (int)length, below) : trb_path_base(path);
    scan->sample = name ? trb_text_utf8(name) : NULL;
    free(name);
    if (!scan->path || !scan->sample)
        return no_memory(err);
    char *slash = strchr(scan->sample, '/');
    if (slash) {
        scan->group = trb_text_format("%.*s", (int)(slash - scan->sample), scan->sample);
        if (!scan->group)
            return no_memory(err);
    }
    for (; slash; slash = strchr(slash, '/'))
        *slash = '_';
    return TRB_OK;
}

/* ---- slices or volumes */

/* Pages of a TIFF file; 0: it cannot be opened. */
static size_t pages_of(const char *folder, const char *name)
{
    char *path = trb_path_join(folder, name);
    trb_scan *scan = NULL;
    size_t pages = 0;
    struct stat facts;
    if (path && stat(path, &facts) == 0 && S_ISREG(facts.st_mode) &&
        trb_scan_open(path, NULL, &scan, NULL) == TRB_OK)
        pages = trb_scan_grid(scan)->nz;
    trb_scan_close(scan);
    free(path);
    return pages;
}

/* Are the TIFF files of a folder volumes? A damaged file must not decide, so up to three are asked. */
static bool hold_volumes(const char *folder, char *const *names, size_t n)
{
    size_t tiffs = 0;
    for (size_t i = 0; i < n; i++)
        tiffs += trb_is_tiff_name(names[i]);
    const size_t asked[3] = {0, tiffs - 1, tiffs / 2};
    for (int k = 0; k < 3 && tiffs; k++) {
        size_t at = 0;
        for (size_t i = 0; i < n; i++) {
            if (!trb_is_tiff_name(names[i]) || at++ != asked[k])
                continue;
            const size_t pages = pages_of(folder, names[i]);
            if (pages)
                return pages > 1;
        }
    }
    return tiffs == 1; /* nothing can be opened: one file is a broken volume, several are a broken series */
}

/* Are the pictures of a folder (BMP, PNG, ...; no TIFF) the slices of a scan? */
static bool hold_images(char *const *names, size_t n)
{
    size_t images = 0;
    for (size_t i = 0; i < n; i++)
        images += trb_is_slice_name(names[i]);
    return images >= FEWEST_IMAGES;
}

/* ---- the walk */

static bool exists_in(const char *folder, const char *name)
{
    char *path = trb_path_join(folder, name);
    struct stat there;
    const bool exists = path && stat(path, &there) == 0;
    free(path);
    return exists;
}

/* Results hold maps that look like scans. */
static bool is_output(const struct walk *walk, const char *path, const struct stat *facts)
{
    if (walk->output.st_ino && walk->output.st_ino == facts->st_ino && walk->output.st_dev == facts->st_dev)
        return true;
    return exists_in(path, "result.json") || (exists_in(path, "study.json") && exists_in(path, "scans"));
}

static trb_status walk_folder(struct walk *walk, const char *path, const char *below, int depth,
                              trb_error *err);

struct counted {
    size_t folders, others;
};

static trb_status take_entry(struct walk *walk, const char *folder, const char *below, const char *name,
                             bool slices, int depth, struct counted *seen, trb_error *err)
{
    char *path = trb_path_join(folder, name);
    char *relative = below[0] ? trb_path_join(below, name) : strdup(name);
    struct stat facts;
    trb_status status = path && relative ? TRB_OK : no_memory(err);
    const bool there = !status && stat(path, &facts) == 0; /* a dangling link is a scan that fails */
    if (!status && there && S_ISDIR(facts.st_mode)) {
        seen->folders++;
        if (is_output(walk, path, &facts))
            trb_manifest_note(walk->manifest, "%s holds results: left out", path);
        else if (depth < DEEPEST)
            status = walk_folder(walk, path, relative, depth + 1, err);
        else
            trb_manifest_note(walk->manifest, "%s lies deeper than %d levels: left out", path, DEEPEST);
    } else if (!status && trb_volume_stem(name) && !(slices && trb_is_tiff_name(name))) {
        status = add_scan(walk, path, relative, trb_volume_stem(relative), err);
    } else if (!status) {
        seen->others++;
    }
    free(relative);
    free(path);
    return status;
}

static trb_status walk_folder(struct walk *walk, const char *path, const char *below, int depth,
                              trb_error *err)
{
    char **names;
    size_t n;
    trb_error why;
    if (trb_names_in(path, &names, &n, &why)) {
        if (depth == 0)
            return trb_error_set(err, why.status, "%s", why.text);
        return add_scan(walk, path, below, strlen(below), err); /* fails alone, and says why */
    }
    const size_t before = walk->manifest->n_scans;
    bool has_tiffs = false;
    for (size_t i = 0; i < n; i++)
        has_tiffs = has_tiffs || trb_is_tiff_name(names[i]);
    const bool slices = has_tiffs ? !hold_volumes(path, names, n) : hold_images(names, n);
    struct counted seen = {0, 0};
    trb_status status = slices ? add_scan(walk, path, below, strlen(below), err) : TRB_OK;
    for (size_t i = 0; i < n && !status; i++)
        status = take_entry(walk, path, below, names[i], slices, depth, &seen, err);
    if (!status && depth > 0 && n == 0)
        status =
            add_scan(walk, path, below, strlen(below), err); /* a copy that did not arrive: it fails alone */
    else if (!status && depth > 0 && walk->manifest->n_scans == before && seen.folders == 0)
        trb_manifest_note(walk->manifest, "%s holds no image that is read: left out", path);
    trb_names_free(names, n);
    return status;
}

trb_status trb_manifest_from_folder(trb_manifest *manifest, const char *output, trb_error *err)
{
    struct walk walk = {.manifest = manifest};
    if (!output || stat(output, &walk.output) != 0)
        memset(&walk.output, 0, sizeof walk.output);
    return walk_folder(&walk, manifest->study, "", 0, err);
}
