/*
 * tiff_write.c - TIFF files for Fiji and everybody else.
 *
 * Written byte by byte and not through libtiff for two reasons: ImageJ takes the planes of an uncompressed stack
 * as one contiguous block behind the first strip offset, whatever the further directories say, and libtiff puts
 * each directory between the planes; and libtiff keeps resolutions as float, seven digits.
 *
 * Layout: header, planes one behind the other, directories (one a slice, one strip each). Signed and float types
 * carry SampleFormat, so libtiff, ITK and others read the true values; ImageJ (1.52i, checked) then shows int16 as
 * signed 16-bit with its own calibration and turns 32-bit integers into floats. ImageJ has no signed 8-bit type:
 * negative values of int8 appear there as 128 to 255; and it does not open stacks of float64.
 */
#include "io/tiff_write.h"

#include "core/memory.h"
#include "io/decimal_text.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tiff.h>
#include <unistd.h>
#include <zlib.h>

#define CLASSIC_MOST 3.9e9 /* bytes; leaves room for directories below 2^32 */
#define DEFLATE_LEVEL 6
#define LONGEST_DESCRIPTION 4096
#define CLOSE_ENOUGH 1e-9

typedef struct output {
    int fd;
    uint64_t at; /* bytes written so far */
    bool big;
    bool unsynced; /* no fsync at the end */
} output;

typedef struct picture {
    const trb_volume *volume; /* or */
    const trb_mask *mask;
    size_t first_z;         /* plane 0 of the volume at hand is this one of the file */
    double lowest, highest; /* of all voxels: the range that viewers show */
    trb_grid grid;
    trb_type type;
    size_t plane_bytes;
    trb_tiff_compression compression;
    uint32_t resolution[2][2]; /* pixels per mm along x and y, numerator and denominator; 0: not known */
    char description[LONGEST_DESCRIPTION];
    uint64_t *offsets, *counts; /* of the strip of each slice */
} picture;

/* ---- numbers */

bool trb_tiff_fraction(double value, uint32_t *numerator, uint32_t *denominator)
{
    if (!isfinite(value) || value <= 0 || value > UINT32_MAX)
        return false;
    /* Continued fraction: each step is the best fraction for its size; stop when double can see no difference. */
    uint64_t p0 = 0, q0 = 1, p1 = 1, q1 = 0;
    double rest = value;
    for (int step = 0; step < 64; step++) {
        const double whole = floor(rest);
        if (whole > UINT32_MAX)
            break;
        const uint64_t a = (uint64_t)whole, p = a * p1 + p0, q = a * q1 + q0;
        if (p > UINT32_MAX || q > UINT32_MAX)
            break;
        p0 = p1, q0 = q1, p1 = p, q1 = q;
        if (rest - whole <= 0 || (p && (double)p / (double)q == value))
            break;
        rest = 1 / (rest - whole);
    }
    if (p1 == 0 || q1 == 0 || fabs((double)p1 / (double)q1 - value) > CLOSE_ENOUGH * value)
        return false;
    *numerator = (uint32_t)p1;
    *denominator = (uint32_t)q1;
    return true;
}

/* ---- bytes */

static trb_status write_bytes(output *out, const void *bytes, size_t count, trb_error *err)
{
    const char *from = bytes;
    while (count) {
        const ssize_t done = write(out->fd, from, count < 1 << 30 ? count : 1 << 30);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return trb_error_set(err, TRB_ERR_IO, "cannot be written: %s", strerror(errno));
        from += done;
        out->at += (uint64_t)done;
        count -= (size_t)done;
    }
    return TRB_OK;
}

/* ---- directories */

/* A directory under construction: entries, then values that do not fit into them. */
typedef struct directory {
    unsigned char bytes[1024];
    size_t used, entries;
} directory;

static void put_number(directory *dir, uint64_t value, size_t width)
{
    for (size_t i = 0; i < width; i++, value >>= 8) /* least significant byte first, as the header says */
        dir->bytes[dir->used++] = (unsigned char)value;
}

/* One value of 2, 4 or 8 bytes, in the entry itself. */
static void put_entry(directory *dir, bool big, unsigned tag, unsigned type, uint64_t count, uint64_t value)
{
    const size_t width = big ? 8 : 4;
    put_number(dir, tag, 2);
    put_number(dir, type, 2);
    put_number(dir, count, width);
    put_number(dir, value, width);
    dir->entries++;
}

