/* cortical_parts.h - what the files of the cortical measures share. */
#ifndef TRB_CORTICAL_PARTS_H
#define TRB_CORTICAL_PARTS_H

#include "measure/cortical_section.h"
#include "trabecula/cortical.h"

/** Perimeter of packed rows in pixels, by Crofton's formula with 4 directions. The sides of the image are none. */
double trb_crofton_perimeter(const uint64_t *bits, size_t words, size_t nx, size_t ny);

/** Moments and moduli of the bone of slice z in the compartment, and its area ct_bar, into *out. All NaN and 0 without bone. */
void trb_cortical_moments(const trb_mask *compartment, const trb_mask *bone, size_t z, trb_cortical_slice *out);

/** Pores; compartment and bone are of the box around the compartment (with a margin across), and bone is used up. */
trb_status trb_cortical_pores_measure(const trb_mask *compartment, trb_mask *bone, const trb_thickness_options *options,
                                      bool want_size, trb_cortical_pores *out, trb_error *err);

#endif
