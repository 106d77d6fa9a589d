/*
 * adaptive.c - local thresholds in slabs: filtered planes, R more on either side, then row by row.
 */
#include "prepare/grey_passes.h"

#include "core/memory.h"
#include "core/types.h"
#include "prepare/adaptive_window.h"
#include "prepare/filter_rows.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define SUM_BITS 60 /* of the sum over a ball */

trb_adaptive trb_adaptive_default(trb_adaptive_rule rule, double radius_vox)
{
    return (trb_adaptive){rule, radius_vox, 0, -INFINITY, INFINITY, 0, 0};
}

/* Planes that one slab answers for: as many as it has to look at besides, so that none is filtered thrice. */
static size_t slab_planes(const trb_adaptive *how)
{
    const size_t twice = 2 * (size_t)floor(how->radius_vox);
    return twice > 16 ? twice : 16;
}

size_t trb_adaptive_planes(const trb_adaptive *how)
{
    return slab_planes(how) + 2 * (size_t)floor(how->radius_vox);
}

static trb_status check(const trb_adaptive *how, trb_error *err)
{
    if (!(how->radius_vox >= 1 && how->radius_vox <= TRB_ADAPTIVE_RADIUS_MAX))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "adaptive: a radius of %.4g voxels is not in 1 to %d",
                             how->radius_vox, TRB_ADAPTIVE_RADIUS_MAX);
    if (!(how->low_grey <= how->high_grey) || !isfinite(how->offset_grey) || !isfinite(how->shift) ||
        !isfinite(how->zero_grey))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "adaptive: the bounds %g and %g or the offset %g make no threshold",
                             how->low_grey, how->high_grey, how->offset_grey);
    return TRB_OK;
}

/* The largest |value| there can be. A filter's output lies between the smallest and the largest input. */
static trb_status largest_value(trb_grey_source *source, double *largest, trb_error *err)
{
    double low, high;
    trb_status status = TRB_OK;
    *largest = 0;
    if (trb_type_is_integer(source->type)) {
        trb_type_range(source->type, &low, &high);
        *largest = fmax(-low, high);
        return TRB_OK;
    }
    for (size_t z = 0; !status && z < source->grid.nz; z = trb_grey_slab_end(source, z)) {
        trb_volume view;
        status = trb_grey_view(source, z, trb_grey_slab_end(source, z), &view, err);
        if (!status)
            status = trb_volume_check_finite(&view, err);
        if (!status) {
            trb_volume_range(&view, &low, &high);
            *largest = fmax(*largest, fmax(-low, high));
        }
    }
    return status;
}

/* Filtered planes first <= z < first + held as padded float rows, and their sums. */
static trb_status fill_planes(trb_grey_source *source, const trb_filter *filter, trb_window_planes *p,
                              float *plane_of_thread, trb_error *err)
{
    trb_volume view;
    trb_smoother *smoother = NULL;
    trb_status failed =
        trb_grey_smoother(source, p->first, p->first + p->held, filter, &view, &smoother, err);
    const size_t plane = p->nx * p->ny, reach = (size_t)p->ball->reach;
    const ptrdiff_t held = failed ? 0 : (ptrdiff_t)p->held;
#pragma omp parallel for schedule(dynamic, 1)
    for (ptrdiff_t k = 0; k < held; k++) {
        float *flat = plane_of_thread + (size_t)omp_get_thread_num() * plane;
        const size_t z = p->first + (size_t)k;
        trb_error mine = {TRB_OK, ""};
        if (trb_smoother_planes(smoother, z, z + 1, flat, &mine)) {
#pragma omp critical(trb_adaptive_failed)
            failed = trb_error_set(err, mine.status, "%s", mine.text);
            continue;
        }
        for (size_t y = 0; y < p->ny; y++) {
            float *row = trb_window_values(p, y, z);
            memcpy(row + reach, flat + y * p->nx, p->nx * sizeof *row);
            for (size_t x = 0; x < reach; x++) {
                row[x] = row[reach];
                row[reach + p->nx + x] = row[reach + p->nx - 1];
            }
            if (p->sums)
                trb_window_sum_row(p, y, z);
        }
    }
    trb_smoother_destroy(smoother);
    return failed;
}

static void threshold_row(const trb_adaptive *how, const trb_window_planes *p, size_t y, size_t z,
                          bool invert, const double *local, trb_mask *mask)
{
    const float *value = trb_window_values(p, y, z) + p->ball->reach;
    uint64_t *words = trb_mask_row(mask, y, z);
    for (size_t x = 0; x < p->nx; x++) {
        double t = fmin(fmax(local[x] + how->offset_grey, how->low_grey), how->high_grey);
        t += how->shift * fabs(t - how->zero_grey); /* adds 0 unless asked for */
        if (((double)value[x] >= t) != invert)
            words[x >> 6] |= (uint64_t)1 << (x & 63);
    }
}

