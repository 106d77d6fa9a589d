/* scan_formats.h - the formats besides TIFF and those of the ITK bridge. */
#ifndef TRB_SCAN_FORMATS_H
#define TRB_SCAN_FORMATS_H

#include "io/plane_reader.h"

/**
 * Open a path if one of these formats knows it, by content before name: ISQ, RSQ, AIM (also with a version at the end of
 * the name, ".aim;1"), "raw:..." descriptions, folders of BMP, PNG or JPEG 2000 slices, DICOM series, and
 * single slices.
 *
 * Output      *known: false when none does; nothing else is set then. opened: zero-initialised by this function; on an
 *             error its info must still be cleared.
 * Errors      Those of the format.
 */
trb_status trb_format_open(const char *path, const trb_open_options *options, bool *known, trb_opened *opened,
                           trb_error *err);

#endif
