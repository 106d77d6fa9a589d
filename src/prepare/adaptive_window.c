/*
 * adaptive_window.c - balls row by row.
 * A ball is a bundle of rows of different length. What one of them holds comes from running sums (the difference of
 * two), or from maxima over 1, 2, 4, ... voxels (two that overlap cover any length). All loops run along x.
 */
#include "prepare/adaptive_window.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

trb_status trb_ball_rows_create(double radius_vox, trb_ball_rows *out, trb_error *err)
{
    const int reach = (int)floor(radius_vox), edge = 2 * reach + 1;
    *out = (trb_ball_rows){.reach = reach};
    out->half = trb_alloc((size_t)edge * (size_t)edge, sizeof *out->half, "a local threshold", err);
    if (!out->half)
        return TRB_ERR_MEMORY;
    for (int dz = -reach; dz <= reach; dz++)
        for (int dy = -reach; dy <= reach; dy++) {
            int w = -1;
            while (w < reach && (double)((w + 1) * (w + 1) + dy * dy + dz * dz) <= radius_vox * radius_vox)
                w++;
            out->half[(dz + reach) * edge + dy + reach] = w;
            out->voxels += (size_t)(2 * w + 1) * (w >= 0);
        }
    return TRB_OK;
}

void trb_window_sum_row(const trb_window_planes *p, size_t y, size_t z)
{
    const size_t reach = (size_t)p->ball->reach;
    const float *value = trb_window_values(p, y, z) + reach;
    int64_t *sum = p->sums + ((z - p->first) * p->ny + y) * p->sum_row;
    int64_t total = 0;
    memset(sum, 0, (reach + 1) * sizeof *sum);
    for (size_t x = 0; x < p->nx; x++) {
        total += (int64_t)nearbyint((double)value[x] * p->steps_per_grey);
        sum[reach + 1 + x] = total;
    }
    for (size_t x = 0; x < reach; x++) /* beyond the end nothing is added */
        sum[reach + 1 + p->nx + x] = total;
}

size_t trb_window_scratch(const trb_window_planes *p)
{
    const size_t padded = p->nx + 2 * (size_t)p->ball->reach + 64;
    return padded * 2 * sizeof(int64_t) + 64;
}

/* Calls do_row(z, y, half width) for the ball's rows that lie in the image. */
typedef struct ball_walk {
    int dz, dy;
} ball_walk;

static bool next_row(const trb_window_planes *p, size_t y, size_t z, ball_walk *at, size_t *row_y,
                     size_t *row_z, int *w)
{
    const int reach = p->ball->reach, edge = 2 * reach + 1;
    for (;;) {
        if (++at->dy > reach) {
            at->dy = -reach;
            at->dz++;
        }
        if (at->dz > reach)
            return false;
        const ptrdiff_t ry = (ptrdiff_t)y + at->dy, rz = (ptrdiff_t)z + at->dz;
        *w = p->ball->half[(at->dz + reach) * edge + at->dy + reach];
        if (*w < 0 || ry < 0 || rz < 0 || ry >= (ptrdiff_t)p->ny || rz >= (ptrdiff_t)p->nz)
            continue;
        *row_y = (size_t)ry;
        *row_z = (size_t)rz;
        return true;
    }
}

static size_t clamped(ptrdiff_t x, size_t nx)
{
    return x < 0 ? 0 : (size_t)x > nx ? nx : (size_t)x;
}

void trb_window_mean_row(const trb_window_planes *p, size_t y, size_t z, void *scratch, double *mean)
{
    const size_t nx = p->nx, reach = (size_t)p->ball->reach;
    int64_t *restrict total = scratch;
    size_t rows_of[TRB_ADAPTIVE_RADIUS_MAX + 1] = {0}; /* how many rows reach so far */
    ball_walk at = {-p->ball->reach, -p->ball->reach - 1};
    size_t ry, rz;
    int w;
    memset(total, 0, nx * sizeof *total);
    while (next_row(p, y, z, &at, &ry, &rz, &w)) {
        const int64_t *sum = p->sums + ((rz - p->first) * p->ny + ry) * p->sum_row;
        const int64_t *restrict from = sum + reach - (size_t)w, *restrict to = sum + reach + (size_t)w + 1;
        for (size_t x = 0; x < nx; x++)
            total[x] += to[x] - from[x];
        rows_of[w]++;
    }
    for (size_t x = 0; x < nx; x++) {
        size_t voxels = 0;
        for (size_t k = 0; k <= reach; k++)
            if (rows_of[k])
                voxels += rows_of[k] *
                          (clamped((ptrdiff_t)(x + k + 1), nx) - clamped((ptrdiff_t)x - (ptrdiff_t)k, nx));
        mean[x] = (double)total[x] / ((double)voxels * p->steps_per_grey);
    }
}

/* a[i] = extreme of span values from i on, doubled to 2 * span. Ascending i reads only what is not yet written. */
static void double_largest(float *a, size_t n, size_t span)
{
    for (size_t i = 0; i + span < n; i++)
        a[i] = a[i + span] > a[i] ? a[i + span] : a[i];
}

static void double_smallest(float *a, size_t n, size_t span)
{
    for (size_t i = 0; i + span < n; i++)
        a[i] = a[i + span] < a[i] ? a[i + span] : a[i];
}

void trb_window_middle_row(const trb_window_planes *p, size_t y, size_t z, void *scratch, double *middle)
{
    const size_t nx = p->nx, reach = (size_t)p->ball->reach, padded = p->value_row;
    float *restrict high = scratch, *restrict low = high + nx, *a = low + nx, *b = a + padded;
    ball_walk at = {-p->ball->reach, -p->ball->reach - 1};
    size_t ry, rz;
    int w;
    for (size_t x = 0; x < nx; x++) {
        high[x] = -INFINITY;
        low[x] = INFINITY;
    }
    while (next_row(p, y, z, &at, &ry, &rz, &w)) {
        const size_t span = 2 * (size_t)w + 1;
        size_t reached = 1;
        memcpy(a, trb_window_values(p, ry, rz), padded * sizeof *a);
        memcpy(b, a, padded * sizeof *b);
        for (; 2 * reached <= span; reached *= 2) {
            double_largest(a, padded, reached);
            double_smallest(b, padded, reached);
        }
        const size_t start = reach - (size_t)w,
                     second = start + span - reached; /* two spans that cover the row */
        for (size_t x = 0; x < nx; x++) {
            const float most = a[start + x] > a[second + x] ? a[start + x] : a[second + x];
            const float least = b[start + x] < b[second + x] ? b[start + x] : b[second + x];
            high[x] = most > high[x] ? most : high[x];
            low[x] = least < low[x] ? least : low[x];
        }
    }
    for (size_t x = 0; x < nx; x++)
        middle[x] = ((double)low[x] + (double)high[x]) / 2;
}
