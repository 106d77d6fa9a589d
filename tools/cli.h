/*
 * cli.h - the frame that every subcommand stands on.
 *
 * A command is one struct: texts, a table of options, and a function that runs it. Parsing, --help, shell
 * completion, man pages, protocol files and the settings in records all come from that one table. Values go
 * into the command's own options struct at the offset that its row names:
 *
 *   struct info_options { bool json; cli_lengths voxel_size; };
 *   static const cli_option OPTIONS[] = {
 *       {.name = "json", .kind = CLI_FLAG, .offset = offsetof(struct info_options, json),
 *        .group = "Output", .help = "print a JSON object instead of text"},
 *       ...
 *   };
 *   static int run(cli_call *call) { const struct info_options *options = call->options; ... }
 *   const cli_command cmd_info = {.name = "info", .options = OPTIONS, .n_options = CLI_COUNT(OPTIONS),
 *                                 .options_bytes = sizeof(struct info_options), .run = run, ...};
 *
 * and a line in the table of main.c. Order of strength: command line, protocol file, default.
 */
#ifndef CLI_H
#define CLI_H

#include "trabecula/grid.h"
#include "trabecula/nearest_name.h"

#include <jansson.h>
#include <stdint.h>
#include <stdio.h>

#define CLI_COUNT(array) (sizeof(array) / sizeof *(array))

/* Exit codes. */
enum { CLI_DONE = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_SOME_FAILED = 3, CLI_INTERRUPTED = 130 };

/* ---- values */

/** A length; voxels only where the option has CLI_VOXELS. */
typedef enum cli_unit { CLI_MM, CLI_VOX } cli_unit;
typedef struct cli_length {
    double value;
    cli_unit unit;
} cli_length;

/** Three lengths in mm; one given length stands for all three. All 0 when not given. */
typedef struct cli_lengths {
    double mm[3];
} cli_lengths;

/** Half-open lo <= i < hi; an open end (":20", "5:") is 0 or SIZE_MAX. Both 0 when not given. */
typedef struct cli_range {
    size_t lo, hi;
} cli_range;

/** lowest and highest real number, "0.5:2". */
typedef struct cli_reals {
    double lo, hi;
} cli_reals;

/** Comma-separated words, or every occurrence of a repeatable option. The frame owns the memory. */
typedef struct cli_list {
    size_t n;
    char **items;
} cli_list;

/** Kind of value, and the type of the field that `offset` names. */
typedef enum cli_kind {
    CLI_FLAG,    /* bool; --name, --name=yes, --name=no */
    CLI_STRING,  /* const char *, borrowed for the run; NULL when not given */
    CLI_INTEGER, /* int64_t within least..most */
    CLI_REAL,    /* double within least..most */
    CLI_LENGTH,  /* cli_length */
    CLI_LENGTHS, /* cli_lengths */
    CLI_SIZE,    /* uint64_t, bytes */
    CLI_CHOICE,  /* int, the index in choices */
    CLI_RANGE,   /* cli_range, indices */
    CLI_REALS,   /* cli_reals */
    CLI_BOX,     /* trb_box; open ends as in cli_range; all 0 when not given */
    CLI_LIST,    /* cli_list; with choices every word must be one of them */
    CLI_CUSTOM   /* whatever parse() writes */
} cli_kind;

/** Flags of a row. */
enum {
    CLI_SETTING = 1,  /* decides numbers: a key of protocol.ini, and part of the record */
    CLI_REQUIRED = 2, /* must be given, on the command line or in the protocol */
    CLI_REPEATS = 4,  /* CLI_LIST only: may be given more than once, words add up; commas do not split */
    CLI_VOXELS = 8,   /* CLI_LENGTH: "2vox" is allowed */
    CLI_ZERO = 16     /* CLI_LENGTH(S): 0 is allowed (lengths are never negative) */
};

