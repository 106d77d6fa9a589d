/* cohorts.h - cohorts from text in a test, and what is asked of them. */
#ifndef SUPPORT_COHORTS_H
#define SUPPORT_COHORTS_H

#include "trabecula/cohort.h"

/** Read the text as table "t.csv"; fails the test when it cannot. options may be NULL. Destroy it. */
trb_cohort *cohort_of(const char *text, const trb_cohort_options *options);

/** Must be refused with this status, and the message must hold each of the words (a NULL-ended list). */
void cohort_refused(const char *text, const trb_cohort_options *options, trb_status status,
                    const char *const *words);
#define COHORT_REFUSED(text, options, status, ...)                                                           \
    cohort_refused(text, options, status, (const char *const[]){__VA_ARGS__, NULL})

/** Value of a metric by key in the row of a sample; fails the test when there is none. */
double cohort_value(const trb_cohort *cohort, const char *key, const char *sample);
const trb_cohort_metric *cohort_metric(const trb_cohort *cohort, const char *key);
const trb_cohort_row *cohort_row(const trb_cohort *cohort, const char *sample);
/** Text of an attribute, or of the group when name is "group". */
const char *cohort_text(const trb_cohort *cohort, const char *name, const char *sample);

/** Is there a note (a warning) that holds the words? */
bool cohort_notes(const trb_cohort *cohort, const char *words);
bool cohort_warns(const trb_cohort *cohort, const char *words);

/** Write a file of this name into the scratch folder; the path is in a ring of 8 static buffers. */
const char *cohort_file(const char *name, const char *text);

#endif
