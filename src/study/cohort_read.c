/* cohort_read.c - from files to a cohort: the steps in their order. */
#include "study/cohort_build.h"

#include <math.h>
#include <string.h>

trb_cohort_options trb_cohort_options_default(void)
{
    return (trb_cohort_options){.import = TRB_IMPORT_NONE, .unit = TRB_COHORT_UNIT_AUTO};
}

/* A table as a cohort that shares the memory of another. */
static trb_status read_table(trb_text_table *table, const trb_cohort_options *options, trb_cohort *part,
                             trb_error *err)
{
    trb_status status = trb_import_table(table, options->import, part, err);
    if (!status)
        status = trb_cohort_from_table(table, options, part, err);
    if (!status)
        trb_import_units(part, options->import);
    return status;
}

static trb_status finish(trb_cohort *cohort, const trb_cohort_options *options, trb_error *err)
{
    trb_status status = options->design ? trb_cohort_design(cohort, options->design, options, err) : TRB_OK;
    if (!status)
        status = trb_cohort_exclude(cohort, options, err);
    if (!status)
        status = trb_cohort_doubt_settings(cohort, err);
    if (!status)
        status = trb_cohort_average(cohort, options->unit, err);
    if (!status)
        status = trb_cohort_order(cohort, options, err);
    return status;
}

/* The rows of part, below those that are there, or beside them. */
static trb_status join(trb_cohort *cohort, const trb_cohort *part, size_t *appended, trb_error *err)
{
    const size_t before = cohort->n_rows;
    const trb_status status = trb_cohort_join(cohort, part, err);
    *appended += !status && cohort->n_rows == before + part->n_rows;
    return status;
}

static trb_status add_file(trb_cohort *cohort, const char *path, size_t *appended,
                           const trb_cohort_options *options, trb_error *err)
{
    trb_text_table table;
    trb_cohort part = {.time_unit = "", .memory = cohort->memory};
    trb_status status = trb_text_table_read(path, trb_cohort_pool(cohort), &table, err);
    if (status)
        return status;
    if (cohort->n_rows == 0)
        return read_table(&table, options, cohort, err);
    status = read_table(&table, options, &part, err);
    return status ? status : join(cohort, &part, appended, err);
}

/* What is not used after all goes, and the caller gets NULL. */
static trb_status hand_over(trb_status status, trb_cohort *made, trb_cohort **out)
{
    if (status)
        trb_cohort_destroy(made);
    else
        *out = made;
    return status;
}

trb_status trb_cohort_read(const char *const *path, size_t n, const trb_cohort_options *options,
                           trb_cohort **cohort, trb_error *err)
{
    const trb_cohort_options none = trb_cohort_options_default();
    const trb_cohort_options *o = options ? options : &none;
    *cohort = NULL;
    if (n == 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "no table is given");
    size_t appended = 0;
    trb_cohort *made = trb_cohort_create(err);
    trb_status status = made ? TRB_OK : TRB_ERR_MEMORY;
    for (size_t i = 0; i < n && !status; i++)
        status = add_file(made, path[i], &appended, o, err);
    if (!status && appended)
        trb_cohort_note(made, "the rows of %zu tables were put below each other: %zu rows", appended + 1,
                        made->n_rows);
    if (!status)
        status = finish(made, o, err);
    return hand_over(status, made, cohort);
}

trb_status trb_cohort_parse(const char *name, const char *bytes, size_t size,
                            const trb_cohort_options *options, trb_cohort **cohort, trb_error *err)
{
    const trb_cohort_options none = trb_cohort_options_default();
    const trb_cohort_options *o = options ? options : &none;
    trb_text_table table;
    *cohort = NULL;
    trb_cohort *made = trb_cohort_create(err);
    trb_status status = made ? TRB_OK : TRB_ERR_MEMORY;
    if (!status)
        status = trb_text_table_parse(name, bytes, size, trb_cohort_pool(made), &table, err);
    if (!status)
        status = read_table(&table, o, made, err);
    if (!status)
        status = finish(made, o, err);
    return hand_over(status, made, cohort);
}
