/*
 * histogram.c - counts of (filtered) grey values in the VOI.
 * Every row is turned into bin numbers by a loop without branches, then counted where the VOI has bits.
 * Counts are integers, one table a thread, so their sum does not depend on who counted what.
 */
#include "trabecula/threshold.h"

#include "core/memory.h"
#include "core/types.h"
#include "prepare/filter_rows.h"
#include "prepare/grey_passes.h"

#include <math.h>
#include <omp.h>
#include <stdlib.h>
#include <string.h>

#define BINS_MAX 65536
#define LARGEST 1e300     /* bin edges around larger values would overflow */
#define EXPONENT_MAX 1000 /* of a bin width; 2^1000 is above LARGEST */
#define CHUNK 1024 /* voxels whose bin numbers are held at once; a multiple of 64 */

/*
 * Where the bins are. Bin k holds lowest_bin + k <= value / width < lowest_bin + k + 1. The width is a power
 * of two: value / width and the edges (lowest_bin + k) * width are then exact, and a voxel counted above an
 * edge is one that the threshold at this edge keeps.
 */
typedef struct scale {
    double per_width; /* 1 / width */
    double lowest_bin;
    size_t bins;
} scale;

typedef struct counting {
    trb_type type; /* of the rows */
    const trb_mask *voi;
    size_t nx;
    scale scale;
    bool small;        /* the image has 8 or 16 bits, smoothed or not */
    size_t lanes;      /* tables a thread: neighbours of equal value would wait for each other */
    uint64_t *counts;  /* threads * lanes * bins */
    double *low, *high; /* one a thread: range of the values in the VOI */
    size_t *lost;       /* one a thread: NaN, infinite and enormous values in the VOI */
} counting;

/* ---- pass 1 for wide types: the range inside the VOI ---- */

static bool inside(const uint64_t *voi, size_t x)
{
    return !voi || (voi[x >> 6] >> (x & 63) & 1);
}

static void range_row(void *user, int thread, size_t y, size_t z, const void *row)
{
    const counting *c = user;
    const uint64_t *voi = c->voi ? trb_mask_row(c->voi, y, z) : NULL;
    double low = c->low[thread], high = c->high[thread];
    size_t lost = 0;
    TRB_WITH_TYPE(c->type, (uintptr_t)row, for (size_t x = 0; x < c->nx; x++) {
        if (inside(voi, x)) {
            low = (double)v[x] < low ? (double)v[x] : low;
            high = (double)v[x] > high ? (double)v[x] : high;
            lost += !(fabs((double)v[x]) <= LARGEST);
        }
    })
    c->low[thread] = low;
    c->high[thread] = high;
    c->lost[thread] += lost;
}

/* Exponent of the least power of two above |value|; very small for 0. */
static int exponent_above(double value)
{
    int exponent;
    frexp(value, &exponent);
    return value == 0 ? -1000 : exponent;
}

/*
 * The narrowest power of two that needs no more than BINS_MAX bins; 1 at least for integers. Nor is it
 * narrower than the spacing of doubles at the largest value: lowest_bin + k must be a whole number below 2^53.
 * low and high must be at most LARGEST. 2^exponent starts at half of `wanted` or above, so the loop ends after
 * three widths; the limit is there that no number whatever keeps it going.
 */
static scale scale_for_range(double low, double high, bool integers)
{
    const double wanted = (high / 2 - low / 2) / (BINS_MAX / 2); /* halves: the difference may overflow */
    int exponent = integers ? 0 : -1000;
    if (exponent_above(wanted) - 1 > exponent)
        exponent = exponent_above(wanted) - 1;
    if (exponent_above(fmax(fabs(low), fabs(high))) - 53 > exponent)
        exponent = exponent_above(fmax(fabs(low), fabs(high))) - 53;
    for (;; exponent++) {
        const double per_width = ldexp(1, -exponent), lowest_bin = floor(low * per_width);
        const double bins = floor(high * per_width) - lowest_bin + 1;
        if (bins <= BINS_MAX || exponent >= EXPONENT_MAX)
            return (scale){per_width, lowest_bin, (size_t)fmin(bins, BINS_MAX)};
    }
}

/* ---- pass 2: counting ---- */

