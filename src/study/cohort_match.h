/* cohort_match.h - which rows a name in a design or an exclusion means: a sample, else all rows of an animal. */
#ifndef TRB_COHORT_MATCH_H
#define TRB_COHORT_MATCH_H

#include "study/cohort_build.h"

typedef struct trb_matcher {
    const trb_cohort *cohort;
    const trb_name_entry *index; /* trb_sample_index() */
} trb_matcher;

bool trb_match_sample(const trb_matcher *matcher, const char *name);
bool trb_match_animal(const trb_matcher *matcher, const char *name);

/** Does the name, of a sample or else of an animal, mean row r? */
bool trb_match_row(const trb_matcher *matcher, const char *name, bool is_sample, size_t r);

/** The sample or animal of the nearest name, or NULL. */
const char *trb_match_nearest(const trb_cohort *cohort, const char *name);

#endif
