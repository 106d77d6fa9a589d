/*
 * protocol.c - reading and writing settings files.
 *
 * inih splits lines into keys and values; it does not tell the line number to the handler (as Debian builds
 * it), and cuts lines at its buffer. So our own reader hands it the lines, counts them, and refuses long
 * ones.
 */
#include "protocol.h"

#include <errno.h>
#include <ini.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading an ini file */

struct reader {
    FILE *file;
    cli_call *call;
    const char *path;
    int line;
    bool too_long;
    size_t n_seen;
    struct {
        const char *name;
        int line;
    } seen[256];
    trb_error *err;
    trb_status status;
};

static char *next_line(char *buffer, int size, void *user)
{
    struct reader *reader = user;
    if (!fgets(buffer, size, reader->file))
        return NULL;
    reader->line++;
    if (!strchr(buffer, '\n') && !feof(reader->file)) {
        int c = fgetc(reader->file);
        if (c != EOF) {
            reader->too_long = true;
            return NULL;
        }
    }
    /* inih takes an indented line for more of the value above; people indent keys below a section. */
    memmove(buffer, buffer + strspn(buffer, " \t"), strlen(buffer + strspn(buffer, " \t")) + 1);
    return buffer;
}

/* The same key in another spelling of sections is still the same key. */
static trb_status refuse_twice(struct reader *reader, const char *name, const char *place)
{
    const cli_setting *setting = cli_setting_of(reader->call, name);
    if (!setting || setting->option->flags & CLI_REPEATS)
        return TRB_OK;
    for (size_t i = 0; i < reader->n_seen; i++)
        if (strcmp(reader->seen[i].name, name) == 0)
            return trb_error_set(reader->err, TRB_ERR_ARGUMENT, "%s: '%s' is given twice, first in line %d",
                                 place, name, reader->seen[i].line);
    if (reader->n_seen < CLI_COUNT(reader->seen)) {
        reader->seen[reader->n_seen].name = setting->option->name;
        reader->seen[reader->n_seen++].line = reader->line;
    }
    return TRB_OK;
}

static int on_key(void *user, const char *section, const char *name, const char *value)
{
    struct reader *reader = user;
    char place[160];
    (void)section;
    snprintf(place, sizeof place, "%s:%d", reader->path, reader->line);
    reader->status = refuse_twice(reader, name, place);
    if (!reader->status)
        reader->status = cli_set(reader->call, name, value, CLI_FROM_PROTOCOL, place, reader->err);
    return reader->status == TRB_OK;
}

static trb_status read_ini(cli_call *call, const char *path, FILE *file, trb_error *err)
{
    struct reader reader = {.file = file, .call = call, .path = path, .err = err};
    const int result = ini_parse_stream(next_line, &reader, on_key, &reader);
    if (reader.status)
        return reader.status;
    if (reader.too_long)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s:%d: the line is longer than %d characters", path,
                             reader.line, INI_MAX_LINE - 2);
    if (ferror(file))
        return trb_error_set(err, TRB_ERR_IO, "%s: %s", path, strerror(errno));
    if (result > 0)
        return trb_error_set(err, TRB_ERR_ARGUMENT,
                             "%s:%d: expected 'key = value', '[section]' or '# comment'", path, result);
    return result == 0 ? TRB_OK : trb_error_set(err, TRB_ERR_MEMORY, "%s: no memory", path);
}

/* ---- reading a record */

static trb_status set_scalar(cli_call *call, const char *place, const char *name, const json_t *value,
                             trb_error *err)
{
    char number[64];
    const char *text = number;
    if (json_is_string(value))
        text = json_string_value(value);
    else if (json_is_boolean(value))
        text = json_is_true(value) ? "yes" : "no";
    else if (json_is_integer(value))
        snprintf(number, sizeof number, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else if (json_is_real(value))
        snprintf(number, sizeof number, "%.17g", json_real_value(value));
    else
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%s' has a value of a kind that no setting has",
                             place, name);
    return cli_set(call, name, text, CLI_FROM_PROTOCOL, place, err);
}

static trb_status set_value(cli_call *call, const char *place, const char *name, const json_t *value,
                            trb_error *err)
{
    /* What was not given in the former run is null or an empty text. */
    if (json_is_null(value) || (json_is_string(value) && json_string_length(value) == 0))
        return TRB_OK;
    if (!json_is_array(value))
        return set_scalar(call, place, name, value, err);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const trb_status status = set_scalar(call, place, name, json_array_get(value, i), err);
        if (status)
            return status;
    }
    return TRB_OK;
}

