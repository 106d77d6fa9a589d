/* cli_docs.c - manual pages and shell completion, from the option tables. */
#include "cli_frame.h"

#include "trabecula/version.h"

#include <string.h>

/* ---- manual pages (man macros of roff) */

/* Text of a paragraph: a backslash and a dash mean something to roff, a dot or a quote does at the start of
 * a line. An empty line becomes a new paragraph. */
static void roff_text(FILE *to, const char *text)
{
    bool line_start = true;
    for (; *text; text++) {
        if (text[0] == '\n' && text[1] == '\n') {
            fputs("\n.PP\n", to);
            text++;
            line_start = true;
            continue;
        }
        if (line_start && (*text == '.' || *text == '\''))
            fputs("\\&", to);
        if (*text == '\\')
            fputs("\\e", to);
        else if (*text == '-')
            fputs("\\-", to);
        else
            fputc(*text, to);
        line_start = *text == '\n';
    }
}

static void roff_heading(FILE *to, const char *page, const char *summary)
{
    fprintf(to, ".TH \"");
    for (const char *c = page; *c; c++)
        fputc(*c >= 'a' && *c <= 'z' ? *c - 32 : *c, to);
    fprintf(to, "\" \"1\" \"\" \"Trabecula %s\" \"User Commands\"\n.SH NAME\n", trb_build_facts()->version);
    roff_text(to, page);
    fputs(" \\- ", to);
    roff_text(to, summary);
    fputs("\n.SH SYNOPSIS\n", to);
}

static void roff_option(FILE *to, const cli_option *option)
{
    const char *placeholder = cli_placeholder(option);
    fputs(".TP\n\\fB", to);
    if (option->letter)
        fprintf(to, "\\-%c\\fR, \\fB", option->letter);
    fputs("\\-\\-", to);
    roff_text(to, option->name);
    fputs("\\fR", to);
    if (placeholder) {
        fputs(" \\fI", to);
        roff_text(to, placeholder);
        fputs("\\fR", to);
    }
    fputc('\n', to);
    roff_text(to, option->help);
    fputs(".\n", to);
    if (option->choices) {
        fputs("One of:", to);
        for (size_t i = 0; option->choices[i]; i++) {
            fputs(i ? ", " : " ", to);
            roff_text(to, option->choices[i]);
        }
        fputs(".\n", to);
    }
    if (option->flags & CLI_REPEATS)
        fputs("May be repeated.\n", to);
    const char *value = option->fallback ? option->fallback : option->without;
    if (option->flags & CLI_REQUIRED) {
        fputs("Required.\n", to);
    } else if (value) {
        fputs("Default: ", to);
        roff_text(to, value);
        fputs(".\n", to);
    }
}

void cli_man_print(const cli_command *command, FILE *to)
{
    char page[80];
    snprintf(page, sizeof page, "trabecula-%s", command->name);
    roff_heading(to, page, command->summary);
    fprintf(to, ".B trabecula %s\n", command->name);
    roff_text(to, command->usage);
    if (command->description) {
        fputs("\n.SH DESCRIPTION\n", to);
        roff_text(to, command->description);
    }
    fputs("\n.SH OPTIONS\n", to);
    const char *group = NULL;
    for (size_t row = 0; row < cli_rows(command); row++) {
        const cli_option *option = cli_row(command, row);
        if (!group || strcmp(group, option->group) != 0)
            fprintf(to, ".SS \"%s\"\n", option->group);
        group = option->group;
        roff_option(to, option);
    }
    fputs(".SH EXAMPLES\n", to);
    for (const char *const *example = command->examples; example[0]; example += 2) {
        fputs(".TP\n.B ", to);
        roff_text(to, example[0]);
        fputc('\n', to);
        roff_text(to, example[1]);
        fputs(".\n", to);
    }
    fputs(".SH EXIT STATUS\n0 done; 1 failed; 2 wrong usage; 3 some scans of many failed; 130 interrupted.\n"
          ".SH SEE ALSO\n.BR trabecula (1)\n",
          to);
}

