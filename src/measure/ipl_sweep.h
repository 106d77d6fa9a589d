/* ipl_sweep.h - the sweep of one slice; ipl_field.c makes the passes of it. */
#ifndef TRB_IPL_SWEEP_H
#define TRB_IPL_SWEEP_H

#include "measure/ipl_rows.h"
#include "measure/ipl_steps.h"

/** What one thread needs to sweep slices in order. Opaque in use; the field and the object are borrowed. */
typedef struct ipl_sweeper {
    const ipl_field *field;
    const trb_mask *object;
    ipl_row_steps steps;
    int32_t *lengths;          /* eight times the squared lengths of two slices, padded */
    int32_t *own_n, *behind_n; /* row 0 of the slice, and of the slice at -dz; NULL: nothing there */
    int32_t *far_row;          /* a row of nothing: lengths */
    int16_t *zero;             /* and vectors */
} ipl_sweeper;

/** Prepare; NULL err is fine. Clear it also after a failure. */
TRB_NODISCARD trb_status ipl_sweeper_init(const ipl_field *field, const trb_mask *object, ipl_sweeper *out,
                                          trb_error *err);
void ipl_sweeper_clear(ipl_sweeper *sweeper);

/** Begin with nothing behind the next slice, */
void ipl_sweeper_start(ipl_sweeper *sweeper);

/** or behind slice z, as the field has it. */
void ipl_sweeper_start_behind(ipl_sweeper *sweeper, size_t z);

/** Sweep slice z in direction dz; the one swept before lies behind it. */
void ipl_sweeper_slice(ipl_sweeper *sweeper, size_t z, int dz);

#endif
