/* text_cells.c - the shape of a text table, and the numbers in it. */
#include "study/text_table.h"

#include "prepare/number_text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *separator_name(char separator)
{
    return separator == '\t' ? "tabs" : separator == ';' ? "semicolons" : "commas";
}

void trb_text_where(const trb_text_table *table, size_t record, size_t column, char *out, size_t bytes)
{
    const trb_text_record *r = &table->record[record];
    const char *header =
        column < table->record[0].n_cells ? table->cell[table->record[0].first + column] : "";
    if (*header)
        snprintf(out, bytes, "%s: row %zu, column %zu (%.60s)", table->file, r->row, column + 1, header);
    else
        snprintf(out, bytes, "%s: row %zu, column %zu", table->file, r->row, column + 1);
}

/* ---- shape */

static const char *cell_or_empty(const trb_text_table *t, size_t record, size_t column)
{
    return column < t->record[record].n_cells ? trb_text_cell(t, record, column) : "";
}

static bool column_is_empty(const trb_text_table *t, size_t column)
{
    for (size_t r = 0; r < t->n_records; r++)
        if (*cell_or_empty(t, r, column))
            return false;
    return true;
}

static trb_status refuse_ragged(const trb_text_table *t, size_t record, size_t width, trb_error *err)
{
    const trb_text_record *r = &t->record[record];
    char where[512];
    trb_text_where(t, record, r->n_cells < width ? r->n_cells : width, where, sizeof where);
    const char *why =
        r->n_cells > width && t->separator == ',' ? "; decimal commas need quotes or another separator" : "";
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "%s: the row has %zu cells and the header %zu (separated by %s)%s", where,
                         r->n_cells, width, separator_name(t->separator), why);
}

/* Spreadsheets break long headers into lines. */
static trb_status join_header_lines(trb_text_table *t, trb_error *err)
{
    for (size_t c = 0; c < t->record[0].n_cells; c++) {
        const char **cell = &t->cell[t->record[0].first + c];
        if (!strpbrk(*cell, "\n\r"))
            continue;
        char *line = trb_pool_text(t->pool, *cell, strlen(*cell), err);
        if (!line)
            return TRB_ERR_MEMORY;
        *cell = line;
        for (line = strpbrk(line, "\n\r"); line; line = strpbrk(line, "\n\r"))
            *line = ' ';
    }
    return TRB_OK;
}

trb_status trb_text_table_square(trb_text_table *t, trb_error *err)
{
    const trb_status status = join_header_lines(t, err);
    if (status)
        return status;
    size_t width = t->record[0].n_cells;
    while (width > 0 && column_is_empty(t, width - 1)) /* every line ended with a separator */
        width--;
    for (size_t r = 1; r < t->n_records; r++) {
        for (size_t c = width; c < t->record[r].n_cells; c++)
            if (*trb_text_cell(t, r, c))
                return refuse_ragged(t, r, width, err);
        if (t->record[r].n_cells < width)
            return refuse_ragged(t, r, width, err);
    }
    t->n_columns = width;
    return TRB_OK;
}

/* ---- numbers */

static bool is_missing(const char *text)
{
    static const char *const words[] = {"", "-", "na", "n/a", "nan", "null", "#n/a"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcasecmp(text, words[i]) == 0)
            return true;
    return false;
}

trb_cell_kind trb_cell_read(const char *text, char decimal, double *value)
{
    char plain[64];
    size_t n = 0;
    if (is_missing(text))
        return TRB_CELL_MISSING;
    if (strncmp(text, "\xE2\x88\x92", 3) == 0) { /* the minus sign of typesetters */
        plain[n++] = '-';
        text += 3;
    }
    for (; *text && n + 1 < sizeof plain; text++) {
        if (*text == '.' && decimal == ',')
            return TRB_CELL_TEXT;
        plain[n++] = *text == decimal ? '.' : *text;
    }
    plain[n] = 0;
    const char *end;
    return !*text && trb_text_real(plain, &end, value) && !*end ? TRB_CELL_NUMBER : TRB_CELL_TEXT;
}

/* "1,234": a decimal comma, or thousands? */
static bool may_be_thousands(const char *text)
{
    const char *p = text + (*text == '-' || *text == '+');
    const size_t before = strspn(p, "0123456789");
    return before >= 1 && before <= 3 && p[before] == ',' && strspn(p + before + 1, "0123456789") == 3 &&
           !p[before + 4];
}

typedef struct first_cell {
    size_t record, column; /* record 0: none */
} first_cell;

trb_status trb_text_table_decimal(trb_text_table *t, const bool *numeric, trb_error *err)
{
    first_cell dot = {0, 0}, comma = {0, 0};
    bool sure = false; /* a comma that cannot be thousands */
    double value;
    for (size_t r = 1; r < t->n_records; r++)
        for (size_t c = 0; c < t->n_columns; c++) {
            const char *text = trb_text_cell(t, r, c);
            if (!numeric[c])
                continue;
            if (strchr(text, '.') && trb_cell_read(text, '.', &value) == TRB_CELL_NUMBER && !dot.record)
                dot = (first_cell){r, c};
            if (strchr(text, ',') && trb_cell_read(text, ',', &value) == TRB_CELL_NUMBER) {
                if (!comma.record)
                    comma = (first_cell){r, c};
                sure = sure || !may_be_thousands(text);
            }
        }
    char a[512], b[512];
    if (comma.record)
        trb_text_where(t, comma.record, comma.column, a, sizeof a);
    if (comma.record && dot.record) {
        trb_text_where(t, dot.record, dot.column, b, sizeof b);
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s holds \"%.40s\" and %s \"%.40s\": decimal commas and dots in one table; "
                             "write all numbers in one way",
                             a, trb_text_cell(t, comma.record, comma.column), b,
                             trb_text_cell(t, dot.record, dot.column));
    }
    if (comma.record && !sure && t->separator == ',')
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s holds \"%.40s\": that may be a decimal comma or thousands; write numbers "
                             "with a dot and without thousands",
                             a, trb_text_cell(t, comma.record, comma.column));
    t->decimal = comma.record ? ',' : '.';
    return TRB_OK;
}
