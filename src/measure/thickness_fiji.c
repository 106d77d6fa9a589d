/*
 * thickness_fiji.c - Fiji's clean-up of a local thickness map (plugin Local Thickness, step 4).
 *
 * The closed balls stick out of the object by one shell, so the voxels that touch a zero lie there or on the
 * object's outermost layer. Fiji replaces those by the mean of their neighbours that do not touch a zero
 * and then keeps the voxels of the object. Outside the image there is neither a value nor a zero.
 * The mean is summed in double over the neighbours in z, y, x order and rounded to float32 once.
 *
 * A plane needs the two planes on either side: one for its neighbours, one more to know whether those touch a zero.
 * So planes are held until two more have come, and four are carried over to the next lot.
 */
#include "measure/thickness_fiji.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define BINS_PER_VOXEL 2
#define AROUND 2 /* planes that a plane needs on either side */

/* The sums of one slice, which make mean, SD and maximum; added in slice order. */
struct trb_fiji_slice {
    uint64_t voxels;
    double sum, squares, highest;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static const float *plane_of(const trb_fiji_cleaner *c, size_t z)
{
    return c->window + (z - c->window_z) * c->object->grid.nx * c->object->grid.ny;
}

static bool touches_zero(const trb_fiji_cleaner *c, size_t x, size_t y, size_t z)
{
    const trb_grid *grid = &c->object->grid;
    for (size_t k = z ? z - 1 : 0; k <= z + 1 && k < grid->nz; k++)
        for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < grid->ny; j++)
            for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < grid->nx; i++)
                if (!(plane_of(c, k)[j * grid->nx + i] > 0))
                    return true;
    return false;
}

/* Voxels with a value and without a zero among their neighbours, in planes from <= z < to. */
static void mark_core(const trb_fiji_cleaner *c, size_t from, size_t to)
{
    const trb_grid *grid = &c->object->grid;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = (ptrdiff_t)from; z < (ptrdiff_t)to; z++)
        for (size_t y = 0; y < grid->ny; y++) {
            uint64_t *row = trb_mask_row(c->core, y, (size_t)z - c->window_z);
            memset(row, 0, c->core->words_per_row * sizeof *row);
            for (size_t x = 0; x < grid->nx; x++)
                if (!touches_zero(c, x, y, (size_t)z)) /* looks at the voxel itself, too */
                    row[x >> 6] |= (uint64_t)1 << (x & 63);
        }
}

/* Mean over the neighbours in the core; the own value when there is none. */
static float smoothed(const trb_fiji_cleaner *c, size_t x, size_t y, size_t z)
{
    const trb_grid *grid = &c->object->grid;
    double sum = 0;
    int n = 0;
    for (size_t k = z ? z - 1 : 0; k <= z + 1 && k < grid->nz; k++)
        for (size_t j = y ? y - 1 : 0; j <= y + 1 && j < grid->ny; j++)
            for (size_t i = x ? x - 1 : 0; i <= x + 1 && i < grid->nx; i++)
                if (trb_mask_get(c->core, i, j, k - c->window_z)) {
                    sum += (double)plane_of(c, k)[j * grid->nx + i];
                    n++;
                }
    return n ? (float)(sum / n) : plane_of(c, z)[y * grid->nx + x];
}

static void measure_slice(trb_fiji_cleaner *c, size_t z, float *out)
{
    const trb_grid *grid = &c->object->grid;
    struct trb_fiji_slice *sums = &c->slices[z];
    if (out)
        memset(out, 0, grid->nx * grid->ny * sizeof *out);
    for (size_t y = 0; y < grid->ny; y++)
        for (size_t x = 0; x < grid->nx; x++) {
            const float own = plane_of(c, z)[y * grid->nx + x];
            if (!trb_mask_get(c->object, x, y, z) || (c->voi && !trb_mask_get(c->voi, x, y, z)) || !(own > 0))
                continue;
            const float t = trb_mask_get(c->core, x, y, z - c->window_z) ? own : smoothed(c, x, y, z);
            const double value = (double)t;
            sums->voxels++;
            sums->sum += value;
            sums->squares += value * value;
            sums->highest = fmax(sums->highest, value);
            const size_t bin = (size_t)(BINS_PER_VOXEL * value);
#pragma omp atomic
            c->bins[bin < c->n_bins ? bin : c->n_bins - 1]++;
            if (out)
                out[y * grid->nx + x] = (float)(value * c->scale);
        }
}

/* Bins for the largest value of the planes that came. */
static trb_status make_bins(trb_fiji_cleaner *c, size_t n, const float *t, trb_error *err)
{
    const size_t voxels = n * c->object->grid.nx * c->object->grid.ny;
    float largest = 0;
#pragma omp parallel for schedule(static) reduction(max : largest)
    for (size_t i = 0; i < voxels; i++)
        largest = t[i] > largest ? t[i] : largest;
    const size_t wanted = (size_t)(BINS_PER_VOXEL * largest) + 2;
    if (wanted <= c->n_bins)
        return TRB_OK;
    uint64_t *bins = trb_alloc_zero(wanted, sizeof *bins, "a histogram", err);
    if (!bins)
        return TRB_ERR_MEMORY;
    if (c->n_bins)
        memcpy(bins, c->bins, c->n_bins * sizeof *bins);
    free(c->bins);
    c->bins = bins;
    c->n_bins = wanted;
    return TRB_OK;
}

