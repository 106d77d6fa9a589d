/* distribution_table.h - distributions.csv and percentiles.csv of a batch, read back. */
#ifndef TRB_DISTRIBUTION_TABLE_H
#define TRB_DISTRIBUTION_TABLE_H

#include "study/cohort_pool.h"
#include "trabecula/record.h"

/** One metric of one scan: bins in ascending order, apart or touching. */
typedef struct trb_scan_distribution {
    const char *sample, *metric, *unit;
    const char *file;
    size_t row; /* of its first bin, as a spreadsheet counts */
    size_t n;
    double *from, *to, *count;
    double total, widest; /* sum of the counts, > 0 or there is nothing in it; the widest bin */
} trb_scan_distribution;

/** Percentiles of one metric of one scan; NaN is missing. */
typedef struct trb_scan_percentiles {
    const char *sample, *metric, *unit, *method;
    double value[TRB_PERCENTILES];
} trb_scan_percentiles;

/** Start from {0} with a pool, which owns everything. */
typedef struct trb_distribution_table {
    trb_pool *pool;
    size_t n;
    trb_scan_distribution *scan;
    size_t n_percentiles;
    trb_scan_percentiles *percentiles;
} trb_distribution_table;

/**
 * Add what is in a distributions.csv, and in the percentiles.csv of the same folder when there is one.
 *
 * Input       Columns sample, metric, unit, bin_from, bin_to, count, by their names; others are passed over. The rows of a
 *             scan and metric stand together.
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT, TRB_ERR_DATA with file, row and column: a column that is missing, no number,
 *             bins that overlap, a scan and metric twice; TRB_ERR_MEMORY.
 */
trb_status trb_distribution_table_add(trb_distribution_table *table, const char *path, trb_error *err);

/** NULL when there is none. */
const trb_scan_distribution *trb_distribution_find(const trb_distribution_table *table, const char *sample, const char *metric);
const trb_scan_percentiles *trb_percentiles_find(const trb_distribution_table *table, const char *sample, const char *metric);

#endif
