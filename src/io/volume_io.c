/* volume_io.c - opens a path, whatever it is, and reads voxels. The kinds of files are in tiff_*.c and the ITK bridge. */
#include "trabecula/volume_io.h"

#include "core/memory.h"
#include "io/itk_bridge.h"
#include "io/scan_info.h"
#include "io/spacing_claims.h"
#include "io/tiff_stack.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GIB 1073741824.0

struct trb_scan {
    char *path;
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    size_t memory_limit_bytes;
    trb_tiff_stack *tiff; /* NULL: the ITK bridge reads it */
};

trb_open_options trb_open_options_default(void)
{
    return (trb_open_options){{0, 0, 0}, false, 0};
}

/* ---- opening */

static bool is_folder(const char *path)
{
    struct stat facts;
    return stat(path, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static trb_status check_options(const trb_open_options *options, trb_error *err)
{
    for (int axis = 0; axis < 3; axis++)
        if (!isfinite(options->spacing_mm[axis]) || options->spacing_mm[axis] < 0)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "a voxel size of %g mm on axis %c is no length",
                                 options->spacing_mm[axis], "xyz"[axis]);
    return TRB_OK;
}

static trb_status open_tiff(trb_scan *scan, const trb_open_options *options, trb_error *err)
{
    trb_tiff_meta meta = {0};
    trb_spacing_claims claims = {0};
    const trb_status status =
        is_folder(scan->path)
            ? trb_tiff_stack_open_folder(scan->path, options->allow_gaps, &scan->tiff, &scan->grid, &scan->type, &meta,
                                         &claims, &scan->info, err)
            : trb_tiff_stack_open_file(scan->path, &scan->tiff, &scan->grid, &scan->type, &meta, &claims, &scan->info,
                                       err);
    if (status)
        return status;
    trb_spacing_decide(&claims, options->spacing_mm, &scan->grid, &scan->info);
    trb_tiff_meta_origin(&meta, &scan->grid);
    return TRB_OK;
}

static trb_status open_with_itk(trb_scan *scan, const trb_open_options *options, trb_error *err)
{
    const trb_status status = trb_itk_probe(scan->path, &scan->grid, &scan->type, &scan->info, err);
    if (status)
        return status;
    trb_spacing_claims claims = {0};
    trb_spacing_claims_add(&claims, scan->grid.spacing_mm,
                           scan->info.spacing_source[0] ? scan->info.spacing_source : scan->info.format);
    trb_spacing_decide(&claims, options->spacing_mm, &scan->grid, &scan->info);
    return trb_grid_check(&scan->grid, err);
}

/* By content first: a TIFF is a TIFF whatever its name says. */
static trb_status open_any(trb_scan *scan, const trb_open_options *options, trb_error *err)
{
    struct stat facts;
    if (stat(scan->path, &facts) != 0)
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", scan->path, strerror(errno));
    if (S_ISDIR(facts.st_mode) || trb_tiff_recognise(scan->path))
        return open_tiff(scan, options, err);
    if (trb_itk_knows(scan->path))
        return open_with_itk(scan, options, err);
    const char *dot = strrchr(scan->path, '.');
    if (dot && (strcmp(dot, ".tif") == 0 || strcmp(dot, ".tiff") == 0 || strcmp(dot, ".TIF") == 0))
        return open_tiff(scan, options, err); /* says what is wrong with it */
    return trb_error_set(err, TRB_ERR_UNSUPPORTED,
                         "%s is in no format that is read: give a folder of TIFF slices, a multi-page TIFF, or a .mha "
                         ".mhd .nrrd .nhdr .nii .nii.gz file",
                         scan->path);
}

trb_status trb_scan_open(const char *path, const trb_open_options *options, trb_scan **out, trb_error *err)
{
    const trb_open_options defaults = trb_open_options_default();
    options = options ? options : &defaults;
    *out = NULL;
    trb_status status = check_options(options, err);
    if (status)
        return status;
    trb_scan *scan = trb_alloc_zero(1, sizeof *scan, "a scan", err);
    if (!scan)
        return TRB_ERR_MEMORY;
    scan->memory_limit_bytes = options->memory_limit_bytes;
    scan->path = strdup(path);
    status = scan->path ? open_any(scan, options, err) : trb_error_set(err, TRB_ERR_MEMORY, "out of memory");
    if (status)
        trb_scan_close(scan);
    else
        *out = scan;
    return status;
}

void trb_scan_close(trb_scan *scan)
{
    if (!scan)
        return;
    trb_tiff_stack_close(scan->tiff);
    trb_scan_info_clear(&scan->info);
    free(scan->path);
    free(scan);
}

const trb_grid *trb_scan_grid(const trb_scan *scan)
{
    return &scan->grid;
}

trb_type trb_scan_type(const trb_scan *scan)
{
    return scan->type;
}

const trb_scan_info *trb_scan_facts(const trb_scan *scan)
{
    return &scan->info;
}

/* ---- reading */

static trb_status check_memory(const trb_scan *scan, const trb_box *box, trb_error *err)
{
    double bytes = (double)trb_type_bytes(scan->type);
    for (int axis = 0; axis < 3; axis++)
        bytes *= (double)(box->hi[axis] - box->lo[axis]);
    if (scan->memory_limit_bytes == 0 || bytes <= (double)scan->memory_limit_bytes)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_MEMORY,
                         "%s: %zu x %zu x %zu voxels of %s need %.3f GiB, the limit is %.3f GiB: read a part (--slices, "
                         "--crop) or raise --memory-limit",
                         scan->path, box->hi[0] - box->lo[0], box->hi[1] - box->lo[1], box->hi[2] - box->lo[2],
                         trb_type_name(scan->type), bytes / GIB, (double)scan->memory_limit_bytes / GIB);
}

