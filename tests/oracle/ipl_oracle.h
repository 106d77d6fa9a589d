/* ipl_oracle.h - the IPL thickness rules, slow and plain. */
#ifndef IPL_ORACLE_H
#define IPL_ORACLE_H

#include "trabecula/mask.h"

/** What the rules give for every voxel, x fastest. */
typedef struct ipl_oracle {
    size_t nx, ny, nz;
    double *contact;  /* three offsets (x, y, z) a voxel; NaN where the sweep found nothing */
    double *distance; /* s, to the face; 0 on background */
    char *centre;     /* 1: a centre, anywhere in the image */
    double *thickness; /* largest diameter; 0 without a value, outside the object and outside the VOI */
} ipl_oracle;

/**
 * Apply the rules. voi: NULL for the whole image. version: 3 or 1, or 0 for no thickness (contacts and centres
 * only). centres_in_voi: 0 lets balls be centred anywhere.
 */
ipl_oracle ipl_oracle_make(const trb_mask *object, const trb_mask *voi, int version, int centres_in_voi);

/** Diameter of the ball at a centre, by version 3 or 1. */
double ipl_oracle_diameter(const ipl_oracle *oracle, long x, long y, long z, int version);

void ipl_oracle_free(ipl_oracle *oracle);

#endif
