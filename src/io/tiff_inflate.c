/* tiff_inflate.c - Deflate strips and tiles with their checksum. */
#include "io/tiff_inflate.h"

#include <string.h>
#include <zlib.h>

#define CHUNK 65536 /* bytes read at once, and of output that nobody wants */

/* Where the stream stands. */
typedef struct stream {
    z_stream z;
    uint64_t at, left;   /* compressed bytes not yet read: offset and count */
    unsigned char *out;  /* NULL: check only */
    size_t wanted, made; /* decoded bytes */
    unsigned char input[CHUNK], spare[CHUNK];
} stream;

static bool refill(const trb_tiff_file *file, stream *in)
{
    const size_t count = in->left < CHUNK ? (size_t)in->left : CHUNK;
    if (!trb_tiff_read_at(file, in->at, in->input, count))
        return false;
    in->at += count;
    in->left -= count;
    in->z.next_in = in->input;
    in->z.avail_in = (uInt)count;
    return true;
}

/* Output goes to the caller until he has enough; what follows (rows beyond the image) only to the checksum. */
static size_t aim(stream *in)
{
    const bool theirs = in->out && in->made < in->wanted;
    const size_t missing = in->wanted - in->made;
    const size_t room = !theirs ? CHUNK : missing < (size_t)1 << 30 ? missing : (size_t)1 << 30;
    in->z.next_out = theirs ? in->out + in->made : in->spare;
    in->z.avail_out = (uInt)room;
    return room;
}

static trb_status run(const trb_tiff_file *file, stream *in, trb_error *err)
{
    for (int state = Z_OK; state != Z_STREAM_END;) {
        if (in->z.avail_in == 0 && in->left == 0)
            break;
        if (in->z.avail_in == 0 && !refill(file, in))
            return trb_error_set(err, TRB_ERR_FORMAT, "its bytes cannot all be read");
        const size_t room = aim(in);
        state = inflate(&in->z, Z_NO_FLUSH);
        in->made += room - in->z.avail_out;
        if (state != Z_OK && state != Z_STREAM_END && state != Z_BUF_ERROR)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s", in->z.msg ? in->z.msg : "the Deflate stream is damaged");
    }
    if (in->made < in->wanted)
        return trb_error_set(err, TRB_ERR_FORMAT, "it gives %zu of %zu bytes", in->made, in->wanted);
    return TRB_OK;
}

trb_status trb_tiff_inflate(const trb_tiff_file *file, uint32_t block, void *out, size_t bytes, trb_error *err)
{
    stream in;
    memset(&in.z, 0, sizeof in.z);
    in.at = TIFFGetStrileOffset(file->tiff, block);
    in.left = TIFFGetStrileByteCount(file->tiff, block);
    in.out = out;
    in.wanted = bytes;
    in.made = 0;
    if (inflateInit(&in.z) != Z_OK)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a Deflate stream");
    const trb_status status = run(file, &in, err);
    inflateEnd(&in.z);
    return status;
}