/* The window drops what no plane to come needs, and takes n more planes. */
static trb_status append(trb_fiji_cleaner *c, size_t n, const float *t, trb_error *err)
{
    const size_t plane = c->object->grid.nx * c->object->grid.ny;
    const size_t first = c->done > AROUND ? c->done - AROUND : 0, keep = c->window_z + c->planes_held - first;
    if (c->planes_held)
        memmove(c->window, c->window + (first - c->window_z) * plane, keep * plane * sizeof *c->window);
    c->window_z = first;
    c->planes_held = keep;
    if (keep + n > c->planes_room) {
        trb_grid grid = c->object->grid;
        grid.nz = keep + n;
        float *window = trb_alloc(grid.nz, plane * sizeof *window, "the thickness map", err);
        if (!window)
            return TRB_ERR_MEMORY;
        if (keep)
            memcpy(window, c->window, keep * plane * sizeof *window);
        free(c->window);
        trb_mask_destroy(c->core);
        c->core = NULL;
        c->window = window;
        c->planes_room = grid.nz;
        if (trb_mask_create(&grid, &c->core, err))
            return TRB_ERR_MEMORY;
    }
    memcpy(c->window + keep * plane, t, n * plane * sizeof *t);
    c->planes_held += n;
    return TRB_OK;
}

/* Finish planes done <= z < to. */
static trb_status clean(trb_fiji_cleaner *c, size_t to, trb_error *err)
{
    const size_t from = c->done, plane = c->object->grid.nx * c->object->grid.ny, n = to - from;
    if (c->sink && n > c->clean_room) {
        free(c->clean);
        c->clean = trb_alloc(n, plane * sizeof *c->clean, "a layer of the map", err);
        c->clean_room = c->clean ? n : 0;
        if (!c->clean)
            return TRB_ERR_MEMORY;
    }
    mark_core(c, from ? from - 1 : 0, smaller(to + 1, c->object->grid.nz));
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t z = (ptrdiff_t)from; z < (ptrdiff_t)to; z++)
        measure_slice(c, (size_t)z, c->map    ? c->map + (size_t)z * plane
                                    : c->sink ? c->clean + ((size_t)z - from) * plane
                                              : NULL);
    c->done = to;
    return c->sink ? c->sink->planes(c->sink->user, from, n, c->clean, err) : TRB_OK;
}

trb_status trb_fiji_begin(trb_fiji_cleaner *cleaner, trb_error *err)
{
    cleaner->slices = trb_alloc_zero(cleaner->object->grid.nz, sizeof *cleaner->slices, "slice sums", err);
    return cleaner->slices ? TRB_OK : TRB_ERR_MEMORY;
}

trb_status trb_fiji_planes(void *cleaner, size_t z0, size_t n, const float *t, trb_error *err)
{
    trb_fiji_cleaner *c = cleaner;
    const size_t nz = c->object->grid.nz, known = z0 + n;
    trb_status status = make_bins(c, n, t, err);
    if (!status)
        status = append(c, n, t, err);
    const size_t to = known == nz ? nz : known > AROUND ? known - AROUND : 0;
    if (!status && to > c->done)
        status = clean(c, to, err);
    return status;
}

void trb_fiji_finish(trb_fiji_cleaner *c, trb_thickness *result)
{
    struct trb_fiji_slice all = {0, 0, 0, 0};
    for (size_t z = 0; z < c->object->grid.nz; z++) {
        all.voxels += c->slices[z].voxels;
        all.sum += c->slices[z].sum;
        all.squares += c->slices[z].squares;
        all.highest = fmax(all.highest, c->slices[z].highest);
    }
    result->bin_count = c->bins;
    result->n_bins = c->n_bins;
    c->bins = NULL;
    while (result->n_bins > 1 && !result->bin_count[result->n_bins - 1])
        result->n_bins--;
    result->voxels = result->valued = all.voxels;
    if (!all.voxels)
        return;
    const double n = (double)all.voxels;
    result->mean_vox = all.sum / n;
    result->sd_vox = sqrt(fmax(all.squares / n - result->mean_vox * result->mean_vox, 0.0));
    result->max_vox = all.highest;
}

void trb_fiji_clear(trb_fiji_cleaner *c)
{
    free(c->window);
    free(c->clean);
    free(c->slices);
    free(c->bins);
    trb_mask_destroy(c->core);
    c->window = c->clean = NULL;
    c->slices = NULL;
    c->bins = NULL;
    c->core = NULL;
}
