/* cli_docs.c - manual pages and shell completion, from the option tables. */
#include "cli.h"

#include "trabecula/version.h"

#include <string.h>

void cli_man_print(const cli_command *command, FILE *to)
{
    (void)command;
    (void)to;
}

void cli_completion_print(const cli_command *const *commands, size_t n, int shell, FILE *to)
{
    (void)commands;
    (void)n;
    (void)shell;
    (void)to;
}
