/* design_tables.h - factors and values from the columns of an oracle's table. */
#ifndef DESIGN_TABLES_H
#define DESIGN_TABLES_H

#include "support/oracle_numbers.h"

#include "study/sample_groups.h"

/** A factor that owns its arrays. The names are the table's. */
typedef struct table_factor {
    trb_factor factor;
    const char **name;
    size_t *level;
} table_factor;

/** Levels in the order given ("Sham|OVX"; one that no row has fails the test), or of first appearance (NULL). */
table_factor table_factor_make(const oracle_table *table, const char *column, const char *levels);
void table_factor_clear(table_factor *factor);

/** The values of a column, NaN where empty. Yours to free. */
double *table_values(const oracle_table *table, const char *column);

#endif
