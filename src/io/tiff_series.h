/* tiff_series.h - a folder of numbered slices: which files belong to it, and in which order. */
#ifndef TRB_TIFF_SERIES_H
#define TRB_TIFF_SERIES_H

#include "trabecula/volume_io.h"

#include <stdint.h>

/** The TIFF files of a folder, in the order of their numbers. */
typedef struct trb_tiff_series {
    size_t count;
    char **paths;
    uint64_t *numbers;
    char prefix[256]; /* of the names, before the number; the whole stem when there is one file without number */
} trb_tiff_series;

/**
 * List a folder.
 *
 * Convention  The number is the last run of digits in the name (without ending) that is not the same in all
 *             names: "m7_0012.tif" and "s0012_8bit.tif" are slice 12. Files that are no TIFF, hidden files, SkyScan
 *             previews (_spr) and thumbnails are left aside.
 * Output      *out: trb_tiff_series_clear() frees it.
 * Errors      TRB_ERR_IO; TRB_ERR_DATA: no TIFF file (says what is there instead), two series or more (lists
 *             them), the same number twice.
 */
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
