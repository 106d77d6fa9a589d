/* cohort_header.h - what a column header says: a metric and its unit. */
#ifndef TRB_COHORT_HEADER_H
#define TRB_COHORT_HEADER_H

#include "study/cohort_pool.h"

#include <stdbool.h>

/**
 * Take a header apart: "BV/TV [%]", "Tb.Th (mm)", "Tb.Th_mm", "Tb.Th, mm", "Percent bone volume (BV/TV) [%]", "BVTV".
 *
 * Output      *key: our symbol when the name is a known one ("bvtv" is BV/TV), else the name as written. *unit: our
 *             spelling ("µm" is um, "mg HA/ccm" is mgHA/cm3); unknown units in brackets stay as they are; "" when none.
 */
trb_status trb_header_split(const char *header, trb_pool *pool, const char **key, const char **unit,
                            trb_error *err);

/** Position of a metric in the order in which papers print them; SIZE_MAX when it is not a known one. */
size_t trb_metric_rank(const char *key);

/** Our symbol for a name, or NULL. */
const char *trb_metric_symbol(const char *name);

/**
 * The metric that says what this one says, when a table has it: Tb.N for Tb.N.plate. "": this one is a detail in any case
 * (an SD within a scan, a maximum). NULL: it is none.
 */
const char *trb_metric_detail_of(const char *key);

/** Is it about the measurement rather than the bone (TV, threshold, voxel size, Grey.*)? */
bool trb_metric_is_housekeeping(const char *key);

/** Numbers that describe the animal, not the bone: body weight, age, dose. */
bool trb_metric_is_covariate(const char *key);

/** Our spelling of a unit, or NULL when it is none that we know. */
const char *trb_unit_spelling(const char *unit);

/** value in `to` = factor * value in `from`; false when they measure different things or one is unknown. */
bool trb_unit_factor(const char *from, const char *to, double *factor);

/** Lower-case ASCII letters and digits of name: "Sample ID" and "sample_id" become "sampleid". Cut to the room. */
void trb_name_plain(const char *name, char *out, size_t bytes);

#endif
