/* cmd_compare_precision.c - trabecula compare precision: repeated scans of the same specimens. */
#include "cmd_compare.h"

#include "trabecula/precision.h"
#include "trabecula/record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

typedef trb_status (*maker)(const trb_precision *precision, char **text, trb_error *err);

static trb_status write_file(const trb_precision *precision, const char *folder, const char *name, maker make, bool force, trb_error *err)
{
    char path[4096], *text = NULL;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    trb_status status = make(precision, &text, err);
    if (!status)
        status = trb_text_write(path, text, force, err);
    free(text);
    return status;
}

static trb_status write_files(const trb_precision *precision, const char *folder, bool force, trb_error *err)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return trb_error_set(err, TRB_ERR_IO, "the folder %s cannot be made: %s", folder, strerror(errno));
    trb_status status = write_file(precision, folder, "precision.json", trb_precision_json, force, err);
    if (!status)
        status = write_file(precision, folder, "precision.csv", trb_precision_csv, force, err);
    return status ? status : write_file(precision, folder, "precision.txt", trb_precision_text, force, err);
}

int cmd_compare_precision(cli_call *call)
{
    const struct compare_options *given = call->options;
    trb_cohort_options read = cmd_compare_cohort(call);
    read.unit = TRB_COHORT_UNIT_SCAN;
    trb_error err = {TRB_OK, ""};
    trb_cohort *cohort = NULL;
    trb_precision *precision = NULL;
    char *text = NULL;
    trb_status status = trb_cohort_read(call->words + 1, (size_t)call->n_words - 1, &read, &cohort, &err);
    if (!status)
        status = trb_precision_measure(cohort, given->specimen, given->repeat, &precision, &err);
    if (!status && given->output)
        status = write_files(precision, given->output, given->force, &err);
    if (!status)
        status = given->json ? trb_precision_json(precision, &text, &err) : trb_precision_text(precision, &text, &err);
    const int code = status ? cli_fail(call, &err) : CLI_DONE;
    if (!status)
        printf("%s%s", text, given->json ? "\n" : "");
    free(text);
    trb_precision_destroy(precision);
    trb_cohort_destroy(cohort);
    return code;
}
