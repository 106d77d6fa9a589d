/*
 * phantom_look.c - what a scanner adds: a point spread and noise.
 *
 * The blur is separable: every row along x, then y, then z, each in its own line buffer, so that it runs in
 * place. It is written anew rather than taken from the filter module, because phantoms test that module.
 */
#include "phantom/phantom_look.h"

#include "core/memory.h"
#include "core/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#ifdef _OPENMP
#include <omp.h>
#endif

enum { LANES = 16 }; /* lines blurred side by side, so that a cache line is read once */

typedef struct {
    size_t reach; /* taps are 2 reach + 1 */
    double *weight; /* 0..reach, the middle first; sum over both sides is 1 */
} kernel;

/* exp(-v), v >= 0: halve until small, sum the series, square back. As good as the C library's within a few
 * last places, and the same everywhere. */
static double series_exp_minus(double v)
{
    int halvings = 0;
    while (v > 0.25) {
        v /= 2;
        halvings++;
    }
    double sum = 1;
    for (int n = 16; n > 0; n--)
        sum = 1 - v / n * sum;
    while (halvings-- > 0)
        sum *= sum;
    return sum;
}

static trb_status kernel_create(double sigma, kernel *out, trb_error *err)
{
    out->reach = (size_t)ceil(4 * sigma); /* what is cut off weighs less than 1e-4 */
    out->weight = trb_alloc(out->reach + 1, sizeof *out->weight, "the point spread", err);
    if (!out->weight)
        return TRB_ERR_MEMORY;
    double sum = 0;
    for (size_t i = 0; i <= out->reach; i++) {
        out->weight[i] = series_exp_minus((double)(i * i) / (2 * sigma * sigma));
        sum += i ? 2 * out->weight[i] : out->weight[i];
    }
    for (size_t i = 0; i <= out->reach; i++)
        out->weight[i] /= sum;
    return TRB_OK;
}

/* `lanes` neighbouring lines of n voxels, `step` floats from voxel to voxel. line: room for
 * (n + 2 reach) * LANES. */
static void blur_lines(float *first, size_t n, size_t step, size_t lanes, const kernel *k, float *line)
{
    for (size_t i = 0; i < n + 2 * k->reach; i++) {
        const size_t from = i < k->reach ? 0 : i - k->reach < n ? i - k->reach : n - 1;
        memcpy(line + i * LANES, first + from * step, lanes * sizeof *line);
    }
    for (size_t i = 0; i < n; i++) {
        const float *at = line + (i + k->reach) * LANES;
        double sum[LANES];
        for (size_t l = 0; l < lanes; l++)
            sum[l] = k->weight[0] * (double)at[l];
        for (size_t j = 1; j <= k->reach; j++)
            for (size_t l = 0; l < lanes; l++)
                sum[l] += k->weight[j] * ((double)at[l + j * LANES] + (double)(at - j * LANES)[l]);
        for (size_t l = 0; l < lanes; l++)
            first[i * step + l] = (float)sum[l];
    }
}

/* Rows along x are not side by side in memory: one at a time through a buffer of its own. */
static void blur_row(float *row, size_t n, const kernel *k, float *line)
{
    for (size_t i = 0; i < n + 2 * k->reach; i++)
        line[i] = row[i < k->reach ? 0 : i - k->reach < n ? i - k->reach : n - 1];
    for (size_t i = 0; i < n; i++) {
        const float *at = line + i + k->reach;
        double sum = k->weight[0] * (double)at[0];
        for (size_t j = 1; j <= k->reach; j++)
            sum += k->weight[j] * ((double)at[j] + (double)(at - j)[0]);
        row[i] = (float)sum;
    }
}

static void blur_xy(float *slice, const trb_grid *grid, const kernel *k, float *line)
{
    for (size_t y = 0; y < grid->ny; y++)
        blur_row(slice + y * grid->nx, grid->nx, k, line);
    for (size_t x = 0; x < grid->nx; x += LANES)
        blur_lines(slice + x, grid->ny, grid->nx, grid->nx - x < LANES ? grid->nx - x : LANES, k, line);
}

static void blur_z(float *voxels, const trb_grid *grid, size_t y, const kernel *k, float *line)
{
    for (size_t x = 0; x < grid->nx; x += LANES)
        blur_lines(voxels + y * grid->nx + x, grid->nz, grid->nx * grid->ny,
                   grid->nx - x < LANES ? grid->nx - x : LANES, k, line);
}

trb_status trb_phantom_blur(float *covered, const trb_grid *grid, double sigma_vox, trb_error *err)
{
    kernel k = {0, NULL};
    trb_status status = kernel_create(sigma_vox, &k, err);
    if (status)
        return status;
    size_t longest = grid->nx > grid->ny ? grid->nx : grid->ny;
    longest = longest > grid->nz ? longest : grid->nz;
    const size_t per_thread = (longest + 2 * k.reach) * LANES;
    int threads = 1;
#ifdef _OPENMP
    threads = omp_get_max_threads();
#endif
    float *lines = trb_alloc(trb_size_multiply(per_thread, (size_t)threads), sizeof *lines, "blurring", err);
    if (!lines) {
        free(k.weight);
        return TRB_ERR_MEMORY;
    }
    const ptrdiff_t nz = (ptrdiff_t)grid->nz, ny = (ptrdiff_t)grid->ny;
#pragma omp parallel num_threads(threads)
    {
        size_t self = 0;
#ifdef _OPENMP
        self = (size_t)omp_get_thread_num();
#endif
        float *line = lines + self * per_thread;
#pragma omp for schedule(static)
        for (ptrdiff_t z = 0; z < nz; z++)
            blur_xy(covered + (size_t)z * grid->nx * grid->ny, grid, &k, line);
#pragma omp for schedule(static)
        for (ptrdiff_t y = 0; y < ny; y++)
            blur_z(covered, grid, (size_t)y, &k, line);
    }
    free(lines);
    free(k.weight);
    return TRB_OK;
}

void trb_phantom_develop(const float *covered, const trb_phantom_options *options, trb_volume *volume)
{
    const double marrow = options->marrow_grey, contrast = options->bone_grey - options->marrow_grey;
    const double noise = options->noise_grey, highest = options->type == TRB_U8 ? UINT8_MAX : UINT16_MAX;
    const size_t plane = volume->grid.nx * volume->grid.ny;
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        for (size_t i = (size_t)z * plane; i < ((size_t)z + 1) * plane; i++) {
            double grey = marrow + contrast * (double)covered[i];
            if (noise > 0)
                grey += noise * trb_random_normal_at(options->seed, i);
            grey = fmin(fmax(floor(grey + 0.5), 0), highest);
            if (options->type == TRB_U8)
                ((uint8_t *)volume->voxels)[i] = (uint8_t)grey;
            else
                ((uint16_t *)volume->voxels)[i] = (uint16_t)grey;
        }
}
