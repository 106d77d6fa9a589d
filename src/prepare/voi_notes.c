/* voi_notes.c - words about a VOI for whoever listens. */
#include "prepare/voi_notes.h"

#include <stdarg.h>
#include <stdio.h>

void trb_voi_note(const trb_voi_notes *notes, const char *format, ...)
{
    if (!notes || !notes->add)
        return;
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    notes->add(notes->user, text);
}
