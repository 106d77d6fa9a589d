/* cmd_batch_status.c - a batch later: its state, its tables, and the words at its end. */
#include "cmd_batch.h"

#include <string.h>

static int print_status_json(const cli_call *call, const trb_batch_status *status)
{
    json_t *scans = json_array();
    for (size_t i = 0; i < status->n_scans; i++) {
        const trb_batch_status_scan *scan = &status->scans[i];
        json_array_append_new(scans,
                              json_pack("{s:s,s:s?,s:s,s:s}", "sample", scan->sample, "group", scan->group,
                                        "state", trb_batch_state_name(scan->state), "detail", scan->detail));
    }
    json_t *root = json_pack("{s:s,s:I,s:I,s:I,s:I,s:I,s:o}", "schema", "trabecula.status/1", "scans_total",
                             (json_int_t)status->n_scans, "done", (json_int_t)status->done, "failed",
                             (json_int_t)status->failed, "running", (json_int_t)status->running, "todo",
                             (json_int_t)status->todo, "scans", scans);
    const int failed = root ? json_dumpf(root, stdout, JSON_INDENT(2)) : -1;
    putchar('\n');
    json_decref(root);
    if (!failed)
        return CLI_DONE;
    trb_error err;
    trb_error_set(&err, TRB_ERR_MEMORY, "no memory for the status");
    return cli_fail(call, &err);
}

int batch_run_status(cli_call *call, const char *output)
{
    const struct batch_options *given = call->options;
    trb_error err = {TRB_OK, ""};
    trb_batch_status *status;
    if (trb_batch_status_create(output, &status, &err))
        return cli_fail(call, &err);
    int code = CLI_DONE;
    if (given->json) {
        code = print_status_json(call, status);
    } else {
        size_t width = 6;
        for (size_t i = 0; i < status->n_scans; i++)
            if (strlen(status->scans[i].sample) > width)
                width = strlen(status->scans[i].sample);
        for (size_t i = 0; i < status->n_scans; i++)
            printf("%-*s  %-7s  %s\n", (int)width, status->scans[i].sample,
                   trb_batch_state_name(status->scans[i].state), status->scans[i].detail);
        printf("\n%zu scans: %zu done, %zu failed, %zu running, %zu to do\n", status->n_scans, status->done,
               status->failed, status->running, status->todo);
    }
    trb_batch_status_destroy(status);
    return code;
}

int batch_run_collect(cli_call *call, const char *output)
{
    trb_error err = {TRB_OK, ""};
    trb_batch_totals totals;
    if (trb_batch_collect(output, &totals, &err))
        return cli_fail(call, &err);
    cli_info(call, "%s: %zu of %zu scans are in results.csv, %zu failed, %zu are to do", output, totals.done,
             totals.scans, totals.failed, totals.todo);
    return totals.failed || totals.todo ? CLI_SOME_FAILED : CLI_DONE;
}

#define MOST_FAILURES 20

static void tell_failures(const cli_call *call, const trb_batch_plan *plan)
{
    size_t n = 0;
    for (size_t i = 0; i < plan->n_scans; i++) {
        const trb_batch_scan *scan = &plan->scans[i];
        if (!scan->here || scan->state != TRB_BATCH_FAILED)
            continue;
        if (n++ < MOST_FAILURES)
            cli_info(call, "  failed: %s (%s%s%s): %s", scan->entry->sample, scan->failure.kind,
                     scan->failure.signal[0] ? " " : "", scan->failure.signal, scan->failure.message);
    }
    if (n > MOST_FAILURES)
        cli_info(call, "  and %zu more", n - MOST_FAILURES);
}

void batch_tell_end(const cli_call *call, const trb_batch_plan *plan, const trb_batch_totals *run,
                    const trb_batch_totals *all)
{
    char time[32], size[32];
    cli_info(call, "%zu measured in %s (%s, %.3g Mvoxel/s); %zu failed, %zu to do, %zu done before",
             run->measured, batch_duration_text(run->seconds, time),
             batch_size_text((double)run->bytes, size),
             run->seconds > 0 ? (double)run->voxels / run->seconds / 1e6 : 0, run->failed, run->todo,
             run->done - run->measured);
    tell_failures(call, plan);
    if (!all) {
        cli_info(call, "this was a shard: 'trabecula batch collect %s' makes the tables when all are through",
                 plan->output);
        return;
    }
    if (all->warnings)
        cli_info(call, "%zu warnings are in the records (see batch.json)", all->warnings);
    cli_info(call, "%s/results.csv has %zu of %zu scans%s", plan->output, all->done, all->scans,
             all->failed ? "; failures.csv has the others, scans/SAMPLE/log.txt what they said" : "");
}
