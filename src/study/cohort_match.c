/* cohort_match.c - names of samples and animals against the rows of a cohort. */
#include "study/cohort_match.h"

#include <string.h>

bool trb_match_row(const trb_matcher *m, const char *name, bool is_sample, size_t r)
{
    return strcmp(is_sample ? m->cohort->row[r].sample : m->cohort->row[r].animal, name) == 0;
}

bool trb_match_sample(const trb_matcher *m, const char *name)
{
    return trb_sample_find(m->index, m->cohort->n_rows, name) != TRB_NO_COLUMN;
}

bool trb_match_animal(const trb_matcher *m, const char *name)
{
    for (size_t r = 0; r < m->cohort->n_rows; r++)
        if (strcmp(m->cohort->row[r].animal, name) == 0)
            return true;
    return false;
}

const char *trb_match_nearest(const trb_cohort *cohort, const char *name)
{
    const char **names = trb_pool_array(trb_cohort_pool(cohort), 2 * cohort->n_rows, sizeof *names, NULL);
    if (!names)
        return NULL;
    for (size_t r = 0; r < cohort->n_rows; r++) {
        names[2 * r] = cohort->row[r].sample;
        names[2 * r + 1] = cohort->row[r].animal;
    }
    return trb_nearest_name(name, names, 2 * cohort->n_rows);
}
