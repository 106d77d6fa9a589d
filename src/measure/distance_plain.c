/* distance_plain.c - the distance kernels for the plain path. */
#include "measure/distance_kernel.h"

const trb_distance_kernels trb_distance_kernels_plain = {scan_z, square, row_i16, row_i32};
