/* slice_image.c - what BMP, PNG and JPEG 2000 slices have in common. */
#include "io/slice_image.h"

/* The body for one type; alpha is the last of an even number of channels. */
#define ROW_TO_GREY(T, opaque)                                                                                         \
    const T *from = row;                                                                                               \
    T *to = grey;                                                                                                      \
    for (size_t x = 0; x < nx; x++, from += channels) {                                                                \
        coloured = coloured || (channels >= 3 && (from[0] != from[1] || from[0] != from[2]));                          \
        clear = clear || (channels % 2 == 0 && from[channels - 1] != (opaque));                                        \
        to[x] = from[0];                                                                                               \
    }

trb_status trb_slice_row_to_grey(const void *row, size_t nx, unsigned channels, trb_type type, void *grey,
                                 trb_error *err)
{
    bool coloured = false, clear = false;
    if (type == TRB_U8) {
        ROW_TO_GREY(uint8_t, UINT8_MAX)
    } else {
        ROW_TO_GREY(uint16_t, UINT16_MAX)
    }
    if (coloured)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "holds colours; one grey value a pixel is needed: export it as grey");
    if (clear)
        return trb_error_set(err, TRB_ERR_UNSUPPORTED, "holds transparent pixels; grey values are needed: export it as grey");
    return TRB_OK;
}

trb_status trb_slice_check_unchanged(const trb_slice_image *now, const trb_slice_image *before, trb_error *err)
{
    if (now->nx == before->nx && now->ny == before->ny && now->type == before->type)
        return TRB_OK;
    return trb_error_set(err, TRB_ERR_FORMAT, "was changed while it was read");
}
