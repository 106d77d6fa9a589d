/* tiff_stack.c - opening a volume: one file, or a folder of slices. Headers only. */
#include "io/tiff_stack.h"

#include "core/memory.h"
#include "io/scan_info.h"
#include "io/skyscan_log.h"
#include "io/tiff_series.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_PLANES 1000000 /* of an ImageJ stack with one directory */

void trb_tiff_stack_close(trb_tiff_stack *stack)
{
    if (!stack)
        return;
    for (size_t i = 0; stack->paths && i < stack->n_files; i++)
        free(stack->paths[i]);
    free(stack->paths);
    free(stack->slices);
    free(stack);
}

const char *trb_tiff_slice_name(const trb_tiff_stack *stack, size_t z, char *text, size_t bytes)
{
    const trb_tiff_slice *slice = &stack->slices[z];
    if (stack->n_files == 1 && stack->n_slices > 1)
        snprintf(text, bytes, "%s, page %zu of %zu", stack->paths[0], slice->page + slice->plane, stack->n_slices);
    else
        snprintf(text, bytes, "%s", stack->paths[slice->file]);
    return text;
}

static trb_status add_slice(trb_tiff_stack *stack, const trb_tiff_slice *slice, trb_error *err)
{
    const size_t n = stack->n_slices;
    if (n == 0 || (n >= 64 && (n & (n - 1)) == 0)) {
        trb_tiff_slice *more = realloc(stack->slices, (n ? 2 * n : 64) * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of %zu slices", n);
        stack->slices = more;
    }
    stack->slices[stack->n_slices++] = *slice;
    return TRB_OK;
}

/* Size as delivered. */
static void delivered_size(const trb_tiff_page *page, size_t *nx, size_t *ny)
{
    const bool transposed = page->orientation >= ORIENTATION_LEFTTOP;
    *nx = transposed ? page->height : page->width;
    *ny = transposed ? page->width : page->height;
}

/* A slice must be what the first one is. `first` names that one in the message. */
static trb_status check_same(const trb_tiff_page *page, const trb_tiff_page *expected, const char *first,
                             trb_error *err)
{
    size_t nx, ny, expected_nx, expected_ny;
    delivered_size(page, &nx, &ny);
    delivered_size(expected, &expected_nx, &expected_ny);
    if (nx != expected_nx || ny != expected_ny)
        return trb_error_set(err, TRB_ERR_DATA, "is %zu x %zu pixels, %s is %zu x %zu: all slices must have one size",
                             nx, ny, first, expected_nx, expected_ny);
    if (page->type != expected->type)
        return trb_error_set(err, TRB_ERR_DATA, "holds %s voxels, %s holds %s: all slices must have one type",
                             trb_type_name(page->type), first, trb_type_name(expected->type));
    if (page->bits != expected->bits)
        return trb_error_set(err, TRB_ERR_DATA, "holds %u-bit voxels, %s holds %u-bit: all slices must have one type",
                             page->bits, first, expected->bits);
    return TRB_OK;
}

static trb_status check_spacing(const trb_tiff_meta *meta, const trb_tiff_meta *expected, const char *first,
                                trb_error *err)
{
    if (!trb_tiff_meta_differs(meta, expected))
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_DATA,
                         "states %.8g x %.8g units a pixel (%s), %s states %.8g x %.8g (%s): all slices must have one "
                         "voxel size",
                         meta->units_per_pixel[0], meta->units_per_pixel[1], trb_tiff_meta_unit(meta), first,
                         expected->units_per_pixel[0], expected->units_per_pixel[1], trb_tiff_meta_unit(expected));
}

/* ---- one file */

