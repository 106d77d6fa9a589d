/* density_oracle.h - grey statistics and erosion, voxel by voxel. */
#ifndef DENSITY_ORACLE_H
#define DENSITY_ORACLE_H

#include "trabecula/density.h"

/** Mean and population SD in two passes of long double. */
trb_grey_stats oracle_grey(const trb_volume *volume, const trb_mask *a, const trb_mask *b);

/** 1 when (x, y, z) and all its neighbours inside the image are set. */
int oracle_survives_erosion(const trb_mask *mask, int neighbours, size_t x, size_t y, size_t z);

#endif
