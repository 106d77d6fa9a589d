/*
 * cohort_import_ctan.c - results of CTAn.
 *
 * Two forms are read:
 * - the report of one data set: lines "description,symbol,value,unit", such as "Percent bone volume,BV/TV,12.34,%",
 *   among headings and histograms that are skipped. Public programs that read such files look for exactly these
 *   beginnings: "Percent bone volume,BV/TV,", "Bone surface / volume ratio,BS/BV,", "Trabecular thickness,Tb.Th,",
 *   "Trabecular number,Tb.N,", "Trabecular separation,Tb.Sp,", "Connectivity density,Conn.Dn,", "Total VOI volume,TV,",
 *   "Object volume,Obj.V,", "Structure thickness,St.Th,". The form was checked against those, not against CTAn itself.
 * - a table with one line a data set, symbols in a header line and, perhaps, units in the line below it. Known from
 *   descriptions only: any header line with two known symbols is taken for it.
 *
 * CTAn calls the same quantities Obj.V, St.Th, St.Sp when its nomenclature is not set to bone; they are read as bone.
 */
#include "study/cohort_header.h"
#include "study/cohort_import.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const GENERAL[][2] = {
    {"Obj.V", "BV"},           {"Obj.V/TV", "BV/TV"},     {"Obj.S", "BS"},
    {"Obj.S/Obj.V", "BS/BV"},  {"Obj.S/TV", "BS/TV"},     {"St.Th", "Tb.Th"},
    {"St.Sp", "Tb.Sp"},        {"St.Li.Dn", "Tb.N"},      {"SD(St.Th)", "Tb.Th.SD"},
    {"SD(St.Sp)", "Tb.Sp.SD"}, {"SD(Tb.Th)", "Tb.Th.SD"}, {"SD(Tb.Sp)", "Tb.Sp.SD"},
};

/* Our key for a symbol of CTAn, or NULL. */
static const char *key_of(const char *symbol, bool *general)
{
    for (size_t i = 0; i < sizeof GENERAL / sizeof *GENERAL; i++)
        if (strcmp(symbol, GENERAL[i][0]) == 0) {
            *general = *general || i < 8;
            return GENERAL[i][1];
        }
    return strlen(symbol) < 24 ? trb_metric_symbol(symbol) : NULL;
}

static bool is_dataset_label(const char *text)
{
    static const char *const labels[] = {"dataset", "datasetname", "datasetprefix", "filename",
                                         "file",    "sample",      "samplename"};
    char plain[32];
    trb_name_plain(text, plain, sizeof plain);
    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++)
        if (strcmp(plain, labels[i]) == 0)
            return true;
    return false;
}

/* ---- the report of one data set */

typedef struct report_line {
    const char *key, *value, *unit;
    size_t row;
} report_line;

static const char *cell_at(const trb_text_table *t, size_t record, size_t column)
{
    return column < t->record[record].n_cells ? t->cell[t->record[record].first + column] : "";
}

static bool digits_only(const char *text)
{
    return *text && !text[strspn(text, "0123456789")];
}

/* "1.49 (0.33)": CTAn prints the degree of anisotropy in both of its ranges; the first is it. */
static const char *without_remark(const trb_text_table *t, const char *text, trb_error *err)
{
    const char *open = strstr(text, " (");
    return open ? trb_pool_text(t->pool, text, (size_t)(open - text), err) : text;
}

/* False: no line of results. */
static bool read_line(const trb_text_table *t, size_t record, report_line *line, bool *general,
                      trb_error *err)
{
    double number;
    const char *key = key_of(cell_at(t, record, 1), general),
               *value = without_remark(t, cell_at(t, record, 2), err);
    const char *unit = cell_at(t, record, 3);
    const size_t n = t->record[record].n_cells;
    if (!key || n < 3 || !value)
        return false;
    if (n >= 5 && t->separator == ',' && digits_only(value) &&
        digits_only(unit)) { /* a decimal comma cut it in two */
        value = trb_pool_print(t->pool, err, "%s.%s", value, unit);
        unit = cell_at(t, record, 4);
        if (!value)
            return false;
    }
    if (trb_cell_read(value, '.', &number) != TRB_CELL_NUMBER &&
        trb_cell_read(value, ',', &number) != TRB_CELL_NUMBER)
        return false;
    if (strncasecmp(cell_at(t, record, 0), "standard deviation", 18) == 0 && !strstr(key, ".SD"))
        key = trb_pool_print(t->pool, err, "%s.SD", key);
    *line = (report_line){key, value, unit, t->record[record].row};
    return key != NULL;
}

static const char *dataset_name(const trb_text_table *t, trb_error *err)
{
    for (size_t r = 0; r < t->n_records; r++)
        if (t->record[r].n_cells >= 2 && is_dataset_label(cell_at(t, r, 0)) && *cell_at(t, r, 1))
            return cell_at(t, r, 1);
    const char *base = strrchr(t->file, '/');
    base = base ? base + 1 : t->file;
    const char *dot = strrchr(base, '.');
    return trb_pool_text(t->pool, base, dot && dot > base ? (size_t)(dot - base) : strlen(base), err);
}

