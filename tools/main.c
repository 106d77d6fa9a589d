/* main.c - the program: finds the subcommand and runs it. */
#include "cli_frame.h"
#include "cmd_analyze.h"
#include "cmd_batch.h"
#include "cmd_voi.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

extern const cli_command cmd_calibrate, cmd_compare, cmd_info, cmd_convert, cmd_metrics, cmd_phantom;
static const cli_command cmd_help, cmd_completion, cmd_man;

/* Every command, in the order of the overview. */
static const cli_command *const COMMANDS[] = {
    &cmd_analyze, &cmd_batch, &cmd_compare, &cmd_voi, &cmd_calibrate, &cmd_metrics, &cmd_info, &cmd_convert, &cmd_phantom,
    &cmd_help, &cmd_completion, &cmd_man,
};

static void print_overview(FILE *to)
{
    fputs("usage: trabecula COMMAND [options] ARGUMENTS\n\n"
          "Bone morphometry from micro-CT: exact, fast, reproducible.\n\nCommands:\n",
          to);
    for (size_t i = 0; i < CLI_COUNT(COMMANDS); i++)
        fprintf(to, "  %-12s %s\n", COMMANDS[i]->name, COMMANDS[i]->summary);
    fputs("\n'trabecula help COMMAND' explains one of them; 'trabecula --version' names the build.\n", to);
}

static const cli_command *find_command(const char *name)
{
    for (size_t i = 0; i < CLI_COUNT(COMMANDS); i++)
        if (strcmp(COMMANDS[i]->name, name) == 0)
            return COMMANDS[i];
    return NULL;
}

static int unknown_command(const char *name)
{
    const char *names[CLI_COUNT(COMMANDS)];
    for (size_t i = 0; i < CLI_COUNT(COMMANDS); i++)
        names[i] = COMMANDS[i]->name;
    const char *near = trb_nearest_name(name, names, CLI_COUNT(names));
    if (near)
        fprintf(stderr, "trabecula: unknown command '%s', did you mean '%s'?\ntry 'trabecula --help'\n", name,
                near);
    else
        fprintf(stderr, "trabecula: unknown command '%s'\ntry 'trabecula --help'\n", name);
    return CLI_USAGE;
}

/* ---- the commands that speak of the others */

static int run_help(cli_call *call)
{
    if (call->n_words == 0) {
        print_overview(stdout);
        return CLI_DONE;
    }
    const cli_command *command = find_command(call->words[0]);
    if (!command)
        return unknown_command(call->words[0]);
    cli_help_print(command, stdout);
    return CLI_DONE;
}

static const char *const HELP_EXAMPLES[] = {"trabecula help info", "explains the command info", NULL};
static const cli_command cmd_help = {.name = "help",
                                     .summary = "explain a command",
                                     .usage = "[COMMAND]",
                                     .examples = HELP_EXAMPLES,
                                     .most_words = 1,
                                     .run = run_help};

static const char *const SHELLS[] = {"bash", "zsh", "fish", NULL};

static int run_completion(cli_call *call)
{
    trb_error err;
    int shell;
    if (cli_parse_choice(call->words[0], SHELLS, &shell, &err))
        return cli_usage(call, "%s", err.text);
    cli_completion_print(COMMANDS, CLI_COUNT(COMMANDS), shell, stdout);
    return CLI_DONE;
}

static const char *const COMPLETION_EXAMPLES[] = {
    "trabecula completion bash > ~/.local/share/bash-completion/completions/trabecula",
    "completes commands, options and choices in new shells", NULL};
static const cli_command cmd_completion = {.name = "completion",
                                           .summary = "print the completion script of a shell",
                                           .usage = "bash|zsh|fish",
                                           .examples = COMPLETION_EXAMPLES,
                                           .least_words = 1,
                                           .most_words = 1,
                                           .word_name = "SHELL",
                                           .words = SHELLS,
                                           .run = run_completion};

static int run_man(cli_call *call)
{
    if (call->n_words == 0) {
        cli_man_overview_print(COMMANDS, CLI_COUNT(COMMANDS), stdout);
        return CLI_DONE;
    }
    const cli_command *command = find_command(call->words[0]);
    if (!command)
        return unknown_command(call->words[0]);
    cli_man_print(command, stdout);
    return CLI_DONE;
}

static const char *const MAN_EXAMPLES[] = {"trabecula man info | man -l -", "shows the manual page of info",
                                           NULL};
static const cli_command cmd_man = {.name = "man",
                                    .summary = "print the manual page of a command",
                                    .usage = "[COMMAND]",
                                    .examples = MAN_EXAMPLES,
                                    .most_words = 1,
                                    .run = run_man};

/* A file opened while 0, 1 or 2 is closed would become standard output, and results would go into it. */
static void occupy_standard_streams(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) == -1)
            _exit(CLI_FAILED);
}

static int dispatch(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_overview(stdout);
        return CLI_DONE;
    }
    if (strcmp(argv[1], "--version") == 0) {
        cli_version_print(stdout);
        return CLI_DONE;
    }
    if (argv[1][0] == '-') {
        fprintf(stderr, "trabecula: the command comes first: trabecula COMMAND %s\ntry 'trabecula --help'\n",
                argv[1]);
        return CLI_USAGE;
    }
    const cli_command *command = find_command(argv[1]);
    return command ? cli_run(command, argc, argv) : unknown_command(argv[1]);
}

/* Blocks of 1 MiB and more go back to the system when they are freed, and threads share one heap: else freed scratch memory
 * of one stage would count against --memory-limit in the next (scripts/big-scan shows it). */
static void return_memory(void)
{
#ifdef __GLIBC__
    (void)mallopt(M_MMAP_THRESHOLD, 1 << 20);
    (void)mallopt(M_ARENA_MAX, 1);
#endif
}

int main(int argc, char **argv)
{
    return_memory();
    occupy_standard_streams();
    cmd_analyze_prepare();
    cmd_batch_prepare();
    cmd_voi_prepare();
    const int code = dispatch(argc, argv);
    return cli_close_stdout("trabecula", code);
}
