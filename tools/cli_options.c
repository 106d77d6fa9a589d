/*
 * cli_options.c - the command line of one command, from its table.
 *
 * Three passes, weakest first, so that a later one simply overwrites: defaults, protocol file, command line.
 * The command line is taken apart before, because it names the protocol file.
 */
#include "cli_frame.h"
#include "protocol.h"

#include "trabecula/version.h"

#include <stdlib.h>
#include <string.h>

/* ---- taking the command line apart */

struct typed {
    size_t row;
    const char *text;
};

struct typed_line {
    size_t n;
    struct typed *items;
};

enum { PARSE_GO_ON = -1 };

static int unknown_option(const cli_call *call, const char *option, const char *name)
{
    const char *near = cli_row_nearest(call->command, name, false);
    if (near)
        return cli_usage(call, "unknown option '%s', did you mean --%s?", option, near);
    return cli_usage(call, "unknown option '%s'", option);
}

/* "--json" or "-o", but not "-" or "-0.5mm". */
static bool looks_like_option(const char *text)
{
    return text[0] == '-' && (text[1] == '-' || (text[1] >= 'a' && text[1] <= 'z'));
}

/* The value of an option: behind '=', or the next argument. A next argument that looks like an option is more
 * likely a forgotten value than a value. */
static int take_value(const cli_call *call, const cli_option *option, const char *attached, int *at,
                      const char **value)
{
    if (attached) {
        *value = attached;
        return PARSE_GO_ON;
    }
    if (*at + 1 >= call->argc)
        return cli_usage(call, "--%s needs a value: --%s %s", option->name, option->name,
                         cli_placeholder(option));
    const char *next = call->argv[*at + 1];
    if (looks_like_option(next))
        return cli_usage(call, "--%s needs a value, found '%s' (write --%s=%s if that is the value)",
                         option->name, next, option->name, next);
    *value = next;
    ++*at;
    return PARSE_GO_ON;
}

static int note_typed(const cli_call *call, struct typed_line *line, size_t row, const char *text)
{
    const cli_option *option = cli_row(call->command, row);
    for (size_t i = 0; i < line->n; i++)
        if (line->items[i].row == row && !(option->flags & CLI_REPEATS))
            return cli_usage(call, "--%s is given twice", option->name);
    line->items[line->n++] = (struct typed){row, text};
    return PARSE_GO_ON;
}

static int take_long(const cli_call *call, struct typed_line *line, int *at)
{
    const char *argument = call->argv[*at], *name = argument + 2;
    const size_t length = strcspn(name, "=");
    const char *attached = name[length] == '=' ? name + length + 1 : NULL;
    const size_t row = cli_row_named(call->command, name, length);
    if (row == SIZE_MAX) {
        char shown[64];
        snprintf(shown, sizeof shown, "%.*s", (int)(length < 60 ? length : 60), name);
        return unknown_option(call, argument, shown);
    }
    const cli_option *option = cli_row(call->command, row);
    const char *value = attached ? attached : "yes";
    if (option->kind != CLI_FLAG) {
        const int code = take_value(call, option, attached, at, &value);
        if (code != PARSE_GO_ON)
            return code;
    }
    return note_typed(call, line, row, value);
}

/* "-q", "-o DIR", "-oDIR", "-qo DIR". */
static int take_short(const cli_call *call, struct typed_line *line, int *at)
{
    const char *argument = call->argv[*at];
    for (const char *letter = argument + 1; *letter; letter++) {
        const size_t row = cli_row_lettered(call->command, *letter);
        if (row == SIZE_MAX)
            return unknown_option(call, argument, argument + 1);
        const cli_option *option = cli_row(call->command, row);
        const bool takes_value = option->kind != CLI_FLAG;
        const char *value = "yes";
        if (takes_value) {
            const int code = take_value(call, option, letter[1] ? letter + 1 : NULL, at, &value);
            if (code != PARSE_GO_ON)
                return code;
        }
        const int code = note_typed(call, line, row, value);
        if (code != PARSE_GO_ON || takes_value)
            return code;
    }
    return PARSE_GO_ON;
}

static int take_apart(cli_call *call, struct typed_line *line)
{
    bool options_ended = false;
    for (int at = 2; at < call->argc; at++) {
        const char *argument = call->argv[at];
        int code = PARSE_GO_ON;
        if (options_ended || argument[0] != '-' || argument[1] == '\0')
            call->words[call->n_words++] = argument;
        else if (strcmp(argument, "--") == 0)
            options_ended = true;
        else if (argument[1] == '-')
            code = take_long(call, line, &at);
        else
            code = take_short(call, line, &at);
        if (code != PARSE_GO_ON)
            return code;
    }
    return PARSE_GO_ON;
}

static const char *typed_text(const cli_call *call, const struct typed_line *line, const char *name)
{
    for (size_t i = 0; i < line->n; i++)
        if (strcmp(cli_row(call->command, line->items[i].row)->name, name) == 0)
            return line->items[i].text;
    return NULL;
}

/* ---- the passes */

