/*
 * text_table.c - text to cells.
 *
 * The separator is not asked for but tried: a table is read with tab, semicolon and comma in turn, and the first that
 * gives every record the width of the header (and more than one cell) is it. When none does, the one that makes most cells
 * is kept, so that the message about the ragged record speaks of the likeliest reading.
 */
#include "study/text_table.h"

#include "study/text_bytes.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define MOST_COLUMNS 16384
#define NBSP "\xC2\xA0"

typedef struct lexer {
    trb_text_table *table;
    const char *at, *end;
    size_t row, line; /* of the record being read; of the place */
    size_t cell_room;
    char *scratch; /* as long as the text */
} lexer;

static const char *skip_blanks(const char *p, const char *end, char separator)
{
    for (;;) {
        if (p < end && (*p == ' ' || (*p == '\t' && separator != '\t')))
            p++;
        else if (end - p >= 2 && memcmp(p, NBSP, 2) == 0)
            p += 2;
        else
            return p;
    }
}

static size_t trimmed(const char *start, size_t length)
{
    for (;;) {
        if (length && (start[length - 1] == ' ' || start[length - 1] == '\t'))
            length--;
        else if (length >= 2 && memcmp(start + length - 2, NBSP, 2) == 0)
            length -= 2;
        else
            return length;
    }
}

/* Blank records are taken back, so the rooms are kept here and not told from the counts. */
static trb_status add_cell(lexer *l, const char *start, size_t length, bool quoted, trb_error *err)
{
    trb_text_table *t = l->table;
    const char *skipped = start;
    if (!quoted || !t->verbatim) {
        skipped = skip_blanks(start, start + length, 0);
        length = trimmed(skipped, length - (size_t)(skipped - start));
    }
    if (t->n_cells == l->cell_room) {
        const size_t room = l->cell_room ? 2 * l->cell_room : 256;
        const char **cells = trb_pool_array(t->pool, room, sizeof *cells, err);
        if (!cells)
            return TRB_ERR_MEMORY;
        if (t->n_cells)
            memcpy(cells, t->cell, t->n_cells * sizeof *cells);
        t->cell = cells;
        l->cell_room = room;
    }
    const char *text = length ? trb_pool_text(t->pool, skipped, length, err) : "";
    if (!text)
        return TRB_ERR_MEMORY;
    t->cell[t->n_cells++] = text;
    return TRB_OK;
}

static bool ends_cell(const lexer *l)
{
    return l->at == l->end || *l->at == l->table->separator || *l->at == '\n' || *l->at == '\r';
}

static trb_status quoted_cell(lexer *l, size_t column, trb_error *err)
{
    const trb_text_table *t = l->table;
    size_t n = 0;
    for (l->at++;; l->at++) {
        if (l->at == l->end)
            return trb_error_set(err, TRB_ERR_FORMAT,
                                 "%s: row %zu, column %zu: a quote is opened and never closed", t->file,
                                 l->row, column + 1);
        if (*l->at == '"') {
            if (l->at + 1 < l->end && l->at[1] == '"')
                l->at++;
            else
                break;
        }
        l->line += *l->at == '\n';
        if (!t->verbatim && *l->at == '\r' && l->at + 1 < l->end && l->at[1] == '\n')
            continue; /* a line break in a cell is one, however the file writes it */
        l->scratch[n++] = *l->at;
    }
    l->at = skip_blanks(l->at + 1, l->end, t->separator);
    if (!ends_cell(l))
        return trb_error_set(
            err, TRB_ERR_FORMAT,
            "%s: row %zu, column %zu: text after a closing quote (a quote inside quotes is written twice)",
            t->file, l->row, column + 1);
    return add_cell(l, l->scratch, n, true, err);
}

static trb_status read_cell(lexer *l, size_t column, trb_error *err)
{
    const char *first = skip_blanks(l->at, l->end, l->table->separator);
    if (first < l->end && *first == '"') {
        l->at = first;
        return quoted_cell(l, column, err);
    }
    const char *start = l->at;
    while (!ends_cell(l))
        l->at++;
    return add_cell(l, start, (size_t)(l->at - start), false, err);
}

/* A record of cells that are all empty is a blank line, or what spreadsheets leave below a table. */
static bool is_blank(const trb_text_table *t, size_t first)
{
    for (size_t i = first; i < t->n_cells; i++)
        if (*t->cell[i])
            return false;
    return true;
}

static trb_status read_record(lexer *l, trb_error *err)
{
    trb_text_table *t = l->table;
    const size_t first = t->n_cells, line = l->line;
    trb_status status = TRB_OK;
    for (size_t column = 0;; column++) {
        if (column == MOST_COLUMNS)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s: row %zu has more than %d columns", t->file, l->row,
                                 MOST_COLUMNS);
        status = read_cell(l, column, err);
        if (status)
            return status;
        if (l->at == l->end || *l->at != t->separator)
            break;
        l->at++;
    }
    if (l->at < l->end) /* one line end: LF, CR or CRLF */
        l->at += *l->at == '\r' && l->at + 1 < l->end && l->at[1] == '\n' ? 2 : 1;
    l->line++;
    if (is_blank(t, first)) {
        t->n_cells = first;
        return TRB_OK;
    }
    trb_text_record *records = trb_pool_grow(t->pool, t->record, t->n_records, sizeof *records, err);
    if (!records)
        return TRB_ERR_MEMORY;
    t->record = records;
    t->record[t->n_records++] = (trb_text_record){first, t->n_cells - first, l->row, line};
    return TRB_OK;
}

