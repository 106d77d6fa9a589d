/* calibration_parts.h - what the text of a calibration said, between reading and use. */
#ifndef TRB_CALIBRATION_PARTS_H
#define TRB_CALIBRATION_PARTS_H

#include "trabecula/calibration.h"

#define TRB_CALIBRATION_EXPECTED                                                                                        \
    "slope=..,intercept=..[,unit=mgHA/cm3][,from=grey|1/cm|HU][,mu-scaling=..][,mu-water=..] or "                       \
    "point=0.25gHA@52grey,point=0.75gHA@143grey"

enum { TRB_CAL_SLOPE, TRB_CAL_INTERCEPT, TRB_CAL_MU_SCALING, TRB_CAL_MU_WATER, TRB_CAL_NUMBERS };
enum { TRB_CAL_MOST_POINTS = 16 };

/** What was given, before it is understood. */
typedef struct trb_calibration_given {
    bool has[TRB_CAL_NUMBERS], has_unit, has_from;
    double number[TRB_CAL_NUMBERS];
    double to_mg;       /* 1 or 1000 */
    trb_grey_unit from; /* what slope is multiplied by */
    size_t n_points;
    double point_mg[TRB_CAL_MOST_POINTS], point_at[TRB_CAL_MOST_POINTS];
    trb_grey_unit point_unit[TRB_CAL_MOST_POINTS];
    char phantom[96]; /* as in trb_calibration */
} trb_calibration_given;

/** The names of the numbers, as in texts ("mu-scaling"). */
extern const char *const TRB_CAL_NAME[TRB_CAL_NUMBERS];

/** Put what was given over the scales of a scan; `source` names it. *scan is as before on an error. */
trb_status trb_calibration_use(trb_calibration_given *given, const char *source, trb_calibration *scan, trb_error *err);

#endif
