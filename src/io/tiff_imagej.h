/* tiff_imagej.h - the "key=value" lines that ImageJ keeps in the ImageDescription of a TIFF. */
#ifndef TRB_TIFF_IMAGEJ_H
#define TRB_TIFF_IMAGEJ_H

#include <stdbool.h>
#include <stddef.h>

/** What the description says. Missing text is "", missing numbers have the defaults named here. */
typedef struct trb_imagej {
    size_t images, channels, slices, frames; /* 1 */
    char unit[32], yunit[32], zunit[32];     /* y and z only when they differ from unit */
    bool has_spacing;
    double spacing;        /* z distance in units, absolute value; 1 when not given, as ImageJ defines */
    double origin[3];      /* pixels; 0 */
    bool calibrated;       /* a calibration function is given (cf) */
    bool linear;           /* it is a straight line: value = c0 + c1 * stored */
    double c0, c1;
    char vunit[32];
} trb_imagej;

/** Is this ImageJ's description? Fills *out then. The text may have any encoding. */
bool trb_imagej_parse(const char *description, trb_imagej *out);

/** Stored as unsigned 16-bit with 32768 added: ImageJ's own way to keep signed voxels. */
bool trb_imagej_signed16(const trb_imagej *imagej);

#endif
