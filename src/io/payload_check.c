/* payload_check.c - see payload_check.h. */
#include "io/payload_check.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

/* Deflate codes at most 258 bytes in two bits: a factor of 1032, stored blocks and headers aside. */
enum { DEFLATE_MOST = 1032 };

trb_status trb_payload_check_promise(const char *path, const trb_header_peek *peek, uint64_t need, trb_error *err)
{
    if (peek->payload == TRB_PAYLOAD_RAW && need > peek->data_bytes)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: the header promises %" PRIu64 " bytes of voxels, the file has %" PRIu64
                             ": it is truncated or damaged; copy or export it again",
                             path, need, peek->data_bytes);
    if (peek->payload == TRB_PAYLOAD_DEFLATE && need / DEFLATE_MOST > peek->data_bytes)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: the header promises %" PRIu64 " bytes of voxels, more than %" PRIu64
                             " compressed bytes can ever hold: it is truncated or damaged; copy or export it again",
                             path, need, peek->data_bytes);
    return TRB_OK;
}

/* Inflate from `offset` to the end; *total: bytes that came out, 0 when the stream is damaged. */
static trb_status inflated_size(const char *path, uint64_t offset, uint64_t *total, trb_error *err)
{
    enum { CHUNK = 1 << 18 };
    *total = 0;
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0 || lseek(file, (off_t)offset, SEEK_SET) < 0) {
        const int why = errno;
        if (file >= 0)
            close(file);
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", path, strerror(why));
    }
    gzFile stream = gzdopen(file, "rb");
    void *chunk = malloc(CHUNK);
    uint64_t sum = 0;
    int got = -1;
    if (stream && chunk)
        while ((got = gzread(stream, chunk, CHUNK)) > 0)
            sum += (uint64_t)got;
    free(chunk);
    if (!stream)
        close(file);
    const bool sound = got == 0 && stream && gzclose(stream) == Z_OK;
    if (!sound && got != 0 && stream)
        gzclose(stream);
    *total = sound ? sum : 0;
    return TRB_OK;
}

trb_status trb_payload_check_sound(const char *path, const trb_header_peek *peek, uint64_t need, trb_error *err)
{
    uint64_t total = 0;
    const trb_status status = inflated_size(peek->data_path, peek->data_offset, &total, err);
    if (!status && total < need + peek->inside_offset)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s: the voxels are truncated or damaged; copy or export the file again", path);
    return status;
}

/* The number after "CompressedDataSize = " in a MetaImage header; 0 when there is none. */
static uint64_t stated_size(const char *path)
{
    char text[4096];
    FILE *file = fopen(path, "rb");
    if (!file)
        return 0;
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    const char *key = strstr(text, "CompressedDataSize = ");
    return key ? strtoull(key + 21, NULL, 10) : 0;
}

trb_status trb_payload_check_written(const char *path, uint64_t need, trb_error *err)
{
    trb_header_peek peek;
    trb_status status = trb_header_peek_read(path, &peek, err);
    if (status)
        return status;
    bool complete = peek.payload == TRB_PAYLOAD_RAW && peek.data_bytes == need;
    if (peek.payload == TRB_PAYLOAD_DEFLATE && peek.format == TRB_FORMAT_META)
        complete = peek.data_bytes > 0 && stated_size(path) == peek.data_bytes;
    if (peek.payload == TRB_PAYLOAD_DEFLATE && peek.format != TRB_FORMAT_META) {
        const uint64_t header = peek.format == TRB_FORMAT_NIFTI ? 352 : 0; /* compressed along with the voxels */
        uint64_t total = 0;
        status = inflated_size(path, peek.bytes_on_disk - peek.data_bytes, &total, err);
        complete = !status && total == need + header;
    }
    if (!status && !complete)
        status = trb_error_set(err, TRB_ERR_IO, "%s: not all voxels could be written; is the disk full?", path);
    return status;
}
