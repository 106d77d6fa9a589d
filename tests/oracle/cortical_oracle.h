/* cortical_oracle.h - a slice of cortex, pixel by pixel. */
#ifndef CORTICAL_ORACLE_H
#define CORTICAL_ORACLE_H

#include "trabecula/cortical.h"

/** What trb_cortical_fill() must leave: 0 outside, 1 cortex with pores, 2 medulla, of slice z. cell: nx * ny. */
void cortical_oracle_cells(const trb_mask *mask, size_t z, int *cell);

/** Areas, perimeters and moments of slice z of a filled compartment, all as if it were closed. */
void cortical_oracle_slice(const trb_mask *compartment, const trb_mask *bone, size_t z, trb_cortical_slice *out);

/** Enclosed pores: their number and voxels. */
void cortical_oracle_pores(const trb_mask *compartment, const trb_mask *bone, uint64_t *count, uint64_t *voxels);

#endif
