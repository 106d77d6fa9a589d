/* dicom_header.h - the header of one DICOM file, and its pixels where they are not compressed. */
#ifndef TRB_DICOM_HEADER_H
#define TRB_DICOM_HEADER_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What one file says. Texts are empty and numbers 0 where it says nothing; the flags tell where 0 is a number. */
typedef struct trb_dicom_slice {
    size_t nx, ny;
    uint64_t bytes;       /* of the file */
    uint64_t pixels_at;   /* where they begin in it */
    bool compressed;      /* in a transfer syntax that GDCM decodes */
    trb_type type;        /* as stored */
    unsigned bits;        /* of a stored value that are used */
    bool white_is_lowest; /* MONOCHROME1 */
    bool has_position, has_orientation, has_spacing, has_rescale;
    double position[3], row[3], column[3]; /* mm; directions of growing x and y */
    double spacing[2];                     /* mm between columns (along x) and between rows (along y) */
    double slope, intercept;               /* 1 and 0 when it says nothing */
    double mu_scaling, density_slope, density_intercept; /* Scanco's private elements (0029,1000) (1004) (1005) */
    char series[72], rescale_type[72], modality[72], manufacturer[72], model[72], description[72], date[72], kvp[72],
        slice_thickness[72], transfer_syntax[72];
} trb_dicom_slice;

/** Does the file have DICOM's mark behind its preamble? */
bool trb_dicom_recognise(const char *path);

/**
 * The header of a file; pixels are not read.
 *
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT: no DICOM, damaged, truncated; TRB_ERR_UNSUPPORTED: no image, colour, several
 *             frames, types that are no 8, 16 or 32-bit integers, big-endian or deflated files.
 * Threads     Reentrant.
 */
trb_status trb_dicom_header(const char *path, trb_dicom_slice *slice, trb_error *err);

/**
 * The stored values of a file (nx * ny of its type), decompressed, before any rescaling.
 *
 * Input       slice: its header; a file that says something else now is refused.
 * Errors      TRB_ERR_FORMAT: truncated, damaged, or in a transfer syntax that is not decoded.
 */
trb_status trb_dicom_pixels(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
