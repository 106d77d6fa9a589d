/*
 * cohort_animals.c - one row an animal.
 *
 * Two limbs of one animal are not two animals: counted as such, they turn 5 % of false positives into 18 (12 animals, ICC
 * 0.9; own simulation). Rows of one animal (and of one time) become their mean, metric by metric, over the rows that have
 * a value. Sums run over sorted values, so that the order of the rows never shows in the last bit.
 */
#include "study/cohort_build.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* ---- who is one animal */

typedef struct animal_row {
    const char *animal, *time;
    size_t row;
} animal_row;

static int by_animal(const void *a, const void *b)
{
    const animal_row *x = a, *y = b;
    int order = strcmp(x->animal, y->animal);
    if (order == 0)
        order = strcmp(x->time, y->time);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static bool same_animal(const animal_row *a, const animal_row *b)
{
    return strcmp(a->animal, b->animal) == 0 && strcmp(a->time, b->time) == 0;
}

/* Rows without an animal are animals of their own. The mark keeps sample "m1" apart from animal "m1". */
static animal_row *sort_by_animal(const trb_cohort *cohort, size_t *n_named, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    animal_row *list = trb_pool_array(pool, cohort->n_rows, sizeof *list, err);
    *n_named = 0;
    for (size_t r = 0; list && r < cohort->n_rows; r++) {
        const trb_cohort_row *row = &cohort->row[r];
        const char *name = *row->animal ? row->animal : trb_pool_print(pool, err, "\n%s", row->sample);
        if (!name)
            return NULL;
        list[r] = (animal_row){name, row->time, r};
        *n_named += *row->animal != 0;
    }
    if (list)
        qsort(list, cohort->n_rows, sizeof *list, by_animal);
    return list;
}

/* first[r]: the first row of the animal of row r. */
static size_t *first_rows(const trb_cohort *cohort, const animal_row *list, size_t *n_units, size_t *most,
                          trb_error *err)
{
    size_t *first = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *first, err);
    *n_units = *most = 0;
    for (size_t i = 0, j; first && i < cohort->n_rows; i = j) {
        for (j = i; j < cohort->n_rows && same_animal(&list[i], &list[j]); j++)
            first[list[j].row] = list[i].row;
        (*n_units)++;
        if (j - i > *most)
            *most = j - i;
    }
    return first;
}

static trb_status refuse_two_groups(const trb_cohort *cohort, const animal_row *list, trb_error *err)
{
    for (size_t i = 1; i < cohort->n_rows; i++) {
        const trb_cohort_row *a = &cohort->row[list[i - 1].row], *b = &cohort->row[list[i].row];
        if (!same_animal(&list[i - 1], &list[i]) || a->group == b->group)
            continue;
        const char *ga = a->group == TRB_COHORT_NO_GROUP ? "(none)" : cohort->group_name[a->group];
        const char *gb = b->group == TRB_COHORT_NO_GROUP ? "(none)" : cohort->group_name[b->group];
        return trb_error_set(
            err, TRB_ERR_DATA,
            "animal \"%s\" stands in group \"%s\" (%s row %zu) and in group \"%s\" (%s row %zu); give each "
            "animal a name of its own, or keep scans apart with --unit scan",
            a->animal, ga, a->file, a->line, gb, b->file, b->line);
    }
    return TRB_OK;
}

/* ---- means */

