/* cohort_import.h - foreign text forms rewritten as plain tables in our terms; the plain reader does the rest. */
#ifndef TRB_COHORT_IMPORT_H
#define TRB_COHORT_IMPORT_H

#include "study/cohort_build.h"

/** A table in the making: n_records x n_columns cells, record 0 the header. All text is in the pool. */
typedef struct trb_new_table {
    size_t n_records, n_columns;
    const char **cell;
    size_t *row; /* row of the file that a record came from */
} trb_new_table;

trb_status trb_new_table_init(trb_new_table *made, size_t n_records, size_t n_columns, trb_pool *pool,
                              trb_error *err);

/** Put it in the place of what was read. */
trb_status trb_new_table_install(const trb_new_table *made, trb_text_table *table, trb_error *err);

/** "KEY [unit]", or "KEY" when unit is "". */
const char *trb_import_header(trb_pool *pool, const char *key, const char *unit, trb_error *err);

trb_status trb_import_ctan(trb_text_table *table, trb_cohort *cohort, trb_error *err);
trb_status trb_import_scanco(trb_text_table *table, trb_cohort *cohort, trb_error *err);
trb_status trb_import_bonej(trb_text_table *table, trb_cohort *cohort, trb_error *err);

#endif
