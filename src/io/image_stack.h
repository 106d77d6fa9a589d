/* image_stack.h - a volume in numbered BMP, PNG or JPEG 2000 slices, as SkyScan's reconstruction writes them. */
#ifndef TRB_IMAGE_STACK_H
#define TRB_IMAGE_STACK_H

#include "io/plane_reader.h"
#include "io/tiff_series.h"

/** Is it a file of one of these kinds, by its first bytes? *kind says which. */
bool trb_image_recognise(const char *path, trb_slice_kind *kind);

/**
 * Open a folder of such slices, or a single one.
 *
 * Convention  Order, gaps, previews and the SkyScan log as for TIFF folders. The voxel size comes from the log alone: the
 *             resolution of these files is that of a screen. The attenuation of the log counts for grey values as
 *             stored, not for those of a colour table.
 * Errors      TRB_ERR_DATA: slices that differ or are missing; those of trb_bmp_header() and its like, with the file.
 * Cost        Headers of every file; planes are decoded on all threads.
 */
trb_status trb_image_folder_open(const char *folder, trb_slice_kind kind, bool allow_gaps, trb_opened *opened,
                                 trb_error *err);
trb_status trb_image_file_open(const char *path, trb_slice_kind kind, trb_opened *opened, trb_error *err);

#endif
