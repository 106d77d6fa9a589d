/* distribution_table.c - long tables of bins, taken apart into scans. */
#include "study/distribution_table.h"

#include "study/text_table.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define NO_COLUMN ((size_t)-1)

static trb_status find_columns(const trb_text_table *t, const char *const *name, size_t n, size_t *column, trb_error *err)
{
    for (size_t i = 0; i < n; i++) {
        column[i] = NO_COLUMN;
        for (size_t c = 0; c < t->n_columns; c++)
            if (strcmp(trb_text_cell(t, 0, c), name[i]) == 0)
                column[i] = c;
        if (column[i] == NO_COLUMN)
            return trb_error_set(err, TRB_ERR_FORMAT, "%s has no column %s: a table of distributions is made by trabecula batch", t->file,
                                 name[i]);
    }
    return TRB_OK;
}

static trb_status number(const trb_text_table *t, size_t record, size_t column, bool may_miss, double *value, trb_error *err)
{
    const trb_cell_kind kind = trb_cell_read(trb_text_cell(t, record, column), '.', value);
    if (kind == TRB_CELL_NUMBER)
        return TRB_OK;
    *value = NAN;
    if (kind == TRB_CELL_MISSING && may_miss)
        return TRB_OK;
    char where[512];
    trb_text_where(t, record, column, where, sizeof where);
    return trb_error_set(err, TRB_ERR_FORMAT, "%s: '%.40s' is no number", where, trb_text_cell(t, record, column));
}

const trb_scan_distribution *trb_distribution_find(const trb_distribution_table *table, const char *sample, const char *metric)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->scan[i].sample, sample) == 0 && strcmp(table->scan[i].metric, metric) == 0)
            return &table->scan[i];
    return NULL;
}

const trb_scan_percentiles *trb_percentiles_find(const trb_distribution_table *table, const char *sample, const char *metric)
{
    for (size_t i = 0; i < table->n_percentiles; i++)
        if (strcmp(table->percentiles[i].sample, sample) == 0 && strcmp(table->percentiles[i].metric, metric) == 0)
            return &table->percentiles[i];
    return NULL;
}

/* ---- bins */

enum { SAMPLE, METRIC, UNIT, FROM, TO, COUNT, N_COLUMNS };

/* Rows from `first` that have its sample and metric. */
static size_t run_length(const trb_text_table *t, const size_t *column, size_t first)
{
    size_t n = 1;
    while (first + n < t->n_records &&
           strcmp(trb_text_cell(t, first + n, column[SAMPLE]), trb_text_cell(t, first, column[SAMPLE])) == 0 &&
           strcmp(trb_text_cell(t, first + n, column[METRIC]), trb_text_cell(t, first, column[METRIC])) == 0)
        n++;
    return n;
}

static trb_status read_bin(const trb_text_table *t, const size_t *column, size_t record, trb_scan_distribution *d, trb_error *err)
{
    const size_t b = d->n;
    trb_status status = number(t, record, column[FROM], false, &d->from[b], err);
    if (!status)
        status = number(t, record, column[TO], false, &d->to[b], err);
    if (!status)
        status = number(t, record, column[COUNT], false, &d->count[b], err);
    if (status)
        return status;
    const double width = d->to[b] - d->from[b];
    const char *wrong = !(width > 0)                                          ? "bin_to must be greater than bin_from"
                        : d->count[b] < 0                                     ? "a count is negative"
                        : b > 0 && d->from[b] < d->to[b - 1] - 1e-6 * width ? "the bin begins before the one above it ends"
                        : strcmp(trb_text_cell(t, record, column[UNIT]), d->unit) != 0 ? "the unit is another than above"
                                                                                        : NULL;
    if (wrong)
        return trb_error_set(err, TRB_ERR_DATA, "%s: row %zu (%s, %s): %s", t->file, t->record[record].row, d->sample, d->metric, wrong);
    d->total += d->count[b];
    d->widest = fmax(d->widest, width);
    d->n++;
    return TRB_OK;
}

