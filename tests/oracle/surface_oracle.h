/* surface_oracle.h - the surface counts, one cell and one pair of voxels at a time. */
#ifndef SURFACE_ORACLE_H
#define SURFACE_ORACLE_H

#include "trabecula/surface.h"

/** What trb_surface_count() must give. voi may be NULL: the whole image. */
void surface_oracle_count(const trb_mask *bone, const trb_mask *voi, trb_surface_counts *out);

#endif
