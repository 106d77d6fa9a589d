/* cohort_build.c - a cohort and its parts. Everything is in its pool, so that nothing is freed one by one. */
#include "study/cohort_build.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

trb_cohort *trb_cohort_create(trb_error *err)
{
    trb_cohort *cohort = trb_alloc_zero(1, sizeof *cohort, "a table", err);
    if (!cohort)
        return NULL;
    cohort->time_unit = "";
    cohort->memory = trb_pool_create(err);
    if (!cohort->memory) {
        free(cohort);
        return NULL;
    }
    return cohort;
}

void trb_cohort_destroy(trb_cohort *cohort)
{
    if (!cohort)
        return;
    trb_pool_destroy(cohort->memory);
    free(cohort);
}

static void add_sentence(trb_cohort *cohort, const char ***list, size_t *n, const char *format, va_list args)
{
    char text[1024];
    vsnprintf(text, sizeof text, format, args);
    trb_pool *pool = trb_cohort_pool(cohort);
    for (size_t i = 0; i < *n; i++) /* two tables may give rise to the same sentence */
        if (strcmp((*list)[i], text) == 0)
            return;
    const char **longer = trb_pool_grow(pool, *list, *n, sizeof *longer, NULL);
    const char *copy = trb_pool_text(pool, text, strlen(text), NULL);
    if (!longer || !copy)
        return;
    *list = longer;
    (*list)[(*n)++] = copy;
}

void trb_cohort_note(trb_cohort *cohort, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_sentence(cohort, &cohort->note, &cohort->n_notes, format, args);
    va_end(args);
}

void trb_cohort_warn(trb_cohort *cohort, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    add_sentence(cohort, &cohort->warning, &cohort->n_warnings, format, args);
    va_end(args);
}

trb_status trb_cohort_group_index(trb_cohort *cohort, const char *name, size_t *index, trb_error *err)
{
    *index = TRB_COHORT_NO_GROUP;
    if (!*name)
        return TRB_OK;
    for (size_t g = 0; g < cohort->n_groups; g++)
        if (strcmp(cohort->group_name[g], name) == 0) {
            *index = g;
            return TRB_OK;
        }
    const char **names =
        trb_pool_grow(trb_cohort_pool(cohort), cohort->group_name, cohort->n_groups, sizeof *names, err);
    if (!names)
        return TRB_ERR_MEMORY;
    names[cohort->n_groups] = name;
    cohort->group_name = names;
    *index = cohort->n_groups++;
    return TRB_OK;
}

trb_cohort_metric *trb_cohort_add_metric(trb_cohort *cohort, const char *key, const char *unit,
                                         const char *header, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    trb_cohort_metric *list = trb_pool_grow(pool, cohort->metric, cohort->n_metrics, sizeof *list, err);
    double *value = trb_pool_array(pool, cohort->n_rows, sizeof *value, err);
    if (!list || !value)
        return NULL;
    for (size_t r = 0; r < cohort->n_rows; r++)
        value[r] = NAN;
    cohort->metric = list;
    list[cohort->n_metrics] = (trb_cohort_metric){.key = key, .unit = unit, .header = header, .value = value};
    return &list[cohort->n_metrics++];
}

trb_cohort_attribute *trb_cohort_add_attribute(trb_cohort *cohort, const char *name, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    trb_cohort_attribute *list =
        trb_pool_grow(pool, cohort->attribute, cohort->n_attributes, sizeof *list, err);
    const char **text = trb_pool_array(pool, cohort->n_rows, sizeof *text, err);
    if (!list || !text)
        return NULL;
    for (size_t r = 0; r < cohort->n_rows; r++)
        text[r] = "";
    cohort->attribute = list;
    list[cohort->n_attributes] = (trb_cohort_attribute){name, text};
    return &list[cohort->n_attributes++];
}

/* ---- rows by name */

static int by_name_then_row(const void *a, const void *b)
{
    const trb_name_entry *x = a, *y = b;
    const int order = strcmp(x->name, y->name);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

trb_name_entry *trb_sample_index(const trb_cohort *cohort, trb_error *err)
{
    trb_name_entry *entry = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *entry, err);
    for (size_t r = 0; entry && r < cohort->n_rows; r++)
        entry[r] = (trb_name_entry){cohort->row[r].sample, r};
    if (entry)
        qsort(entry, cohort->n_rows, sizeof *entry, by_name_then_row);
    return entry;
}

size_t trb_sample_find(const trb_name_entry *index, size_t n, const char *name)
{
    size_t low = 0, high = n;
    while (low < high) { /* the first that is not before name */
        const size_t middle = low + (high - low) / 2;
        if (strcmp(index[middle].name, name) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low < n && strcmp(index[low].name, name) == 0 ? index[low].row : TRB_NO_COLUMN;
}

/* ---- fewer rows */

static trb_status drop_empty_groups(trb_cohort *cohort, trb_error *err)
{
    size_t *renamed = trb_pool_array(trb_cohort_pool(cohort), cohort->n_groups, sizeof *renamed, err);
    if (!renamed)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (cohort->row[r].group != TRB_COHORT_NO_GROUP)
            renamed[cohort->row[r].group] = 1;
    size_t n = 0;
    for (size_t g = 0; g < cohort->n_groups; g++)
        if (renamed[g]) {
            cohort->group_name[n] = cohort->group_name[g];
            renamed[g] = n++;
        }
    cohort->n_groups = n;
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (cohort->row[r].group != TRB_COHORT_NO_GROUP)
            cohort->row[r].group = renamed[cohort->row[r].group];
    return TRB_OK;
}

trb_status trb_cohort_keep_rows(trb_cohort *cohort, const bool *keep, trb_error *err)
{
    size_t n = 0;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        if (!keep[r])
            continue;
        cohort->row[n] = cohort->row[r];
        for (size_t m = 0; m < cohort->n_metrics; m++)
            cohort->metric[m].value[n] = cohort->metric[m].value[r];
        for (size_t a = 0; a < cohort->n_attributes; a++)
            cohort->attribute[a].text[n] = cohort->attribute[a].text[r];
        n++;
    }
    cohort->n_rows = n;
    return drop_empty_groups(cohort, err);
}
