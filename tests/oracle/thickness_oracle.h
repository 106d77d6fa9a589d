/* thickness_oracle.h - distance and local thickness by their definitions, voxel against voxel. */
#ifndef THICKNESS_ORACLE_H
#define THICKNESS_ORACLE_H

#include "trabecula/thickness.h"

/** Squared distance to the nearest background centre, by looking at all of them. UINT32_MAX: there is none. */
uint32_t *oracle_distance(const trb_mask *object, trb_border border);

/**
 * For every object voxel the largest r2 of a ball that holds it, by looking at all balls in descending order
 * until one does. Balls are centred on the object voxels, or on those in the VOI when centres_voi is given.
 */
uint32_t *oracle_thickness(const trb_mask *object, const uint32_t *d2, bool closed,
                           const trb_mask *centres_voi);

#endif
