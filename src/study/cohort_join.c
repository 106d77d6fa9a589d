/*
 * cohort_join.c - two tables into one.
 *
 * Each row of the second table finds the row of the first with its sample, or becomes a new one. Then every column is
 * carried over. Nothing is ever overwritten: two values for one sample and one metric are a mistake that only the
 * owner of the tables can resolve.
 */
#include "study/cohort_build.h"
#include "study/cohort_header.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static trb_status refuse_two(const trb_cohort_row *a, const trb_cohort_row *b, const char *what,
                             const char *remedy, trb_error *err)
{
    return trb_error_set(err, TRB_ERR_DATA, "sample \"%s\" stands in %s row %zu and in %s row %zu %s; %s",
                         a->sample, a->file, a->line, b->file, b->line, what, remedy);
}

/* ---- rows */

static trb_status widen_columns(trb_cohort *cohort, size_t n, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    for (size_t m = 0; m < cohort->n_metrics; m++) {
        double *value = trb_pool_array(pool, n, sizeof *value, err);
        if (!value)
            return TRB_ERR_MEMORY;
        memcpy(value, cohort->metric[m].value, cohort->n_rows * sizeof *value);
        for (size_t r = cohort->n_rows; r < n; r++)
            value[r] = NAN;
        cohort->metric[m].value = value;
    }
    for (size_t a = 0; a < cohort->n_attributes; a++) {
        const char **text = trb_pool_array(pool, n, sizeof *text, err);
        if (!text)
            return TRB_ERR_MEMORY;
        memcpy(text, cohort->attribute[a].text, cohort->n_rows * sizeof *text);
        for (size_t r = cohort->n_rows; r < n; r++)
            text[r] = "";
        cohort->attribute[a].text = text;
    }
    return TRB_OK;
}

/* target[i]: where row i of other goes. */
static trb_status find_targets(const trb_cohort *cohort, const trb_cohort *other, size_t *target,
                               size_t *n_common, trb_error *err)
{
    const trb_name_entry *index = trb_sample_index(cohort, err);
    if (!index)
        return TRB_ERR_MEMORY;
    size_t n = cohort->n_rows;
    *n_common = 0;
    for (size_t i = 0; i < other->n_rows; i++) {
        const size_t row = trb_sample_find(index, cohort->n_rows, other->row[i].sample);
        *n_common += row != TRB_NO_COLUMN;
        target[i] = row != TRB_NO_COLUMN ? row : n++;
    }
    return TRB_OK;
}

static trb_status merge_text(const char **have, const char *give, const trb_cohort_row *a,
                             const trb_cohort_row *b, const char *what, trb_error *err)
{
    if (*give && **have && strcmp(*have, give) != 0)
        return refuse_two(a, b, what, "correct one of them", err);
    if (!**have)
        *have = give;
    return TRB_OK;
}

static trb_status merge_row(trb_cohort *cohort, trb_cohort_row *have, const trb_cohort_row *give,
                            const char *group, trb_error *err)
{
    size_t index;
    trb_status status = merge_text(&have->animal, give->animal, have, give, "with two animals", err);
    if (!status)
        status = merge_text(&have->side, give->side, have, give, "with two sides", err);
    if (!status)
        status = merge_text(&have->time, give->time, have, give, "with two times", err);
    if (!status && isnan(have->time_value))
        have->time_value = give->time_value;
    if (!status)
        status = trb_cohort_group_index(cohort, group, &index, err);
    if (status || index == TRB_COHORT_NO_GROUP)
        return status;
    if (have->group != TRB_COHORT_NO_GROUP && have->group != index)
        return refuse_two(have, give, "in two groups", "correct one of them, or give the groups in a design",
                          err);
    have->group = index;
    return TRB_OK;
}

static const char *group_text(const trb_cohort *cohort, size_t row)
{
    return cohort->row[row].group == TRB_COHORT_NO_GROUP ? "" : cohort->group_name[cohort->row[row].group];
}