void cli_man_overview_print(const cli_command *const *commands, size_t n, FILE *to)
{
    roff_heading(to, "trabecula", "bone morphometry from micro-CT");
    fputs(".B trabecula\n.I COMMAND\n[options] arguments\n.SH COMMANDS\n", to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, ".TP\n.BR trabecula\\-%s (1)\n", commands[i]->name);
        roff_text(to, commands[i]->summary);
        fputs(".\n", to);
    }
    fputs(".SH EXIT STATUS\n0 done; 1 failed; 2 wrong usage; 3 some scans of many failed; 130 interrupted.\n",
          to);
}

/* Do the arguments of this command name other commands? */
static bool names_commands(const cli_command *command)
{
    return strcmp(command->name, "help") == 0 || strcmp(command->name, "man") == 0;
}

static void command_names(FILE *to, const cli_command *const *commands, size_t n)
{
    for (size_t i = 0; i < n; i++)
        fprintf(to, "%s%s", i ? " " : "", commands[i]->name);
}

/* ---- bash */

static void words_of(FILE *to, const char *const *words)
{
    for (size_t i = 0; words[i]; i++)
        fprintf(to, "%s%s", i ? " " : "", words[i]);
}

/* One arm for every option that takes a value: its choices, or files. */
static void bash_values(FILE *to, const cli_command *command)
{
    for (size_t row = 0; row < cli_rows(command); row++) {
        const cli_option *option = cli_row(command, row);
        if (option->kind == CLI_FLAG)
            continue;
        fprintf(to, "    '%s --%s'", command->name, option->name);
        if (option->letter)
            fprintf(to, "|'%s -%c'", command->name, option->letter);
        fputs(") ", to);
        if (option->choices) {
            fputs("COMPREPLY=($(compgen -W '", to);
            words_of(to, option->choices);
            fputs("' -- \"$cur\"))", to);
        } else {
            fputs("COMPREPLY=($(compgen -f -- \"$cur\"))", to);
        }
        fputs("; return ;;\n", to);
    }
}

static void bash_print(const cli_command *const *commands, size_t n, FILE *to)
{
    fputs(
        "# bash completion of trabecula; made by 'trabecula completion bash'\n"
        "_trabecula() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} command=${COMP_WORDS[1]}\n"
        "    local options= words=\n"
        "    COMPREPLY=()\n"
        "    # bash splits --name=value at the sign\n"
        "    if [[ $cur == '=' ]]; then cur=\n"
        "    elif [[ $prev == '=' ]]; then prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
        "    if ((COMP_CWORD == 1)); then\n"
        "        COMPREPLY=($(compgen -W '--help --version ",
        to);
    command_names(to, commands, n);
    fputs("' -- \"$cur\"))\n        return\n    fi\n    case \"$command $prev\" in\n", to);
    for (size_t i = 0; i < n; i++)
        bash_values(to, commands[i]);
    fputs("    esac\n    case $command in\n", to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "    %s) options='", commands[i]->name);
        for (size_t row = 0; row < cli_rows(commands[i]); row++)
            fprintf(to, "%s--%s", row ? " " : "", cli_row(commands[i], row)->name);
        fputs("'", to);
        fputs(" words='", to);
        if (commands[i]->words)
            words_of(to, commands[i]->words);
        else if (names_commands(commands[i]))
            command_names(to, commands, n);
        fputs("' ;;\n", to);
    }
    fputs("    esac\n"
          "    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
          "    elif [[ $words && $COMP_CWORD == 2 ]]; then COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n"
          "    else COMPREPLY=($(compgen -f -- \"$cur\")); fi\n"
          "}\n"
          "complete -o filenames -F _trabecula trabecula\n",
          to);
}

/* ---- zsh */

/* Within '...[...]': brackets and quotes would end something. */
static void zsh_text(FILE *to, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            fputs("'\\''", to);
        else if (strchr("[]:\\", *text))
            fprintf(to, "\\%c", *text);
        else
            fputc(*text, to);
    }
}

