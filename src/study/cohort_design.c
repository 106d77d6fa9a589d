/*
 * cohort_design.c - what a laboratory keeps beside the results: who is in which group, and what else is known of it.
 *
 * A design row applies to the row of its sample; when the design names animals only (or no sample of that name is
 * there), to all rows of the animal, or to the sample of that name when the results name no animals. What it says replaces what the results say.
 */
#include "study/cohort_build.h"
#include "study/cohort_header.h"
#include "study/cohort_match.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- design */

typedef struct design {
    trb_text_table table;
    trb_cohort_roles roles;
    size_t name_column;
    size_t *record; /* one a row of the cohort: the design record that speaks of it; 0: none */
} design;

static trb_status speak_of(const trb_cohort *cohort, design *d, size_t record, size_t row, trb_error *err)
{
    if (d->record[row])
        return trb_error_set(err, TRB_ERR_DATA, "%s: rows %zu and %zu both speak of sample \"%s\"",
                             d->table.file, d->table.record[d->record[row]].row, d->table.record[record].row,
                             cohort->row[row].sample);
    d->record[row] = record;
    return TRB_OK;
}

static trb_status find_records(const trb_cohort *cohort, design *d, trb_error *err)
{
    const trb_matcher m = {cohort, trb_sample_index(cohort, err)};
    d->record = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *d->record, err);
    if (!m.index || !d->record)
        return TRB_ERR_MEMORY;
    trb_status status = TRB_OK;
    for (size_t record = 1; record < d->table.n_records && !status; record++) {
        const char *name = trb_role_text(&d->table, record, d->name_column);
        if (d->name_column == d->roles.sample && trb_match_sample(&m, name)) {
            status = speak_of(cohort, d, record, trb_sample_find(m.index, cohort->n_rows, name), err);
            continue;
        }
        const size_t sample = trb_sample_find(m.index, cohort->n_rows, name);
        if (sample != TRB_NO_COLUMN && !*cohort->row[sample].animal) { /* results that name no animals */
            status = speak_of(cohort, d, record, sample, err);
            continue;
        }
        for (size_t r = 0; r < cohort->n_rows && *name && !status; r++)
            if (trb_match_row(&m, name, false, r))
                status = speak_of(cohort, d, record, r, err);
    }
    return status;
}

/* Up to five names, for a sentence. */
static void add_name(char *list, size_t bytes, size_t n_before, const char *name)
{
    const size_t used = strlen(list);
    if (n_before < 5)
        snprintf(list + used, bytes - used, "%s\"%.60s\"", n_before ? ", " : "", name);
    else if (n_before == 5)
        snprintf(list + used, bytes - used, ", ...");
}

static trb_status check_match(trb_cohort *cohort, const design *d, trb_error *err)
{
    char unknown[500] = "", silent[500] = "";
    size_t n_unknown = 0, n_silent = 0;
    const char *guess = NULL, *guessed_for = "";
    bool *used = trb_pool_array(trb_cohort_pool(cohort), d->table.n_records, sizeof *used, err);
    if (!used)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        used[d->record[r]] = true;
        if (!d->record[r])
            add_name(silent, sizeof silent, n_silent++, cohort->row[r].sample);
    }
    for (size_t record = 1; record < d->table.n_records; record++) {
        const char *name = trb_role_text(&d->table, record, d->name_column);
        if (used[record])
            continue;
        add_name(unknown, sizeof unknown, n_unknown++, name);
        if (!guess && n_unknown <= 5 && (guess = trb_match_nearest(cohort, name)) != NULL)
            guessed_for = name;
    }
    if (n_silent == cohort->n_rows)
        return trb_error_set(err, TRB_ERR_DATA,
                             "%s and %s have no sample in common: the one names %s, the other %s",
                             d->table.file, cohort->row[0].file, unknown, silent);
    if (n_unknown)
        trb_cohort_warn(cohort, "%s: %zu rows speak of samples that are not in the results: %s%s%s%s%s%s",
                        d->table.file, n_unknown, unknown, guess ? " (is \"" : "", guessed_for,
                        guess ? "\" meant to be \"" : "", guess ? guess : "", guess ? "\"?)" : "");
    if (n_silent)
        trb_cohort_warn(cohort, "%s says nothing of %zu samples: %s", d->table.file, n_silent, silent);
    return TRB_OK;
}

static void replace(const char **text, const char *by)
{
    if (*by)
        *text = by;
}

/* Groups in the order of the design, which a person wrote, then those that only the results name. */
static trb_status apply_groups(trb_cohort *cohort, const design *d, trb_error *err)
{
    const char **group = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *group, err);
    if (!group)
        return TRB_ERR_MEMORY;
    size_t n_changed = 0, index;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        const size_t g = cohort->row[r].group;
        const char *said = d->record[r] ? trb_role_text(&d->table, d->record[r], d->roles.group) : "";
        group[r] = g == TRB_COHORT_NO_GROUP ? "" : cohort->group_name[g];
        n_changed += *said && *group[r] && strcmp(said, group[r]) != 0;
        replace(&group[r], said);
    }
    cohort->n_groups = 0;
    cohort->group_name = NULL;
    trb_status status = TRB_OK;
    for (size_t record = 1; record < d->table.n_records && !status; record++)
        status =
            trb_cohort_group_index(cohort, trb_role_text(&d->table, record, d->roles.group), &index, err);
    for (size_t r = 0; r < cohort->n_rows && !status; r++)
        status = trb_cohort_group_index(cohort, group[r], &cohort->row[r].group, err);
    cohort->has_groups = cohort->n_groups > 0;
    if (n_changed)
        trb_cohort_note(cohort, "%s: %zu rows changed their group", d->table.file, n_changed);
    return status;
}