static unsigned sample_format(trb_type type)
{
    return !trb_type_is_integer(type)                            ? SAMPLEFORMAT_IEEEFP
           : type == TRB_I8 || type == TRB_I16 || type == TRB_I32 ? SAMPLEFORMAT_INT
                                                                  : SAMPLEFORMAT_UINT;
}

static unsigned compression_code(trb_tiff_compression compression)
{
    return compression == TRB_TIFF_DEFLATE ? COMPRESSION_ADOBE_DEFLATE
           : compression == TRB_TIFF_LZW   ? COMPRESSION_LZW
                                           : COMPRESSION_NONE;
}

static uint64_t fraction_value(const uint32_t fraction[2])
{
    return (uint64_t)fraction[1] << 32 | fraction[0];
}

/* The directory of slice z at byte `at`; the next one follows at once unless it is the last. */
static void build_directory(const picture *pic, size_t z, uint64_t at, bool big, bool last, directory *dir)
{
    const bool described = z == 0, scaled = pic->resolution[0][0] != 0;
    const size_t entries = 11U + (described ? 1U : 0U) + (scaled ? 3U : 0U), width = big ? 8 : 4;
    const uint64_t values = at + (big ? 8 : 2) + entries * (big ? 20 : 12) + width; /* behind the entries */
    const uint64_t description_bytes = strlen(pic->description) + 1;
    const uint64_t fractions = big ? 0 : scaled ? 16 : 0;
    const unsigned offset_type = big ? TIFF_LONG8 : TIFF_LONG;
    dir->used = dir->entries = 0;
    put_number(dir, entries, big ? 8 : 2);
    put_entry(dir, big, TIFFTAG_SUBFILETYPE, TIFF_LONG, 1, 0);
    put_entry(dir, big, TIFFTAG_IMAGEWIDTH, TIFF_LONG, 1, pic->grid.nx);
    put_entry(dir, big, TIFFTAG_IMAGELENGTH, TIFF_LONG, 1, pic->grid.ny);
    put_entry(dir, big, TIFFTAG_BITSPERSAMPLE, TIFF_SHORT, 1, 8 * trb_type_bytes(pic->type));
    put_entry(dir, big, TIFFTAG_COMPRESSION, TIFF_SHORT, 1, compression_code(pic->compression));
    put_entry(dir, big, TIFFTAG_PHOTOMETRIC, TIFF_SHORT, 1, PHOTOMETRIC_MINISBLACK);
    if (described)
        put_entry(dir, big, TIFFTAG_IMAGEDESCRIPTION, TIFF_ASCII, description_bytes, values + fractions);
    put_entry(dir, big, TIFFTAG_STRIPOFFSETS, offset_type, 1, pic->offsets[z]);
    put_entry(dir, big, TIFFTAG_SAMPLESPERPIXEL, TIFF_SHORT, 1, 1);
    put_entry(dir, big, TIFFTAG_ROWSPERSTRIP, TIFF_LONG, 1, pic->grid.ny);
    put_entry(dir, big, TIFFTAG_STRIPBYTECOUNTS, offset_type, 1, pic->counts[z]);
    if (scaled) { /* BigTIFF has room for the fraction in the entry */
        put_entry(dir, big, TIFFTAG_XRESOLUTION, TIFF_RATIONAL, 1,
                  big ? fraction_value(pic->resolution[0]) : values);
        put_entry(dir, big, TIFFTAG_YRESOLUTION, TIFF_RATIONAL, 1,
                  big ? fraction_value(pic->resolution[1]) : values + 8);
        put_entry(dir, big, TIFFTAG_RESOLUTIONUNIT, TIFF_SHORT, 1, RESUNIT_NONE);
    }
    put_entry(dir, big, TIFFTAG_SAMPLEFORMAT, TIFF_SHORT, 1, sample_format(pic->type));
    const uint64_t end = values + fractions + (described ? description_bytes : 0);
    put_number(dir, last ? 0 : end + (end & 1), width);
    if (fractions) {
        put_number(dir, fraction_value(pic->resolution[0]), 8);
        put_number(dir, fraction_value(pic->resolution[1]), 8);
    }
}