static int ascending(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double mean_of(double *value, size_t n)
{
    double sum = 0;
    qsort(value, n, sizeof *value, ascending);
    for (size_t i = 0; i < n; i++)
        sum += value[i];
    return n ? sum / (double)n : NAN;
}

static void average_metric(trb_cohort_metric *metric, const animal_row *list, size_t n_rows, double *scratch)
{
    for (size_t i = 0, j; i < n_rows; i = j) {
        size_t n = 0;
        for (j = i; j < n_rows && same_animal(&list[i], &list[j]); j++)
            if (!isnan(metric->value[list[j].row]))
                scratch[n++] = metric->value[list[j].row];
        metric->value[list[i].row] = mean_of(scratch, n);
    }
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* "L" and "R" become "L + R". */
static const char *combine(const char **text, size_t n, trb_pool *pool, trb_error *err)
{
    const char *all = "";
    qsort(text, n, sizeof *text, by_text);
    for (size_t i = 0; i < n && all; i++)
        if (*text[i] && (i == 0 || strcmp(text[i], text[i - 1]) != 0))
            all = *all ? trb_pool_print(pool, err, "%s + %s", all, text[i]) : text[i];
    return all;
}

static trb_status combine_attribute(trb_cohort *cohort, const char **text, const animal_row *list,
                                    const char **scratch, trb_error *err)
{
    for (size_t i = 0, j; i < cohort->n_rows; i = j) {
        for (j = i; j < cohort->n_rows && same_animal(&list[i], &list[j]); j++)
            scratch[j - i] = text[list[j].row];
        const char *all = combine(scratch, j - i, trb_cohort_pool(cohort), err);
        if (!all)
            return TRB_ERR_MEMORY;
        text[list[i].row] = all;
    }
    return TRB_OK;
}

static trb_status combine_sides(trb_cohort *cohort, const animal_row *list, const char **scratch,
                                trb_error *err)
{
    const char **side = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *side, err);
    if (!side)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++)
        side[r] = cohort->row[r].side;
    const trb_status status = combine_attribute(cohort, side, list, scratch, err);
    for (size_t r = 0; r < cohort->n_rows && !status; r++)
        cohort->row[r].side = side[r];
    return status;
}

static bool has_several_times(const trb_cohort *cohort)
{
    for (size_t r = 1; r < cohort->n_rows; r++)
        if (strcmp(cohort->row[r].time, cohort->row[0].time) != 0)
            return true;
    return false;
}

static trb_status name_rows(trb_cohort *cohort, const size_t *first, bool *keep, trb_error *err)
{
    const bool timed = has_several_times(cohort);
    for (size_t r = 0; r < cohort->n_rows; r++) {
        trb_cohort_row *row = &cohort->row[r];
        keep[r] = first[r] == r;
        if (!keep[r]) {
            trb_cohort_row *mean = &cohort->row[first[r]];
            mean->n_scans += row->n_scans;
            mean->scans = trb_pool_print(trb_cohort_pool(cohort), err, "%s\n%s", mean->scans, row->scans);
            if (!mean->scans)
                return TRB_ERR_MEMORY;
        }
        if (!keep[r] || !*row->animal)
            continue;
        row->sample = row->animal;
        if (timed && *row->time)
            row->sample = trb_pool_print(trb_cohort_pool(cohort), err, "%s %s", row->animal, row->time);
        if (!row->sample)
            return TRB_ERR_MEMORY;
    }
    return TRB_OK;
}

static trb_status make_means(trb_cohort *cohort, const animal_row *list, const size_t *first, trb_error *err)
{
    trb_pool *pool = trb_cohort_pool(cohort);
    double *numbers = trb_pool_array(pool, cohort->n_rows, sizeof *numbers, err);
    const char **texts = trb_pool_array(pool, cohort->n_rows, sizeof *texts, err);
    bool *keep = trb_pool_array(pool, cohort->n_rows, sizeof *keep, err);
    trb_status status = numbers && texts && keep ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t m = 0; m < cohort->n_metrics && !status; m++)
        average_metric(&cohort->metric[m], list, cohort->n_rows, numbers);
    for (size_t a = 0; a < cohort->n_attributes && !status; a++)
        status = combine_attribute(cohort, cohort->attribute[a].text, list, texts, err);
    if (!status)
        status = combine_sides(cohort, list, texts, err);
    if (!status)
        status = name_rows(cohort, first, keep, err);
    return status ? status : trb_cohort_keep_rows(cohort, keep, err);
}

/* ---- limbs that nobody named */

typedef struct limb {
    const char *stem;
    size_t group;
    char side; /* 'L', 'R', or 0 */
    size_t row;
} limb;

static char side_word(const char *word, size_t length)
{
    if ((length == 1 && (*word == 'l' || *word == 'L')) || (length == 4 && strncasecmp(word, "left", 4) == 0))
        return 'L';
    if ((length == 1 && (*word == 'r' || *word == 'R')) ||
        (length == 5 && strncasecmp(word, "right", 5) == 0))
        return 'R';
    return 0;
}

