/* slice_image.h - one slice in an image file that is no TIFF: BMP, PNG, JPEG 2000. */
#ifndef TRB_SLICE_IMAGE_H
#define TRB_SLICE_IMAGE_H

#include "io/input_file.h"
#include "trabecula/volume.h"

/** What a header says of a slice. */
typedef struct trb_slice_image {
    size_t nx, ny;
    trb_type type;      /* as delivered: uint8 or uint16 */
    unsigned bits;      /* of a stored value */
    bool mapped;        /* the grey values are those of a colour table that is not 0, 1, 2, ... */
    const char *stored; /* "8-bit grey", "8-bit with a colour table", ...; static text */
} trb_slice_image;

/**
 * The header, and the pixels as nx * ny voxels of that type, top row first.
 *
 * Convention  Grey values as stored: no gamma, no scaling, except that 1, 2 and 4 bits are spread over 0 to 255.
 *             Colour tables and colour images whose pixels are grey give that grey.
 * Input       image: what the header said when the scan was opened; a file that says something else now is refused.
 * Errors      TRB_ERR_UNSUPPORTED: colours, transparency, compression that is not read. TRB_ERR_FORMAT: damaged,
 *             truncated, sizes that the file cannot hold. TRB_ERR_IO, TRB_ERR_MEMORY. Texts are without the name.
 * Threads     Reentrant; one trb_input_file may be shared.
 */
trb_status trb_bmp_header(const trb_input_file *file, trb_slice_image *image, trb_error *err);
trb_status trb_bmp_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err);
trb_status trb_png_header(const trb_input_file *file, trb_slice_image *image, trb_error *err);
trb_status trb_png_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err);
trb_status trb_jp2_header(const trb_input_file *file, trb_slice_image *image, trb_error *err);
trb_status trb_jp2_pixels(const trb_input_file *file, const trb_slice_image *image, void *pixels, trb_error *err);

/** Grey values of a row whose pixels have `channels` values each: 1 grey, 2 grey and alpha, 3 RGB, 4 RGB and alpha. */
trb_status trb_slice_row_to_grey(const void *row, size_t nx, unsigned channels, trb_type type, void *grey,
                                 trb_error *err);

/** TRB_ERR_FORMAT unless both headers are the same. */
trb_status trb_slice_check_unchanged(const trb_slice_image *now, const trb_slice_image *before, trb_error *err);

#endif