static trb_status write_directories(output *out, const picture *pic, trb_error *err)
{
    trb_status status = TRB_OK;
    for (size_t z = 0; !status && z < pic->grid.nz; z++) {
        directory dir;
        build_directory(pic, z, out->at, out->big, z + 1 == pic->grid.nz, &dir);
        status = write_bytes(out, dir.bytes, dir.used, err);
        if (!status && z == 0)
            status = write_bytes(out, pic->description, strlen(pic->description) + 1, err);
        if (!status && out->at & 1) /* directories begin on even bytes */
            status = write_bytes(out, "", 1, err);
    }
    if (!status && !out->big && out->at > UINT32_MAX)
        status = trb_error_set(err, TRB_ERR_ARGUMENT, "would be larger than a classic TIFF can be");
    return status;
}

/* The header; `first` is where the first directory is, known at the end only. */
static void build_header(bool big, uint64_t first, directory *header)
{
    header->used = 0;
    put_number(header, 0x4949, 2); /* "II" */
    put_number(header, big ? 43 : 42, 2);
    if (big) {
        put_number(header, 8, 2);
        put_number(header, 0, 2);
    }
    put_number(header, first, big ? 8 : 4);
}

/* ---- planes */

/* Slice z as bytes: the volume's own memory, or the mask drawn into `scratch`. */
static const void *plane_bytes(const picture *pic, size_t z, unsigned char *scratch)
{
    if (pic->volume)
        return trb_volume_row(pic->volume, 0, z - pic->first_z);
    for (size_t y = 0; y < pic->grid.ny; y++)
        for (size_t x = 0; x < pic->grid.nx; x++)
            scratch[y * pic->grid.nx + x] = trb_mask_get(pic->mask, x, y, z) ? 255 : 0;
    return scratch;
}

static trb_status write_plain(output *out, picture *pic, size_t z0, size_t z1, trb_error *err)
{
    unsigned char *scratch = pic->mask ? trb_alloc(pic->plane_bytes, 1, "a slice", err) : NULL;
    trb_status status = pic->mask && !scratch ? TRB_ERR_MEMORY : TRB_OK;
    for (size_t z = z0; !status && z < z1; z++) {
        pic->offsets[z] = out->at;
        pic->counts[z] = pic->plane_bytes;
        status = write_bytes(out, plane_bytes(pic, z, scratch), pic->plane_bytes, err);
    }
    free(scratch);
    return status;
}

static size_t compressed_bound(const picture *pic)
{
    return pic->compression == TRB_TIFF_LZW ? trb_tiff_lzw_bound(pic->plane_bytes)
                                            : (size_t)compressBound((uLong)pic->plane_bytes);
}

/* Compress one slice; 0 when zlib fails, which it does for want of memory only. */
static size_t compress_plane(const picture *pic, size_t z, unsigned char *scratch, unsigned char *to, size_t bound)
{
    const void *from = plane_bytes(pic, z, scratch);
    if (pic->compression == TRB_TIFF_LZW)
        return trb_tiff_lzw_encode(from, pic->plane_bytes, to);
    uLongf bytes = (uLongf)bound;
    return compress2(to, &bytes, from, (uLong)pic->plane_bytes, DEFLATE_LEVEL) == Z_OK ? (size_t)bytes : 0;
}

/* A batch is compressed on all threads, then written in order. */
static trb_status write_batch(output *out, picture *pic, size_t z0, size_t slices, unsigned char *buffers,
                              size_t bound, unsigned char *scratch, trb_error *err)
{
#pragma omp parallel for schedule(dynamic, 1)
    for (size_t i = 0; i < slices; i++)
        pic->counts[z0 + i] = compress_plane(pic, z0 + i, scratch ? scratch + i * pic->plane_bytes : NULL,
                                             buffers + i * bound, bound);
    trb_status status = TRB_OK;
    for (size_t i = 0; !status && i < slices; i++) {
        if (pic->counts[z0 + i] == 0)
            return trb_error_set(err, TRB_ERR_MEMORY, "out of memory while compressing");
        pic->offsets[z0 + i] = out->at;
        status = write_bytes(out, buffers + i * bound, (size_t)pic->counts[z0 + i], err);
    }
    return status;
}

static trb_status write_compressed(output *out, picture *pic, size_t z0, size_t z1, trb_error *err)
{
    const size_t planes = z1 - z0, wanted = 2 * (size_t)omp_get_max_threads();
    const size_t batch = planes < wanted ? planes : wanted, bound = compressed_bound(pic);
    unsigned char *buffers = trb_alloc(trb_size_multiply(batch, bound), 1, "compressed slices", err);
    unsigned char *scratch = pic->mask ? trb_alloc(batch, pic->plane_bytes, "slices", err) : NULL;
    trb_status status = buffers && (scratch || !pic->mask) ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t z = z0; !status && z < z1; z += batch)
        status = write_batch(out, pic, z, z1 - z < batch ? z1 - z : batch, buffers, bound, scratch, err);
    free(buffers);
    free(scratch);
    return status;
}

