/* thickness_kernels_plain.c - the kernels of the fast painter for the plain path. */
#include "measure/thickness_kernel.h"

const trb_thickness_kernels trb_thickness_kernels_plain = {survivors, crescent, disc, cull};
