/* contour_interpolate.h - slices between drawn ones. */
#ifndef TRB_CONTOUR_INTERPOLATE_H
#define TRB_CONTOUR_INTERPOLATE_H

#include "trabecula/mask.h"

/**
 * Fill the planes between drawn ones by blending their signed distances (shape-based interpolation).
 *
 * Meaning     In plane z between the drawn planes a and b a pixel is inside when
 *             (b - z) d_a + (z - a) d_b >= 0, where d is the distance to the outline: to the nearest pixel centre of
 *             the other side, less one half, positive inside. A half-way tie is inside.
 * Convention  Distances are exact and in pixels, with an aspect of spacing_mm when both axes know theirs. Planes
 *             outside the first and last drawn one stay empty.
 * Input       mask: the drawn planes are filled, all others empty. drawn: their numbers, rising, n of them.
 * Output      mask: filled. *empty: how many planes between drawn ones got no pixel although both neighbours have some.
 * Errors      TRB_ERR_MEMORY.
 * Cost        A few passes over each plane; 3 float planes.
 * Source      Raya & Udupa 1990, doi:10.1109/42.52980.
 */
trb_status trb_contour_interpolate(trb_mask *mask, const size_t *drawn, size_t n, size_t *empty, trb_error *err);

#endif
