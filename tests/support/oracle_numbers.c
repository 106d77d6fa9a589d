#include "support/oracle_numbers.h"

#include "support/testing.h"

#include <zlib.h>

static char *read_all(const char *path)
{
    gzFile file = gzopen(path, "rb"); /* reads plain files as well */
    if (!file)
        fail_msg("cannot open %s", path);
    size_t size = 0, room = 1 << 16;
    char *text = malloc(room);
    for (;;) {
        assert_non_null(text);
        const int got = gzread(file, text + size, (unsigned)(room - size - 1));
        assert_true(got >= 0);
        if (got == 0)
            break;
        size += (size_t)got;
        if (size + 1 == room)
            text = realloc(text, room *= 2);
    }
    gzclose(file);
    text[size] = 0;
    return text;
}

/* Cuts *rest at the next separator; NULL at the end. */
static char *cut(char **rest, char separator)
{
    char *field = *rest;
    if (!field)
        return NULL;
    char *end = strchr(field, separator);
    if (end)
        *end++ = 0;
    *rest = end;
    return field;
}

static size_t count_lines(const char *text)
{
    size_t n = 0;
    for (; *text; text++)
        n += *text == '\n';
    return n;
}

oracle_numbers oracle_numbers_load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/oracles/%s.flat.tsv.gz", TRB_TESTDATA, name);
    oracle_numbers numbers = {.text = read_all(path)};
    numbers.row = calloc(count_lines(numbers.text) + 1, sizeof *numbers.row);
    assert_non_null(numbers.row);
    char *rest = numbers.text;
    for (char *line; (line = cut(&rest, '\n')) && *line;) {
        char *tab = strrchr(line, '\t');
        if (!tab)
            fail_msg("%s: no tab in '%s'", path, line);
        *tab++ = 0;
        oracle_row row = {.path = line, .value = NAN};
        if (strcmp(tab, "true") == 0)
            row.kind = ORACLE_TRUE;
        else if (strcmp(tab, "false") == 0)
            row.kind = ORACLE_FALSE;
        else if (strcmp(tab, "null") == 0)
            row.kind = ORACLE_NULL;
        else {
            char *end;
            row.value = strtod(tab, &end);
            if (*end)
                fail_msg("%s: '%s' is no number", path, tab);
        }
        numbers.row[numbers.n++] = row;
    }
    assert_true(numbers.n > 0);
    return numbers;
}

void oracle_numbers_clear(oracle_numbers *numbers)
{
    free(numbers->row);
    free(numbers->text);
    memset(numbers, 0, sizeof *numbers);
}

const json_t *oracle_node(const json_t *root, const char *path)
{
    char key[256];
    while (root && *path) {
        const char *end = strstr(path, "::");
        const size_t length = end ? (size_t)(end - path) : strlen(path);
        assert_true(length < sizeof key);
        memcpy(key, path, length);
        key[length] = 0;
        path += length + (end ? 2 : 0);
        if (json_is_array(root))
            root = json_array_get(root, (size_t)strtoul(key + (*key == '['), NULL, 10));
        else
            root = json_object_get(root, key);
    }
    return root;
}

bool oracle_path_has(const char *path, const char *part)
{
    const size_t length = strlen(part);
    for (const char *at = path; (at = strstr(at, part)); at++)
        if ((at == path || at[-1] == ':') && (at[length] == 0 || at[length] == ':'))
            return true;
    return false;
}

oracle_table oracle_table_load(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, "%s/oracles/%s.csv", TRB_TESTDATA, name);
    oracle_table table = {.text = read_all(path)};
    const size_t lines = count_lines(table.text);
    char *rest = table.text, *line = cut(&rest, '\n');
    size_t columns = 1;
    for (const char *c = line; *c; c++)
        columns += *c == ',';
    table.n_columns = columns;
    table.header = calloc(columns, sizeof *table.header);
    table.cell = calloc(columns * lines, sizeof *table.cell);
    assert_true(table.header && table.cell);
    for (size_t c = 0; c < columns; c++)
        table.header[c] = cut(&line, ',');
    while ((line = cut(&rest, '\n')) && *line) {
        for (size_t c = 0; c < columns; c++) {
            table.cell[table.n_rows * columns + c] = cut(&line, ',');
            assert_non_null(table.cell[table.n_rows * columns + c]);
        }
        assert_null(line);
        table.n_rows++;
    }
    return table;
}

void oracle_table_clear(oracle_table *table)
{
    free(table->header);
    free(table->cell);
    free(table->text);
    memset(table, 0, sizeof *table);
}

size_t oracle_column(const oracle_table *table, const char *header)
{
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(table->header[c], header) == 0)
            return c;
    fail_msg("no column '%s'", header);
    return 0;
}

double oracle_value(const oracle_table *table, size_t row, size_t column)
{
    const char *text = table->cell[row * table->n_columns + column];
    if (!*text)
        return NAN;
    char *end;
    const double value = strtod(text, &end);
    if (*end)
        fail_msg("row %zu: '%s' is no number", row + 1, text);
    return value;
}
