/*
 * mask_frame.h - a box around a bone as a grid of its own.
 *
 * Morphology needs room around an object, also where the image ends at its side, and no time for the air beyond. A
 * frame is the bounding box with a margin: on the sides it may reach over the image, along z it ends with the image.
 * One more plane below and above, the caps, lets "what is open only through the first or last slice" be asked for.
 */
#ifndef TRB_MASK_FRAME_H
#define TRB_MASK_FRAME_H

#include "trabecula/mask.h"

typedef struct trb_frame {
    trb_grid image;  /* that it is a part of */
    trb_grid grid;   /* the frame's own */
    ptrdiff_t lo[3]; /* image index of the frame's voxel (0, 0, 0); may be negative */
} trb_frame;

/** The frame of a box of the image. Errors: TRB_ERR_ARGUMENT when it would be too large for the address space. */
TRB_NODISCARD trb_status trb_frame_make(const trb_grid *image, const trb_box *box, size_t margin,
                                        trb_frame *out, trb_error *err);

/** A mask of the image in the frame: 0 beyond the image and in the caps. Yours. */
TRB_NODISCARD trb_status trb_frame_enter(const trb_frame *frame, const trb_mask *mask, trb_mask **out,
                                         trb_error *err);

/** A mask of the frame in the image: 0 outside the frame. Yours. */
TRB_NODISCARD trb_status trb_frame_leave(const trb_frame *frame, const trb_mask *mask, trb_mask **out,
                                         trb_error *err);

/** Both caps all 0 or all 1. */
void trb_frame_caps(trb_mask *mask, bool value);

/** The complement in place, caps 0. */
void trb_frame_invert(trb_mask *mask);

/** Set what cannot be reached (6-connected) from the sides of the frame; its first and last slice are no way in. */
TRB_NODISCARD trb_status trb_frame_fill(trb_mask *mask, trb_error *err);

#endif