static void apply_roles(trb_cohort *cohort, const design *d)
{
    for (size_t r = 0; r < cohort->n_rows; r++) {
        trb_cohort_row *row = &cohort->row[r];
        const size_t record = d->record[r];
        double time;
        if (!record)
            continue;
        replace(&row->animal, trb_role_text(&d->table, record, d->roles.animal));
        replace(&row->side, trb_role_text(&d->table, record, d->roles.side));
        const char *said = trb_role_text(&d->table, record, d->roles.time);
        replace(&row->time, said);
        if (*said)
            row->time_value = trb_cell_read(said, d->table.decimal, &time) == TRB_CELL_NUMBER ? time : NAN;
    }
}

static trb_status apply_numbers(trb_cohort *cohort, const design *d, size_t column, const char *key,
                                const char *unit, trb_error *err)
{
    trb_cohort_metric *metric = NULL;
    for (size_t m = 0; m < cohort->n_metrics; m++)
        if (strcmp(cohort->metric[m].key, key) == 0)
            metric = &cohort->metric[m];
    if (!metric) {
        metric = trb_cohort_add_metric(cohort, key, unit, trb_text_cell(&d->table, 0, column), err);
        if (!metric)
            return TRB_ERR_MEMORY;
        metric->kind = trb_metric_is_housekeeping(key)         ? TRB_COHORT_HOUSEKEEPING
                       : trb_metric_rank(key) != TRB_NO_COLUMN ? TRB_COHORT_METRIC
                                                               : TRB_COHORT_COVARIATE;
    } else if (metric->kind == TRB_COHORT_METRIC) /* a design must not replace what was measured */
        return trb_error_set(
            err, TRB_ERR_DATA,
            "%s: column \"%s\" is an outcome that the results have too (\"%s\"); take it out of one of them",
            d->table.file, trb_text_cell(&d->table, 0, column), metric->header);
    double factor, value;
    if (!trb_unit_factor(unit, metric->unit, &factor))
        return trb_error_set(err, TRB_ERR_DATA, "%s: column \"%s\" does not convert to \"%s\" of the results",
                             d->table.file, trb_text_cell(&d->table, 0, column), metric->header);
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (d->record[r] && trb_cell_read(trb_text_cell(&d->table, d->record[r], column), d->table.decimal,
                                          &value) == TRB_CELL_NUMBER)
            metric->value[r] = value * factor;
    return TRB_OK;
}

static trb_status apply_text(trb_cohort *cohort, const design *d, size_t column, trb_error *err)
{
    const char *name = trb_column_name(&d->table, column, err);
    trb_cohort_attribute *attribute = NULL;
    for (size_t a = 0; name && a < cohort->n_attributes; a++)
        if (strcmp(cohort->attribute[a].name, name) == 0)
            attribute = &cohort->attribute[a];
    if (!attribute && name)
        attribute = trb_cohort_add_attribute(cohort, name, err);
    if (!attribute)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (d->record[r])
            replace(&attribute->text[r], trb_role_text(&d->table, d->record[r], column));
    return TRB_OK;
}

static trb_status apply_column(trb_cohort *cohort, const design *d, size_t column, trb_error *err)
{
    const char *key, *unit;
    trb_column_kind kind;
    size_t odd;
    trb_status status =
        trb_header_split(trb_text_cell(&d->table, 0, column), d->table.pool, &key, &unit, err);
    if (!status)
        status = trb_column_classify(&d->table, column, key, unit, &kind, &odd, err);
    if (status)
        return status;
    return kind == TRB_COLUMN_NUMBERS ? apply_numbers(cohort, d, column, key, unit, err)
                                      : apply_text(cohort, d, column, err);
}

static trb_status read_design(const char *path, const trb_cohort_options *options, design *d, trb_pool *pool,
                              trb_error *err)
{
    /* Names that were given for the results' columns may stand in the design too, but need not. */
    trb_cohort_options by_name = trb_cohort_options_default();
    bool *numeric = NULL;
    trb_status status = trb_text_table_read(path, pool, &d->table, err);
    if (!status)
        status = trb_text_table_square(&d->table, err);
    if (!status && trb_cohort_find_roles(&d->table, options, &d->roles, NULL))
        status = trb_cohort_find_roles(&d->table, &by_name, &d->roles, err);
    if (!status && !(numeric = trb_columns_numeric(&d->table, &d->roles, err)))
        status = TRB_ERR_MEMORY;
    if (!status)
        status = trb_text_table_decimal(&d->table, numeric, err);
    if (status)
        return status;
    d->name_column = d->roles.sample != TRB_NO_COLUMN ? d->roles.sample : d->roles.animal;
    if (d->name_column == TRB_NO_COLUMN)
        return trb_error_set(err, TRB_ERR_FORMAT,
                             "%s has no column of samples or animals (sample, sample_id, animal, ...)", path);
    if (d->table.n_records < 2)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s has a header and no rows", path);
    return TRB_OK;
}

trb_status trb_cohort_design(trb_cohort *cohort, const char *path, const trb_cohort_options *options,
                             trb_error *err)
{
    design d = {.record = NULL};
    trb_status status = read_design(path, options, &d, trb_cohort_pool(cohort), err);
    if (!status)
        status = find_records(cohort, &d, err);
    if (!status)
        status = check_match(cohort, &d, err);
    if (!status && d.roles.group != TRB_NO_COLUMN)
        status = apply_groups(cohort, &d, err);
    if (status)
        return status;
    apply_roles(cohort, &d);
    for (size_t c = 0; c < d.table.n_columns && !status; c++)
        if (!trb_is_role(&d.roles, c))
            status = apply_column(cohort, &d, c, err);
    return status;
}
