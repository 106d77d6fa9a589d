/* dicom_series.c - see dicom_series.h. What is told of a series is in dicom_facts.c. */
#include "io/dicom_series.h"

#include "core/memory.h"
#include "core/types.h"
#include "io/dicom_facts.h"
#include "io/scan_info.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SAME_DIRECTION 1e-4
#define SAME_SPACING 1e-3  /* relative */
#define EVEN 0.02          /* of the distance of slices: positions are written with few digits */
#define DUPLICATE 0.01     /* of it */

typedef struct dicom_file {
    char *path;
    double along; /* mm along the normal */
    trb_dicom_slice slice;
} dicom_file;

typedef struct dicom_series {
    size_t count, room;
    dicom_file *files;
    bool apply; /* rescale on reading, to float32 */
} dicom_series;

static void destroy(void *self)
{
    dicom_series *series = self;
    for (size_t i = 0; i < series->count; i++)
        free(series->files[i].path);
    free(series->files);
    free(series);
}

/* ---- which files */

static trb_status add_file(dicom_series *series, const char *path, trb_error *err)
{
    if (series->count == series->room) {
        const size_t room = series->room ? 2 * series->room : 64;
        dicom_file *more = realloc(series->files, room * sizeof *more);
        if (!more)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a list of %zu files", room);
        series->files = more;
        series->room = room;
    }
    char *copy = strdup(path);
    if (!copy)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a file name");
    series->files[series->count++] = (dicom_file){.path = copy};
    return TRB_OK;
}

static bool is_dicom(const char *folder, const char *name, char *path, size_t bytes)
{
    const char *dot = strrchr(name, '.');
    if (name[0] == '.' || strcasecmp(name, "DICOMDIR") == 0)
        return false;
    if (snprintf(path, bytes, "%s/%s", folder, name) >= (int)bytes)
        return false;
    return (dot && strcasecmp(dot, ".dcm") == 0) || trb_dicom_recognise(path);
}

bool trb_dicom_folder_recognise(const char *folder)
{
    DIR *directory = opendir(folder);
    char path[4096];
    bool found = false;
    if (!directory)
        return false;
    for (struct dirent *entry; !found && (entry = readdir(directory)) != NULL;)
        found = is_dicom(folder, entry->d_name, path, sizeof path);
    closedir(directory);
    return found;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const dicom_file *)a)->path, ((const dicom_file *)b)->path);
}

static trb_status list_files(dicom_series *series, const char *folder, trb_error *err)
{
    DIR *directory = opendir(folder);
    char path[4096];
    if (!directory)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be listed: %s", folder, strerror(errno));
    trb_status status = TRB_OK;
    for (struct dirent *entry; !status && (entry = readdir(directory)) != NULL;)
        if (is_dicom(folder, entry->d_name, path, sizeof path))
            status = add_file(series, path, err);
    closedir(directory);
    if (!status) /* messages do not depend on the order of the folder */
        qsort(series->files, series->count, sizeof *series->files, by_path);
    return status;
}

/* ---- do they belong together? */

static bool near(const double a[3], const double b[3], double most)
{
    return fabs(a[0] - b[0]) <= most && fabs(a[1] - b[1]) <= most && fabs(a[2] - b[2]) <= most;
}

static trb_status check_same(const dicom_file *file, const dicom_file *first, trb_error *err)
{
    const trb_dicom_slice *a = &file->slice, *b = &first->slice;
    const char *what = NULL;
    if (strcmp(a->series, b->series) != 0)
        what = "series: put each series in a folder of its own";
    else if (a->nx != b->nx || a->ny != b->ny)
        what = "size";
    else if (a->type != b->type || a->bits != b->bits || a->white_is_lowest != b->white_is_lowest)
        what = "type of voxels";
    else if (a->has_orientation != b->has_orientation || !near(a->row, b->row, SAME_DIRECTION) ||
             !near(a->column, b->column, SAME_DIRECTION))
        what = "orientation";
    else if (a->has_spacing != b->has_spacing || fabs(a->spacing[0] - b->spacing[0]) > SAME_SPACING * b->spacing[0] ||
             fabs(a->spacing[1] - b->spacing[1]) > SAME_SPACING * b->spacing[1])
        what = "pixel spacing";
    if (!what)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_DATA, "%s and %s differ in their %s", first->path, file->path, what);
}

