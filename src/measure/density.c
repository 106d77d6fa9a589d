/*
 * density.c - grey statistics of a region.
 *
 * Integer types: the sum and the sum of squares are integers and exact (128 bit, which 2^40 voxels of 32 bits
 * need). The variance is taken about the integer nearest to the mean, so that nothing cancels:
 *   sum (v - m)^2 = sum v^2 - 2 m sum v + n m^2   exactly,   variance = that / n - (mean - m)^2.
 * Float types: a sum per row, added per slice, the slices added in order; then the squares about the mean.
 */
#include "measure/grey_measures.h"

#include "core/memory.h"
#include "core/types.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

typedef struct region {
    const trb_volume *volume; /* planes from window_z on */
    size_t window_z;
    trb_grey_region in;
} region;

/* What one slice holds; only the sums of its type's kind are used. */
typedef struct part {
    uint64_t voxels;
    wide sum;
    uwide squares; /* integer types */
    double sum_float, squares_float; /* float types; squares about the mean */
    double lowest, highest;
} part;

/* The voxels 64 w ... 64 w + 63 of row (y, z) that belong to the region. */
static inline uint64_t word_of(const region *r, size_t y, size_t z, size_t w)
{
    const size_t nx = r->volume->grid.nx, left = nx - 64 * w;
    uint64_t word = left < 64 ? ((uint64_t)1 << left) - 1 : ~(uint64_t)0;
    if (r->in.a)
        word &= r->in.outside_a ? ~trb_mask_row(r->in.a, y, z)[w] : trb_mask_row(r->in.a, y, z)[w];
    if (r->in.b)
        word &= trb_mask_row(r->in.b, y, z)[w];
    return word;
}

/* Visit every voxel of row (y, z) in the region; in the statements `value` is the voxel, of type T. */
#define FOR_ROW(r, y, z, row, ...)                                                                      \
    for (size_t w_ = 0; w_ < ((r)->volume->grid.nx + 63) / 64; w_++)                                    \
        for (uint64_t bits_ = word_of(r, y, z, w_); bits_; bits_ &= bits_ - 1) {                        \
            const T value = ((const T *)(row))[64 * w_ + (size_t)__builtin_ctzll(bits_)];               \
            __VA_ARGS__                                                                                 \
        }

/* One function for each type: count, extremes and sums of a slice. Up to 16 bits, 64 bit sums hold a row. */
#define DEFINE_INTEGER_SLICE(name, c_type, row_sum, row_squares)                                        \
    static void name(const region *r, size_t z, part *p)                                                \
    {                                                                                                   \
        typedef c_type T;                                                                               \
        bool seen = false;                                                                              \
        T lowest = 0, highest = 0;                                                                      \
        for (size_t y = 0; y < r->volume->grid.ny; y++) {                                               \
            const T *row = trb_volume_row(r->volume, y, z - r->window_z);                                             \
            row_sum sum = 0;                                                                            \
            row_squares squares = 0;                                                                    \
            uint64_t voxels = 0;                                                                        \
            FOR_ROW(r, y, z, row, {                                                                     \
                voxels++;                                                                               \
                sum += value;                                                                           \
                squares += (uint64_t)((int64_t)value * (int64_t)value);                                 \
                lowest = !seen || value < lowest ? value : lowest;                                      \
                highest = !seen || value > highest ? value : highest;                                   \
                seen = true;                                                                            \
            })                                                                                          \
            p->voxels += voxels;                                                                        \
            p->sum += sum;                                                                              \
            p->squares += squares;                                                                      \
        }                                                                                               \
        p->lowest = seen ? (double)lowest : INFINITY;                                                   \
        p->highest = seen ? (double)highest : -INFINITY;                                                \
    }
DEFINE_INTEGER_SLICE(slice_u8, uint8_t, int64_t, uint64_t)
DEFINE_INTEGER_SLICE(slice_i8, int8_t, int64_t, uint64_t)
DEFINE_INTEGER_SLICE(slice_u16, uint16_t, int64_t, uint64_t)
DEFINE_INTEGER_SLICE(slice_i16, int16_t, int64_t, uint64_t)
DEFINE_INTEGER_SLICE(slice_i32, int32_t, wide, uwide)