static trb_status merge_rows(trb_cohort *cohort, const trb_cohort *other, const size_t *target, size_t n,
                             trb_error *err)
{
    trb_cohort_row *rows = trb_pool_array(trb_cohort_pool(cohort), n, sizeof *rows, err);
    trb_status status = rows ? widen_columns(cohort, n, err) : TRB_ERR_MEMORY;
    if (status)
        return status;
    memcpy(rows, cohort->row, cohort->n_rows * sizeof *rows);
    cohort->row = rows;
    for (size_t i = 0; i < other->n_rows && !status; i++) {
        if (target[i] >= cohort->n_rows) {
            rows[target[i]] = other->row[i];
            status = trb_cohort_group_index(cohort, group_text(other, i), &rows[target[i]].group, err);
        } else {
            status = merge_row(cohort, &rows[target[i]], &other->row[i], group_text(other, i), err);
        }
    }
    cohort->n_rows = n;
    cohort->has_groups = cohort->has_groups || other->has_groups;
    return status;
}

/* ---- columns */

static trb_cohort_metric *same_metric(const trb_cohort *cohort, const char *key)
{
    for (size_t m = 0; m < cohort->n_metrics; m++)
        if (strcmp(cohort->metric[m].key, key) == 0)
            return &cohort->metric[m];
    return NULL;
}

static const char *unit_or_none(const char *unit)
{
    return *unit ? unit : "no unit";
}

static bool differ(double a, double b)
{
    return fabs(a - b) > 1e-12 * fabs(a); /* a conversion may have touched the last bits */
}

static trb_status merge_values(trb_cohort *cohort, trb_cohort_metric *have, const trb_cohort *other,
                               const trb_cohort_metric *give, const size_t *target, double factor,
                               trb_error *err)
{
    for (size_t i = 0; i < other->n_rows; i++) {
        const double value = give->value[i] * factor;
        double *at = &have->value[target[i]];
        if (isnan(value))
            continue;
        if (isnan(*at)) {
            *at = value;
        } else if (have->kind == TRB_COHORT_METRIC ||
                   (have->kind == TRB_COHORT_COVARIATE && differ(*at, value))) {
            char what[160];
            snprintf(what, sizeof what, "and both give %.100s", have->key);
            return refuse_two(&cohort->row[target[i]], &other->row[i], what,
                              "take the sample or the column out of one table", err);
        } else if (differ(*at, value)) {
            trb_cohort_warn(cohort, "%s differs between %s and %s for the same samples; the first is kept",
                            have->key, cohort->row[target[i]].file, other->row[i].file);
        }
    }
    return TRB_OK;
}

static trb_status merge_metric(trb_cohort *cohort, const trb_cohort *other, const trb_cohort_metric *give,
                               const size_t *target, trb_error *err)
{
    trb_cohort_metric *have = same_metric(cohort, give->key);
    const char *first = cohort->row[0].file, *second = other->row[0].file;
    double factor = 1;
    if (!have) {
        have = trb_cohort_add_metric(cohort, give->key, give->unit, give->header, err);
        if (!have)
            return TRB_ERR_MEMORY;
        have->kind = give->kind;
    } else if (!trb_unit_factor(give->unit, have->unit, &factor)) {
        return trb_error_set(
            err, TRB_ERR_DATA,
            "%s: %s has %s (\"%s\") and %s has %s (\"%s\"), which do not convert; correct a header",
            give->key, first, unit_or_none(have->unit), have->header, second, unit_or_none(give->unit),
            give->header);
    } else if (strcmp(give->unit, have->unit) != 0) {
        trb_cohort_note(cohort, "%s was converted from %s to %s", give->key, give->unit, have->unit);
    }
    return merge_values(cohort, have, other, give, target, factor, err);
}

