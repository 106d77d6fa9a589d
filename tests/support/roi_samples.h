/* roi_samples.h - ImageJ regions built byte by byte from their layout, without the code under test. */
#ifndef ROI_SAMPLES_H
#define ROI_SAMPLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ROI_POLYGON, ROI_RECT, ROI_OVAL, ROI_LINE, ROI_FREELINE, ROI_POLYLINE, ROI_NONE, ROI_FREEHAND, ROI_TRACED, ROI_ANGLE, ROI_POINT };

/** Bytes of a region: open struct, room for small ones. */
typedef struct roi_bytes {
    size_t count;
    uint8_t bytes[4096];
} roi_bytes;

void roi_put(roi_bytes *roi, size_t at, size_t bytes, uint32_t value); /* big endian; grows the count */
void roi_put_float(roi_bytes *roi, size_t at, float value);

/** A header alone: type and box. */
roi_bytes roi_header(int type, int left, int top, int right, int bottom);

/** Points as pairs x, y: whole numbers, their box found, or sub-pixel with the option bit. */
roi_bytes roi_polygon(int type, size_t n, const int *xy);
roi_bytes roi_fine_polygon(int type, size_t n, const float *xy);

/** A composition: the numbers of its path. */
roi_bytes roi_composite(size_t n, const float *path);

/** A second header with channel 0, z, t and a name. */
void roi_add_header2(roi_bytes *roi, int z, int t, const char *name);

/** Into a file of the scratch folder of this test; gives its path (static, a few at a time). */
const char *roi_write(const roi_bytes *roi, const char *name);

#endif