/* The square of 32 unsigned bits needs 64 unsigned ones. */
static void slice_u32(const region *r, size_t z, part *p)
{
    typedef uint32_t T;
    p->lowest = INFINITY;
    p->highest = -INFINITY;
    for (size_t y = 0; y < r->volume->grid.ny; y++) {
        const T *row = trb_volume_row(r->volume, y, z - r->window_z);
        FOR_ROW(r, y, z, row, {
            p->voxels++;
            p->sum += value;
            p->squares += (uint64_t)value * value;
            p->lowest = fmin(p->lowest, (double)value);
            p->highest = fmax(p->highest, (double)value);
        })
    }
}

#define DEFINE_FLOAT_SLICE(name, c_type)                                                                \
    static void name(const region *r, size_t z, part *p)                                                \
    {                                                                                                   \
        typedef c_type T;                                                                               \
        p->lowest = INFINITY;                                                                           \
        p->highest = -INFINITY;                                                                         \
        for (size_t y = 0; y < r->volume->grid.ny; y++) {                                               \
            const T *row = trb_volume_row(r->volume, y, z - r->window_z);                                             \
            double sum = 0;                                                                             \
            FOR_ROW(r, y, z, row, {                                                                     \
                p->voxels++;                                                                            \
                sum += (double)value;                                                                   \
                p->lowest = fmin(p->lowest, (double)value);                                             \
                p->highest = fmax(p->highest, (double)value);                                           \
            })                                                                                          \
            p->sum_float += sum;                                                                        \
        }                                                                                               \
    }                                                                                                   \
    static void name##_squares(const region *r, size_t z, double mean, part *p)                         \
    {                                                                                                   \
        typedef c_type T;                                                                               \
        for (size_t y = 0; y < r->volume->grid.ny; y++) {                                               \
            const T *row = trb_volume_row(r->volume, y, z - r->window_z);                                             \
            double sum = 0;                                                                             \
            FOR_ROW(r, y, z, row, {                                                                     \
                const double d = (double)value - mean;                                                  \
                sum += d * d;                                                                           \
            })                                                                                          \
            p->squares_float += sum;                                                                    \
        }                                                                                               \
    }
DEFINE_FLOAT_SLICE(slice_f32, float)
DEFINE_FLOAT_SLICE(slice_f64, double)

static void slice_sums(const region *r, size_t z, part *p)
{
    switch (r->volume->type) {
    case TRB_U8: slice_u8(r, z, p); break;
    case TRB_I8: slice_i8(r, z, p); break;
    case TRB_U16: slice_u16(r, z, p); break;
    case TRB_I16: slice_i16(r, z, p); break;
    case TRB_U32: slice_u32(r, z, p); break;
    case TRB_I32: slice_i32(r, z, p); break;
    case TRB_F32: slice_f32(r, z, p); break;
    case TRB_F64: slice_f64(r, z, p); break;
    }
}

static void finish_integer(const part *parts, size_t nz, trb_grey_stats *out)
{
    wide sum = 0;
    uwide squares = 0;
    for (size_t z = 0; z < nz; z++) {
        sum += parts[z].sum;
        squares += parts[z].squares;
    }
    const wide n = (wide)out->voxels;
    const wide m = (sum >= 0 ? sum + n / 2 : sum - n / 2) / n;
    /* Unsigned, so that the large terms may wrap: the result is small and comes out right. */
    const uwide about_m = squares - (uwide)2 * (uwide)m * (uwide)sum + (uwide)n * (uwide)m * (uwide)m;
    const double offset = (double)(sum - n * m) / (double)n; /* mean - m, at most a half */
    out->mean = (double)sum / (double)n;
    out->sd = sqrt(fmax(0, (double)about_m / (double)n - offset * offset));
}

static void finish_float(const part *parts, size_t nz, trb_grey_stats *out)
{
    double squares = 0;
    for (size_t z = 0; z < nz; z++)
        squares += parts[z].squares_float;
    out->sd = sqrt(squares / (double)out->voxels);
}

/* ---- passes over the slabs of a source; parts[i * nz + z] is slice z of region i */

