/*
 * fuzz_cohort.c - libFuzzer target: any bytes as a table of results; what follows a byte 0xFE is a design of it.
 * Not part of the normal build: scripts/fuzz compiles it with clang and runs it.
 */
#include "trabecula/cohort.h"

#include "study/cohort_groups.h"

#include <stdio.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count);

static const char *write_design(const unsigned char *bytes, size_t count)
{
    static char path[] = P_tmpdir "/fuzz-cohort-XXXXXX";
    static int fd = -1;
    if (fd < 0)
        fd = mkstemp(path);
    if (fd < 0 || ftruncate(fd, 0) != 0 || pwrite(fd, bytes, count, 0) != (ssize_t)count)
        abort();
    return path;
}

/* Every number and text that a caller may look at. */
static void look_at(const trb_cohort *cohort)
{
    size_t seen = 0;
    for (size_t m = 0; m < cohort->n_metrics; m++) {
        trb_cohort_values values;
        if (trb_cohort_groups(cohort, m, &values, NULL))
            abort();
        for (size_t g = 0; g < values.groups.n_groups; g++) {
            seen += values.groups.group[g].n + values.groups.group[g].n_missing;
            for (size_t i = 0; i < values.groups.group[g].n; i++)
                if (values.row[g][i] >= cohort->n_rows)
                    abort();
        }
        trb_cohort_values_clear(&values);
        seen +=
            strlen(cohort->metric[m].key) + strlen(cohort->metric[m].unit) + strlen(cohort->metric[m].header);
    }
    for (size_t r = 0; r < cohort->n_rows; r++) {
        const trb_cohort_row *row = &cohort->row[r];
        seen += strlen(row->sample) + strlen(row->animal) + strlen(row->side) + strlen(row->time) +
                strlen(row->file);
        if (row->group != TRB_COHORT_NO_GROUP && row->group >= cohort->n_groups)
            abort();
        for (size_t a = 0; a < cohort->n_attributes; a++)
            seen += strlen(cohort->attribute[a].text[r]);
    }
    if (seen == SIZE_MAX)
        abort();
}

int LLVMFuzzerTestOneInput(const unsigned char *bytes, size_t count)
{
    if (count == 0)
        return 0;
    trb_cohort_options options = trb_cohort_options_default();
    options.import = (trb_cohort_import)(bytes[0] % 4);
    options.unit = (trb_cohort_unit)(bytes[0] / 4 % 3);
    const unsigned char *table = bytes + 1, *cut = memchr(table, 0xFE, count - 1);
    const size_t length = cut ? (size_t)(cut - table) : count - 1;
    if (cut)
        options.design = write_design(cut + 1, count - 2 - length);
    trb_cohort *cohort = NULL;
    trb_error err = {TRB_OK, ""};
    const trb_status status = trb_cohort_parse("t.csv", (const char *)table, length, &options, &cohort, &err);
    if ((status == TRB_OK) != (cohort != NULL) || (status && !err.text[0]))
        abort(); /* the contract: a table or a reason */
    if (cohort)
        look_at(cohort);
    trb_cohort_destroy(cohort);
    return 0;
}
