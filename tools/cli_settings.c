/*
 * cli_settings.c - values on their way from text into the options struct, and who decided them.
 *
 * A value has an origin; a weaker origin never replaces a stronger one, so it does not matter in which order
 * a protocol, the row of a study table and the command line are applied.
 */
#include "cli_frame.h"

#include <stdlib.h>
#include <string.h>

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

trb_status cli_row_set(cli_call *call, size_t row, const char *text, cli_origin origin, const char *place,
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

void cli_settings_clear(cli_call *call)
{
    for (size_t row = 0; call->settings && row < call->n_settings; row++)
        if (cli_row(call->command, row)->kind == CLI_LIST)
            list_clear(field(call, row));
    while (call->memory) {
        struct kept *kept = call->memory;
        call->memory = kept->next;
        free(kept);
    }
}

/* ---- by name */

trb_status cli_set(cli_call *call, const char *name, const char *text, cli_origin origin, const char *place,
                   trb_error *err)
{
    const size_t row = cli_row_named(call->command, name, strlen(name));
    if (row == SIZE_MAX ||
        (origin != CLI_FROM_COMMAND_LINE && !(cli_row(call->command, row)->flags & CLI_SETTING))) {
        const char *near = cli_row_nearest(call->command, name, origin != CLI_FROM_COMMAND_LINE);
        return trb_error_set(err, TRB_ERR_ARGUMENT, "%s: '%s' is not a setting of 'trabecula %s'%s%s%s",
                             place, name, call->command->name, near ? ", did you mean '" : "",
                             near ? near : "", near ? "'?" : "");
    }
    return cli_row_set(call, row, text, origin, place, err);
}

const cli_setting *cli_setting_of(const cli_call *call, const char *name)
{
    const size_t row = cli_row_named(call->command, name, strlen(name));
    return row == SIZE_MAX ? NULL : &call->settings[row];
}

bool cli_given(const cli_call *call, const char *name)
{
    const cli_setting *setting = cli_setting_of(call, name);
    return setting && setting->origin != CLI_FROM_DEFAULT;
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
