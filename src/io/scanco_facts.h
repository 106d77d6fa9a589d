/* scanco_facts.h - what Scanco's two kinds of files say in the same words: the grey scale and dates. */
#ifndef TRB_SCANCO_FACTS_H
#define TRB_SCANCO_FACTS_H

#include "trabecula/volume_io.h"

/** The grey scale as a header states it. 0, NaN or "" where it says nothing. */
typedef struct trb_scanco_scale {
    double mu_scaling;       /* grey values per 1/cm */
    double mu_water_per_cm;
    bool has_density;
    double slope, intercept; /* of mu: density in `unit` */
    char unit[32];
} trb_scanco_scale;

/**
 * Fill info->calibration: attenuation = grey / mu_scaling, density = slope * attenuation + intercept, and HU = -1000 +
 * 1000 mu / mu_water. A density in a unit that is no mg HA/cm3 is told in a warning and not used.
 *
 * Input       source: where it was found, for info->calibration and the warning.
 */
void trb_scanco_calibrate(const trb_scanco_scale *scale, const char *source, trb_scan_info *info);

/** "2019-04-01 12:30:05" of the VMS time (100 ns since 1858-11-17); empty for 0 and for times that cannot be. */
void trb_scanco_date(unsigned long long vms_time, char *text, size_t bytes);

#endif
