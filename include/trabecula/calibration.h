/* calibration.h - grey value -> density, attenuation, Hounsfield units. */
#ifndef TRABECULA_CALIBRATION_H
#define TRABECULA_CALIBRATION_H

#include "trabecula/volume.h"

#ifdef __cplusplus
extern "C" {
#endif

/** value = slope * grey + intercept, when known. `source` says where it came from ("--calibration", "log"). */
typedef struct trb_linear {
    bool known;
    double slope, intercept;
    char source[96];
} trb_linear;

/** What is known of the grey scale of one scan. Zero-initialised means: nothing is known. */
typedef struct trb_calibration {
    trb_linear density;     /* mg HA/cm3 */
    trb_linear attenuation; /* linear attenuation, 1/cm */
    trb_linear hounsfield;  /* HU; also derived from attenuation and mu_water */
    double mu_water_per_cm; /* 0: not known */
} trb_calibration;

/** Unit of a threshold as given on the command line. */
typedef enum trb_grey_unit {
    TRB_UNIT_GREY,       /* the stored value */
    TRB_UNIT_HU,         /* Hounsfield */
    TRB_UNIT_MGHA_CCM,   /* mg HA/cm3 */
    TRB_UNIT_PER_CM,     /* 1/cm */
    TRB_UNIT_PERMILLE    /* of the largest value of the data type (IPL: 475 permille = 15564 of 32767) */
} trb_grey_unit;

/** "grey", "HU", "mgHA/cm3", "1/cm", "permille". */
TRB_API const char *trb_grey_unit_name(trb_grey_unit unit);

/**
 * The grey value that corresponds to `value` in `unit`.
 *
 * Errors      TRB_ERR_ARGUMENT when the scan has no calibration for that unit (says which option gives
 *             it), when a slope is 0, or for permille on a float type.
 * Source      Scanco: density = slope * mu + intercept, HU = -1000 + 1000 mu / mu_water.
 */
TRB_API TRB_NODISCARD trb_status trb_calibration_to_grey(const trb_calibration *calibration, trb_type type,
                                                         double value, trb_grey_unit unit, double *grey,
                                                         trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
