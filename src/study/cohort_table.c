/* cohort_table.c - one text table as a cohort: who the rows are, and the columns. */
#include "study/cohort_build.h"
#include "study/cohort_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- rows */

/* The first two rows with one name. */
static trb_status find_duplicate(const trb_cohort *cohort, size_t *first, size_t *second, trb_error *err)
{
    const trb_name_entry *entry = trb_sample_index(cohort, err);
    if (!entry)
        return TRB_ERR_MEMORY;
    *first = *second = TRB_NO_COLUMN;
    for (size_t i = 1; i < cohort->n_rows; i++)
        if (strcmp(entry[i - 1].name, entry[i].name) == 0 && entry[i].row < *second) {
            *first = entry[i - 1].row;
            *second = entry[i].row;
        }
    return TRB_OK;
}

static const char *longer_name(const trb_cohort_row *row, trb_pool *pool, trb_error *err)
{
    const char *base = *row->animal && !*row->sample ? row->animal : row->sample;
    return trb_pool_print(pool, err, "%s%s%s%s%s", base, *row->side ? " " : "", row->side,
                          *row->time ? " " : "", row->time);
}

/* A table in long form names the animal in each row: side and time make the rows different. */
static trb_status name_by_side_and_time(trb_cohort *cohort, const trb_text_table *table,
                                        const trb_cohort_roles *roles, trb_error *err)
{
    for (size_t r = 0; r < cohort->n_rows; r++) {
        trb_cohort_row *row = &cohort->row[r];
        const char *name = longer_name(row, trb_cohort_pool(cohort), err);
        if (!name)
            return TRB_ERR_MEMORY;
        if (!*row->animal)
            row->animal = row->sample;
        row->sample = name;
    }
    const bool by_animal = roles->sample == TRB_NO_COLUMN;
    trb_cohort_note(cohort, "%s: rows are named by %s%s%s%s%s", table->file, by_animal ? "animal" : "sample",
                    roles->side != TRB_NO_COLUMN ? ", side" : "",
                    roles->time != TRB_NO_COLUMN ? ", time" : "",
                    by_animal ? "" : "; the sample is taken for the animal",
                    by_animal || roles->animal == TRB_NO_COLUMN ? "" : " where none is named");
    return TRB_OK;
}

static trb_status make_names_unique(trb_cohort *cohort, const trb_text_table *table,
                                    const trb_cohort_roles *roles, trb_error *err)
{
    size_t a, b;
    trb_status status =
        roles->sample == TRB_NO_COLUMN ? name_by_side_and_time(cohort, table, roles, err) : TRB_OK;
    if (!status)
        status = find_duplicate(cohort, &a, &b, err);
    if (!status && a != TRB_NO_COLUMN && roles->sample != TRB_NO_COLUMN &&
        (roles->side != TRB_NO_COLUMN || roles->time != TRB_NO_COLUMN)) {
        status = name_by_side_and_time(cohort, table, roles, err);
        if (!status)
            status = find_duplicate(cohort, &a, &b, err);
    }
    if (status || a == TRB_NO_COLUMN)
        return status;
    return trb_error_set(err, TRB_ERR_DATA,
                         "%s: sample \"%s\" stands in row %zu and in row %zu; give each row a name of its "
                         "own, or take one out",
                         table->file, cohort->row[a].sample, cohort->row[a].line, cohort->row[b].line);
}

static trb_status read_row(trb_cohort *cohort, const trb_text_table *table, size_t record,
                           const trb_cohort_roles *roles, trb_error *err)
{
    trb_cohort_row *row = &cohort->row[record - 1];
    *row = (trb_cohort_row){.sample = trb_role_text(table, record, roles->sample),
                            .animal = trb_role_text(table, record, roles->animal),
                            .side = trb_role_text(table, record, roles->side),
                            .time = trb_role_text(table, record, roles->time),
                            .time_value = NAN,
                            .n_scans = 1,
                            .scans = trb_role_text(table, record, roles->sample),
                            .file = table->file,
                            .line = table->record[record].row};
    double time;
    if (trb_cell_read(row->time, table->decimal, &time) == TRB_CELL_NUMBER)
        row->time_value = time;
    const size_t column = roles->sample != TRB_NO_COLUMN ? roles->sample : roles->animal;
    if (!*(roles->sample != TRB_NO_COLUMN ? row->sample : row->animal)) {
        char where[512];
        trb_text_where(table, record, column, where, sizeof where);
        return trb_error_set(err, TRB_ERR_DATA, "%s: the row has values but no name", where);
    }
    return trb_cohort_group_index(cohort, trb_role_text(table, record, roles->group), &row->group, err);
}

static trb_status refuse_nameless(const trb_text_table *table, trb_error *err)
{
    char list[400] = "";
    size_t used = 0;
    for (size_t c = 0; c < table->n_columns && used < sizeof list; c++)
        used += (size_t)snprintf(list + used, sizeof list - used, "%s%.60s", c ? ", " : "",
                                 trb_text_cell(table, 0, c));
    return trb_error_set(err, TRB_ERR_FORMAT,
                         "%s has no column of samples (sample, sample_id, filename, animal, ...); its "
                         "columns are %s; name one "
                         "with --sample COLUMN",
                         table->file, list);
}

