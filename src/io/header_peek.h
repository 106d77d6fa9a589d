/* header_peek.h - what ITK's readers do not tell of a MetaImage, NRRD or NIfTI header. */
#ifndef TRB_HEADER_PEEK_H
#define TRB_HEADER_PEEK_H

#include "trabecula/status.h"

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum trb_file_format { TRB_FORMAT_NONE, TRB_FORMAT_META, TRB_FORMAT_NRRD, TRB_FORMAT_NIFTI } trb_file_format;

typedef enum trb_payload {
    TRB_PAYLOAD_RAW,    /* as many bytes as voxels need */
    TRB_PAYLOAD_DEFLATE, /* zlib or gzip: at most 1032 times its size */
    TRB_PAYLOAD_OTHER    /* text, bzip2, a list of files: size not predictable */
} trb_payload;

/** Found by reading the header text or bytes ourselves. */
typedef struct trb_header_peek {
    trb_file_format format;
    bool has_spacing;        /* the header states a spacing; ITK would silently take 1 */
    char spacing_source[96]; /* "MetaImage ElementSpacing" */
    double unit_mm;          /* length of the header's unit in mm; 1 when it names none */
    bool unit_scaled_by_itk; /* ITK has already applied unit_mm (NIfTI) */
    char unit[32];           /* as written; empty when none is named */
    bool unit_known;         /* false: `unit` is a word that we do not know */
    trb_payload payload;
    char data_path[4096];   /* file with the voxels; the header's own when attached; empty for a list */
    uint64_t data_offset;   /* where the voxels begin in it */
    uint64_t inside_offset; /* where they begin in the inflated stream (NIfTI) */
    uint64_t data_bytes;    /* bytes that file has for voxels (its size less the header) */
    uint64_t bytes_on_disk; /* header and data */
    uint64_t disk_voxel_bytes; /* NIfTI: bytes of a voxel in the file; 0: as ITK says */
    bool scaled;               /* NIfTI: the values are to be scaled; ITK does it */
    bool big_endian;
    bool direct; /* trb_payload_read() can read the voxels: one raw or deflated run at a known place, unscaled */
    unsigned files;
} trb_header_peek;

/** The format that the ending of a name stands for, upper or lower case. */
trb_file_format trb_format_of_name(const char *path);

/**
 * Read and check the header.
 *
 * Errors      TRB_ERR_IO when a file cannot be opened (the data file of a detached header, too);
 *             TRB_ERR_FORMAT when the file does not begin as its format must; TRB_ERR_UNSUPPORTED for NIfTI-2;
 *             TRB_ERR_MEMORY.
 */
trb_status trb_header_peek_read(const char *path, trb_header_peek *peek, trb_error *err);

/** The decimal number with fewest digits (up to 9) that is this float32: 0.0195, where the bits say 0.01949999. */
double trb_shortest_decimal(float value);

#ifdef __cplusplus
}
#endif
#endif
