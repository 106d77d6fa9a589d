/* tiff_series.h - a folder of numbered slices: which files belong to it, and in which order. */
#ifndef TRB_TIFF_SERIES_H
#define TRB_TIFF_SERIES_H

#include "trabecula/volume_io.h"

#include <stdint.h>

/** Kinds of slice files. A series is of one kind. */
typedef enum trb_slice_kind { TRB_SLICES_TIFF, TRB_SLICES_BMP, TRB_SLICES_PNG, TRB_SLICES_JP2, TRB_SLICE_KINDS } trb_slice_kind;

/** "TIFF", "BMP", "PNG", "JPEG 2000". Static text. */
const char *trb_slice_kind_name(trb_slice_kind kind);

/** How many files of each kind a folder holds, without hidden files, previews and thumbnails. TRB_ERR_IO. */
trb_status trb_slice_kinds_count(const char *folder, size_t counts[TRB_SLICE_KINDS], trb_error *err);

/** The slice files of a folder, in the order of their numbers. */
typedef struct trb_tiff_series {
    size_t count;
    char **paths;
    uint64_t *numbers;
    char prefix[256]; /* of the names, before the number; the whole stem when there is one file without number */
} trb_tiff_series;

/**
 * List the files of one kind in a folder.
 *
 * Convention  The number is the last run of digits in the name (without ending) that is not the same in all
 *             names: "m7_0012.tif" and "s0012_8bit.tif" are slice 12. Files of other kinds, hidden files, SkyScan
 *             previews (_spr) and thumbnails are left aside, and pictures of a VOI (_voi_) among other slices.
 * Output      *out: trb_tiff_series_clear() frees it.
 * Errors      TRB_ERR_IO; TRB_ERR_DATA: no such file (says what is there instead), two series or more (lists
 *             them), the same number twice.
 */
trb_status trb_slice_series_scan(const char *folder, trb_slice_kind kind, trb_tiff_series *out, trb_error *err);
trb_status trb_tiff_series_scan(const char *folder, trb_tiff_series *out, trb_error *err);

/**
 * Is every number there, from the first to the last in steps of `step`?
 *
 * Errors      TRB_ERR_DATA naming the missing numbers; with allow_gaps a warning in info instead.
 */
trb_status trb_tiff_series_check_gaps(const trb_tiff_series *series, const char *folder, uint64_t step,
                                      bool allow_gaps, trb_scan_info *info, trb_error *err);

/** Distance between neighbouring numbers when it is the same everywhere, otherwise 1. */
uint64_t trb_tiff_series_stride(const trb_tiff_series *series);

void trb_tiff_series_clear(trb_tiff_series *series);

#endif
