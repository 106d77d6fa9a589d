/*
 * cli_options.c - the command line of one command, from its table.
 *
 * Three passes, weakest first, so that a later one simply overwrites: defaults, protocol file, command line.
 * The command line is taken apart before, because it names the protocol file.
 */
#include "cli.h"
#include "protocol.h"

#include "trabecula/version.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static const char *const PROGRESS_CHOICES[] = {"auto", "plain", "none", NULL};
static const char *const LOG_CHOICES[] = {"error", "warning", "info", "debug", NULL};
static const char *const COLOR_CHOICES[] = {"auto", "always", "never", NULL};

#define COMMON(field) .group = "Common options", .offset = offsetof(cli_common, field)

/* clang-format off */
static const cli_option COMMON_OPTIONS[] = {
    {.name = "threads", .argument = "N", .kind = CLI_INTEGER, COMMON(threads), .least = 1, .most = 4096,
     .without = "the cores this process may use",
     .help = "how many threads to use; results do not depend on it"},
    {.name = "quiet", .letter = 'q', .kind = CLI_FLAG, COMMON(quiet),
     .help = "no progress and no notes; warnings and errors stay"},
    {.name = "progress", .argument = "auto|plain|none", .kind = CLI_CHOICE, COMMON(progress),
     .choices = PROGRESS_CHOICES, .fallback = "auto",
     .help = "auto draws a bar on a terminal and nothing elsewhere; plain prints lines"},
    {.name = "log-level", .argument = "LEVEL", .kind = CLI_CHOICE, COMMON(log_level), .choices = LOG_CHOICES,
     .fallback = "info", .help = "how much to say on standard error"},
    {.name = "color", .argument = "auto|always|never", .kind = CLI_CHOICE, COMMON(color),
     .choices = COLOR_CHOICES, .fallback = "auto", .help = "colours in messages"},
    {.name = "help", .letter = 'h', .kind = CLI_FLAG, COMMON(help), .help = "print this help and exit"},
    {.name = "version", .kind = CLI_FLAG, COMMON(version), .help = "print version and build facts and exit"},
};
/* clang-format on */

/* clang-format off */
static const cli_option PROTOCOL_OPTIONS[] = {
    {.name = "protocol", .argument = "FILE", .kind = CLI_STRING, .group = "Protocol",
     .offset = offsetof(cli_common, protocol),
     .help = "take settings from a protocol.ini, or from the result.json of a former run; options on the "
             "command line are stronger"},
    {.name = "write-protocol", .argument = "FILE", .kind = CLI_STRING, .group = "Protocol",
     .offset = offsetof(cli_common, write_protocol),
     .help = "write the settings of this command line as a commented protocol and exit; '-' is standard output"},
};
/* clang-format on */

bool cli_has_settings(const cli_command *command)
{
    for (size_t i = 0; i < command->n_options; i++)
        if (command->options[i].flags & CLI_SETTING)
            return true;
    return false;
}

size_t cli_rows(const cli_command *command)
{
    return command->n_options + (cli_has_settings(command) ? CLI_COUNT(PROTOCOL_OPTIONS) : 0) +
           CLI_COUNT(COMMON_OPTIONS);
}

const cli_option *cli_row(const cli_command *command, size_t row)
{
    if (row < command->n_options)
        return &command->options[row];
    row -= command->n_options;
    if (cli_has_settings(command)) {
        if (row < CLI_COUNT(PROTOCOL_OPTIONS))
            return &PROTOCOL_OPTIONS[row];
        row -= CLI_COUNT(PROTOCOL_OPTIONS);
    }
    return &COMMON_OPTIONS[row];
}

const char *cli_placeholder(const cli_option *option)
{
    static const char *const usual[] = {
        [CLI_STRING] = "TEXT",
        [CLI_INTEGER] = "N",
        [CLI_REAL] = "X",
        [CLI_LENGTH] = "LENGTH",
        [CLI_LENGTHS] = "LENGTH|X,Y,Z",
        [CLI_SIZE] = "SIZE",
        [CLI_CHOICE] = "NAME",
        [CLI_RANGE] = "A:B",
        [CLI_REALS] = "LO:HI",
        [CLI_BOX] = "X0:X1,Y0:Y1,Z0:Z1",
        [CLI_LIST] = "A,B,...",
        [CLI_CUSTOM] = "VALUE",
    };
    if (option->kind == CLI_FLAG)
        return NULL;
    return option->argument ? option->argument : usual[option->kind];
}

