/*
 * gaussian.c - a separable kernel of a few taps, in float32, without a float copy of the volume.
 *
 * The image is cut into tiles of some rows (a band) by some planes (a run). In a tile the planes are walked
 * upwards: each band of grey rows is smoothed along x, then along y into a ring of 2 * support + 1 planes;
 * the ring gives the rows smoothed along z. A ring stays in the L2 cache. Tiles overlap in what they read and
 * share nothing that they write, so any thread may take any tile.
 *
 * Bits: a value is acc = w0 * v, then acc + wk * (left + right) for k = 1, 2, ...; nothing in it depends on
 * how the image is cut. The vector clones below use wider registers for the same operations (no fused
 * multiply-add: that would round once where the convention rounds twice).
 */
#include "prepare/filter_rows.h"

#include "core/memory.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>

/* Clones are chosen by the dynamic loader, before a sanitizer is ready for it. */
#if defined(__x86_64__) && defined(__gnu_linux__) && defined(__GNUC__) && !defined(__clang__) &&               \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define WIDER __attribute__((target_clones("avx2", "default")))
#else
#define WIDER
#endif

#define RING_BYTES ((size_t)160 << 10) /* for the ring of one thread: a share of a 512 KiB L2 cache */
#define RUN_PLANES ((size_t)64)        /* 2 * support planes more are read: 3 % for support 1 */

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* ---- the kernel: one output row from 2 * support + 1 input rows ---- */

WIDER static void three_taps(float *restrict out, const float *a, const float *b, const float *c, float w0,
                             float w1, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w0 * b[i] + w1 * (a[i] + c[i]);
}

WIDER static void centre_tap(float *restrict out, const float *b, float w0, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = w0 * b[i];
}

WIDER static void add_pair(float *restrict out, const float *a, const float *c, float w, size_t n)
{
    for (size_t i = 0; i < n; i++)
        out[i] = out[i] + w * (a[i] + c[i]);
}

WIDER static void truncate_small(float *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] = (float)(int32_t)row[i];
}

static void truncate_any(float *restrict row, size_t n)
{
    for (size_t i = 0; i < n; i++)
        row[i] = truncf(row[i]) + 0.0F; /* minus zero becomes zero, as from an integer */
}

/* in[support] is the centre row; in[support - k] and in[support + k] are its neighbours at distance k. */
static void smooth_row(const trb_smoother *s, float *out, const float *const *in, size_t n)
{
    const size_t c = s->support;
    if (c == 1) {
        three_taps(out, in[0], in[1], in[2], s->taps[0], s->taps[1], n);
    } else {
        centre_tap(out, in[c], s->taps[0], n);
        for (size_t k = 1; k <= c; k++)
            add_pair(out, in[c - k], in[c + k], s->taps[k], n);
    }
    if (s->kind != TRB_FILTER_GAUSSIAN_TRUNCATED)
        return;
    if (s->small)
        truncate_small(out, n);
    else
        truncate_any(out, n);
}

/* ---- scratch of one thread ---- */

typedef struct scratch {
    float *line; /* a grey row with `support` repeated voxels on both sides */
    float *x;    /* band + 2 * support rows, smoothed along x */
    float *ring; /* 2 * support + 1 planes of band rows, smoothed along x and y */
    float *row;  /* the result */
} scratch;

static size_t scratch_floats(const trb_smoother *s)
{
    const size_t rows = 2 + (s->band + 2 * s->support) + (2 * s->support + 1) * s->band;
    return trb_size_multiply(rows, s->stride + 2 * (TRB_SUPPORT_MAX + 16));
}

static scratch scratch_carve(const trb_smoother *s, float *block)
{
    scratch c;
    c.line = block;
    c.x = c.line + s->stride + 2 * (TRB_SUPPORT_MAX + 16);
    c.ring = c.x + (s->band + 2 * s->support) * s->stride;
    c.row = c.ring + (2 * s->support + 1) * s->band * s->stride;
    return c;
}

/* ---- one tile ---- */

/* Repeats the edge: index i of -support .. n - 1 + support, given as i + support. */
static size_t clamp_index(size_t i_plus_support, size_t support, size_t n)
{
    return i_plus_support < support ? 0 : least(i_plus_support - support, n - 1);
}

static void along_x(const trb_smoother *s, const scratch *c, size_t y, size_t z, float *out)
{
    const size_t nx = s->volume->grid.nx, support = s->support;
    const float *in[2 * TRB_SUPPORT_MAX + 1];
    float *grey = c->line + TRB_SUPPORT_MAX + 16;
    trb_volume_row_float(s->volume, y, z, grey);
    for (size_t k = 1; k <= support; k++) {
        grey[-(ptrdiff_t)k] = grey[0];
        grey[nx - 1 + k] = grey[nx - 1];
    }
    for (size_t k = 0; k <= 2 * support; k++)
        in[k] = grey + k - support;
    smooth_row(s, out, in, nx);
}

