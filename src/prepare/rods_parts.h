/* rods_parts.h - what the files about rods share. */
#ifndef TRB_RODS_PARTS_H
#define TRB_RODS_PARTS_H

#include "trabecula/rods.h"

/** 1 for mg HA/cm3, 1000 for g HA/cm3, by any of their names; false for another text. */
bool trb_density_unit(const char *text, double *to_mg);

/** The axis of a rod at plane z. */
static inline double trb_rod_x(const trb_rod *rod, double z)
{
    return rod->x + rod->lean_x * (z - rod->middle);
}
static inline double trb_rod_y(const trb_rod *rod, double z)
{
    return rod->y + rod->lean_y * (z - rod->middle);
}

/** The columns lo <= x < hi of row y that lie within `radius` of (cx, cy), cut at the image. */
typedef struct trb_span {
    size_t lo, hi;
} trb_span;
trb_span trb_disc_row(double cx, double cy, double radius, size_t y, size_t nx);

/** Mean of planes z0 <= z < z1 (nx * ny values). */
void trb_mean_plane(const trb_volume *volume, size_t z0, size_t z1, double *out);

/** The median of n values (the mean of the middle two); their order changes. n is at least 1. */
double trb_median(double *values, size_t n);

/** Mean of a plane over the disc, 0 voxels: NaN. */
double trb_disc_mean(const double *plane, size_t nx, size_t ny, double cx, double cy, double radius);

/** Median of a plane over the ring inner < r <= outer; NaN without a voxel. TRB_ERR_MEMORY. */
trb_status trb_ring_median(const double *plane, size_t nx, size_t ny, double cx, double cy, double inner,
                           double outer, double *median, trb_error *err);

#endif