/* ---- description */

static void describe(picture *pic, const char *more)
{
    char number[32];
    char *const text = pic->description;
    size_t used = (size_t)snprintf(text, sizeof pic->description, "ImageJ=1.54f\n");
#define ADD(...) used += (size_t)snprintf(text + used, sizeof pic->description - used, __VA_ARGS__)
    if (pic->grid.nz > 1)
        ADD("images=%zu\nslices=%zu\n", pic->grid.nz, pic->grid.nz);
    if (trb_grid_has_spacing(&pic->grid)) {
        trb_decimal_format(pic->grid.spacing_mm[2], number, sizeof number);
        ADD("unit=mm\nspacing=%s\n", number);
        for (int axis = 0; axis < 3; axis++)
            if (pic->grid.origin_mm[axis] != 0) {
                trb_decimal_format(-pic->grid.origin_mm[axis] / pic->grid.spacing_mm[axis], number, sizeof number);
                ADD("%corigin=%s\n", "xyz"[axis], number);
            }
    }
    if (pic->grid.nz > 1)
        ADD("loop=false\n");
    double lowest = pic->lowest, highest = pic->highest;
    if (pic->type == TRB_I16) /* display range of ImageJ, which counts signed voxels from -32768 */
        lowest += 32768, highest += 32768;
    if (isfinite(lowest) && isfinite(highest)) {
        trb_decimal_format(lowest, number, sizeof number);
        ADD("min=%s\n", number);
        trb_decimal_format(highest, number, sizeof number);
        ADD("max=%s\n", number);
    }
    if (more && *more && used + strlen(more) + 2 < sizeof pic->description)
        ADD("%s%s", more, more[strlen(more) - 1] == '\n' ? "" : "\n");
#undef ADD
}

static trb_status prepare(picture *pic, const trb_write_options *options, trb_error *err)
{
    if (pic->grid.nx > UINT32_MAX || pic->grid.ny > UINT32_MAX)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a slice of %zu x %zu pixels is too large for TIFF", pic->grid.nx,
                             pic->grid.ny);
    if (options->description && strlen(options->description) > LONGEST_DESCRIPTION / 2)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "a description of %zu bytes is too long for a TIFF file",
                             strlen(options->description));
    for (int axis = 0; axis < 2 && trb_grid_has_spacing(&pic->grid); axis++) /* x fraction is swapped: 1/spacing */
        if (!trb_tiff_fraction(pic->grid.spacing_mm[axis], &pic->resolution[axis][1], &pic->resolution[axis][0]))
            return trb_error_set(err, TRB_ERR_ARGUMENT, "TIFF cannot hold a voxel size of %g mm",
                                 pic->grid.spacing_mm[axis]);
    pic->plane_bytes = pic->grid.nx * pic->grid.ny * trb_type_bytes(pic->type);
    pic->compression = options->compression;
    pic->offsets = trb_alloc(pic->grid.nz, sizeof *pic->offsets, "a list of slices", err);
    pic->counts = trb_alloc(pic->grid.nz, sizeof *pic->counts, "a list of slices", err);
    return pic->offsets && pic->counts ? TRB_OK : TRB_ERR_MEMORY;
}

/* ---- the file */

struct trb_tiff_stream {
    output out;
    picture pic;
    size_t written; /* planes */
    char more[LONGEST_DESCRIPTION / 2 + 1];
};

static trb_status begin(trb_tiff_stream *stream, const char *path, const trb_write_options *options, trb_tiff_size size,
                        trb_error *err)
{
    picture *pic = &stream->pic;
    const double bytes = (double)trb_grid_voxels(&pic->grid) * (double)trb_type_bytes(pic->type) + 256.0 * (double)pic->grid.nz;
    stream->out = (output){-1, 0, size == TRB_TIFF_BIG || (size == TRB_TIFF_BY_SIZE && bytes > CLASSIC_MOST),
                           options->unsynced};
    trb_status status = prepare(pic, options, err);
    if (status)
        return status;
    snprintf(stream->more, sizeof stream->more, "%s", options->description ? options->description : "");
    stream->out.fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    if (stream->out.fd < 0)
        return trb_error_set(err, TRB_ERR_IO, "cannot be made: %s", strerror(errno));
    directory header;
    build_header(stream->out.big, 0, &header);
    return write_bytes(&stream->out, header.bytes, header.used, err);
}