/* Band y0 <= y < y1 of plane z, smoothed along x and y, into its place in the ring. */
static void fill_ring(const trb_smoother *s, const scratch *c, size_t y0, size_t y1, size_t z)
{
    const size_t ny = s->volume->grid.ny, nx = s->volume->grid.nx, support = s->support;
    const size_t lo = y0 < support ? 0 : y0 - support, hi = least(y1 + support, ny);
    const float *in[2 * TRB_SUPPORT_MAX + 1];
    float *plane = c->ring + z % (2 * support + 1) * s->band * s->stride;
    for (size_t y = lo; y < hi; y++)
        along_x(s, c, y, z, c->x + (y - lo) * s->stride);
    for (size_t y = y0; y < y1; y++) {
        for (size_t k = 0; k <= 2 * support; k++)
            in[k] = c->x + (clamp_index(y + k, support, ny) - lo) * s->stride;
        smooth_row(s, plane + (y - y0) * s->stride, in, nx);
    }
}

static void smooth_tile(const trb_smoother *s, const scratch *c, size_t y0, size_t y1, size_t z0, size_t z1,
                        trb_row_sink *sink, void *user, int thread)
{
    const size_t nz = s->volume->grid.nz, nx = s->volume->grid.nx, support = s->support;
    const float *in[2 * TRB_SUPPORT_MAX + 1];
    size_t next = z0 < support ? 0 : z0 - support; /* first plane that the ring does not hold yet */
    for (size_t z = z0; z < z1; z++) {
        for (; next <= least(z + support, nz - 1); next++)
            fill_ring(s, c, y0, y1, next);
        for (size_t y = y0; y < y1; y++) {
            for (size_t k = 0; k <= 2 * support; k++)
                in[k] = c->ring + clamp_index(z + k, support, nz) % (2 * support + 1) * s->band * s->stride +
                        (y - y0) * s->stride;
            smooth_row(s, c->row, in, nx);
            sink(user, thread, y, z + s->window_z, c->row);
        }
    }
}

/* ---- all tiles ---- */

trb_status trb_gaussian_each_row(const trb_smoother *s, trb_row_sink *sink, void *user, trb_error *err)
{
    const trb_grid *grid = &s->volume->grid;
    const ptrdiff_t tiles = (ptrdiff_t)(s->bands * s->runs);
    const size_t floats = scratch_floats(s);
    bool failed = false;
#pragma omp parallel
    {
        float *block = trb_alloc(floats, sizeof *block, "smoothing", NULL);
        if (!block) {
#pragma omp atomic write
            failed = true;
        }
#pragma omp for schedule(dynamic, 1)
        for (ptrdiff_t t = 0; t < tiles; t++) {
            const size_t y0 = (size_t)t % s->bands * s->band, z0 = s->first + (size_t)t / s->bands * RUN_PLANES;
            if (!block) /* the pass has failed; what this thread leaves out does not matter */
                continue;
            const scratch c = scratch_carve(s, block);
            smooth_tile(s, &c, y0, least(y0 + s->band, grid->ny), z0, least(z0 + RUN_PLANES, s->end), sink,
                        user, omp_get_thread_num());
        }
        free(block);
    }
    if (failed)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: smoothing needs %.1f MiB a thread",
                             (double)floats * 4 / 1048576);
    return TRB_OK;
}

trb_status trb_gaussian_planes(const trb_smoother *s, size_t z0, size_t z1, trb_row_sink *sink, void *user,
                               trb_error *err)
{
    const size_t ny = s->volume->grid.ny;
    float *block = trb_alloc(scratch_floats(s), sizeof *block, "smoothing", err);
    if (!block)
        return TRB_ERR_MEMORY;
    const scratch c = scratch_carve(s, block);
    for (size_t y0 = 0; y0 < ny; y0 += s->band)
        smooth_tile(s, &c, y0, least(y0 + s->band, ny), z0, z1, sink, user, 0);
    free(block);
    return TRB_OK;
}

/* ---- the plan ---- */

/* w(k) = float32(exp(-k^2 / (2 sigma^2))) / float32(sum of all), the sum in double over the float32 values. */
static void make_taps(trb_smoother *s, double sigma)
{
    double sum = 0;
    for (size_t k = 0; k <= s->support; k++) {
        s->taps[k] = (float)exp(-(double)(k * k) / (2 * sigma * sigma));
        sum += (k ? 2.0 : 1.0) * (double)s->taps[k];
    }
    for (size_t k = 0; k <= s->support; k++)
        s->taps[k] /= (float)sum;
}

void trb_gaussian_plan(trb_smoother *s, double sigma_vox)
{
    const trb_grid *grid = &s->volume->grid;
    make_taps(s, sigma_vox);
    s->small = trb_type_is_integer(s->volume->type) && trb_type_bytes(s->volume->type) <= 2;
    s->stride = (grid->nx + 15) / 16 * 16 + 16; /* rows never a power of two apart */
    const size_t rows = RING_BYTES / (s->stride * sizeof(float) * (2 * s->support + 1));
    s->band = least(grid->ny, rows < 8 ? 8 : rows);
    s->bands = (grid->ny + s->band - 1) / s->band;
    s->runs = (s->end - s->first + RUN_PLANES - 1) / RUN_PLANES;
}
