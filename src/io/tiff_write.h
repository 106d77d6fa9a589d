/* tiff_write.h - a volume or a mask as one TIFF file that Fiji opens with its calibration. */
#ifndef TRB_TIFF_WRITE_H
#define TRB_TIFF_WRITE_H

#include "trabecula/volume_io.h"

/** Classic TIFF has 32-bit offsets; BigTIFF is taken where they might not do. */
typedef enum trb_tiff_size { TRB_TIFF_BY_SIZE, TRB_TIFF_CLASSIC, TRB_TIFF_BIG } trb_tiff_size;

/**
 * Write a new file under exactly this name (the caller takes care of temporary names); fsync included unless options->unsynced.
 *
 * Input       One of volume and mask, the other NULL. A mask becomes uint8 with 0 and 255.
 *             size: TRB_TIFF_BY_SIZE is BigTIFF from 3.9 GB (uncompressed) on.
 * Errors      TRB_ERR_ARGUMENT for a spacing or size that TIFF cannot hold, TRB_ERR_IO, TRB_ERR_MEMORY.
 *             The text does not name the file.
 * Cost        Uncompressed: one pass of write(). Compressed: all threads, buffers for a few slices; the bytes of
 *             the file do not depend on the number of threads.
 */
trb_status trb_tiff_write(const char *path, const trb_volume *volume, const trb_mask *mask,
                          const trb_write_options *options, trb_tiff_size size, trb_error *err);

/** The same file, made plane by plane: the bytes are those of trb_tiff_write(). Destroy it; NULL is fine. */
typedef struct trb_tiff_stream trb_tiff_stream;
trb_status trb_tiff_stream_create(const char *path, const trb_grid *grid, trb_type type,
                                  const trb_write_options *options, trb_tiff_stream **out, trb_error *err);
trb_status trb_tiff_stream_planes(trb_tiff_stream *stream, size_t n, const void *voxels, trb_error *err);
trb_status trb_tiff_stream_finish(trb_tiff_stream *stream, trb_error *err);
void trb_tiff_stream_destroy(trb_tiff_stream *stream);

/**
 * Best fraction for a positive number, numerator and denominator below 2^32.
 * False when it differs from the number by more than 1e-9 (relative).
 */
bool trb_tiff_fraction(double value, uint32_t *numerator, uint32_t *denominator);

/** Most bytes that trb_tiff_lzw_encode() gives for `count` bytes. */
size_t trb_tiff_lzw_bound(size_t count);

/** LZW as TIFF 6.0 defines it (most significant bit first, codes grow one early). Returns the bytes written. */
size_t trb_tiff_lzw_encode(const void *bytes, size_t count, void *out);

#endif