static trb_status set_defaults(cli_call *call, trb_error *err)
{
    for (size_t row = 0; row < call->n_settings; row++) {
        call->settings[row].option = cli_row(call->command, row);
        snprintf(call->settings[row].place, sizeof call->settings[row].place, "default");
        const char *fallback = call->settings[row].option->fallback;
        if (!fallback)
            continue;
        const trb_status status = cli_row_set(call, row, fallback, CLI_FROM_DEFAULT, "default", err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_status set_typed(cli_call *call, const struct typed_line *line, trb_error *err)
{
    for (size_t i = 0; i < line->n; i++) {
        const trb_status status = cli_row_set(call, line->items[i].row, line->items[i].text,
                                              CLI_FROM_COMMAND_LINE, "command line", err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static int parse_failed(const cli_call *call, const trb_error *err)
{
    return err->status == TRB_ERR_ARGUMENT ? cli_usage(call, "%s", err->text) : cli_fail(call, err);
}

static int check_words(const cli_call *call)
{
    const cli_command *command = call->command;
    for (size_t row = 0; row < call->n_settings; row++) {
        const cli_setting *setting = &call->settings[row];
        if (setting->option->flags & CLI_REQUIRED && setting->origin == CLI_FROM_DEFAULT)
            return cli_usage(call, "--%s %s is required", setting->option->name,
                             cli_placeholder(setting->option));
    }
    if (call->n_words < command->least_words)
        return cli_usage(call, "%s is missing: trabecula %s %s",
                         command->word_name ? command->word_name : "an argument", command->name,
                         command->usage);
    if (command->most_words >= 0 && call->n_words > command->most_words)
        return cli_usage(call, "'%s' is one argument too many", call->words[command->most_words]);
    return PARSE_GO_ON;
}

static void set_threads(cli_call *call)
{
    if (call->common.threads == 0)
        call->common.threads = cli_usable_threads();
    trb_threads_set((int)call->common.threads);
}

static int parse_and_run(cli_call *call, struct typed_line *line)
{
    trb_error err = {TRB_OK, ""};
    if (set_defaults(call, &err)) /* a mistake in a table */
        return cli_fail(call, &err);
    int code = take_apart(call, line);
    /* Who asks for help gets it, whatever else the line holds. */
    if (typed_text(call, line, "help")) {
        cli_help_print(call->command, stdout);
        return CLI_DONE;
    }
    if (code != PARSE_GO_ON)
        return code;
    if (typed_text(call, line, "version")) {
        cli_version_print(stdout);
        return CLI_DONE;
    }
    const char *protocol = typed_text(call, line, "protocol");
    if (protocol && protocol_read(call, protocol, &err))
        return parse_failed(call, &err);
    if (set_typed(call, line, &err))
        return parse_failed(call, &err);
    call->color = cli_color_wanted(call->common.color, stderr);
    if (call->command->check && call->command->check(call, &err))
        return parse_failed(call, &err);
    if (call->common.write_protocol)
        return protocol_write(call, call->common.write_protocol, &err) ? cli_fail(call, &err) : CLI_DONE;
    code = check_words(call);
    if (code != PARSE_GO_ON)
        return code;
    set_threads(call);
    cli_signals_catch();
    code = call->command->run(call);
    cli_progress_end();
    return code;
}

static void call_clear(cli_call *call, struct typed_line *line)
{
    cli_settings_clear(call);
    free(call->settings);
    free(call->words);
    free(call->options);
    free(line->items);
}

int cli_run(const cli_command *command, int argc, char **argv)
{
    cli_call call = {.command = command, .argc = argc, .argv = argv, .n_settings = cli_rows(command)};
    call.common.log_level = CLI_LOG_INFO;
    call.color = cli_color_wanted(0, stderr);
    call.options = calloc(1, command->options_bytes + 1);
    call.settings = calloc(call.n_settings, sizeof *call.settings);
    call.words = calloc((size_t)argc + 1, sizeof *call.words);
    /* "-qqq" holds more options than arguments, but never more than letters. */
    size_t letters = 1;
    for (int i = 0; i < argc; i++)
        letters += strlen(argv[i]) + 1;
    struct typed_line line = {0, calloc(letters, sizeof *line.items)};
    int code = CLI_FAILED;
    if (call.options && call.settings && call.words && line.items) {
        code = parse_and_run(&call, &line);
    } else {
        trb_error err;
        trb_error_set(&err, TRB_ERR_MEMORY, "no memory for the command line");
        cli_fail(&call, &err);
    }
    call_clear(&call, &line);
    return code;
}

/* ---- for records */

static bool needs_quotes(const char *text)
{
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=:,./@%";
    return text[0] == '\0' || text[strspn(text, plain)] != '\0';
}

char *cli_command_line(const cli_call *call)
{
    size_t length = 1;
    for (int i = 0; i < call->argc; i++)
        length += 4 * strlen(call->argv[i]) + 3; /* every quote becomes '\'' */
    char *line = malloc(length), *to = line;
    for (int i = 0; line && i < call->argc; i++) {
        const bool quotes = needs_quotes(call->argv[i]);
        if (i)
            *to++ = ' ';
        if (quotes)
            *to++ = '\'';
        for (const char *from = call->argv[i]; *from; from++) {
            if (*from == '\'') {
                memcpy(to, "'\\''", 4);
                to += 4;
            } else {
                *to++ = *from;
            }
        }
        if (quotes)
            *to++ = '\'';
    }
    if (line)
        *to = '\0';
    return line;
}
