/* setting_rows.c - option rows made from the library's table of settings: one row there is one option here. */
#include "setting_rows.h"

#include <string.h>

size_t setting_rows_fill(cli_option *rows)
{
    size_t n;
    const trb_setting_info *table = trb_settings_table(&n);
    for (size_t i = 0; i < n && i < SETTINGS_MOST; i++) {
        const bool is_switch = table[i].argument == NULL;
        rows[i] = (cli_option){.name = table[i].key,
                               .argument = table[i].argument,
                               .help = table[i].help,
                               .group = table[i].group,
                               .kind = is_switch ? CLI_FLAG : CLI_STRING,
                               .flags = CLI_SETTING,
                               .without = table[i].initial[0] && !is_switch ? table[i].initial : NULL,
                               .offset = is_switch ? offsetof(struct setting_values, on) + i * sizeof(bool)
                                                   : offsetof(struct setting_values, text) +
                                                         i * sizeof(const char *)};
        if (strcmp(table[i].key, "threshold") == 0)
            rows[i].letter = 't';
    }
    return n;
}

const char *setting_row_text(const cli_call *call, size_t i)
{
    size_t n;
    const trb_setting_info *table = trb_settings_table(&n);
    const struct setting_values *values = call->options;
    if (!cli_given(call, table[i].key))
        return NULL;
    return table[i].argument ? values->text[i] : values->on[i] ? "true" : "false";
}

trb_status setting_rows_apply(const cli_call *call, trb_settings *settings, trb_error *err)
{
    size_t n;
    const trb_setting_info *table = trb_settings_table(&n);
    *settings = trb_settings_default();
    for (size_t i = 0; i < n; i++) {
        const char *text = setting_row_text(call, i);
        trb_status status = text ? trb_settings_set(settings, table[i].key, text, err) : TRB_OK;
        if (status) {
            trb_error_within(err, "%s", cli_setting_of(call, table[i].key)->place);
            return status;
        }
    }
    return TRB_OK;
}