static trb_status read_record(cli_call *call, const char *path, FILE *file, trb_error *err)
{
    json_error_t why;
    json_t *root = json_loadf(file, JSON_REJECT_DUPLICATES, &why);
    if (!root)
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s:%d: %s", path, why.line, why.text);
    trb_status status = TRB_OK;
    json_t *settings = json_object_get(root, "settings");
    if (!json_is_object(settings)) {
        status =
            trb_error_set(err, TRB_ERR_ARGUMENT,
                          "%s holds no \"settings\"; give the result.json of a run, or an ini file", path);
    } else {
        const char *name;
        json_t *value;
        char place[160];
        snprintf(place, sizeof place, "%s", path);
        json_object_foreach(settings, name, value)
        {
            status = set_value(call, place, name, value, err);
            if (status)
                break;
        }
    }
    json_decref(root);
    return status;
}

trb_status protocol_read(cli_call *call, const char *path, trb_error *err)
{
    FILE *file = fopen(path, "r");
    if (!file)
        return trb_error_set(err, TRB_ERR_IO, "the protocol %s cannot be read: %s", path, strerror(errno));
    /* A record begins with a brace; no ini file does. */
    int first = fgetc(file);
    while (first == ' ' || first == '\t' || first == '\n' || first == '\r')
        first = fgetc(file);
    trb_status status;
    if (fseek(file, 0, SEEK_SET))
        status = trb_error_set(err, TRB_ERR_IO, "the protocol %s is not a plain file", path);
    else
        status = first == '{' ? read_record(call, path, file, err) : read_ini(call, path, file, err);
    fclose(file);
    return status;
}

/* ---- writing */

static void write_comment(FILE *to, const cli_option *option)
{
    size_t at = 0;
    for (const char *text = option->help; *text;) {
        const size_t length = strcspn(text, " ");
        if (at == 0 || at + 1 + length > 90)
            at = (size_t)fprintf(to, "%s# ", at ? "\n" : "") - (at ? 1 : 0);
        else
            at += (size_t)fprintf(to, " ");
        at += (size_t)fprintf(to, "%.*s", (int)length, text);
        text += length;
        text += strspn(text, " ");
    }
    fputc('\n', to);
    if (option->choices) {
        fprintf(to, "# one of:");
        for (size_t i = 0; option->choices[i]; i++)
            fprintf(to, "%s %s", i ? "," : "", option->choices[i]);
        fputc('\n', to);
    }
    const char *value = option->fallback ? option->fallback : option->without;
    if (value)
        fprintf(to, "# default: %s\n", value);
}

static void write_setting(FILE *to, const cli_call *call, const cli_setting *setting)
{
    const cli_option *option = setting->option;
    write_comment(to, option);
    if (option->flags & CLI_REPEATS && setting->text) {
        const cli_list *list = (const cli_list *)(const void *)((const char *)call->options + option->offset);
        for (size_t i = 0; i < list->n; i++)
            fprintf(to, "%s = %s\n", option->name, list->items[i]);
    } else if (setting->text) {
        fprintf(to, "%s = %s\n", option->name, setting->text);
    } else {
        fprintf(to, "#%s =%s\n", option->name, option->kind == CLI_FLAG ? " no" : "");
    }
    fputc('\n', to);
}

static void write_all(FILE *to, const cli_call *call)
{
    fprintf(
        to,
        "# Settings of 'trabecula %s'. Keys are the names of options; a line that begins with # or ; is a\n"
        "# comment; sections only help to read. Use it with: trabecula %s --protocol FILE ...\n\n",
        call->command->name, call->command->name);
    const char *group = NULL;
    for (size_t i = 0; i < call->command->n_options; i++) {
        const cli_setting *setting = &call->settings[i];
        if (!(setting->option->flags & CLI_SETTING))
            continue;
        if (!group || strcmp(group, setting->option->group) != 0)
            fprintf(to, "[%s]\n", setting->option->group);
        group = setting->option->group;
        write_setting(to, call, setting);
    }
}

trb_status protocol_write(const cli_call *call, const char *path, trb_error *err)
{
    if (strcmp(path, "-") == 0) {
        write_all(stdout, call);
        return TRB_OK; /* main() checks standard output */
    }
    FILE *file = fopen(path, "wx");
    if (!file)
        return trb_error_set(err, errno == EEXIST ? TRB_ERR_ARGUMENT : TRB_ERR_IO,
                             "%s cannot be written: %s%s", path, strerror(errno),
                             errno == EEXIST ? "; choose another name or remove it" : "");
    write_all(file, call);
    const bool failed = ferror(file) != 0;
    if (fclose(file) || failed) {
        remove(path);
        return trb_error_set(err, TRB_ERR_IO, "%s could not be written completely: %s", path,
                             strerror(errno));
    }
    cli_info(call, "wrote %s", path);
    return TRB_OK;
}
