/* cohorts.c - see cohorts.h. */
#include "support/cohorts.h"

#include "support/testing.h"

trb_cohort *cohort_of(const char *text, const trb_cohort_options *options)
{
    trb_cohort *cohort = NULL;
    CHECK_OK(trb_cohort_parse("t.csv", text, strlen(text), options, &cohort, err));
    return cohort;
}

void cohort_refused(const char *text, const trb_cohort_options *options, trb_status status,
                    const char *const *words)
{
    trb_cohort *cohort = NULL;
    trb_error err = {TRB_OK, ""};
    const trb_status got = trb_cohort_parse("t.csv", text, strlen(text), options, &cohort, &err);
    assert_null(cohort);
    if (got != status)
        fail_msg("expected %s, got %s: %s", trb_status_name(status), trb_status_name(got), err.text);
    for (; *words; words++)
        if (!strstr(err.text, *words))
            fail_msg("the message lacks \"%s\": %s", *words, err.text);
}

const trb_cohort_row *cohort_row(const trb_cohort *cohort, const char *sample)
{
    for (size_t r = 0; r < cohort->n_rows; r++)
        if (strcmp(cohort->row[r].sample, sample) == 0)
            return &cohort->row[r];
    fail_msg("there is no sample %s", sample);
    return NULL;
}

const trb_cohort_metric *cohort_metric(const trb_cohort *cohort, const char *key)
{
    for (size_t m = 0; m < cohort->n_metrics; m++)
        if (strcmp(cohort->metric[m].key, key) == 0)
            return &cohort->metric[m];
    fail_msg("there is no metric %s", key);
    return NULL;
}

double cohort_value(const trb_cohort *cohort, const char *key, const char *sample)
{
    return cohort_metric(cohort, key)->value[cohort_row(cohort, sample) - cohort->row];
}

const char *cohort_text(const trb_cohort *cohort, const char *name, const char *sample)
{
    const trb_cohort_row *row = cohort_row(cohort, sample);
    if (strcmp(name, "group") == 0)
        return row->group == TRB_COHORT_NO_GROUP ? "" : cohort->group_name[row->group];
    for (size_t a = 0; a < cohort->n_attributes; a++)
        if (strcmp(cohort->attribute[a].name, name) == 0)
            return cohort->attribute[a].text[row - cohort->row];
    fail_msg("there is no attribute %s", name);
    return NULL;
}

static bool any_holds(const char *const *list, size_t n, const char *words)
{
    for (size_t i = 0; i < n; i++)
        if (strstr(list[i], words))
            return true;
    return false;
}

bool cohort_notes(const trb_cohort *cohort, const char *words)
{
    return any_holds(cohort->note, cohort->n_notes, words);
}

bool cohort_warns(const trb_cohort *cohort, const char *words)
{
    return any_holds(cohort->warning, cohort->n_warnings, words);
}

const char *cohort_file(const char *name, const char *text)
{
    static char path[8][4200];
    static unsigned turn;
    char *at = path[turn++ % 8];
    snprintf(at, sizeof path[0], "%s/%s", testing_scratch(), name);
    FILE *out = fopen(at, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(text, 1, strlen(text), out), strlen(text));
    assert_int_equal(fclose(out), 0);
    return at;
}
