/* tiff_inflate.h - Deflate strips and tiles with their checksum. */
#ifndef TRB_TIFF_INFLATE_H
#define TRB_TIFF_INFLATE_H

#include "io/tiff_file.h"

/**
 * Inflate one strip or tile of the current directory.
 *
 * Input       out: `bytes` bytes as stored (byte order of the file, predictor not undone), or NULL to check only.
 * Errors      TRB_ERR_FORMAT when the stream is damaged, does not match its checksum or is too short; TRB_ERR_MEMORY.
 * Why         libtiff stops once it has the voxels, before the checksum: bits that changed on a disk would become
 *             grey values without a word.
 */
trb_status trb_tiff_inflate(const trb_tiff_file *file, uint32_t block, void *out, size_t bytes, trb_error *err);

#endif
