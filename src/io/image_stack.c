/* image_stack.c - see image_stack.h. */
#include "io/image_stack.h"

#include "core/memory.h"
#include "io/scan_info.h"
#include "io/skyscan_log.h"
#include "io/slice_image.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WORTH_THREADS ((size_t)64 << 10) /* bytes; for less, starting threads takes longer than decoding */

typedef struct slice_format {
    trb_status (*header)(const trb_input_file *file, trb_slice_image *image, trb_error *err);
    trb_status (*pixels)(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err);
} slice_format;

static const slice_format formats[TRB_SLICE_KINDS] = {[TRB_SLICES_BMP] = {trb_bmp_header, trb_bmp_pixels},
                                                      [TRB_SLICES_PNG] = {trb_png_header, trb_png_pixels},
                                                      [TRB_SLICES_JP2] = {trb_jp2_header, trb_jp2_pixels}};

typedef struct image_stack {
    const slice_format *format;
    trb_tiff_series series;
    trb_slice_image image; /* what every slice is */
} image_stack;

bool trb_image_recognise(const char *path, trb_slice_kind *kind)
{
    static const struct {
        trb_slice_kind kind;
        size_t length;
        unsigned char bytes[8];
    } known[] = {{TRB_SLICES_BMP, 2, "BM"},
                 {TRB_SLICES_PNG, 4, "\x89PNG"},
                 {TRB_SLICES_JP2, 8, "\0\0\0\fjP  "},
                 {TRB_SLICES_JP2, 4, "\xff\x4f\xff\x51"}};
    unsigned char head[8] = {0};
    trb_input_file file;
    if (trb_input_open(path, &file, NULL))
        return false;
    const bool there = !trb_input_read(&file, 0, head, sizeof head, NULL);
    trb_input_close(&file);
    for (size_t i = 0; there && i < sizeof known / sizeof *known; i++)
        if (memcmp(head, known[i].bytes, known[i].length) == 0) {
            *kind = known[i].kind;
            return true;
        }
    return false;
}

static void destroy(void *self)
{
    image_stack *stack = self;
    trb_tiff_series_clear(&stack->series);
    free(stack);
}

/* ---- reading */

static trb_status read_slice(const image_stack *stack, size_t z, void *to, trb_error *err)
{
    trb_input_file file;
    trb_status status = trb_input_open(stack->series.paths[z], &file, err);
    if (!status)
        status = stack->format->pixels(&file, &stack->image, to, err);
    trb_input_close(&file);
    if (status)
        trb_error_within(err, "%s", stack->series.paths[z]);
    return status;
}

/* Of several damaged slices the first is reported, whatever thread met it. */
static trb_status read_planes(void *self, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const image_stack *stack = self;
    const size_t plane = stack->image.nx * stack->image.ny * trb_type_bytes(stack->image.type);
    size_t failed = SIZE_MAX;
    trb_status status = TRB_OK;
    trb_error first = {TRB_OK, ""};
#pragma omp parallel for schedule(dynamic, 1) if (z1 - z0 > 1 && plane * (z1 - z0) > WORTH_THREADS)
    for (size_t z = z0; z < z1; z++) {
        trb_error error = {TRB_OK, ""};
        const trb_status one = read_slice(stack, z, (char *)dst + (z - z0) * plane, &error);
        if (one) {
#pragma omp critical(trb_image_failure)
            if (z < failed) {
                failed = z;
                status = one;
                first = error;
            }
        }
    }
    if (status && err)
        *err = first;
    return status;
}

/* ---- opening */

static trb_status check_same(const trb_slice_image *image, const trb_slice_image *expected, const char *first,
                             trb_error *err)
{
    if (image->nx != expected->nx || image->ny != expected->ny)
        return trb_error_set(err, TRB_ERR_DATA, "is %zu x %zu pixels, %s is %zu x %zu: all slices must have one size",
                             image->nx, image->ny, first, expected->nx, expected->ny);
    if (image->type != expected->type || image->bits != expected->bits || image->mapped != expected->mapped)
        return trb_error_set(err, TRB_ERR_DATA, "is %s, %s is %s: all slices must have one type", image->stored, first,
                             expected->stored);
    return TRB_OK;
}

