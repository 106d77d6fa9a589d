/* oracle_walk.h - every number of an oracle against a tree of ours, family by family. */
#ifndef ORACLE_WALK_H
#define ORACLE_WALK_H

#include "support/oracle_numbers.h"

/** A kind of statistic and how near it must be: relative, or absolute where that is larger. */
typedef struct walk_family {
    const char *name;
    double relative, absolute;
} walk_family;

/** The first rule that matches decides. part: a whole key anywhere in the path; key: the last one; NULL: any. */
typedef struct walk_rule {
    const char *part, *key;
    size_t family;
} walk_rule;

/** Rows that are not compared, and why: the row or the branch of that name. */
typedef struct walk_left_out {
    const char *part, *why;
} walk_left_out;

typedef struct walk {
    const walk_family *family;
    size_t n_families;
    const walk_rule *rule; /* ends with one that matches all */
    const walk_left_out *left_out;
    size_t n_left_out;
} walk;

/**
 * Compares all rows of one data set and prints a line a family. A row that our tree lacks, a value too far
 * off, a null of one side only: each is printed, and the number of them returned.
 */
size_t walk_oracle(const walk *how, const char *name, const json_t *ours);

#endif