/* Smoothing can leave the range of the type by rounding: the end bins take what is beyond. */
#define CLAMPED_BIN(value)                                                                                  \
    for (size_t i = 0; i < n; i++) {                                                                        \
        double k = floor((double)(value) * per_width) - lowest_bin;                                         \
        k = k < 0 ? 0 : k;                                                                                  \
        bin[i] = (uint16_t)(k > last ? last : k);                                                           \
    }

static void bins_of_small_floats(const float *v, size_t n, int lowest, int last, uint16_t *bin)
{
    for (size_t i = 0; i < n; i++) {
        int k = (int)v[i];           /* toward zero */
        k -= (float)k > v[i];        /* floor */
        k -= lowest;
        k = k < 0 ? 0 : k;
        bin[i] = (uint16_t)(k > last ? last : k);
    }
}

/* Bin numbers of n voxels from x on. */
static void bins_of_row(const counting *c, const void *row, size_t x, size_t n, uint16_t *bin)
{
    const double per_width = c->scale.per_width, lowest_bin = c->scale.lowest_bin;
    const double last = (double)(c->scale.bins - 1);
    switch (c->type) {
    case TRB_U8: {
        const uint8_t *v = (const uint8_t *)row + x;
        for (size_t i = 0; i < n; i++)
            bin[i] = v[i];
    } break;
    case TRB_I8: {
        const int8_t *v = (const int8_t *)row + x;
        for (size_t i = 0; i < n; i++)
            bin[i] = (uint16_t)(v[i] - INT8_MIN);
    } break;
    case TRB_U16: memcpy(bin, (const uint16_t *)row + x, n * sizeof *bin); break;
    case TRB_I16: {
        const int16_t *v = (const int16_t *)row + x;
        for (size_t i = 0; i < n; i++)
            bin[i] = (uint16_t)(v[i] - INT16_MIN);
    } break;
    case TRB_U32: CLAMPED_BIN(((const uint32_t *)row)[x + i]) break;
    case TRB_I32: CLAMPED_BIN(((const int32_t *)row)[x + i]) break;
    case TRB_F32:
        if (c->small)
            bins_of_small_floats((const float *)row + x, n, (int)lowest_bin, (int)last, bin);
        else
            CLAMPED_BIN(((const float *)row)[x + i])
        break;
    case TRB_F64: CLAMPED_BIN(((const double *)row)[x + i]) break;
    }
}

static void count_bins(const counting *c, const uint16_t *bin, size_t n, const uint64_t *voi,
                       uint64_t *counts)
{
    const size_t step = c->lanes > 1 ? c->scale.bins : 0;
    for (size_t i = 0; i < n; i += 64) {
        const size_t m = n - i < 64 ? n - i : 64;
        uint64_t word = voi ? voi[i >> 6] : ~(uint64_t)0;
        if (word == ~(uint64_t)0) {
            size_t k = 0;
            for (; k + 4 <= m; k += 4) {
                counts[bin[i + k]]++;
                counts[step + bin[i + k + 1]]++;
                counts[2 * step + bin[i + k + 2]]++;
                counts[3 * step + bin[i + k + 3]]++;
            }
            for (; k < m; k++)
                counts[bin[i + k]]++;
            continue;
        }
        for (; word; word &= word - 1)
            counts[bin[i + (size_t)__builtin_ctzll(word)]]++;
    }
}

static void count_row(void *user, int thread, size_t y, size_t z, const void *row)
{
    const counting *c = user;
    const uint64_t *voi = c->voi ? trb_mask_row(c->voi, y, z) : NULL;
    uint64_t *counts = c->counts + (size_t)thread * c->lanes * c->scale.bins;
    uint16_t bin[CHUNK];
    for (size_t x = 0; x < c->nx; x += CHUNK) {
        const size_t n = c->nx - x < CHUNK ? c->nx - x : CHUNK;
        bins_of_row(c, row, x, n, bin);
        count_bins(c, bin, n, voi ? voi + (x >> 6) : NULL, counts);
    }
}

