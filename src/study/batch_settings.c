/* batch_settings.c - the settings of one scan: those of all, and what its row says. */
#include "study/batch_parts.h"

#include <string.h>

trb_batch_options trb_batch_options_default(void)
{
    return (trb_batch_options){.map_format = "tif"};
}

const char *trb_batch_setting(const trb_batch_options *options, const trb_manifest_scan *entry,
                              const char *key)
{
    for (size_t i = 0; i < entry->n_settings; i++)
        if (strcmp(entry->settings[i].key, key) == 0)
            return entry->settings[i].text;
    for (size_t i = 0; i < options->n_settings; i++)
        if (strcmp(options->settings[i].key, key) == 0)
            return options->settings[i].text;
    return NULL;
}

trb_status trb_batch_settings(const trb_batch_options *options, const trb_manifest_scan *entry,
                              trb_settings *out, trb_error *err)
{
    size_t rows;
    const trb_setting_info *table = trb_settings_table(&rows);
    *out = trb_settings_default();
    for (size_t i = 0; i < rows; i++) {
        const char *text = trb_batch_setting(options, entry, table[i].key);
        trb_status status = text ? trb_settings_set(out, table[i].key, text, err) : TRB_OK;
        if (status) {
            trb_error_within(err, "%s", entry->sample);
            return status;
        }
    }
    return TRB_OK;
}
