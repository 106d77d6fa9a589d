/* ipl_pass.h - the two passes of the sweep over the slices of a field that are its own. */
#ifndef TRB_IPL_PASS_H
#define TRB_IPL_PASS_H

#include "measure/ipl_steps.h"

/**
 * Sweep slices from <= z < to of a field, with the bits of the one-thread sweep on any number of threads.
 *
 * Input       slice from - 1, where there is one in the image, holds its vectors as they are after the ascending
 *             pass; slice `to`, where there is one, its final vectors (needed only when both passes are asked for).
 *             The slices themselves are overwritten.
 * Errors      TRB_ERR_MEMORY.
 */
TRB_NODISCARD trb_status ipl_pass_up(ipl_field *field, const trb_mask *object, size_t from, size_t to, trb_error *err);
TRB_NODISCARD trb_status ipl_pass_both(ipl_field *field, const trb_mask *object, size_t from, size_t to,
                                       trb_error *err);

#endif