/* The range of the filtered values in the VOI; refuses what has no place on an axis. */
static trb_status find_range(trb_grey_source *source, const trb_filter *filter, counting *c, size_t threads, double *low, double *high,
                             trb_error *err)
{
    size_t lost = 0;
    trb_status status = trb_grey_each_row(source, filter, range_row, c, err);
    *low = INFINITY;
    *high = -INFINITY;
    for (size_t t = 0; t < threads; t++) {
        *low = fmin(*low, c->low[t]);
        *high = fmax(*high, c->high[t]);
        lost += c->lost[t];
    }
    if (!status && lost)
        return trb_error_set(err, TRB_ERR_DATA,
                             "%zu voxels in the VOI are NaN, infinite or beyond 1e300 (perhaps after smoothing) "
                             "and have no place in a histogram: replace them in the image",
                             lost);
    return status;
}

static trb_status choose_scale(trb_grey_source *source, const trb_filter *filter, counting *c, size_t threads,
                               trb_error *err)
{
    const trb_type type = source->type;
    double low, high;
    c->small = trb_type_is_integer(type) && trb_type_bytes(type) <= 2;
    if (c->small) {
        trb_type_range(type, &low, &high);
        c->scale = (scale){1, low, (size_t)(high - low) + 1};
        return TRB_OK;
    }
    c->low = trb_alloc(2 * threads, sizeof *c->low, "a histogram", err);
    c->lost = c->low ? trb_alloc_zero(threads, sizeof *c->lost, "a histogram", err) : NULL;
    trb_status status = c->lost ? TRB_OK : TRB_ERR_MEMORY;
    if (!status) {
        c->high = c->low + threads;
        for (size_t t = 0; t < threads; t++) {
            c->low[t] = INFINITY;
            c->high[t] = -INFINITY;
        }
        status = find_range(source, filter, c, threads, &low, &high, err);
    }
    free(c->low);
    free(c->lost);
    c->low = c->high = NULL;
    c->lost = NULL;
    if (!status)
        c->scale = scale_for_range(low, high, trb_type_is_integer(type));
    return status;
}

static trb_status count_all(trb_grey_source *source, const trb_filter *filter, counting *c, size_t threads,
                            trb_histogram *out, trb_error *err)
{
    const size_t bins = c->scale.bins;
    c->lanes = bins <= 1024 ? 4 : 1;
    out->counts = trb_alloc_zero(bins, sizeof *out->counts, "a histogram", err);
    c->counts = trb_alloc_zero(threads * c->lanes * bins, sizeof *c->counts, "a histogram", err);
    trb_status status = out->counts && c->counts ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = trb_grey_each_row(source, filter, count_row, c, err);
    if (!status) {
        for (size_t i = 0; i < threads * c->lanes * bins; i++)
            out->counts[i % bins] += c->counts[i];
        for (size_t k = 0; k < bins; k++)
            out->total += out->counts[k];
        out->bins = bins;
        out->width = 1 / c->scale.per_width;
        out->lowest = c->scale.lowest_bin * out->width;
    }
    free(c->counts);
    c->counts = NULL;
    return status;
}

void trb_histogram_clear(trb_histogram *histogram)
{
    free(histogram->counts);
    *histogram = (trb_histogram){0, 0, 0, NULL, 0};
}

trb_status trb_grey_histogram(trb_grey_source *source, const trb_filter *filter, const trb_mask *voi, trb_histogram *out,
                              trb_error *err)
{
    const trb_grid *grid = &source->grid;
    *out = (trb_histogram){0, 0, 0, NULL, 0};
    if (voi && !trb_grid_same_size(&voi->grid, grid))
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "the VOI has %zu x %zu x %zu voxels, the image %zu x %zu x %zu", voi->grid.nx,
                             voi->grid.ny, voi->grid.nz, grid->nx, grid->ny, grid->nz);
    if (voi && trb_mask_count(voi) == 0)
        return trb_error_set(err, TRB_ERR_DATA, "the VOI is empty: there are no grey values to count in it");
    const size_t threads = (size_t)omp_get_max_threads();
    counting c = {.type = trb_filter_row_type(source->type, filter), .voi = voi, .nx = grid->nx};
    trb_status status = choose_scale(source, filter, &c, threads, err);
    if (!status)
        status = count_all(source, filter, &c, threads, out, err);
    if (status)
        trb_histogram_clear(out);
    return status;
}

trb_status trb_histogram_measure(const trb_volume *volume, const trb_filter *filter, const trb_mask *voi,
                                 trb_histogram *out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_histogram(&source, filter, voi, out, err);
}
