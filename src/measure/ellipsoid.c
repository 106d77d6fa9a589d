/*
 * ellipsoid.c - ellipsoids from seeds, and the largest one that holds each voxel.
 *
 * Planes are filled one by one: the ellipsoids in the order of their volume, the largest first, each taking the bits of
 * the bone that are still free. So what counts are whole numbers of voxels for each ellipsoid, from which everything
 * but the repeat follows.
 */
#include "trabecula/ellipsoid.h"

#include "core/memory.h"
#include "measure/ellipsoid_fit.h"
#include "measure/ellipsoid_seeds.h"
#include "trabecula/version.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define BEYOND 64 /* voxels around the VOI's box in which seeds are taken */

/* Ellipsoids of one choice of seeds, the largest first. */
typedef struct cloud {
    size_t seeds, n;
    trb_ellipsoid *e;
    uint64_t *count; /* voxels that are theirs */
} cloud;

trb_ef_options trb_ef_options_default(void)
{
    return (trb_ef_options){6, 1, false};
}

static double factor(const trb_ellipsoid *e)
{
    return e->radius[0] / e->radius[1] - e->radius[1] / e->radius[2];
}

static trb_status check(const trb_mask *bone, const trb_mask *voi, const trb_ef_options *o, trb_error *err)
{
    if (voi && !trb_grid_same_size(&bone->grid, &voi->grid))
        return trb_error_set(
            err, TRB_ERR_ARGUMENT,
            "the bone mask is %zu x %zu x %zu voxels, the VOI %zu x %zu x %zu; both must lie on the same grid",
            bone->grid.nx, bone->grid.ny, bone->grid.nz, voi->grid.nx, voi->grid.ny, voi->grid.nz);
    if (o->apart_vox < TRB_EF_APART_LEAST || o->apart_vox > TRB_EF_APART_MOST)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "seeds of ellipsoids in cubes of %zu voxels: they must be %d to %d", o->apart_vox,
                             TRB_EF_APART_LEAST, TRB_EF_APART_MOST);
    return TRB_OK;
}

/* ---- from seeds to ellipsoids */

/* Larger first; what is as large in the order of its place, so that the order is one. */
static int by_volume(const void *left, const void *right)
{
    const trb_ellipsoid *a = left, *b = right;
    if (a->volume != b->volume)
        return a->volume > b->volume ? -1 : 1;
    for (int axis = 2; axis >= 0; axis--)
        if (a->middle[axis] != b->middle[axis])
            return a->middle[axis] < b->middle[axis] ? -1 : 1;
    return memcmp(a->a, b->a, sizeof a->a);
}

static void fit_all(const trb_ellipsoid_seed *seeds, size_t n, trb_ellipsoid_fitter **fitters, trb_ellipsoid *e)
{
#pragma omp parallel for schedule(dynamic, 8)
    for (ptrdiff_t i = 0; i < (ptrdiff_t)n; i++) {
        const size_t at[3] = {seeds[i].at[0], seeds[i].at[1], seeds[i].at[2]};
        if (!trb_ellipsoid_fit(fitters[omp_get_thread_num()], at, sqrt((double)seeds[i].d2), &e[i]))
            e[i].volume = 0;
    }
}

static trb_status make_cloud(const trb_mask *bone, const trb_box *box, size_t apart, uint64_t seed,
                             trb_ellipsoid_fitter **fitters, cloud *out, trb_error *err)
{
    trb_ellipsoid_seed *seeds;
    trb_status status = trb_ellipsoid_seeds(bone, box, apart, seed, &seeds, &out->seeds, err);
    if (status || out->seeds == 0)
        return status;
    out->e = trb_alloc(out->seeds, sizeof *out->e, "ellipsoids", err);
    out->count = trb_alloc_zero(out->seeds, sizeof *out->count, "ellipsoids", err);
    if (out->e && out->count) {
        fit_all(seeds, out->seeds, fitters, out->e);
        for (size_t i = 0; i < out->seeds; i++)
            if (out->e[i].volume > 0)
                out->e[out->n++] = out->e[i];
        qsort(out->e, out->n, sizeof *out->e, by_volume);
    } else {
        status = TRB_ERR_MEMORY;
    }
    free(seeds);
    return status;
}

static void clear_cloud(cloud *c)
{
    free(c->e);
    free(c->count);
}

/* ---- from ellipsoids to voxels */

/* Take x0 <= x <= x1 of a row: how many bits were free. With values, they get `value`. */
static uint64_t take(uint64_t *free_bits, ptrdiff_t x0, ptrdiff_t x1, float *values, float value)
{
    uint64_t taken = 0;
    for (ptrdiff_t x = x0; x <= x1;) {
        const ptrdiff_t word = x / 64 * 64, end = x1 < word + 63 ? x1 : word + 63;
        const uint64_t mask = ~(uint64_t)0 << (x - word) & ~(uint64_t)0 >> (63 - (end - word));
        uint64_t bits = free_bits[x / 64] & mask;
        free_bits[x / 64] &= ~mask;
        taken += (uint64_t)__builtin_popcountll(bits);
        for (; values && bits; bits &= bits - 1)
            values[word + __builtin_ctzll(bits)] = value;
        x = end + 1;
    }
    return taken;
}

