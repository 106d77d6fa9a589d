/* payload_read.c - see payload_read.h. */
#include "io/payload_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { CHUNK = 1 << 17, LARGEST_PART = 1 << 30 };

typedef struct reader {
    FILE *file;
    z_stream stream;
    int state; /* what inflate() said last */
    unsigned char in[CHUNK], dropped[CHUNK];
} reader;

static bool refill(reader *r)
{
    if (r->stream.avail_in == 0) {
        r->stream.next_in = r->in;
        r->stream.avail_in = (uInt)fread(r->in, 1, CHUNK, r->file);
    }
    return r->stream.avail_in > 0;
}

/* Inflate up to `bytes` bytes (at most LARGEST_PART) to `to`; fewer when the stream ends or is damaged. */
static uint64_t inflate_part(reader *r, unsigned char *to, uint64_t bytes)
{
    r->stream.next_out = to;
    r->stream.avail_out = (uInt)bytes;
    while (r->stream.avail_out > 0 && r->state == Z_OK && refill(r))
        r->state = inflate(&r->stream, Z_NO_FLUSH);
    return bytes - r->stream.avail_out;
}

/* The same, going on with the next member of the file where one ends (bgzip writes many). */
static bool inflate_all(reader *r, unsigned char *to, uint64_t bytes)
{
    while (bytes > 0) {
        const uint64_t part = bytes < LARGEST_PART ? bytes : LARGEST_PART;
        const uint64_t got = inflate_part(r, to, part);
        if (got < part) {
            if (r->state != Z_STREAM_END || !refill(r) || inflateReset(&r->stream) != Z_OK)
                return false;
            r->state = Z_OK;
        }
        to += got;
        bytes -= got;
    }
    return true;
}

static bool drop(reader *r, uint64_t bytes)
{
    while (bytes > 0) {
        const uint64_t part = bytes < CHUNK ? bytes : CHUNK;
        if (!inflate_all(r, r->dropped, part))
            return false;
        bytes -= part;
    }
    return true;
}

/* zlib compares the checksum at the end of the stream, which lies behind the last voxel. */
static bool checksum_holds(reader *r)
{
    while (inflate_part(r, r->dropped, CHUNK) > 0)
        ;
    return r->state == Z_STREAM_END;
}

static void swap_bytes(unsigned char *voxels, uint64_t bytes, size_t each)
{
    for (uint64_t i = 0; i + each <= bytes; i += each)
        for (size_t b = 0; b < each / 2; b++) {
            const unsigned char low = voxels[i + b];
            voxels[i + b] = voxels[i + each - 1 - b];
            voxels[i + each - 1 - b] = low;
        }
}

static bool read_raw(reader *r, uint64_t skip, void *dst, uint64_t bytes)
{
    return fseeko(r->file, (off_t)skip, SEEK_CUR) == 0 && fread(dst, 1, bytes, r->file) == bytes;
}

static bool read_deflated(reader *r, uint64_t skip, void *dst, uint64_t bytes, bool to_end)
{
    if (inflateInit2(&r->stream, 15 + 32) != Z_OK) /* 32: zlib or gzip, whichever it is */
        return false;
    r->state = Z_OK;
    const bool sound = drop(r, skip) && inflate_all(r, dst, bytes) && (!to_end || checksum_holds(r));
    inflateEnd(&r->stream);
    return sound;
}

trb_status trb_payload_read(const trb_header_peek *peek, uint64_t skip, void *dst, uint64_t bytes,
                            size_t voxel_bytes, bool to_end, trb_error *err)
{
    reader *r = calloc(1, sizeof *r);
    if (!r)
        return trb_error_set(err, TRB_ERR_MEMORY, "%.500s: out of memory", peek->data_path);
    trb_status status = TRB_OK;
    r->file = fopen(peek->data_path, "rb");
    if (!r->file || fseeko(r->file, (off_t)peek->data_offset, SEEK_SET) != 0)
        status = trb_error_set(err, TRB_ERR_IO, "%.500s: %s", peek->data_path, strerror(errno));
    else if (peek->payload == TRB_PAYLOAD_RAW ? !read_raw(r, skip, dst, bytes)
                                              : !read_deflated(r, skip + peek->inside_offset, dst, bytes, to_end))
        status = trb_error_set(err, TRB_ERR_FORMAT,
                               "%.500s: the voxels are truncated or damaged; copy or export the file again",
                               peek->data_path);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    else if (peek->big_endian)
#else
    else if (!peek->big_endian)
#endif
        swap_bytes(dst, bytes, voxel_bytes);
    if (r->file)
        fclose(r->file);
    free(r);
    return status;
}
