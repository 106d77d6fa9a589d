/* filter.c - the choice of filters, and the passes that need no arithmetic of their own. */
#include "trabecula/filter.h"

#include "core/memory.h"
#include "prepare/filter_rows.h"
#include "prepare/itk_filters.h"

#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_SMOOTHED 1e37     /* sums of two such values still fit float32 */
#define MEDIAN_PLANES ((size_t)4) /* planes that one thread filters at a time */

const char *trb_filter_name(trb_filter_kind kind)
{
    switch (kind) {
    case TRB_FILTER_NONE: return "none";
    case TRB_FILTER_GAUSSIAN: return "gaussian";
    case TRB_FILTER_GAUSSIAN_TRUNCATED: return "gaussian-truncated";
    case TRB_FILTER_MEDIAN: return "median";
    case TRB_FILTER_LAPLACE_HAMMING: return "laplace-hamming";
    }
    return "unknown";
}

static bool is_gaussian(trb_filter_kind kind)
{
    return kind == TRB_FILTER_GAUSSIAN || kind == TRB_FILTER_GAUSSIAN_TRUNCATED;
}

trb_type trb_filter_row_type(trb_type type, const trb_filter *filter)
{
    return filter && is_gaussian(filter->kind) ? TRB_F32 : type;
}

trb_type trb_smoother_row_type(const trb_smoother *smoother)
{
    return is_gaussian(smoother->kind) ? TRB_F32 : smoother->volume->type;
}

/* ---- every row ---- */

static void stored_rows(const trb_smoother *s, trb_row_sink *sink, void *user)
{
    const size_t ny = s->volume->grid.ny;
    const ptrdiff_t begin = (ptrdiff_t)(ny * s->first), end = (ptrdiff_t)(ny * s->end);
#pragma omp parallel for schedule(static)
    for (ptrdiff_t row = begin; row < end; row++)
        sink(user, omp_get_thread_num(), (size_t)row % ny, (size_t)row / ny + s->window_z,
             trb_volume_row(s->volume, (size_t)row % ny, (size_t)row / ny));
}

/* Median of planes z0 <= z < z1 into block, then their rows to the sink. */
static trb_status median_block(const trb_smoother *s, size_t z0, size_t z1, void *block, trb_row_sink *sink,
                               void *user, int thread, trb_error *err)
{
    const trb_grid *grid = &s->volume->grid;
    const size_t row_bytes = grid->nx * trb_type_bytes(s->volume->type);
    if (!block)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: the median filter needs %.1f MiB a thread",
                             (double)(MEDIAN_PLANES * grid->ny * row_bytes) / 1048576);
    trb_status status = trb_itk_median_planes(s->volume, (int)s->support, z0, z1, block, err);
    if (status)
        return status;
    for (size_t row = 0; row < (z1 - z0) * grid->ny; row++)
        sink(user, thread, row % grid->ny, s->window_z + z0 + row / grid->ny, (const char *)block + row * row_bytes);
    return TRB_OK;
}

static trb_status median_rows(const trb_smoother *s, trb_row_sink *sink, void *user, trb_error *err)
{
    const trb_grid *grid = &s->volume->grid;
    const ptrdiff_t blocks = (ptrdiff_t)((s->end - s->first + MEDIAN_PLANES - 1) / MEDIAN_PLANES);
    trb_status failed = TRB_OK;
#pragma omp parallel
    {
        void *block = trb_alloc(MEDIAN_PLANES * grid->nx * grid->ny, trb_type_bytes(s->volume->type),
                                "the median filter", NULL);
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t b = 0; b < blocks; b++) {
            const size_t z0 = s->first + (size_t)b * MEDIAN_PLANES;
            const size_t z1 = s->end - z0 < MEDIAN_PLANES ? s->end : z0 + MEDIAN_PLANES;
            trb_status stop;
#pragma omp atomic read
            stop = failed;
            if (stop)
                continue;
            trb_error mine = {TRB_OK, ""};
            if (median_block(s, z0, z1, block, sink, user, omp_get_thread_num(), &mine)) {
#pragma omp critical(trb_median_failed)
                {
                    (void)trb_error_set(err, mine.status, "%s", mine.text);
#pragma omp atomic write
                    failed = mine.status;
                }
            }
        }
        free(block);
    }
    return failed;
}

trb_status trb_smoother_each_row(const trb_smoother *s, trb_row_sink *sink, void *user, trb_error *err)
{
    if (is_gaussian(s->kind))
        return trb_gaussian_each_row(s, sink, user, err);
    if (s->kind == TRB_FILTER_MEDIAN)
        return median_rows(s, sink, user, err);
    stored_rows(s, sink, user);
    return TRB_OK;
}

/* ---- planes ---- */

typedef struct plane_copy {
    float *out;
    size_t nx, ny, z0;
} plane_copy;

static void copy_row(void *user, int thread, size_t y, size_t z, const void *row)
{
    const plane_copy *copy = user;
    (void)thread;
    memcpy(copy->out + ((z - copy->z0) * copy->ny + y) * copy->nx, row, copy->nx * sizeof(float));
}

static void planes_to_float(const trb_volume *volume, size_t z0, size_t z1, float *out)
{
    const trb_grid *grid = &volume->grid;
    for (size_t z = z0; z < z1; z++)
        for (size_t y = 0; y < grid->ny; y++)
            trb_volume_row_float(volume, y, z, out + ((z - z0) * grid->ny + y) * grid->nx);
}