/* Add all slices of an open file; the first of all sets what the others must be. */
static trb_status add_pages(trb_tiff_stack *stack, trb_tiff_file *file, size_t file_index, trb_tiff_meta *first_meta,
                            trb_error *err)
{
    uint64_t *directories = NULL;
    size_t count = 0, before = stack->n_slices;
    trb_status status = trb_tiff_directories(file, &directories, &count, err);
    for (size_t i = 0; !status && i < count; i++) {
        trb_tiff_slice slice = {file_index, i + 1, directories[i], 0, {0}};
        trb_tiff_meta meta;
        status = trb_tiff_directory_set(file, directories[i], err);
        if (!status)
            status = trb_tiff_page_layout(file, &slice.layout, err);
        if (!status && slice.layout.skip)
            continue;
        if (!status) {
            trb_tiff_meta_read(file, directories[i], &meta);
            slice.layout.add_half =
                meta.is_imagej && trb_imagej_signed16(&meta.imagej) && slice.layout.type == TRB_U16;
            /* ImageJ describes the first page only; the calibration is that of the stack. */
            if (stack->n_slices > before && stack->slices[before].layout.add_half && slice.layout.type == TRB_U16)
                slice.layout.add_half = true;
            if (slice.layout.add_half)
                slice.layout.type = TRB_I16;
        }
        if (!status && stack->n_slices) {
            char name[400] = "the first page";
            if (file_index > 0)
                snprintf(name, sizeof name, "%.390s", stack->paths[0]);
            status = check_same(&slice.layout, &stack->slices[0].layout, name, err);
            if (!status)
                status = check_spacing(&meta, first_meta, name, err);
        } else if (!status) {
            *first_meta = meta;
            status = trb_tiff_meta_check(first_meta, err);
        }
        if (!status)
            status = add_slice(stack, &slice, err);
        if (status && count > 1)
            trb_error_within(err, "page %zu of %zu", i + 1, count);
    }
    free(directories);
    if (!status && stack->n_slices == before)
        status = trb_error_set(err, TRB_ERR_FORMAT, "holds only thumbnails, no slice");
    return status;
}

/*
 * ImageJ stacks beyond 4 GB have one directory and the planes one behind the other; smaller ones of ImageJ have
 * both. Every further directory counts as what it is.
 */
