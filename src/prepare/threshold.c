/*
 * threshold.c - grey to bits.
 * A comparison with a fractional threshold is made exact by moving the threshold to the smallest value of
 * the voxel type that passes it; then the whole row is compared in the voxel's own type, 64 voxels a word.
 */
#include "trabecula/threshold.h"

#include "core/types.h"
#include "prepare/filter_rows.h"
#include "prepare/grey_passes.h"

#include <float.h>
#include <math.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

typedef struct packing {
    trb_mask *mask;
    trb_type type;            /* of the values compared */
    bool none;                /* no value of the type reaches the threshold */
    bool invert;
    union {
        uint8_t u8;
        int8_t i8;
        uint16_t u16;
        int16_t i16;
        uint32_t u32;
        int32_t i32;
        float f32;
        double f64;
    } bound; /* smallest value that is in */
} packing;

/* 64 bytes, each 0 or 255, to 64 bits. */
static inline uint64_t pack_bytes(const uint8_t *byte)
{
    uint64_t word = 0;
#ifdef __SSE2__
    for (int i = 0; i < 4; i++) {
        const __m128i sixteen = _mm_load_si128((const __m128i *)(const void *)(byte + 16 * i));
        word |= (uint64_t)(unsigned)_mm_movemask_epi8(sixteen) << (16 * i);
    }
#else
    for (int i = 0; i < 64; i++)
        word |= (uint64_t)(byte[i] & 1) << i;
#endif
    return word;
}

/* One row of one type. The flags of a word stay in registers or in the nearest cache. */
#define PACK_ROW(name, voxel)                                                                               \
    static void name(const voxel *row, voxel bound, size_t nx, uint64_t *words)                             \
    {                                                                                                       \
        _Alignas(64) uint8_t in[64];                                                                        \
        size_t x = 0;                                                                                       \
        for (; x + 64 <= nx; x += 64) {                                                                     \
            for (size_t i = 0; i < 64; i++)                                                                 \
                in[i] = row[x + i] >= bound ? 255 : 0;                                                      \
            words[x >> 6] = pack_bytes(in);                                                                 \
        }                                                                                                   \
        if (x == nx)                                                                                        \
            return;                                                                                         \
        for (size_t i = 0; i < 64; i++)                                                                     \
            in[i] = x + i < nx && row[x + i] >= bound ? 255 : 0;                                            \
        words[x >> 6] = pack_bytes(in);                                                                     \
    }
PACK_ROW(pack_u8, uint8_t)
PACK_ROW(pack_i8, int8_t)
PACK_ROW(pack_u16, uint16_t)
PACK_ROW(pack_i16, int16_t)
PACK_ROW(pack_u32, uint32_t)
PACK_ROW(pack_i32, int32_t)
PACK_ROW(pack_f32, float)
PACK_ROW(pack_f64, double)

static void pack_row(void *user, int thread, size_t y, size_t z, const void *row)
{
    const packing *p = user;
    uint64_t *words = trb_mask_row(p->mask, y, z);
    const size_t nx = p->mask->grid.nx;
    (void)thread;
    if (!p->none) {
        switch (p->type) {
        case TRB_U8: pack_u8(row, p->bound.u8, nx, words); break;
        case TRB_I8: pack_i8(row, p->bound.i8, nx, words); break;
        case TRB_U16: pack_u16(row, p->bound.u16, nx, words); break;
        case TRB_I16: pack_i16(row, p->bound.i16, nx, words); break;
        case TRB_U32: pack_u32(row, p->bound.u32, nx, words); break;
        case TRB_I32: pack_i32(row, p->bound.i32, nx, words); break;
        case TRB_F32: pack_f32(row, p->bound.f32, nx, words); break;
        case TRB_F64: pack_f64(row, p->bound.f64, nx, words); break;
        }
    }
    if (p->invert) {
        const size_t last = p->mask->words_per_row - 1;
        for (size_t w = 0; w < last; w++)
            words[w] = ~words[w];
        words[last] = ~words[last] & trb_mask_tail(p->mask);
    }
}

/* Smallest float that is >= value: rounding to nearest may have gone below. */
static float float_at_least(double value)
{
    if (value > FLT_MAX)
        return INFINITY;
    if (value < -FLT_MAX)
        return -FLT_MAX;
    const float near = (float)value;
    return (double)near < value ? nextafterf(near, INFINITY) : near;
}

/* Sets p->bound, or p->none when even the largest value of the type is below the threshold. */
static void place_bound(packing *p, double threshold)
{
    double lowest, highest;
    p->none = false;
    if (p->type == TRB_F64) {
        p->bound.f64 = threshold;
        return;
    }
    if (p->type == TRB_F32) {
        p->bound.f32 = float_at_least(threshold);
        return;
    }
    trb_type_range(p->type, &lowest, &highest);
    const double whole = fmax(ceil(threshold), lowest);
    p->none = whole > highest;
    if (p->none)
        return;
    switch (p->type) {
    case TRB_U8: p->bound.u8 = (uint8_t)whole; break;
    case TRB_I8: p->bound.i8 = (int8_t)whole; break;
    case TRB_U16: p->bound.u16 = (uint16_t)whole; break;
    case TRB_I16: p->bound.i16 = (int16_t)whole; break;
    case TRB_U32: p->bound.u32 = (uint32_t)whole; break;
    default: p->bound.i32 = (int32_t)whole; break;
    }
}

trb_status trb_grey_threshold(trb_grey_source *source, const trb_filter *filter, double threshold, bool invert,
                              trb_mask **out, trb_error *err)
{
    *out = NULL;
    if (isnan(threshold))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the threshold is not a number");
    packing p = {.mask = NULL, .invert = invert, .type = trb_filter_row_type(source->type, filter)};
    trb_status status = trb_mask_create(&source->grid, &p.mask, err);
    if (!status) {
        place_bound(&p, threshold);
        status = trb_grey_each_row(source, filter, pack_row, &p, err);
    }
    if (status) {
        trb_mask_destroy(p.mask);
        return status;
    }
    *out = p.mask;
    return TRB_OK;
}

trb_status trb_threshold_apply(const trb_volume *volume, const trb_filter *filter, double threshold,
                               bool invert, trb_mask **out, trb_error *err)
{
    trb_grey_source source = trb_grey_of_volume(volume);
    return trb_grey_threshold(&source, filter, threshold, invert, out, err);
}
