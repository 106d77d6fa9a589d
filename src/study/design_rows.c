/* design_rows.c - rows of a design in canonical order. */
#include "study/design_rows.h"

#include "core/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct named {
    const char *name;
    size_t level;
} named;

static int by_name(const void *left, const void *right)
{
    const named *a = left, *b = right;
    const int order = strcmp(a->name, b->name);
    return order ? order : (a->level > b->level) - (a->level < b->level);
}

static int by_level_and_value(const void *left, const void *right)
{
    const trb_row *a = left, *b = right;
    for (size_t f = 0; f < TRB_ROW_FACTORS; f++)
        if (a->level[f] != b->level[f])
            return a->level[f] < b->level[f] ? -1 : 1;
    if (a->x < b->x || a->x > b->x)
        return a->x < b->x ? -1 : 1;
    const bool a_missing = !isfinite(a->y), b_missing = !isfinite(b->y);
    if (a_missing || b_missing)
        return (int)a_missing - (int)b_missing;
    return (a->y > b->y) - (a->y < b->y);
}

/* rank[level]: where the name of the level stands among all names. */
static trb_status rank_subjects(const trb_factor *factor, size_t *rank, const char **name_by_rank,
                                trb_error *err)
{
    named *list = trb_alloc(factor->n_levels, sizeof *list, "names of subjects", err);
    if (!list)
        return TRB_ERR_MEMORY;
    for (size_t l = 0; l < factor->n_levels; l++)
        list[l] = (named){factor->name[l], l};
    qsort(list, factor->n_levels, sizeof *list, by_name);
    for (size_t l = 0; l < factor->n_levels; l++) {
        rank[list[l].level] = l;
        name_by_rank[l] = list[l].name;
    }
    free(list);
    return TRB_OK;
}

static trb_status fill(trb_rows *rows, const trb_row_source *source, const size_t *rank, trb_error *err)
{
    for (size_t i = 0; i < source->n; i++) {
        trb_row row = {.x = source->x ? source->x[i] : 0, .y = source->y[i]};
        const bool missing = !isfinite(row.y) || !isfinite(row.x);
        if (!missing && fmax(fabs(row.y), fabs(row.x)) > 1e150)
            return trb_error_set(err, TRB_ERR_DATA, "row %zu: %g is too large a number", i + 1,
                                 fabs(row.y) > 1e150 ? row.y : row.x);
        rows->n_missing += missing;
        for (size_t f = 0; f < TRB_ROW_FACTORS; f++) {
            const trb_factor *factor = source->factor[f];
            if (!factor)
                continue;
            if (factor->level[i] >= factor->n_levels)
                return trb_error_set(err, TRB_ERR_ARGUMENT, "row %zu: level %zu of a factor with %zu levels",
                                     i + 1, factor->level[i], factor->n_levels);
            row.level[f] = f == 0 && rank ? rank[factor->level[i]] : factor->level[i];
        }
        if (!missing || (source->keep_missing && isfinite(row.x)))
            rows->row[rows->n++] = row;
    }
    qsort(rows->row, rows->n, sizeof *rows->row, by_level_and_value);
    return TRB_OK;
}

trb_status trb_rows_init(trb_rows *rows, const trb_row_source *source, trb_error *err)
{
    memset(rows, 0, sizeof *rows);
    size_t *rank = NULL;
    trb_status status = TRB_ERR_MEMORY;
    /* One more than needed: an empty table is no failure. */
    rows->row = trb_alloc(source->n + 1, sizeof *rows->row, "rows of a design", err);
    if (!rows->row)
        return status;
    if (source->subjects) {
        rank = trb_alloc(source->factor[0]->n_levels + 1, sizeof *rank, "ranks of subjects", err);
        rows->subject = trb_alloc(source->factor[0]->n_levels + 1, sizeof *rows->subject, "subjects", err);
        if (!rank || !rows->subject)
            goto done;
        status = rank_subjects(source->factor[0], rank, rows->subject, err);
        if (status)
            goto done;
    }
    status = fill(rows, source, rank, err);
done:
    free(rank);
    return status;
}

trb_status trb_rows_check_groups(const trb_rows *rows, const trb_factor *group, trb_error *err)
{
    for (size_t i = 1; i < rows->n; i++) {
        const size_t *here = rows->row[i].level, *before = rows->row[i - 1].level;
        if (here[0] == before[0] && here[1] != before[1])
            return trb_error_set(err, TRB_ERR_DATA, "animal '%s' is in group '%s' and in group '%s'",
                                 rows->subject[here[0]], group->name[before[1]], group->name[here[1]]);
    }
    return TRB_OK;
}

void trb_rows_clear(trb_rows *rows)
{
    free(rows->row);
    free(rows->subject);
    memset(rows, 0, sizeof *rows);
}
