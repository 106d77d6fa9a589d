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
    char phantom[96];       /* what density was fitted to, for methods texts: "5 rods of 0 to 800 mgHA/cm3 (R2 0.9999)" */
} trb_calibration;

/**
 * A calibration from the text of an option:
 *
 *   slope=S,intercept=I[,unit=mgHA/cm3][,mu-scaling=M][,mu-water=W]
 *
 * Convention  Without mu-scaling: density = S * grey + I. With it, as Scanco writes it: mu = grey / M in
 *             1/cm, density = S * mu + I. slope and intercept may be left out together when mu-scaling is
 *             there. mu-water (1/cm) gives Hounsfield units: HU = -1000 + 1000 mu / W.
 *             unit is that of slope * grey and intercept: mgHA/cm3 (default; also mgHA/ccm, mg/cm3, mg/ccm)
 *             or gHA/cm3 (also gHA/ccm, g/cm3, g/ccm), which is multiplied by 1000.
 *             Text without '=' is the path of a JSON object with the keys slope, intercept, unit, from, mu_scaling
 *             and mu_water (trb_rods_to_json() writes one); other keys of it are left alone.
 *             from: what slope is multiplied by: grey (default), 1/cm or HU. A line from 1/cm holds for scans whose
 *             reconstructions chose different grey values, when each says its own scale.
 *             point=DENSITY@VALUE (two or more, instead of slope and intercept): the least squares line through
 *             rods that were measured elsewhere: point=0.25gHA@52grey,point=0.75gHA@143grey; VALUE in grey, 1/cm,
 *             1/mm or HU.
 * Output      *out: all fields are set.
 * Errors      TRB_ERR_ARGUMENT for an unknown, repeated or missing key or a number that does not parse (says
 *             what was expected); TRB_ERR_IO, TRB_ERR_FORMAT for the file.
 */
TRB_API TRB_NODISCARD trb_status trb_calibration_parse(const char *text, trb_calibration *out, trb_error *err);

/**
 * The same, put over what a scan says of its own grey scale.
 *
 * Convention  Scales that the text does not give stay. from=1/cm and from=HU use the scan's scale; mu-water alone
 *             turns its attenuation into Hounsfield units.
 * Input       *scan: trb_scan_info.calibration.
 * Errors      As trb_calibration_parse(); TRB_ERR_ARGUMENT when the scan lacks the scale that `from` names. *scan is
 *             then as before.
 */
TRB_API TRB_NODISCARD trb_status trb_calibration_apply(const char *text, trb_calibration *scan, trb_error *err);

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
 * A threshold from the text of an option: VALUE[UNIT], UNIT one of grey (also gray, and when left out), HU,
 * mgHA (also mgHA/cm3, mgHA/ccm, mg/cm3, mg/ccm; gHA is 1000 of them), 1/cm (1/mm is 10 of them), permille. Case does not matter; spaces may stand
 * between the two.
 *
 * Convention  "0.51/cm" could mean 0.5 1/cm or 0.51 /cm. It is refused; write '0.5 1/cm'.
 * Errors      TRB_ERR_ARGUMENT; the text lists the units.
 */
TRB_API TRB_NODISCARD trb_status trb_threshold_parse(const char *text, double *value, trb_grey_unit *unit,
                                                     trb_error *err);

/**
 * The grey value that corresponds to `value` in `unit`.
 *
 * Convention  permille: floor(value * largest value of the type / 1000), as IPL truncates it. Other units are
 *             not rounded.
 * Errors      TRB_ERR_ARGUMENT when the scan has no calibration for that unit (says which option gives
 *             it), when its slope is not above 0 (the threshold would turn round), or for permille on a float
 *             type.
 * Source      Scanco: density = slope * mu + intercept, HU = -1000 + 1000 mu / mu_water.
 */
TRB_API TRB_NODISCARD trb_status trb_calibration_to_grey(const trb_calibration *calibration, trb_type type,
                                                         double value, trb_grey_unit unit, double *grey,
                                                         trb_error *err);

/**
 * The other way: a grey value in `unit`; NaN when the scan has no calibration for it. permille is not truncated.
 */
TRB_API double trb_calibration_of_grey(const trb_calibration *calibration, trb_type type, double grey, trb_grey_unit unit);

/** Must this fact of a scan be the same for phantom and bone, when density is a line of `from`? Case does not matter. */
TRB_API bool trb_calibration_is_condition(const char *key, trb_grey_unit from);

/**
 * Compare a scan with that of the phantom, as a calibration file has it.
 *
 * Input       path: a calibration file. type, keys, values: voxel type and facts of the scan.
 * Output      difference: what differs, in words; empty when nothing does or the file does not say.
 * Errors      TRB_ERR_FORMAT.
 */
TRB_API TRB_NODISCARD trb_status trb_calibration_compare(const char *path, trb_type type, size_t n,
                                                         const char *const *keys, const char *const *values,
                                                         char *difference, size_t size, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
