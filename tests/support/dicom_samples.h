/*
 * dicom_samples.h - DICOM files written element by element (explicit VR, little-endian), for tests. Plain C without the
 * library and without GDCM.
 */
#ifndef DICOM_SAMPLES_H
#define DICOM_SAMPLES_H

#include "support/scanco_samples.h" /* scanco_bytes: bytes that grow */

/** What a file says; an empty text or a false flag leaves the element out. Start from dicom_sample_default(). */
typedef struct dicom_sample {
    int nx, ny, allocated, stored, is_signed;
    const char *photometric;
    int samples;
    const char *series, *position, *orientation, *pixel_spacing, *thickness, *instance, *frames;
    const char *slope, *intercept, *rescale_type, *modality;
    const char *mu_scaling, *density_slope, *density_intercept; /* Scanco's private elements */
    bool no_pixels;
    bool implicit; /* elements without their kind */
    bool nested;   /* with a sequence of undefined length that holds rows and columns of its own */
    bool rle;      /* 8 bits, compressed: one segment of literal runs */
} dicom_sample;

dicom_sample dicom_sample_default(void);

/** voxels: nx * ny values. */
scanco_bytes dicom_sample_make(const dicom_sample *sample, const double *voxels);

#endif
