/* cli_frame.h - what the files of the frame share; commands need cli.h only. */
#ifndef CLI_FRAME_H
#define CLI_FRAME_H

#include "cli.h"

/** Run a command: parse, help, protocol, threads, run. */
int cli_run(const cli_command *command, int argc, char **argv);

/** Rows of a command and the common ones behind them, in the order of call->settings. */
size_t cli_rows(const cli_command *command);
const cli_option *cli_row(const cli_command *command, size_t row);
bool cli_has_settings(const cli_command *command);

/** "LENGTH" and so on: the row's own placeholder or the kind's usual one; NULL for a flag. */
const char *cli_placeholder(const cli_option *option);

/** "trabecula 0.1.0" and what it is built of. */
void cli_version_print(FILE *to);

/** stdout complete? Flushes and closes it; complains on stderr. Gives code, or 1. */
int cli_close_stdout(const char *who, int code);

void cli_help_print(const cli_command *command, FILE *to);
void cli_man_print(const cli_command *command, FILE *to);
void cli_man_overview_print(const cli_command *const *commands, size_t n, FILE *to);
/** shell: 0 bash, 1 zsh, 2 fish. */
void cli_completion_print(const cli_command *const *commands, size_t n, int shell, FILE *to);

/** Cores that this process may use: affinity, OMP_NUM_THREADS, cgroup CPU quota. */
int cli_usable_threads(void);

/** Catch SIGINT and SIGTERM once, so that cli_interrupted() can tell; a second one ends the program. */
void cli_signals_catch(void);

/** Is `to` a terminal that shows colours, by --color and the environment? */
bool cli_color_wanted(int color, FILE *to);

/** Text that lives until the call ends; NULL: no memory. */
char *cli_keep(cli_call *call, const char *text, size_t length);

/** The row of a name (`length` characters) or letter; SIZE_MAX when there is none. */
size_t cli_row_named(const cli_command *command, const char *name, size_t length);
size_t cli_row_lettered(const cli_command *command, char letter);

/** The name nearest to a mistyped one, or NULL. */
const char *cli_row_nearest(const cli_command *command, const char *name, bool settings_only);

/** Parse a value into its field; the text of an error begins with the place or the option's name. */
trb_status cli_row_set(cli_call *call, size_t row, const char *text, cli_origin origin, const char *place,
                       trb_error *err);

/** Free the texts and lists of a call. */
void cli_settings_clear(cli_call *call);

#endif
