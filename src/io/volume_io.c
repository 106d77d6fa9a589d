/* volume_io.c - opens a path, whatever it is, and reads voxels. The kinds of files are in tiff_*.c and the ITK bridge. */
#include "trabecula/volume_io.h"

#include "core/memory.h"
#include "io/itk_bridge.h"
#include "io/scan_formats.h"
#include "io/scan_info.h"
#include "io/spacing_claims.h"
#include "io/tiff_stack.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define GIB 1073741824.0
#define AT_ONCE_BYTES ((size_t)16 << 20) /* of planes between two reports of progress */

struct trb_scan {
    char *path;
    trb_grid grid;
    trb_type type;
    trb_scan_info info;
    size_t memory_limit_bytes;
    trb_tiff_stack *tiff;    /* NULL: the reader, or else the ITK bridge */
    trb_plane_reader reader; /* empty: the ITK bridge reads it */
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

/* The formats of scan_formats.h; *known: it is one of them. */
static trb_status open_with_reader(trb_scan *scan, const trb_open_options *options, bool *known, trb_error *err)
{
    trb_opened opened;
    const trb_status status = trb_format_open(scan->path, options, known, &opened, err);
    scan->grid = opened.grid;
    scan->type = opened.type;
    scan->info = opened.info;
    scan->reader = opened.reader;
    if (!status && *known)
        trb_spacing_decide(&opened.claims, options->spacing_mm, &scan->grid, &scan->info);
    return status;
}

/* By content first: a TIFF is a TIFF whatever its name says. */
static trb_status open_any(trb_scan *scan, const trb_open_options *options, trb_error *err)
{
    struct stat facts;
    bool known = false;
    trb_status status = trb_tiff_recognise(scan->path) ? TRB_OK : open_with_reader(scan, options, &known, err);
    if (status || known)
        return status;
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
                         "%s is in no format that is read: give a folder of TIFF slices, a multi-page TIFF, a .isq .rsq "
                         ".aim .mha .mhd .nrrd .nhdr .nii .nii.gz file, or describe a file without header by "
                         "raw:TYPE:NXxNYxNZ+OFFSET:FILE",
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
    trb_plane_reader_clear(&scan->reader);
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

static trb_status read_planes(const trb_scan *scan, size_t z0, size_t z1, void *dst, trb_error *err)
{
    return scan->reader.read ? scan->reader.read(scan->reader.self, z0, z1, dst, err)
                             : trb_itk_read(scan->path, z0, z1, dst, err);
}

/*
 * Whole planes; a box is cut out of them. ITK would begin anew for every part of a compressed file, so it is asked for all
 * at once; the others give a few planes at a time, between which progress is told.
 */
static trb_status read_cut(const trb_scan *scan, const trb_box *box, void *dst, const trb_progress *progress,
                           trb_error *err)
{
    const trb_grid *grid = &scan->grid;
    const size_t bytes = trb_type_bytes(scan->type), slices = box->hi[2] - box->lo[2];
    const size_t columns = box->hi[0] - box->lo[0], rows = box->hi[1] - box->lo[1], plane = grid->nx * grid->ny * bytes;
    const bool whole = columns == grid->nx && rows == grid->ny;
    const size_t few = plane < AT_ONCE_BYTES ? AT_ONCE_BYTES / plane : 1;
    const size_t each = scan->reader.read && few < slices ? few : slices;
    char *planes = NULL, *to = dst;
    if (!whole && !(planes = trb_alloc(each, plane, "whole slices to cut the box from", err)))
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    for (size_t z = 0; !status && z < slices; z += each) {
        const size_t n = slices - z < each ? slices - z : each;
        if (progress && !progress->report(progress->user, "reading", (double)z / (double)slices))
            status = trb_error_set(err, TRB_ERR_CANCELLED, "reading was cancelled");
        else
            status = read_planes(scan, box->lo[2] + z, box->lo[2] + z + n, whole ? to : planes, err);
        if (whole)
            to += n * plane;
        for (size_t row = 0; !status && !whole && row < n * rows; row++, to += columns * bytes)
            memcpy(to, planes + ((row / rows * grid->ny + row % rows + box->lo[1]) * grid->nx + box->lo[0]) * bytes,
                   columns * bytes);
    }
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
    status = read_cut(scan, box, dst, progress, err);
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
