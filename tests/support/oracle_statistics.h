/* oracle_statistics.h - which statistic a row of R's one-way results is, and what SPEC.md allows it to differ. */
#ifndef ORACLE_STATISTICS_H
#define ORACLE_STATISTICS_H

#include <stddef.h>

/* One line of SPEC.md's table of tolerances. Relative, or absolute where that is larger; p-values, whose
 * small values count most, have no absolute one but where SPEC.md gives it. */
typedef enum kind {
    COUNTS,
    ESTIMATES,
    P_VALUES,
    SHAPIRO_W,
    SHAPIRO_P,
    RANGE_P,
    RANGE_LIMITS,
    RANGE_R,
    MAX_P,
    MAX_LIMITS,
    NONCENTRAL,
    BOOTSTRAP,
    NULLS,
    N_KINDS
} kind;

typedef struct oracle_tolerance {
    const char *name;
    double relative, absolute;
} oracle_tolerance;

extern const oracle_tolerance SPEC[N_KINDS];

kind oracle_kind_of(const char *path);

/** The part of a path behind its last "::". */
const char *oracle_last_key(const char *path);

/** Index of a row's statistic; fails the test when it is none of the list. */
size_t oracle_statistic_of(const char *path);
size_t oracle_statistics(void);
const char *oracle_statistic_name(size_t statistic);

#endif
