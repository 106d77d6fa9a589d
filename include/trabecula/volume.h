/* volume.h - grey volumes, kept in the type they came in. */
#ifndef TRABECULA_VOLUME_H
#define TRABECULA_VOLUME_H

#include "trabecula/grid.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trb_type { TRB_U8, TRB_I8, TRB_U16, TRB_I16, TRB_U32, TRB_I32, TRB_F32, TRB_F64 } trb_type;

/** A grey volume: open struct, voxels contiguous, x fastest. Invariant: grid passed trb_grid_check(). */
typedef struct trb_volume {
    trb_grid grid;
    trb_type type;
    void *voxels; /* trb_grid_voxels(&grid) * trb_type_bytes(type) bytes, aligned to 64 */
} trb_volume;

/** Bytes of one voxel: 1, 2, 4 or 8. */
TRB_API size_t trb_type_bytes(trb_type type);

/** "uint8", "int16", "float32", ... Static text. */
TRB_API const char *trb_type_name(trb_type type);

/** Is it an integer type? */
TRB_API bool trb_type_is_integer(trb_type type);

/** Smallest and largest value an integer type can hold; -1 and 1 for float types. */
TRB_API void trb_type_range(trb_type type, double *lowest, double *highest);

/**
 * A volume with undefined voxels.
 *
 * Output      *out: yours; trb_volume_destroy() frees it. NULL unless TRB_OK.
 * Errors      TRB_ERR_ARGUMENT for a bad grid, TRB_ERR_MEMORY.
 * Cost        One allocation; pages are touched by the first writer.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_create(const trb_grid *grid, trb_type type, trb_volume **out,
                                                   trb_error *err);

/** Free a volume; NULL is fine. */
TRB_API void trb_volume_destroy(trb_volume *volume);

/** Address of the first voxel of row (y, z). */
TRB_API const void *trb_volume_row(const trb_volume *volume, size_t y, size_t z);

/** One voxel as double. Slow: for tests, pictures and messages. */
TRB_API double trb_volume_get(const trb_volume *volume, size_t x, size_t y, size_t z);

/** Set one voxel; the value is rounded half up and clamped to an integer type's range. Slow. */
TRB_API void trb_volume_set(trb_volume *volume, size_t x, size_t y, size_t z, double value);

/** Copy row (y, z) as float32: exact for types up to 16 bit and float32, rounded to nearest for wider ones. */
TRB_API void trb_volume_row_float(const trb_volume *volume, size_t y, size_t z, float *out);

/** Smallest and largest voxel. NaN voxels are skipped; both are NaN when nothing is left. */
TRB_API void trb_volume_range(const trb_volume *volume, double *lowest, double *highest);

/**
 * Refuse NaN and infinity.
 *
 * Errors      TRB_ERR_DATA with the count and the first position (x, y, z, from 0).
 * Cost        One pass for float types, nothing for integers.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_check_finite(const trb_volume *volume, trb_error *err);

/**
 * CRC-32 (zlib) of the voxels as little-endian bytes in x, y, z order: the fingerprint in records.
 * Does not depend on file format, byte order or thread count.
 */
TRB_API uint32_t trb_volume_crc32(const trb_volume *volume);

/**
 * A copy of part of a volume; its origin moves with it.
 *
 * Output      *out: yours. NULL unless TRB_OK.
 * Errors      TRB_ERR_ARGUMENT when the box is empty or leaves the grid; TRB_ERR_MEMORY.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_crop(const trb_volume *volume, const trb_box *box,
                                                 trb_volume **out, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