/* ---- memory of a call */

struct kept {
    struct kept *next;
    char text[];
};

char *cli_keep(cli_call *call, const char *text, size_t length)
{
    struct kept *kept = malloc(sizeof *kept + length + 1);
    if (!kept)
        return NULL;
    memcpy(kept->text, text, length);
    kept->text[length] = '\0';
    kept->next = call->memory;
    call->memory = kept;
    return kept->text;
}

static trb_status no_memory(trb_error *err)
{
    return trb_error_set(err, TRB_ERR_MEMORY, "no memory for the command line");
}

/* ---- values into fields */

static void *field(const cli_call *call, size_t row)
{
    char *base = row < call->command->n_options ? call->options : (char *)&call->common;
    return base + cli_row(call->command, row)->offset;
}

static void list_clear(cli_list *list)
{
    free(list->items); /* the words belong to the call */
    *list = (cli_list){0, NULL};
}

static trb_status list_add(cli_call *call, cli_list *list, const char *text, size_t length, trb_error *err)
{
    char **items = realloc(list->items, (list->n + 1) * sizeof *items);
    if (!items)
        return no_memory(err);
    list->items = items;
    items[list->n] = cli_keep(call, text, length);
    if (!items[list->n])
        return no_memory(err);
    list->n++;
    return TRB_OK;
}

static trb_status list_parse(cli_call *call, const cli_option *option, const char *text, bool append,
                             cli_list *list, trb_error *err)
{
    if (!append)
        list_clear(list);
    for (const char *at = text;;) {
        const size_t length = option->flags & CLI_REPEATS ? strlen(at) : strcspn(at, ",");
        if (length == 0)
            return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' has an empty word", text);
        trb_status status = list_add(call, list, at, length, err);
        int index;
        if (!status && option->choices)
            status = cli_parse_choice(list->items[list->n - 1], option->choices, &index, err);
        if (status)
            return status;
        if (at[length] == '\0')
            return TRB_OK;
        at += length + 1;
    }
}

static trb_status within_limits(const cli_option *option, const char *text, double value, trb_error *err)
{
    if ((option->least != 0 || option->most != 0) && !(value >= option->least && value <= option->most))
        return trb_error_set(err, TRB_ERR_ARGUMENT, "'%s' is outside %.15g to %.15g", text, option->least,
                             option->most);
    return TRB_OK;
}

static trb_status string_parse(const char *text, const char **out, trb_error *err)
{
    if (text[0] == '\0')
        return trb_error_set(err, TRB_ERR_ARGUMENT, "the value is empty");
    *out = text;
    return TRB_OK;
}

static trb_status value_parse(cli_call *call, const cli_option *option, const char *text, bool append,
                              void *to, trb_error *err)
{
    trb_status status = TRB_OK;
    switch (option->kind) {
    case CLI_FLAG: return cli_parse_flag(text, to, err);
    case CLI_STRING: return string_parse(text, to, err);
    case CLI_INTEGER:
        status = cli_parse_integer(text, to, err);
        return status ? status : within_limits(option, text, (double)*(int64_t *)to, err);
    case CLI_REAL:
        status = cli_parse_real(text, to, err);
        return status ? status : within_limits(option, text, *(double *)to, err);
    case CLI_LENGTH: return cli_parse_length(text, option->flags, to, err);
    case CLI_LENGTHS: return cli_parse_lengths(text, option->flags, to, err);
    case CLI_SIZE: return cli_parse_size(text, to, err);
    case CLI_CHOICE: return cli_parse_choice(text, option->choices, to, err);
    case CLI_RANGE: return cli_parse_range(text, to, err);
    case CLI_REALS: return cli_parse_reals(text, to, err);
    case CLI_BOX: return cli_parse_box(text, to, err);
    case CLI_LIST: return list_parse(call, option, text, append, to, err);
    case CLI_CUSTOM: return option->parse(text, to, err);
    }
    return status;
}