/* Plane z: free_bits are those of the bone in the VOI, and what no ellipsoid holds afterwards. */
static void fill_plane(const cloud *c, const trb_grid *grid, size_t z, uint64_t *free_bits, float *values)
{
    const size_t words = (grid->nx + 63) / 64;
    const ptrdiff_t nx = (ptrdiff_t)grid->nx, ny = (ptrdiff_t)grid->ny;
    for (size_t i = 0; i < c->n; i++) {
        const trb_ellipsoid *e = &c->e[i];
        if (!(fabs((double)z - e->middle[2]) < e->reach[2]))
            continue;
        ptrdiff_t y0 = (ptrdiff_t)ceil(e->middle[1] - e->reach[1]), y1 = (ptrdiff_t)floor(e->middle[1] + e->reach[1]);
        y0 = y0 < 0 ? 0 : y0;
        y1 = y1 < ny ? y1 : ny - 1;
        uint64_t taken = 0;
        for (ptrdiff_t y = y0; y <= y1; y++) {
            ptrdiff_t x0, x1;
            if (trb_ellipsoid_row(e, (double)y, (double)z, &x0, &x1))
                taken += take(free_bits + (size_t)y * words, x0 < 0 ? 0 : x0, x1 < nx ? x1 : nx - 1,
                              values ? values + y * nx : NULL, (float)factor(e));
        }
        if (taken) {
#pragma omp atomic
            c->count[i] += taken;
        }
    }
}

/* What a thread fills planes in. */
typedef struct plane {
    uint64_t *free_bits;
    float *values[2];
} plane;

/* Of one plane: squared differences over voxels that both fill. */
typedef struct difference {
    double squares;
    uint64_t voxels;
} difference;

static void start_plane(const trb_mask *bone, const trb_mask *voi, size_t z, uint64_t *bits)
{
    const size_t n = bone->words_per_row * bone->grid.ny;
    const uint64_t *from = trb_mask_row(bone, 0, z), *in = voi ? trb_mask_row(voi, 0, z) : NULL;
    for (size_t i = 0; i < n; i++)
        bits[i] = in ? from[i] & in[i] : from[i];
}

/* Each cloud fills the plane anew; NaN is what it does not fill. */
static void fill(const cloud *clouds, int n, const trb_mask *bone, const trb_mask *voi, size_t z, plane *p, difference *d)
{
    const size_t voxels = bone->grid.nx * bone->grid.ny;
    for (int i = 0; i < n; i++) {
        for (size_t k = 0; n > 1 && k < voxels; k++)
            p->values[i][k] = NAN;
        start_plane(bone, voi, z, p->free_bits);
        fill_plane(&clouds[i], &bone->grid, z, p->free_bits, n > 1 ? p->values[i] : NULL);
    }
    for (size_t k = 0; n > 1 && k < voxels; k++) {
        const double apart = (double)p->values[0][k] - (double)p->values[1][k];
        if (isnan(apart))
            continue;
        d->squares += apart * apart;
        d->voxels++;
    }
}

/* ---- statistics */
static int by_factor(const void *left, const void *right)
{
    const double a = factor(left), b = factor(right);
    return (a > b) - (a < b);
}

static double mean_of(const cloud *c, uint64_t *filled)
{
    double sum = 0;
    *filled = 0;
    for (size_t i = 0; i < c->n; i++) {
        sum += factor(&c->e[i]) * (double)c->count[i];
        *filled += c->count[i];
    }
    return *filled ? sum / (double)*filled : NAN;
}

/* The ellipsoids lose their order. */
static void summarize(cloud *c, trb_ef *out)
{
    out->seeds = c->seeds;
    out->ellipsoids = c->n;
    out->mean = mean_of(c, &out->filled);
    out->sd = out->median = NAN;
    if (!out->filled)
        return;
    double squares = 0;
    for (size_t i = 0; i < c->n; i++) {
        const double ef = factor(&c->e[i]), apart = ef - out->mean;
        const int bin = (int)((ef + 1) * TRB_EF_BINS / 2);
        squares += apart * apart * (double)c->count[i];
        out->bins[bin < TRB_EF_BINS ? bin : TRB_EF_BINS - 1] += c->count[i];
        out->at_border += c->e[i].at_border ? c->count[i] : 0;
        c->e[i].volume = (double)c->count[i]; /* goes along when they are sorted; whole numbers below 2^53 */
    }
    out->sd = sqrt(squares / (double)out->filled);
    qsort(c->e, c->n, sizeof *c->e, by_factor);
    double below = 0;
    for (size_t i = 0; i < c->n; i++) {
        below += c->e[i].volume;
        if (2 * below >= (double)out->filled) {
            out->median = factor(&c->e[i]);
            return;
        }
    }
}

/* ---- the whole */

