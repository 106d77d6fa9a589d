/* compare_factor.c - a column of the cohort as a factor of the statistics: only the levels that occur. */
#include "study/compare_parts.h"

#include "core/memory.h"

#include <stdlib.h>
#include <string.h>

void trb_column_factor_clear(trb_column_factor *factor)
{
    free(factor->name);
    free(factor->level);
    memset(factor, 0, sizeof *factor);
}

trb_status trb_column_factor_init(trb_column_factor *factor, trb_cohort *cohort, const char *column, const size_t *row, size_t n,
                                  trb_error *err)
{
    size_t n_levels, *level, used = 0;
    const char **name;
    memset(factor, 0, sizeof *factor);
    trb_status status = trb_cohort_levels(cohort, column, &n_levels, &name, &level, err);
    if (status)
        return status;
    size_t *place = trb_alloc(n_levels + 1, sizeof *place, "the levels of a factor", err);
    factor->name = trb_alloc_zero(n_levels + 1, sizeof *factor->name, "the levels of a factor", err);
    factor->level = trb_alloc_zero(n + 1, sizeof *factor->level, "the levels of a factor", err);
    if (!place || !factor->name || !factor->level) {
        free(place);
        trb_column_factor_clear(factor);
        return TRB_ERR_MEMORY;
    }
    for (size_t l = 0; l < n_levels; l++) {
        bool occurs = false;
        for (size_t i = 0; i < n && !occurs; i++)
            occurs = level[row[i]] == l;
        place[l] = used;
        if (occurs)
            factor->name[used++] = name[l];
    }
    for (size_t i = 0; i < n; i++)
        factor->level[i] = place[level[row[i]]];
    free(place);
    factor->factor = (trb_factor){column, used, factor->name, factor->level};
    return TRB_OK;
}
