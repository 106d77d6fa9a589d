/* cohort_import.c - which foreign form, and what is common to all of them. */
#include "study/cohort_import.h"

#include <string.h>

static const char *const NAMES[] = {"none", "ctan", "scanco", "bonej"};

bool trb_cohort_import_find(const char *name, trb_cohort_import *import)
{
    for (size_t i = 0; i < sizeof NAMES / sizeof *NAMES; i++)
        if (strcmp(name, NAMES[i]) == 0) {
            *import = (trb_cohort_import)i;
            return true;
        }
    return false;
}

trb_status trb_new_table_init(trb_new_table *made, size_t n_records, size_t n_columns, trb_pool *pool,
                              trb_error *err)
{
    *made = (trb_new_table){n_records, n_columns, NULL, NULL};
    if (n_columns && n_records > (size_t)-1 / 2 / n_columns)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory: a table of %zu x %zu cells", n_records,
                             n_columns);
    made->cell = trb_pool_array(pool, n_records * n_columns, sizeof *made->cell, err);
    made->row = trb_pool_array(pool, n_records, sizeof *made->row, err);
    if (!made->cell || !made->row)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n_records * n_columns; i++)
        made->cell[i] = "";
    return TRB_OK;
}

trb_status trb_new_table_install(const trb_new_table *made, trb_text_table *table, trb_error *err)
{
    table->record = trb_pool_array(table->pool, made->n_records, sizeof *table->record, err);
    if (!table->record)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < made->n_records; r++)
        table->record[r] = (trb_text_record){r * made->n_columns, made->n_columns, made->row[r], made->row[r]};
    table->n_records = made->n_records;
    table->n_columns = made->n_columns;
    table->cell = made->cell;
    table->n_cells = made->n_records * made->n_columns;
    return TRB_OK;
}

const char *trb_import_header(trb_pool *pool, const char *key, const char *unit, trb_error *err)
{
    return *unit ? trb_pool_print(pool, err, "%s [%s]", key, unit) : key;
}

trb_status trb_import_table(trb_text_table *table, trb_cohort_import import, trb_cohort *cohort,
                            trb_error *err)
{
    switch (import) {
    case TRB_IMPORT_NONE: return TRB_OK;
    case TRB_IMPORT_CTAN: return trb_import_ctan(table, cohort, err);
    case TRB_IMPORT_SCANCO: return trb_import_scanco(table, cohort, err);
    case TRB_IMPORT_BONEJ: return trb_import_bonej(table, cohort, err);
    }
    return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no import number %d", (int)import);
}

/* Scanco and BoneJ give BV/TV as a ratio; papers and our own tables have per cent. */
void trb_import_units(trb_cohort *cohort, trb_cohort_import import)
{
    for (size_t m = 0; m < cohort->n_metrics && import != TRB_IMPORT_NONE; m++) {
        trb_cohort_metric *metric = &cohort->metric[m];
        if (strcmp(metric->key, "BV/TV") != 0 || strcmp(metric->unit, "1") != 0)
            continue;
        for (size_t r = 0; r < cohort->n_rows; r++)
            metric->value[r] *= 100;
        metric->unit = "%";
        trb_cohort_note(cohort, "BV/TV was converted from a ratio to %%");
    }
}
