/* cohort_groups.c - one metric by group, and columns as categories. */
#include "study/cohort_groups.h"

#include "study/cohort_build.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct storage {
    trb_sample_group *group;
    double *value;
    size_t *row;
    const size_t **rows;
} storage;

static void free_storage(storage *s)
{
    if (!s)
        return;
    free(s->group);
    free(s->value);
    free(s->row);
    free(s->rows);
    free(s);
}

void trb_cohort_values_clear(trb_cohort_values *values)
{
    free_storage(values->memory);
    *values = (trb_cohort_values){.memory = NULL};
}

static storage *create_storage(const trb_cohort *cohort, trb_error *err)
{
    const size_t groups = cohort->n_groups ? cohort->n_groups : 1, rows = cohort->n_rows ? cohort->n_rows : 1;
    storage *s = calloc(1, sizeof *s);
    if (s) {
        s->group = calloc(groups, sizeof *s->group);
        s->value = calloc(rows, sizeof *s->value);
        s->row = calloc(rows, sizeof *s->row);
        s->rows = calloc(groups, sizeof *s->rows);
    }
    if (s && s->group && s->value && s->row && s->rows)
        return s;
    free_storage(s);
    trb_error_set(err, TRB_ERR_MEMORY, "out of memory for %zu values", rows);
    return NULL;
}

trb_status trb_cohort_groups(const trb_cohort *cohort, size_t metric, trb_cohort_values *values,
                             trb_error *err)
{
    *values = (trb_cohort_values){.memory = NULL};
    if (metric >= cohort->n_metrics)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no metric number %zu", metric);
    storage *s = create_storage(cohort, err);
    if (!s)
        return TRB_ERR_MEMORY;
    size_t used = 0;
    for (size_t g = 0; g < cohort->n_groups; g++) {
        trb_sample_group *group = &s->group[g];
        *group = (trb_sample_group){.name = cohort->group_name[g], .value = s->value + used};
        s->rows[g] = s->row + used;
        for (size_t r = 0; r < cohort->n_rows; r++) {
            const double value = cohort->metric[metric].value[r];
            if (cohort->row[r].group != g)
                continue;
            if (isnan(value)) {
                group->n_missing++;
                continue;
            }
            s->value[used] = value;
            s->row[used++] = r;
            group->n++;
        }
    }
    values->memory = s;
    values->row = s->rows;
    values->groups = (trb_sample_groups){cohort->n_groups, s->group};
    return TRB_OK;
}

/* ---- categories */

static const char *number_text(double value, trb_pool *pool, trb_error *err)
{
    return isnan(value) ? "" : trb_pool_print(pool, err, "%.15g", value);
}

/* The text of a column in a row, whatever kind it is; NULL without memory. */
typedef struct text_column {
    enum { OF_GROUP, OF_ANIMAL, OF_SIDE, OF_TIME, OF_NUMBERS, OF_TEXT } kind;
    size_t index;
} text_column;

static const char *text_of(const trb_cohort *cohort, const text_column *column, size_t r, trb_error *err)
{
    const trb_cohort_row *row = &cohort->row[r];
    switch (column->kind) {
    case OF_GROUP: return row->group == TRB_COHORT_NO_GROUP ? "" : cohort->group_name[row->group];
    case OF_ANIMAL: return row->animal;
    case OF_SIDE: return row->side;
    case OF_TIME: return row->time;
    case OF_NUMBERS: return number_text(cohort->metric[column->index].value[r], trb_cohort_pool(cohort), err);
    case OF_TEXT: break;
    }
    return cohort->attribute[column->index].text[r];
}

static trb_status find_column(const trb_cohort *cohort, const char *name, text_column *column, trb_error *err)
{
    static const char *const parts[] = {"group", "animal", "side", "time"};
    static const int kinds[] = {OF_GROUP, OF_ANIMAL, OF_SIDE, OF_TIME};
    *column = (text_column){OF_TEXT, 0};
    if (!trb_cohort_find_attribute(cohort, name, &column->index, NULL))
        return TRB_OK;
    column->kind = OF_NUMBERS;
    if (!trb_cohort_find_metric(cohort, name, &column->index, NULL))
        return TRB_OK;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(name, parts[i]) == 0) {
            column->kind = kinds[i];
            return TRB_OK;
        }
    trb_pool *pool = trb_cohort_pool(cohort);
    const size_t n = cohort->n_attributes + cohort->n_metrics;
    const char **all = trb_pool_array(pool, n, sizeof *all, err);
    if (!all)
        return TRB_ERR_MEMORY;
    for (size_t i = 0; i < n; i++)
        all[i] = i < cohort->n_attributes ? cohort->attribute[i].name
                                          : cohort->metric[i - cohort->n_attributes].key;
    const char *near = trb_nearest_name(name, all, n);
    return trb_error_set(err, TRB_ERR_ARGUMENT, "there is no column \"%s\"%s%s%s", name,
                         near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
}

static int by_number(const void *a, const void *b)
{
    const double x = strtod(*(const char *const *)a, NULL), y = strtod(*(const char *const *)b, NULL);
    return (x > y) - (x < y);
}

static bool all_numbers(const char **name, size_t n)
{
    double value;
    for (size_t i = 0; i < n; i++)
        if (trb_cell_read(name[i], '.', &value) != TRB_CELL_NUMBER)
            return false;
    return true;
}

static size_t index_of(const char *const *name, size_t n, const char *text)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name[i], text) == 0)
            return i;
    return n;
}

trb_status trb_cohort_levels(trb_cohort *cohort, const char *wanted, size_t *n_levels, const char ***name,
                             size_t **level, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    text_column column;
    trb_status status = find_column(cohort, wanted, &column, err);
    if (status)
        return status;
    const char **text = trb_pool_array(pool, cohort->n_rows, sizeof *text, err);
    const char **levels = trb_pool_array(pool, cohort->n_rows, sizeof *levels, err);
    size_t *of_row = trb_pool_array(pool, cohort->n_rows, sizeof *of_row, err);
    size_t n = 0;
    if (!text || !levels || !of_row)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        text[r] = text_of(cohort, &column, r, err);
        if (!text[r])
            return TRB_ERR_MEMORY;
        if (*text[r] && index_of(levels, n, text[r]) == n)
            levels[n++] = text[r];
    }
    if (all_numbers(levels, n))
        qsort(levels, n, sizeof *levels, by_number);
    for (size_t r = 0; r < cohort->n_rows; r++)
        of_row[r] = *text[r] ? index_of(levels, n, text[r]) : TRB_COHORT_NO_GROUP;
    *n_levels = n;
    *name = levels;
    *level = of_row;
    return TRB_OK;
}
