/* payload_read.h - the voxel bytes of a file whose header has been read. */
#ifndef TRB_PAYLOAD_READ_H
#define TRB_PAYLOAD_READ_H

#include "io/header_peek.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * `bytes` bytes of voxels after the first `skip` into dst, in this machine's byte order. For peek->direct files.
 *
 * ITK's readers could do this too, but take the volume twice for NIfTI, cannot read some planes of a NRRD, and
 * hand out whatever came of a compressed stream that is cut or damaged.
 *
 * Input       voxel_bytes: bytes of each voxel are reversed when the file has the other byte order.
 *             to_end: the wanted bytes are the last ones, so the checksum of a compressed stream is verified.
 * Cost        Nothing beyond dst but a small buffer; skipped bytes of a compressed stream are inflated and dropped.
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT (truncated, damaged), TRB_ERR_MEMORY.
 */
trb_status trb_payload_read(const trb_header_peek *peek, uint64_t skip, void *dst, uint64_t bytes,
                            size_t voxel_bytes, bool to_end, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
