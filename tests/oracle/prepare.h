/* prepare.h - slow, obviously right versions of smoothing, Otsu and connected parts, and grey test volumes. */
#ifndef ORACLE_PREPARE_H
#define ORACLE_PREPARE_H

#include "trabecula/label.h"
#include "trabecula/threshold.h"

/** A volume of random values over most of the type's range (float types: -1000 .. 1000). Yours. */
trb_volume *oracle_random_volume(size_t nx, size_t ny, size_t nz, trb_type type, uint64_t seed);

/** Gaussian of a whole volume, voxel by voxel, three passes over whole float copies. free() it. */
float *oracle_gaussian(const trb_volume *volume, const trb_filter *filter);

/** Parts by flood fill: labels 1 .. count by first voxel, 0 outside. Returns the count. */
uint32_t oracle_parts(const trb_mask *mask, int connectivity, bool background, uint32_t *labels);

/** Between-class variance times total^2 of the split (bins < t, bins >= t); small counts only. -1: no split. */
double oracle_between(const uint64_t *counts, size_t bins, size_t t);

/** Otsu by whole numbers, every sum anew for every t; total * total * bins must stay below 2^40. 0: none. */
size_t oracle_otsu(const uint64_t *counts, size_t bins);

#endif