static trb_status expand_imagej(trb_tiff_stack *stack, const trb_tiff_file *file, const trb_tiff_meta *meta,
                                trb_scan_info *info, trb_error *err)
{
    const size_t images = meta->is_imagej && !meta->has_orientation ? meta->imagej.images : 1;
    if (images < 2 || images == stack->n_slices)
        return TRB_OK;
    if (stack->n_slices > 1) {
        trb_info_warn(info, "the ImageJ description speaks of %zu images, the file holds %zu: these are used", images,
                      stack->n_slices);
        return TRB_OK;
    }
    const trb_tiff_page *page = &stack->slices[0].layout;
    if (images > MOST_PLANES)
        return trb_error_set(err, TRB_ERR_FORMAT, "claims %zu images", images);
    if (!page->raw)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "the ImageJ description speaks of %zu images, but only one compressed page is there: pages "
                             "were lost, export it again",
                             images);
    const uint64_t plane = trb_tiff_page_bytes(page), there = (file->bytes - page->raw) / plane;
    if (there < images)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "is truncated: the ImageJ description speaks of %zu images, the file holds bytes for %llu: "
                             "copy or export it again",
                             images, (unsigned long long)there);
    for (size_t i = 1; i < images; i++) {
        trb_tiff_slice slice = stack->slices[0];
        slice.plane = i;
        const trb_status status = add_slice(stack, &slice, err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_tiff_stack *new_stack(char **paths, size_t n, trb_error *err)
{
    trb_tiff_stack *stack = trb_alloc_zero(1, sizeof *stack, "a stack", err);
    if (!stack)
        return NULL;
    stack->paths = paths;
    stack->n_files = n;
    return stack;
}

/* Counts and type; what one slice alone cannot overflow, many can. */
static trb_status set_grid(const trb_tiff_stack *stack, trb_grid *grid, trb_type *type, trb_error *err)
{
    memset(grid, 0, sizeof *grid);
    delivered_size(&stack->slices[0].layout, &grid->nx, &grid->ny);
    grid->nz = stack->n_slices;
    *type = stack->slices[0].layout.type;
    trb_status status = trb_grid_check(grid, err);
    return status ? trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu x %zu voxels", grid->nx, grid->ny, grid->nz)
                  : TRB_OK;
}

/* The log of a SkyScan reconstruction beside a single file: same name, ending .log. */
static void log_beside_file(const char *path, const trb_tiff_stack *stack, const trb_grid *grid,
                            trb_spacing_claims *claims, trb_scan_info *info)
{
    char name[4096];
    trb_skyscan_log log;
    const char *slash = strrchr(path, '/'), *dot = strrchr(path, '.');
    const size_t stem = dot && (!slash || dot > slash) ? (size_t)(dot - path) : strlen(path);
    if (stem + 5 > sizeof name)
        return;
    memcpy(name, path, stem);
    memcpy(name + stem, ".log", 5);
    if (trb_skyscan_log_read(name, &log, info, NULL) != TRB_OK)
        return;
    const double mm = log.pixel_um / 1000;
    trb_spacing_claims_add(claims, (const double[3]){mm, mm, mm * log.section_step}, log.name);
    if (!stack->slices[0].layout.invert)
        trb_skyscan_log_calibrate(&log, stack->slices[0].layout.type, &info->calibration);
    trb_skyscan_log_check_size(&log, grid->nx, grid->ny, info);
}

static void describe_file(const trb_tiff_stack *stack, const trb_tiff_file *file, const trb_tiff_meta *meta,
                          trb_scan_info *info)
{
    const bool one_directory = stack->n_slices > 1 && stack->slices[1].plane == 1;
    snprintf(info->format, sizeof info->format, "%s%sTIFF, %zu slice%s%s", file->big ? "Big" : "",
             meta->is_imagej ? "ImageJ "
             : meta->is_ome  ? "OME-"
                             : "",
             stack->n_slices, stack->n_slices == 1 ? "" : "s", one_directory ? " in one directory" : "");
    info->files = 1;
    info->bytes_on_disk = file->bytes;
}

/* Several pages must be what the OME-XML speaks of. */
static trb_status check_ome_count(const trb_tiff_meta *meta, size_t slices, trb_error *err)
{
    if (!meta->is_ome || meta->ome.size_z == slices)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "its OME-XML speaks of %zu slices, %zu are there: a set of several OME-TIFF files must lie in "
                         "one folder of its own, given as the scan",
                         meta->ome.size_z, slices);
}

static trb_status open_file(trb_tiff_stack *stack, trb_tiff_file *file, trb_grid *grid, trb_type *type,
                            trb_tiff_meta *meta, trb_spacing_claims *claims, trb_scan_info *info, trb_error *err)
{
    trb_status status = trb_tiff_file_open(stack->paths[0], file, err);
    if (!status)
        status = add_pages(stack, file, 0, meta, err);
    if (!status)
        status = expand_imagej(stack, file, meta, info, err);
    if (!status)
        status = check_ome_count(meta, stack->n_slices, err);
    if (!status)
        status = set_grid(stack, grid, type, err);
    if (!status)
        status = trb_tiff_directory_set(file, stack->slices[0].directory, err);
    if (!status)
        log_beside_file(stack->paths[0], stack, grid, claims, info);
    return status;
}

trb_status trb_tiff_stack_open_file(const char *path, trb_tiff_stack **out, trb_grid *grid, trb_type *type,
                                    trb_tiff_meta *meta, trb_spacing_claims *claims, trb_scan_info *info,
                                    trb_error *err)
{
    *out = NULL;
    char **paths = trb_alloc_zero(1, sizeof *paths, "a file name", err);
    if (!paths)
        return TRB_ERR_MEMORY;
    paths[0] = strdup(path);
    trb_tiff_stack *stack = paths[0] ? new_stack(paths, 1, err) : NULL;
    if (!stack) {
        free(paths[0]);
        free(paths);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file name");
    }
    trb_tiff_file file = {.fd = -1};
    const trb_status status = open_file(stack, &file, grid, type, meta, claims, info, err);
    if (status) {
        trb_error_within(err, "%s", path);
        trb_tiff_stack_close(stack);
    } else {
        const trb_tiff_page *page = &stack->slices[0].layout;
        trb_tiff_meta_facts(&file, meta, page, info);
        trb_tiff_meta_claims(meta, page, stack->n_slices == 1, claims, info);
        describe_file(stack, &file, meta, info);
        if (stack->n_slices == 1)
            trb_info_warn(info, "this is one slice: give the folder of slices to read a volume");
        *out = stack;
    }
    trb_tiff_file_close(&file);
    return status;
}

/* ---- a folder */

/* One slice file: exactly one page besides thumbnails. */
static trb_status add_slice_file(trb_tiff_stack *stack, size_t index, trb_tiff_meta *meta, trb_scan_info *info,
                                 trb_error *err)
{
    trb_tiff_file file = {.fd = -1};
    trb_status status = trb_tiff_file_open(stack->paths[index], &file, err);
    const size_t before = stack->n_slices;
    if (!status)
        status = add_pages(stack, &file, index, meta, err);
    if (!status && stack->n_slices > before + 1)
        status = trb_error_set(err, TRB_ERR_DATA,
                               "holds %zu pages: in a folder of slices each file holds one; give a multi-page file by "
                               "its own name",
                               stack->n_slices - before);
    if (!status && index == 0)
        status = trb_tiff_directory_set(&file, stack->slices[0].directory, err);
    if (!status && index == 0)
        trb_tiff_meta_facts(&file, meta, &stack->slices[0].layout, info);
    info->bytes_on_disk += file.bytes;
    trb_tiff_file_close(&file);
    if (status)
        trb_error_within(err, "%s", stack->paths[index]);
    return status;
}

/* The log and the numbering: a log that names a section step explains numbers in steps of it. */
static trb_status read_log_and_gaps(const trb_tiff_series *series, const char *folder, bool allow_gaps,
                                    trb_skyscan_log *log, bool *has_log, trb_scan_info *info, trb_error *err)
{
    *has_log = trb_skyscan_log_find(folder, series->prefix, log, info);
    const uint64_t stride = trb_tiff_series_stride(series);
    const bool explained = *has_log && (double)stride == log->section_step;
    return trb_tiff_series_check_gaps(series, folder, explained ? stride : 1, allow_gaps, info, err);
}

static trb_status open_slices(trb_tiff_stack *stack, const trb_tiff_series *series, const char *folder,
                              bool allow_gaps, trb_grid *grid, trb_type *type, trb_tiff_meta *meta,
                              trb_spacing_claims *claims, trb_scan_info *info, trb_error *err)
{
    trb_skyscan_log log;
    bool has_log = false;
    trb_status status = read_log_and_gaps(series, folder, allow_gaps, &log, &has_log, info, err);
    for (size_t i = 0; !status && i < stack->n_files; i++)
        status = add_slice_file(stack, i, meta, info, err);
    if (!status)
        status = set_grid(stack, grid, type, err);
    if (status)
        return status;
    const trb_tiff_page *page = &stack->slices[0].layout;
    if (has_log) {
        const double mm = log.pixel_um / 1000;
        trb_spacing_claims_add(claims, (const double[3]){mm, mm, mm * log.section_step}, log.name);
        if (!page->invert)
            trb_skyscan_log_calibrate(&log, page->type, &info->calibration);
        trb_skyscan_log_check_size(&log, grid->nx, grid->ny, info);
    }
    trb_tiff_meta_claims(meta, page, true, claims, info);
    snprintf(info->format, sizeof info->format, "TIFF folder, %zu files", stack->n_files);
    info->files = stack->n_files;
    return TRB_OK;
}

trb_status trb_tiff_stack_open_folder(const char *path, bool allow_gaps, trb_tiff_stack **out, trb_grid *grid,
                                      trb_type *type, trb_tiff_meta *meta, trb_spacing_claims *claims,
                                      trb_scan_info *info, trb_error *err)
{
    trb_tiff_series series;
    *out = NULL;
    trb_status status = trb_tiff_series_scan(path, &series, err);
    if (status)
        return status;
    if (series.count == 1) { /* a folder around one multi-page file */
        status = trb_tiff_stack_open_file(series.paths[0], out, grid, type, meta, claims, info, err);
        trb_tiff_series_clear(&series);
        return status;
    }
    trb_tiff_stack *stack = new_stack(series.paths, series.count, err);
    if (stack) {
        status = open_slices(stack, &series, path, allow_gaps, grid, type, meta, claims, info, err);
        series.paths = NULL; /* the stack's now */
    } else {
        status = TRB_ERR_MEMORY;
    }
    trb_tiff_series_clear(&series);
    if (status)
        trb_tiff_stack_close(stack);
    else
        *out = stack;
    return status;
}