/* What one pass holds. */
typedef struct work {
    const trb_adaptive *how;
    trb_ball_rows ball;
    trb_window_planes planes;
    size_t scratch_bytes;
    char *scratch;          /* of each thread */
    double *local;          /* nx a thread */
    float *plane_of_thread; /* nx * ny a thread */
} work;

static trb_status make_work(const trb_grey_source *source, const trb_adaptive *how, double largest, work *w,
                            trb_error *err)
{
    const trb_grid *g = &source->grid;
    const size_t threads = (size_t)omp_get_max_threads();
    w->how = how;
    trb_status status = trb_ball_rows_create(how->radius_vox, &w->ball, err);
    if (status)
        return status;
    const size_t reach = (size_t)w->ball.reach, most = trb_adaptive_planes(how),
                 planes = most < g->nz ? most : g->nz;
    trb_window_planes *p = &w->planes;
    *p = (trb_window_planes){.ball = &w->ball,
                             .nx = g->nx,
                             .ny = g->ny,
                             .nz = g->nz,
                             .value_row = g->nx + 2 * reach,
                             .sum_row = g->nx + 1 + 2 * reach};
    int exponent, ball_bits;
    (void)frexp(fmax(largest, 1e-300), &exponent);
    (void)frexp((double)w->ball.voxels, &ball_bits);
    p->steps_per_grey = ldexp(1, SUM_BITS - ball_bits - exponent);
    const char *what = "a local threshold";
    p->values = trb_alloc(planes * g->ny * p->value_row, sizeof *p->values, what, err);
    if (how->rule == TRB_ADAPTIVE_MEAN)
        p->sums = trb_alloc(planes * g->ny * p->sum_row, sizeof *p->sums, what, err);
    w->scratch_bytes = (trb_window_scratch(p) + 63) / 64 * 64;
    w->scratch = trb_alloc(threads, w->scratch_bytes, what, err);
    w->local = trb_alloc(threads * g->nx, sizeof *w->local, what, err);
    w->plane_of_thread = trb_alloc(threads * g->nx * g->ny, sizeof *w->plane_of_thread, what, err);
    const bool made = p->values && (p->sums || how->rule != TRB_ADAPTIVE_MEAN) && w->scratch && w->local &&
                      w->plane_of_thread;
    return made ? TRB_OK : TRB_ERR_MEMORY;
}

static void clear_work(work *w)
{
    free(w->ball.half);
    free(w->planes.values);
    free(w->planes.sums);
    free(w->scratch);
    free(w->local);
    free(w->plane_of_thread);
}

static void threshold_planes(work *w, size_t z0, size_t z1, bool invert, trb_mask *mask)
{
    const trb_window_planes *p = &w->planes;
    const ptrdiff_t rows = (ptrdiff_t)((z1 - z0) * p->ny);
#pragma omp parallel for schedule(dynamic, 8)
    for (ptrdiff_t r = 0; r < rows; r++) {
        const size_t thread = (size_t)omp_get_thread_num(), y = (size_t)r % p->ny, z = z0 + (size_t)r / p->ny;
        void *scratch = w->scratch + thread * w->scratch_bytes;
        double *local = w->local + thread * p->nx;
        if (w->how->rule == TRB_ADAPTIVE_MEAN)
            trb_window_mean_row(p, y, z, scratch, local);
        else
            trb_window_middle_row(p, y, z, scratch, local);
        threshold_row(w->how, p, y, z, invert, local, mask);
    }
}

trb_status trb_grey_adaptive(trb_grey_source *source, const trb_filter *filter, const trb_adaptive *how,
                             bool invert, trb_mask **out, trb_error *err)
{
    work w = {0};
    trb_mask *mask = NULL;
    double largest = 0;
    *out = NULL;
    trb_status status = check(how, err);
    if (!status)
        status = largest_value(source, &largest, err);
    if (!status)
        status = make_work(source, how, largest, &w, err);
    if (!status)
        status = trb_mask_create(&source->grid, &mask, err);
    const size_t nz = source->grid.nz, step = status ? nz : slab_planes(how), reach = (size_t)w.ball.reach;
    for (size_t z = 0; !status && z < nz; z += step) {
        const size_t end = nz - z < step ? nz : z + step;
        w.planes.first = z > reach ? z - reach : 0;
        w.planes.held = (nz - end < reach ? nz : end + reach) - w.planes.first;
        status = fill_planes(source, filter, &w.planes, w.plane_of_thread, err);
        if (!status)
            threshold_planes(&w, z, end, invert, mask);
    }
    clear_work(&w);
    if (status) {
        trb_mask_destroy(mask);
        return status;
    }
    *out = mask;
    return TRB_OK;
}

trb_status trb_adaptive_apply(const trb_volume *volume, const trb_filter *filter, const trb_adaptive *how,
                              bool invert, trb_mask **out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_adaptive(&source, filter, how, invert, out, err);
}