static trb_status read_rows(trb_cohort *cohort, const trb_text_table *table, const trb_cohort_roles *roles,
                            trb_error *err)
{
    if (roles->sample == TRB_NO_COLUMN && roles->animal == TRB_NO_COLUMN)
        return refuse_nameless(table, err);
    if (table->n_records < 2)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s has a header and no rows", table->file);
    cohort->n_rows = table->n_records - 1;
    cohort->row = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *cohort->row, err);
    trb_status status = cohort->row ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t record = 1; record < table->n_records && !status; record++)
        status = read_row(cohort, table, record, roles, err);
    cohort->has_groups = cohort->n_groups > 0;
    return status ? status : make_names_unique(cohort, table, roles, err);
}

/* ---- columns */

static trb_status refuse_twice(const trb_cohort *cohort, const trb_text_table *table, size_t column,
                               const char *key, trb_error *err)
{
    for (size_t m = 0; m < cohort->n_metrics; m++)
        if (strcmp(cohort->metric[m].key, key) == 0)
            return trb_error_set(
                err, TRB_ERR_DATA, "%s: columns \"%s\" and \"%s\" (column %zu) are the same metric %s",
                table->file, cohort->metric[m].header, trb_text_cell(table, 0, column), column + 1, key);
    return TRB_OK;
}

static trb_status add_numbers(trb_cohort *cohort, const trb_text_table *table, size_t column, const char *key,
                              const char *unit, trb_error *err)
{
    trb_status status = refuse_twice(cohort, table, column, key, err);
    if (status)
        return status;
    trb_cohort_metric *metric =
        trb_cohort_add_metric(cohort, key, unit, trb_text_cell(table, 0, column), err);
    if (!metric)
        return TRB_ERR_MEMORY;
    metric->kind = trb_metric_is_housekeeping(key) ? TRB_COHORT_HOUSEKEEPING
                   : trb_metric_is_covariate(key)  ? TRB_COHORT_COVARIATE
                                                   : TRB_COHORT_METRIC;
    for (size_t record = 1; record < table->n_records; record++) {
        double value;
        if (trb_cell_read(trb_text_cell(table, record, column), table->decimal, &value) == TRB_CELL_NUMBER)
            metric->value[record - 1] = value;
    }
    return TRB_OK;
}

static trb_status add_text(trb_cohort *cohort, const trb_text_table *table, size_t column, trb_error *err)
{
    const char *name = trb_column_name(table, column, err);
    if (!name)
        return TRB_ERR_MEMORY;
    for (size_t a = 0; a < cohort->n_attributes; a++)
        if (strcmp(cohort->attribute[a].name, name) == 0)
            return trb_error_set(err, TRB_ERR_DATA,
                                 "%s: two columns are named \"%s\" (the second is column %zu)", table->file,
                                 name, column + 1);
    trb_cohort_attribute *attribute = trb_cohort_add_attribute(cohort, name, err);
    if (!attribute)
        return TRB_ERR_MEMORY;
    for (size_t record = 1; record < table->n_records; record++)
        attribute->text[record - 1] = trb_role_text(table, record, column);
    return TRB_OK;
}

static trb_status add_column(trb_cohort *cohort, const trb_text_table *table, size_t column, trb_error *err)
{
    const char *key, *unit;
    trb_column_kind kind;
    size_t odd;
    trb_status status = trb_header_split(trb_text_cell(table, 0, column), table->pool, &key, &unit, err);
    if (!status)
        status = trb_column_classify(table, column, key, unit, &kind, &odd, err);
    if (status)
        return status;
    if (odd) {
        char where[512];
        trb_text_where(table, odd, column, where, sizeof where);
        trb_cohort_warn(cohort,
                        "%s: \"%.60s\" is no number, so the column is taken for text and not analysed", where,
                        trb_text_cell(table, odd, column));
    }
    return kind == TRB_COLUMN_NUMBERS ? add_numbers(cohort, table, column, key, unit, err)
                                      : add_text(cohort, table, column, err);
}

static trb_status say_time_unit(trb_cohort *cohort, const trb_text_table *table, size_t column,
                                trb_error *err)
{
    const char *key, *unit;
    if (column == TRB_NO_COLUMN)
        return TRB_OK;
    const trb_status status =
        trb_header_split(trb_text_cell(table, 0, column), table->pool, &key, &unit, err);
    if (!status)
        cohort->time_unit = *unit ? unit : trb_unit_spelling(key) ? trb_unit_spelling(key) : "";
    return status;
}

trb_status trb_cohort_from_table(trb_text_table *table, const trb_cohort_options *options, trb_cohort *cohort,
                                 trb_error *err)
{
    trb_cohort_roles roles;
    bool *numeric = NULL;
    trb_status status = trb_text_table_square(table, err);
    if (!status)
        status = trb_cohort_find_roles(table, options, &roles, err);
    if (!status && !(numeric = trb_columns_numeric(table, &roles, err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = trb_text_table_decimal(table, numeric, err);
    if (!status)
        status = read_rows(cohort, table, &roles, err);
    for (size_t c = 0; c < table->n_columns && !status; c++)
        if (!trb_is_role(&roles, c))
            status = add_column(cohort, table, c, err);
    if (!status)
        status = say_time_unit(cohort, table, roles.time, err);
    if (!status && table->latin1)
        trb_cohort_note(cohort, "%s is not UTF-8; it was read as Windows-1252", table->file);
    if (!status && table->decimal == ',')
        trb_cohort_note(cohort, "numbers have decimal commas");
    if (!status && roles.group != TRB_NO_COLUMN && strcmp(trb_text_cell(table, 0, roles.group), "group") != 0)
        trb_cohort_note(cohort, "the group is column \"%s\"", trb_text_cell(table, 0, roles.group));
    return status;
}
