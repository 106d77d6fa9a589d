/* cosine_line.h - cosine transform of one line of any length: the Fourier transform of a line that is mirrored. */
#ifndef TRB_COSINE_LINE_H
#define TRB_COSINE_LINE_H

#include "trabecula/status.h"

#include <stddef.h>

/** Tables and room for lines of one length. For one thread at a time. */
typedef struct trb_cosine trb_cosine;

/** Output *out: yours, trb_cosine_destroy(). Errors: TRB_ERR_MEMORY. Cost: some lines of doubles. */
TRB_NODISCARD trb_status trb_cosine_create(size_t n, trb_cosine **out, trb_error *err);
void trb_cosine_destroy(trb_cosine *cosine);

/**
 * In place: X[k] = 2 sum over j of x[j] cos(pi k (2 j + 1) / (2 n)), which is the Fourier transform of the line and its
 * mirror image behind it, at k / (2 n) cycles per voxel, but for a phase.
 */
void trb_cosine_forward(trb_cosine *cosine, double *line);

/** The inverse, in place. */
void trb_cosine_backward(trb_cosine *cosine, double *line);

#endif