/* Bytes of a first line "sep=;", by which spreadsheets are told the separator; 0 when there is none. */
static size_t separator_line(const char *text, size_t length)
{
    if (length < 5 || strncasecmp(text, "sep=", 4) != 0 || !strchr("\t;,", text[4]))
        return 0;
    if (length > 5 && text[5] != '\r' && text[5] != '\n')
        return 0;
    return length > 6 && text[5] == '\r' && text[6] == '\n' ? 7 : length > 5 ? 6 : 5;
}

static trb_status lex(trb_text_table *t, char separator, const char *text, size_t length, size_t most_records,
                      trb_error *err)
{
    t->separator = separator;
    t->n_records = t->n_cells = 0;
    t->record = NULL;
    t->cell = NULL;
    const size_t told = separator_line(text, length);
    lexer l = {.table = t, .at = text + told, .end = text + length, .row = told ? 2 : 1, .line = told ? 2 : 1};
    l.scratch = trb_pool_array(t->pool, length + 1, 1, err);
    if (!l.scratch)
        return TRB_ERR_MEMORY;
    for (; l.at < l.end && t->n_records < most_records; l.row++) {
        const trb_status status = read_record(&l, err);
        if (status)
            return status;
    }
    return TRB_OK;
}

/* Enough to tell separators apart without reading a long table three times. */
enum { RECORDS_TO_JUDGE = 200 };

static bool all_as_wide(const trb_text_table *t)
{
    for (size_t r = 1; r < t->n_records; r++)
        if (t->record[r].n_cells != t->record[0].n_cells)
            return false;
    return t->n_records > 0 && t->record[0].n_cells > 1;
}

static trb_status choose_separator(trb_text_table *t, const char *text, size_t length, char *chosen,
                                   trb_error *err)
{
    static const char candidates[] = {'\t', ';', ','};
    size_t most = 0;
    if (separator_line(text, length)) {
        *chosen = text[4];
        return TRB_OK;
    }
    *chosen = ',';
    for (size_t i = 0; i < sizeof candidates; i++) {
        const trb_status status = lex(t, candidates[i], text, length, RECORDS_TO_JUDGE, NULL);
        if (status == TRB_ERR_MEMORY)
            return trb_error_set(err, status, "out of memory for %s", t->file);
        if (!status && (t->n_records == 0 || all_as_wide(t))) { /* all blank in any reading: empty */
            *chosen = candidates[i];
            return TRB_OK;
        }
        if (t->n_cells > most) {
            most = t->n_cells;
            *chosen = candidates[i];
        }
    }
    return TRB_OK;
}

static trb_status parse(const char *name, const char *bytes, size_t size, bool verbatim, trb_pool *pool,
                        trb_text_table *table, trb_error *err)
{
    *table = (trb_text_table){.decimal = '.', .pool = pool, .verbatim = verbatim};
    table->file = trb_pool_text(pool, name, strlen(name), err);
    if (!table->file)
        return TRB_ERR_MEMORY;
    const char *text = NULL;
    size_t length = 0;
    char separator;
    trb_status status = verbatim ? trb_bytes_as_text(name, bytes, size, &text, &length, err)
                                 : trb_bytes_as_utf8(name, bytes, size, pool, &text, &length, &table->latin1, err);
    if (!status)
        status = choose_separator(table, text, length, &separator, err);
    if (!status)
        status = lex(table, separator, text, length, SIZE_MAX, err);
    if (!status && table->n_records == 0)
        status = trb_error_set(err, TRB_ERR_FORMAT, "%s is empty", name);
    return status;
}

trb_status trb_text_table_parse(const char *name, const char *bytes, size_t size, trb_pool *pool,
                                trb_text_table *table, trb_error *err)
{
    return parse(name, bytes, size, false, pool, table, err);
}

static trb_status read_as(const char *path, bool verbatim, trb_pool *pool, trb_text_table *table, trb_error *err)
{
    char *bytes = NULL;
    size_t size = 0;
    trb_status status = trb_bytes_read(path, pool, &bytes, &size, err);
    return status ? status : parse(path, bytes, size, verbatim, pool, table, err);
}

trb_status trb_text_table_read(const char *path, trb_pool *pool, trb_text_table *table, trb_error *err)
{
    return read_as(path, false, pool, table, err);
}

trb_status trb_text_table_read_verbatim(const char *path, trb_pool *pool, trb_text_table *table, trb_error *err)
{
    return read_as(path, true, pool, table, err);
}