static trb_status read_headers(dicom_series *series, trb_scan_info *info, trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < series->count; i++) {
        status = trb_dicom_header(series->files[i].path, &series->files[i].slice, err);
        if (!status)
            status = check_same(&series->files[i], &series->files[0], err);
        info->bytes_on_disk += series->files[i].slice.bytes;
    }
    return status;
}

/* ---- order */

static int by_position(const void *a, const void *b)
{
    const dicom_file *one = a, *other = b;
    if (one->along != other->along)
        return one->along < other->along ? -1 : 1;
    return strcmp(one->path, other->path);
}

static trb_status order(dicom_series *series, trb_error *err)
{
    const trb_dicom_slice *first = &series->files[0].slice;
    const double *r = first->row, *c = first->column;
    const double normal[3] = {r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]};
    for (size_t i = 0; i < series->count; i++) {
        dicom_file *file = &series->files[i];
        if (!file->slice.has_position || !first->has_orientation)
            return trb_error_set(err, TRB_ERR_DATA,
                                 "%s does not say where its slice lies (Image Position and Orientation): the order of the "
                                 "slices is not known; export them as TIFF",
                                 file->path);
        file->along = 0;
        for (int axis = 0; axis < 3; axis++)
            file->along += file->slice.position[axis] * normal[axis];
    }
    qsort(series->files, series->count, sizeof *series->files, by_position);
    return TRB_OK;
}

