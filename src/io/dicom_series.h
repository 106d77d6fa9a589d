/* dicom_series.h - a volume in a folder of DICOM files, one a slice. */
#ifndef TRB_DICOM_SERIES_H
#define TRB_DICOM_SERIES_H

#include "io/plane_reader.h"

/** Does the folder hold DICOM files? Decided by their first bytes, or the ending .dcm. */
bool trb_dicom_folder_recognise(const char *folder);

/**
 * Open a folder of DICOM files, or a single one (one slice).
 *
 * Convention  Slices are ordered by their position along the normal of the image plane; their distance is that of the
 *             positions, never the slice thickness. Values stay as stored when all slices have one rescaling, which is
 *             then told as the calibration (HU, or mg/ml when the file says so); slices with rescalings of their own
 *             become float32, rescaled. MONOCHROME1 is turned round. The origin is the position of the first slice;
 *             directions are told, not applied. Scanco's private elements give a density.
 * Errors      TRB_ERR_DATA: several series, slices that differ, are there twice or missing, positions that are not
 *             given; those of dicom_header.h, with the file.
 */
trb_status trb_dicom_folder_open(const char *folder, bool allow_gaps, trb_opened *opened, trb_error *err);
trb_status trb_dicom_file_open(const char *path, trb_opened *opened, trb_error *err);

#endif
