/* small_cohort.h - groups made by a test, run through the tree of one-way statistics. */
#ifndef SMALL_COHORT_H
#define SMALL_COHORT_H

#include "study/stat_tree.h"

enum { SMALL_COHORT_MOST = 64 };

/** Groups under construction, zero-initialised; values and names are copies. Clear it. */
typedef struct small_cohort {
    size_t n;
    trb_sample_group group[SMALL_COHORT_MOST];
    double *value[SMALL_COHORT_MOST];
    char name[SMALL_COHORT_MOST][32];
} small_cohort;

void small_cohort_add(small_cohort *c, const char *name, const double *value, size_t n);

/** ADD(&c, "Sham", 1, 2, 3) */
#define ADD(c, name, ...)                                                                                    \
    small_cohort_add(c, name, (const double[]){__VA_ARGS__},                                                 \
                     sizeof(const double[]){__VA_ARGS__} / sizeof(double))

/** n skewed values above `centre`, from seed; multiples of grain where that is not 0 (ties). */
void small_cohort_add_random(small_cohort *c, const char *name, size_t n, double centre, uint64_t seed,
                             double grain);

void small_cohort_clear(small_cohort *c);

void shuffle_values(double *x, size_t n, uint64_t seed);

/**
 * The tree, after checks that hold for any: numbers are finite, whatever is null has a note beside it, the
 * text is JSON. Yours.
 */
json_t *small_cohort_run_with(const small_cohort *c, const trb_stat_options *o);

/** Everything asked for: control 0, rescue of 2 by 1 against 0 where there are three groups, trend. Yours. */
json_t *small_cohort_run(const small_cohort *c);

/** What is at a path; fails the test when it is something else. */
double tree_number(const json_t *tree, const char *path);
const char *tree_text(const json_t *tree, const char *path);

/** Does a warning have this part? */
bool tree_warns(const json_t *tree, const char *part);

#endif
