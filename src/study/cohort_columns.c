/* cohort_columns.c - what each column of a table is. */
#include "study/cohort_build.h"
#include "study/cohort_header.h"

#include <stdio.h>
#include <string.h>

/* By trb_name_plain(); the first that a table has is it. */
static const char *const SAMPLE[] = {"sample",   "sampleid", "samplename", "samplecode", "scan",  "scanid",
                                     "scanname", "filename", "file",       "dataset",    "image", "label",
                                     "id",       "name",     "study",      NULL};
static const char *const GROUP[] = {
    "group", "groupname", "groupid", "experimentalgroup", "treatmentgroup", "treatment",
    "arm",   "condition", NULL};
static const char *const ANIMAL[] = {
    "animal",  "animalid",  "animalno", "animalname", "mouse", "mouseid", "mousecode",  "rat", "ratid",
    "subject", "subjectid", "specimen", "specimenid", "donor", "patient", "individual", NULL};
static const char *const SIDE[] = {"side", "limb", "leg", "laterality", NULL};
static const char *const TIME[] = {"time", "timepoint", "week",   "weeks", "day",
                                   "days", "month",     "months", "visit", NULL};

/* Names of numbers that are names: never averaged, never tested. */
static const char *const NAMES[] = {"cage", "litter", "batch",  "repeat", "repeatno", "replicate", "rep",
                                    "run",  "no",     "nr",     "number", "index",    "id",        "seed",
                                    "date", "measno", "sampno", "scanno", "operator", "order",     NULL};

static bool in_list(const char *plain, const char *const *list)
{
    for (; *list; list++)
        if (strcmp(plain, *list) == 0)
            return true;
    return false;
}

static void plain_header(const trb_text_table *table, size_t column, char *out, size_t bytes)
{
    const char *key = "", *unit = "";
    if (trb_header_split(trb_text_cell(table, 0, column), table->pool, &key, &unit, NULL))
        key = "";
    trb_name_plain(key, out, bytes);
}

static size_t by_name(const trb_text_table *table, const char *const *names)
{
    char plain[64];
    for (; *names; names++)
        for (size_t c = 0; c < table->n_columns; c++) {
            plain_header(table, c, plain, sizeof plain);
            if (strcmp(plain, *names) == 0)
                return c;
        }
    return TRB_NO_COLUMN;
}

static trb_status by_request(const trb_text_table *table, const char *wanted, const char *role,
                             size_t *column, trb_error *err)
{
    const char *const *headers = &table->cell[table->record[0].first];
    for (size_t c = 0; c < table->n_columns; c++)
        if (strcmp(headers[c], wanted) == 0) {
            *column = c;
            return TRB_OK;
        }
    char plain[64], other[64];
    trb_name_plain(wanted, plain, sizeof plain);
    for (size_t c = 0; c < table->n_columns && *plain; c++) {
        plain_header(table, c, other, sizeof other);
        if (strcmp(plain, other) == 0) {
            *column = c;
            return TRB_OK;
        }
    }
    const char *near = trb_nearest_name(wanted, headers, table->n_columns);
    return trb_error_set(err, TRB_ERR_ARGUMENT, "%s has no column \"%s\" for the %s%s%s%s", table->file,
                         wanted, role, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

trb_status trb_cohort_find_roles(const trb_text_table *table, const trb_cohort_options *options,
                                 trb_cohort_roles *roles, trb_error *err)
{
    const struct {
        const char *name, *wanted;
        const char *const *names;
        size_t *column;
    } parts[] = {
        {"sample", options->sample_column, SAMPLE, &roles->sample},
        {"group", options->group_column, GROUP, &roles->group},
        {"animal", options->animal_column, ANIMAL, &roles->animal},
        {"side", options->side_column, SIDE, &roles->side},
        {"time", options->time_column, TIME, &roles->time},
    };
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i].column = TRB_NO_COLUMN;
        if (parts[i].wanted) {
            const trb_status status = by_request(table, parts[i].wanted, parts[i].name, parts[i].column, err);
            if (status)
                return status;
        }
    }
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].wanted)
            continue;
        const size_t column = by_name(table, parts[i].names);
        if (column != TRB_NO_COLUMN &&
            !trb_is_role(roles, column)) /* what was asked for goes before what is guessed */
            *parts[i].column = column;
    }
    return TRB_OK;
}

const char *trb_role_text(const trb_text_table *table, size_t record, size_t column)
{
    double value;
    if (column == TRB_NO_COLUMN)
        return "";
    const char *text = trb_text_cell(table, record, column);
    return trb_cell_read(text, '.', &value) == TRB_CELL_MISSING ? "" : text;
}

const char *trb_column_name(const trb_text_table *table, size_t column, trb_error *err)
{
    const char *header = trb_text_cell(table, 0, column);
    return *header ? header : trb_pool_print(table->pool, err, "column %zu", column + 1);
}

/* ---- numbers or text */

typedef struct cell_counts {
    size_t numbers, words, first_word;
} cell_counts;

/* decimal 0: either sign will do. */
static cell_counts count_cells(const trb_text_table *table, size_t column, char decimal)
{
    cell_counts counts = {0, 0, 0};
    double value;
    for (size_t r = 1; r < table->n_records; r++) {
        const char *text = trb_text_cell(table, r, column);
        trb_cell_kind kind = trb_cell_read(text, decimal ? decimal : '.', &value);
        if (kind == TRB_CELL_TEXT && !decimal)
            kind = trb_cell_read(text, ',', &value);
        counts.numbers += kind == TRB_CELL_NUMBER;
        if (kind == TRB_CELL_TEXT && counts.words++ == 0)
            counts.first_word = r;
    }
    return counts;
}

bool *trb_columns_numeric(const trb_text_table *table, const trb_cohort_roles *roles, trb_error *err)
{
    bool *numeric = trb_pool_array(table->pool, table->n_columns, sizeof *numeric, err);
    for (size_t c = 0; numeric && c < table->n_columns; c++) {
        const cell_counts counts = count_cells(table, c, 0);
        const char *header = trb_text_cell(table, 0, c);
        numeric[c] = (c == roles->time || !trb_is_role(roles, c)) && counts.numbers > 0 &&
                     (counts.words == 0 || trb_metric_symbol(header) || strchr(header, '['));
    }
    return numeric;
}

trb_status trb_column_classify(const trb_text_table *table, size_t column, const char *key, const char *unit,
                               trb_column_kind *kind, size_t *odd, trb_error *err)
{
    const cell_counts counts = count_cells(table, column, table->decimal);
    const bool must = trb_metric_symbol(key) || *unit;
    char plain[64], where[512];
    trb_name_plain(key, plain, sizeof plain);
    *odd = 0;
    *kind = TRB_COLUMN_TEXT;
    if (in_list(plain, NAMES) || !*trb_text_cell(table, 0, column))
        return TRB_OK;
    if (must && counts.words > 0) {
        trb_text_where(table, counts.first_word, column, where, sizeof where);
        return trb_error_set(err, TRB_ERR_DATA,
                             "%s: \"%.60s\" is no number (missing values are empty cells or NA)", where,
                             trb_text_cell(table, counts.first_word, column));
    }
    if (counts.words == 0)
        *kind = counts.numbers > 0 || must ? TRB_COLUMN_NUMBERS : TRB_COLUMN_EMPTY;
    else if (counts.numbers >= 3 && counts.numbers >= counts.words)
        *odd = counts.first_word;
    return TRB_OK;
}
