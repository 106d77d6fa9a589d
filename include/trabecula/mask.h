/* mask.h - binary volumes, one bit a voxel. */
#ifndef TRABECULA_MASK_H
#define TRABECULA_MASK_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A packed mask. Row (y, z) starts at bits + (z * ny + y) * words_per_row; voxel x of it is bit x & 63 of
 * word x >> 6. Invariant: the padding bits behind nx in each row's last word are 0.
 */
typedef struct trb_mask {
    trb_grid grid;
    size_t words_per_row; /* (nx + 63) / 64 */
    uint64_t *bits;       /* words_per_row * ny * nz words, aligned to 64 bytes */
} trb_mask;

/**
 * An empty mask (all bits 0).
 *
 * Output      *out: yours; trb_mask_destroy() frees it. NULL unless TRB_OK.
 * Errors      TRB_ERR_ARGUMENT for a bad grid, TRB_ERR_MEMORY.
 */
TRB_API TRB_NODISCARD trb_status trb_mask_create(const trb_grid *grid, trb_mask **out, trb_error *err);

/** Free a mask; NULL is fine. */
TRB_API void trb_mask_destroy(trb_mask *mask);

/** A deep copy, yours. Errors: TRB_ERR_MEMORY. */
TRB_API TRB_NODISCARD trb_status trb_mask_copy(const trb_mask *mask, trb_mask **out, trb_error *err);

/** The complement on the same grid (bone -> marrow), yours. Errors: TRB_ERR_MEMORY. */
TRB_API TRB_NODISCARD trb_status trb_mask_complement(const trb_mask *mask, trb_mask **out, trb_error *err);

/** The same in place: every voxel becomes the other phase. */
TRB_API void trb_mask_invert(trb_mask *mask);

/** First word of row (y, z). */
static inline uint64_t *trb_mask_row(const trb_mask *mask, size_t y, size_t z)
{
    return mask->bits + (z * mask->grid.ny + y) * mask->words_per_row;
}

/** One voxel: 0 or 1. */
static inline int trb_mask_get(const trb_mask *mask, size_t x, size_t y, size_t z)
{
    return (int)(trb_mask_row(mask, y, z)[x >> 6] >> (x & 63) & 1U);
}

/** Set one voxel. Not safe from two threads within one row. */
static inline void trb_mask_set(trb_mask *mask, size_t x, size_t y, size_t z, int value)
{
    uint64_t *word = &trb_mask_row(mask, y, z)[x >> 6];
    const uint64_t bit = (uint64_t)1 << (x & 63);
    *word = value ? *word | bit : *word & ~bit;
}

/** Bits of the last word of a row that are voxels; all ones when nx is a multiple of 64. */
static inline uint64_t trb_mask_tail(const trb_mask *mask)
{
    const size_t used = mask->grid.nx & 63;
    return used ? ((uint64_t)1 << used) - 1 : ~(uint64_t)0;
}

/** Number of set voxels. */
TRB_API size_t trb_mask_count(const trb_mask *mask);

/** Number of voxels set in both; b may be NULL (then all of a count). Grids must have equal counts. */
TRB_API size_t trb_mask_count_and(const trb_mask *a, const trb_mask *b);

/** a &= b. Grids must have equal counts. */
TRB_API void trb_mask_and(trb_mask *a, const trb_mask *b);

/** Smallest box that holds all set voxels; false when there is none. */
TRB_API bool trb_mask_bounds(const trb_mask *mask, trb_box *bounds);

/** Middle voxel of the box that holds all set voxels; of the grid when mask is NULL or empty. */
TRB_API void trb_mask_middle(const trb_grid *grid, const trb_mask *mask, size_t at[3]);

/** A mask of the voxels that are not 0, yours. NaN is an error (TRB_ERR_DATA). */
TRB_API TRB_NODISCARD trb_status trb_mask_from_volume(const trb_volume *volume, trb_mask **out,
                                                      trb_error *err);

/** A uint8 volume with 0 and `set_value`, yours. Errors: TRB_ERR_MEMORY. */
TRB_API TRB_NODISCARD trb_status trb_mask_to_volume(const trb_mask *mask, uint8_t set_value,
                                                    trb_volume **out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