static int by_value(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the distances: one gap does not move it. */
static double usual_distance(const dicom_series *series, double *scratch)
{
    for (size_t i = 1; i < series->count; i++)
        scratch[i - 1] = series->files[i].along - series->files[i - 1].along;
    qsort(scratch, series->count - 1, sizeof *scratch, by_value);
    return scratch[(series->count - 1) / 2];
}

static trb_status check_distances(const dicom_series *series, double usual, bool allow_gaps, trb_scan_info *info,
                                  trb_error *err)
{
    size_t gaps = 0;
    for (size_t i = 1; i < series->count; i++) /* first: a slice at a wrong place leaves a gap as well */
        if (!(series->files[i].along - series->files[i - 1].along > DUPLICATE * usual))
            return trb_error_set(err, TRB_ERR_DATA, "%s and %s lie at the same position", series->files[i - 1].path,
                                 series->files[i].path);
    for (size_t i = 1; i < series->count; i++) {
        const dicom_file *before = &series->files[i - 1], *file = &series->files[i];
        const double distance = file->along - before->along;
        if (fabs(distance - usual) <= EVEN * usual)
            continue;
        gaps++;
        if (!allow_gaps)
            return trb_error_set(err, TRB_ERR_DATA,
                                 "%s and %s are %.6g mm apart, the others %.6g mm: slices are missing between them; copy "
                                 "them, or use --allow-gaps to measure without them",
                                 before->path, file->path, distance, usual);
    }
    if (gaps)
        trb_info_warn(info, "slices are missing at %zu places; lengths along z are wrong there", gaps);
    return TRB_OK;
}

static trb_status place(dicom_series *series, bool allow_gaps, trb_opened *opened, trb_error *err)
{
    const size_t n = series->count;
    trb_status status = n > 1 ? order(series, err) : TRB_OK;
    double distance = 0;
    if (!status && n > 1) {
        double *scratch = trb_alloc(n, sizeof *scratch, "a list of distances", err);
        if (!scratch)
            return TRB_ERR_MEMORY;
        distance = usual_distance(series, scratch);
        free(scratch);
        status = check_distances(series, distance, allow_gaps, &opened->info, err);
        if (!status && !allow_gaps) /* the mean has the digits that single positions lack */
            distance = (series->files[n - 1].along - series->files[0].along) / (double)(n - 1);
    }
    if (status)
        return status;
    const trb_dicom_slice *first = &series->files[0].slice;
    const double mm[3] = {first->spacing[0], first->spacing[1], distance};
    trb_spacing_claims_add(&opened->claims, mm, "DICOM pixel spacing and positions");
    memcpy(opened->grid.origin_mm, first->position, sizeof first->position);
    return TRB_OK;
}

/* ---- reading */

/* Largest stored value less v; for signed types the order of all values turned round. */
static void turn(const trb_dicom_slice *slice, void *voxels, size_t count)
{
    const bool is_signed = slice->type == TRB_I8 || slice->type == TRB_I16 || slice->type == TRB_I32;
    const int64_t top = is_signed ? -1 : (int64_t)((UINT64_C(1) << slice->bits) - 1);
    TRB_WITH_TYPE(slice->type, voxels, for (size_t i = 0; i < count; i++) v[i] = (T)(top - (int64_t)v[i]);)
}

static void rescale(const trb_dicom_slice *slice, const void *stored, size_t count, float *to)
{
    TRB_WITH_TYPE(slice->type, stored,
                  for (size_t i = 0; i < count; i++) to[i] = (float)(slice->slope * (double)v[i] + slice->intercept);)
}

static trb_status read_planes(void *self, size_t z0, size_t z1, void *dst, trb_error *err)
{
    const dicom_series *series = self;
    const trb_dicom_slice *first = &series->files[0].slice;
    const size_t count = first->nx * first->ny, each = trb_type_bytes(first->type);
    void *stored = series->apply ? trb_alloc(count, each, "a slice", err) : NULL;
    trb_status status = series->apply && !stored ? TRB_ERR_MEMORY : TRB_OK;
    char *to = dst;
    for (size_t z = z0; !status && z < z1; z++, to += count * (series->apply ? sizeof(float) : each)) {
        const dicom_file *file = &series->files[z];
        void *voxels = series->apply ? stored : to;
        status = trb_dicom_pixels(file->path, &file->slice, voxels, err);
        if (status)
            break;
        if (file->slice.white_is_lowest)
            turn(&file->slice, voxels, count);
        if (series->apply)
            rescale(&file->slice, stored, count, (float *)(void *)to);
    }
    free(stored);
    return status;
}

/* ---- opening */

static bool rescalings_differ(const dicom_series *series)
{
    for (size_t i = 1; i < series->count; i++)
        if (series->files[i].slice.slope != series->files[0].slice.slope ||
            series->files[i].slice.intercept != series->files[0].slice.intercept)
            return true;
    return false;
}

static trb_status open_series(dicom_series *series, bool allow_gaps, trb_opened *opened, trb_error *err)
{
    trb_status status = read_headers(series, &opened->info, err);
    if (!status)
        status = place(series, allow_gaps, opened, err);
    if (status)
        return status;
    const trb_dicom_slice *first = &series->files[0].slice;
    series->apply = rescalings_differ(series);
    opened->grid.nx = first->nx;
    opened->grid.ny = first->ny;
    opened->grid.nz = series->count;
    opened->type = series->apply ? TRB_F32 : first->type;
    opened->info.files = series->count;
    snprintf(opened->info.format, sizeof opened->info.format, "DICOM series, %zu file%s", series->count,
             series->count == 1 ? "" : "s");
    trb_dicom_describe(first, series->apply, &opened->info);
    return trb_grid_check(&opened->grid, err);
}

static dicom_series *new_series(trb_opened *opened, trb_error *err)
{
    dicom_series *series = trb_alloc_zero(1, sizeof *series, "a series", err);
    if (series)
        opened->reader = (trb_plane_reader){series, read_planes, destroy}; /* owned now, whatever happens */
    return series;
}

trb_status trb_dicom_folder_open(const char *folder, bool allow_gaps, trb_opened *opened, trb_error *err)
{
    dicom_series *series = new_series(opened, err);
    trb_status status = series ? list_files(series, folder, err) : TRB_ERR_MEMORY;
    if (!status && series->count == 0)
        status = trb_error_set(err, TRB_ERR_DATA, "%s holds no DICOM files", folder);
    return status ? status : open_series(series, allow_gaps, opened, err);
}

trb_status trb_dicom_file_open(const char *path, trb_opened *opened, trb_error *err)
{
    dicom_series *series = new_series(opened, err);
    trb_status status = series ? add_file(series, path, err) : TRB_ERR_MEMORY;
    if (!status)
        status = open_series(series, false, opened, err);
    if (!status)
        trb_info_warn(&opened->info, "this is one slice: give the folder of the series to read a volume");
    return status;
}
