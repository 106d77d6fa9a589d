/* cli_help.c - --help and --version. */
#include "cli_frame.h"

#include "trabecula/version.h"

#include <string.h>

#define WIDTH 90
#define HELP_COLUMN 30

/* Print words from column `at` on, wrapped at WIDTH, further lines indented to `indent`. */
static void print_wrapped(FILE *to, const char *text, size_t at, size_t indent)
{
    bool first = true;
    while (*text) {
        const size_t length = strcspn(text, " \n");
        if (!first && at + 1 + length > WIDTH) {
            fprintf(to, "\n%*s", (int)indent, "");
            at = indent;
        } else if (!first) {
            fputc(' ', to);
            at++;
        }
        fprintf(to, "%.*s", (int)length, text);
        at += length;
        first = false;
        text += length;
        if (text[0] == '\n' && text[1] == '\n') { /* a paragraph ends */
            fprintf(to, "\n\n%*s", (int)indent, "");
            at = indent;
            first = true;
        }
        text += strspn(text, " \n");
    }
    fputc('\n', to);
}

static void option_text(const cli_option *option, char *out, size_t size)
{
    size_t used = (size_t)snprintf(out, size, "%s", option->help);
    if (option->choices && !(option->argument && strchr(option->argument, '|'))) {
        for (size_t i = 0; option->choices[i] && used < size; i++)
            used += (size_t)snprintf(out + used, size - used, "%s%s", i ? ", " : ": ", option->choices[i]);
    }
    if (used < size && option->flags & CLI_REPEATS)
        used += (size_t)snprintf(out + used, size - used, "; may be repeated");
    const char *value = option->fallback ? option->fallback : option->without;
    if (used < size && option->flags & CLI_REQUIRED)
        snprintf(out + used, size - used, " (required)");
    else if (used < size && value)
        snprintf(out + used, size - used, " [%s]", value);
}

static void print_option(FILE *to, const cli_option *option)
{
    char names[128], text[2048];
    const char *placeholder = cli_placeholder(option);
    int at = option->letter ? snprintf(names, sizeof names, "  -%c, --%s", option->letter, option->name)
                            : snprintf(names, sizeof names, "      --%s", option->name);
    if (placeholder)
        at += snprintf(names + at, sizeof names - (size_t)at, " %s", placeholder);
    fputs(names, to);
    if (at + 2 > HELP_COLUMN) {
        fputc('\n', to);
        at = 0;
    }
    fprintf(to, "%*s", HELP_COLUMN - at, "");
    option_text(option, text, sizeof text);
    print_wrapped(to, text, HELP_COLUMN, HELP_COLUMN);
}

void cli_help_print(const cli_command *command, FILE *to)
{
    fprintf(to, "usage: trabecula %s %s\n\n", command->name, command->usage);
    fputc(command->summary[0] >= 'a' && command->summary[0] <= 'z' ? command->summary[0] - 32
                                                                   : command->summary[0],
          to);
    fprintf(to, "%s.\n", command->summary + 1);
    if (command->description) {
        fputc('\n', to);
        print_wrapped(to, command->description, 0, 0);
    }
    const char *group = NULL;
    for (size_t row = 0; row < cli_rows(command); row++) {
        const cli_option *option = cli_row(command, row);
        if (!group || strcmp(group, option->group) != 0)
            fprintf(to, "\n%s:\n", option->group);
        group = option->group;
        print_option(to, option);
    }
    fprintf(to, "\nExamples:\n");
    for (const char *const *example = command->examples; example[0]; example += 2)
        fprintf(to, "  %s\n      %s\n", example[0], example[1]);
}

static void fact(FILE *to, const char *name, const char *value)
{
    fprintf(to, "  %-9s %s\n", name, value ? value : "unknown");
}

void cli_version_print(FILE *to)
{
    const trb_build *build = trb_build_facts();
    fprintf(to, "trabecula %s (%s)\n", build->version, build->commit);
    fact(to, "compiler", build->compiler);
    fact(to, "OpenMP", build->openmp);
    fact(to, "SIMD", build->simd);
    fact(to, "libtiff", build->tiff);
    fact(to, "zlib", build->zlib);
    fact(to, "libzip", build->libzip);
    fact(to, "libpng", build->png);
    fact(to, "OpenJPEG", build->openjpeg);
    fact(to, "ITK", build->itk);
    fact(to, "jansson", build->jansson);
    fact(to, "cairo", build->cairo);
    fact(to, "libRmath", build->rmath);
    fact(to, "GSL", build->gsl);
    fact(to, "meshoptimizer", build->meshoptimizer);
}
