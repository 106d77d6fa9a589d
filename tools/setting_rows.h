/* setting_rows.h - option rows made from the library's table of settings, for every command that measures. */
#ifndef SETTING_ROWS_H
#define SETTING_ROWS_H

#include "cli.h"

#include "trabecula/settings.h"

#define SETTINGS_MOST 96

/** Where the values go: the first members of a command's options struct. */
struct setting_values {
    const char *text[SETTINGS_MOST]; /* one a row of trb_settings_table(); switches use `on` */
    bool on[SETTINGS_MOST];
};

/** Fill option rows for a struct that begins with struct setting_values; gives how many (SETTINGS_MOST at most). */
size_t setting_rows_fill(cli_option *rows);

/** The settings that were given, into a struct. Errors name the place of the value. */
trb_status setting_rows_apply(const cli_call *call, trb_settings *settings, trb_error *err);

/** The text of row i when it was given, else NULL. */
const char *setting_row_text(const cli_call *call, size_t i);

#endif