static trb_status read_headers(image_stack *stack, trb_scan_info *info, trb_error *err)
{
    const trb_tiff_series *series = &stack->series;
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < series->count; i++) {
        trb_input_file file;
        trb_slice_image image = {0};
        status = trb_input_open(series->paths[i], &file, err);
        if (!status)
            status = stack->format->header(&file, &image, err);
        if (!status && i > 0)
            status = check_same(&image, &stack->image, series->paths[0], err);
        if (i == 0)
            stack->image = image;
        info->bytes_on_disk += file.bytes;
        trb_input_close(&file);
        if (status)
            trb_error_within(err, "%s", series->paths[i]);
    }
    return status;
}

static void take_log(const trb_skyscan_log *log, const trb_slice_image *image, trb_opened *opened)
{
    const double mm = log->pixel_um / 1000;
    trb_spacing_claims_add(&opened->claims, (const double[3]){mm, mm, mm * log->section_step}, log->name);
    if (!image->mapped && image->bits >= 8)
        trb_skyscan_log_calibrate(log, image->type, &opened->info.calibration);
    trb_skyscan_log_check_size(log, image->nx, image->ny, &opened->info);
}

static trb_status set_grid(const image_stack *stack, trb_opened *opened, trb_error *err)
{
    opened->grid.nx = stack->image.nx;
    opened->grid.ny = stack->image.ny;
    opened->grid.nz = stack->series.count;
    opened->type = stack->image.type;
    opened->info.files = stack->series.count;
    return trb_grid_check(&opened->grid, NULL) ? trb_error_set(err, TRB_ERR_FORMAT, "claims %zu x %zu x %zu voxels",
                                                               opened->grid.nx, opened->grid.ny, opened->grid.nz)
                                               : TRB_OK;
}

static trb_status open_stack(image_stack *stack, trb_slice_kind kind, trb_opened *opened, trb_error *err)
{
    stack->format = &formats[kind];
    trb_status status = read_headers(stack, &opened->info, err);
    if (!status)
        status = set_grid(stack, opened, err);
    if (!status)
        trb_info_fact(&opened->info, trb_slice_kind_name(kind), "stored as", "%s", stack->image.stored);
    if (!status && stack->image.mapped)
        trb_info_warn(&opened->info, "the slices have a colour table that changes the order of grey values: the grey "
                                     "values of the table are used");
    opened->reader = (trb_plane_reader){stack, read_planes, destroy}; /* owned now, whatever happened */
    return status;
}

trb_status trb_image_folder_open(const char *folder, trb_slice_kind kind, bool allow_gaps, trb_opened *opened,
                                 trb_error *err)
{
    trb_skyscan_log log;
    image_stack *stack = trb_alloc_zero(1, sizeof *stack, "a stack", err);
    if (!stack)
        return TRB_ERR_MEMORY;
    trb_status status = trb_slice_series_scan(folder, kind, &stack->series, err);
    if (status) {
        free(stack);
        return status;
    }
    const bool has_log = trb_skyscan_log_find(folder, stack->series.prefix, &log, &opened->info);
    const uint64_t stride = trb_tiff_series_stride(&stack->series);
    const bool explained = has_log && (double)stride == log.section_step;
    status = trb_tiff_series_check_gaps(&stack->series, folder, explained ? stride : 1, allow_gaps, &opened->info, err);
    if (status) {
        destroy(stack);
        return status;
    }
    snprintf(opened->info.format, sizeof opened->info.format, "%s folder, %zu files", trb_slice_kind_name(kind),
             stack->series.count);
    status = open_stack(stack, kind, opened, err);
    if (!status && has_log)
        take_log(&log, &stack->image, opened);
    return status;
}

trb_status trb_image_file_open(const char *path, trb_slice_kind kind, trb_opened *opened, trb_error *err)
{
    image_stack *stack = trb_alloc_zero(1, sizeof *stack, "a stack", err);
    char **paths = trb_alloc_zero(1, sizeof *paths, "a list of files", err);
    char *copy = strdup(path);
    if (!stack || !paths || !copy) {
        free(stack);
        free(paths);
        free(copy);
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of files");
    }
    paths[0] = copy;
    stack->series = (trb_tiff_series){.count = 1, .paths = paths};
    snprintf(opened->info.format, sizeof opened->info.format, "%s, 1 slice", trb_slice_kind_name(kind));
    const trb_status status = open_stack(stack, kind, opened, err);
    if (!status)
        trb_info_warn(&opened->info, "this is one slice: give the folder of slices to read a volume");
    return status;
}
