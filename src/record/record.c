/* record.c - the life of a record. */
#include "trabecula/record.h"

#include "core/memory.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void trb_record_destroy(trb_record *record)
{
    if (!record)
        return;
    free(record->sample);
    free(record->group);
    free(record->input_path);
    free(record->command_line);
    free(record->methods_text);
    for (size_t i = 0; i < record->n_settings; i++)
        free(record->settings[i].text);
    free(record->settings);
    for (size_t i = 0; i < record->n_facts; i++)
        free(record->facts[i].text);
    free(record->facts);
    free(record->metrics);
    for (size_t i = 0; i < record->n_sensitivity; i++)
        free(record->sensitivity[i].values);
    free(record->sensitivity);
    for (size_t i = 0; i < record->n_distributions; i++)
        free(record->distributions[i].counts);
    free(record->distributions);
    for (size_t i = 0; i < record->n_warnings; i++)
        free(record->warnings[i]);
    free(record->warnings);
    free(record);
}

const trb_metric *trb_record_metric(const trb_record *record, const char *key)
{
    for (size_t i = 0; i < record->n_metrics; i++)
        if (strcmp(record->metrics[i].info->key, key) == 0)
            return &record->metrics[i];
    return NULL;
}

trb_status trb_record_set_text(char **field, const char *text, trb_error *err)
{
    char *copy = strdup(text);
    if (!copy)
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a text of the record");
    free(*field);
    *field = copy;
    return TRB_OK;
}

void trb_record_set_origin(trb_record *record, const char *key, const char *origin)
{
    for (size_t i = 0; i < record->n_settings; i++)
        if (strcmp(record->settings[i].key, key) == 0)
            snprintf(record->settings[i].origin, sizeof record->settings[i].origin, "%s", origin);
}

void trb_record_warn(trb_record *record, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    char **grown = realloc(record->warnings, (record->n_warnings + 1) * sizeof *grown);
    if (!grown)
        return;
    record->warnings = grown;
    grown[record->n_warnings] = strdup(text);
    if (grown[record->n_warnings])
        record->n_warnings++;
}
