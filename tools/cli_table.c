/* cli_table.c - the rows of a command: its own options, those of protocols, those of every command. */
#include "cli_frame.h"

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

size_t cli_row_named(const cli_command *command, const char *name, size_t length)
{
    const size_t n = cli_rows(command);
    for (size_t row = 0; row < n; row++) {
        const char *known = cli_row(command, row)->name;
        if (strlen(known) == length && memcmp(known, name, length) == 0)
            return row;
    }
    return SIZE_MAX;
}

size_t cli_row_lettered(const cli_command *command, char letter)
{
    const size_t n = cli_rows(command);
    for (size_t row = 0; row < n; row++)
        if (cli_row(command, row)->letter == letter)
            return row;
    return SIZE_MAX;
}

const char *cli_row_nearest(const cli_command *command, const char *name, bool settings_only)
{
    const char *names[256];
    size_t n = 0;
    for (size_t row = 0; row < cli_rows(command) && n < CLI_COUNT(names); row++)
        if (!settings_only || cli_row(command, row)->flags & CLI_SETTING)
            names[n++] = cli_row(command, row)->name;
    return trb_nearest_name(name, names, n);
}
