/* cohort_build.h - the steps that make a cohort; each is one file. */
#ifndef TRB_COHORT_BUILD_H
#define TRB_COHORT_BUILD_H

#include "trabecula/cohort.h"
#include "trabecula/nearest_name.h"

#include "study/text_table.h"
#include "study/cohort_pool.h"

static inline trb_pool *trb_cohort_pool(const trb_cohort *cohort)
{
    return cohort->memory;
}

/** No such row or column. */
#define TRB_NO_COLUMN ((size_t)-1)

/** An empty cohort. */
trb_cohort *trb_cohort_create(trb_error *err);

/** One sentence for the reader. What cannot be stored for lack of memory is lost: the caller will fail soon. */
void trb_cohort_note(trb_cohort *cohort, const char *format, ...) TRB_PRINTF(2, 3);
void trb_cohort_warn(trb_cohort *cohort, const char *format, ...) TRB_PRINTF(2, 3);

/** Index of a group, added at the end when new; TRB_COHORT_NO_GROUP for "". */
trb_status trb_cohort_group_index(trb_cohort *cohort, const char *name, size_t *index, trb_error *err);

/** A new column of numbers, all NaN, or of text, all "". The pointer is valid until the next column. */
trb_cohort_metric *trb_cohort_add_metric(trb_cohort *cohort, const char *key, const char *unit,
                                         const char *header, trb_error *err);
trb_cohort_attribute *trb_cohort_add_attribute(trb_cohort *cohort, const char *name, trb_error *err);

/** Samples in the order of their names, to find one among many. In the pool; NULL without memory. */
typedef struct trb_name_entry {
    const char *name;
    size_t row;
} trb_name_entry;
trb_name_entry *trb_sample_index(const trb_cohort *cohort, trb_error *err);
/** The first row of that name, or TRB_NO_COLUMN. */
size_t trb_sample_find(const trb_name_entry *index, size_t n, const char *name);

/** Keep the rows with keep[r], in their order; groups that lose all rows go. */
trb_status trb_cohort_keep_rows(trb_cohort *cohort, const bool *keep, trb_error *err);

/** Which column plays which part; TRB_NO_COLUMN when none does. */
typedef struct trb_cohort_roles {
    size_t sample, group, animal, side, time;
} trb_cohort_roles;

static inline bool trb_is_role(const trb_cohort_roles *roles, size_t column)
{
    return column == roles->sample || column == roles->group || column == roles->animal ||
           column == roles->side || column == roles->time;
}

/** Cell of a role: "" when there is no such column or the cell says missing. */
const char *trb_role_text(const trb_text_table *table, size_t record, size_t column);

/** Name of a column: its header, or "column 3" when it has none. In the pool; NULL without memory. */
const char *trb_column_name(const trb_text_table *table, size_t column, trb_error *err);

/** Roles by name or as options ask. Errors: TRB_ERR_ARGUMENT when a named column is not there. */
trb_status trb_cohort_find_roles(const trb_text_table *table, const trb_cohort_options *options,
                                 trb_cohort_roles *roles, trb_error *err);

/** What a column without a role holds. */
typedef enum trb_column_kind { TRB_COLUMN_EMPTY, TRB_COLUMN_TEXT, TRB_COLUMN_NUMBERS } trb_column_kind;

/**
 * Numbers, or text? A known metric, and whatever has a unit, must be numbers; others are when all their cells are.
 *
 * Output      *odd: the record of the first word in a column that is text although half of it are numbers; else 0.
 * Errors      TRB_ERR_DATA with row and column for a word in a column of numbers.
 */
trb_status trb_column_classify(const trb_text_table *table, size_t column, const char *key, const char *unit,
                               trb_column_kind *kind, size_t *odd, trb_error *err);

/** Which columns look like numbers, for trb_text_table_decimal(); roles other than time do not. In the pool. */
bool *trb_columns_numeric(const trb_text_table *table, const trb_cohort_roles *roles, trb_error *err);

/** A text table as a cohort of its own (in the same pool as the table). */
trb_status trb_cohort_from_table(trb_text_table *table, const trb_cohort_options *options, trb_cohort *cohort,
                                 trb_error *err);

/** Add a second cohort, which shares the pool: rows are appended or columns joined. */
trb_status trb_cohort_join(trb_cohort *cohort, const trb_cohort *other, trb_error *err);

/** Join a design file by sample (or by animal, when it has no samples). */
trb_status trb_cohort_design(trb_cohort *cohort, const char *path, const trb_cohort_options *options,
                             trb_error *err);

/** Take out rows: "sample=reason" words and a table of sample and reason. */
trb_status trb_cohort_exclude(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err);

/** Warn where groups were not measured alike. Before averaging: it is about scans. */
trb_status trb_cohort_doubt_settings(trb_cohort *cohort, trb_error *err);

/** Average the rows of an animal; warn about pairs that look like limbs of one. */
trb_status trb_cohort_average(trb_cohort *cohort, trb_cohort_unit unit, trb_error *err);

/** Order of groups and metrics; constant columns; groups that differ in case alone are warned about. */
trb_status trb_cohort_order(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err);

/** Rewrite a foreign text form as a plain table in our terms. */
trb_status trb_import_table(trb_text_table *table, trb_cohort_import import, trb_cohort *cohort,
                            trb_error *err);

/** After reading a foreign form: ratios to percent and the like. */
void trb_import_units(trb_cohort *cohort, trb_cohort_import import);

#endif
