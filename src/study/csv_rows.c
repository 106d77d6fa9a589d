/* csv_rows.c - a CSV file as a table of texts. */
#include "study/manifest_parts.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MOST_BYTES (64u << 20) /* a study, not a database */

struct reader {
    const char *path;
    char *text, *at;
    char separator;
    size_t line;
    trb_error *err;
};

static trb_status no_memory(trb_error *err)
{
    return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
}

static trb_status load(const char *path, char **text, trb_error *err)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", path, strerror(errno));
    size_t used = 0, room = 65536;
    *text = malloc(room + 1);
    trb_status status = *text ? TRB_OK : no_memory(err);
    while (!status) {
        used += fread(*text + used, 1, room - used, file);
        if (used < room)
            break;
        room *= 2;
        char *more = room <= MOST_BYTES ? realloc(*text, room + 1) : NULL;
        if (!more)
            status = trb_error_set(err, TRB_ERR_ARGUMENT, "%s is too large for a table of scans", path);
        else
            *text = more;
    }
    if (!status && ferror(file))
        status = trb_error_set(err, TRB_ERR_IO, "%s cannot be read: %s", path, strerror(errno));
    fclose(file);
    if (!status && memchr(*text, 0, used))
        status = trb_error_set(err, TRB_ERR_FORMAT,
                               "%s is no text (a spreadsheet must be saved as CSV, UTF-8)", path);
    if (!status)
        (*text)[used] = 0;
    return status;
}

static char find_separator(const char *text)
{
    const size_t line = strcspn(text, "\r\n");
    if (memchr(text, ',', line))
        return ',';
    return memchr(text, ';', line) ? ';' : memchr(text, '\t', line) ? '\t' : ',';
}

/* A quoted cell, in place. Leaves reader->at behind the closing quote. */
static trb_status quoted_cell(struct reader *reader, char **cell)
{
    const size_t first = reader->line;
    char *to = ++reader->at, *from = to;
    *cell = to;
    for (;; from++) {
        if (!*from)
            return trb_error_set(reader->err, TRB_ERR_FORMAT, "%s:%zu: a quoted cell does not end",
                                 reader->path, first);
        if (*from == '"' && from[1] != '"')
            break;
        if (*from == '"')
            from++;
        if (*from == '\n')
            reader->line++;
        *to++ = *from;
    }
    reader->at = from + 1;
    reader->at += strspn(reader->at, " ");
    if (*reader->at && *reader->at != reader->separator && *reader->at != '\n' && *reader->at != '\r')
        return trb_error_set(reader->err, TRB_ERR_FORMAT, "%s:%zu: text behind a quoted cell", reader->path,
                             reader->line);
    *to = 0; /* at or before the closing quote */
    return TRB_OK;
}

static void plain_cell(struct reader *reader, char **cell, char *ended_by)
{
    const char stops[4] = {reader->separator, '\r', '\n', 0};
    *cell = reader->at;
    reader->at += strcspn(reader->at, stops);
    *ended_by = *reader->at;
    char *end = reader->at;
    while (end > *cell && (end[-1] == ' ' || end[-1] == '\t'))
        end--;
    *end = 0;
}

/* The cells of one row into cells[room]; *n counts all of them. The separator or line end is eaten. */
static trb_status read_row(struct reader *reader, char **cells, size_t room, size_t *n)
{
    *n = 0;
    for (;;) {
        char *cell = NULL, ended_by;
        reader->at += strspn(reader->at, " ");
        if (*reader->at == '"') {
            trb_status status = quoted_cell(reader, &cell);
            if (status)
                return status;
            ended_by = *reader->at;
        } else {
            plain_cell(reader, &cell, &ended_by);
        }
        if (*n < room)
            cells[*n] = cell;
        ++*n;
        if (ended_by)
            reader->at++;
        if (ended_by == '\r' && *reader->at == '\n')
            reader->at++;
        if (ended_by != reader->separator) {
            reader->line++;
            return TRB_OK;
        }
    }
}

static trb_status copy_row(char *const *cells, size_t n, char ***out, trb_error *err)
{
    *out = calloc(n + 1, sizeof **out);
    if (!*out)
        return no_memory(err);
    for (size_t i = 0; i < n; i++)
        if (!((*out)[i] = strdup(cells[i])))
            return no_memory(err);
    return TRB_OK;
}

static bool all_empty(char *const *cells, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (cells[i][0])
            return false;
    return true;
}

static trb_status add_row(trb_csv *csv, char *const *cells, size_t line, trb_error *err)
{
    if ((csv->n_rows & (csv->n_rows - 1)) == 0) {
        const size_t room = csv->n_rows ? 2 * csv->n_rows : 1;
        char ***rows = realloc(csv->cells, room * sizeof *rows);
        if (rows)
            csv->cells = rows;
        size_t *lines = realloc(csv->lines, room * sizeof *lines);
        if (lines)
            csv->lines = lines;
        if (!rows || !lines)
            return no_memory(err);
    }
    csv->lines[csv->n_rows] = line;
    csv->cells[csv->n_rows] = NULL;
    return copy_row(cells, csv->n_columns, &csv->cells[csv->n_rows++], err);
}

#define MOST_COLUMNS 1000

static trb_status read_rows(struct reader *reader, trb_csv *csv, char **cells)
{
    size_t n;
    trb_status status = read_row(reader, cells, MOST_COLUMNS, &n);
    if (!status && n > MOST_COLUMNS)
        status = trb_error_set(reader->err, TRB_ERR_FORMAT, "%s: more than %d columns", reader->path,
                               MOST_COLUMNS);
    if (!status)
        status = copy_row(cells, csv->n_columns = n, &csv->header, reader->err);
    while (!status && *reader->at) {
        const size_t line = reader->line;
        status = read_row(reader, cells, MOST_COLUMNS, &n);
        if (status || all_empty(cells, n < MOST_COLUMNS ? n : MOST_COLUMNS))
            continue;
        if (n != csv->n_columns)
            status = trb_error_set(reader->err, TRB_ERR_FORMAT, "%s:%zu: %zu cells, the header has %zu",
                                   reader->path, line, n, csv->n_columns);
        else
            status = add_row(csv, cells, line, reader->err);
    }
    return status;
}

trb_status trb_csv_read(const char *path, trb_csv *out, trb_error *err)
{
    struct reader reader = {.path = path, .line = 1, .err = err};
    memset(out, 0, sizeof *out);
    trb_status status = load(path, &reader.text, err);
    char **cells = status ? NULL : calloc(MOST_COLUMNS, sizeof *cells);
    if (!status && !cells)
        status = no_memory(err);
    if (!status) {
        reader.at = reader.text + (strncmp(reader.text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
        reader.separator = find_separator(reader.at);
        status = read_rows(&reader, out, cells);
    }
    free(cells);
    free(reader.text);
    if (status)
        trb_csv_clear(out);
    return status;
}

void trb_csv_clear(trb_csv *csv)
{
    for (size_t c = 0; csv->header && c < csv->n_columns; c++)
        free(csv->header[c]);
    free(csv->header);
    for (size_t r = 0; r < csv->n_rows; r++) {
        for (size_t c = 0; csv->cells[r] && c < csv->n_columns; c++)
            free(csv->cells[r][c]);
        free(csv->cells[r]);
    }
    free(csv->cells);
    free(csv->lines);
    memset(csv, 0, sizeof *csv);
}