/* "m07_L", "m07-left", "L m07", "m07R". The stem is what is left of the name. */
static limb limb_of(const trb_cohort *cohort, size_t row, trb_error *err)
{
    static const char marks[] = "_-. ";
    const char *name = cohort->row[row].sample;
    const size_t length = strlen(name), head = strcspn(name, marks);
    size_t tail = length;
    while (tail > 0 && !strchr(marks, name[tail - 1]))
        tail--;
    limb l = {"", cohort->row[row].group, 0, row};
    const char *start = name;
    size_t stem = 0;
    if (tail > 1 && (l.side = side_word(name + tail, length - tail)) != 0) {
        stem = tail - 1;
    } else if (head + 1 < length && (l.side = side_word(name, head)) != 0) {
        start = name + head + 1;
        stem = length - head - 1;
    } else if (length > 1 && isdigit((unsigned char)name[length - 2]) &&
               (l.side = side_word(name + length - 1, 1)) != 0) {
        stem = length - 1;
    }
    l.stem = l.side ? trb_pool_text(trb_cohort_pool(cohort), start, stem, err) : "";
    return l;
}

static int by_stem(const void *a, const void *b)
{
    const limb *x = a, *y = b;
    int order = (x->side == 0) - (y->side == 0);
    if (order == 0)
        order = (x->group > y->group) - (x->group < y->group);
    if (order == 0)
        order = strcmp(x->stem, y->stem);
    if (order == 0)
        order = x->side - y->side;
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

static trb_status warn_of_limbs(trb_cohort *cohort, trb_error *err)
{
    limb *list = trb_pool_array(trb_cohort_pool(cohort), cohort->n_rows, sizeof *list, err);
    if (!list)
        return TRB_ERR_MEMORY;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        list[r] = limb_of(cohort, r, err);
        if (!list[r].stem)
            return TRB_ERR_MEMORY;
    }
    qsort(list, cohort->n_rows, sizeof *list, by_stem);
    size_t n_pairs = 0, example = 0;
    for (size_t i = 1; i < cohort->n_rows; i++)
        if (list[i - 1].side == 'L' && list[i].side == 'R' && list[i].group == list[i - 1].group &&
            strcmp(list[i].stem, list[i - 1].stem) == 0 && n_pairs++ == 0)
            example = i;
    if (n_pairs)
        trb_cohort_warn(cohort,
                        "pseudo-replication? %zu pairs of samples look like left and right of one animal "
                        "(\"%s\" and \"%s\"), and "
                        "each counts as one animal; name the animals in a column animal, or in a design, and "
                        "they are averaged",
                        n_pairs, cohort->row[list[example - 1].row].sample,
                        cohort->row[list[example].row].sample);
    return TRB_OK;
}

/* ---- */

trb_status trb_cohort_average(trb_cohort *cohort, trb_cohort_unit unit, trb_error *err)
{
    size_t n_named, n_units, most;
    animal_row *list = sort_by_animal(cohort, &n_named, err);
    size_t *first = list ? first_rows(cohort, list, &n_units, &most, err) : NULL;
    if (!first)
        return TRB_ERR_MEMORY;
    if (n_named == 0) {
        if (unit == TRB_COHORT_UNIT_ANIMAL)
            return trb_error_set(err, TRB_ERR_ARGUMENT,
                                 "the unit is to be the animal, but no column names animals; add a column "
                                 "animal, name one with "
                                 "--animal COLUMN, or give a design");
        return unit == TRB_COHORT_UNIT_SCAN ? TRB_OK : warn_of_limbs(cohort, err);
    }
    if (n_named < cohort->n_rows)
        trb_cohort_warn(cohort, "%zu of %zu rows name no animal; each is taken for one",
                        cohort->n_rows - n_named, cohort->n_rows);
    if (unit == TRB_COHORT_UNIT_SCAN) {
        if (most > 1)
            trb_cohort_warn(cohort,
                            "pseudo-replication: the unit is the scan, but %zu scans come from %zu animals",
                            cohort->n_rows, n_units);
        return TRB_OK;
    }
    const trb_status status = refuse_two_groups(cohort, list, err);
    if (status || most <= 1) {
        cohort->averaged = !status;
        return status;
    }
    trb_cohort_note(cohort, "the animal is the unit: %zu scans were averaged to %zu %s, up to %zu scans each",
                    cohort->n_rows, n_units, has_several_times(cohort) ? "animals and times" : "animals",
                    most);
    cohort->averaged = true;
    return make_means(cohort, list, first, err);
}