static trb_status add_scan(trb_distribution_table *table, const trb_text_table *t, const size_t *column, size_t first, size_t rows,
                           trb_error *err)
{
    trb_scan_distribution d = {.sample = trb_text_cell(t, first, column[SAMPLE]), .metric = trb_text_cell(t, first, column[METRIC]),
                               .unit = trb_text_cell(t, first, column[UNIT]), .file = t->file, .row = t->record[first].row};
    const trb_scan_distribution *other = trb_distribution_find(table, d.sample, d.metric);
    if (other)
        return trb_error_set(err, TRB_ERR_DATA, "%s: row %zu: %s of %s stands in %s from row %zu on as well", t->file, d.row, d.metric,
                             d.sample, other->file, other->row);
    d.from = trb_pool_array(table->pool, rows, sizeof *d.from, err);
    d.to = trb_pool_array(table->pool, rows, sizeof *d.to, err);
    d.count = trb_pool_array(table->pool, rows, sizeof *d.count, err);
    if (!d.from || !d.to || !d.count)
        return TRB_ERR_MEMORY;
    for (size_t r = first; r < first + rows; r++) {
        const trb_status status = read_bin(t, column, r, &d, err);
        if (status)
            return status;
    }
    /* Bins that touch and are alike: their width is that of all, without the rounding of the differences of decimals. */
    const double mean = (d.to[d.n - 1] - d.from[0]) / (double)d.n;
    if (fabs(mean - d.widest) < 1e-6 * mean)
        d.widest = mean;
    trb_scan_distribution *grown = trb_pool_grow(table->pool, table->scan, table->n, sizeof *grown, err);
    if (!grown)
        return TRB_ERR_MEMORY;
    table->scan = grown;
    table->scan[table->n++] = d;
    return TRB_OK;
}

/* ---- percentiles */

static trb_status add_percentiles(trb_distribution_table *table, const char *path, trb_error *err)
{
    const char *name[4 + TRB_PERCENTILES] = {"sample", "metric", "unit", "method"};
    char percent[TRB_PERCENTILES][16];
    size_t column[4 + TRB_PERCENTILES];
    for (size_t i = 0; i < TRB_PERCENTILES; i++) {
        snprintf(percent[i], sizeof percent[i], "p%g", trb_percentile_percent(i));
        name[4 + i] = percent[i];
    }
    trb_text_table t;
    trb_status status = trb_text_table_read(path, table->pool, &t, err);
    if (!status)
        status = trb_text_table_square(&t, err);
    if (!status)
        status = find_columns(&t, name, 4 + TRB_PERCENTILES, column, err);
    for (size_t r = 1; !status && r < t.n_records; r++) {
        trb_scan_percentiles *grown = trb_pool_grow(table->pool, table->percentiles, table->n_percentiles, sizeof *grown, err);
        if (!grown)
            return TRB_ERR_MEMORY;
        table->percentiles = grown;
        trb_scan_percentiles *p = &grown[table->n_percentiles];
        *p = (trb_scan_percentiles){.sample = trb_text_cell(&t, r, column[0]), .metric = trb_text_cell(&t, r, column[1]),
                                    .unit = trb_text_cell(&t, r, column[2]), .method = trb_text_cell(&t, r, column[3])};
        if (trb_percentiles_find(table, p->sample, p->metric))
            return trb_error_set(err, TRB_ERR_DATA, "%s: row %zu: the percentiles of %s of %s stand in another row as well", t.file,
                                 t.record[r].row, p->metric, p->sample);
        for (size_t i = 0; !status && i < TRB_PERCENTILES; i++)
            status = number(&t, r, column[4 + i], true, &p->value[i], err);
        table->n_percentiles++;
    }
    return status;
}

trb_status trb_distribution_table_add(trb_distribution_table *table, const char *path, trb_error *err)
{
    static const char *const NAME[N_COLUMNS] = {"sample", "metric", "unit", "bin_from", "bin_to", "count"};
    size_t column[N_COLUMNS], rows = 0;
    trb_text_table t;
    trb_status status = trb_text_table_read(path, table->pool, &t, err);
    if (!status)
        status = trb_text_table_square(&t, err);
    if (!status)
        status = find_columns(&t, NAME, N_COLUMNS, column, err);
    for (size_t r = 1; !status && r < t.n_records; r += rows) {
        rows = run_length(&t, column, r);
        status = add_scan(table, &t, column, r, rows, err);
    }
    const char *slash = strrchr(path, '/');
    const char *beside =
        status ? NULL : trb_pool_print(table->pool, err, "%.*spercentiles.csv", slash ? (int)(slash + 1 - path) : 0, path);
    if (!status && !beside)
        return TRB_ERR_MEMORY;
    return status || access(beside, F_OK) != 0 ? status : add_percentiles(table, beside, err);
}
