#include "support/design_tables.h"

#include "support/testing.h"

static size_t find(const char **name, size_t n, const char *text, size_t length)
{
    size_t l = 0;
    while (l < n && !(strlen(name[l]) == length && memcmp(name[l], text, length) == 0))
        l++;
    return l;
}

/* The table's own spelling of a level: it lives as long as the table. */
static const char *spelled(const oracle_table *table, size_t column, const char *text, size_t length)
{
    for (size_t r = 0; r < table->n_rows; r++) {
        const char *cell = table->cell[r * table->n_columns + column];
        if (strlen(cell) == length && memcmp(cell, text, length) == 0)
            return cell;
    }
    fail_msg("no row has level '%.*s'", (int)length, text);
    return NULL;
}

table_factor table_factor_make(const oracle_table *table, const char *column, const char *levels)
{
    const size_t at = oracle_column(table, column);
    table_factor f = {.name = calloc(table->n_rows + 1, sizeof *f.name),
                      .level = calloc(table->n_rows + 1, sizeof *f.level)};
    assert_true(f.name && f.level);
    size_t n = 0;
    for (const char *from = levels; from;) {
        const char *end = strchr(from, '|');
        const size_t length = end ? (size_t)(end - from) : strlen(from);
        f.name[n++] = spelled(table, at, from, length);
        from = end ? end + 1 : NULL;
    }
    for (size_t r = 0; r < table->n_rows; r++) {
        const char *cell = table->cell[r * table->n_columns + at];
        f.level[r] = find(f.name, n, cell, strlen(cell));
        if (f.level[r] == n) {
            assert_null(levels);
            f.name[n++] = cell;
        }
    }
    f.factor = (trb_factor){column, n, f.name, f.level};
    return f;
}

void table_factor_clear(table_factor *f)
{
    free(f->name);
    free(f->level);
    memset(f, 0, sizeof *f);
}

double *table_values(const oracle_table *table, const char *column)
{
    double *value = calloc(table->n_rows + 1, sizeof *value);
    assert_non_null(value);
    const size_t at = oracle_column(table, column);
    for (size_t r = 0; r < table->n_rows; r++)
        value[r] = oracle_value(table, r, at);
    return value;
}
