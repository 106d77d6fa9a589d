/* record_csv.c - records as table rows. UTF-8, comma, dot, LF; numbers round-trip. */
#include "trabecula/record.h"

#include "record/csv_field.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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
    trb_csv_put(out, record->sample);
    fputc(',', out);
    trb_csv_put(out, record->group);
    for (size_t i = 0; i < record->n_metrics; i++) {
        fputc(',', out);
        trb_csv_put_number(out, record->metrics[i].value);
    }
    fputc(',', out);
    trb_csv_put_number(out, record->threshold.grey);
    fputc(',', out);
    trb_csv_put_number(out, record->grid.spacing_mm[0]);
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
            trb_csv_put(out, fields[f]);
        }
        fputc('\n', out);
    }
    return finish(out, text, err);
}