static trb_status row_set(cli_call *call, size_t row, const char *text, cli_origin origin, const char *place,
                          trb_error *err)
{
    cli_setting *setting = &call->settings[row];
    const cli_option *option = setting->option;
    if (origin < setting->origin)
        return TRB_OK;
    const char *kept = cli_keep(call, text, strlen(text));
    if (!kept)
        return no_memory(err);
    const bool append = option->flags & CLI_REPEATS && setting->text && origin == setting->origin;
    const trb_status status = value_parse(call, option, kept, append, field(call, row), err);
    if (status) {
        if (origin == CLI_FROM_COMMAND_LINE)
            trb_error_within(err, "--%s", option->name);
        else
            trb_error_within(err, "%s: %s", place, option->name);
        return status;
    }
    setting->text = kept;
    setting->origin = origin;
    snprintf(setting->place, sizeof setting->place, "%s", place);
    return TRB_OK;
}

/* ---- names */

static size_t row_of_name(const cli_command *command, const char *name, size_t length)
{
    const size_t n = cli_rows(command);
    for (size_t row = 0; row < n; row++) {
        const char *known = cli_row(command, row)->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return row;
    }
    return SIZE_MAX;
}

static size_t row_of_letter(const cli_command *command, char letter)
{
    const size_t n = cli_rows(command);
    for (size_t row = 0; row < n; row++)
        if (cli_row(command, row)->letter == letter)
            return row;
    return SIZE_MAX;
}

static const char *nearest_name(const cli_command *command, const char *name, bool settings_only)
{
    const char *names[256];
    size_t n = 0;
    for (size_t row = 0; row < cli_rows(command) && n < CLI_COUNT(names); row++)
        if (!settings_only || cli_row(command, row)->flags & CLI_SETTING)
            names[n++] = cli_row(command, row)->name;
    return cli_nearest(name, names, n);
}

trb_status cli_set(cli_call *call, const char *name, const char *text, cli_origin origin, const char *place,
                   trb_error *err)
{
    const size_t row = row_of_name(call->command, name, strlen(name));
    if (row == SIZE_MAX ||
        (origin != CLI_FROM_COMMAND_LINE && !(cli_row(call->command, row)->flags & CLI_SETTING))) {
        const char *near = nearest_name(call->command, name, origin != CLI_FROM_COMMAND_LINE);
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%s' is not a setting of 'trabecula %s'%s%s%s",
                             place, name, call->command->name, near ? ", did you mean '" : "",
                             near ? near : "", near ? "'?" : "");
    }
    return row_set(call, row, text, origin, place, err);
}

const cli_setting *cli_setting_of(const cli_call *call, const char *name)
{
    const size_t row = row_of_name(call->command, name, strlen(name));
    return row == SIZE_MAX ? NULL : &call->settings[row];
}

bool cli_given(const cli_call *call, const char *name)
{
    const cli_setting *setting = cli_setting_of(call, name);
    return setting && setting->origin != CLI_FROM_DEFAULT;
}

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
    const char *near = nearest_name(call->command, name, false);
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
    const size_t row = row_of_name(call->command, name, length);
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
        const size_t row = row_of_letter(call->command, *letter);
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
        const trb_status status = row_set(call, row, fallback, CLI_FROM_DEFAULT, "default", err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_status set_typed(cli_call *call, const struct typed_line *line, trb_error *err)
{
    for (size_t i = 0; i < line->n; i++) {
        const trb_status status = row_set(call, line->items[i].row, line->items[i].text,
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
    for (size_t row = 0; call->settings && row < call->n_settings; row++)
        if (cli_row(call->command, row)->kind == CLI_LIST)
            list_clear(field(call, row));
    while (call->memory) {
        struct kept *kept = call->memory;
        call->memory = kept->next;
        free(kept);
    }
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
        no_memory(&err);
        cli_fail(&call, &err);
    }
    call_clear(&call, &line);
    return code;
}

/* ---- for records */

json_t *cli_settings_json(const cli_call *call)
{
    json_t *object = json_object();
    for (size_t row = 0; object && row < call->n_settings; row++) {
        const cli_setting *setting = &call->settings[row];
        const cli_option *option = setting->option;
        if (!(option->flags & CLI_SETTING))
            continue;
        json_t *value = NULL;
        if (option->kind == CLI_FLAG) {
            value = json_boolean(*(const bool *)field(call, row));
        } else if (option->flags & CLI_REPEATS) {
            const cli_list *list = field(call, row);
            value = json_array();
            for (size_t i = 0; i < list->n; i++)
                json_array_append_new(value, json_string(list->items[i]));
        } else {
            value = setting->text ? json_string(setting->text) : json_null();
        }
        if (json_object_set_new(object, option->name, value)) {
            json_decref(object);
            object = NULL;
        }
    }
    return object;
}

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