/* What the threads need, all allocated before they start. */
typedef struct workers {
    int n;
    trb_ellipsoid_fitter **fitters;
    plane *planes;
    difference *differences; /* one a plane of the image */
} workers;

static void clear_workers(workers *w)
{
    for (int i = 0; i < w->n; i++) {
        if (w->fitters)
            trb_ellipsoid_fitter_destroy(w->fitters[i]);
        if (w->planes) {
            free(w->planes[i].free_bits);
            free(w->planes[i].values[0]);
            free(w->planes[i].values[1]);
        }
    }
    free(w->fitters);
    free(w->planes);
    free(w->differences);
}

static trb_status make_workers(const trb_mask *bone, bool repeat, workers *w, trb_error *err)
{
    const size_t n = (size_t)trb_threads(), voxels = bone->grid.nx * bone->grid.ny;
    w->n = (int)n;
    w->fitters = trb_alloc_zero(n, sizeof *w->fitters, "ellipsoids", err);
    w->planes = trb_alloc_zero(n, sizeof *w->planes, "ellipsoids", err);
    w->differences = trb_alloc_zero(bone->grid.nz, sizeof *w->differences, "ellipsoids", err);
    if (!w->fitters || !w->planes || !w->differences)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++) {
        plane *p = &w->planes[i];
        if (trb_ellipsoid_fitter_create(bone, &w->fitters[i], err))
            return TRB_ERR_MEMORY;
        if (!(p->free_bits = trb_alloc(bone->words_per_row * bone->grid.ny, sizeof *p->free_bits, "a plane", err)))
            return TRB_ERR_MEMORY;
        for (int k = 0; repeat && k < 2; k++)
            if (!(p->values[k] = trb_alloc(voxels, sizeof *p->values[k], "a plane", err)))
                return TRB_ERR_MEMORY;
    }
    return TRB_OK;
}

static void compare(const workers *w, size_t nz, const cloud *second, trb_ef *out)
{
    difference all = {0, 0};
    uint64_t filled;
    for (size_t z = 0; z < nz; z++) {
        all.squares += w->differences[z].squares;
        all.voxels += w->differences[z].voxels;
    }
    out->repeat_mean = mean_of(second, &filled);
    out->repeat_rms = all.voxels ? sqrt(all.squares / (double)all.voxels) : NAN;
}

trb_status trb_ef_measure(const trb_mask *bone, const trb_mask *voi, const trb_ef_options *options, trb_ef *out,
                          trb_error *err)
{
    memset(out, 0, sizeof *out);
    out->options = *options;
    out->mean = out->sd = out->median = out->repeat_mean = out->repeat_rms = NAN;
    trb_status status = check(bone, voi, options, err);
    if (status)
        return status;
    trb_box inside = trb_grid_box(&bone->grid), box = inside;
    out->voxels = trb_mask_count_and(bone, voi);
    if ((voi && !trb_mask_bounds(voi, &inside)) || out->voxels == 0)
        return TRB_OK;
    for (int axis = 0; axis < 3; axis++) {
        box.lo[axis] = inside.lo[axis] > BEYOND ? inside.lo[axis] - BEYOND : 0;
        box.hi[axis] = inside.hi[axis] + BEYOND < box.hi[axis] ? inside.hi[axis] + BEYOND : box.hi[axis];
    }
    workers w = {.n = 0};
    cloud clouds[2] = {{.n = 0}, {.n = 0}};
    const int n = options->repeat ? 2 : 1;
    status = make_workers(bone, options->repeat, &w, err);
    for (int i = 0; !status && i < n; i++)
        status = make_cloud(bone, &box, options->apart_vox, options->seed + (uint64_t)i, w.fitters, &clouds[i], err);
    if (!status) {
#pragma omp parallel for schedule(dynamic)
        for (ptrdiff_t z = (ptrdiff_t)inside.lo[2]; z < (ptrdiff_t)inside.hi[2]; z++)
            fill(clouds, n, bone, voi, (size_t)z, &w.planes[omp_get_thread_num()], &w.differences[z]);
        if (options->repeat)
            compare(&w, bone->grid.nz, &clouds[1], out);
        summarize(&clouds[0], out);
    }
    clear_cloud(&clouds[0]);
    clear_cloud(&clouds[1]);
    clear_workers(&w);
    return status;
}

double trb_ef_bytes(const trb_grid *grid, const trb_ef_options *options, int threads)
{
    const double area = (double)grid->nx * (double)grid->ny, apart = (double)options->apart_vox;
    const double cubes = ceil((double)grid->nx / apart) * ceil((double)grid->ny / apart) * ceil((double)grid->nz / apart);
    const double seeds = cubes * (sizeof(trb_ellipsoid) + sizeof(uint64_t) + 2 * sizeof(trb_ellipsoid_seed));
    const double slab = area * 1.3 * (fmax(apart, 32) + 2) * 3; /* squared distances and the steps they come from */
    return (options->repeat ? 2 : 1) * seeds + slab + threads * area * (options->repeat ? 8.2 : 0.2) + threads * 65536.0;
}
