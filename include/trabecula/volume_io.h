/* volume_io.h - read and write volumes: TIFF in all its forms, scanner files, and the formats that ITK knows. */
#ifndef TRABECULA_VOLUME_IO_H
#define TRABECULA_VOLUME_IO_H

#include "trabecula/calibration.h"
#include "trabecula/mask.h"

#ifdef __cplusplus
extern "C" {
#endif

/** One thing that a file says of itself, for `trabecula info` and the record. All text is UTF-8. */
typedef struct trb_fact {
    char key[64];
    char value[256];
    char source[64]; /* "TIFF tag 282", "ImageJ description", "OME-XML", "mouse7_rec.log", ... */
} trb_fact;

/** What was found about a scan. Passive data; trb_scan_info_clear() frees the facts. */
typedef struct trb_scan_info {
    char format[96];         /* "TIFF folder, 200 files", "multi-page TIFF", "MetaImage" */
    char spacing_source[96]; /* "--voxel-size", "ImageJ description", ..., empty when not known */
    size_t files;            /* image files that make the volume */
    uint64_t bytes_on_disk;
    trb_calibration calibration; /* what the files say of the grey scale (kept, applied only when asked) */
    char warning[512];           /* something the user should know (gaps, odd unit); empty when none */
    size_t n_facts;
    trb_fact *facts;
} trb_scan_info;

TRB_API void trb_scan_info_clear(trb_scan_info *info);

/** How to open a scan; start from trb_open_options_default(). */
typedef struct trb_open_options {
    double spacing_mm[3]; /* overrides the file when > 0 */
    bool allow_gaps;      /* missing numbers in a series are left out, with a warning (spacing unchanged) */
    size_t memory_limit_bytes; /* refuse to read more than this at once; 0: no limit */
} trb_open_options;

TRB_API trb_open_options trb_open_options_default(void);

/** An opened scan: headers are read and checked, voxels are not. Opaque. */
typedef struct trb_scan trb_scan;

/**
 * Open a folder of numbered slices (TIFF, BMP, PNG, JPEG 2000) or DICOM files, or one file: TIFF, Scanco ISQ, RSQ and AIM,
 * MetaImage, NRRD, NIfTI; or "raw:TYPE:NXxNYxNZ[+OFFSET]:FILE", a file without header (uint16le, float32be, ...).
 *
 * Convention  Files of a folder are ordered by the last number in their names that is not the same in all of
 *             them; a gap is an error. The voxel size comes from the first source that knows all three axes:
 *             options, the file's own header, SkyScan log, OME-XML, ImageJ description, TIFF resolution; sources that differ by more
 *             than 0.1 % are told in the warning. Voxels are as stored, except: 1 bit becomes 0 and 255, white
 *             is zero is inverted, orientations are turned upright, ImageJ's signed 16 bit becomes int16. Other
 *             calibrations are reported in facts and calibration and never applied.
 * Input       path: UTF-8 or what the system takes; options: NULL for the defaults.
 * Output      *out: yours; trb_scan_close() ends it. NULL unless TRB_OK.
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT (damaged), TRB_ERR_UNSUPPORTED (colour, channels, odd types),
 *             TRB_ERR_DATA (slices that differ or are missing), TRB_ERR_ARGUMENT: the text names file and page.
 * Cost        Headers of every file; no voxels.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_scan_open(const char *path, const trb_open_options *options,
                                               trb_scan **out, trb_error *err);

/** Close a scan; NULL is fine. */
TRB_API void trb_scan_close(trb_scan *scan);

/** Grid (spacing 0 where no source gave it), type and facts; borrowed until the scan is closed. */
TRB_API const trb_grid *trb_scan_grid(const trb_scan *scan);
TRB_API trb_type trb_scan_type(const trb_scan *scan);
TRB_API const trb_scan_info *trb_scan_facts(const trb_scan *scan);

/**
 * Read planes z0 <= z < z1 into dst (nx * ny * (z1 - z0) voxels of the scan's type).
 *
 * Errors      TRB_ERR_FORMAT for a truncated or corrupt page (of several the first), TRB_ERR_CANCELLED; the text
 *             names file and page. NaN and infinity are refused here (TRB_ERR_DATA, count and first position in
 *             the scan). TRB_ERR_MEMORY beyond the limit, before anything is allocated. TRB_ERR_ARGUMENT for an
 *             empty range or one that leaves the scan.
 * Cost        Decodes on all threads; memory for the slices in flight only.
 * Threads     One call at a time for one scan. Same bits for any thread count.
 */
TRB_API TRB_NODISCARD trb_status trb_scan_read(trb_scan *scan, size_t z0, size_t z1, void *dst,
                                               const trb_progress *progress, trb_error *err);

/**
 * Open, read everything (or the box), close.
 *
 * Input       box: NULL for all; the origin moves with it.
 * Output      *out: yours, NULL unless TRB_OK. info: filled when not NULL (clear it afterwards).
 * Errors      Those of trb_scan_open() and trb_scan_read().
 * Cost        The volume and slices in flight.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_read(const char *path, const trb_open_options *options,
                                                 const trb_box *box, const trb_progress *progress,
                                                 trb_volume **out, trb_scan_info *info, trb_error *err);

/** How to write. Start from trb_write_options_default(). */
typedef enum trb_tiff_compression { TRB_TIFF_NONE, TRB_TIFF_DEFLATE, TRB_TIFF_LZW } trb_tiff_compression;
typedef struct trb_write_options {
    trb_tiff_compression compression; /* TIFF; other formats compress when their writer can */
    bool force;                       /* replace an existing file */
    const char *description;          /* further "key=value" lines for the ImageJ description, or NULL */
    bool unsynced;                    /* leave it to the system when the bytes reach the disk: for data that can
                                         be made again, in many small files */
} trb_write_options;

TRB_API trb_write_options trb_write_options_default(void);

/**
 * Before a long reading: the errors of trb_volume_write() that name and grid decide. An unknown ending, a spacing that is not
 * known where the format cannot say so, more voxels than it holds. Looks at no file.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_write_check(const char *path, const trb_grid *grid, trb_error *err);

/**
 * Write a volume; the format follows from the name: .tif .tiff (ImageJ-calibrated, BigTIFF from 3.9 GB on),
 * .mha .nrrd .nii .nii.gz. (.mhd and .nhdr are read only: two files cannot appear at once.)
 *
 * Convention  TIFF: one strip a slice, uncompressed planes contiguous, true sample format, so that Fiji, libtiff
 *             and ITK read the same values. Fiji has no signed 8-bit type (negative int8 shows as 128 to 255)
 *             and does not open stacks of float64.
 *             Reading back gives the same type, voxels, and spacing and origin to 1e-9 (relative).
 * Errors      TRB_ERR_ARGUMENT for an unknown ending, an existing file without force, or a spacing that TIFF
 *             cannot hold; TRB_ERR_IO; TRB_ERR_MEMORY.
 *             The final name appears only complete: hidden folder beside it, fsync, rename. On an error an
 *             existing file is as before.
 * Cost        One pass; compression uses all threads and the bytes do not depend on their number.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_write(const char *path, const trb_volume *volume,
                                                  const trb_write_options *options, trb_error *err);

/**
 * Write a volume as a folder of numbered slices, as scanners leave them: FOLDER/STEM0000.tif, STEM0001.tif, ...
 *
 * Convention  Each slice has the spacing of all three axes. The folder appears only complete: it is made under a hidden
 *             name beside it and renamed; with options->unsynced a power loss may still empty its files.
 * Input       folder: must not exist; the folder above it must. options: force has no meaning here.
 * Errors      TRB_ERR_ARGUMENT: it exists; TRB_ERR_IO; TRB_ERR_MEMORY.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_write_slices(const char *folder, const char *stem, const trb_volume *volume,
                                                         const trb_write_options *options, trb_error *err);

/** A TIFF file that is written plane by plane. Opaque. */
typedef struct trb_volume_writer trb_volume_writer;

/**
 * Begin a file whose voxels are never all in memory; the bytes are those of trb_volume_write().
 *
 * Input       path: ends in .tif or .tiff. options: NULL for the defaults.
 * Output      *out: yours; trb_volume_writer_destroy() ends it, and without trb_volume_writer_finish() nothing of
 *             it stays. NULL unless TRB_OK.
 * Errors      Those of trb_volume_write(); TRB_ERR_UNSUPPORTED for another format.
 * Cost        The planes at hand, compressed.
 */
TRB_API TRB_NODISCARD trb_status trb_volume_writer_create(const char *path, const trb_grid *grid, trb_type type,
                                                          const trb_write_options *options, trb_volume_writer **out,
                                                          trb_error *err);

/** The next n planes (nx * ny * n voxels of the type). TRB_ERR_ARGUMENT for more than the grid has. */
TRB_API TRB_NODISCARD trb_status trb_volume_writer_planes(trb_volume_writer *writer, size_t n, const void *voxels,
                                                          trb_error *err);

/** After the last plane: sync, and put it under its final name. TRB_ERR_ARGUMENT when planes are missing. */
TRB_API TRB_NODISCARD trb_status trb_volume_writer_finish(trb_volume_writer *writer, trb_error *err);
TRB_API void trb_volume_writer_destroy(trb_volume_writer *writer);

/** The same for a mask, as uint8 with 0 and 255. */
TRB_API TRB_NODISCARD trb_status trb_mask_write(const char *path, const trb_mask *mask,
                                                const trb_write_options *options, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
