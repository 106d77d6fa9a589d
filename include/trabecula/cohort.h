/* cohort.h - tables of results of many animals: read, joined with a design, averaged to one row an animal. */
#ifndef TRABECULA_COHORT_H
#define TRABECULA_COHORT_H

#include "trabecula/status.h"

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Of a row that belongs to no group; such rows take part in nothing. */
#define TRB_COHORT_NO_GROUP ((size_t)-1)

/** One row: a scan, or an animal after averaging. Text is never NULL; "" is unknown. */
typedef struct trb_cohort_row {
    const char *sample;
    const char *animal, *side, *time; /* as written */
    double time_value;                /* NaN when time is no number */
    size_t group;                     /* index into group_name, or TRB_COHORT_NO_GROUP */
    size_t n_scans;                   /* how many scans were averaged; 1 */
    const char *scans;                /* their samples, one a line */
    const char *file;                 /* where it came from (the first of several): */
    size_t line;                      /* row as a spreadsheet counts, the header of a plain table being 1 */
} trb_cohort_row;

typedef enum trb_cohort_kind {
    TRB_COHORT_METRIC,      /* an outcome */
    TRB_COHORT_COVARIATE,   /* a number about the animal: body weight, age, dose, any number of a design */
    TRB_COHORT_HOUSEKEEPING /* a number about the measurement: TV, threshold, voxel size */
} trb_cohort_kind;

/** A column of numbers. Metrics stand in the order in which papers print them, then covariates, then housekeeping. */
typedef struct trb_cohort_metric {
    const char *key;    /* our symbol, or the name as written: "BV/TV" */
    const char *unit;   /* our spelling: "%"; "" when the table says none */
    const char *header; /* as the table has it: "BV/TV (%)" */
    trb_cohort_kind kind;
    bool
        detail; /* says no more than another one: SDs within scans, maxima, BV and BS, Tb.N by other conventions */
    bool constant; /* the same in all rows that have it, or never there */
    double *value; /* one a row; NaN is missing */
} trb_cohort_metric;

/** A column of text: sex, scanner, program version. */
typedef struct trb_cohort_attribute {
    const char *name;
    const char **text; /* one a row; "" is missing */
} trb_cohort_attribute;

/** A row that was taken out on request, for the report (ARRIVE 2.0 item 3). */
typedef struct trb_cohort_exclusion {
    const char *sample, *animal, *group; /* group as text */
    const char *reason;
    const char *file;
    size_t line;
} trb_cohort_exclusion;

/** The table that statistics start from. Read only for its users. */
typedef struct trb_cohort {
    size_t n_rows;
    trb_cohort_row *row;
    size_t n_metrics;
    trb_cohort_metric *metric;
    size_t n_attributes;
    trb_cohort_attribute *attribute;
    size_t n_groups;
    const char **group_name; /* in order of appearance until trb_cohort_order() */
    const char *time_unit;   /* "" when there is no time or it has no unit */
    bool has_groups;         /* false: the tables name none, and all rows are in one group "all" */
    bool averaged;           /* rows are animals */
    size_t n_notes;
    const char **note; /* what was understood and done, one sentence each */
    size_t n_warnings;
    const char **warning; /* what a reader should doubt */
    size_t n_exclusions;
    trb_cohort_exclusion *exclusion;
    void *memory; /* private: owns all of the above */
} trb_cohort;

/** Whose text form the tables have. */
typedef enum trb_cohort_import {
    TRB_IMPORT_NONE,   /* a table with a header row */
    TRB_IMPORT_CTAN,   /* CTAn: one report a scan, or the table of its batch manager */
    TRB_IMPORT_SCANCO, /* Scanco evaluation table */
    TRB_IMPORT_BONEJ   /* BoneJ results table */
} trb_cohort_import;

/** "none", "ctan", "scanco", "bonej"; false when there is no such name. */
TRB_API bool trb_cohort_import_find(const char *name, trb_cohort_import *import);

/** What one row is for the statistics. */
typedef enum trb_cohort_unit {
    TRB_COHORT_UNIT_AUTO,   /* the animal when the table names animals and one has several rows */
    TRB_COHORT_UNIT_ANIMAL, /* average the rows of an animal (of a time) */
    TRB_COHORT_UNIT_SCAN    /* leave rows as they are */
} trb_cohort_unit;