static trb_status merge_attribute(trb_cohort *cohort, const trb_cohort *other,
                                  const trb_cohort_attribute *give, const size_t *target, trb_error *err)
{
    trb_cohort_attribute *have = NULL;
    for (size_t a = 0; a < cohort->n_attributes; a++)
        if (strcmp(cohort->attribute[a].name, give->name) == 0)
            have = &cohort->attribute[a];
    if (!have)
        have = trb_cohort_add_attribute(cohort, give->name, err);
    if (!have)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < other->n_rows; i++) {
        const char **at = &have->text[target[i]];
        if (**at && *give->text[i] && strcmp(*at, give->text[i]) != 0)
            trb_cohort_warn(cohort,
                            "\"%s\" differs between %s and %s for the same samples; the first is kept",
                            give->name, cohort->row[target[i]].file, other->row[i].file);
        if (!**at)
            *at = give->text[i];
    }
    return TRB_OK;
}

/* ---- both */

static size_t common_metrics(const trb_cohort *a, const trb_cohort *b)
{
    size_t n = 0;
    for (size_t m = 0; m < b->n_metrics; m++)
        n += b->metric[m].kind == TRB_COHORT_METRIC && same_metric(a, b->metric[m].key) != NULL;
    return n;
}

static void say_what_was_done(trb_cohort *cohort, const char *first, const char *second, size_t n_first,
                              size_t n_second, size_t n_common)
{
    if (n_common == 0)
        return; /* said once for all tables */
    trb_cohort_note(cohort, "%s: columns joined to %s by %zu common samples", second, first, n_common);
    if (n_common < n_second)
        trb_cohort_warn(cohort, "%zu samples of %s are not in %s", n_second - n_common, second, first);
    if (n_common < n_first)
        trb_cohort_warn(cohort, "%zu samples of %s are not in %s", n_first - n_common, first, second);
}

static void warn_of_gaps(trb_cohort *cohort, const trb_cohort *other)
{
    for (size_t m = 0; m < other->n_metrics; m++)
        if (!same_metric(cohort, other->metric[m].key) && other->metric[m].kind == TRB_COHORT_METRIC)
            trb_cohort_warn(cohort, "%s is in %s, not in %s", other->metric[m].key, other->row[0].file,
                            cohort->row[0].file);
    for (size_t m = 0; m < cohort->n_metrics; m++)
        if (!same_metric(other, cohort->metric[m].key) && cohort->metric[m].kind == TRB_COHORT_METRIC)
            trb_cohort_warn(cohort, "%s is in %s, not in %s", cohort->metric[m].key, cohort->row[0].file,
                            other->row[0].file);
}

trb_status trb_cohort_join(trb_cohort *cohort, const trb_cohort *other, trb_error *err)
{
    const size_t n_first = cohort->n_rows;
    const char *first = cohort->row[0].file, *second = other->row[0].file;
    size_t n_common = 0;
    size_t *target = trb_pool_array(trb_cohort_pool(cohort), other->n_rows, sizeof *target, err);
    trb_status status = target ? find_targets(cohort, other, target, &n_common, err) : TRB_ERR_MEMORY;
    if (status)
        return status;
    const size_t n_shared = common_metrics(cohort, other);
    if (n_common == 0 && n_shared == 0)
        return trb_error_set(err, TRB_ERR_DATA, "%s and %s have neither samples nor metrics in common", first,
                             second);
    if (n_common == 0)
        warn_of_gaps(cohort, other);
    status = merge_rows(cohort, other, target, n_first + other->n_rows - n_common, err);
    for (size_t m = 0; m < other->n_metrics && !status; m++)
        status = merge_metric(cohort, other, &other->metric[m], target, err);
    for (size_t a = 0; a < other->n_attributes && !status; a++)
        status = merge_attribute(cohort, other, &other->attribute[a], target, err);
    for (size_t i = 0; i < other->n_notes; i++)
        trb_cohort_note(cohort, "%s", other->note[i]);
    for (size_t i = 0; i < other->n_warnings; i++)
        trb_cohort_warn(cohort, "%s", other->warning[i]);
    if (!*cohort->time_unit)
        cohort->time_unit = other->time_unit;
    if (!status)
        say_what_was_done(cohort, first, second, n_first, other->n_rows, n_common);
    return status;
}
