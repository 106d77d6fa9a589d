/* cmd_compare_meta.c - trabecula compare meta: several studies pooled. */
#include "cmd_compare.h"

#include "trabecula/meta.h"

#include <stdlib.h>

int cmd_compare_meta(cli_call *call)
{
    const struct compare_options *given = call->options;
    if (call->n_words != 2)
        return cli_usage(call, "compare meta takes one table of studies");
    trb_meta_options options = trb_meta_options_default();
    options.measure = (trb_meta_measure)given->measure;
    options.model = (trb_meta_model)given->model;
    options.hartung_knapp = !given->no_hartung_knapp;
    options.metric = given->metrics.n ? given->metrics.items[0] : NULL;
    const trb_report_options report = cmd_compare_report(call);
    trb_error err = {TRB_OK, ""};
    trb_meta *meta = NULL;
    char *text = NULL;
    trb_status status = trb_meta_read(call->words[1], &options, &meta, &err);
    if (!status && given->output)
        status = trb_meta_write(meta, &report, given->output, &err);
    if (!status)
        status = given->json ? trb_meta_json(meta, &text, &err) : trb_meta_text(meta, &text, &err);
    const int code = status ? cli_fail(call, &err) : CLI_DONE;
    if (!status)
        printf("%s%s", text, given->json ? "\n" : "");
    free(text);
    trb_meta_destroy(meta);
    return code;
}
