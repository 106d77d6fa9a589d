/* scan_info.c - what files say of themselves. */
#include "io/scan_info.h"

#include "io/length_unit.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_scan_info_clear(trb_scan_info *info)
{
    if (!info)
        return;
    free(info->facts);
    memset(info, 0, sizeof *info);
}

void trb_info_fact(trb_scan_info *info, const char *source, const char *key, const char *format, ...)
{
    trb_fact *facts = realloc(info->facts, (info->n_facts + 1) * sizeof *facts);
    if (!facts)
        return;
    info->facts = facts;
    trb_fact *fact = &facts[info->n_facts++];
    char text[sizeof fact->value];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    snprintf(fact->key, sizeof fact->key, "%s", key);
    trb_text_to_utf8(text, strlen(text), fact->value, sizeof fact->value);
    trb_text_to_utf8(source, strlen(source), fact->source, sizeof fact->source);
}

void trb_info_warn(trb_scan_info *info, const char *format, ...)
{
    size_t used = strlen(info->warning);
    if (used)
        used += (size_t)snprintf(info->warning + used, sizeof info->warning - used, "; ");
    if (used >= sizeof info->warning)
        return;
    va_list args;
    va_start(args, format);
    vsnprintf(info->warning + used, sizeof info->warning - used, format, args);
    va_end(args);
}
