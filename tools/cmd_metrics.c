/* cmd_metrics.c - trabecula metrics: what is measured, by which definition, from which source. */
#include "cli.h"

#include "trabecula/record.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct metrics_options {
    bool json;
};

static const cli_option OPTIONS[] = {
    {.name = "json", .kind = CLI_FLAG, .offset = offsetof(struct metrics_options, json), .group = "Output",
     .help = "print a JSON array instead of text"},
};

static int print_json(cli_call *call, const trb_metric_info *table, size_t rows)
{
    json_t *array = json_array();
    for (size_t i = 0; i < rows; i++)
        json_array_append_new(array, json_pack("{s:s,s:s,s:s,s:s,s:s,s:s,s:s}", "key", table[i].key, "unit", table[i].unit, "name",
                                               table[i].name, "definition", table[i].definition, "methods", table[i].methods,
                                               "source", table[i].source, "caveat", table[i].caveat));
    char *text = array ? json_dumps(array, JSON_INDENT(2)) : NULL;
    json_decref(array);
    if (!text) {
        trb_error err = {TRB_ERR_MEMORY, "out of memory"};
        return cli_fail(call, &err);
    }
    puts(text);
    free(text);
    return CLI_DONE;
}

static int run(cli_call *call)
{
    const struct metrics_options *given = call->options;
    size_t rows;
    const trb_metric_info *table = trb_metric_table(&rows);
    for (int w = 0; w < call->n_words; w++) {
        bool known = false;
        for (size_t i = 0; i < rows; i++)
            known = known || strcmp(table[i].key, call->words[w]) == 0;
        if (!known)
            return cli_usage(call, "'%s' is not a metric; 'trabecula metrics' lists them", call->words[w]);
    }
    if (given->json)
        return print_json(call, table, rows);
    for (size_t i = 0; i < rows; i++) {
        bool wanted = call->n_words == 0;
        for (int w = 0; w < call->n_words; w++)
            wanted = wanted || strcmp(table[i].key, call->words[w]) == 0;
        if (!wanted)
            continue;
        printf("%s [%s]  %s\n", table[i].key, table[i].unit, table[i].name);
        printf("    definition  %s\n    methods     %s\n", table[i].definition, table[i].methods);
        if (table[i].source[0])
            printf("    source      %s\n", table[i].source);
        if (table[i].caveat[0])
            printf("    caveat      %s\n", table[i].caveat);
    }
    return CLI_DONE;
}

static const char *const EXAMPLES[] = {"trabecula metrics", "the whole table", "trabecula metrics Tb.Th Tb.N",
                                       "two of its rows", NULL};

const cli_command cmd_metrics = {.name = "metrics", .summary = "list what is measured, how, and by which source",
                                 .usage = "[--json] [METRIC...]", .examples = EXAMPLES, .options = OPTIONS,
                                 .n_options = CLI_COUNT(OPTIONS), .options_bytes = sizeof(struct metrics_options), .most_words = -1,
                                 .word_name = "METRIC", .run = run};
