/*
 * density.c - grey statistics of a region.
 *
 * Integer types: the sum and the sum of squares are integers and exact (128 bit, which 2^40 voxels of 32 bits
 * need). The variance is taken about the integer nearest to the mean, so that nothing cancels:
 *   sum (v - m)^2 = sum v^2 - 2 m sum v + n m^2   exactly,   variance = that / n - (mean - m)^2.
 * Float types: a sum per row, added per slice, the slices added in order; then the squares about the mean.
 */
#include "trabecula/density.h"

#include "core/memory.h"
#include "core/types.h"

#include <math.h>
#include <stdlib.h>

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

typedef struct region {
    const trb_volume *volume;
    const trb_mask *a, *b; /* NULL: everywhere */
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
    if (r->a)
        word &= trb_mask_row(r->a, y, z)[w];
    if (r->b)
        word &= trb_mask_row(r->b, y, z)[w];
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
            const T *row = trb_volume_row(r->volume, y, z);                                             \
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
        const T *row = trb_volume_row(r->volume, y, z);
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
            const T *row = trb_volume_row(r->volume, y, z);                                             \
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
            const T *row = trb_volume_row(r->volume, y, z);                                             \
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

static void finish_float(const region *r, part *parts, trb_grey_stats *out)
{
    const ptrdiff_t nz = (ptrdiff_t)r->volume->grid.nz;
    double sum = 0, squares = 0;
    for (ptrdiff_t z = 0; z < nz; z++)
        sum += parts[z].sum_float;
    const double mean = sum / (double)out->voxels;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++) {
        if (r->volume->type == TRB_F32)
            slice_f32_squares(r, (size_t)z, mean, &parts[z]);
        else
            slice_f64_squares(r, (size_t)z, mean, &parts[z]);
    }
    for (ptrdiff_t z = 0; z < nz; z++)
        squares += parts[z].squares_float;
    out->mean = mean;
    out->sd = sqrt(squares / (double)out->voxels);
}

trb_status trb_grey_measure(const trb_volume *volume, const trb_mask *a, const trb_mask *b, trb_grey_stats *out,
                            trb_error *err)
{
    *out = (trb_grey_stats){.mean = NAN, .sd = NAN, .lowest = NAN, .highest = NAN};
    if ((a && !trb_grid_same_size(&a->grid, &volume->grid)) || (b && !trb_grid_same_size(&b->grid, &volume->grid)))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "grey values: the mask has another size than the image");
    const region r = {volume, a, b};
    const ptrdiff_t nz = (ptrdiff_t)volume->grid.nz;
    part *parts = trb_alloc_zero(volume->grid.nz, sizeof *parts, "the grey statistics", err);
    if (!parts)
        return TRB_ERR_MEMORY;
#pragma omp parallel for schedule(static)
    for (ptrdiff_t z = 0; z < nz; z++)
        slice_sums(&r, (size_t)z, &parts[z]);

    double lowest = INFINITY, highest = -INFINITY;
    for (ptrdiff_t z = 0; z < nz; z++) {
        out->voxels += parts[z].voxels;
        lowest = fmin(lowest, parts[z].lowest);
        highest = fmax(highest, parts[z].highest);
    }
    if (out->voxels > 0) {
        out->lowest = lowest;
        out->highest = highest;
        if (trb_type_is_integer(volume->type))
            finish_integer(parts, volume->grid.nz, out);
        else
            finish_float(&r, parts, out);
    }
    free(parts);
    return TRB_OK;
}
