/* precision.h - repeated scans of the same specimens: how much of a difference is only measurement. */
#ifndef TRABECULA_PRECISION_H
#define TRABECULA_PRECISION_H

#include "trabecula/cohort.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Precision of every metric of a table. Opaque. */
typedef struct trb_precision trb_precision;

/**
 * Precision error of repeated scans, metric by metric.
 *
 * Convention  RMS-SD and RMS-CV over specimens (Gluer 1995), least significant change at 95 % (2.77 times the precision
 *             error), ICC(1,1), (2,1), (3,1) (Shrout & Fleiss 1979), Bland-Altman of the first two repeats.
 * Input       cohort: rows are scans (TRB_COHORT_UNIT_SCAN). specimen, repeat: columns; NULL: "specimen" or "animal", and
 *             "repeat" or "repeat_no".
 * Output      *out: yours, trb_precision_destroy().
 * Errors      TRB_ERR_ARGUMENT: no such column; TRB_ERR_DATA: no specimen was scanned twice; TRB_ERR_MEMORY.
 * Threads     One call at a time for one cohort.
 */
TRB_API TRB_NODISCARD trb_status trb_precision_measure(trb_cohort *cohort, const char *specimen, const char *repeat, trb_precision **out,
                                                       trb_error *err);

TRB_API void trb_precision_destroy(trb_precision *precision);

/** Every number as JSON (schema trabecula.precision/1); a table for a terminal; one row a metric as CSV. *text: yours, free(). */
TRB_API TRB_NODISCARD trb_status trb_precision_json(const trb_precision *precision, char **text, trb_error *err);
TRB_API TRB_NODISCARD trb_status trb_precision_text(const trb_precision *precision, char **text, trb_error *err);
TRB_API TRB_NODISCARD trb_status trb_precision_csv(const trb_precision *precision, char **text, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