/* Planes up to z1 of the volume or mask at hand. */
static trb_status append(trb_tiff_stream *stream, size_t z1, trb_error *err)
{
    picture *pic = &stream->pic;
    const size_t z0 = stream->written;
    stream->written = z1;
    if (pic->compression == TRB_TIFF_NONE)
        return write_plain(&stream->out, pic, z0, z1, err);
    return write_compressed(&stream->out, pic, z0, z1, err);
}

static trb_status finish(trb_tiff_stream *stream, trb_error *err)
{
    output *out = &stream->out;
    trb_status status = TRB_OK;
    if (out->at & 1)
        status = write_bytes(out, "", 1, err);
    const uint64_t first = out->at;
    describe(&stream->pic, stream->more);
    if (!status)
        status = write_directories(out, &stream->pic, err);
    if (status)
        return status;
    directory header;
    build_header(out->big, first, &header);
    if (pwrite(out->fd, header.bytes, header.used, 0) != (ssize_t)header.used ||
        (!out->unsynced && fsync(out->fd) != 0))
        return trb_error_set(err, TRB_ERR_IO, "cannot be written: %s", strerror(errno));
    const int fd = out->fd;
    out->fd = -1;
    if (close(fd) != 0)
        return trb_error_set(err, TRB_ERR_IO, "cannot be written: %s", strerror(errno));
    return TRB_OK;
}

static void clear(trb_tiff_stream *stream)
{
    if (stream->out.fd >= 0)
        close(stream->out.fd);
    free(stream->pic.offsets);
    free(stream->pic.counts);
}

trb_status trb_tiff_write(const char *path, const trb_volume *volume, const trb_mask *mask,
                          const trb_write_options *options, trb_tiff_size size, trb_error *err)
{
    trb_tiff_stream stream = {.out = {.fd = -1}, .pic = {.volume = volume, .mask = mask, .highest = 255}};
    stream.pic.grid = volume ? volume->grid : mask->grid;
    stream.pic.type = volume ? volume->type : TRB_U8;
    if (volume)
        trb_volume_range(volume, &stream.pic.lowest, &stream.pic.highest);
    trb_status status = begin(&stream, path, options, size, err);
    if (!status)
        status = append(&stream, stream.pic.grid.nz, err);
    if (!status)
        status = finish(&stream, err);
    clear(&stream);
    return status;
}

/* ---- plane by plane */

trb_status trb_tiff_stream_create(const char *path, const trb_grid *grid, trb_type type,
                                  const trb_write_options *options, trb_tiff_stream **out, trb_error *err)
{
    *out = NULL;
    trb_tiff_stream *stream = trb_alloc_zero(1, sizeof *stream, "a file", err);
    if (!stream)
        return TRB_ERR_MEMORY;
    stream->pic = (picture){.grid = *grid, .type = type, .lowest = INFINITY, .highest = -INFINITY};
    stream->out.fd = -1;
    const trb_status status = begin(stream, path, options, TRB_TIFF_BY_SIZE, err);
    if (status)
        trb_tiff_stream_destroy(stream);
    else
        *out = stream;
    return status;
}

trb_status trb_tiff_stream_planes(trb_tiff_stream *stream, size_t n, const void *voxels, trb_error *err)
{
    picture *pic = &stream->pic;
    if (n > pic->grid.nz - stream->written)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "has %zu planes, not %zu", pic->grid.nz, stream->written + n);
    union {
        const void *given;
        void *voxels; /* only read */
    } planes = {voxels};
    trb_volume view = {pic->grid, pic->type, planes.voxels};
    double lowest, highest;
    view.grid.nz = n;
    trb_volume_range(&view, &lowest, &highest);
    pic->lowest = fmin(pic->lowest, lowest);
    pic->highest = fmax(pic->highest, highest);
    pic->first_z = stream->written;
    pic->volume = &view;
    const trb_status status = append(stream, stream->written + n, err);
    pic->volume = NULL;
    return status;
}

trb_status trb_tiff_stream_finish(trb_tiff_stream *stream, trb_error *err)
{
    if (stream->written != stream->pic.grid.nz)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "got %zu of %zu planes", stream->written, stream->pic.grid.nz);
    return finish(stream, err);
}

void trb_tiff_stream_destroy(trb_tiff_stream *stream)
{
    if (!stream)
        return;
    clear(stream);
    free(stream);
}
