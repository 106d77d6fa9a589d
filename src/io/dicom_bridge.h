/* dicom_bridge.h - compressed DICOM pixels through GDCM, which ITK brings. No C++ type and no exception crosses. */
#ifndef TRB_DICOM_BRIDGE_H
#define TRB_DICOM_BRIDGE_H

#include "io/dicom_header.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Decode the pixels of a file whose header was read and whose fragments lie within the file: JPEG, JPEG-LS, JPEG 2000, RLE.
 *
 * Errors      TRB_ERR_FORMAT: damaged, or in a transfer syntax that GDCM does not decode; TRB_ERR_MEMORY; TRB_ERR_IO
 *             when no process can be started.
 * Cost        A child process and a copy of the slice.
 * Threads     Reentrant.
 */
trb_status trb_dicom_decode(const char *path, const trb_dicom_slice *slice, void *stored, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
