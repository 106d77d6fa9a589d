/* cohort_exclude.c - rows that are taken out on request, each with its reason, which the report lists. */
#include "study/cohort_build.h"
#include "study/cohort_header.h"
#include "study/cohort_match.h"

#include <stdio.h>
#include <string.h>

static trb_status exclude_one(trb_cohort *cohort, const trb_matcher *m, bool *keep, const char *name,
                              const char *reason, const char *source, trb_error *err)
{
    const bool is_sample = trb_match_sample(m, name);
    if (!is_sample && !(*name && trb_match_animal(m, name))) {
        const char *near = trb_match_nearest(cohort, name);
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: there is no sample or animal \"%s\"%s%s%s", source,
                             name, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
    }
    if (!*reason)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s: \"%s\" is excluded without a reason; say why, the report lists it", source,
                             name);
    for (size_t r = 0; r < cohort->n_rows; r++) {
        if (!keep[r] || !trb_match_row(m, name, is_sample, r))
            continue;
        trb_cohort_exclusion *list = trb_pool_grow(trb_cohort_pool(cohort), cohort->exclusion,
                                                   cohort->n_exclusions, sizeof *list, err);
        if (!list)
            return TRB_ERR_MEMORY;
        const trb_cohort_row *row = &cohort->row[r];
        const char *group = row->group == TRB_COHORT_NO_GROUP ? "" : cohort->group_name[row->group];
        list[cohort->n_exclusions++] =
            (trb_cohort_exclusion){row->sample, row->animal, group, reason, row->file, row->line};
        cohort->exclusion = list;
        keep[r] = false;
    }
    return TRB_OK;
}

static trb_status exclude_word(trb_cohort *cohort, const trb_matcher *m, bool *keep, const char *word,
                               trb_error *err)
{
    const char *equals = strchr(word, '=');
    if (!equals)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "exclude \"%s\": expected sample=reason", word);
    const char *name = trb_pool_text(trb_cohort_pool(cohort), word, (size_t)(equals - word), err);
    const char *reason = trb_pool_text(trb_cohort_pool(cohort), equals + 1, strlen(equals + 1), err);
    return name && reason ? exclude_one(cohort, m, keep, name, reason, "exclude", err) : TRB_ERR_MEMORY;
}

static trb_status exclude_by_file(trb_cohort *cohort, const trb_matcher *m, bool *keep, const char *path,
                                  trb_error *err)
{
    const trb_cohort_options by_name = trb_cohort_options_default();
    trb_text_table table;
    trb_cohort_roles roles;
    trb_status status = trb_text_table_read(path, trb_cohort_pool(cohort), &table, err);
    if (!status)
        status = trb_text_table_square(&table, err);
    if (!status)
        status = trb_cohort_find_roles(&table, &by_name, &roles, err);
    if (status)
        return status;
    const size_t names = roles.sample != TRB_NO_COLUMN ? roles.sample : roles.animal;
    size_t reasons = TRB_NO_COLUMN;
    char plain[64];
    for (size_t c = 0; c < table.n_columns; c++) {
        trb_name_plain(trb_text_cell(&table, 0, c), plain, sizeof plain);
        if (strcmp(plain, "reason") == 0)
            reasons = c;
    }
    if (names == TRB_NO_COLUMN || reasons == TRB_NO_COLUMN)
        return trb_error_set(err, TRB_ERR_FORMAT, "%s must have the columns sample and reason", path);
    for (size_t record = 1; record < table.n_records && !status; record++) {
        char source[300];
        snprintf(source, sizeof source, "%.200s: row %zu", path, table.record[record].row);
        status = exclude_one(cohort, m, keep, trb_role_text(&table, record, names),
                             trb_role_text(&table, record, reasons), source, err);
    }
    return status;
}

trb_status trb_cohort_exclude(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err)
{
    if (options->n_exclude == 0 && !options->exclude_file)
        return TRB_OK;
    const trb_matcher m = {cohort, trb_sample_index(cohort, err)};
    bool *keep = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *keep, err);
    if (!m.index || !keep)
        return TRB_ERR_MEMORY;
    memset(keep, 1, cohort->n_rows);
    trb_status status = TRB_OK;
    for (size_t i = 0; i < options->n_exclude && !status; i++)
        status = exclude_word(cohort, &m, keep, options->exclude[i], err);
    if (!status && options->exclude_file)
        status = exclude_by_file(cohort, &m, keep, options->exclude_file, err);
    if (status)
        return status;
    if (cohort->n_exclusions == cohort->n_rows)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "all %zu rows are excluded", cohort->n_rows);
    trb_cohort_note(cohort, "%zu of %zu rows were excluded on request", cohort->n_exclusions, cohort->n_rows);
    return trb_cohort_keep_rows(cohort, keep, err);
}
