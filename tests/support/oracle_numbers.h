/* oracle_numbers.h - R's results (testdata/oracles/NAME.flat.tsv.gz) and their tables, as the tests walk them. */
#ifndef ORACLE_NUMBERS_H
#define ORACLE_NUMBERS_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

typedef enum oracle_kind { ORACLE_NUMBER, ORACLE_TRUE, ORACLE_FALSE, ORACLE_NULL } oracle_kind;

/** One line of a flat file: "metrics::BV/TV [%]::omnibus::welch::p". inf and -inf are numbers. */
typedef struct oracle_row {
    const char *path;
    oracle_kind kind;
    double value;
} oracle_row;

typedef struct oracle_numbers {
    size_t n;
    oracle_row *row;
    char *text; /* private */
} oracle_numbers;

/** Reads all rows of "s06_two_groups"; fails the test when it cannot. Clear it. */
oracle_numbers oracle_numbers_load(const char *name);
void oracle_numbers_clear(oracle_numbers *numbers);

/** The node at a "::" path below root (array elements by their index from 0 or by "[i]"), or NULL. */
const json_t *oracle_node(const json_t *root, const char *path);

/** Does the path hold this part ("p_mvtnorm_abs1e5"), as a whole key? */
bool oracle_path_has(const char *path, const char *part);

/** A plain table: comma, no quotes. cell[r * n_columns + c]; empty fields are "". */
typedef struct oracle_table {
    size_t n_rows, n_columns;
    const char **header, **cell;
    char *text; /* private */
} oracle_table;

oracle_table oracle_table_load(const char *name);
void oracle_table_clear(oracle_table *table);
/** Index of a column; fails the test when there is none. */
size_t oracle_column(const oracle_table *table, const char *header);
/** NaN for an empty field. */
double oracle_value(const oracle_table *table, size_t row, size_t column);

#endif
