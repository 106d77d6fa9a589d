/* itk_oracle.h - ITK as an independent opinion in tests, behind C. Each function ends the test program with a
 * message when ITK throws. Volumes are dense, x fastest; a mask byte that is not 0 is set. */
#ifndef ITK_ORACLE_H
#define ITK_ORACLE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Squared distance in voxels from each set voxel to the nearest clear voxel centre; 0 on clear voxels; outside
 * the image is unknown. Exact in float up to 2^24. There must be a clear voxel. (itk::SignedMaurerDistanceMap)
 */
void oracle_itk_distance_squared(const uint8_t *mask, size_t nx, size_t ny, size_t nz, float *out);

/**
 * Connected parts with 6 or 26 neighbours. labels (may be NULL): 0 outside, 1..count inside, numbered in an
 * order of ITK's own. Returns the count. (itk::ConnectedComponentImageFilter)
 */
size_t oracle_itk_components(const uint8_t *mask, size_t nx, size_t ny, size_t nz, int connectivity,
                             uint32_t *labels);

/**
 * Convolution along x, then y, then z with the same symmetric taps (2 * radius + 1 of them), in float; outside
 * the image the edge voxel is repeated. (itk::NeighborhoodOperatorImageFilter)
 */
void oracle_itk_convolve(const float *in, size_t nx, size_t ny, size_t nz, const float *taps, int radius,
                         float *out);

#ifdef __cplusplus
}
#endif
#endif