static trb_status sums_of_slabs(trb_grey_source *source, size_t n, const trb_grey_region *in, part *parts, trb_error *err)
{
    const size_t nz = source->grid.nz;
    for (size_t begin = 0; begin < nz; begin = trb_grey_slab_end(source, begin)) {
        const size_t end = trb_grey_slab_end(source, begin);
        trb_volume slab;
        trb_status status = trb_grey_view(source, begin, end, &slab, err);
        if (status)
            return status;
#pragma omp parallel for schedule(static) collapse(2)
        for (size_t i = 0; i < n; i++)
            for (size_t z = begin; z < end; z++) {
                const region r = {&slab, begin, in[i]};
                slice_sums(&r, z, &parts[i * nz + z]);
            }
    }
    return TRB_OK;
}

/* Float types: squares about the means, which are known now. */
static trb_status squares_of_slabs(trb_grey_source *source, size_t n, const trb_grey_region *in, const trb_grey_stats *out,
                                   part *parts, trb_error *err)
{
    const size_t nz = source->grid.nz;
    for (size_t begin = 0; begin < nz; begin = trb_grey_slab_end(source, begin)) {
        const size_t end = trb_grey_slab_end(source, begin);
        trb_volume slab;
        trb_status status = trb_grey_view(source, begin, end, &slab, err);
        if (status)
            return status;
#pragma omp parallel for schedule(static) collapse(2)
        for (size_t i = 0; i < n; i++)
            for (size_t z = begin; z < end; z++) {
                const region r = {&slab, begin, in[i]};
                if (source->type == TRB_F32)
                    slice_f32_squares(&r, z, out[i].mean, &parts[i * nz + z]);
                else
                    slice_f64_squares(&r, z, out[i].mean, &parts[i * nz + z]);
            }
    }
    return TRB_OK;
}

static void summarise(const part *parts, size_t nz, bool integers, trb_grey_stats *out)
{
    double lowest = INFINITY, highest = -INFINITY, sum = 0;
    for (size_t z = 0; z < nz; z++) {
        out->voxels += parts[z].voxels;
        lowest = fmin(lowest, parts[z].lowest);
        highest = fmax(highest, parts[z].highest);
        sum += parts[z].sum_float;
    }
    if (!out->voxels)
        return;
    out->lowest = lowest;
    out->highest = highest;
    if (integers)
        finish_integer(parts, nz, out);
    else
        out->mean = sum / (double)out->voxels;
}

static bool fits(const trb_mask *mask, const trb_grid *grid)
{
    return !mask || trb_grid_same_size(&mask->grid, grid);
}

trb_status trb_grey_regions(trb_grey_source *source, size_t n, const trb_grey_region *in, trb_grey_stats *out,
                            trb_error *err)
{
    const size_t nz = source->grid.nz;
    const bool integers = trb_type_is_integer(source->type);
    for (size_t i = 0; i < n; i++)
        out[i] = (trb_grey_stats){.mean = NAN, .sd = NAN, .lowest = NAN, .highest = NAN};
    for (size_t i = 0; i < n; i++)
        if (!fits(in[i].a, &source->grid) || !fits(in[i].b, &source->grid))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "grey values: the mask has another size than the image");
    part *parts = trb_alloc_zero(trb_size_multiply(n, nz), sizeof *parts, "the grey statistics", err);
    if (!parts)
        return TRB_ERR_MEMORY;
    trb_status status = sums_of_slabs(source, n, in, parts, err);
    for (size_t i = 0; !status && i < n; i++)
        summarise(parts + i * nz, nz, integers, &out[i]);
    if (!status && !integers)
        status = squares_of_slabs(source, n, in, out, parts, err);
    for (size_t i = 0; !status && !integers && i < n; i++)
        if (out[i].voxels)
            finish_float(parts + i * nz, nz, &out[i]);
    free(parts);
    return status;
}

trb_status trb_grey_measure(const trb_volume *volume, const trb_mask *a, const trb_mask *b, trb_grey_stats *out,
                            trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    const trb_grey_region in = {a, false, b};
    return trb_grey_regions(&source, 1, &in, out, err);
}
