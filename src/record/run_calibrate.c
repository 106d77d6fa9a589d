/* run_calibrate.c - the grey scale of a run: the scan's own, and --calibration over it. */
#include "record/run.h"

#include <stdlib.h>
#include <string.h>

/* A calibration file names the scan of its phantom; a bone that was scanned otherwise gets a warning. */
static trb_status compare_conditions(struct run *run)
{
    trb_record *record = run->record;
    char difference[512];
    const size_t n = record->n_facts;
    const char **keys = malloc((2 * n + 1) * sizeof *keys);
    if (!keys)
        return trb_error_set(run->err, TRB_ERR_MEMORY, "out of memory");
    for (size_t i = 0; i < n; i++) {
        keys[i] = record->facts[i].key;
        keys[n + i] = record->facts[i].text;
    }
    trb_status status = trb_calibration_compare(run->settings->calibration, record->type, n, keys, keys + n, difference,
                                                sizeof difference, run->err);
    if (!status && difference[0])
        trb_record_warn(record, "the density phantom was scanned otherwise, so densities may be wrong: %s", difference);
    free(keys);
    return status;
}

trb_status trb_run_calibrate(struct run *run)
{
    const char *text = run->settings->calibration;
    if (!text[0])
        return TRB_OK;
    trb_status status = trb_calibration_apply(text, &run->record->calibration, run->err);
    if (!status && !strchr(text, '='))
        status = compare_conditions(run);
    if (status)
        trb_error_within(run->err, "calibration");
    return status;
}
