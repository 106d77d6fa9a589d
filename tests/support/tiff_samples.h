/* tiff_samples.h - TIFF files made for tests: by libtiff in any layout, and byte for byte by hand. */
#ifndef TIFF_SAMPLES_H
#define TIFF_SAMPLES_H

#include "trabecula/volume_io.h"

#include <tiffio.h>

/** How libtiff shall store a page. Start from tiff_layout_plain(). */
typedef struct tiff_layout {
    const char *mode;      /* "w", "wl", "wb" (byte order), with 8 for BigTIFF */
    uint16_t compression;  /* COMPRESSION_* */
    uint16_t predictor;    /* 1, 2, 3 */
    uint32_t tile;         /* side of tiles, 0: strips */
    uint32_t rows;         /* of a strip, 0: all */
    uint16_t bits;         /* 0: those of the type; 1 to 15 with TRB_U8 and TRB_U16 */
    uint16_t photometric;  /* PHOTOMETRIC_* */
    uint16_t orientation;  /* 0: no tag */
    uint16_t planar;
    uint16_t fill_order;   /* 0: no tag */
    double resolution;     /* pixels per unit, 0: no tag */
    uint16_t resolution_unit; /* 0: no tag */
    const char *description; /* of the first page */
    uint16_t samples;      /* 1 */
    int sample_format;     /* 0: that of the type */
} tiff_layout;

tiff_layout tiff_layout_plain(void);

/** A volume with a value that differs in nearly every voxel; float types have fractions, signed ones signs. */
trb_volume *tiff_sample_volume(trb_type type, size_t nx, size_t ny, size_t nz);

/** One voxel as it must be read back from `bits` bits (1 bit: 0 or 255). */
double tiff_sample_narrow(double value, unsigned bits);

/** Write all slices of a volume into one file. Fails the test when libtiff does. */
void tiff_sample_write(const char *path, const trb_volume *volume, const tiff_layout *layout);

/** Write one slice into a file of its own. */
void tiff_sample_write_slice(const char *path, const trb_volume *volume, size_t z, const tiff_layout *layout);

/** A text file, or bytes. */
void tiff_sample_bytes(const char *path, const void *bytes, size_t count);
void tiff_sample_text(const char *path, const char *text);

/** Bytes of a hand-made TIFF: numbers go in in the order "II" or "MM" of the file. */
typedef struct tiff_bytes {
    unsigned char bytes[1 << 16];
    size_t used;
    bool big_endian;
} tiff_bytes;

void tiff_put(tiff_bytes *to, uint64_t value, size_t width);

/** Header with the offset of the first directory. */
void tiff_put_header(tiff_bytes *to, bool big_endian, uint32_t directory);

/** One entry of a directory; short values are left-aligned as the byte order wants. */
void tiff_put_entry(tiff_bytes *to, unsigned tag, unsigned type, uint32_t count, uint32_t value);

/**
 * A whole classic TIFF with one directory: nx * ny pixels of `bits` unsigned bits, ImageDescription, then `planes`
 * planes of running numbers 0, 1, 2, ... one behind the other. Returns the offset of the first plane.
 */
uint32_t tiff_one_directory(tiff_bytes *to, bool big_endian, uint32_t nx, uint32_t ny, unsigned bits, uint32_t planes,
                            const char *description);

/** Open and read all; the voxels must be those of `expected`. `what` is for the message. */
void tiff_check_reads(const char *path, const trb_volume *expected, const char *what);

/** Opening or reading must fail with this status and a text that holds this fragment. */
void tiff_check_refused(const char *path, trb_status status, const char *fragment);

/** Path in the scratch folder of this test, in one of 32 static buffers. */
const char *tiff_path(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
