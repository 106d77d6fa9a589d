/* itk_dicom.h - DICOM slices written by ITK, for tests. */
#ifndef ITK_DICOM_H
#define ITK_DICOM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** One slice of signed 16-bit values at (1, 2, z_mm), 0.02 mm apart; compressed: JPEG 2000 without loss. False: it failed. */
bool itk_write_dicom(const char *path, size_t nx, size_t ny, double z_mm, bool compressed, const int16_t *voxels);

#ifdef __cplusplus
}
#endif
#endif