/** How to read. Start from trb_cohort_options_default(). */
typedef struct trb_cohort_options {
    trb_cohort_import import;
    const char *sample_column, *group_column, *animal_column, *side_column,
        *time_column;           /* NULL: known by name */
    const char *design;         /* file, or NULL */
    const char *const *exclude; /* "sample=reason", or the name of an animal; NULL: none */
    size_t n_exclude;
    const char *exclude_file; /* table with the columns sample and reason, or NULL */
    trb_cohort_unit unit;
    const char *group_order;         /* "Sham,OVX,OVX+EV", or NULL: the order of appearance */
    const char *control, *reference; /* without group_order the reference comes first, the control second */
} trb_cohort_options;

TRB_API trb_cohort_options trb_cohort_options_default(void);

/**
 * Read tables into one cohort: rows, groups, metrics, ready for statistics.
 *
 * Convention  UTF-8 (with or without byte order mark) or Windows-1252; comma, semicolon or tab; decimal dot or comma,
 *             one of them; quotes as RFC 4180; LF, CRLF, CR. Missing: empty, NA, N/A, NaN, null, -, #N/A. A column is the
 *             sample, group, animal, side or time by its name; other columns of numbers are metrics (with the unit
 *             in brackets or behind an underscore), the rest attributes. Several tables: no common sample: rows are
 *             appended; common samples: columns are joined, and a metric may stand in one of them only. Values of a
 *             metric with another unit are converted. Without a group column all rows are one group "all".
 *             Steps, in this order: read, design, exclusions, averaging, order.
 * Input       path: n >= 1 files. options may be NULL.
 * Output      *cohort: yours, trb_cohort_destroy(); NULL unless TRB_OK.
 * Errors      TRB_ERR_IO, TRB_ERR_FORMAT, TRB_ERR_DATA (duplicate samples, a word where a number must be, units that do
 *             not convert, an animal in two groups) with file, row and column; TRB_ERR_ARGUMENT (an unknown column,
 *             group or sample, with the nearest name); TRB_ERR_MEMORY.
 * Cost        Some 20 times the size of the files in memory.
 * Threads     Reentrant.
 */
TRB_API TRB_NODISCARD trb_status trb_cohort_read(const char *const *path, size_t n,
                                                 const trb_cohort_options *options, trb_cohort **cohort,
                                                 trb_error *err);

/** The same for one table in memory; name stands in messages. Design and exclusions are still files. */
TRB_API TRB_NODISCARD trb_status trb_cohort_parse(const char *name, const char *bytes, size_t size,
                                                  const trb_cohort_options *options, trb_cohort **cohort,
                                                  trb_error *err);

TRB_API void trb_cohort_destroy(trb_cohort *cohort);

/**
 * Index of a group by its name: exactly, else without regard to case and blanks when only one fits.
 *
 * Threads     This and the functions below take memory of the cohort: one thread at a time.
 * Errors      TRB_ERR_ARGUMENT with the nearest name and all names.
 */
TRB_API TRB_NODISCARD trb_status trb_cohort_find_group(const trb_cohort *cohort, const char *name,
                                                       size_t *index, trb_error *err);

/** Index of a metric by key, header or a known spelling ("bvtv"). Errors as trb_cohort_find_group(). */
TRB_API TRB_NODISCARD trb_status trb_cohort_find_metric(const trb_cohort *cohort, const char *name,
                                                        size_t *index, trb_error *err);

/** Index of an attribute by name. Errors as trb_cohort_find_group(). */
TRB_API TRB_NODISCARD trb_status trb_cohort_find_attribute(const trb_cohort *cohort, const char *name,
                                                           size_t *index, trb_error *err);

/**
 * A column as categories: an attribute, a column of numbers, or one of "group", "animal", "side", "time".
 *
 * Output      *level: one a row, index into *name, TRB_COHORT_NO_GROUP for missing. Levels of text in order of appearance,
 *             of numbers in ascending order. *name and *level belong to the cohort.
 * Errors      TRB_ERR_ARGUMENT with the nearest name; TRB_ERR_MEMORY.
 */
TRB_API TRB_NODISCARD trb_status trb_cohort_levels(trb_cohort *cohort, const char *column, size_t *n_levels,
                                                   const char ***name, size_t **level, trb_error *err);

#ifdef __cplusplus
}
#endif
#endif
