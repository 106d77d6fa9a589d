/* settings_voi.h - the settings of a VOI's rules between text and types, for the table in settings.c. */
#ifndef TRB_SETTINGS_VOI_H
#define TRB_SETTINGS_VOI_H

#include "trabecula/settings.h"

/** Is it voi-label, voi-erode, voi-landmark, ... or bone-length? */
bool trb_settings_is_voi_rule(const char *key);

/** As trb_settings_set() and trb_settings_text(), for these keys. Empty text takes the rule away. */
trb_status trb_settings_set_voi_rule(trb_settings *settings, const char *key, const char *text, trb_error *err);
void trb_settings_voi_rule_text(const trb_settings *settings, const char *key, char *buffer, size_t size);

#endif