static void zsh_option(FILE *to, const cli_option *option)
{
    const bool flag = option->kind == CLI_FLAG;
    const char *mark = option->flags & CLI_REPEATS ? "*" : "";
    for (int form = option->letter ? 0 : 1; form < 2; form++) {
        if (form == 0)
            fprintf(to, "        '%s-%c", mark, option->letter);
        else
            fprintf(to, "        '%s--%s%s", mark, option->name, flag ? "" : "=");
        fputc('[', to);
        zsh_text(to, option->help);
        fputc(']', to);
        if (!flag && option->choices) {
            fputs(":value:(", to);
            words_of(to, option->choices);
            fputc(')', to);
        } else if (!flag) {
            fputs(":value:_files", to);
        }
        fputs("' \\\n", to);
    }
}

static void zsh_print(const cli_command *const *commands, size_t n, FILE *to)
{
    fputs("#compdef trabecula\n# zsh completion of trabecula; made by 'trabecula completion zsh'\n"
          "local -a commands\ncommands=(\n",
          to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "    '%s:", commands[i]->name);
        zsh_text(to, commands[i]->summary);
        fputs("'\n", to);
    }
    fputs(")\nif ((CURRENT == 2)); then\n    _describe command commands\n    return\nfi\n"
          "shift words\n((CURRENT--))\ncase $words[1] in\n",
          to);
    for (size_t i = 0; i < n; i++) {
        fprintf(to, "    %s) _arguments \\\n", commands[i]->name);
        for (size_t row = 0; row < cli_rows(commands[i]); row++)
            zsh_option(to, cli_row(commands[i], row));
        if (commands[i]->words) {
            fputs("        '1:word:(", to);
            words_of(to, commands[i]->words);
            fputs(")' ", to);
        } else if (names_commands(commands[i])) {
            fputs("        '1:command:(", to);
            command_names(to, commands, n);
            fputs(")' ", to);
        } else {
            fputs("        ", to);
        }
        fputs("'*:file:_files' ;;\n", to);
    }
    fputs("esac\n", to);
}

/* ---- fish */

static void fish_text(FILE *to, const char *text)
{
    fputc('\'', to);
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', to);
        fputc(*text, to);
    }
    fputc('\'', to);
}

static void fish_command(FILE *to, const cli_command *command, const cli_command *const *commands, size_t n)
{
    fprintf(to, "complete -c trabecula -n __fish_use_subcommand -f -a %s -d ", command->name);
    fish_text(to, command->summary);
    fputc('\n', to);
    for (size_t row = 0; row < cli_rows(command); row++) {
        const cli_option *option = cli_row(command, row);
        fprintf(to, "complete -c trabecula -n '__fish_seen_subcommand_from %s' -l %s", command->name,
                option->name);
        if (option->letter)
            fprintf(to, " -s %c", option->letter);
        if (option->choices) {
            fputs(" -x -a '", to);
            words_of(to, option->choices);
            fputc('\'', to);
        } else if (option->kind != CLI_FLAG) {
            fputs(" -r", to);
        }
        fputs(" -d ", to);
        fish_text(to, option->help);
        fputc('\n', to);
    }
    if (command->words || names_commands(command)) {
        fprintf(to, "complete -c trabecula -n '__fish_seen_subcommand_from %s' -f -a '", command->name);
        if (command->words)
            words_of(to, command->words);
        else
            command_names(to, commands, n);
        fputs("'\n", to);
    }
}

static void fish_print(const cli_command *const *commands, size_t n, FILE *to)
{
    fputs("# fish completion of trabecula; made by 'trabecula completion fish'\n", to);
    for (size_t i = 0; i < n; i++)
        fish_command(to, commands[i], commands, n);
}

void cli_completion_print(const cli_command *const *commands, size_t n, int shell, FILE *to)
{
    static void (*const printers[])(const cli_command *const *, size_t, FILE *) = {bash_print, zsh_print,
                                                                                   fish_print};
    printers[shell](commands, n, to);
}