static trb_status median_planes(const trb_smoother *s, size_t z0, size_t z1, float *out, trb_error *err)
{
    trb_volume plane = *s->volume; /* a view of one plane */
    const size_t voxels = plane.grid.nx * plane.grid.ny;
    plane.grid.nz = 1;
    plane.voxels = trb_alloc(voxels, trb_type_bytes(plane.type), "the median filter", err);
    trb_status status = plane.voxels ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t z = z0; z < z1 && !status; z++) {
        status = trb_itk_median_planes(s->volume, (int)s->support, z, z + 1, plane.voxels, err);
        if (!status)
            planes_to_float(&plane, 0, 1, out + (z - z0) * voxels);
    }
    free(plane.voxels);
    return status;
}

trb_status trb_smoother_planes(const trb_smoother *s, size_t z0, size_t z1, float *out, trb_error *err)
{
    const trb_grid *grid = &s->volume->grid;
    const size_t lowest = s->window_z + s->first, end = s->window_z + s->end;
    if (z0 > z1 || z0 < lowest || z1 > end)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "planes %zu:%zu do not lie in %zu:%zu", z0, z1, lowest, end);
    if (is_gaussian(s->kind)) {
        plane_copy copy = {out, grid->nx, grid->ny, z0};
        return trb_gaussian_planes(s, z0 - s->window_z, z1 - s->window_z, copy_row, &copy, err);
    }
    if (s->kind == TRB_FILTER_MEDIAN)
        return median_planes(s, z0 - s->window_z, z1 - s->window_z, out, err);
    planes_to_float(s->volume, z0 - s->window_z, z1 - s->window_z, out);
    return TRB_OK;
}

/* ---- create ---- */

static trb_status check_filter(const trb_filter *filter, trb_error *err)
{
    if (filter->kind == TRB_FILTER_NONE)
        return TRB_OK;
    if (filter->kind == TRB_FILTER_LAPLACE_HAMMING)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "laplace-hamming needs all of the image, it cannot be made in passes "
                                                       "over planes: use trb_laplace_hamming_create()");
    if (!is_gaussian(filter->kind) && filter->kind != TRB_FILTER_MEDIAN)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no filter number %d", (int)filter->kind);
    if (filter->support_vox < 1 || filter->support_vox > TRB_SUPPORT_MAX)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a filter support of %d voxels is not in 1..%d (1 gives 3 voxels an axis)",
                             filter->support_vox, TRB_SUPPORT_MAX);
    if (is_gaussian(filter->kind) && !(filter->sigma_vox > 0 && filter->sigma_vox <= 1e6))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "a Gaussian sigma of %g voxels is not above 0 (0.8 with support 1 is customary)",
                             filter->sigma_vox);
    return TRB_OK;
}

/* Voxels so large that float32 sums of them overflow would come out as infinity. */
static trb_status check_magnitude(const trb_volume *volume, trb_error *err)
{
    double lowest, highest;
    if (trb_type_is_integer(volume->type))
        return TRB_OK;
    trb_volume_range(volume, &lowest, &highest);
    if (lowest >= -LARGEST_SMOOTHED && highest <= LARGEST_SMOOTHED)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_DATA,
                         "voxels from %g to %g are too large to be smoothed in float32 (limit 1e37): "
                         "use --filter none or rescale the image",
                         lowest, highest);
}

void trb_smoother_destroy(trb_smoother *smoother)
{
    free(smoother);
}

trb_status trb_smoother_create_window(const trb_volume *volume, size_t window_z, size_t first, size_t end,
                                      const trb_filter *filter, trb_smoother **out, trb_error *err)
{
    static const trb_filter none = {TRB_FILTER_NONE, 0, 0};
    *out = NULL;
    if (!filter)
        filter = &none;
    trb_status status = check_filter(filter, err);
    if (!status && is_gaussian(filter->kind))
        status = check_magnitude(volume, err);
    if (status)
        return status;
    trb_smoother *s = trb_alloc_zero(1, sizeof *s, "a filter", err);
    if (!s)
        return TRB_ERR_MEMORY;
    s->volume = volume;
    s->window_z = window_z;
    s->first = first - window_z;
    s->end = end - window_z;
    s->kind = filter->kind;
    if (s->kind != TRB_FILTER_NONE)
        s->support = (size_t)filter->support_vox;
    if (is_gaussian(s->kind))
        trb_gaussian_plan(s, filter->sigma_vox);
    *out = s;
    return TRB_OK;
}

trb_status trb_smoother_create(const trb_volume *volume, const trb_filter *filter, trb_smoother **out,
                               trb_error *err)
{
    return trb_smoother_create_window(volume, 0, 0, volume->grid.nz, filter, out, err);
}

/* ---- slabs ---- */

trb_status trb_grey_smoother(trb_grey_source *source, size_t z0, size_t z1, const trb_filter *filter, trb_volume *view,
                             trb_smoother **out, trb_error *err)
{
    *out = NULL;
    trb_status status = filter ? check_filter(filter, err) : TRB_OK;
    if (status)
        return status;
    const size_t around = filter && filter->kind != TRB_FILTER_NONE ? (size_t)filter->support_vox : 0;
    const size_t low = z0 > around ? z0 - around : 0;
    const size_t high = source->grid.nz - z1 > around ? z1 + around : source->grid.nz;
    status = trb_grey_view(source, low, high, view, err);
    return status ? status : trb_smoother_create_window(view, low, z0, z1, filter, out, err);
}

trb_status trb_grey_each_row(trb_grey_source *source, const trb_filter *filter, trb_row_sink *sink, void *user,
                             trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t z = 0; !status && z < source->grid.nz; z = trb_grey_slab_end(source, z)) {
        trb_volume view;
        trb_smoother *smoother = NULL;
        status = trb_grey_smoother(source, z, trb_grey_slab_end(source, z), filter, &view, &smoother, err);
        if (!status)
            status = trb_smoother_each_row(smoother, sink, user, err);
        trb_smoother_destroy(smoother);
    }
    return status;
}
