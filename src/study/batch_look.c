/* batch_look.c - one scan before it runs: its headers, its needs, its problems. */
#include "study/batch_parts.h"

#include "record/memory_plan.h"
#include "study/batch_paths.h"
#include "trabecula/voi_auto.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define GIB 1073741824.0

/*
 * A rough time from above, for batch systems that ask before: on one core of 2024 all metrics of real bone took 1e-7 s a
 * voxel; slow machines and open structures take three times as long; a share delivers 50 MB/s.
 */
#define SECONDS_A_VOXEL 3e-7
#define SECONDS_A_BYTE 2e-8
#define SECONDS_TO_START 2.0
#define TIMES_READ_IN_SLABS 5

static void problem(trb_batch_scan *scan, const char *text)
{
    const size_t used = strlen(scan->problem);
    snprintf(scan->problem + used, sizeof scan->problem - used, "%s%s", used ? "; " : "", text);
}

/* The part that is measured. */
static bool part_of(const trb_settings *settings, const trb_grid *whole, trb_grid *part)
{
    trb_box box = settings->crop.hi[0] ? settings->crop : trb_grid_box(whole);
    if (settings->slices[1]) {
        box.lo[2] = settings->slices[0];
        box.hi[2] = settings->slices[1];
    }
    *part = *whole;
    if (box.hi[0] > whole->nx || box.hi[1] > whole->ny || box.hi[2] > whole->nz)
        return false;
    part->nx = box.hi[0] - box.lo[0];
    part->ny = box.hi[1] - box.lo[1];
    part->nz = box.hi[2] - box.lo[2];
    return true;
}

/* Cubes of the smallest spacing; gives whether anything changes. */
static bool resampled(const trb_settings *settings, trb_grid *grid)
{
    if (!settings->resample_isotropic || !trb_grid_has_spacing(grid) || trb_grid_is_isotropic(grid, 0.01))
        return false;
    const double *s = grid->spacing_mm, least = fmin(s[0], fmin(s[1], s[2]));
    grid->nx = (size_t)((double)grid->nx * s[0] / least + 0.5);
    grid->ny = (size_t)((double)grid->ny * s[1] / least + 0.5);
    grid->nz = (size_t)((double)grid->nz * s[2] / least + 0.5);
    return true;
}

static void look_at_memory(const trb_batch_options *options, const trb_settings *settings,
                           const trb_grid *part, trb_batch_scan *scan)
{
    const double limit = (double)options->memory_limit;
    const double grey = (double)trb_grid_voxels(part) * (double)trb_type_bytes(scan->type);
    const bool whole_maps = options->maps && strcmp(options->map_format, "tif") != 0;
    trb_grid measured = *part;
    double at_once, least;
    const bool bigger = resampled(settings, &measured);
    trb_memory_needs(&measured, scan->type, settings, options->maps, options->threads, &at_once, &least);
    if (options->mesh && options->mesh_decimate)
        trb_memory_needs_mesh(&measured, scan->type, settings, options->threads, &at_once, &least);
    at_once = ceil(at_once);
    if (bigger)
        at_once += grey;
    if (whole_maps)
        at_once += 8.0 * (double)trb_grid_voxels(&measured);
    if (bigger || whole_maps)
        least = at_once; /* neither goes in slabs */
    scan->voxels = trb_grid_voxels(&measured);
    scan->memory_least = (uint64_t)least;
    scan->memory_bytes = (uint64_t)(limit > 0 ? fmin(at_once, limit) : at_once);
    scan->in_slabs = limit > 0 && at_once > limit;
    if (limit > 0 && least > limit) {
        char text[300];
        snprintf(
            text, sizeof text,
            "needs %.2f GiB of memory%s, the limit is %.2f GiB: raise --memory-limit, measure a part with "
            "--slices or --crop, or use a machine with more memory",
            least / GIB, least < at_once ? " even in slabs" : "", limit / GIB);
        problem(scan, text);
    }
}

static void look_at_spacing(const trb_settings *settings, trb_batch_scan *scan)
{
    const double *s = scan->grid.spacing_mm;
    if (!trb_grid_has_spacing(&scan->grid)) {
        problem(scan, "the voxel size is not known: give --voxel-size, or a column voxel-size");
    } else if (!trb_grid_is_isotropic(&scan->grid, 0.01) && !settings->resample_isotropic) {
        char text[160];
        snprintf(text, sizeof text, "voxels of %g x %g x %g mm are not cubes: give --resample isotropic",
                 s[0], s[1], s[2]);
        problem(scan, text);
    }
}

static void look_at_files(const trb_settings *settings, trb_batch_scan *scan)
{
    struct stat there;
    char part[1024];
    bool minus;
    for (size_t i = 0; settings->voi[0] && trb_voi_part(settings->voi, i, part, sizeof part, &minus); i++)
        if (trb_voi_part_is_file(part) && stat(part, &there) != 0) {
            char text[400];
            snprintf(text, sizeof text, "the VOI %.200s cannot be read: %s", part, strerror(errno));
            problem(scan, text);
        }
}

static void note_scanner(const trb_scan_info *info, trb_batch_scan *scan)
{
    static const char *const keys[] = {"Scanner", "Source Voltage (kV)", "Source Current (uA)",
                                       "Filter",  "Exposure (ms)",       "Beam Hardening Correction (%)"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        for (size_t i = 0; i < info->n_facts; i++) {
            if (strcmp(info->facts[i].key, keys[k]) != 0)
                continue;
            const size_t used = strlen(scan->scanner);
            snprintf(scan->scanner + used, sizeof scan->scanner - used, "%s%s=%.60s", used ? ", " : "",
                     keys[k], info->facts[i].value);
            break;
        }
}

void trb_batch_look(const trb_batch_options *options, const trb_settings *settings, trb_batch_scan *scan)
{
    trb_open_options open = trb_open_options_default();
    trb_scan *opened = NULL;
    trb_error err = {TRB_OK, ""};
    memcpy(open.spacing_mm, settings->voxel_size_mm, sizeof open.spacing_mm);
    open.allow_gaps = settings->allow_gaps;
    look_at_files(settings, scan);
    struct stat there;
    if (stat(scan->entry->path, &there) == 0 && !S_ISREG(there.st_mode) && !S_ISDIR(there.st_mode)) {
        problem(scan, "it is neither a file nor a folder"); /* opening a pipe would wait for ever */
        return;
    }
    if (trb_scan_open(scan->entry->path, &open, &opened, &err)) {
        char text[500];
        snprintf(text, sizeof text, "%.480s", err.text);
        problem(scan, text);
        return;
    }
    trb_grid part;
    scan->grid = *trb_scan_grid(opened);
    scan->type = trb_scan_type(opened);
    scan->opened = true;
    note_scanner(trb_scan_facts(opened), scan);
    trb_scan_close(opened);
    look_at_spacing(settings, scan);
    if (!part_of(settings, &scan->grid, &part))
        problem(scan, "--slices or --crop leave the image");
    else
        look_at_memory(options, settings, &part, scan);
}

/* ---- time */

double trb_batch_seconds(const trb_batch_scan *scan, int threads)
{
    const double reading = (double)scan->bytes * SECONDS_A_BYTE * (scan->in_slabs ? TIMES_READ_IN_SLABS : 1);
    const double measuring = (double)scan->voxels * SECONDS_A_VOXEL / pow(threads, 0.9);
    return SECONDS_TO_START + reading + measuring * (scan->in_slabs ? 1.5 : 1);
}
