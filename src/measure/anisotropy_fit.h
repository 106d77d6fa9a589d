/* anisotropy_fit.h - the steps of anisotropy.h after the intercept lengths, for its own files. */
#ifndef TRB_ANISOTROPY_FIT_H
#define TRB_ANISOTROPY_FIT_H

#include "measure/mil.h"

/** Options in range, h_mm a length. */
TRB_NODISCARD trb_status trb_anisotropy_check(double h_mm, const trb_da_options *options, trb_error *err);

/** From intercept lengths to *out, which is 0 on entry. Errors: TRB_ERR_DATA, TRB_ERR_MEMORY. */
TRB_NODISCARD trb_status trb_anisotropy_fit(const trb_mil *mil, double h_mm, const trb_da_options *options,
                                            trb_fabric *out, trb_error *err);

#endif
