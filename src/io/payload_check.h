/* payload_check.h - do the voxels that a header promises fit into the file, and did all of them get written? */
#ifndef TRB_PAYLOAD_CHECK_H
#define TRB_PAYLOAD_CHECK_H

#include "io/header_peek.h"

#ifdef __cplusplus
extern "C" {
#endif

/** TRB_ERR_FORMAT when the data file cannot hold (or inflate to) `need` bytes of voxels. */
trb_status trb_payload_check_promise(const char *path, const trb_header_peek *peek, uint64_t need, trb_error *err);

/** Inflate a gzip payload that only ITK can read (scaled NIfTI): ITK would not notice damage. TRB_ERR_FORMAT. */
trb_status trb_payload_check_sound(const char *path, const trb_header_peek *peek, uint64_t need, trb_error *err);

/**
 * After writing: is the file complete? Raw data by its size, gzip by inflating it (checksum included), zlib in a
 * MetaImage by the size that its header tells. Not every writer in ITK notices that a disk is full.
 *
 * Errors      TRB_ERR_IO.
 */
trb_status trb_payload_check_written(const char *path, uint64_t need, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
