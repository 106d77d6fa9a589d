/* record_csv.c - records as table rows. UTF-8, comma, dot, LF; numbers round-trip. */
#include "trabecula/record.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Quote a field when it holds a comma, a quote or a line break. */
static void put(FILE *out, const char *field)
{
    if (!field)
        return;
    if (!field[strcspn(field, ",\"\r\n")]) {
        fputs(field, out);
        return;
    }
    fputc('"', out);
    for (; *field; field++) {
        if (*field == '"')
            fputc('"', out);
        fputc(*field, out);
    }
    fputc('"', out);
}

static void put_number(FILE *out, double value)
{
    char buffer[40];
    if (!isfinite(value))
        return; /* an empty field is a missing value */
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(buffer, sizeof buffer, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            break;
    }
    fputs(buffer, out);
}

static trb_status finish(FILE *out, char **text, trb_error *err)
{
    const int failed = ferror(out);
    if (fclose(out) != 0 || failed) {
        free(*text);
        *text = NULL;
        return trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    }
    return TRB_OK;
}

static FILE *open_text(char **text, size_t *size, trb_error *err)
{
    *text = NULL;
    FILE *out = open_memstream(text, size);
    if (!out)
        trb_error_set(err, TRB_ERR_MEMORY, "out of memory for a table");
    return out;
}

trb_status trb_record_to_csv(const trb_record *record, char **text, trb_error *err)
{
    size_t size;
    FILE *out = open_text(text, &size, err);
    if (!out)
        return TRB_ERR_MEMORY;
    fputs("sample,group", out);
    for (size_t i = 0; i < record->n_metrics; i++)
        fprintf(out, ",%s [%s]", record->metrics[i].info->key, record->metrics[i].info->unit);
    fputs(",threshold [grey],voxel size [mm]\n", out);
    put(out, record->sample);
    fputc(',', out);
    put(out, record->group);
    for (size_t i = 0; i < record->n_metrics; i++) {
        fputc(',', out);
        put_number(out, record->metrics[i].value);
    }
    fputc(',', out);
    put_number(out, record->threshold.grey);
    fputc(',', out);
    put_number(out, record->grid.spacing_mm[0]);
    fputc('\n', out);
    return finish(out, text, err);
}

trb_status trb_record_columns_csv(const trb_record *record, char **text, trb_error *err)
{
    size_t size;
    FILE *out = open_text(text, &size, err);
    if (!out)
        return TRB_ERR_MEMORY;
    fputs("column,metric,unit,name,method,definition,source,caveat\n", out);
    for (size_t i = 0; i < record->n_metrics; i++) {
        const trb_metric *metric = &record->metrics[i];
        const trb_metric_info *info = metric->info;
        fprintf(out, "%s [%s],", info->key, info->unit);
        const char *const fields[] = {info->key, info->unit, info->name, metric->method, info->definition, info->source, info->caveat};
        for (size_t f = 0; f < sizeof fields / sizeof *fields; f++) {
            if (f)
                fputc(',', out);
            put(out, fields[f]);
        }
        fputc('\n', out);
    }
    return finish(out, text, err);
}
