/* text_table.h - text tables as laboratories write them, taken apart into cells. */
#ifndef TRB_TEXT_TABLE_H
#define TRB_TEXT_TABLE_H

#include "study/cohort_pool.h"

#include <stdbool.h>

/** One record. row counts from 1 and includes blank ones, as a spreadsheet shows it; line is that of a text editor. */
typedef struct trb_text_record {
    size_t first, n_cells;
    size_t row, line;
} trb_text_record;

/**
 * A table of text. record[0] is the header. Cells are UTF-8 without blanks around them; n_columns is set, and
 * holds for every record, once trb_text_table_square() was called.
 */
typedef struct trb_text_table {
    const char *file;
    char separator; /* ',', ';' or tab */
    char decimal;   /* '.' or ',': see trb_text_table_decimal() */
    bool latin1;    /* was not UTF-8; read as Windows-1252 */
    bool verbatim;  /* bytes as in the file, also those that are not UTF-8, and blanks within quotes */
    size_t n_records, n_columns;
    trb_text_record *record;
    size_t n_cells;
    const char **cell;
    trb_pool *pool; /* borrowed: of the cohort */
} trb_text_table;

/** What a cell holds. */
typedef enum trb_cell_kind { TRB_CELL_MISSING, TRB_CELL_NUMBER, TRB_CELL_TEXT } trb_cell_kind;

/**
 * Read a text table.
 *
 * Convention  RFC 4180 quotes; separator tab, semicolon or comma: the first of these that gives every record as
 *             many cells as the header, and more than one. LF, CRLF and CR end records. Blank records are left out.
 * Output      *table; all of it in pool.
 * Errors      TRB_ERR_IO; TRB_ERR_FORMAT: UTF-16, spreadsheet files, NUL bytes, a quote that is never closed, text
 *             after a closing quote, nothing in it; each with the remedy.
 */
trb_status trb_text_table_read(const char *path, trb_pool *pool, trb_text_table *table, trb_error *err);

/** The same, verbatim: for names of files, which are bytes. */
trb_status trb_text_table_read_verbatim(const char *path, trb_pool *pool, trb_text_table *table, trb_error *err);

/** The same from memory; name is for messages. */
trb_status trb_text_table_parse(const char *name, const char *bytes, size_t size, trb_pool *pool,
                                trb_text_table *table, trb_error *err);

/** Refuse ragged records (with row and column), drop empty trailing columns, set n_columns. */
trb_status trb_text_table_square(trb_text_table *table, trb_error *err);

/**
 * Find out whether numbers have a dot or a comma.
 *
 * Input       numeric[c]: look at column c. Only cells that are numbers either way count.
 * Errors      TRB_ERR_FORMAT: both in one table, or commas that might be thousands; with row and column.
 */
trb_status trb_text_table_decimal(trb_text_table *table, const bool *numeric, trb_error *err);

/** Cell of a squared table; record 0 is the header. */
static inline const char *trb_text_cell(const trb_text_table *table, size_t record, size_t column)
{
    return table->cell[table->record[record].first + column];
}

/**
 * A number with this decimal sign, strictly ("12abc", "inf", "1,234.5" are text), or missing: "", NA, N/A, NaN,
 * null, "-" in any case, and the #N/A of spreadsheets.
 */
trb_cell_kind trb_cell_read(const char *text, char decimal, double *value);

/** "study.csv: row 4, column 3 (BV/TV [%])". Static thread-free: the caller's buffer. */
void trb_text_where(const trb_text_table *table, size_t record, size_t column, char *out, size_t bytes);

#endif