static trb_status add_line(report_line *lines, size_t *n, const report_line *line, const char *file,
                           trb_error *err)
{
    for (size_t i = 0; i < *n; i++) {
        if (strcmp(lines[i].key, line->key) != 0)
            continue;
        if (strcmp(lines[i].value, line->value) == 0)
            return TRB_OK;
        return trb_error_set(err, TRB_ERR_DATA,
                             "%s: rows %zu and %zu both give %s (%s and %s); keep one analysis in a file",
                             file, lines[i].row, line->row, line->key, lines[i].value, line->value);
    }
    lines[(*n)++] = *line;
    return TRB_OK;
}

static trb_status install_report(trb_text_table *t, const report_line *lines, size_t n, trb_error *err)
{
    trb_new_table made;
    const char *name = dataset_name(t, err);
    trb_status status = name ? trb_new_table_init(&made, 2, n + 1, t->pool, err) : TRB_ERR_MEMORY;
    if (status)
        return status;
    made.cell[0] = "sample";
    made.cell[n + 1] = name;
    made.row[1] = lines[0].row;
    for (size_t i = 0; i < n; i++) {
        made.cell[1 + i] = trb_import_header(t->pool, lines[i].key, lines[i].unit, err);
        made.cell[n + 2 + i] = lines[i].value;
        if (!made.cell[1 + i])
            return TRB_ERR_MEMORY;
    }
    return trb_new_table_install(&made, t, err);
}

static trb_status read_report(trb_text_table *t, size_t *n, bool *general, trb_error *err)
{
    report_line *lines = trb_pool_array(t->pool, t->n_records, sizeof *lines, err);
    trb_status status = lines ? TRB_OK : TRB_ERR_MEMORY;
    *n = 0;
    for (size_t r = 0; r < t->n_records && !status; r++) {
        report_line line;
        if (read_line(t, r, &line, general, err))
            status = add_line(lines, n, &line, t->file, err);
    }
    return status || *n == 0 ? status : install_report(t, lines, *n, err);
}

/* ---- the table of many */

static const char *column_key(const trb_text_table *t, const char *cell, const char **unit, bool *general,
                              trb_error *err)
{
    const char *name;
    *unit = "";
    if (trb_header_split(cell, t->pool, &name, unit, err))
        return NULL;
    return key_of(name, general);
}

static size_t count_keys(const trb_text_table *t, size_t record, trb_error *err)
{
    size_t n = 0;
    bool general = false;
    const char *unit;
    for (size_t c = 0; c < t->record[record].n_cells; c++)
        n += column_key(t, cell_at(t, record, c), &unit, &general, err) != NULL;
    return n;
}

static bool is_unit_line(const trb_text_table *t, size_t record)
{
    size_t units = 0;
    for (size_t c = 0; c < t->record[record].n_cells; c++) {
        double value;
        const char *cell = cell_at(t, record, c);
        if (trb_cell_read(cell, '.', &value) == TRB_CELL_NUMBER ||
            trb_cell_read(cell, ',', &value) == TRB_CELL_NUMBER)
            return false;
        units += *cell && trb_unit_spelling(cell) != NULL;
    }
    return units > 0;
}

static trb_status read_summary(trb_text_table *t, bool *general, trb_error *err)
{
    size_t header = 0;
    while (header < t->n_records && count_keys(t, header, err) < 2)
        header++;
    if (header == t->n_records)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s is neither a CTAn report (lines such as \"Percent bone "
                             "volume,BV/TV,12.34,%%\") nor a table with "
                             "symbols such as BV/TV and Tb.Th in its header",
                             t->file);
    const size_t width = t->record[header].n_cells;
    const bool has_units = header + 1 < t->n_records && is_unit_line(t, header + 1);
    const size_t first = header + 1 + has_units;
    size_t names = 0;
    for (size_t c = width; c-- > 0;)
        if (is_dataset_label(cell_at(t, header, c)))
            names = c;
    trb_new_table made;
    trb_status status = trb_new_table_init(&made, 1 + t->n_records - first, width, t->pool, err);
    if (status)
        return status;
    for (size_t c = 0; c < width; c++) {
        const char *unit, *cell = cell_at(t, header, c), *key = column_key(t, cell, &unit, general, err);
        if (has_units && !*unit)
            unit = cell_at(t, header + 1, c);
        made.cell[c] = c == names ? "sample" : key ? trb_import_header(t->pool, key, unit, err) : cell;
        if (!made.cell[c])
            return TRB_ERR_MEMORY;
        for (size_t r = first; r < t->n_records; r++)
            made.cell[(1 + r - first) * width + c] = without_remark(t, cell_at(t, r, c), err);
    }
    for (size_t r = first; r < t->n_records; r++) {
        made.row[1 + r - first] = t->record[r].row;
        if (t->record[r].n_cells > width)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s: row %zu has %zu cells and the header %zu", t->file,
                                 t->record[r].row, t->record[r].n_cells, width);
    }
    return trb_new_table_install(&made, t, err);
}

trb_status trb_import_ctan(trb_text_table *table, trb_cohort *cohort, trb_error *err)
{
    size_t n;
    bool general = false;
    trb_status status = read_report(table, &n, &general, err);
    if (!status && n == 0)
        status = read_summary(table, &general, err);
    if (!status && general)
        trb_cohort_note(
            cohort,
            "%s: structure parameters of CTAn (Obj.V, St.Th, St.Sp, ...) are read as BV, Tb.Th, Tb.Sp, ...",
            table->file);
    return status;
}
