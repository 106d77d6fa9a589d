/* settings_shape.h - the settings of run_shape.c between text and types, for the table in settings.c. */
#ifndef TRB_SETTINGS_SHAPE_H
#define TRB_SETTINGS_SHAPE_H

#include "trabecula/settings.h"

/** Is it fd, fd-boxes, star, ef, ...? */
bool trb_settings_is_shape(const char *key);

/** As trb_settings_set() and trb_settings_text(), for these keys. */
trb_status trb_settings_set_shape(trb_settings *settings, const char *key, const char *text, trb_error *err);
void trb_settings_shape_text(const trb_settings *settings, const char *key, char *buffer, size_t size);

#endif