/** Parser of a CLI_CUSTOM value: TRB_OK, or TRB_ERR_ARGUMENT with what was expected. */
typedef trb_status (*cli_parser)(const char *text, void *destination, trb_error *err);

/** One option. What is left out is 0. */
typedef struct cli_option {
    const char *name;     /* long name without dashes; also the protocol key */
    char letter;          /* short name, 0 for none */
    const char *argument; /* placeholder in the help, such as "LENGTH"; NULL takes the kind's usual one */
    const char *help;     /* one sentence, lower case, unit named; the default is added by the help */
    const char *group;    /* heading in the help, section in protocol.ini; rows of a group stand together */
    const char *fallback; /* default as the user would type it; NULL: none (the field stays 0) */
    const char
        *without; /* what the help says of the default when fallback is NULL, such as "from the file" */
    cli_kind kind;
    size_t offset;              /* of the field in the options struct */
    unsigned flags;             /* CLI_SETTING | ... */
    double least, most;         /* limits of CLI_INTEGER and CLI_REAL; both 0: no limits */
    const char *const *choices; /* NULL-terminated, CLI_CHOICE and CLI_LIST */
    cli_parser parse;           /* CLI_CUSTOM */
} cli_option;

/* ---- a call */

/** Who decided the value of an option. */
typedef enum cli_origin { CLI_FROM_DEFAULT, CLI_FROM_PROTOCOL, CLI_FROM_COMMAND_LINE } cli_origin;

/** The state of one option in this run. */
typedef struct cli_setting {
    const cli_option *option;
    const char *text; /* the value as text, as typed; NULL when there is none */
    cli_origin origin;
    char place[160]; /* "default", "command line", "protocol.ini:12" */
} cli_setting;

typedef enum cli_log_level { CLI_LOG_ERROR, CLI_LOG_WARNING, CLI_LOG_INFO, CLI_LOG_DEBUG } cli_log_level;
typedef enum cli_progress_style {
    CLI_PROGRESS_AUTO,
    CLI_PROGRESS_PLAIN,
    CLI_PROGRESS_NONE
} cli_progress_style;

/** Options of every command. `threads` is resolved (1 or more) when a command runs. */
typedef struct cli_common {
    int64_t threads;
    bool quiet;
    int progress;  /* cli_progress_style */
    int log_level; /* cli_log_level */
    int color;     /* 0 auto, 1 always, 2 never */
    bool help, version;
    const char *protocol, *write_protocol; /* commands with settings only */
} cli_common;

typedef struct cli_command cli_command;
typedef struct cli_call cli_call;

/** A run of a command. The fields below are for reading. */
struct cli_call {
    const cli_command *command;
    void *options;      /* the command's options struct, filled */
    const char **words; /* arguments that are not options */
    int n_words;
    cli_common common;
    bool color;  /* colour on stderr */
    char **argv; /* the whole command line, for the record */
    int argc;
    size_t n_settings; /* the command's own options first, then the common ones */
    cli_setting *settings;
    void *memory; /* texts and lists of this call, freed at its end */
};

/** A subcommand. */
struct cli_command {
    const char *name;
    const char *summary;     /* one line for the overview, no full stop */
    const char *usage;       /* arguments in the usage line: "[options] SCAN -o DIR" */
    const char *description; /* paragraphs for help and man page, separated by an empty line; may be NULL */
    const char *const *examples; /* pairs: command line, what it does; NULL-terminated. At least one pair. */
    const cli_option *options;
    size_t n_options, options_bytes;
    int least_words, most_words; /* arguments that are not options; most_words -1: any number */
    const char *word_name;       /* "SCAN", for the message when one is missing */
    const char *const *words;    /* words that completion offers for the first argument, or NULL */
    /* May be NULL. What one row cannot tell: options that exclude each other, texts that the library parses.
     * Called before run() and before a protocol is written; a failure is wrong usage. */
    trb_status (*check)(const cli_call *call, trb_error *err);
    int (*run)(cli_call *call); /* returns an exit code */
};