static trb_status check_box(const trb_scan *scan, const trb_box *box, trb_error *err)
{
    const size_t size[3] = {scan->grid.nx, scan->grid.ny, scan->grid.nz};
    for (int axis = 0; axis < 3; axis++)
        if (box->lo[axis] >= box->hi[axis] || box->hi[axis] > size[axis])
            return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: %c %zu:%zu does not lie in 0:%zu", scan->path, "xyz"[axis],
                                 box->lo[axis], box->hi[axis], size[axis]);
    return check_memory(scan, box, err);
}

/* A view of voxels that live elsewhere, so that the checks for volumes serve here too. */
static trb_status check_finite(const trb_scan *scan, const trb_box *box, void *voxels, trb_error *err)
{
    trb_volume view = {scan->grid, scan->type, voxels};
    view.grid.nx = box->hi[0] - box->lo[0];
    view.grid.ny = box->hi[1] - box->lo[1];
    view.grid.nz = box->hi[2] - box->lo[2];
    const trb_status status = trb_volume_check_finite(&view, err);
    if (status)
        trb_error_within(err, "%s (from slice %zu)", scan->path, box->lo[2]);
    return status;
}

/* ITK gives whole planes; a box is cut out of them. */
static trb_status read_with_itk(const trb_scan *scan, const trb_box *box, void *dst, trb_error *err)
{
    const trb_grid *grid = &scan->grid;
    const size_t bytes = trb_type_bytes(scan->type), slices = box->hi[2] - box->lo[2];
    const size_t columns = box->hi[0] - box->lo[0], rows = box->hi[1] - box->lo[1];
    if (columns == grid->nx && rows == grid->ny)
        return trb_itk_read(scan->path, box->lo[2], box->hi[2], dst, err);
    char *planes = trb_alloc(grid->nx * grid->ny * slices, bytes, "whole slices to cut the box from", err);
    if (!planes)
        return TRB_ERR_MEMORY;
    const trb_status status = trb_itk_read(scan->path, box->lo[2], box->hi[2], planes, err);
    for (size_t z = 0; !status && z < slices; z++)
        for (size_t y = 0; y < rows; y++)
            memcpy((char *)dst + (z * rows + y) * columns * bytes,
                   planes + ((z * grid->ny + y + box->lo[1]) * grid->nx + box->lo[0]) * bytes, columns * bytes);
    free(planes);
    return status;
}

static trb_status read_box(const trb_scan *scan, const trb_box *box, void *dst, const trb_progress *progress,
                           trb_error *err)
{
    trb_status status = check_box(scan, box, err);
    if (status)
        return status;
    if (scan->tiff)
        return trb_tiff_stack_read(scan->tiff, box, dst, progress, err);
    if (progress && !progress->report(progress->user, "reading", 0))
        return trb_error_set(err, TRB_ERR_CANCELLED, "reading was cancelled");
    status = read_with_itk(scan, box, dst, err);
    if (!status)
        status = check_finite(scan, box, dst, err);
    if (!status && progress && !progress->report(progress->user, "reading", 1))
        return trb_error_set(err, TRB_ERR_CANCELLED, "reading was cancelled");
    return status;
}

trb_status trb_scan_read(trb_scan *scan, size_t z0, size_t z1, void *dst, const trb_progress *progress,
                         trb_error *err)
{
    const trb_box box = {{0, 0, z0}, {scan->grid.nx, scan->grid.ny, z1}};
    return read_box(scan, &box, dst, progress, err);
}

/* The part of a scan as a volume; its origin moves with it. */
static trb_status read_volume(const trb_scan *scan, const trb_box *box, const trb_progress *progress,
                              trb_volume **out, trb_error *err)
{
    trb_status status = check_box(scan, box, err);
    if (status)
        return status;
    trb_grid grid = scan->grid;
    grid.nx = box->hi[0] - box->lo[0];
    grid.ny = box->hi[1] - box->lo[1];
    grid.nz = box->hi[2] - box->lo[2];
    for (int axis = 0; axis < 3; axis++)
        grid.origin_mm[axis] += (double)box->lo[axis] * grid.spacing_mm[axis];
    trb_volume *volume = NULL;
    status = trb_volume_create(&grid, scan->type, &volume, err);
    if (!status)
        status = read_box(scan, box, volume->voxels, progress, err);
    if (status)
        trb_volume_destroy(volume);
    else
        *out = volume;
    return status;
}

trb_status trb_volume_read(const char *path, const trb_open_options *options, const trb_box *box,
                           const trb_progress *progress, trb_volume **out, trb_scan_info *info, trb_error *err)
{
    trb_scan *scan = NULL;
    *out = NULL;
    if (info)
        memset(info, 0, sizeof *info);
    trb_status status = trb_scan_open(path, options, &scan, err);
    if (status)
        return status;
    const trb_box all = trb_grid_box(&scan->grid);
    status = read_volume(scan, box ? box : &all, progress, out, err);
    if (!status && info) {
        *info = scan->info;
        memset(&scan->info, 0, sizeof scan->info); /* handed over */
    }
    trb_scan_close(scan);
    return status;
}
