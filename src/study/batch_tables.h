/* batch_tables.h - the tables of a study, from the records of its scans. */
#ifndef TRB_BATCH_TABLES_H
#define TRB_BATCH_TABLES_H

#include "trabecula/batch.h"

#include <jansson.h>

/** One scan on its way into the tables. */
typedef struct trb_table_row {
    const trb_manifest_scan *entry;
    trb_batch_state state;
    json_t *record; /* result.json of the done */
    trb_batch_failure failure;
} trb_table_row;

/** Text of results.csv, results.columns.csv, failures.csv. *text: yours. Errors: TRB_ERR_MEMORY. */
TRB_NODISCARD trb_status trb_results_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                                         trb_error *err);
TRB_NODISCARD trb_status trb_columns_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                                         trb_error *err);
TRB_NODISCARD trb_status trb_failures_csv(const trb_manifest *manifest, const trb_table_row *rows,
                                          char **text, trb_error *err);

/**
 * Long tables (batch_long_tables.c); *text is NULL when no scan has anything for it.
 * distributions.csv: a row a bin. percentiles.csv: a row a scan and metric. sensitivity.csv: a row a scan, metric and shift,
 * as in the folder of the scan.
 */
TRB_NODISCARD trb_status trb_distributions_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                                               trb_error *err);
TRB_NODISCARD trb_status trb_percentiles_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                                             trb_error *err);
TRB_NODISCARD trb_status trb_sensitivities_csv(const trb_manifest *manifest, const trb_table_row *rows, char **text,
                                               trb_error *err);

/** batch.json. NULL: no memory. */
json_t *trb_batch_json(const trb_manifest *manifest, const trb_table_row *rows);

#endif