/** Was the option set by the command line or a protocol (not left at its default)? */
bool cli_given(const cli_call *call, const char *name);

/** The state of an option by its long name; NULL when the command has none of that name. */
const cli_setting *cli_setting_of(const cli_call *call, const char *name);

/**
 * Set an option as if it had been typed, for instance from a row of a study table. A weaker origin does not
 * replace a stronger one. `place` ("study.csv:7") goes into messages and records.
 *
 * Errors      TRB_ERR_ARGUMENT: unknown name (with the nearest), or a value that does not parse.
 */
trb_status cli_set(cli_call *call, const char *name, const char *text, cli_origin origin, const char *place,
                   trb_error *err);

/** The settings (rows with CLI_SETTING) as an object name -> text, for the record. Yours; NULL: no memory. */
json_t *cli_settings_json(const cli_call *call);

/** The command line as one text, quoted where a shell would need it. Yours (free()); NULL: no memory. */
char *cli_command_line(const cli_call *call);

/* ---- messages, on stderr: "trabecula analyze: text" */

/** Report a failure of the library and give the exit code: 2 for TRB_ERR_ARGUMENT, 130 when interrupted,
 *  else 1. */
int cli_fail(const cli_call *call, const trb_error *err);

/** Wrong usage: the text and a hint at --help. Gives 2. */
int cli_usage(const cli_call *call, const char *format, ...) TRB_PRINTF(2, 3);

void cli_warn(const cli_call *call, const char *format, ...) TRB_PRINTF(2, 3);
void cli_info(const cli_call *call, const char *format, ...) TRB_PRINTF(2, 3);
void cli_debug(const cli_call *call, const char *format, ...) TRB_PRINTF(2, 3);

/**
 * Progress for long calls of the library: a bar on a terminal, plain lines when asked for, nothing when
 * quiet; it cancels after SIGINT or SIGTERM. Never NULL. One at a time in the program.
 */
const trb_progress *cli_progress(const cli_call *call);

/** Take the bar away; cli_fail(), cli_warn() and the end of a command do it themselves. */
void cli_progress_end(void);

/** Has the user asked to stop? */
bool cli_interrupted(void);

/* ---- text to values (cli_units.c). Strict: the whole text, no spaces, no hex, nan or inf; a dot is the
 *      decimal sign in every locale. TRB_ERR_ARGUMENT says what was expected. */

trb_status cli_parse_integer(const char *text, int64_t *out, trb_error *err);
trb_status cli_parse_real(const char *text, double *out, trb_error *err);
/** "19.5um" (nm, um, mm, cm; vox if allowed). The result is the double nearest to the decimal number in mm:
 *  19.6um and 0.0196mm have the same bits. */
trb_status cli_parse_length(const char *text, unsigned flags, cli_length *out, trb_error *err);
trb_status cli_parse_lengths(const char *text, unsigned flags, cli_lengths *out, trb_error *err);
/** "8GiB", "500MB", "2TiB", "4096B". */
trb_status cli_parse_size(const char *text, uint64_t *out, trb_error *err);
trb_status cli_parse_range(const char *text, cli_range *out, trb_error *err);
trb_status cli_parse_reals(const char *text, cli_reals *out, trb_error *err);
trb_status cli_parse_box(const char *text, trb_box *out, trb_error *err);
trb_status cli_parse_flag(const char *text, bool *out, trb_error *err);

/** Index in choices; an unknown word lists them and suggests the nearest. */
trb_status cli_parse_choice(const char *text, const char *const *choices, int *out, trb_error *err);

/** Close the open ends of a range or box against the size of a scan; `what` is "slices" and so on. */
trb_status cli_range_close(const cli_range *range, size_t size, const char *what, cli_range *out,
                           trb_error *err);
trb_status cli_box_close(const trb_box *box, const trb_grid *grid, trb_box *out, trb_error *err);

#endif
