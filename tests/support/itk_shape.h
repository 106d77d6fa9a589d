/* itk_shape.h - ITK's shape of a plane figure, behind C; as itk_oracle.h. */
#ifndef ITK_SHAPE_H
#define ITK_SHAPE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** In pixels. Principal moments: per pixel, of centres, ascending. */
typedef struct oracle_itk_shape {
    double pixels, perimeter, centroid[2], principal[2];
} oracle_itk_shape;

/** Of all set pixels together. (itk::LabelImageToShapeLabelMapFilter; its perimeter is Crofton's, with 4 directions) */
oracle_itk_shape oracle_itk_shape_of(const uint8_t *mask, size_t nx, size_t ny);

#ifdef __cplusplus
}
#endif
#endif
